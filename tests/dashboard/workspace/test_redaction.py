"""Personal data are replaced before a file is saved; everything else reads as before."""

import io
import zipfile
from pathlib import Path

import openpyxl
import pytest

from analysis.intake.check.personal_text import find_spans
from analysis.intake.read.reader import read_table
from analysis.intake.sandbox.workbook import open_workbook
from dashboard.workspace.redaction import read_all, redact_file

KEY = b"k" * 32
ROWS = [("手机号", "姓名", "q1", "note")]
ROWS += [(f"1380000{n:04}", f"王{chr(0x4E00 + n)}", str(1 + n % 5), f"={n}+1") for n in range(20)]


def as_csv(rows) -> bytes:
    return "\n".join(",".join(row) for row in rows).encode()


def as_xlsx(rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "答卷"
    for row in rows:
        book.active.append(row)
    for cell in book.active["D"]:
        cell.data_type = "s"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


@pytest.mark.parametrize(("name", "write"), [("a.csv", as_csv), ("a.xlsx", as_xlsx)])
def test_names_and_phones_become_codes_and_the_rest_stays(name: str, write):
    redacted = redact_file(write(ROWS), name, KEY)
    assert redacted.safe
    assert dict(redacted.columns) == {"手机号": "phone", "姓名": "name"}
    assert b"1380000" not in redacted.content
    before = read_table(open_workbook(write(ROWS), name)).cells
    after = read_table(open_workbook(redacted.content, name)).cells
    assert after["q1"].tolist() == before["q1"].tolist()
    assert after["note"].tolist() == before["note"].tolist()
    assert after["手机号"].nunique() == 20
    assert not after["姓名"].str.contains("王").any()


def test_one_person_has_one_code_in_every_wave_of_a_study_and_another_elsewhere():
    spelled = [ROWS[0], *((f"138-0000-{row[0][-4:]}", *row[1:]) for row in ROWS[1:])]
    waves = [redact_file(as_csv(rows), "a.csv", KEY) for rows in (ROWS, spelled)]
    other = redact_file(as_csv(ROWS), "a.csv", b"o" * 32)
    codes = [
        set(read_table(open_workbook(one.content, "a.csv")).cells["手机号"])
        for one in (*waves, other)
    ]
    assert codes[0] == codes[1]
    assert not codes[0] & codes[2]


def test_files_without_personal_data_stay_as_they_are():
    plain = as_csv([("code", "q1"), *((f"P{n}", "3") for n in range(9))])
    assert redact_file(plain, "a.csv", KEY).content == plain


def test_the_log_says_where_a_sheet_failed_and_quotes_no_cell(monkeypatch, caplog):
    names = ("王小明", "李红梅")

    def fail(*_: object) -> None:
        try:
            float(names[0])
        except ValueError as error:
            raise KeyError(names[1]) from error

    monkeypatch.setattr("dashboard.workspace.redaction.read_table", fail)
    redact_file(as_csv(ROWS), "a.csv", KEY)
    assert "KeyError" in caplog.text
    assert "redaction.py" in caplog.text
    assert not [name for name in names if name in caplog.text]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04broken"])
def test_nothing_of_an_unreadable_file_is_saved(content: bytes):
    redacted = redact_file(content, "a.xlsx", KEY)
    assert not redacted.safe
    assert redacted.error is not None
    assert redacted.content == b""


def test_exports_of_tools_are_recognised_as_before(shared_data: Path):
    for path in sorted((shared_data / "one-panel").glob("*_p*.*")):
        content = path.read_bytes()
        redacted = redact_file(content, path.name, KEY)
        tables = [read_table(open_workbook(one, path.name)) for one in (content, redacted.content)]
        assert tables[0].format == tables[1].format, path.name
        assert redacted.safe, path.name


def as_ods(rows) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{value}</text:p>'
            "</table:table-cell>"
            for value in row
        )
        + "</table:table-row>"
        for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns"
    content = (
        f'<office:document-content xmlns:office="{space}:office:1.0" '
        f'xmlns:table="{space}:table:1.0" xmlns:text="{space}:text:1.0" office:version="1.2">'
        f'<office:body><office:spreadsheet><table:table table:name="S">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        f'<manifest:manifest xmlns:manifest="{space}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/>'
        "</manifest:manifest>"
    )
    members = {"mimetype": kind, "content.xml": content, "META-INF/manifest.xml": manifest}
    return as_zip({name: text.encode() for name, text in members.items()})


def as_zip(members) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return made.getvalue()


def as_odk_zip(rows) -> bytes:
    return as_zip({"survey.csv": as_csv(rows), "survey-members.csv": as_csv(rows)})


def as_tsv(rows) -> bytes:
    return "\n".join("\t".join(row) for row in rows).encode("gb18030")


def everything_in(content: bytes) -> str:
    """All text of a file, members of an archive unpacked."""
    if not content.startswith(b"PK"):
        return content.decode("gb18030", errors="replace")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())


@pytest.mark.parametrize("write", [as_ods, as_odk_zip, as_tsv, as_xlsx])
def test_no_kind_of_file_keeps_names_or_phones(write):
    redacted = redact_file(write(ROWS), "a.bin", KEY)
    assert redacted.safe
    assert "1380000" in everything_in(write(ROWS))
    assert "1380000" not in everything_in(redacted.content)
    assert "王" not in everything_in(redacted.content)


def test_every_sheet_is_coded_alike_hidden_ones_too():
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(ROWS)))
    for name in ("签到", "旧名单"):
        sheet = book.create_sheet(name)
        for row in ROWS:
            sheet.append(row[:2])
    book["旧名单"].sheet_state = "hidden"
    made = io.BytesIO()
    book.save(made)
    redacted = redact_file(made.getvalue(), "a.xlsx", KEY)
    assert redacted.columns["签到 › 姓名"] == "name"
    tables = read_all(open_workbook(redacted.content, "a.xlsx"))
    assert tables["旧名单"].cells["姓名"].tolist() == tables["答卷"].cells["姓名"].tolist()
    assert "王" not in everything_in(redacted.content)
    assert openpyxl.load_workbook(io.BytesIO(redacted.content))["旧名单"].sheet_state == "hidden"


def test_what_was_noticed_in_the_original_is_noticed_in_the_coded_file():
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(ROWS)))
    page = book.active
    page["E1"], page["F1"] = "card", "sum"
    for row in range(2, 22):
        page.cell(row, 5, 6222020200112233445 + row)
        page.cell(row, 6, row)
    page["F3"], page["F4"] = "=A1+B1", "#DIV/0!"
    page["F4"].data_type = "e"
    page.row_dimensions[7].hidden = True
    page.column_dimensions["D"].hidden = True
    made = io.BytesIO()
    book.save(made)
    before = open_workbook(made.getvalue(), "a.xlsx")
    redacted = redact_file(made.getvalue(), "a.xlsx", KEY)
    after = open_workbook(redacted.content, "a.xlsx")
    assert redacted.safe
    codes = {one.code for one in before.issues}
    assert codes == {"precision_lost", "error_cells", "formula_without_value"}
    assert {(i.code, i.rows) for i in after.issues} == {(i.code, i.rows) for i in before.issues}
    assert (after.sheets[0].hidden_rows, after.sheets[0].hidden_columns) == ((7,), (4,))


def test_the_encoding_and_ragged_rows_of_a_text_file_stay():
    rows = [*ROWS[:-1], ("13800009999", "王五", "3")]
    content = "\n".join(",".join(row) for row in rows).encode("gb18030")
    redacted = redact_file(content, "a.csv", KEY)
    before, after = (open_workbook(one, "a.csv") for one in (content, redacted.content))
    assert redacted.safe
    assert (before.encoding, after.encoding) == ("gb18030", "gb18030")
    assert [i.rows for i in after.issues] == [i.rows for i in before.issues] == [(21,)]


def test_a_questionnaire_is_no_list_of_names():
    book = openpyxl.Workbook()
    book.active.title = "survey"
    rows = [("type", "name", "label"), *(("integer", f"q{n}", f"Question {n}") for n in range(9))]
    for row in rows:
        book.active.append(row)
    choices = book.create_sheet("choices")
    for row in (("list_name", "name", "label"), ("yn", "1", "Yes"), ("yn", "0", "No")):
        choices.append(row)
    made = io.BytesIO()
    book.save(made)
    redacted = redact_file(made.getvalue(), "form.xlsx", KEY)
    before, after = (open_workbook(one, "form.xlsx") for one in (made.getvalue(), redacted.content))
    assert after.sheets == before.sheets
    assert redacted.columns == {}


def test_a_file_that_cannot_be_coded_is_not_safe_to_save(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.workspace.redaction.LARGEST", 10)
    redacted = redact_file(as_csv(ROWS), "a.csv", KEY)
    assert not redacted.safe
    assert set(redacted.columns) == {"手机号", "姓名"}


def test_a_large_part_is_searched_in_pieces(monkeypatch: pytest.MonkeyPatch):
    from dashboard.workspace.hidden_parts import has_hidden_text

    book = openpyxl.Workbook()
    for number in range(200):
        book.active.append([number, number % 5])
    for header, hidden in (("Survey 2026", False), ("王建国 13912345678", True)):
        book.active.oddHeader.center.text = header
        made = io.BytesIO()
        book.save(made)
        opened = open_workbook(made.getvalue(), "a.xlsx")
        for piece in (64, 1 << 20):
            monkeypatch.setattr("dashboard.workspace.hidden_parts._PIECE", piece)
            assert has_hidden_text(made.getvalue(), opened, find_spans) is hidden

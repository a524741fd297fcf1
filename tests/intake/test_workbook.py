"""Every fault a file can have, opened through the reading process."""

import datetime as dt
import io
import os
import time
import zipfile
from dataclasses import replace

import openpyxl
import pytest
import xlwt
from openpyxl.utils import get_column_letter

from analysis.errors import (
    HostileFileError,
    IntakeError,
    LimitExceededError,
    UnreadableFileError,
)
from analysis.intake.sandbox.protocol import Limits
from analysis.intake.sandbox.workbook import open_workbook, open_workbooks

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/'
    'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
    'package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-'
    'officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
DOC = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
BOOK = (
    f'<workbook xmlns="{MAIN}" xmlns:r="{DOC}"><sheets>'
    '<sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELS = (
    f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{DOC}/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)
ROOT_RELS = RELS.replace("worksheets/sheet1.xml", "xl/workbook.xml").replace(
    "/worksheet", "/officeDocument"
)

NAMES = [get_column_letter(n) for n in range(1, 61)]


def xlsx_of(cells, *, prefix="", extra=None):
    sheet = f'{prefix}<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": TYPES,
        "_rels/.rels": ROOT_RELS,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": RELS,
        "xl/worksheets/sheet1.xml": sheet,
        **(extra or {}),
    }
    return zip_of(parts)


def zip_of(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book_of(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    return book


GOOD = saved(book_of([["id", "q1"], ["001", 5], ["002", 4]]))


def test_every_cell_arrives_as_text():
    book = book_of([["id", "n", "half", "day", "moment", "yes", "blank", "spaces"]])
    book.active.append(
        ["001", 5, 2.5, dt.date(2026, 3, 2), dt.datetime(2026, 3, 2, 10, 31), True, None, " x "]
    )
    row = open_workbook(saved(book), "a.xlsx").sheets[0].rows[1]
    assert row == ("001", "5", "2.5", "2026-03-02", "2026-03-02 10:31:00", "TRUE", None, " x ")


def test_rows_keep_their_spreadsheet_numbers():
    book = openpyxl.Workbook()
    book.active["B3"] = "x"
    rows = open_workbook(saved(book), "a.xlsx").sheets[0].rows
    assert rows == ((None, None), (None, None), (None, "x"))


def test_hidden_things_are_told():
    book = book_of([["a", "b"], [1, 2], [3, 4]])
    book.active.row_dimensions[2].hidden = True
    book.active.column_dimensions["B"].hidden = True
    book.create_sheet("secret").append(["z"])
    book["secret"].sheet_state = "hidden"
    first, second = open_workbook(saved(book), "a.xlsx").sheets
    assert (first.hidden_rows, first.hidden_columns, first.hidden) == ((2,), (2,), False)
    assert second.hidden


def test_merged_ranges_are_told():
    book = book_of([["group", None, "x"], ["a", "b", "c"]])
    book.active.merge_cells("A1:B1")
    assert open_workbook(saved(book), "a.xlsx").sheets[0].merged == ((1, 1, 1, 2),)


def test_formula_without_value_and_error_cells_are_issues():
    cells = (
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><f>1+1</f></c></row>'
        '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2"><f>1+1</f><v>2</v></c></row>'
    )
    book = open_workbook(xlsx_of(cells), "a.xlsx")
    told = {issue.code: (issue.rows, list(issue.details["cells"])) for issue in book.issues}
    assert told == {"formula_without_value": ((1,), ["B1"]), "error_cells": ((2,), ["A2"])}
    assert book.sheets[0].rows[1] == (None, "2")


def test_numbers_beyond_15_digits_are_an_issue():
    book = open_workbook(
        saved(book_of([["id"], [420101199003071234], ["420101199003071234"]])), "a"
    )
    (issue,) = [issue for issue in book.issues if issue.code == "precision_lost"]
    assert issue.rows == (2,)
    assert book.sheets[0].rows[2] == ("420101199003071234",)


def test_carriage_return_escapes_are_undone():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>a_x000D_\nb</t></is></c></row>'
    assert open_workbook(xlsx_of(cells), "a").sheets[0].rows[0] == ("a\nb",)


def test_dates_of_the_1904_system():
    book = book_of([["d"], [dt.datetime(2026, 3, 2)]])
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    assert open_workbook(saved(book), "a").sheets[0].rows[1] == ("2026-03-02",)


def test_old_xls():
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for at, value in enumerate(["001", 7, "年龄"]):
        sheet.write(0, at, value)
    opened = open_workbook(saved(book), "a.csv")
    assert opened.kind == "xls"
    assert opened.sheets[0].rows == (("001", "7", "年龄"),)


def test_html_under_an_xls_name():
    page = (
        '<html><meta charset="gb2312"><table><tr><th>序号<th>年龄</tr><tr><td>001<td>&lt;5</table>'
    )
    opened = open_workbook(page.encode("gb18030"), "a.xls")
    assert opened.kind == "html"
    assert opened.sheets[0].rows == (("序号", "年龄"), ("001", "<5"))


def test_spreadsheetml_2003():
    name = "urn:schemas-microsoft-com:office:spreadsheet"
    text = (
        f'<?xml version="1.0"?><Workbook xmlns="{name}" xmlns:ss="{name}"><Worksheet ss:Name="S">'
        '<Table><Row><Cell><Data ss:Type="String">id</Data></Cell>'
        '<Cell ss:Index="3"><Data ss:Type="DateTime">2026-03-02T00:00:00.000</Data></Cell></Row>'
        "</Table></Worksheet></Workbook>"
    )
    opened = open_workbook(text.encode(), "a.xls")
    assert (opened.kind, opened.sheets[0].rows) == ("spreadsheetml", (("id", None, "2026-03-02"),))


def test_spreadsheetml_with_entities_is_refused():
    text = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]>'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    )
    with pytest.raises(HostileFileError) as caught:
        open_workbook(text.encode(), "a.xls")
    assert caught.value.code == "entity_declaration"


def test_zip_of_csv_files():
    data = zip_of(
        {"form-child.csv": "PARENT_KEY,KEY\n1,2\n", "form.csv": "SubmissionDate,KEY\n1,2\n"}
    )
    opened = open_workbook(data, "a.zip")
    assert (opened.kind, [sheet.name for sheet in opened.sheets]) == (
        "odk_zip",
        ["form", "form-child"],
    )


@pytest.mark.parametrize(
    ("data", "detected"),
    [
        (b"%PDF-1.7 ...", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (zip_of({"word/document.xml": "<x/>"}), "docx"),
        (zip_of({"a.txt": "x"}), "zip"),
        (b"<?xml version='1.0'?><svg/>", "xml"),
        (b"<html><p>no table</p></html>", "html"),
        (bytes(range(1, 32)) * 200, "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else "file",
)
def test_other_kinds_are_named(data, detected):
    with pytest.raises(UnreadableFileError) as caught:
        open_workbook(data, "survey.xlsx")
    assert caught.value.code == "not_a_spreadsheet"
    assert caught.value.details["detected"] == detected
    assert caught.value.details["file"] == "survey.xlsx"


@pytest.mark.parametrize(
    "data",
    [b"", b"\n\n", saved(openpyxl.Workbook()), b"\xef\xbb\xbf"],
    ids=["nothing", "blank", "workbook", "mark"],
)
def test_empty_files(data):
    with pytest.raises(UnreadableFileError) as caught:
        open_workbook(data, "a.csv")
    assert caught.value.code == "empty_file"


def test_chart_sheet_only():
    book = openpyxl.Workbook()
    book.create_chartsheet("Chart")
    book.remove(book.worksheets[0])
    with pytest.raises(UnreadableFileError) as caught:
        open_workbook(saved(book), "a.xlsx")
    assert caught.value.code == "chart_sheet_only"


@pytest.mark.parametrize(
    "cut", [30, len(GOOD) // 2, len(GOOD) - 30], ids=["start", "middle", "end"]
)
def test_truncated(cut):
    with pytest.raises(UnreadableFileError) as caught:
        open_workbook(GOOD[:cut], "a.xlsx")
    assert caught.value.code == "damaged_file"


def test_password_protected_in_ole2():
    stream = "EncryptedPackage".encode("utf-16-le")
    data = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + stream + bytes(600)
    with pytest.raises(UnreadableFileError) as caught:
        open_workbook(data, "a.xlsx")
    assert caught.value.code == "password_protected"


def test_encrypted_zip_entry():
    data = bytearray(GOOD)
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    with pytest.raises(UnreadableFileError) as caught:
        open_workbook(bytes(data), "a.xlsx")
    assert caught.value.code == "password_protected"


def bomb():
    return xlsx_of("", extra={"xl/worksheets/sheet2.xml": b" " * 60_000_000})


BOMBS = {
    "zip_bomb": (HostileFileError, bomb),
    "too_many_columns": (
        LimitExceededError,
        lambda: xlsx_of(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
            '<c r="XFD1048576"><v>1</v></c></row>'
        ),
    ),
    "too_many_cells": (
        LimitExceededError,
        lambda: xlsx_of(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576">'
            '<c r="ZZ1048576"><v>1</v></c></row>'
        ),
    ),
    "too_many_rows": (
        LimitExceededError,
        lambda: xlsx_of('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
    ),
    "entity_declaration": (
        HostileFileError,
        lambda: xlsx_of("", prefix='<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'),
    ),
    "escaping_entry": (HostileFileError, lambda: xlsx_of("", extra={"../../etc/x": "x"})),
    "too_many_entries": (
        HostileFileError,
        lambda: xlsx_of("", extra={f"x/{n}": "" for n in range(5_001)}),
    ),
}


@pytest.mark.parametrize("code", BOMBS)
def test_hostile_files_are_refused_at_once(code):
    kind, build = BOMBS[code]
    data = build()
    start = time.process_time()
    with pytest.raises(kind) as caught:
        open_workbook(data, "a.xlsx")
    assert caught.value.code == code
    assert time.process_time() - start < 2  # of the processor: a busy machine does not count


def test_hostile_file_needs_no_memory():
    limits = replace(Limits(), memory_bytes=200_000_000)
    for code, (kind, build) in BOMBS.items():
        with pytest.raises(kind) as caught:
            open_workbook(build(), "a.xlsx", limits=limits)
        assert caught.value.code == code


def test_a_declaration_in_utf16_is_seen():
    sheet = f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x []><worksheet xmlns="{MAIN}"/>'
    data = xlsx_of("", extra={"xl/worksheets/sheet2.xml": sheet.encode("utf-16")})
    with pytest.raises(HostileFileError):
        open_workbook(data, "a.xlsx")


@pytest.mark.skipif(os.name == "nt", reason="the system cannot limit memory")
def test_memory_limit_is_named():
    data = saved(book_of([[f"text {n} {m}" for m in range(40)] for n in range(8_000)]))
    with pytest.raises(LimitExceededError) as caught:
        open_workbook(data, "a.xlsx", limits=replace(Limits(), memory_bytes=70_000_000))
    assert (caught.value.code, caught.value.details["limit"]) == ("memory", 70_000_000)


@pytest.mark.skipif(os.name == "nt", reason="the system cannot limit time")
def test_time_limit_is_named_and_the_next_file_still_opens():
    slow = ("a,b\n" + "1,2\n" * 3_000_000).encode()
    opened = open_workbooks(
        {"slow.csv": slow, "good.xlsx": GOOD}, limits=replace(Limits(), wall_seconds=1, rows=10**7)
    )
    assert opened["slow.csv"].code == "wall_time"
    assert opened["good.xlsx"].sheets[0].rows[1] == ("001", "5")


def test_file_size_limit():
    with pytest.raises(LimitExceededError) as caught:
        open_workbook(GOOD, "a.xlsx", limits=replace(Limits(), file_bytes=100))
    assert caught.value.code == "file_size"


def test_one_bad_file_stops_no_other():
    files = {"a.xlsx": GOOD, "b.xlsx": GOOD[:500], "c.csv": b"x,y\n1,2\n"}
    opened = open_workbooks(files)
    assert list(opened) == list(files)
    assert isinstance(opened["b.xlsx"], IntakeError)
    assert opened["c.csv"].sheets[0].rows == (("x", "y"), ("1", "2"))


def test_no_files():
    assert open_workbooks({}) == {}


def test_kind_is_told_by_content_not_by_name():
    assert open_workbook(GOOD, "../../x\x00.csv").kind == "xlsx"


def test_cells_that_look_like_formulas_stay_text():
    assert open_workbook(b"a,b\n=1+1,@x\n", "a.csv").sheets[0].rows[1] == ("=1+1", "@x")


def test_large_workbook_opens_whole():
    words = ("同意", "不同意", "一般", "Agree strongly")
    rows = []
    for row in range(1, 20_002):
        cells = "".join(
            f'<c r="{name}{row}" t="inlineStr"><is><t>{words[(row + at) % 4]}</t></is></c>'
            if at % 2
            else f'<c r="{name}{row}"><v>{(row * at) % 5 + 1}</v></c>'
            for at, name in enumerate(NAMES)
        )
        rows.append(f'<row r="{row}">{cells}</row>')
    data = xlsx_of("".join(rows))
    opened = open_workbook(data, "big.xlsx")
    assert (len(opened.sheets[0].rows), len(opened.sheets[0].rows[0])) == (20_001, 60)


def test_each_file_has_a_process_of_its_own_and_the_next_waits_ready():
    from analysis.intake.sandbox.workbook import _SPARE

    open_workbook(b"a,b\n1,2\n", "one.csv")
    open_workbook(b"a,b\n1,2\n", "two.csv")
    waiting = _SPARE._waiting
    assert waiting is not None
    assert waiting.poll() is None
    open_workbook(b"a,b\n1,2\n", "three.csv")
    assert waiting.poll() == 0
    assert _SPARE._waiting is not waiting


def test_a_waiting_process_that_died_is_replaced():
    from analysis.intake.sandbox.workbook import _SPARE

    open_workbook(b"a,b\n1,2\n", "one.csv")
    open_workbook(b"a,b\n1,2\n", "two.csv")
    _SPARE._waiting.kill()
    _SPARE._waiting.wait()
    assert open_workbook(b"a,b\n3,4\n", "three.csv").sheets[0].rows[1] == ("3", "4")


def test_limits_begin_with_the_file_in_a_waiting_process_too():
    open_workbook(b"a,b\n1,2\n", "one.csv")
    open_workbook(b"a,b\n1,2\n", "two.csv")
    big = b"a,b\n" + b"1,2\n" * 2_000_000
    with pytest.raises(LimitExceededError):
        open_workbook(big, "big.csv", limits=Limits(wall_seconds=1, cpu_seconds=1))
    assert open_workbook(b"a,b\n3,4\n", "after.csv").sheets[0].rows[1] == ("3", "4")

"""Personal data are replaced before a file is saved; everything else reads as before."""

import io
from pathlib import Path

import openpyxl
import pytest

from analysis.intake.reader import read_table
from analysis.intake.workbook import open_workbook
from dashboard.workspace.redaction import redact_file

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
    assert dict(redacted.columns) == {"手机号": ("phone", "coded"), "姓名": ("name", "coded")}
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


def test_files_without_personal_data_and_unreadable_ones_stay_as_they_are():
    plain = as_csv([("code", "q1"), *((f"P{n}", "3") for n in range(9))])
    for content in (plain, b"", b"PK\x03\x04broken"):
        assert redact_file(content, "a.csv", KEY).content == content


def test_exports_of_tools_are_recognised_as_before(shared_data: Path):
    for path in sorted((shared_data / "one-panel").glob("*_p*.*")):
        content = path.read_bytes()
        redacted = redact_file(content, path.name, KEY)
        tables = [read_table(open_workbook(one, path.name)) for one in (content, redacted.content)]
        assert tables[0].format == tables[1].format, path.name
        assert "kept" not in {action for _, action in redacted.columns.values()}, path.name

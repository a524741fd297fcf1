"""Files as people leave them: gaps, titles, merged cells, empty sheets, colours to the edge."""

import io
import struct
import time
import zipfile

import openpyxl
import pytest
import xlwt

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.model import Sheet, Table
from analysis.intake.sandbox.file_types import recognise_kind
from analysis.intake.sandbox.protocol import Limits
from analysis.intake.sandbox.workbook import open_workbook
from analysis.intake.tables.headers import find_header, read_header, rows_above
from analysis.intake.tables.survey_tool import read_tables, recognise_table
from analysis.intake.values.answers import propose_answer_rule
from analysis.intake.values.respondents import wave_family
from dashboard.workspace.redaction import redact_file
from tests.errors import coded


def sheet_of(*rows, merged=()):
    width = max(map(len, rows))
    padded = tuple((*row, *[None] * (width - len(row))) for row in rows)
    return Sheet(name="S", rows=padded, merged=merged)


def saved(book: openpyxl.Workbook) -> bytes:
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def table_of(data: bytes, name: str = "a.xlsx", sheet: str | None = None) -> Table:
    return recognise_table(open_workbook(data, name), sheet)


def test_a_header_merged_beyond_the_last_filled_column():
    book = openpyxl.Workbook()
    sheet = book.active
    for row in [("code", "Comments"), *((f"P{k}", f"said {k}") for k in range(6))]:
        sheet.append(row)
    sheet.merge_cells("B1:D1")
    table = table_of(saved(book))
    assert [column.name for column in table.columns] == ["code", "Comments"]
    assert len(table.row_numbers) == 6


def test_groups_merged_beyond_the_last_filled_column():
    sheet = sheet_of(
        ("Who", "Before", None), ("code", "q1", "q2"), ("A", "1", "2"), merged=((1, 2, 1, 9),)
    )
    assert find_header(sheet) == (1, 2)
    assert read_header(sheet, (1, 2)) == ("Who - code", "Before - q1", "Before - q2")


def test_numbers_that_count_on_are_names():
    words = ("Disagree", "Agree", "Disagree", "Agree")
    sheet = sheet_of(("code", "1", "2", "3", "4"), *((f"B00{k}", *words) for k in range(8)))
    assert find_header(sheet) == (1,)


def test_titles_above_people_with_gaps():
    sheet = sheet_of(
        ("Roster of the committee",),
        ("Spring 2026",),
        ("code", "age", "sex", "role", "remark"),
        ("P1", "44", "f", "chair", None),
        ("P2", "51", "m", "member", None),
        ("P3", None, "f", None, "new"),
        ("P4", "30", "m", "member", "left"),
        ("P5", "39", "f", "member", None),
        (None,),
        ("Checked by the committee",),
    )
    assert find_header(sheet) == (3,)
    assert rows_above(sheet, (3,)) == ()


def test_a_table_without_names_keeps_all_its_rows():
    table = table_of(b"1,20,300\n2,30,400\n3,40,500\n", "n.csv")
    assert table.row_numbers == (1, 2, 3)
    assert [column.name for column in table.columns] == ["column 1", "column 2", "column 3"]
    assert [issue.code for issue in table.issues] == ["no_header"]


def test_a_second_word_in_the_last_row_makes_it_no_header():
    table = table_of(b"a,1,2,3\nb,4,5,6\nc,7,8,9\nd,e,f,g\n", "n.csv")
    assert table.header_rows == (1,)
    assert len(table.row_numbers) == 3


def test_full_rows_above_the_header_are_reported():
    table = table_of(b"1,2,3,4\n5,6,7,8\ncode,a,b,c\nP1,1,2,3\nP2,2,2,2\n", "n.csv")
    assert table.header_rows == (3,)
    (issue,) = (one for one in table.issues if one.code == "rows_above_header")
    assert issue.rows == (1, 2)


def test_sixty_blank_rows_above_and_a_second_file():
    book = openpyxl.Workbook()
    for at, row in enumerate([("code", "q1"), ("A", 1), ("B", 2)], 62):
        for column, value in enumerate(row, 1):
            book.active.cell(at, column, value)
    form = b"type,name,label\nselect_one yn,q1,Ready?\ntext,code,Your code\n"
    read = read_tables({"deep.xlsx": saved(book), "form.csv": form})
    assert read["deep.xlsx"].format == "plain"
    assert read["deep.xlsx"].header_rows == (62,)
    assert read["deep.xlsx"].row_numbers == (63, 64)


def test_an_empty_sheet_beside_data_stops_nothing():
    book = openpyxl.Workbook()
    book.active.title = "Empty"
    data = book.create_sheet("Data")
    for row in [("code", "phone"), ("A", "13800138000"), ("B", "13800138001")]:
        data.append(row)
    told = redact_file(saved(book), "a.xlsx", b"key")
    assert told.safe
    assert dict(told.columns) == {"phone": "phone"}


@pytest.mark.parametrize(
    ("written", "read"), [("_xD83D_", "\ufffd"), ("_xD83D__xDE00_", "\U0001f600")]
)
def test_an_escaped_half_of_a_character(written: str, read: str):
    book = openpyxl.Workbook()
    for row in [("code", "said"), ("A", "MARK"), ("B", "yes")]:
        book.active.append(row)
    data = edited(saved(book), "MARK", written)
    assert table_of(data).cells["said"].tolist() == [read, "yes"]


def edited(data: bytes, before: str, after: str) -> bytes:
    """A workbook with one text changed in its parts."""
    stored = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stored, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(before.encode(), after.encode()))
    return stored.getvalue()


def test_colours_to_the_edge_of_the_sheet_are_no_cells():
    book = openpyxl.Workbook()
    for row in [("code", "q1"), ("A", 1), ("B", 2)]:
        book.active.append(row)
    grid = '<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
    table = table_of(edited(saved(book), "</sheetData>", grid))
    assert len(table.row_numbers) == 2
    assert len(table.columns) == 2


def test_content_at_the_edge_of_the_sheet_is_still_too_much():
    book = openpyxl.Workbook()
    book.active.append(("code", "q1"))
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    with pytest.raises(LimitExceededError) as caught:
        open_workbook(edited(saved(book), "</sheetData>", far), "a.xlsx", limits=Limits())
    assert caught.value.code == "too_many_columns"


def ole(*streams: str, inside: tuple[str, ...] = ()) -> bytes:
    """An OLE2 file with streams at its root, and others inside a storage called ``MBD1``."""
    names = ["Root Entry", *streams, *(["MBD1"] if inside else []), *inside]
    none = 0xFFFFFFFF
    top = len(streams) + bool(inside)
    entries = b""
    for at, name in enumerate(names):
        follows = at + 1 if 0 < at < top or top < at < len(names) - 1 else none
        child = 1 if at == 0 and top else top + 1 if name == "MBD1" else none
        spelled = name.encode("utf-16-le") + b"\0\0"
        kind = 5 if at == 0 else 1 if name == "MBD1" else 2
        entry = spelled.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(spelled), kind, 1, none, follows, child
        )
        entries += entry.ljust(128, b"\0")
    sectors = -(-len(entries) // 512)
    chain = [*range(2, sectors + 1), 0xFFFFFFFE]
    fat = struct.pack(f"<{1 + sectors}I", 0xFFFFFFFD, *chain).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6).ljust(16, b"\0")
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    head = head[:76] + struct.pack("<I", 0).ljust(4, b"\0") + b"\xff" * 432
    return head + fat + entries.ljust(512 * sectors, b"\0")


def test_a_workbook_with_a_word_document_inside_is_a_workbook():
    assert recognise_kind(ole("Workbook", inside=("WordDocument", "1Table"))) == "xls"


@pytest.mark.parametrize(
    ("stream", "code"),
    [("WordDocument", "not_a_spreadsheet"), ("EncryptedPackage", "password_protected")],
)
def test_other_office_files_are_named(stream: str, code: str):
    with pytest.raises(UnreadableFileError) as caught:
        recognise_kind(ole(stream, inside=("Workbook",)))
    assert caught.value.code == code


def test_none_at_all_is_the_lowest_amount():
    amounts = ["None at all", "A little", "A moderate amount", "A lot", "A great deal"]
    rule = propose_answer_rule(amounts, (1.0, 5.0))
    assert [rule.numbers[amount] for amount in amounts] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("event", "wave"),
    [
        ("Baseline (Arm 1: Arm 1)", "pre"),
        ("Follow-up (Arm 2: Drug)", "follow_up"),
        ("baseline_arm_1", "pre"),
    ],
)
def test_events_of_a_redcap_export_with_labels(event: str, wave: str):
    assert wave_family(event) == wave


def test_a_blank_inside_a_chinese_answer_says_nothing():
    rule = propose_answer_rule(["很 同意", "同意", "一般", "不同意", "很不同意"], (1.0, 5.0))
    assert rule.numbers["很 同意"] == 5


def old_workbook() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("S")
    for at in range(300):
        sheet.write(at, 0, f"B{at:03}")
        sheet.write(at, 1, at)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


@pytest.mark.parametrize("chain", ["workbook", "directory"])
def test_an_old_workbook_that_runs_in_circles_is_damaged_not_too_large(chain: str):
    whole = old_workbook()
    assert open_workbook(whole, "whole.xls").sheets[0].rows[1][0] == "B001"
    data = bytearray(whole)
    (table,) = struct.unpack_from("<I", data, 76)
    (directory,) = struct.unpack_from("<I", data, 48)
    entries = struct.unpack_from("<128I", data, (table + 1) * 512)
    for at, following in enumerate(entries):
        # The end of a chain leads back to its beginning.
        if following == 0xFFFFFFFE and (chain == "directory") == (at == directory):
            struct.pack_into("<I", data, (table + 1) * 512 + 4 * at, at)
    start = time.perf_counter()
    with pytest.raises(UnreadableFileError, check=coded("damaged_file")):
        open_workbook(bytes(data), "circle.xls")
    assert time.perf_counter() - start < 10

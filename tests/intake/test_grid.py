"""Cells kept once by text; large sheets read in pieces; progress and cancelling."""

import datetime as dt
import io

import openpyxl
import pytest

from analysis.intake.sandbox import grid, large_sheets, workbook
from analysis.intake.sandbox.grid import GridBuilder, Places, make_grid
from analysis.intake.sandbox.protocol import Limits
from analysis.intake.sandbox.spreadsheets import read_spreadsheet
from analysis.intake.sandbox.workbook import open_workbook, open_workbooks


def test_short_rows_are_padded_and_empty_ones_at_the_end_left_out():
    cells = make_grid([("a", None, "b"), (), ("b",), (None, ""), ()])
    assert cells.rows() == [("a", None, "b"), (None, None, None), ("b", None, None)]
    assert cells.row(-1) == ("b", None, None)
    assert cells.words == ["a", "b"]
    assert not make_grid([(), ("",)])


def test_many_different_values_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grid, "_MAX_REMEMBERED", 10)
    places = Places(str)
    builder = GridBuilder(places)
    for number in range(100):
        builder.add([number, "again"])
    assert len(places) <= 10
    assert builder.finish().rows() == [(str(number), "again") for number in range(100)]


def test_true_is_no_one_and_large_numbers_are_told_each_time():
    book = openpyxl.Workbook()
    for row in ((1, True, 1.0), (0, False, 0.0), (12345678901234567, 1, 1), (12345678901234567,)):
        book.active.append(row)
    opened = open_workbook(saved(book), "a.xlsx")
    assert opened.sheets[0].rows[:2] == (("1", "TRUE", "1"), ("0", "FALSE", "0"))
    assert [issue.rows for issue in opened.issues if issue.code == "precision_lost"] == [(3, 4)]


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def long_book() -> openpyxl.Workbook:
    """Title, gaps, an empty first column, dates, texts, merged cells, a second sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["B3"] = "title"
    sheet.merge_cells("B3:D3")
    for number in range(5, 700, 2):
        sheet[f"B{number}"] = f"P{number}"
        sheet[f"C{number}"] = dt.datetime(2026, 3, 2, 10, number % 60)
        sheet[f"D{number}"] = number % 5
        sheet[f"F{number}"] = number % 2 == 1
    sheet["E900"] = "last"
    book.create_sheet("other").append(["x", "y"])
    return book


def test_a_sheet_read_in_pieces_is_the_sheet(monkeypatch: pytest.MonkeyPatch):
    data = saved(long_book())
    whole = read_spreadsheet(data, "xlsx", Limits())
    monkeypatch.setattr(large_sheets, "LARGE_SHEET", 1_000)
    monkeypatch.setattr(large_sheets, "_PIECE", 2_000)
    shares: list[float] = []
    pieces: list[bytes] = []
    cut = large_sheets._cut

    def seen(*asked):
        for piece, share in cut(*asked):
            pieces.append(piece)
            yield piece, share

    monkeypatch.setattr(large_sheets, "_cut", seen)
    # The texts of the whole book come with each piece: small pieces need few of them.
    monkeypatch.setattr(large_sheets, "_TEXTS_A_PIECE", 0)
    again = read_spreadsheet(data, "xlsx", Limits(), shares.append)
    assert len(pieces) > 5
    assert [(one.name, one.cells.rows(), one.merged) for one in again.sheets] == [
        (one.name, one.cells.rows(), one.merged) for one in whole.sheets
    ]
    assert again.sheets[0].merged == ((3, 2, 3, 4),)
    assert shares == sorted(shares)


def test_rows_without_numbers_are_not_cut(monkeypatch: pytest.MonkeyPatch):
    from tests.intake.test_workbook import xlsx_of

    data = xlsx_of("".join(f"<row><c><v>{n}</v></c></row>" for n in range(900)))
    whole = read_spreadsheet(data, "xlsx", Limits())
    monkeypatch.setattr(large_sheets, "LARGE_SHEET", 1_000)
    monkeypatch.setattr(large_sheets, "_PIECE", 2_000)
    again = read_spreadsheet(data, "xlsx", Limits())
    assert again.sheets[0].cells.rows() == whole.sheets[0].cells.rows()
    assert again.sheets[0].cells.height == 900


LONG = ("a,b\n" + "1,2\n" * 300_000).encode()


def test_reading_tells_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook, "_POLL_SECONDS", 0.02)
    told: list[tuple[str, float]] = []
    opened = open_workbooks(
        {"first.csv": LONG, "second.csv": LONG}, progress=lambda *step: told.append(step)
    )
    assert {one.kind for one in opened.values()} == {"csv"}
    shares = [share for _, share in told]
    assert {step for step, _ in told} == {"reading"}
    assert shares == sorted(shares)
    assert any(0.05 < share < 0.45 for share in shares)
    assert any(0.55 < share <= 1 for share in shares)


def test_who_cancels_ends_the_reading_process(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(workbook, "_POLL_SECONDS", 0.02)
    taken = []
    take = workbook._SPARE.take
    monkeypatch.setattr(workbook._SPARE, "take", lambda: taken.append(take()) or taken[-1])

    class Cancelled(BaseException):
        """As Streamlit raises when another page is asked for."""

    def cancel(_step: str, _share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        open_workbook(LONG, "long.csv", progress=cancel)
    assert taken[0].poll() is not None
    assert open_workbook(b"a,b\n3,4\n", "after.csv").sheets[0].rows[1] == ("3", "4")

"""Titles above, two rows, merged groups, totals below."""

from analysis.intake.model import Sheet
from analysis.intake.tables.headers import find_header, find_totals, read_header, unique_names


def sheet_of(*rows, merged=()):
    width = max(map(len, rows))
    padded = tuple((*row, *[None] * (width - len(row))) for row in rows)
    return Sheet(name="S", rows=padded, merged=merged)


def test_first_row():
    assert find_header(sheet_of(("id", "q1"), ("1", "5"), ("2", "4"))) == (1,)


def test_title_lines_above():
    sheet = sheet_of(
        ("Community survey 2026",), (None,), ("id", "sex", "q1"), ("1", "f", "5"), ("2", "m", "4")
    )
    assert find_header(sheet) == (3,)


def test_two_rows_merged():
    sheet = sheet_of(
        ("id", "Preparedness", None, "Note"),
        (None, "route", "kit", "text"),
        ("1", "5", "4", "a"),
        ("2", "5", "4", "b"),
        merged=((1, 2, 1, 3),),
    )
    assert find_header(sheet) == (1, 2)
    assert read_header(sheet, (1, 2)) == (
        "id",
        "Preparedness - route",
        "Preparedness - kit",
        "Note - text",
    )


def test_two_rows_without_merge_information():
    sheet = sheet_of(
        ("id", "Preparedness", None), (None, "route", "kit"), ("1", "5", "4"), ("2", "3", "4")
    )
    assert find_header(sheet) == (1, 2)
    assert read_header(sheet, (1, 2))[2] == "Preparedness - kit"


def test_words_as_answers_are_no_second_header():
    sheet = sheet_of(("name", "town", None), ("Anna", "Ulm", "x"), ("Bo", "Ulm", "x"))
    assert find_header(sheet) == (1,)


def test_totals_at_the_foot():
    sheet = sheet_of(
        ("id", "n"), ("1", "5"), ("2", "4"), ("合计", "9"), ("Average", "4.5"), (None,)
    )
    assert find_totals(sheet, 1) == (4, 5)


def test_a_person_called_total_in_the_middle_stays():
    assert find_totals(sheet_of(("id", "n"), ("Total", "5"), ("2", "4")), 1) == ()


def test_empty_sheet():
    assert find_header(sheet_of((None,))) == ()


def test_equal_names_stay_apart():
    assert unique_names(["q", "q", "q [2]", "q"]) == ["q", "q [2]", "q [2] [2]", "q [3]"]


def test_days_head_the_columns_of_a_ticked_list():
    sheet = sheet_of(
        ("Sign-in",), ("name", "2025-01-10", "2025-02-10"), ("Anna", "√", None), ("Bo", "√", "√")
    )
    assert find_header(sheet) == (2,)

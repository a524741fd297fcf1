"""The workbook opens again: numbers are the result objects', words are in one language."""

import io
from typing import Any

import openpyxl
import pandas as pd
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from analysis.disclosure import protect
from analysis.results import Comparison
from dashboard.exports.workbook import read_number, write_table, write_workbook
from dashboard.text import Text


def reopen(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def to_last_digit(value: Any) -> Any:
    """An xlsx file holds 16 significant digits of 17."""
    return value if value is None else pytest.approx(value, rel=1e-15)


@pytest.fixture(scope="module", params=["en", "zh-Hans"])
def book(request: Any, sample: Any) -> openpyxl.Workbook:
    return reopen(write_workbook(sample.evaluation, sample.study, Text(request.param)))


@pytest.fixture(scope="module")
def hostile_book(hostile: Any) -> openpyxl.Workbook:
    return reopen(write_workbook(hostile.evaluation, hostile.study, Text("en")))


def rows_of(sheet: Worksheet) -> list[dict[str, Any]]:
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_first_sheet_answers_in_sentences(book: openpyxl.Workbook, sample: Any):
    words = [c for row in book.worksheets[0].iter_rows(values_only=True) for c in row if c]
    assert any("0.61" in str(w) for w in words[:3])
    assert any(sample.evaluation.fingerprint[:12] in str(w) for w in words)
    assert len(words) > 30


def test_full_precision_numbers_equal_the_result_objects(book: openpyxl.Workbook, sample: Any):
    # A workbook is made for a funder unless asked otherwise.
    released = protect(sample.evaluation, sample.study, "funder")
    found = rows_of(book["# outcomes"])
    assert [row["measure"] for row in found] == [o.measure for o in released.outcomes]
    for row, outcome in zip(found, released.outcomes, strict=True):
        assert isinstance(outcome.change, Comparison)
        assert row["change.estimate"] == to_last_digit(outcome.change.estimate)
        assert row["change.ci_low"] == to_last_digit(outcome.change.ci_low)
        assert row["n.matched"] == outcome.n.matched
    analyses = [a for c in released.comparison for a in c.analyses]
    told = [row["estimate"] for row in rows_of(book["# comparison"])]
    assert told == [to_last_digit(getattr(a, "estimate", None)) for a in analyses]


def test_tables_have_frozen_heads_widths_and_formats(book: openpyxl.Workbook):
    sheet = book["# outcomes"]
    assert sheet.freeze_panes == "B2"
    assert sheet.auto_filter.ref is not None
    assert all(9 <= d.width <= 46 for d in sheet.column_dimensions.values())
    column = [c.value for c in sheet[1]].index("change.p_value") + 1
    assert sheet.cell(row=2, column=column).number_format == "0.0000"
    assert all(s.freeze_panes for s in book.worksheets)


def test_sheet_names_are_short_and_unique(book: openpyxl.Workbook):
    names = book.sheetnames
    assert all(len(name) <= 31 for name in names)
    assert len({name.lower() for name in names}) == len(names) > 15


@pytest.mark.parametrize(
    ("told", "number"),
    [
        ("62 %", (0.62, "0%")),
        ("+0.69", (0.69, "+0.00;-0.00;0.00")),
        ("−3", (-3.0, "0")),
        ("1,200", (1200.0, "#,##0")),
        ("2026", (2026.0, "0")),
        ("007", ("007", "")),
        ("62 % (1 to 2)", ("62 % (1 to 2)", "")),
        (3, (3, "#,##0")),
        (True, (True, "")),
    ],
)
def test_formatted_numbers_are_numbers_again(told: Any, number: Any):
    assert read_number(told) == number


def test_no_cell_of_a_hostile_study_is_a_formula(hostile_book: openpyxl.Workbook):
    cells = [c for s in hostile_book.worksheets for row in s.iter_rows() for c in row]
    words = [c for c in cells if isinstance(c.value, str)]
    assert len(words) > 500
    for cell in words:
        assert cell.data_type == "s"
        assert not cell.value.lstrip().startswith(("=", "@", "＝"))
        assert not set(cell.value) & set("\x00\x07\u202e\u200b\t")
    assert any("'=HYPERLINK" in c.value for c in words)


def test_nobody_is_named(book: openpyxl.Workbook, sample: Any):
    told = {str(c) for s in book.worksheets for row in s.iter_rows(values_only=True) for c in row}
    assert not told & {person.volunteer for person in sample.evaluation.volunteers.overdue}


def test_one_table_is_a_workbook_with_its_stamp():
    table = pd.DataFrame({"name": ["=1+1", "b"], "share": ["62 %", "7 %"]})
    sheet = reopen(write_table(table, "Any: title/[x]", Text("en"), "Levee 1")).worksheets[0]
    assert [c.value for c in sheet["A"]][:3] == ["name", "'=1+1", "b"]
    assert sheet["B2"].value == 0.62
    assert sheet["B2"].number_format == "0%"
    assert sheet["A5"].value == "Levee 1"


def test_equal_input_gives_equal_cells(sample: Any):
    first, second = (
        reopen(write_workbook(sample.evaluation, sample.study, Text("en"))) for _ in range(2)
    )
    for one, other in zip(first.worksheets, second.worksheets, strict=True):
        assert list(one.iter_rows(values_only=True)) == list(other.iter_rows(values_only=True))


def test_typed_numbers_stand_as_numbers_with_their_format(sample: Any):
    """Change per session is a number in its unit, p one below which words stand."""
    content = write_workbook(sample.evaluation, sample.study, Text("en"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Dose"]
    head = next(
        r for r in range(1, 40) if sheet.cell(row=r, column=2).value == "Change per session"
    )
    rows = range(head + 1, head + 1 + len(sample.evaluation.dose))
    slopes = [sheet.cell(row=r, column=2) for r in rows]
    assert all(isinstance(cell.value, int | float) for cell in slopes)
    assert any('"pp"' in cell.number_format for cell in slopes)
    assert all("< 0.001" in sheet.cell(row=r, column=4).number_format for r in rows)


def test_fit_of_one_factor_stands_as_numbers(sample: Any):
    """χ², its degrees of freedom and CFI were words such as ``1.12 (2 df)``."""
    content = write_workbook(sample.evaluation, sample.study, Text("en"), audience="evaluator")
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Reliability"]
    table = [[cell.value for cell in row] for row in sheet.iter_rows()]
    start = next(i for i, row in enumerate(table) if "CFI" in row and "KMO" in row)
    head, first = table[start], table[start + 1]
    named = dict(zip(head, first, strict=True))
    fit = sample.evaluation.reliability[0].one_factor
    assert named["χ²"] == round(fit.chi2, 2)
    assert named["df"] == fit.df
    assert named["CFI"] == round(fit.cfi, 3)

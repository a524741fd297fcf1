"""A marked copy: the cells concerned are coloured and explained, text stays text."""

from io import BytesIO

import openpyxl
import pytest

from analysis.intake.check.annotated_workbook import find_marks, mark_workbook
from analysis.intake.sandbox.workbook import open_workbook
from analysis.intake.tables.survey_tool import recognise_table
from analysis.issues import Issue

HEADERS = ("Sheet", "Cell", "Value", "Problem")


@pytest.fixture
def opened():
    data = b"title,,\ncode,q1,note\nA1,5,=1+1\n001,55,@cmd\nA3,4,ok\n"
    return open_workbook(data, "s.csv")


def marked(opened, *issues):
    table = recognise_table(opened)
    marks = find_marks(issues, [table], lambda issue: f"said {issue.code}")
    data = mark_workbook(opened, marks, listing="Problems", headers=HEADERS)
    return marks, openpyxl.load_workbook(BytesIO(data))


def test_the_cell_of_an_issue_is_coloured_and_explained(opened):
    issue = Issue(code="out_of_range", file="s.csv", column="q1", rows=(4,))
    (mark,), book = marked(opened, issue)
    assert mark.address == "B4"
    cell = book.worksheets[1]["B4"]
    assert (cell.value, cell.comment.text) == (55, "said out_of_range")
    assert cell.fill.fgColor.rgb.endswith("FFE699")
    assert book.worksheets[1]["B3"].comment is None
    assert [c.value for c in book["Problems"][2]] == [None, "B4", 55, "said out_of_range"]


def test_the_gravest_colour_wins_and_both_are_told(opened):
    issues = [
        Issue(code="speeders", severity="info", file="s.csv", rows=(3,)),
        Issue(code="duplicate", severity="error", file="s.csv", rows=(3,)),
    ]
    _, book = marked(opened, *issues)
    cell = book.worksheets[1]["A3"]
    assert cell.fill.fgColor.rgb.endswith("F8CBAD")
    assert cell.comment.text == "said speeders\nsaid duplicate"


def test_an_issue_of_a_column_marks_its_header_and_other_files_are_passed_over(opened):
    issues = [
        Issue(code="missing_answers", file="s.csv", column="q1"),
        Issue(code="out_of_range", file="other.csv", column="q1", rows=(3,)),
        Issue(code="hidden_sheets", file="s.csv"),
    ]
    marks, _ = marked(opened, *issues)
    assert [mark.address for mark in marks] == ["B2"]


def test_text_stays_text_and_no_formula_is_written(opened):
    _, book = marked(opened)
    sheet = book.worksheets[1]
    assert (sheet["C3"].value, sheet["C3"].data_type) == ("=1+1", "s")
    assert (sheet["C4"].value, sheet["C4"].data_type) == ("@cmd", "s")
    assert sheet["A4"].value == "001"
    assert all(cell.data_type != "f" for row in sheet for cell in row)


def test_sheet_names_stay_apart():
    book = openpyxl.Workbook()
    book.active.title = "Problems"
    book.active.append(["a", "b"])
    book.active.append(["x", 2])
    stored = BytesIO()
    book.save(stored)
    opened = open_workbook(stored.getvalue(), "b.xlsx")
    data = mark_workbook(opened, (), listing="Problems", headers=HEADERS)
    assert openpyxl.load_workbook(BytesIO(data)).sheetnames == ["Problems", "Problems 2"]

"""The indicator table: read by hand, refused with a reason, and the same after out and in."""

from datetime import date

import pytest

from analysis.errors import StudyFileError
from analysis.intake.propose.indicators import read_indicators
from analysis.plan import StudyPlan, TargetPlan
from analysis.study import Study
from analysis.targets import evaluate_targets
from dashboard.exports.indicators import list_indicators
from dashboard.exports.workbook import write_table
from dashboard.text import Text
from tests.test_targets import NOTHING

HEADER = "indicator,label,level,baseline,target,due,target 2026-Q1,actual 2026-Q1,notes\n"


def read(rows: str, header: str = HEADER):
    return read_indicators((header + rows).encode(), "indicators.csv")


def test_a_row_becomes_a_target():
    (found,) = read('kit.post.mean,Kits,output,34 %,60 %,2026/12/31,"1,200",900,mine\n,,,,,,,,\n')
    assert found.indicator == "kit.post.mean"
    assert found.label == "Kits"
    assert (found.level, found.baseline, found.target) == ("output", 0.34, 0.6)
    assert found.due == date(2026, 12, 31)
    assert (found.periods, found.actuals) == ({"2026-Q1": 1200.0}, {"2026-Q1": 900.0})


def test_missing_columns_are_named():
    with pytest.raises(StudyFileError) as caught:
        read("x\n", "indicator\n")
    assert caught.value.code == "indicator_columns"
    assert caught.value.details["missing"] == "target"


def test_a_wrong_cell_is_named_by_row_and_column():
    with pytest.raises(StudyFileError) as caught:
        read("a,,,,5,,,,\nb,,,,many,,,,\n")
    told = caught.value.details
    assert (told["row"], told["column"]) == (3, "target")


TARGETS = [
    TargetPlan(
        indicator="kit.post.mean",
        label={"en": "Kits", "zh-Hans": "应急包"},
        level="output",
        baseline=0.34,
        target=0.6,
        start=date(2025, 3, 1),
        due=date(2026, 12, 31),
        cumulation="cumulative_level",
        frequency="quarterly",
        band=0.2,
        evidence="report 3",
        periods={"2026-Q1": 0.4, "2026-Q2": 0.5},
        actuals={"2026-Q1": 0.41},
    ),
    TargetPlan(
        indicator="complaints",
        label="Complaints",
        baseline=9,
        target=3,
        actual=5,
        direction="decrease",
    ),
]


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_out_and_in_gives_the_same_targets(language: str):
    plan, text = StudyPlan(targets=TARGETS), Text(language)
    found = evaluate_targets(Study(plan=plan), NOTHING)
    book = write_table(list_indicators(plan, found, text), text("Indicators"), text, "stamp")
    assert read_indicators(book, "indicators.xlsx") == TARGETS


def test_a_plan_without_targets_gives_the_empty_form():
    table = list_indicators(StudyPlan(), (), Text("zh-Hans"))
    assert len(table) == 0
    assert list(table)[:2] == ["指标", "名称（英文）"]

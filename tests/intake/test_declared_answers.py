"""Answers that the study file declares and nobody gave are said, never scored in silence."""

import pandas as pd
import pytest

from analysis.intake.read.survey_items import read_measure
from analysis.issues import Issue
from analysis.plan import MeasurePlan
from dashboard.sentences import say_issue
from dashboard.text import Text


def issues_of(answers: list[str | None], **plan: object) -> list[Issue]:
    texts = pd.DataFrame({"q": pd.array(answers, dtype="string")})
    keys = pd.DataFrame({"file": "a.csv", "sheet": "", "row": range(2, len(answers) + 2)})
    measure = MeasurePlan.model_validate({"name": "m", "items": ["q"], **plan})
    return list(read_measure(measure, texts, keys).issues)


def said(issue: Issue) -> str:
    return " ".join(say_issue(Text(language), issue) for language in ("en", "zh-Hans"))


def test_a_right_answer_that_nobody_gave():
    """Everyone scored 0 and the headline said that nothing had changed."""
    (issue,) = issues_of(["north", "south", None], kind="knowledge", correct={"q": "zebra"})
    assert (issue.code, issue.rows) == ("never_correct", (2, 3))
    assert "north" in said(issue)
    assert issues_of(["north", "Zebra "], kind="knowledge", correct={"q": "zebra"}) == []
    assert issues_of([None, None], kind="knowledge", correct={"q": "zebra"}) == []


@pytest.mark.parametrize(
    ("answers", "rows"),
    [
        (["none", "plan", "done"], ()),
        (["none", "Plan", "gone"], (4,)),
        (["1", "2", "3"], (2, 3, 4)),
    ],
)
def test_answers_beside_the_declared_order(answers, rows):
    found = issues_of(answers, kind="category", order=["none", "plan", "done"])
    assert [issue.code for issue in found] == ["answers_outside_order"] * bool(rows)
    assert [row for issue in found for row in issue.rows] == list(rows)
    assert all(answers[-1] in said(issue) for issue in found)

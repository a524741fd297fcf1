"""Names nearly alike are found by keyed marks alone, and decided as codes in clear are."""

import pandas as pd
import pytest

from analysis.intake.check.matching import find_near
from analysis.intake.propose.near_names import find_near_codes, mark_spellings
from analysis.plan import NearPair, SurveyPlan
from analysis.plan_tables import Link
from analysis.study import SurveyData

KEY = b"k" * 32


def pairs_of(*names: str) -> list[tuple[str, str, str]]:
    codes = {f"{n:016x}": name for n, name in enumerate(names)}
    marks = {code: mark_spellings(name, KEY) for code, name in codes.items()}
    found = find_near_codes(marks)
    return [(codes[p.same_as.lower()], codes[p.code.lower()], p.slip) for p in found]


@pytest.mark.parametrize(
    ("one", "other", "slip"),
    [
        ("肖然", "萧然", "same_pinyin"),
        ("徐朋", "徐鹏", "same_pinyin"),
        ("BO17", "B017", "look_alikes"),
        ("al1ce9", "alice9", "look_alikes"),
        ("John Smith", "Jhon Smith", "transposition"),
        ("John Smith", "John Smyth", "one_character"),
        ("John Smith", "Jon Smith", "one_character"),
        ("欧阳小明", "欧阳小朋", "one_character"),
        ("B-14", "B14", "punctuation"),
    ],
)
def test_two_spellings_of_one_name_share_a_mark(one: str, other: str, slip: str):
    assert pairs_of(one, other) == [(one, other, slip)]


@pytest.mark.parametrize(
    ("one", "other"), [("王芳", "李芳"), ("John Smith", "Jane Smyth"), ("B017", "B028")]
)
def test_different_names_share_none(one: str, other: str):
    assert pairs_of(one, other) == []


def test_marks_depend_on_the_key_and_hold_no_name():
    marks = mark_spellings("John Smith", KEY)
    assert not set(marks) & set(mark_spellings("John Smith", b"q" * 32))
    assert not any("smith" in mark.casefold() for mark in marks)
    assert all(len(mark) == 13 for mark in marks)


def waves_of(first: list[str], last: list[str]) -> SurveyData:
    keys = pd.DataFrame(
        {
            "respondent": [*first, *last],
            "wave": ["pre"] * len(first) + ["post"] * len(last),
        }
    )
    empty = pd.DataFrame(index=keys.index)
    return SurveyData(keys=keys, items={}, texts={}, categories=empty, covariates=empty)


def test_open_pairs_are_shown_until_decided():
    pair = NearPair(same_as="AA", code="BB", similarity=0.95, slip="same_pinyin")
    plan = SurveyPlan(respondent="code", near=[pair])
    survey = waves_of(["AA", "CCCC1"], ["BB", "CCCC1"])
    (found,) = find_near(survey, plan)
    assert (found.same_as, found.code, found.slip) == ("AA", "BB", "same_pinyin")
    rejected = plan.model_copy(update={"distinct": [Link(code="BB", same_as="AA")]})
    assert find_near(survey, rejected) == ()
    # Found in both waves, each is a person of its own.
    assert find_near(waves_of(["AA", "BB"], ["AA", "BB"]), plan) == ()


def test_a_name_as_near_to_two_others_is_not_proposed():
    near = [NearPair(same_as="AA", code=code, similarity=0.8) for code in ("BB", "DD")]
    plan = SurveyPlan(respondent="code", near=near)
    assert find_near(waves_of(["AA"], ["BB", "DD"]), plan) == ()

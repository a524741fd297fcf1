"""Filters keep what they say, and no two choices differ by a group too small to show."""

from collections.abc import Mapping
from itertools import chain, combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.study import Study
from analysis.surveys.filters import filter_study
from dashboard.widgets.filters import list_options
from tests.studies import make_study

LEAST = 5


def make_people(sites: list[str], sexes: list[str]) -> Study:
    n = len(sites)
    return make_study(
        {"pre": {"m": [3] * n}, "post": {"m": [4] * n}},
        facts={"site": sites * 2},
        categories={"sex": sexes * 2},
        study={"min_group": LEAST},
    )


def kept(study: Study, filters: Mapping[str, tuple[str, ...]]) -> set[str] | None:
    """Who is left after filtering; None when the choice is not shown."""
    shown = filter_study(study, filters)
    if any(issue.code == "filter_suppressed" for issue in shown.issues):
        assert len(shown.survey.keys) == 0
        return None
    return set(shown.survey.keys["respondent"])


def test_a_choice_keeps_those_it_names():
    study = make_people(["a"] * 20 + ["b"] * 15, ["f", "m"] * 17 + ["f"])
    assert kept(study, {"site": ("a",)}) == {str(n) for n in range(20)}
    assert kept(study, {"category": ("sex=m",)}) == {str(n) for n in range(1, 34, 2)}
    assert len(kept(study, {"site": ("a",), "category": ("sex=f",)})) == 10


@pytest.mark.parametrize(
    "filters",
    [
        {"site": ("c",)},  # too few themselves
        {"site": ("a", "b")},  # all but too few
        {"site": ("a", "c")},  # against {"site": ("a",)}
        {"site": ("b",), "category": ("sex=f",)},  # against {"site": ("b",)}
        {"site": ("nowhere",)},
    ],
)
def test_a_choice_that_tells_too_few_apart_is_not_shown(filters):
    sites = ["a"] * 20 + ["b"] * 12 + ["c"] * 3
    sexes = ["f", "m"] * 10 + ["f"] * 10 + ["m"] * 2 + ["f"] * 3
    assert kept(make_people(sites, sexes), filters) is None


def test_a_value_of_few_is_offered_to_the_evaluator_alone():
    study = make_people(["a"] * 20 + ["b"] * 12 + ["c"] * 3, ["f", "m"] * 17 + ["x"])
    assert list_options(study) == {"site": ["a", "b", "c"], "category=sex": ["f", "m", "x"]}
    assert list_options(study, 5) == {"site": ["a", "b"], "category=sex": ["f", "m"]}


def test_all_values_chosen_is_the_whole_study_when_every_group_is_large():
    study = make_people(["a"] * 20 + ["b"] * 12, ["f", "m"] * 16)
    assert len(kept(study, {"site": ("a", "b")})) == 32


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("fm")), min_size=12, max_size=60))
def test_neighbouring_choices_never_differ_by_too_few(people: list[tuple[str, str]]):
    study = make_people([one for one, _ in people], [one for _, one in people])
    sites = [s for r in range(4) for s in combinations("abc", r)]
    sexes = [s for r in range(3) for s in combinations(("sex=f", "sex=m"), r)]
    shown = {
        (site, sex): kept(study, {"site": site, "category": sex})
        for site, sex in product(sites, sexes)
    }
    for (site, sex), here in shown.items():
        steps = chain(
            ((site[:at] + site[at + 1 :], sex) for at in range(len(site))),
            ((site, sex[:at] + sex[at + 1 :]) for at in range(len(sex))),
            (((), sex), (site, ())),
        )
        for other in steps:
            there = shown[other]
            if here is not None and there is not None:
                assert not 0 < len(here ^ there) < LEAST

"""Changes in which people have weights: beside the plain one, they tell of no few of them."""

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.results import Comparison, NotEstimable
from tests.studies import make_study


def study_of(groups, *, facts=None, **survey):
    """40 people before and after, of these groups."""
    rng = np.random.default_rng(12)
    before = np.round(rng.normal(3, 0.7, 40), 1).clip(1, 5)
    after = np.round(before + rng.normal(0.3, 0.6, 40), 1).clip(1, 5)
    return make_study(
        {"pre": {"m": before}, "post": {"m": after}},
        categories={name: [*group, *group] for name, group in groups.items()},
        facts={name: [*fact, *fact] for name, fact in (facts or {}).items()},
        survey=survey,
    )


def changes_of(study, name):
    shown = protect(evaluate(study), study, "funder")
    assert isinstance(shown.outcomes[0].change, Comparison), "the headline stays"
    return [one.change for one in shown.sensitivity if one.name == name]


@pytest.mark.parametrize("men", [1, 2, 4])
def test_raking_does_not_tell_the_change_of_the_few_of_a_group(men: int):
    """Of 38 women and 2 men, the mean and half women's + half men's change gave the men's."""
    population = {"sex": {"f": 0.5, "m": 0.5}}
    study = study_of({"sex": ["f"] * (40 - men) + ["m"] * men}, population=population)
    (change,) = changes_of(study, "raking")
    assert isinstance(change, NotEstimable)


def test_raking_to_two_variables_does_not_tell_of_the_few_of_one():
    """Three people of a hill village: half of the weight is theirs."""
    groups = {"sex": ["f", "m"] * 20, "place": ["hill"] * 3 + ["town"] * 37}
    shares = {"sex": {"f": 0.6, "m": 0.4}, "place": {"hill": 0.5, "town": 0.5}}
    (change,) = changes_of(study_of(groups, population=shares), "raking")
    assert isinstance(change, NotEstimable)


def test_raking_to_groups_of_many_is_given():
    groups = {"sex": ["f"] * 24 + ["m"] * 16, "place": ["hill", "town"] * 20}
    shares = {"sex": {"f": 0.5, "m": 0.5}, "place": {"hill": 0.4, "town": 0.6}}
    (change,) = changes_of(study_of(groups, population=shares), "raking")
    assert isinstance(change.estimate, float)


def test_raking_does_not_tell_of_the_few_whose_group_is_unknown():
    """20 women and 17 men have a sex: mean and degrees of freedom of 37 left the other three."""
    groups = {"sex": ["f"] * 20 + ["m"] * 17 + [None] * 3}
    study = study_of(groups, population={"sex": {"f": 0.5, "m": 0.5}})
    (change,) = changes_of(study, "raking")
    assert isinstance(change, NotEstimable)


@pytest.mark.parametrize("weights", [[1.0] * 37 + [np.nan] * 3, [1.0] * 37 + [5.0] * 3])
def test_weights_tell_nothing_of_the_few_who_have_another_or_none(weights: list[float]):
    """The weighted mean of 40 less the plain one: four times the change of three people."""
    (change,) = changes_of(study_of({}, facts={"weight": weights}), "survey_weights")
    assert isinstance(change, NotEstimable)


def test_weights_of_each_person_s_own_are_given():
    weights = np.linspace(0.5, 2, 40)
    (change,) = changes_of(study_of({}, facts={"weight": weights}), "survey_weights")
    assert isinstance(change.estimate, float)


def test_communities_tell_nothing_of_the_few_who_are_of_none():
    """The mean with communities counted left out three people without one."""
    cluster = [*np.repeat(list("ABCDEF"), 6), "F", None, None, None]
    study = study_of({}, facts={"cluster": cluster}, cluster="c")
    (change,) = changes_of(study, "mean_cr2")
    assert isinstance(change, NotEstimable)

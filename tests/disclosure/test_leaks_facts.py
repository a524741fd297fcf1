"""What means of facts that are numbers told of single people: each stays closed."""

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.results import Estimate, NotEstimable
from tests.studies import make_study


def lose_some(fact: np.ndarray, n_stay: int):
    """Make a study of people with a fact, of whom the first stay; give its rows of attrition."""
    rng = np.random.default_rng(3)
    first = np.round(rng.normal(3, 0.7, fact.size), 1).clip(1, 5)
    last = np.round(first + rng.normal(0.3, 0.5, fact.size), 1).clip(1, 5)[:n_stay]
    study = make_study(
        {"pre": {"m": first}, "post": {"m": last}}, covariates={"fact": [*fact, *fact[:n_stay]]}
    )
    rows = protect(evaluate(study), study, "funder").attrition
    (row,) = [one for one in rows if one.variable == "fact"]
    return row


@pytest.mark.parametrize(
    "fact",
    [
        np.isin(np.arange(40), [4, 33]).astype(float),
        np.r_[np.tile([0, 1, 2, 2, 1], 6), [3, 1], np.zeros(8)].astype(float),
        np.r_[np.arange(30.0) % 12, np.zeros(9), 30.0],
    ],
    ids=["disabled", "children", "days"],
)
def test_means_of_facts_do_not_tell_the_few_who_left_with_one(fact: np.ndarray):
    """A mean of 0.1 of ten who left was one disabled person; 0.4 ± 0.31 one with three children.

    Where mean and error are alike, one has all days in hospital.
    """
    row = lose_some(fact, 30)
    assert isinstance(row.stayed, NotEstimable)
    assert isinstance(row.left, NotEstimable)


def test_means_of_facts_of_many_are_given_in_steps():
    """Half of each side is poor; ages are rounded so that their sum stays open."""
    row = lose_some(np.tile([0.0, 1.0], 25), 30)
    assert (row.stayed.n, row.left.n) == (30, 20)
    rng = np.random.default_rng(5)
    row = lose_some(rng.integers(20, 70, 60).astype(float), 40)
    assert isinstance(row.left, Estimate)
    assert row.left.estimate * 5 == pytest.approx(round(row.left.estimate * 5))

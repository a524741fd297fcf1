"""Cumulative logit change: statsmodels, logistic regression in the two-category case, refusals."""

import math

import numpy as np
import pytest

from analysis.results import NotEstimable
from analysis.statistics.ordinal import ordinal_change

TABLE = np.array([[22, 18, 30, 12, 6], [9, 14, 31, 25, 15]])
CODES = np.arange(1, 6)


def test_ordered_model_agrees():
    import pandas as pd
    from statsmodels.miscmodels.ordinal_model import OrderedModel

    answers = np.concatenate([np.repeat(CODES, row) for row in TABLE])
    wave = np.repeat([0.0, 1.0], TABLE.sum(axis=1))
    ordered = pd.Series(pd.Categorical(answers, categories=CODES, ordered=True))
    frame = pd.DataFrame({"post": wave})
    theirs = OrderedModel(ordered, frame, distr="logit").fit(method="newton", disp=False)
    found = ordinal_change(CODES, CODES, *TABLE)
    assert found.estimate == pytest.approx(theirs.params["post"], rel=1e-6)
    assert found.std_error == pytest.approx(theirs.bse["post"], rel=1e-5)  # numeric Hessian
    assert found.n == TABLE.sum()


def test_two_categories_are_the_log_odds_ratio():
    found = ordinal_change([0, 1], [0, 1], [30, 20], [18, 32])
    assert found.estimate == pytest.approx(math.log(30 * 32 / (20 * 18)), rel=1e-8)
    assert found.std_error == pytest.approx(math.sqrt(1 / 30 + 1 / 20 + 1 / 18 + 1 / 32), rel=1e-8)
    assert found.details["odds_ratio"] == pytest.approx(30 * 32 / (20 * 18), rel=1e-8)


def test_rows_and_counts_agree_and_swapping_turns_the_sign():
    pre, post = (np.repeat(CODES, row) for row in TABLE)
    assert ordinal_change(pre, post) == ordinal_change(CODES, CODES, *TABLE)
    there, back = ordinal_change(pre, post), ordinal_change(post, pre)
    assert back.estimate == pytest.approx(-there.estimate, rel=1e-8)
    assert back.p_value == pytest.approx(there.p_value, rel=1e-6)


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([], [1, 2], "no_data"),
        ([3, 3], [3], "no_variance"),
        ([1, 1, 2, 2], [3, 3, 4, 4], "not_identified"),
        ([1, 1, 1], [2, 2, 2], "not_identified"),
    ],
)
def test_not_estimable(pre, post, reason):
    found = ordinal_change(pre, post)
    assert isinstance(found, NotEstimable)
    assert found.reason == reason

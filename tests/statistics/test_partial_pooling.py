"""Groups drawn towards the whole, and predictions of a new one."""

import numpy as np
import pytest

from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.partial_pooling import pool_partially
from analysis.statistics.subgroup_change import compare_estimates, welch_anova
from benchmarks.coverage_subgroups import (
    false_alarms,
    partly_matched,
    prediction_coverage,
    shrunken_coverage,
)

Y, SE, DF = [0.12, 0.55, 0.83, 0.21], [0.2, 0.31, 0.25, 0.11], [7, 9, 8, 20]


def test_posterior_by_importance_sampling():
    """Draw (μ, τ, θ) from the prior given the data's likelihood: another route to the same."""
    rng = np.random.default_rng(4)
    found = pool_partially(Y, SE, [1e9] * 4)
    v = np.square(SE)
    scale = np.sqrt(1 / np.mean(1 / v) * (1e9 + 1))
    # With a huge prior scale τ is nearly uniform where the likelihood is not 0.
    tau = rng.uniform(0, 6, 400_000)
    w = 1 / (v + tau[:, None] ** 2)
    centre = w @ Y / w.sum(axis=1)
    log = 0.5 * (
        np.log(w).sum(axis=1)
        - np.log(w.sum(axis=1))
        - (w * (np.array(Y) - centre[:, None]) ** 2).sum(axis=1)
    )
    weight = np.exp(log - log.max()) / (1 + (tau / scale) ** 2)
    mu = rng.normal(centre, 1 / np.sqrt(w.sum(axis=1)))
    pull = v / (v + tau[:, None] ** 2)
    theta = pull * mu[:, None] + (1 - pull) * Y
    share = weight / weight.sum()
    assert share @ theta == pytest.approx(found.estimates, abs=0.01)
    assert share @ mu == pytest.approx(found.mean, abs=0.01)


def test_moving_and_stretching_the_data_moves_and_stretches_the_result():
    plain = pool_partially(Y, SE, DF)
    moved = pool_partially(np.array(Y) * 10 + 3, np.array(SE) * 10, DF)
    assert moved.estimates == pytest.approx(plain.estimates * 10 + 3, rel=1e-9)
    assert moved.ci_low == pytest.approx(plain.ci_low * 10 + 3, rel=1e-8)
    assert moved.prediction_high == pytest.approx(plain.prediction_high * 10 + 3, rel=1e-8)


def test_large_groups_keep_their_own_interval():
    """Groups far apart with small errors: nothing is drawn, the t interval stays."""
    found = pool_partially([0.0, 5.0, 10.0], [0.01] * 3, [1e6] * 3)
    assert found.estimates == pytest.approx([0, 5, 10], abs=1e-3)
    assert found.ci_high - found.ci_low == pytest.approx([2 * 1.959964 * 0.01] * 3, rel=1e-3)


def test_intervals_of_groups_hold_the_truth():
    """Plug-in empirical Bayes held it in 81–86 % of these layouts."""
    for groups, people, tau in ((4, 8, 0.2), (6, 6, 0.3), (4, 30, 0.2)):
        assert shrunken_coverage(groups, people, tau, 250) >= 0.925


def test_predictions_hold_a_new_community():
    """μ ± t·√(τ² + SE²) held it in 88 % of this layout, with k − 2 df in 89 %."""
    assert prediction_coverage(8, 12, 0.3, 400) >= 0.93


@pytest.mark.parametrize("linked", [True, False])
def test_many_small_groups_raise_no_false_alarms(linked):
    """Welch's F found a difference in 11 % of linked and Cochran's Q in 20 % of anonymous ones."""
    assert false_alarms(20, 6, 500, linked=linked) <= 0.07


def test_partly_matched_groups_raise_no_false_alarms_and_keep_their_coverage():
    """With the model's own degrees of freedom the test found a difference in 11.5 % of these."""
    level, own, drawn = partly_matched(20, 6, 60)
    assert level <= 0.1
    assert 0.92 <= own <= 0.97
    assert drawn >= 0.93


def test_two_groups_are_welchs_t():
    from scipy import stats

    rng = np.random.default_rng(8)
    a, b = rng.normal(0, 1, 9), rng.normal(0.5, 2, 14)
    found = welch_anova(np.r_[a, b], np.r_[np.zeros(9), np.ones(14)])
    theirs = stats.ttest_ind(a, b, equal_var=False)
    assert found.statistic == pytest.approx(theirs.statistic**2, rel=1e-10)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-9)
    assert found.details["df_within"] == pytest.approx(theirs.df, rel=1e-9)


def test_drawn_p_is_that_of_the_raw_data_under_no_difference():
    """Simulated afresh from people, not from χ²: the same tail of the same statistic."""
    n, se = 9, np.array([0.3, 0.5, 0.2, 0.4, 0.35, 0.25])
    m = np.array([0.1, 0.9, 0.3, -0.5, 0.2, 0.6])
    found = compare_estimates(m, se, np.full(6, n - 1), 6 * n)
    rng = np.random.default_rng(3)
    people = rng.normal(0, (se * np.sqrt(n))[:, None], (20_000, 6, n))
    v = people.var(axis=2, ddof=1) / n
    means = people.mean(axis=2)

    def spread(y, variance):
        w = 1 / variance
        c = (w * y).sum(-1) / w.sum(-1)
        return (w * (y - np.expand_dims(c, -1)) ** 2).sum(-1)

    expected = np.mean(spread(means, v) >= spread(m, se**2))
    assert found.p_value == pytest.approx(expected, abs=0.01)
    assert "seed" in found.method


def test_fewer_than_two_groups_have_no_test():
    assert compare_estimates([0.1], [0.2], [5], 6).reason == "too_few"


def test_alike_studies_keep_the_usual_error():
    """Three alike communities: without the floor their interval would shrink to a point."""
    found = random_effects([0.1, 0.11, 0.12], [0.2, 0.25, 0.3])
    assert found.tau2 == 0
    assert found.pooled.std_error == pytest.approx(1 / np.sqrt(25 + 16 + 1 / 0.09), rel=1e-12)
    assert found.prediction_low < found.pooled.estimate - 0.3


def test_groups_of_equal_values_are_left_out_of_the_test():
    """The mean of equal values is another in the last digit: that is no spread."""
    rng = np.random.default_rng(2)
    values = np.concatenate([np.full(11, 67.4), rng.normal(60, 5, 20), rng.normal(62, 5, 20)])
    groups = np.repeat(["equal", "a", "b"], [11, 20, 20])
    found = welch_anova(values, groups)
    alone = welch_anova(values[11:], groups[11:])
    assert (found.p_value, found.details["n_groups"]) == (alone.p_value, 2)
    assert found.n_missing == 11

"""Overlap weights, E-value, the attrition boundary and mixed-model differences of groups."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, stats

from analysis.statistics.attrition_standard import attrition_boundary, judge_attrition
from analysis.statistics.e_value import e_value, e_value_of_limit, ratio_of_difference
from analysis.statistics.group_change import difference_of_estimates, least_squares
from analysis.statistics.mean_change import paired_t
from analysis.statistics.overlap_weights import kish_size, overlap_weights, weighted_difference


def unlike(seed=1, n=200):
    rng = np.random.default_rng(seed)
    x = np.column_stack([rng.normal(40, 12, n), rng.integers(0, 2, n)]).astype(float)
    arm = (rng.random(n) < 1 / (1 + np.exp(-(x[:, 0] - 40) / 12 - x[:, 1] + 0.5))).astype(float)
    return x, arm, rng


@given(st.integers(0, 1000))
@settings(max_examples=15, deadline=None)
def test_weighted_groups_have_exactly_the_same_means(seed):
    x, arm, _ = unlike(seed)
    w = overlap_weights(arm, x)
    means = [np.average(x[arm == side], axis=0, weights=w[arm == side]) for side in (1, 0)]
    assert means[0] == pytest.approx(means[1], rel=1e-8)
    assert ((w > 0) & (w < 1)).all()


def test_weights_are_those_of_the_greatest_likelihood():
    x, arm, _ = unlike()
    z = np.column_stack([np.ones(len(x)), (x - x.mean(0)) / x.std(0)])
    found = optimize.minimize(
        lambda b: np.logaddexp(0, z @ b).sum() - arm @ (z @ b), np.zeros(3), tol=1e-12
    )
    chance = 1 / (1 + np.exp(-z @ found.x))
    assert overlap_weights(arm, x) == pytest.approx(
        np.where(arm == 1, 1 - chance, chance), abs=1e-5
    )


def test_groups_that_share_nobody_have_no_weights():
    arm = np.repeat([1.0, 0.0], 20)
    assert overlap_weights(arm, np.arange(40.0)[:, None]) is None
    assert overlap_weights(arm, np.ones((40, 1))) is None
    twice = np.random.default_rng(0).normal(size=(40, 1))
    assert overlap_weights(arm, np.column_stack([twice, 2 * twice])) is None


def test_weighting_removes_what_the_covariates_explain():
    x, arm, rng = unlike(3, 2000)
    change = 0.03 * (x[:, 0] - 40) + 0.4 * x[:, 1] + 0.25 * arm + rng.normal(0, 0.5, 2000)
    plain = change[arm == 1].mean() - change[arm == 0].mean()
    found = weighted_difference(change, arm, overlap_weights(arm, x))
    assert abs(plain - 0.25) > 0.3
    assert found.ci_low < 0.25 < found.ci_high
    assert found.estimate == pytest.approx(0.25, abs=0.08)


def test_equal_weights_give_the_difference_of_means_with_welchs_df():
    rng = np.random.default_rng(5)
    arm = np.repeat([1.0, 0.0], [12, 30])
    y = rng.normal(size=42)
    found = weighted_difference(y, arm, np.ones(42))
    a, b = y[arm == 1], y[arm == 0]
    parts = a.var() / 12, b.var() / 30
    assert found.estimate == pytest.approx(a.mean() - b.mean())
    assert found.std_error == pytest.approx(np.sqrt(42 / 41 * sum(parts)))
    assert found.df == pytest.approx(sum(parts) ** 2 / (parts[0] ** 2 / 11 + parts[1] ** 2 / 29))


def test_clusters_count_as_one_each():
    rng = np.random.default_rng(6)
    cluster, arm = np.repeat(np.arange(10), 8), np.repeat([1.0, 0.0], 40)
    y = rng.normal(size=10)[cluster] + rng.normal(size=80) * 0.2
    found = weighted_difference(y, arm, np.ones(80), cluster)
    means = [y[cluster == c].mean() for c in range(10)]
    errors = [np.var(means[:5]) / 5, np.var(means[5:]) / 5]
    assert found.std_error == pytest.approx(np.sqrt(10 / 9 * sum(errors)))
    assert found.df <= 8
    assert found.details["n_clusters"] == 10
    assert weighted_difference(y[arm == 1], arm[arm == 1], np.ones(40)).reason == "no_data"


def test_kish_counts_people_of_equal_weight():
    assert kish_size([3, 3, 3]) == pytest.approx(3)
    assert kish_size([]) == 0


@pytest.mark.parametrize(
    ("ratio", "printed"), [(3.9, 7.26), (1.8, 3.0), (0.80, 1.81), (0.91, 1.43)]
)
def test_e_values_printed_by_their_authors(ratio, printed):
    """VanderWeele & Ding 2017: breastfeeding 3.9 (1.8 to 8.7) and a protective 0.80."""
    assert e_value(ratio) == pytest.approx(printed, abs=0.005)


@given(st.floats(1.001, 50))
def test_a_confounder_of_the_e_value_just_explains_the_ratio_away(ratio):
    e = e_value(ratio)
    # The bounding factor of Ding & VanderWeele 2016 at equal strengths.
    assert e * e / (2 * e - 1) == pytest.approx(ratio)
    assert e_value(1 / ratio) == pytest.approx(e)


def test_the_limit_counts_and_an_unclear_interval_needs_nothing():
    assert e_value_of_limit(3.9, 1.8, 8.7) == pytest.approx(e_value(1.8))
    assert e_value_of_limit(0.5, 0.3, 0.8) == pytest.approx(e_value(0.8))
    assert e_value_of_limit(1.5, 0.9, 2.0) == 1.0
    assert ratio_of_difference(-0.5, 2.0) == pytest.approx(np.exp(-0.91 / 4))


@pytest.mark.parametrize(
    ("overall", "cautious", "optimistic"),
    [
        (0, 0.057, 0.100),
        (0.10, 0.063, 0.109),
        (0.20, 0.054, 0.100),
        (0.30, 0.041, 0.082),
        (0.40, 0.026, 0.060),
        (0.50, 0.010, 0.037),
        (0.57, 0.0, 0.021),
        (0.60, None, 0.014),
        (0.70, None, None),
    ],
)
def test_boundary_as_printed_in_the_handbook(overall, cautious, optimistic):
    assert attrition_boundary(overall, cautious=True) == cautious
    assert attrition_boundary(overall, cautious=False) == optimistic


def bias_of(overall, differential, alphas):
    """Deke & Chiang's model: bias in SD; the alphas tie response and outcome in each group."""
    lost = np.array([overall + differential / 2, overall - differential / 2])
    mills = stats.norm.pdf(stats.norm.ppf(1 - lost)) / (1 - lost)
    return float(np.array(alphas) @ (mills * [1, -1]))


@pytest.mark.parametrize("overall", [0.10, 0.15, 0.20, 0.25, 0.30, 0.35, 0.40])
@pytest.mark.parametrize(("cautious", "alphas"), [(True, (0.45, 0.39)), (False, (0.27, 0.22))])
def test_the_model_behind_the_boundary_tolerates_about_a_twentieth_sd(overall, cautious, alphas):
    limit = attrition_boundary(overall, cautious=cautious)
    assert bias_of(overall, limit, alphas) == pytest.approx(0.05, abs=0.006)


def test_a_verdict_needs_less_difference_the_more_are_lost():
    assert judge_attrition(0.10, -0.06) == "low"
    assert judge_attrition(0.10, 0.08) == "low_if_unrelated"
    assert judge_attrition(0.10, 0.12) == "high"
    assert judge_attrition(0.70, 0.0) == "high"


def test_difference_of_two_paired_changes_is_the_welch_test_of_the_changes():
    rng = np.random.default_rng(8)
    sides = [(rng.normal(size=n), rng.normal(size=n) * 1.5 + g) for n, g in ((9, 1.0), (25, 0.2))]
    found = difference_of_estimates(*(paired_t(*side) for side in sides), "did_mixed")
    changes = [post - pre for pre, post in sides]
    welch = stats.ttest_ind(*changes, equal_var=False)
    assert (found.statistic, found.p_value) == pytest.approx((welch.statistic, welch.pvalue))
    assert found.df == pytest.approx(welch.df)
    refused = difference_of_estimates(paired_t([1], [2]), paired_t(*sides[1]), "did_mixed")
    assert refused.reason == "too_few"


def test_least_squares_still_refuses_what_it_cannot_estimate():
    x = np.column_stack([np.ones(8), np.arange(8.0)])
    assert least_squares(np.ones(8), x, 1, "x").reason == "no_variance"
    assert least_squares(np.arange(3.0), x[:3], 1, "x").reason == "too_few"
    assert least_squares(np.arange(8.0), np.column_stack([x, x[:, 1]]), 1, "x").reason == (
        "not_identified"
    )


@pytest.mark.parametrize(("cautious", "last"), [(True, 0.57), (False, 0.65)])
def test_the_boundary_falls_with_every_percent_lost_after_its_top(cautious, last):
    """The published curve rises to its top at few losses and then falls without a step back."""
    shares = np.arange(0.0, last, 0.01)
    known = np.array([attrition_boundary(float(s), cautious=cautious) or 0.0 for s in shares])
    steps = np.diff(known[int(known.argmax()) + 1 :])
    assert (steps <= 0).all()
    # Printed to a tenth of a point: no step is far from its neighbours.
    assert np.abs(np.diff(steps)).max() < 0.0025


def test_two_treated_people_have_between_one_and_two_degrees_of_freedom():
    rng = np.random.default_rng(1)
    treated = np.r_[np.ones(2), np.zeros(40)]
    found = least_squares(rng.normal(0, 1, 42), np.column_stack([np.ones(42), treated]), 1, "did")
    assert 1 < found.df < 1.2


@pytest.mark.parametrize("cautious", [True, False])
def test_the_attrition_boundary_is_smooth(cautious):
    """Published to a tenth of a point: a mistyped value changes its steps by more."""
    bounds = [attrition_boundary(overall / 100, cautious=cautious) for overall in range(100)]
    known = np.array([bound for bound in bounds if bound is not None]) * 100
    assert known.size > 40
    assert np.abs(np.diff(known, 2)).max() < 0.25

"""Least squares with HC2: Bell–McCaffrey's df by hand, by Welch, by full matrices, by type I."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Comparison
from analysis.statistics.clusters import cr2
from analysis.statistics.group_change import least_squares


def two_groups(n_treated, n_compared):
    arm = np.repeat([1.0, 0.0], [n_treated, n_compared])
    return np.column_stack([np.ones_like(arm), arm]), arm.astype(bool)


@pytest.mark.parametrize(("a", "b"), [(5, 40), (8, 60), (20, 20), (3, 4)])
def test_df_of_two_groups_is_the_closed_form(a, b):
    design, _ = two_groups(a, b)
    found = least_squares(np.random.default_rng(1).normal(size=a + b), design, 1, "did")
    # Satterthwaite of s²/a + s²/b under equal variances.
    expected = (1 / a + 1 / b) ** 2 / (1 / (a**2 * (a - 1)) + 1 / (b**2 * (b - 1)))
    assert found.df == pytest.approx(expected)


def test_estimate_and_error_of_two_groups_are_those_of_welch():
    design, arm = two_groups(7, 23)
    y = np.random.default_rng(2).normal(size=30) * np.where(arm, 3, 1)
    welch = stats.ttest_ind(y[arm], y[~arm], equal_var=False)
    found = least_squares(y, design, 1, "did")
    assert found.statistic == pytest.approx(welch.statistic)
    limits = found.estimate + np.array([-1, 1]) * stats.t.ppf(0.975, found.df) * found.std_error
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(limits))
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(found.statistic), found.df))


@given(st.integers(0, 10_000), st.integers(6, 30))
@settings(max_examples=30, deadline=None)
def test_hc2_is_cr2_with_every_person_a_cluster(seed, n):
    rng = np.random.default_rng(seed)
    design = np.column_stack([np.ones(n), rng.exponential(size=n), rng.normal(size=n)])
    y = rng.normal(size=n)
    mine, theirs = least_squares(y, design, 1, "x"), cr2(y, design, np.arange(n), 1)
    if isinstance(mine, Comparison) and isinstance(theirs, Comparison):
        assert (mine.std_error, mine.df) == pytest.approx((theirs.std_error, theirs.df), rel=1e-6)
    else:
        assert type(mine) is type(theirs)


@pytest.mark.parametrize(("spread", "fewer"), [(0.3, False), (3.0, True)])
def test_df_of_two_groups_are_the_fewer_of_equal_variances_and_of_welch(spread, fewer):
    design, arm = two_groups(6, 40)
    y = np.random.default_rng(5).normal(size=46) * np.where(arm, spread, 1)
    welch = stats.ttest_ind(y[arm], y[~arm], equal_var=False)
    alike = least_squares(y, design, 1, "did")
    found = least_squares(y, design, 1, "did", group=design[:, 1])
    assert bool(welch.df < alike.df) is fewer
    assert found.df == pytest.approx(min(welch.df, alike.df))
    if fewer:
        assert found.p_value == pytest.approx(welch.pvalue)


@given(st.integers(0, 10_000), st.integers(4, 12))
@settings(max_examples=30, deadline=None)
def test_df_by_group_are_those_of_the_matrix_of_people(seed, treated):
    """The quadratic form of HC2 written out, people × people, under the groups' own variances."""
    rng = np.random.default_rng(seed)
    plain, arm = two_groups(treated, 20)
    design = np.column_stack([plain, rng.normal(size=arm.size)])
    y = rng.normal(size=arm.size) * np.where(arm, 3, 1)
    alike = least_squares(y, design, 1, "ancova")
    found = least_squares(y, design, 1, "ancova", group=arm)
    bread = np.linalg.inv(design.T @ design)
    away = np.eye(arm.size) - design @ bread @ design.T
    own = (away @ y) ** 2 / np.diag(away)
    variance = np.where(arm, own[arm].mean(), own[~arm].mean())
    form = away @ np.diag((design @ bread[:, 1]) ** 2 / np.diag(away)) @ away @ np.diag(variance)
    by_group = np.trace(form) ** 2 / np.trace(form @ form)
    assert found.df == pytest.approx(max(1.0, min(alike.df, by_group)))
    assert found.std_error == alike.std_error


@pytest.mark.parametrize("spread", [1.0, 2.0])
def test_type_one_error_of_few_against_many_is_near_five_percent(spread):
    """With n − k degrees of freedom it was .095 (equal spread) and .106 (double)."""
    design, arm = two_groups(5, 40)
    rng = np.random.default_rng(3)
    rounds = 1500
    clear = sum(
        least_squares(rng.normal(size=45) * np.where(arm, spread, 1), design, 1, "x").p_value < 0.05
        for _ in range(rounds)
    )
    assert clear / rounds < 0.06 + 2 * np.sqrt(0.06 * 0.94 / rounds)


def test_a_person_who_alone_decides_a_coefficient_gives_no_error():
    # One treated person: the estimate rests on one answer.
    design, _ = two_groups(1, 20)
    found = least_squares(np.random.default_rng(4).normal(size=21), design, 1, "did")
    assert found.reason == "too_few"

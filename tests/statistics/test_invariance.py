"""Order, units and direction change nothing but what they must; intervals hold their estimates."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Comparison, Estimate, NotEstimable
from analysis.statistics.effect_size import d_av, d_z, hedges_g_z, rank_biserial, superiority
from analysis.statistics.group_change import least_squares, weighted_mean_change
from analysis.statistics.mean_change import paired_t, welch_t
from analysis.statistics.rank_tests import mann_whitney, wilcoxon_signed_rank
from analysis.statistics.subgroup_change import welch_anova

answers = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=8, max_size=30)
units = st.sampled_from([2.0**-40, 2.0**-7, 1.0, 2.0**12, 2.0**30])
SIZES = (d_z, hedges_g_z, rank_biserial, superiority)


def mann_whitney_of(pre, post):
    return mann_whitney(pre, post)


def wilcoxon_of(pre, post):
    return wilcoxon_signed_rank(np.asarray(post) - np.asarray(pre))


TESTS = (paired_t, welch_t, mann_whitney_of, wilcoxon_of)


def waves(pairs):
    return np.array(pairs, dtype=float).T


@pytest.mark.parametrize("size", SIZES)
@given(pairs=answers, unit=units, seed=st.integers(0, 99))
@settings(max_examples=40, deadline=None)
def test_effect_sizes_know_neither_order_nor_unit(size, pairs, unit, seed):
    pre, post = waves(pairs)
    order = np.random.default_rng(seed).permutation(pre.size)
    first, second = size(pre, post), size(pre[order] * unit, post[order] * unit)
    assert type(first) is type(second)
    if isinstance(first, Estimate):
        assert second.estimate == pytest.approx(first.estimate, rel=1e-9, abs=1e-9)
        if first.ci_low is not None:
            assert first.ci_low - 1e-9 <= first.estimate <= first.ci_high + 1e-9
            assert second.ci_low == pytest.approx(first.ci_low, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("size", SIZES[:3])
@given(pairs=answers)
@settings(max_examples=40, deadline=None)
def test_effect_sizes_turn_round_with_the_scale(size, pairs):
    pre, post = waves(pairs)
    first, second = size(pre, post), size(6 - pre, 6 - post)
    if isinstance(first, Estimate):
        assert second.estimate == pytest.approx(-first.estimate, rel=1e-9, abs=1e-9)
        if first.ci_low is not None:
            assert second.ci_high == pytest.approx(-first.ci_low, rel=1e-8, abs=1e-9)


@pytest.mark.parametrize("test", TESTS)
@given(pairs=answers, unit=units)
@settings(max_examples=40, deadline=None)
def test_tests_follow_unit_and_direction(test, pairs, unit):
    pre, post = waves(pairs)
    first = test(pre, post)
    scaled, turned = test(pre * unit, post * unit), test(6 - pre, 6 - post)
    if isinstance(first, NotEstimable):
        assert (scaled.reason, turned.reason) == (first.reason, first.reason)
        return
    assert isinstance(first, Comparison)
    assert scaled.p_value == pytest.approx(first.p_value, rel=1e-8, abs=1e-300)
    assert turned.p_value == pytest.approx(first.p_value, rel=1e-8, abs=1e-300)
    assert scaled.estimate == pytest.approx(first.estimate * unit, rel=1e-9)
    assert turned.estimate == pytest.approx(-first.estimate, rel=1e-9, abs=1e-9)
    if first.ci_low is not None:
        assert first.ci_low - 1e-9 <= first.estimate <= first.ci_high + 1e-9


@pytest.mark.parametrize("unit", [1e-12, 1e-7, 1e6])
def test_small_units_are_not_taken_for_no_variance(unit):
    y = np.random.default_rng(3).normal(0, 1, 40)
    arm = np.arange(40) % 2
    design = np.column_stack([np.ones(40), arm])
    for run in (
        lambda v: least_squares(v, design, 1, "x").p_value,
        lambda v: weighted_mean_change(v, np.ones(40)).p_value,
        lambda v: welch_anova(v, arm).p_value,
        lambda v: d_av(v, v[::-1] + v).ci_low,
    ):
        assert run(y * unit) == pytest.approx(run(y), rel=1e-6)


def test_equal_changes_of_large_numbers_have_no_variance():
    third = np.arange(40) % 3 == 0
    y = np.where(third, (0.1 + 0.2) * 1e6, 0.3 * 1e6)
    design = np.column_stack([np.ones(40), np.arange(40) % 2])
    assert least_squares(y, design, 1, "x").reason == "no_variance"
    assert weighted_mean_change(y, np.ones(40)).reason == "no_variance"


def test_thirds_tie_across_waves_whose_largest_scores_differ_in_digits():
    pre = np.array([100 / 3, 200 / 3, 100 / 3, 96.0, 200 / 3, 95 / 3])
    post = np.array([100 / 3, 200 / 3, 200 / 3, 104.0, 95 / 3, 100 / 3])
    expected = stats.mannwhitneyu(
        np.round(post, 6), np.round(pre, 6), use_continuity=False, method="asymptotic"
    )
    found = mann_whitney(pre, post)
    assert found.statistic == expected.statistic
    assert found.p_value == pytest.approx(expected.pvalue, rel=1e-10)

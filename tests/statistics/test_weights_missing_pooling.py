"""Raking, imputation, bounds, random effects and control limits."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy import optimize

from analysis.statistics.control_chart import p_chart_limits
from analysis.statistics.imputation import barnard_rubin_df, impute_scores
from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.missing import lee_bounds, worst_best_bounds
from analysis.statistics.tipping import shift_lost
from analysis.statistics.weights import kish_design_effect, rake

BCG = tomllib.loads((Path(__file__).parents[1] / "golden" / "pooling.toml").read_text("utf-8"))[
    "bcg"
]


def test_raking_meets_every_margin_and_counts_equal_rows():
    rng = np.random.default_rng(0)
    margins = [(rng.integers(0, 2, 200), [0.3, 0.7]), (rng.integers(-1, 3, 200), [0.2, 0.5, 0.3])]
    found = rake(margins)
    weights = np.array(found.weights)
    assert found.converged
    assert weights.mean() == pytest.approx(1)
    for codes, target in margins:
        share = np.bincount(codes[codes >= 0], weights[codes >= 0])
        assert share / share.sum() == pytest.approx(target, abs=1e-7)
    counts = rng.integers(1, 4, 200)
    many = rake([(np.repeat(c, counts), t) for c, t in margins])
    few = rake(margins, counts=counts)
    assert np.repeat(few.weights, counts) == pytest.approx(many.weights, rel=1e-6)
    assert few.kish_effect == pytest.approx(many.kish_effect)
    assert kish_design_effect(weights) == pytest.approx(found.kish_effect)


def test_raking_says_when_it_cannot():
    assert rake([([0, 0], [0.5, 0.5])]).reason == "empty_category"
    assert rake([]).reason == "no_data"
    apart = rake([([0, 1], [0.5, 0.5]), ([0, 1], [0.2, 0.8])])
    assert (apart.converged, apart.reason) == (False, "not_converged")


def bcg():
    a, b, c, d = (
        np.array(BCG[f"{s}_{g}"], float)
        for g in ("treated", "control")
        for s in ("positive", "negative")
    )
    y = np.log(a / (a + b)) - np.log(c / (c + d))
    return y, np.sqrt(1 / a - 1 / (a + b) + 1 / c - 1 / (c + d))


def test_random_effects_as_published_for_the_bcg_trials():
    found = random_effects(*bcg())
    assert found.tau2 == pytest.approx(BCG["tau2"], abs=5e-5)
    assert found.pooled.estimate == pytest.approx(BCG["pooled"], abs=5e-5)
    assert found.i2 == pytest.approx(BCG["i2"], abs=5e-5)
    assert found.q == pytest.approx(BCG["q"], abs=5e-4)
    assert sum(found.weights) == pytest.approx(1)
    assert found.prediction_low < found.pooled.ci_low


def test_tau2_maximises_the_restricted_likelihood():
    y, se = bcg()

    def minus(tau2):
        w = 1 / (se**2 + tau2)
        mean = w @ y / w.sum()
        return -(np.log(w).sum() - np.log(w.sum()) - w @ (y - mean) ** 2)

    best = optimize.minimize_scalar(minus, bounds=(0, 3), method="bounded", options={"xatol": 1e-9})
    assert random_effects(y, se).tau2 == pytest.approx(best.x, rel=1e-5)
    assert random_effects([1.0, 1.0, 1.0], [0.3, 0.4, 0.5]).tau2 == 0
    assert random_effects([1.0], [0.3]).pooled.reason == "too_few"


def test_imputation_undoes_attrition_that_depends_on_baseline():
    rng = np.random.default_rng(3)
    pre = rng.normal(size=4000)
    post = 0.6 * pre + 0.2 + rng.normal(0, 0.8, 4000)
    lost = np.where(rng.random(4000) < 1 / (1 + np.exp(-1.5 * pre)), np.nan, post)
    found = shift_lost(impute_scores(pre, lost, m=10))
    assert abs(np.nanmean(lost - pre) - 0.2) > 0.15
    assert found.estimate == pytest.approx(0.2, abs=0.05)
    assert found == shift_lost(impute_scores(pre, lost, m=10))


def test_imputation_of_complete_data_is_the_plain_mean():
    pre, post = np.arange(12.0), np.arange(12.0) ** 1.2
    found = shift_lost(impute_scores(pre, post, m=3))
    assert found.estimate == pytest.approx((post - pre).mean())
    assert found.std_error == pytest.approx((post - pre).std(ddof=1) / np.sqrt(12))
    assert barnard_rubin_df(0.0, 5, 100) == pytest.approx(101 / 103 * 100)
    assert impute_scores([1, 2], [2, 3]).reason == "too_few"


def test_bounds_by_hand():
    found = worst_best_bounds([2, 3, 4], [3, np.nan, 5], 1, 5)
    assert (found.low, found.high) == pytest.approx(((1 - 2 + 1) / 3, (1 + 2 + 1) / 3))
    # treated all answer, half of the comparison: half of the treated is trimmed either way
    lee = lee_bounds([1, 2, 3, 4, 2, 2, np.nan, np.nan], [1, 1, 1, 1, 0, 0, 0, 0])
    assert (lee.low, lee.high) == (-0.5, 1.5)
    assert lee_bounds([np.nan, 1], [1, 0]).reason == "no_data"


def test_control_limits_follow_the_size_of_the_session():
    limits = p_chart_limits([50, 20, 0], [100, 25, 0])
    rate = 70 / 125
    assert limits[0] == pytest.approx(
        (rate - 3 * np.sqrt(rate * (1 - rate) / 100), rate + 3 * np.sqrt(rate * (1 - rate) / 100))
    )
    assert limits[1][0] < limits[0][0]
    assert limits[2] == (None, None)


def test_worst_and_best_count_people_and_only_those_with_a_baseline():
    pre, post, counts = [2.0, 3, 4, np.nan], [3.0, np.nan, 5, 4], [2, 3, 5, 7]
    found = worst_best_bounds(pre, post, 1, 5, counts)
    rows = worst_best_bounds(np.repeat(pre, counts), np.repeat(post, counts), 1, 5)
    assert found == rows
    assert (found.n, found.n_missing, found.method, found.reason) == (10, 3, "worst_best", "")
    assert found.low == pytest.approx((2 * 1 + 3 * (1 - 3) + 5 * 1) / 10)
    assert found.high == pytest.approx((2 * 1 + 3 * (5 - 3) + 5 * 1) / 10)
    nobody = worst_best_bounds([np.nan], [3.0], 1, 5)
    assert (nobody.low, nobody.high, nobody.n, nobody.n_missing) == (None, None, 0, 0)
    assert (nobody.reason, nobody.method) == ("no_data", "worst_best")
    whole = worst_best_bounds([1.0, 2], [2.0, 4], 1, 5)
    assert (whole.low, whole.high, whole.n_missing) == (1.5, 1.5, 0)


@pytest.mark.parametrize("seed", range(6))
def test_lee_bounds_are_those_of_the_most_and_least_favourable_choice(seed):
    """Every way of leaving out the surplus of the group that answers more, tried one by one."""
    from itertools import combinations

    rng = np.random.default_rng(seed)
    y, treated = rng.integers(1, 6, 16).astype(float), np.repeat([True, False], 8)
    lost = rng.permutation(8)[:2] + (0 if seed % 2 else 8)
    lost = np.r_[lost, [0 if not seed % 2 else 8]][: 2 + (seed > 3)]
    y[lost] = np.nan
    found = lee_bounds(y, treated)
    kept = [y[treated & np.isfinite(y)], y[~treated & np.isfinite(y)]]
    size = min(map(len, kept))
    means = [[np.mean(one) for one in combinations(arm, size)] for arm in kept]
    assert found.low == pytest.approx(min(means[0]) - max(means[1]))
    assert found.high == pytest.approx(max(means[0]) - min(means[1]))
    assert (found.n, found.n_missing, found.method) == (16, len(lost), "lee")


def test_lee_with_counts_is_lee_with_rows_and_a_row_at_the_edge_counts_in_part():
    value = np.array([1, 2, 3, 4, 5, np.nan, 1, 2, 3, 4, 5, np.nan])
    treated, counts = np.repeat([True, False], 6), [3, 8, 12, 9, 4, 6, 5, 10, 9, 3, 1, 14]
    found = lee_bounds(value, treated, counts)
    rows = lee_bounds(np.repeat(value, counts), np.repeat(treated, counts))
    assert (found.low, found.high) == pytest.approx((rows.low, rows.high))
    assert (found.n, found.n_missing) == (rows.n, rows.n_missing) == (84, 20)
    # 36 of 42 answered, against 28 of 42: 28 of the 36 are kept, from either end.
    lowest = (3 * 1 + 8 * 2 + 12 * 3 + 5 * 4) / 28
    highest = (4 * 5 + 9 * 4 + 12 * 3 + 3 * 2) / 28
    other = (5 * 1 + 10 * 2 + 9 * 3 + 3 * 4 + 1 * 5) / 28
    assert (found.low, found.high) == pytest.approx((lowest - other, highest - other))
    turned = lee_bounds(value, ~treated, counts)
    assert (turned.low, turned.high) == pytest.approx((-found.high, -found.low))
    none = lee_bounds([1.0, 2, np.nan], [True, True, False])
    assert (none.low, none.high, none.n, none.n_missing, none.method) == (None, None, 3, 1, "lee")
    half = lee_bounds([1.0, 2, 3, 7, np.nan], [1, 1, 1, 0, 0])
    # Half of three are one and a half people.
    assert (half.low, half.high) == pytest.approx(
        ((1 + 0.5 * 2) / 1.5 - 7, (3 + 0.5 * 2) / 1.5 - 7)
    )

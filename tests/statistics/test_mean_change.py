"""Change of means: published values, scipy, closed forms, counts against rows."""

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Comparison, Estimate, NotEstimable
from analysis.statistics.mean_change import (
    bca_mean_change,
    derrick_t,
    equivalence,
    paired_t,
    welch_t,
)

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "change.toml").read_text("utf-8"))
SCORES = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=3, max_size=40)


def test_paired_t_oracle():
    known = GOLDEN["oracle_pairs"]
    found = paired_t(known["pre"], known["post"])
    assert found.statistic == pytest.approx(known["t"], rel=1e-12)
    assert found.df == known["df"]
    assert found.p_value == pytest.approx(known["p"], abs=5e-10)
    assert (found.ci_low, found.ci_high) == pytest.approx(known["ci"], abs=5e-9)


def test_paired_t_cumming():
    known = GOLDEN["cumming"]
    found = paired_t(known["pre"], known["post"])
    assert found.estimate == pytest.approx(known["change"], rel=1e-12)
    assert (found.ci_low, found.ci_high) == pytest.approx(known["ci"], abs=5e-4)
    assert found.statistic == pytest.approx(known["t"], abs=5e-5)
    assert found.p_value == pytest.approx(known["p"], abs=5e-5)


@given(SCORES)
@settings(max_examples=50, deadline=None)
def test_paired_t_is_scipys(pairs):
    pre, post = np.array(pairs, dtype=float).T
    found = paired_t(pre, post)
    if np.ptp(post - pre) == 0:
        assert isinstance(found, NotEstimable)
        assert found.reason == "no_variance"
        return
    theirs = stats.ttest_rel(post, pre)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-8)
    interval = theirs.confidence_interval()
    assert (found.ci_low, found.ci_high) == pytest.approx((interval.low, interval.high), rel=1e-8)


@given(SCORES)
@settings(max_examples=50, deadline=None)
def test_counts_and_order_do_not_matter(pairs):
    pre, post = np.array(pairs, dtype=float).T
    cells, counts = np.unique(np.array(pairs, dtype=float), axis=0, return_counts=True)
    shuffled = np.random.default_rng(1).permutation(len(pairs))
    expected = paired_t(pre, post)
    assert paired_t(cells[:, 0], cells[:, 1], counts) == expected
    assert paired_t(pre[shuffled], post[shuffled]) == expected
    assert welch_t(cells[:, 0], cells[:, 1], counts, counts) == welch_t(pre, post)


def test_missing_halves_are_left_out_and_counted():
    found = paired_t([1, 2, None, 4, 3], [2, 2, 3, np.nan, 5])
    assert found == _with_missing(paired_t([1, 2, 3], [2, 2, 5]), 2)


def _with_missing(found, n_missing):
    from dataclasses import replace

    return replace(found, n_missing=n_missing)


@pytest.mark.parametrize(
    ("pre", "post", "reason"),
    [
        ([], [], "no_data"),
        ([None, None], [1, 2], "no_data"),
        ([1], [2], "too_few"),
        ([1, 2, 3], [2, 3, 4], "no_variance"),
        ([1.1, 2.2, 3.3], [2.1, 3.2, 4.3], "no_variance"),
    ],
)
@pytest.mark.parametrize("analysis", [paired_t, bca_mean_change])
def test_paired_not_estimable(analysis, pre, post, reason):
    found = analysis(pre, post)
    assert isinstance(found, NotEstimable)
    assert found.reason == reason
    assert equivalence(pre, post, 0.5).reason == reason


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="pairs are needed"):
        paired_t([1, 2], [1])
    with pytest.raises(ValueError, match="counts must be"):
        paired_t([1, 2], [1, 2], [1, -1])


def test_welch_is_scipys():
    rng = np.random.default_rng(4)
    pre, post = rng.normal(3, 1, 31), rng.normal(3.5, 2, 17)
    found, theirs = welch_t(pre, post), stats.ttest_ind(post, pre, equal_var=False)
    interval = theirs.confidence_interval()
    assert found.statistic == pytest.approx(theirs.statistic, rel=1e-8)
    assert found.df == pytest.approx(theirs.df, rel=1e-8)
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-8)
    assert (found.ci_low, found.ci_high) == pytest.approx((interval.low, interval.high), rel=1e-8)


def test_welch_not_estimable():
    assert welch_t([], [1, 2]).reason == "no_data"
    assert welch_t([1], [1, 2]).reason == "too_few"
    assert welch_t([1, 1], [2, 2]).reason == "no_variance"


def test_derrick_without_singles_is_the_paired_t():
    known = GOLDEN["cumming"]
    whole, paired = (
        derrick_t(known["pre"], known["post"], [], []),
        paired_t(known["pre"], known["post"]),
    )
    for field in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
        assert getattr(whole, field) == pytest.approx(getattr(paired, field), rel=1e-8)


def test_derrick_without_pairs_is_welch():
    pre, post = [1.0, 2, 4, 7], [3.0, 4, 9, 8, 8]
    whole, unpaired = derrick_t([], [], pre, post), welch_t(pre, post)
    for field in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
        assert getattr(whole, field) == pytest.approx(getattr(unpaired, field), rel=1e-8)


def test_derrick_by_hand():
    """The formula of the paper (T_new2) written out on its example groups."""
    a_alone, a_paired = [20, 21, 16, 18, 14, 12, 14, 17], [14, 15, 18, 20, 11, 19, 14, 15]
    b_alone, b_paired = [10, 16, 18, 16, 15, 14, 13, 10], [15, 10, 15, 17, 13, 19, 12, 13]
    found = derrick_t(a_paired, b_paired, a_alone, b_alone)
    a, b = np.array(a_alone + a_paired, float), np.array(b_alone + b_paired, float)
    va, vb = a.var(ddof=1), b.var(ddof=1)
    r = np.corrcoef(a_paired, b_paired)[0, 1]
    error = math.sqrt(va / 16 + vb / 16 - 2 * r * math.sqrt(va * vb) * 8 / 256)
    gamma = (va / 16 + vb / 16) ** 2 / ((va / 16) ** 2 / 15 + (vb / 16) ** 2 / 15)
    df = 7 + (gamma - 8 + 1) / (8 + 8 + 16) * 16
    assert found.estimate == pytest.approx(b.mean() - a.mean(), rel=1e-12)
    assert found.std_error == pytest.approx(error, rel=1e-12)
    assert found.df == pytest.approx(df, rel=1e-12)
    assert found.p_value == pytest.approx(0.026, abs=0.002)  # paper's pooled form: p = .026


@pytest.mark.parametrize("r", [0.2, 0.6])
@pytest.mark.parametrize("sizes", [(40, 30, 20), (15, 40, 40)])
def test_derrick_coverage(sizes, r):
    rng, hits, runs = np.random.default_rng(11), 0, 600
    for _ in range(runs):
        first = rng.normal(size=sizes[0])
        second = r * first + math.sqrt(1 - r * r) * rng.normal(size=sizes[0])
        alone = rng.normal(size=sizes[1]), rng.normal(size=sizes[2])
        found = derrick_t(first, second, *alone)
        hits += found.ci_low <= 0 <= found.ci_high
    assert 0.95 - 3.5 * math.sqrt(0.95 * 0.05 / runs) < hits / runs < 0.975


def test_equivalence_is_statsmodels():
    from statsmodels.stats.weightstats import ttost_paired

    known = GOLDEN["cumming"]
    pre, post = np.array(known["pre"], float), np.array(known["post"], float)
    found = equivalence(pre, post, 6.5)
    p, lower, upper = ttost_paired(post, pre, -6.5, 6.5)
    assert found.p_value == pytest.approx(p, rel=1e-8)
    assert (found.details["p_lower"], found.details["p_upper"]) == pytest.approx(
        (lower[1], upper[1]), rel=1e-8
    )
    assert found.ci_level == pytest.approx(0.90)
    assert found.details["equivalent"] == (found.ci_low > -6.5 and found.ci_high < 6.5)


def test_equivalence_needs_a_margin():
    with pytest.raises(ValueError, match="margin"):
        equivalence([1, 2], [1, 3], 0.0)


def test_bca_close_to_scipys():
    known = GOLDEN["cumming"]
    # Each pair twice: below 20 pairs no BCa interval is offered.
    pre, post = (np.tile(np.array(known[wave], float), 2) for wave in ("pre", "post"))
    found = bca_mean_change(pre, post, n_resamples=20_000)
    theirs = stats.bootstrap(
        (post - pre,), np.mean, n_resamples=20_000, rng=np.random.default_rng(3)
    ).confidence_interval
    # two independent bootstraps of 20 000: Monte Carlo error of a 2.5 % quantile is ~ 0.02
    assert found.ci_low == pytest.approx(theirs.low, abs=0.12)
    assert found.ci_high == pytest.approx(theirs.high, abs=0.12)


def test_bca_same_seed_same_interval_from_counts():
    pre, post = [1, 1, 2, 2, 3] * 4, [2, 2, 2, 2, 5] * 4
    rows = bca_mean_change(pre, post, n_resamples=999, seed=5)
    cells = bca_mean_change([1, 2, 3], [2, 2, 5], [8, 8, 4], n_resamples=999, seed=5)
    assert isinstance(rows, Estimate)
    assert rows == cells
    assert "seed=5" in rows.method


@pytest.mark.parametrize(
    ("folder", "keys"),
    [
        ("german-course", ("paired",)),
        ("carpentries-longterm", ("paired",)),
        ("earthquake-survey", ("general_vs_bigone_same_people", "paired")),
    ],
)
def test_real_files(paired_file, folder, keys):
    pre, post, known = paired_file(folder, keys)
    found, theirs = paired_t(pre, post), known["t_test_post_minus_pre"]
    assert isinstance(found, Comparison)
    assert found.n == known["n_pairs"]
    assert found.estimate == pytest.approx(theirs["estimate"], rel=1e-8)
    assert found.statistic == pytest.approx(theirs["statistic"], rel=1e-8)
    assert found.p_value == pytest.approx(theirs["p"], rel=1e-8)
    assert (found.ci_low, found.ci_high) == pytest.approx(theirs["ci95"], rel=1e-8)
    assert found.details["sd_diff"] == pytest.approx(known["effect_size"]["sd_diff"], rel=1e-8)
    assert found.details["r"] == pytest.approx(known["effect_size"]["r"], rel=1e-8)


def test_bca_is_not_offered_below_20_pairs():
    pre, post = np.arange(19.0), np.arange(19.0) ** 1.1
    refused = bca_mean_change(pre, post)
    assert (refused.reason, refused.details["needed"]) == ("too_few", 20)
    offered = bca_mean_change(np.r_[pre, 19.0], np.r_[post, 26.0], n_resamples=499)
    assert isinstance(offered, Estimate)


PAIRED = [1.0, 2, 3, 4, 6], [2.0, 2, 5, 5, 6]
ALONE = [2.0, 3, 1], [4.0, 6, 5, 3]


def test_derrick_counts_everyone_and_every_gap():
    """Each group in its own place: unequal sizes and gaps, so that no two can be confused."""
    found = derrick_t(
        [*PAIRED[0], np.nan], [*PAIRED[1], 4.0], [*ALONE[0], None, None], [*ALONE[1], *[np.nan] * 4]
    )
    assert (found.n, found.n_missing) == (12, 1 + 2 + 4)
    assert {k: found.details[k] for k in ("n_pairs", "n_pre_only", "n_post_only")} == {
        "n_pairs": 5,
        "n_pre_only": 3,
        "n_post_only": 4,
    }
    assert found.details["r"] == pytest.approx(np.corrcoef(*PAIRED)[0, 1])
    assert found.name == "derrick"
    plain = derrick_t(*PAIRED, *ALONE)
    assert (found.estimate, found.std_error, found.df) == (
        plain.estimate,
        plain.std_error,
        plain.df,
    )


@pytest.mark.parametrize(("pairs", "r"), [(0, None), (1, None), (2, 1.0)])
def test_derrick_of_few_pairs_has_no_correlation_of_one(pairs, r):
    first, second = [1.0, 4.0][:pairs], [2.0, 7.0][:pairs]
    found = derrick_t(first, second, [2.0, 3, 5], [4.0, 6, 5, 3])
    assert found.details["r"] == (None if r is None else pytest.approx(r))
    alone = welch_t([*first, 2.0, 3, 5], [*second, 4.0, 6, 5, 3])
    if pairs < 2:
        assert (found.std_error, found.df) == pytest.approx((alone.std_error, alone.df))
    else:
        assert found.std_error < alone.std_error
        a, b, n = 5 + pairs - 2, 6 + pairs - 2, pairs
        df = (n - 1) + (alone.df - n + 1) / (3 + 4 + 2 * n) * (3 + 4)
        assert (a, b, found.df) == (5, 6, pytest.approx(df))


def test_derrick_without_any_error_is_refused_at_any_scale():
    """Pairs that move together and nobody else: their change has no spread, however large."""
    for scale in (1e-3, 1.0, 1e6):
        pre = np.array([1.0, 2, 3, 4]) * scale
        refused = derrick_t(pre, pre + scale, [], [])
        assert (refused.reason, refused.n, refused.name) == ("no_variance", 4, "derrick")
        spread = derrick_t(pre, pre + np.array([1.0, 1, 1, 1.001]) * scale, [], [])
        assert isinstance(spread, Comparison)


def test_equivalence_by_hand_either_side_of_its_turn():
    known = GOLDEN["cumming"]
    pre, post = np.array(known["pre"], float), np.array(known["post"], float)
    change = paired_t(pre, post, ci_level=0.9)
    # The flag turns exactly where the 90 % interval touches the margin.
    for margin, equivalent in ((change.ci_high * 1.0001, True), (change.ci_high * 0.9999, False)):
        found = equivalence(pre, post, margin)
        assert found.details["equivalent"] is equivalent
        assert found.p_value == pytest.approx(0.05, rel=2e-3)
        assert found.details["margin"] == margin
        upper = (change.estimate - margin) / change.std_error
        lower = (change.estimate + margin) / change.std_error
        assert found.statistic == pytest.approx(upper), "the side nearer to the margin"
        assert found.details["p_lower"] == pytest.approx(stats.t.sf(lower, 9))
        assert found.details["p_upper"] == pytest.approx(stats.t.cdf(upper, 9))
        assert (found.estimate, found.std_error, found.df) == (
            change.estimate,
            change.std_error,
            change.df,
        )
        assert (found.ci_low, found.ci_high) == pytest.approx((change.ci_low, change.ci_high))
    falling = equivalence(post, pre, 6.5)
    assert falling.statistic == pytest.approx((6.5 - change.estimate) / change.std_error)
    stricter = equivalence(pre, post, 6.5, alpha=0.01)
    assert stricter.ci_level == pytest.approx(0.98)
    assert stricter.details["equivalent"] is (stricter.p_value < 0.01)
    counted = equivalence([1.0, 2, None], [1.5, 3, 2], 2.0, counts=[3, 4, 2])
    assert (counted.n, counted.n_missing) == (7, 2)


def test_methods_and_gaps_are_named():
    a, b = [1.0, 2, 3, None], [2.0, 4, 4, 1]
    assert (paired_t(a, b).n, paired_t(a, b).n_missing, paired_t(a, b).df) == (3, 1, 2)
    found = welch_t([1.0, 2, None, None], [2.0, 4, 5, None])
    assert (found.n, found.n_missing) == (5, 3)
    assert found.details == {"n_pre": 2, "n_post": 3}
    wide = paired_t([1.0, 2, 3, 5], [2.0, 4, 4, 9], ci_level=0.99)
    assert wide.ci_level == 0.99
    assert wide.ci_high - wide.estimate == pytest.approx(stats.t.ppf(0.995, 3) * wide.std_error)
    rows = bca_mean_change([*np.arange(20.0), None], [*np.arange(20.0) ** 1.1, 3], n_resamples=499)
    assert (rows.n, rows.n_missing, rows.name, rows.ci_level) == (20, 1, "mean_change", 0.95)
    changes = np.arange(20.0) ** 1.1 - np.arange(20.0)
    assert rows.estimate == pytest.approx(changes.mean())
    assert rows.std_error == pytest.approx(changes.std() / np.sqrt(20), rel=0.15)

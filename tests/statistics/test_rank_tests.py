"""Rank tests: exact distributions by enumeration, scipy, R references, counts against rows."""

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.mean_change import mann_whitney, sign_test, wilcoxon_signed_rank

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "change.toml").read_text("utf-8"))
KNOWN = GOLDEN["oracle_pairs"]
DIFFS = st.lists(st.integers(-4, 4), min_size=2, max_size=12)
FRACTIONS = st.lists(st.integers(-30, 30).map(lambda k: k / 10), min_size=2, max_size=25)


def test_wilcoxon_oracle():
    found = wilcoxon_signed_rank(np.subtract(KNOWN["post"], KNOWN["pre"]))
    assert found.details["p_normal"] == pytest.approx(KNOWN["wilcoxon_p_normal"], rel=1e-9)
    assert found.p_value == found.details["p_exact"] == KNOWN["wilcoxon_p_exact"]
    assert (found.details["n_pos"], found.details["n_neg"], found.details["n_zero"]) == (7, 1, 4)


@given(DIFFS.filter(any), st.sampled_from(["wilcox", "pratt"]))
@settings(max_examples=40, deadline=None)
def test_exact_p_by_enumerating_all_signs(diff, zero_method):
    d = np.array(diff, float)
    ranks = stats.rankdata(np.abs(d[d != 0] if zero_method == "wilcox" else d))
    ranks = ranks if zero_method == "wilcox" else ranks[d != 0]
    observed = ranks[d[d != 0] > 0].sum()
    sums = [np.dot(s, ranks) for s in itertools.product((0, 1), repeat=ranks.size)]
    centre = ranks.sum() / 2
    exact = np.mean(np.abs(np.array(sums) - centre) >= abs(observed - centre) - 1e-9)
    found = wilcoxon_signed_rank(d, zero_method=zero_method)
    assert found.statistic == pytest.approx(observed)
    assert found.details["p_exact"] == pytest.approx(exact, rel=1e-10)


@given(DIFFS.filter(any), st.sampled_from(["wilcox", "pratt"]))
@settings(max_examples=40, deadline=None)
def test_normal_p_is_scipys(diff, zero_method):
    theirs = stats.wilcoxon(diff, zero_method=zero_method, correction=False, method="asymptotic")
    found = wilcoxon_signed_rank(diff, zero_method=zero_method)
    assert found.details["p_normal"] == pytest.approx(theirs.pvalue, rel=1e-8)


@given(FRACTIONS.filter(any))
@settings(max_examples=60, deadline=None)
def test_pseudo_median_by_listing_walsh_averages(diff):
    every = np.array(diff, float)
    first, second = np.triu_indices(every.size)
    walsh = (every[first] + every[second]) / 2
    found = wilcoxon_signed_rank(diff)
    assert found.estimate == pytest.approx(np.median(walsh), abs=1e-9)
    if found.ci_low is not None:
        assert found.ci_low <= found.estimate + 1e-9
        assert found.ci_high >= found.estimate - 1e-9
        assert np.abs(walsh - found.ci_low).min() < 1e-9


def test_interval_position_is_the_tabled_one():
    """N = 10, 95 %: the 9th smallest and largest Walsh average (Hollander & Wolfe, table A.4)."""
    d = np.array([1.1, 2.3, -0.4, 3.7, 5.9, -2.2, 8.1, 4.6, 0.7, 6.5])
    first, second = np.triu_indices(10)
    walsh = np.sort((d[first] + d[second]) / 2)
    found = wilcoxon_signed_rank(d)
    assert (found.ci_low, found.ci_high) == pytest.approx((walsh[8], walsh[-9]), rel=1e-12)


@given(DIFFS)
@settings(max_examples=40, deadline=None)
def test_counts_give_the_same(diff):
    values, counts = np.unique(diff, return_counts=True)
    assert wilcoxon_signed_rank(values, counts) == wilcoxon_signed_rank(diff)
    assert sign_test(values, counts) == sign_test(diff)
    assert mann_whitney(values, values + 1, counts, counts) == mann_whitney(
        diff, np.array(diff) + 1
    )


def test_large_n_uses_the_normal_approximation():
    found = wilcoxon_signed_rank([1.0, 2.0, -1.0], [40, 10, 20])
    assert found.details["p_exact"] is None
    assert found.p_value == found.details["p_normal"]


def test_decimal_scores_tie():
    """4.2 − 3.2 and 2.2 − 1.2 differ in the last bit and must share a rank."""
    diff = np.array([4.2, 2.2, 3.3]) - np.array([3.2, 1.2, 2.3])
    assert np.unique(diff).size > 1
    assert wilcoxon_signed_rank(diff) == wilcoxon_signed_rank([1.0, 1.0, 1.0])


def test_too_few_for_limits():
    found = wilcoxon_signed_rank([1.0, 2.0, 3.0])
    assert (found.ci_low, found.ci_high) == (None, None)
    assert found.p_value == pytest.approx(0.25)


@pytest.mark.parametrize("test", [wilcoxon_signed_rank, sign_test])
def test_not_estimable(test):
    assert test([]).reason == "no_data"
    assert test([None, np.nan]).reason == "no_data"
    assert test([0, 0, 0]).reason == "no_variance"


def test_sign_is_scipys():
    found = sign_test([1, 1, -1, 0, 2, 3, 4, 0, -2])
    assert found.p_value == pytest.approx(stats.binomtest(5, 7).pvalue, rel=1e-8)
    assert found.details["n_zero"] == 2


def test_mann_whitney_is_scipys():
    rng = np.random.default_rng(8)
    pre, post = rng.integers(1, 6, 40), rng.integers(2, 7, 33)
    found = mann_whitney(pre, post)
    theirs = stats.mannwhitneyu(post, pre, use_continuity=False, method="asymptotic")
    assert found.statistic == theirs.statistic
    assert found.p_value == pytest.approx(theirs.pvalue, rel=1e-8)
    bm = stats.brunnermunzel(pre, post)
    assert found.details["brunner_munzel_p"] == pytest.approx(bm.pvalue, rel=1e-8)
    interval = found.details["superiority_ci_low"], found.details["superiority_ci_high"]
    assert interval[0] < found.details["superiority"] < interval[1]


def test_shift_by_listing_differences():
    rng = np.random.default_rng(9)
    pre, post = rng.normal(size=15), rng.normal(1, 1, size=12)
    listed = np.sort((post[:, None] - pre[None, :]).ravel())
    found = mann_whitney(pre, post)
    assert found.estimate == pytest.approx(np.median(listed), rel=1e-9)
    assert np.abs(listed - found.ci_low).min() < 1e-9
    assert found.ci_low < found.estimate < found.ci_high


def test_mann_whitney_not_estimable():
    assert mann_whitney([], [1, 2]).reason == "no_data"
    assert mann_whitney([3, 3], [3]).reason == "no_variance"


@pytest.mark.parametrize(
    ("folder", "keys"),
    [
        ("german-course", ("paired",)),
        ("carpentries-longterm", ("paired",)),
        ("earthquake-survey", ("general_vs_bigone_same_people", "paired")),
    ],
)
def test_real_files(paired_file, folder, keys):
    pre, post, reference = paired_file(folder, keys)
    known = reference["wilcoxon"]
    found, pratt = (
        wilcoxon_signed_rank(post - pre),
        wilcoxon_signed_rank(post - pre, zero_method="pratt"),
    )
    assert found.statistic == known["V_positive_ranks"]
    assert found.details["p_normal"] == pytest.approx(known["asym_nocc_p"], rel=1e-8)
    assert abs(found.details["z"]) == pytest.approx(abs(known["coin_Wilcoxon"]["Z"]), rel=1e-8)
    assert abs(pratt.details["z"]) == pytest.approx(abs(known["coin_Pratt"]["Z"]), rel=1e-8)
    assert sign_test(post - pre).p_value == pytest.approx(known["sign_test_p"], rel=1e-8)
    # R leaves the people without a change out of the estimate and solves for the shift
    # numerically (tolerance 1e-4); ours is exact on the Walsh averages.
    moved = wilcoxon_signed_rank((post - pre)[post != pre])
    assert moved.estimate == pytest.approx(known["hodges_lehmann"], abs=2e-4)
    assert (moved.ci_low, moved.ci_high) == pytest.approx(known["hl_ci95"], abs=2e-4)
    assert abs(found.estimate) <= abs(moved.estimate)


def test_the_typical_change_counts_those_who_did_not_change():
    """90 of 100 unchanged, 9 up, 1 down: the typical change is 0, not 1."""
    found = wilcoxon_signed_rank([0.0, 1.0, -1.0], [90, 9, 1])
    assert (found.estimate, found.ci_low, found.ci_high) == (0.0, 0.0, 0.0)
    assert found.p_value < 0.05
    assert found.details["n_zero"] == 90


@pytest.mark.parametrize(("pre", "post"), [([1.0, 2.0], []), ([], [1.0, 2.0])])
def test_one_empty_group_is_no_comparison(pre, post):
    found = mann_whitney(pre, post)
    assert (found.reason, found.n) == ("no_data", 2)

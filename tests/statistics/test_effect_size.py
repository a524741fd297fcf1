"""Effect sizes: published values, references from R, brute force, properties."""

import itertools
import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Estimate, NotEstimable
from analysis.statistics.effect_size import (
    cohen_h,
    cohen_h_paired,
    d_av,
    d_z,
    hedges_g_av,
    hedges_g_z,
    rank_biserial,
    smd,
    superiority,
)
from analysis.statistics.noncentral import hedges_correction, noncentrality_limits
from analysis.statistics.paired_categories import tango_limits
from analysis.statistics.rank_tests import wilcoxon_signed_rank
from benchmarks.coverage_subgroups import effect_coverage

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "change.toml").read_text("utf-8"))
KNOWN = GOLDEN["oracle_pairs"]
PAIRED = (d_z, hedges_g_z, d_av, hedges_g_av, rank_biserial, superiority)
SCORES = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), min_size=4, max_size=30)


def test_d_z_oracle():
    found = d_z(KNOWN["pre"], KNOWN["post"])
    assert found.estimate == pytest.approx(KNOWN["d_z"], rel=1e-9)
    assert (found.ci_low, found.ci_high) == pytest.approx(KNOWN["d_z_ci"], abs=2e-8)


def test_hedges_g_z_oracle():
    found = hedges_g_z(KNOWN["pre"], KNOWN["post"])
    assert found.estimate == pytest.approx(KNOWN["hedges_g_z"], rel=1e-9)
    assert (found.ci_low, found.ci_high) == pytest.approx(KNOWN["hedges_g_z_ci"], abs=6e-6)


def test_rank_biserial_oracle():
    found = rank_biserial(KNOWN["pre"], KNOWN["post"])
    assert found.estimate == pytest.approx(KNOWN["rank_biserial"], rel=1e-12)
    # Wider than the Fisher z interval [.32, .92], which holds the truth in 86 % at n = 8.
    assert found.ci_low < KNOWN["rank_biserial_ci"][0]
    assert found.ci_high > KNOWN["rank_biserial_ci"][1]


def test_rank_biserial_interval_holds_zero_when_the_normal_test_does_not_reject():
    rng = np.random.default_rng(12)
    clear = 0
    for _ in range(60):
        change = rng.normal(0.35, 1, 25)
        ranks = rank_biserial(np.zeros(25), change)
        rejected = wilcoxon_signed_rank(change).details["p_normal"] < 0.05
        assert (ranks.ci_low > 0 or ranks.ci_high < 0) == rejected
        clear += rejected
    assert 10 < clear < 50


def test_rank_biserial_of_all_better_has_a_lower_limit():
    found = rank_biserial([1, 2, 3, 4, 5, 6], [2, 4, 6, 8, 10, 12])
    assert (found.estimate, found.ci_high) == (1.0, 1.0)
    assert 0 < found.ci_low < 1
    other = rank_biserial([2, 4, 6, 8, 10, 12], [1, 2, 3, 4, 5, 6])
    assert (other.ci_low, other.ci_high) == (-1.0, pytest.approx(-found.ci_low))


def test_small_samples_hold_the_truth():
    ranks, size = effect_coverage(12, "Likert", 400)
    assert ranks >= 0.93
    assert size >= 0.92


def test_d_av_cumming():
    known = GOLDEN["cumming"]
    assert d_av(known["pre"], known["post"]).estimate == pytest.approx(known["d_av"], abs=5e-5)


@pytest.mark.parametrize(("t", "df"), [(0.0, 5), (2.5, 11), (-3.6, 9), (12.9, 432), (30.0, 2000)])
def test_noncentral_limits_invert_scipys_distribution(t, df):
    low, high = noncentrality_limits(t, df)
    assert stats.nct.sf(t, df, low) == pytest.approx(0.025, rel=1e-6)
    assert stats.nct.cdf(t, df, high) == pytest.approx(0.025, rel=1e-6)


@pytest.mark.parametrize("df", [1, 2, 3, 10, 1000, 99_999])
@pytest.mark.parametrize("t", [0.0, 0.5, 10.0, 20.0, 36.9])
def test_limits_exist_for_every_sample(df, t):
    for level in (0.8, 0.95, 0.99):
        low, high = noncentrality_limits(t, df, level)
        assert math.isfinite(low)
        assert math.isfinite(high)
        assert low < high


def test_large_samples_join_on():
    """The approximation for large t continues the inversion without a step."""
    below, above = noncentrality_limits(36.99, 5000), noncentrality_limits(37.01, 5000)
    assert above == pytest.approx(below, abs=0.03)


def test_hedges_factor_closed_form():
    assert hedges_correction(2) == pytest.approx(1 / math.sqrt(math.pi), rel=1e-12)
    assert hedges_correction(100) == pytest.approx(1 - 3 / (4 * 100 - 1), abs=1e-5)


@given(SCORES)
@settings(max_examples=40, deadline=None)
def test_counts_give_the_same(pairs):
    data = np.array(pairs, dtype=float)
    cells, counts = np.unique(data, axis=0, return_counts=True)
    for size in (d_z, hedges_g_z, rank_biserial, superiority):
        assert size(data[:, 0], data[:, 1]) == size(cells[:, 0], cells[:, 1], counts)
    assert d_av(data[:, 0], data[:, 1]) == d_av(cells[:, 0], cells[:, 1], counts)


@given(SCORES)
@settings(max_examples=40, deadline=None)
def test_swapping_the_waves_turns_the_sign(pairs):
    pre, post = np.array(pairs, dtype=float).T
    for size in (d_z, rank_biserial):
        there, back = size(pre, post), size(post, pre)
        if isinstance(there, NotEstimable):
            assert back == there
        else:
            assert back.estimate == pytest.approx(-there.estimate, rel=1e-9, abs=1e-12)
    there, back = superiority(pre, post), superiority(post, pre)
    assert back.estimate == pytest.approx(1 - there.estimate)
    assert back.ci_low == pytest.approx(1 - there.ci_high, abs=1e-9)


@given(SCORES)
@settings(max_examples=40, deadline=None)
def test_interval_holds_the_estimate(pairs):
    pre, post = np.array(pairs, dtype=float).T
    for size in (d_z, hedges_g_z, rank_biserial, superiority):
        found = size(pre, post)
        if isinstance(found, Estimate) and found.ci_low is not None:
            assert found.ci_low - 1e-9 <= found.estimate <= found.ci_high + 1e-9


def test_superiority_by_brute_force():
    pre, post = [1, 2, 3, 4, 4], [2, 2, 5, 1, 6]
    share = np.mean([(b > a) + 0.5 * (a == b) for a, b in zip(pre, post, strict=True)])
    assert superiority(pre, post).estimate == pytest.approx(share)


def test_tango_published():
    known = GOLDEN["bentur"]
    found = tango_limits(known["up"], known["down"], known["n"])
    assert found == pytest.approx(known["tango"], abs=6e-4)


def test_tango_inverts_the_score_test():
    """At zero difference the score test is McNemar's chi-square."""
    up, down, n = 14, 4, 60
    z = (up - down) / math.sqrt(up + down)
    level = 1 - 2 * stats.norm.sf(z)
    assert tango_limits(up, down, n, level)[0] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("size", PAIRED)
def test_not_estimable(size):
    assert size([], []).reason == "no_data"
    assert size([None], [None]).reason == "no_data"
    if size is not superiority:
        assert size([1, 2, 3], [1, 2, 3]).reason == "no_variance"
    if size not in (superiority, rank_biserial):
        assert size([1], [2]).reason == "too_few"


def test_hedges_needs_three():
    assert hedges_g_z([1, 2], [2, 4]).reason == "too_few"


def test_hedges_g_av_corrects_the_limits_too():
    found, corrected = (size(KNOWN["pre"], KNOWN["post"]) for size in (d_av, hedges_g_av))
    assert found.ci_low < found.estimate < found.ci_high
    assert corrected.ci_low == pytest.approx(found.ci_low * hedges_correction(11))


def test_cohen_h():
    found = cohen_h(0.25, 0.75, 40, 60)
    assert found.estimate == pytest.approx(math.pi / 3, rel=1e-12)
    assert found.std_error == pytest.approx(math.sqrt(1 / 40 + 1 / 60), rel=1e-12)
    assert cohen_h(0.2, 0.4, 0, 10).reason == "no_data"


def test_cohen_h_is_statsmodels():
    from statsmodels.stats.proportion import proportion_effectsize

    for p1, p2 in itertools.product((0.0, 0.3, 0.9), (0.1, 1.0)):
        theirs = proportion_effectsize(p2, p1)
        assert cohen_h(p1, p2, 10, 10).estimate == pytest.approx(theirs, rel=1e-8)


def test_cohen_h_paired_is_narrower_when_answers_agree():
    found = cohen_h_paired([[40, 12], [5, 43]])
    apart = cohen_h(0.48, 0.55, 100, 100)
    assert found.estimate == pytest.approx(apart.estimate)
    assert found.std_error < apart.std_error
    assert cohen_h_paired([[0, 0], [0, 0]]).reason == "no_data"


def test_smd():
    assert smd(3.0, 1.0, 10, 4.0, 2.0, 20) == pytest.approx(1 / math.sqrt(2.5))
    assert smd(3.0, 0.0, 10, 4.0, 0.0, 20) == pytest.approx(30 / math.sqrt(200))
    assert smd(3.0, 0.0, 10, 3.0, 0.0, 20) is None
    assert smd(3.0, 1.0, 0, 4.0, 1.0, 20) is None


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
    known = reference["effect_size"]
    expected = {
        "dz": d_z(pre, post),
        "gz": hedges_g_z(pre, post),
        "drms_root_mean_var": d_av(pre, post),
        "grms": hedges_g_av(pre, post),
    }
    for name, found in expected.items():
        assert found.estimate == pytest.approx(known[name], rel=1e-8), name
    limits = ("dz_ci95_nct", "gz_ci95", "drms_ci95_algina_keselman", "grms_ci95")
    for name, found in zip(limits, expected.values(), strict=True):
        # R's reference limits come from a search with its own tolerance
        assert (found.ci_low, found.ci_high) == pytest.approx(known[name], rel=1e-6), name
    rank = reference["wilcoxon"]["matched_rank_biserial"]
    assert rank_biserial(pre, post).estimate == pytest.approx(rank, rel=1e-8)

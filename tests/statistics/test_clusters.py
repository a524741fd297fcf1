"""Clusters: brute-force matrices, closed forms, enumeration."""

import itertools
import tomllib
from pathlib import Path

import numpy as np
import pytest
from scipy import linalg, stats

from analysis.statistics.clusters import cr2, design_effect, icc, sign_flip


def clustered(seed=0, sizes=(5, 9, 3, 7, 8, 6, 10, 4)):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(len(sizes)), sizes)
    treated = (cluster < 3).astype(float)
    y = rng.normal(size=len(sizes))[cluster] + rng.normal(size=cluster.size)
    return y, np.column_stack([np.ones(cluster.size), treated, rng.normal(size=y.size)]), cluster


def brute_cr2(y, x, cluster, k):
    bread = np.linalg.inv(x.T @ x)
    rest = np.eye(len(y)) - x @ bread @ x.T
    e, variance, columns = rest @ y, 0.0, []
    for g in np.unique(cluster):
        m = cluster == g
        adjust = linalg.inv(linalg.sqrtm(rest[np.ix_(m, m)])).real
        row = (bread @ x[m].T @ adjust)[k]
        variance += (row @ e[m]) ** 2
        columns.append(rest[:, m] @ row)
    eigen = np.linalg.eigvalsh(np.array(columns) @ np.array(columns).T)
    return np.sqrt(variance), eigen.sum() ** 2 / (eigen**2).sum()


@pytest.mark.parametrize("k", [0, 1, 2])
def test_cr2_and_its_df_agree_with_full_matrices(k):
    y, x, cluster = clustered()
    found = cr2(y, x, cluster, k, name="did_cr2")
    assert (found.std_error, found.df) == pytest.approx(brute_cr2(y, x, cluster, k), rel=1e-8)
    assert found.details["n_clusters"] == 8


def test_cr2_of_a_mean_of_equal_clusters_is_the_t_test_of_their_means():
    y = np.random.default_rng(2).normal(size=(7, 4)) + np.arange(7)[:, None]
    found = cr2(y.ravel(), np.ones((28, 1)), np.repeat(np.arange(7), 4), 0)
    test = stats.ttest_1samp(y.mean(axis=1), 0)
    assert (found.statistic, found.df, found.p_value) == pytest.approx(
        (test.statistic, 6, test.pvalue)
    )


def test_normal_p_values_are_too_small_with_few_clusters():
    y, x, cluster = clustered(5)
    found = cr2(y, x, cluster, 1)
    assert found.p_value > 2 * stats.norm.sf(abs(found.statistic))


def test_cr2_with_counts_equals_expanded_rows():
    y, x, cluster = clustered(3)
    counts = np.random.default_rng(3).integers(1, 4, y.size)
    a = cr2(y, x, cluster, 1, counts=counts)
    b = cr2(*(np.repeat(v, counts, axis=0) for v in (y, x, cluster)), 1)
    assert (a.std_error, a.df, a.n) == pytest.approx((b.std_error, b.df, b.n), rel=1e-8)


def test_cr2_refuses_below_five_clusters_and_collinear_designs():
    y, x, cluster = clustered(sizes=(9, 9, 9, 9))
    assert cr2(y, x, cluster, 1).reason == "too_few"
    y, x, cluster = clustered()
    assert cr2(y, np.column_stack([x, x[:, 1]]), cluster, 1).reason == "not_identified"


def test_icc_from_the_textbook_sums_and_with_counts():
    y, _, cluster = clustered(1)
    groups = [y[cluster == g] for g in range(8)]
    f = stats.f_oneway(*groups).statistic
    n0 = (y.size - sum(len(g) ** 2 for g in groups) / y.size) / 7
    found = icc(y, cluster)
    assert found.estimate == pytest.approx((f - 1) / (f + n0 - 1), rel=1e-10)
    assert found.ci_low < found.estimate < found.ci_high
    counts = np.random.default_rng(1).integers(1, 4, y.size)
    many = icc(np.repeat(y, counts), np.repeat(cluster, counts))
    assert icc(y, cluster, counts).estimate == pytest.approx(many.estimate, rel=1e-10)
    assert icc([1, 2], ["a", "a"]).reason == "too_few"
    assert design_effect(0.0, 30) == 1


def test_sign_flip_by_enumeration():
    effects = np.array([1, 2, -0.5, 3, 0.7, 1.1, 0.9])
    signs = np.array(list(itertools.product([-1, 1], repeat=7)))
    means = np.abs(signs @ effects) / 7
    found = sign_flip(effects)
    assert found.p_value == np.mean(means >= effects.mean() - 1e-12)
    assert found.ci_low < found.estimate < found.ci_high
    for edge, outside in ((found.ci_low, -1e-6), (found.ci_high, 1e-6)):
        assert sign_flip(effects - edge - outside).p_value < 0.05
        assert sign_flip(effects - edge + outside).p_value >= 0.05 - 2 / 128


def test_sign_flip_needs_five_clusters_and_six_for_an_interval():
    assert sign_flip([1, 2, 3, 4]).reason == "too_few"
    five = sign_flip([1, 2, 3, 4, 5])
    assert (five.p_value, five.ci_low) == (0.0625, None)


def test_interval_of_the_intraclass_correlation():
    """Shrout & Fleiss 1979: ICC(1,1) is .17; psych::ICC prints -0.133 and 0.72 as its limits."""
    golden = Path(__file__).parents[1] / "golden" / "reliability.toml"
    known = tomllib.loads(golden.read_text("utf-8"))["shrout_fleiss"]
    ratings = np.array(known["ratings"], dtype=float)
    found = icc(ratings.ravel(), np.repeat(np.arange(len(ratings)), ratings.shape[1]))
    assert found.estimate == pytest.approx(0.17, abs=5e-3)
    assert found.ci_low == pytest.approx(-0.133, abs=5e-4)
    assert found.ci_high == pytest.approx(0.72, abs=5e-3)

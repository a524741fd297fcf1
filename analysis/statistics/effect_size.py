"""Effect sizes by their names, each with an interval. There is no plain "Cohen's d"."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.results import Estimate, EstimateLike, NotEstimable, Reason
from analysis.statistics.bootstrap import DEFAULT_RESAMPLES, DEFAULT_SEED, bca_interval
from analysis.statistics.counting import Floats, PairTally, tally_pairs
from analysis.statistics.noncentral import hedges_correction, noncentrality_limits
from analysis.statistics.paired_categories import paired_table, tango_limits
from analysis.statistics.rank_tests import signed_ranks

CiMethod = Literal["bca", "algina_keselman"]


def d_z(
    pre: ArrayLike, post: ArrayLike, counts: ArrayLike | None = None, ci_level: float = 0.95
) -> EstimateLike:
    """Mean change in units of the SD of the changes.

    Use to plan studies and to compare with paired designs only: it grows with the correlation
    of the waves.

    Notes
    -----
    d̄ / s_d = t / √n, interval from the noncentral t. Lakens 2013,
    doi:10.3389/fpsyg.2013.00863.

    Examples
    --------
    >>> pre, post = [3, 4, 2, 5, 3, 4, 3, 2, 4, 5, 3, 3], [4, 4, 3, 5, 4, 5, 2, 3, 5, 5, 4, 3]
    >>> found = d_z(pre, post)
    >>> round(found.estimate, 6), round(found.ci_low, 6), round(found.ci_high, 6)
    (0.74162, 0.085447, 1.37208)
    """
    return _standardised_change(tally_pairs(pre, post, counts), "d_z", ci_level)


def hedges_g_z(
    pre: ArrayLike, post: ArrayLike, counts: ArrayLike | None = None, ci_level: float = 0.95
) -> EstimateLike:
    """d_z with Hedges' exact small-sample correction, df = n − 1; limits are corrected too.

    Notes
    -----
    Hedges 1981, doi:10.3102/10769986006002107.

    Examples
    --------
    >>> round(hedges_g_z([1, 2, 3, 4], [2, 2, 5, 5]).estimate, 6)
    0.886227
    """
    return _standardised_change(tally_pairs(pre, post, counts), "hedges_g_z", ci_level)


def _standardised_change(pairs: PairTally, name: str, ci_level: float) -> EstimateLike:
    diff = pairs.differences()
    reason = _why_not(pairs, diff.values.size)
    if reason or (name == "hedges_g_z" and diff.total <= 2):
        return NotEstimable(reason=reason or "too_few", n=pairs.n, method="noncentral_t", name=name)
    n = diff.total
    factor = hedges_correction(n - 1.0) if name == "hedges_g_z" else 1.0
    size = diff.mean / math.sqrt(diff.variance)
    low, high = noncentrality_limits(size * math.sqrt(n), n - 1.0, ci_level)
    return Estimate(
        estimate=factor * size,
        ci_low=factor * low / math.sqrt(n),
        ci_high=factor * high / math.sqrt(n),
        ci_level=ci_level,
        n=pairs.n,
        n_missing=pairs.n_missing,
        method="noncentral_t;df=n-1",
        name=name,
    )


def d_av(
    pre: ArrayLike,
    post: ArrayLike,
    counts: ArrayLike | None = None,
    ci_level: float = 0.95,
    ci_method: CiMethod = "bca",
    n_resamples: int = DEFAULT_RESAMPLES,
    seed: int = DEFAULT_SEED,
) -> EstimateLike:
    """Mean change in units of the average SD of the waves.

    Use to describe a change beside effect sizes of unpaired studies.

    Parameters
    ----------
    ci_method
        ``bca`` bootstrap, or ``algina_keselman`` (noncentral t, needs no resampling).
    n_resamples, seed
        Of the bootstrap.

    Notes
    -----
    d̄ / √((s₁² + s₂²)/2). Cumming 2012, Understanding the New Statistics, ch. 11; Algina &
    Keselman 2003, doi:10.1177/0013164403256358.

    Examples
    --------
    >>> found = d_av([43, 28, 54, 36, 31, 48, 50, 69, 29, 40],
    ...              [51, 33, 58, 42, 39, 45, 54, 68, 35, 44])
    >>> round(found.estimate, 4)
    0.3436
    """
    pairs = tally_pairs(pre, post, counts)
    reason = _why_not(pairs, pairs.differences().values.size)
    if reason:
        return NotEstimable(reason=reason, n=pairs.n, method=ci_method, name="d_av")
    features = _moments(pairs)
    size = float(_d_av_of_sums((pairs.counts @ features)[None, :], pairs.total)[0])
    if ci_method == "bca":
        limits = bca_interval(
            features,
            pairs.counts,
            _d_av_of_sums,
            ci_level=ci_level,
            n_resamples=n_resamples,
            seed=seed,
        )
        method = f"bca_bootstrap;n_resamples={n_resamples};seed={seed}"
    else:
        limits, method = (*_algina_keselman(pairs, ci_level), math.nan), "algina_keselman"
    low, high = (limits[0], limits[1]) if limits else (None, None)
    return Estimate(
        estimate=size,
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        n=pairs.n,
        n_missing=pairs.n_missing,
        method=method,
        name="d_av",
    )


def hedges_g_av(
    pre: ArrayLike,
    post: ArrayLike,
    counts: ArrayLike | None = None,
    ci_level: float = 0.95,
    ci_method: CiMethod = "bca",
    n_resamples: int = DEFAULT_RESAMPLES,
    seed: int = DEFAULT_SEED,
) -> EstimateLike:
    """d_av with Hedges' small-sample correction, df = n − 1; limits are corrected too.

    Examples
    --------
    >>> hedges_g_av([1, 2, 3, 4], [1, 2, 3, 4]).reason
    'no_variance'
    """
    return corrected_d_av(d_av(pre, post, counts, ci_level, ci_method, n_resamples, seed))


def corrected_d_av(size: EstimateLike) -> EstimateLike:
    """Correct a d_av for small samples: :func:`hedges_g_av` without a second bootstrap."""
    if not isinstance(size, Estimate):
        return replace(size, name="hedges_g_av")
    if size.n <= 2:
        return NotEstimable(reason="too_few", n=size.n, method=size.method, name="hedges_g_av")
    factor = hedges_correction(size.n - 1.0)
    return replace(
        size,
        name="hedges_g_av",
        estimate=factor * size.estimate,
        ci_low=None if size.ci_low is None else factor * size.ci_low,
        ci_high=None if size.ci_high is None else factor * size.ci_high,
    )


def _moments(pairs: PairTally) -> Floats:
    """Difference and centred squares of both waves, one row per distinct pair."""
    first = pairs.pre - pairs.margin("pre").mean
    second = pairs.post - pairs.margin("post").mean
    return np.column_stack([pairs.post - pairs.pre, first, second, first**2, second**2])


def _d_av_of_sums(sums: Floats, n: float) -> Floats:
    both = (sums[:, 3] + sums[:, 4] - (sums[:, 1] ** 2 + sums[:, 2] ** 2) / n) / 2.0
    spread = (
        np.where(both > 1e-12 * (sums[:, 3] + sums[:, 4]), both, np.nan) / (n - 1.0)
        if n > 1
        else np.full(len(sums), np.nan)
    )
    return np.asarray(sums[:, 0] / n / np.sqrt(spread), dtype=np.float64)


def _algina_keselman(pairs: PairTally, ci_level: float) -> tuple[float, float]:
    diff, n = pairs.differences(), pairs.total
    waves = pairs.margin("pre").variance + pairs.margin("post").variance
    low, high = noncentrality_limits(diff.mean / math.sqrt(diff.variance / n), n - 1.0, ci_level)
    scale = math.sqrt(2.0 * diff.variance / (n * waves))
    return low * scale, high * scale


def rank_biserial(
    pre: ArrayLike, post: ArrayLike, counts: ArrayLike | None = None, ci_level: float = 0.95
) -> EstimateLike:
    """Matched-pairs rank-biserial correlation: ranks in favour minus ranks against.

    Use beside the signed-rank test.

    Notes
    -----
    (R₊ − R₋)/(R₊ + R₋), zero differences dropped before ranking; Fisher z interval with
    SE √((2n³ + 3n² + n)/6) / ((n² + n)/2), n = all pairs. Kerby 2014,
    doi:10.2466/11.IT.3.1; interval as in effectsize (Ben-Shachar et al. 2020,
    doi:10.21105/joss.02815). At ±1 there is no interval.

    Examples
    --------
    >>> pre, post = [3, 4, 2, 5, 3, 4, 3, 2, 4, 5, 3, 3], [4, 4, 3, 5, 4, 5, 2, 3, 5, 5, 4, 3]
    >>> rank_biserial(pre, post).estimate
    0.75
    """
    pairs = tally_pairs(pre, post, counts)
    ranks, up, down = signed_ranks(pairs.differences())
    if pairs.total <= 0 or ranks.size == 0:
        reason: Reason = "no_data" if pairs.total <= 0 else "no_variance"
        return NotEstimable(reason=reason, n=pairs.n, method="fisher_z", name="rank_biserial")
    correlation, n = float(ranks @ (up - down)) / float(ranks @ (up + down)), pairs.total
    error = math.sqrt((2.0 * n**3 + 3.0 * n**2 + n) / 6.0) / ((n**2 + n) / 2.0)
    half = float(stats.norm.isf((1.0 - ci_level) / 2.0)) * error
    bounded = abs(correlation) < 1.0
    return Estimate(
        estimate=correlation,
        ci_low=math.tanh(math.atanh(correlation) - half) if bounded else None,
        ci_high=math.tanh(math.atanh(correlation) + half) if bounded else None,
        ci_level=ci_level,
        n=pairs.n,
        n_missing=pairs.n_missing,
        method="fisher_z;n=all_pairs",
        name="rank_biserial",
    )


def superiority(
    pre: ArrayLike, post: ArrayLike, counts: ArrayLike | None = None, ci_level: float = 0.95
) -> EstimateLike:
    """Share of people higher at post, those unchanged counted half.

    Notes
    -----
    P(post > pre) + P(post = pre)/2 in the pairs. Interval: Tango's score interval of the
    difference of the paired shares up and down, halved and moved to ½. Grissom & Kim 2012,
    Effect Sizes for Research, ch. 5; Tango 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<891::AID-SIM780>3.0.CO;2-B.

    Examples
    --------
    >>> superiority([1, 2, 3, 4], [2, 2, 5, 1]).estimate
    0.625
    """
    pairs = tally_pairs(pre, post, counts)
    diff, n = pairs.differences(), pairs.total
    if n <= 0:
        return NotEstimable(reason="no_data", method="tango", name="superiority")
    up, down = (float(diff.counts[side].sum()) for side in (diff.values > 0, diff.values < 0))
    low, high = tango_limits(up, down, n, ci_level)
    return Estimate(
        estimate=(1.0 + (up - down) / n) / 2.0,
        ci_low=(1.0 + low) / 2.0,
        ci_high=(1.0 + high) / 2.0,
        ci_level=ci_level,
        n=pairs.n,
        n_missing=pairs.n_missing,
        method="tango",
        name="superiority",
    )


def cohen_h(
    p1: float, p2: float, n1: float, n2: float, ci_level: float = 0.95, phi: float = 0.0
) -> EstimateLike:
    """Difference of two shares on the arcsine scale, second minus first.

    Parameters
    ----------
    p1, p2
        Shares 0–1.
    n1, n2
        Their denominators.
    phi
        Correlation of the two answers: 0 for independent samples; see :func:`cohen_h_paired`.

    Notes
    -----
    2 asin √p₂ − 2 asin √p₁, variance 1/n₁ + 1/n₂ − 2φ/√(n₁n₂). Cohen 1988, ch. 6,
    doi:10.4324/9780203771587.

    Examples
    --------
    >>> round(cohen_h(0.4, 0.6, 50, 50).estimate, 6)
    0.402716
    """
    if n1 <= 0 or n2 <= 0:
        return NotEstimable(reason="no_data", method="arcsine", name="cohen_h")
    size = 2.0 * math.asin(math.sqrt(p2)) - 2.0 * math.asin(math.sqrt(p1))
    error = math.sqrt(max(0.0, 1.0 / n1 + 1.0 / n2 - 2.0 * phi / math.sqrt(n1 * n2)))
    half = float(stats.norm.isf((1.0 - ci_level) / 2.0)) * error
    return Estimate(
        estimate=size,
        ci_low=size - half,
        ci_high=size + half,
        ci_level=ci_level,
        std_error=error,
        n=round(n1 + n2),
        method="arcsine",
        name="cohen_h",
    )


def cohen_h_paired(table: ArrayLike, ci_level: float = 0.95) -> EstimateLike:
    """Cohen's h of the same people: [[no→no, no→yes], [yes→no, yes→yes]].

    Examples
    --------
    >>> cohen_h_paired([[16, 12], [2, 20]]).n
    50
    """
    counts = paired_table(table, 2)
    n = float(counts.sum())
    if n <= 0:
        return NotEstimable(reason="no_data", method="arcsine;paired", name="cohen_h")
    margins = float(np.prod(counts.sum(axis=0)) * np.prod(counts.sum(axis=1)))
    product = float(counts[0, 0] * counts[1, 1] - counts[0, 1] * counts[1, 0])
    phi = product / math.sqrt(margins) if margins > 0 else 0.0
    before, after = float(counts[1].sum()) / n, float(counts[:, 1].sum()) / n
    found = cohen_h(before, after, n, n, ci_level, phi)
    return replace(found, n=round(n), method="arcsine;paired")


def smd(mean1: float, sd1: float, n1: float, mean2: float, sd2: float, n2: float) -> float | None:
    """Standardised difference of two groups, second minus first, for balance tables.

    Returns
    -------
    float or None
        (mean2 − mean1) / √((sd1² + sd2²)/2); None when a group is empty or neither varies.
        For shares give p and √(p(1−p)).

    Notes
    -----
    Austin 2009, doi:10.1002/sim.3697. Not weighted by n: imbalance is not a matter of size.

    Examples
    --------
    >>> smd(1.0, 2.0, 10, 2.0, 2.0, 10)
    0.5
    """
    spread = math.sqrt((sd1**2 + sd2**2) / 2.0)
    if n1 <= 0 or n2 <= 0 or not spread > 0:
        return None
    return (mean2 - mean1) / spread


def _why_not(pairs: PairTally, distinct_changes: int) -> Reason | None:
    if pairs.total <= 0:
        return "no_data"
    if pairs.total <= 1:
        return "too_few"
    return "no_variance" if distinct_changes < 2 else None

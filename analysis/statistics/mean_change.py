"""Change of a mean between waves: paired, unpaired and partly paired, by the t distribution.

Rank tests, the mixed model and the ordinal model have files of their own and are offered here
too, so that one import serves every analysis of change.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.bootstrap import MIN_FOR_BCA, bca_limits, resample_counts
from analysis.statistics.counting import PairTally, Tally, tally, tally_pairs
from analysis.statistics.mixed_model import mixed_change, mixed_waves
from analysis.statistics.ordinal import ordinal_change
from analysis.statistics.rank_tests import mann_whitney, sign_test, wilcoxon_signed_rank
from analysis.statistics.t_tests import t_comparison
from analysis.thresholds import SIGNIFICANCE_LEVEL

__all__ = [
    "bca_mean_change",
    "derrick_t",
    "equivalence",
    "mann_whitney",
    "mixed_change",
    "mixed_waves",
    "ordinal_change",
    "paired_t",
    "sign_test",
    "welch_t",
    "wilcoxon_signed_rank",
]


def paired_t(
    pre: ArrayLike, post: ArrayLike, counts: ArrayLike | None = None, ci_level: float = 0.95
) -> ComparisonLike:
    """Mean change of the same people with the t interval.

    Parameters
    ----------
    pre, post
        Scores, one pair per place; pairs with a missing half are left out and counted.
    counts
        How many people share each pair; default one.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` = mean(post − pre); ``details`` sd_diff and r. ``no_variance`` when all
        changes are equal.

    Notes
    -----
    t = d̄ / (s_d / √n), df = n − 1. Student 1908, doi:10.1093/biomet/6.1.1.

    Examples
    --------
    >>> found = paired_t([43, 28, 54, 36, 31, 48, 50, 69, 29, 40],
    ...                  [51, 33, 58, 42, 39, 45, 54, 68, 35, 44])
    >>> round(found.estimate, 1), round(found.ci_low, 3), round(found.ci_high, 3)
    (4.1, 1.544, 6.656)
    """
    pairs = tally_pairs(pre, post, counts)
    diff = pairs.differences()
    refused = _refusal((diff,), "paired_t", "t;df=n-1")
    if refused:
        return refused
    sd = math.sqrt(diff.variance)
    return t_comparison(
        name="paired_t",
        estimate=diff.mean,
        std_error=sd / math.sqrt(diff.total),
        df=diff.total - 1.0,
        ci_level=ci_level,
        n=diff.n,
        n_missing=diff.n_missing,
        method="t;df=n-1",
        details={"sd_diff": sd, "r": pairs.correlation()},
    )


def welch_t(
    pre: ArrayLike,
    post: ArrayLike,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Difference of the means of two independent samples, unequal variances allowed.

    Use for anonymous waves; never for pairs.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` = mean(post) − mean(pre); ``details`` n_pre, n_post.

    Notes
    -----
    Welch 1947 with Satterthwaite's df, doi:10.1093/biomet/34.1-2.28.

    Examples
    --------
    >>> round(welch_t([1, 2, 3, 4], [3, 4, 5, 9]).df, 4)
    4.3664
    """
    first, second = tally(pre, pre_counts), tally(post, post_counts)
    refused = _refusal((first, second), "welch_t", "welch;df=satterthwaite")
    if refused:
        return refused
    v1, v2 = first.variance / first.total, second.variance / second.total
    return t_comparison(
        name="welch_t",
        estimate=second.mean - first.mean,
        std_error=math.sqrt(v1 + v2),
        df=_satterthwaite(v1, first.total, v2, second.total),
        ci_level=ci_level,
        n=first.n + second.n,
        n_missing=first.n_missing + second.n_missing,
        method="welch;df=satterthwaite",
        details={"n_pre": first.n, "n_post": second.n},
    )


def derrick_t(
    paired_pre: ArrayLike,
    paired_post: ArrayLike,
    pre_only: ArrayLike,
    post_only: ArrayLike,
    ci_level: float = 0.95,
    *,
    pair_counts: ArrayLike | None = None,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
) -> ComparisonLike:
    """Difference of means of partially overlapping samples, unequal variances (T_new2).

    Use when some people answered both waves and others only one, missing at random or not
    related to the score.

    Parameters
    ----------
    paired_pre, paired_post
        Scores of the people in both waves.
    pre_only, post_only
        Scores of the people in one wave only; may be empty.
    ci_level
        Coverage, 0–1.
    pair_counts, pre_counts, post_counts
        Counts of the three groups; default ones.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` = mean(post) − mean(pre) of everyone; ``details`` n_pairs, n_pre_only,
        n_post_only, r.

    Notes
    -----
    SE² = s₁²/n₁ + s₂²/n₂ − 2 r s₁ s₂ n_c/(n₁n₂); df = (n_c − 1) +
    (γ − n_c + 1)/(n_a + n_b + 2n_c) · (n_a + n_b), γ Welch's df. Without singles it is the
    paired t; with fewer than two pairs, Welch's t. Derrick, Russ, Toher & White 2017,
    doi:10.22237/jmasm/1493597280.

    Examples
    --------
    >>> round(derrick_t([1, 2, 3, 4], [2, 2, 5, 5], [2, 3], [4, 6, 5]).df, 4)
    5.869
    """
    pairs = tally_pairs(paired_pre, paired_post, pair_counts)
    singles = (tally(pre_only, pre_counts), tally(post_only, post_counts))
    waves = (_joined(pairs.margin("pre"), singles[0]), _joined(pairs.margin("post"), singles[1]))
    missing = pairs.n_missing + singles[0].n_missing + singles[1].n_missing
    method = "partially_overlapping_t;unequal_variances;df=derrick"
    refused = _refusal(waves, "derrick", method)
    if refused:
        return refused
    error, df = _derrick_error(pairs, singles, waves)
    if error <= 1e-12 * _size(waves):
        return NotEstimable(reason="no_variance", n=pairs.n, method=method, name="derrick")
    return t_comparison(
        name="derrick",
        estimate=waves[1].mean - waves[0].mean,
        std_error=error,
        df=df,
        ci_level=ci_level,
        n=pairs.n + singles[0].n + singles[1].n,
        n_missing=missing,
        method=method,
        details={
            "n_pairs": pairs.n,
            "n_pre_only": singles[0].n,
            "n_post_only": singles[1].n,
            "r": pairs.correlation() if pairs.n > 1 else None,
        },
    )


def _derrick_error(
    pairs: PairTally, singles: tuple[Tally, Tally], waves: tuple[Tally, Tally]
) -> tuple[float, float]:
    """Standard error and degrees of freedom of T_new2."""
    n1, n2, both = waves[0].total, waves[1].total, pairs.total
    v1, v2 = waves[0].variance / n1, waves[1].variance / n2
    r = (pairs.correlation() or 0.0) if both > 1 else 0.0
    covariance = r * math.sqrt(waves[0].variance * waves[1].variance) * both / (n1 * n2)
    error = math.sqrt(max(0.0, v1 + v2 - 2.0 * covariance))
    welch_df = _satterthwaite(v1, n1, v2, n2)
    if both <= 1:
        return error, welch_df
    alone = singles[0].total + singles[1].total
    df = (both - 1.0) + (welch_df - both + 1.0) / (alone + 2.0 * both) * alone
    return error, df


def equivalence(
    pre: ArrayLike,
    post: ArrayLike,
    margin: float,
    counts: ArrayLike | None = None,
    alpha: float = SIGNIFICANCE_LEVEL,
) -> ComparisonLike:
    """Two one-sided paired t tests that the mean change is within a margin.

    Use when "no change" is to be claimed; a large p-value of a difference test does not say it.

    Parameters
    ----------
    margin
        Smallest change that matters, score units, above 0.
    alpha
        Size of each one-sided test; the interval covers 1 − 2 alpha (90 %).

    Returns
    -------
    Comparison or NotEstimable
        ``p_value`` is the larger of the two; ``details`` p_lower, p_upper, margin, equivalent.

    Notes
    -----
    Schuirmann 1987, doi:10.1007/BF01068419.

    Examples
    --------
    >>> equivalence([1, 2, 3, 4], [1, 2, 4, 4], 2.0).details["equivalent"]
    True
    """
    if margin <= 0:
        raise ValueError(f"margin must be above 0, got {margin}")
    found = paired_t(pre, post, counts, ci_level=1.0 - 2.0 * alpha)
    if isinstance(found, NotEstimable):
        return NotEstimable(reason=found.reason, n=found.n, method="tost", name="tost")
    estimate, error, df = found.estimate or 0.0, found.std_error or 0.0, found.df or 0.0
    t_lower, t_upper = (estimate + margin) / error, (estimate - margin) / error
    p_lower, p_upper = float(stats.t.sf(t_lower, df)), float(stats.t.cdf(t_upper, df))
    p = max(p_lower, p_upper)
    return Comparison(
        name="tost",
        estimate=estimate,
        std_error=error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        ci_level=found.ci_level,
        statistic=t_lower if p_lower >= p_upper else t_upper,
        df=df,
        p_value=p,
        n=found.n,
        n_missing=found.n_missing,
        method="tost;paired;df=n-1",
        details={
            "margin": margin,
            "p_lower": p_lower,
            "p_upper": p_upper,
            "equivalent": p < alpha,
        },
    )


def bca_mean_change(
    pre: ArrayLike,
    post: ArrayLike,
    counts: ArrayLike | None = None,
    n_resamples: int = 9999,
    seed: int = 20240229,
    ci_level: float = 0.95,
) -> EstimateLike:
    """Mean change of the same people with a BCa bootstrap interval.

    Use as a sensitivity check of the t interval when changes are skewed. Not offered below 20
    pairs: there it misses more often than the t interval it would check (type I .09–.13 at 5–8).

    Notes
    -----
    People are resampled as multinomial counts on the distinct changes; the seed is part of
    ``method``. Efron 1987, doi:10.1080/01621459.1987.10478410.

    Examples
    --------
    >>> found = bca_mean_change([1, 2, 3, 4, 5] * 4, [2, 2, 5, 4, 9] * 4, n_resamples=999)
    >>> found.ci_low < found.estimate < found.ci_high
    True
    >>> bca_mean_change([1, 2, 3, 4, 5], [2, 2, 5, 4, 9]).details
    {'needed': 20}
    """
    diff = tally_pairs(pre, post, counts).differences()
    method = f"bca_bootstrap;n_resamples={n_resamples};seed={seed}"
    refused = _refusal((diff,), "mean_change", method)
    if refused:
        return refused
    if diff.total < MIN_FOR_BCA:
        return NotEstimable(
            reason="too_few",
            n=diff.n,
            method=method,
            name="mean_change",
            details={"needed": MIN_FOR_BCA},
        )
    drawn = np.concatenate(
        [
            people @ diff.values / diff.n
            for people in resample_counts(diff.counts, n_resamples, seed)
        ]
    )
    acceleration = diff.skewness / (6 * math.sqrt(diff.total))
    low, high = bca_limits(drawn, diff.mean, acceleration, ci_level)
    return Estimate(
        estimate=diff.mean,
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        std_error=float(drawn.std(ddof=1)),
        n=diff.n,
        n_missing=diff.n_missing,
        method=method,
        name="mean_change",
    )


def _joined(first: Tally, second: Tally) -> Tally:
    return tally(
        np.concatenate([first.values, second.values]),
        np.concatenate([first.counts, second.counts]),
    )


def _satterthwaite(v1: float, n1: float, v2: float, n2: float) -> float:
    return (v1 + v2) ** 2 / (v1**2 / (n1 - 1.0) + v2**2 / (n2 - 1.0))


def _size(samples: tuple[Tally, ...]) -> float:
    return max(1e-300, *(float(abs(sample.values).max()) for sample in samples), 0.0)


def _refusal(samples: tuple[Tally, ...], name: str, method: str) -> NotEstimable | None:
    """Say why a t statistic cannot be had, or None when it can."""
    n = sum(sample.n for sample in samples)
    if any(sample.total <= 0 for sample in samples):
        return NotEstimable(reason="no_data", n=n, method=method, name=name)
    if any(sample.total <= 1 for sample in samples):
        return NotEstimable(reason="too_few", n=n, method=method, name=name)
    if all(sample.values.size < 2 for sample in samples):
        return NotEstimable(reason="no_variance", n=n, method=method, name=name)
    return None

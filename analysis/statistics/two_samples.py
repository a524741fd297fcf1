"""Two independent samples: effect size of means, test of two shares, of two distributions."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.counting import Tally, tally
from analysis.statistics.noncentral import hedges_correction, noncentrality_limits
from analysis.statistics.proportions import newcombe_independent


def hedges_g_independent(
    first: ArrayLike,
    second: ArrayLike,
    first_counts: ArrayLike | None = None,
    second_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
) -> EstimateLike:
    """Difference of two independent means in units of the pooled SD, small samples corrected.

    g = J(df)·(m₂ − m₁)/s_pooled, df = n₁ + n₂ − 2; limits by the noncentral t, corrected too.
    Hedges 1981, doi:10.3102/10769986006002107.

    Returns
    -------
    Estimate or NotEstimable
        Named ``hedges_g_independent``; ``too_few`` below two people in a sample.
    """
    name, method = "hedges_g_independent", "noncentral_t"
    a, b = tally(first, first_counts), tally(second, second_counts)
    n = a.n + b.n
    if min(a.n, b.n) < 2:
        return NotEstimable(reason="too_few", n=n, name=name, method=method)
    df = n - 2
    pooled = math.sqrt(((a.n - 1) * _variance(a) + (b.n - 1) * _variance(b)) / df)
    if pooled <= 0:
        return NotEstimable(reason="no_variance", n=n, name=name, method=method)
    scale, correct = math.sqrt(1 / a.n + 1 / b.n), hedges_correction(df)
    d = (_mean(b) - _mean(a)) / pooled
    low, high = noncentrality_limits(d / scale, df, ci_level)
    return Estimate(
        estimate=d * correct,
        ci_low=low * scale * correct,
        ci_high=high * scale * correct,
        ci_level=ci_level,
        n=n,
        n_missing=a.n_missing + b.n_missing,
        method=method,
        name=name,
    )


def compare_shares(
    x1: float, n1: float, x2: float, n2: float, ci_level: float = 0.95
) -> ComparisonLike:
    """Difference of two independent shares: pooled z test with Newcombe's interval.

    z = (p₂ − p₁)/√(p(1 − p)(1/n₁ + 1/n₂)). Newcombe 1998,
    doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I.

    Examples
    --------
    >>> round(compare_shares(10, 50, 25, 50).statistic, 4)
    3.1449
    """
    n, method = round(n1 + n2), "pooled_z;newcombe_independent"
    if min(n1, n2) < 1:
        return NotEstimable(reason="too_few", n=n, name="two_proportions_z", method=method)
    found = newcombe_independent(x1, n1, x2, n2, ci_level)
    pooled = (x1 + x2) / (n1 + n2)
    error = math.sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    if not isinstance(found, Estimate) or error == 0:
        return NotEstimable(reason="no_variance", n=n, name="two_proportions_z", method=method)
    z = found.estimate / error
    return Comparison(
        name="two_proportions_z",
        estimate=found.estimate,
        std_error=error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        ci_level=ci_level,
        statistic=z,
        p_value=float(2 * stats.norm.sf(abs(z))),
        n=n,
        method=method,
        details={"n_from": round(n1), "n_to": round(n2)},
    )


def compare_distributions(table: ArrayLike) -> ComparisonLike:
    """Pearson's chi-squared test that independent groups (rows) answer alike (columns).

    Empty rows and columns are dropped. ``details``: smallest expected count, Cramér's V.
    """
    counts = np.atleast_2d(np.asarray(table, dtype=np.float64))
    kept = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    n = round(float(counts.sum()))
    if min(kept.shape) < 2:
        return NotEstimable(
            reason="no_variance" if n else "no_data", n=n, name="chi_square", method="pearson"
        )
    found = stats.chi2_contingency(kept, correction=False)
    return Comparison(
        name="chi_square",
        statistic=float(found.statistic),
        df=float(found.dof),
        p_value=float(found.pvalue),
        n=n,
        method="pearson",
        details={
            "least_expected": float(found.expected_freq.min()),
            "cramer_v": math.sqrt(float(found.statistic) / (n * (min(kept.shape) - 1))),
        },
    )


def _mean(sample: Tally) -> float:
    return float(sample.counts @ sample.values) / sample.n


def _variance(sample: Tally) -> float:
    return float(sample.counts @ (sample.values - _mean(sample)) ** 2) / (sample.n - 1)

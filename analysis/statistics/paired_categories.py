"""Paired yes/no and categorical answers, from the table of pre (rows) by post (columns)."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize, stats

from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.counting import Floats
from analysis.statistics.proportions import wilson_limits


def paired_table(values: ArrayLike, size: int) -> Floats:
    """Read and check a square table of counts, rows pre, columns post."""
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or (size and table.shape[0] != size):
        raise ValueError(f"a square table{f' of size {size}' * bool(size)} is needed")
    if bool((table < 0).any()) or not bool(np.isfinite(table).all()):
        raise ValueError("counts must be zero or more and never missing")
    return table


def mcnemar_midp(table: ArrayLike, ci_level: float = 0.95) -> ComparisonLike:
    """McNemar's test with the mid-p value, for a change of the share saying yes.

    Use for paired yes/no answers; keeps its size without the conservatism of the exact test.

    Parameters
    ----------
    table
        [[no→no, no→yes], [yes→no, yes→yes]], rows pre, columns post.
    ci_level
        Coverage of the Newcombe interval of the difference.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` = share yes at post − share yes at pre; ``details`` n_up, n_down.

    Notes
    -----
    2 P(X ≤ min) − P(X = min) for X ~ Binomial(n_up + n_down, 1/2); 1 − P(X = min)/2 when as
    many rise as fall. Fagerland, Lydersen & Laake 2013, doi:10.1186/1471-2288-13-91.

    Examples
    --------
    >>> round(mcnemar_midp([[30, 12], [5, 40]]).p_value, 12)
    0.096252441406
    """
    return _mcnemar(table, ci_level, "mcnemar_midp")


def mcnemar_exact(table: ArrayLike, ci_level: float = 0.95) -> ComparisonLike:
    """McNemar's exact conditional test (see :func:`mcnemar_midp`); conservative.

    Notes
    -----
    2 P(X ≤ min), at most 1. McNemar 1947, doi:10.1007/BF02295996.

    Examples
    --------
    >>> round(mcnemar_exact([[30, 12], [5, 40]]).p_value, 12)
    0.143463134766
    """
    return _mcnemar(table, ci_level, "mcnemar_exact")


def _mcnemar(values: ArrayLike, ci_level: float, name: str) -> ComparisonLike:
    table = paired_table(values, 2)
    difference = newcombe_paired_difference(table, ci_level)
    if isinstance(difference, NotEstimable):
        return NotEstimable(reason=difference.reason, method=name, name=name)
    up, down = round(float(table[0, 1])), round(float(table[1, 0]))
    fewer, changed = min(up, down), up + down
    p = 2.0 * float(stats.binom.cdf(fewer, changed, 0.5))
    if name == "mcnemar_midp":
        p = min(1.0, p) - _midp_share(fewer, changed)
    return Comparison(
        name=name,
        estimate=difference.estimate,
        std_error=difference.std_error,
        ci_low=difference.ci_low,
        ci_high=difference.ci_high,
        ci_level=ci_level,
        statistic=float(up),
        p_value=min(1.0, p),
        n=difference.n,
        method=f"{name};ci=newcombe_paired",
        details={"n_up": up, "n_down": down},
    )


def _midp_share(fewer: int, changed: int) -> float:
    """Probability taken off the exact p: the table seen counts half on each side."""
    if changed == 0:
        return 0.0
    seen = float(stats.binom.pmf(fewer, changed, 0.5))
    return seen / 2.0 if 2 * fewer == changed else seen


def newcombe_paired_difference(table: ArrayLike, ci_level: float = 0.95) -> EstimateLike:
    """Change of a share among the same people with Newcombe's paired interval.

    Parameters
    ----------
    table
        [[no→no, no→yes], [yes→no, yes→yes]], rows pre, columns post.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    Estimate or NotEstimable
        Named ``risk_difference``: share yes at post − share yes at pre.

    Notes
    -----
    Square-and-add of the two Wilson intervals with a continuity-corrected phi: method 10 of
    Newcombe 1998, doi:10.1002/(SICI)1097-0258(19981130)17:22<2635::AID-SIM954>3.0.CO;2-C.

    Examples
    --------
    >>> found = newcombe_paired_difference([[16, 12], [2, 20]])
    >>> round(found.estimate, 4), round(found.ci_low, 4), round(found.ci_high, 4)
    (0.2, 0.0562, 0.3292)
    """
    counts = paired_table(table, 2)
    n = float(counts.sum())
    if n <= 0:
        return NotEstimable(reason="no_data", method="newcombe_paired", name="risk_difference")
    before, after = float(counts[1].sum()) / n, float(counts[:, 1].sum()) / n
    low1, high1 = wilson_limits(before * n, n, ci_level)
    low2, high2 = wilson_limits(after * n, n, ci_level)
    phi = _corrected_phi(counts)
    down, up = after - low2, high1 - before
    rise, fall = high2 - after, before - low1
    lower = math.sqrt(max(0.0, down**2 - 2.0 * phi * down * up + up**2))
    upper = math.sqrt(max(0.0, rise**2 - 2.0 * phi * rise * fall + fall**2))
    moved, change = float(counts[0, 1] + counts[1, 0]) / n, after - before
    return Estimate(
        estimate=change,
        ci_low=change - lower,
        ci_high=change + upper,
        ci_level=ci_level,
        std_error=math.sqrt(max(0.0, moved - change**2) / n),
        n=round(n),
        method="newcombe_paired",
        name="risk_difference",
    )


def _corrected_phi(counts: Floats) -> float:
    """Phi of the table; a positive association is lowered by n/2 in the numerator."""
    margins = float(np.prod(counts.sum(axis=0)) * np.prod(counts.sum(axis=1)))
    if margins <= 0:
        return 0.0
    product = float(counts[0, 0] * counts[1, 1] - counts[0, 1] * counts[1, 0])
    if product > 0:
        product = max(product - float(counts.sum()) / 2.0, 0.0)
    return product / math.sqrt(margins)


def stuart_maxwell(table: ArrayLike) -> ComparisonLike:
    """Test whether the distribution over the categories changed (marginal homogeneity).

    Use for paired answers with more than two categories. Categories nobody used in either wave
    are dropped; nothing is added to the cells.

    Parameters
    ----------
    table
        K × K counts, rows pre, columns post.

    Returns
    -------
    Comparison or NotEstimable
        ``statistic`` chi-square, ``df`` rank of the margins' covariance.

    Notes
    -----
    d'S⁻¹d with d the difference of the margins. Stuart 1955, doi:10.1093/biomet/42.3-4.412;
    Maxwell 1970, doi:10.1192/bjp.116.535.651.

    Examples
    --------
    >>> round(stuart_maxwell([[20, 10, 5], [3, 25, 9], [2, 4, 30]]).statistic, 8)
    6.15384615
    """
    counts, kept = _used_categories(table)
    n = round(float(counts.sum()))
    if n == 0:
        return NotEstimable(reason="no_data", method="stuart_maxwell", name="stuart_maxwell")
    shift = counts.sum(axis=0) - counts.sum(axis=1)
    covariance = np.diag(counts.sum(axis=0) + counts.sum(axis=1)) - counts - counts.T
    df = int(np.linalg.matrix_rank(covariance, hermitian=True)) if counts.size > 1 else 0
    if df == 0:
        return NotEstimable(
            reason="no_variance", n=n, method="stuart_maxwell", name="stuart_maxwell"
        )
    statistic = float(shift @ np.linalg.pinv(covariance, hermitian=True) @ shift)
    return _chi_square("stuart_maxwell", statistic, df, n, kept)


def bowker(table: ArrayLike) -> ComparisonLike:
    """Test whether moves between categories are as frequent one way as the other (symmetry).

    Parameters
    ----------
    table
        K × K counts, rows pre, columns post; unused categories are dropped.

    Returns
    -------
    Comparison or NotEstimable
        ``df`` is the number of pairs of kept categories; ``details`` n_empty_pairs says how
        many of them nobody moved between (they add nothing to the statistic).

    Notes
    -----
    Σ (n_ij − n_ji)² / (n_ij + n_ji). Bowker 1948, doi:10.1080/01621459.1948.10483284.

    Examples
    --------
    >>> round(bowker([[20, 10, 5], [3, 25, 9], [2, 4, 30]]).statistic, 9)
    6.978021978
    """
    counts, kept = _used_categories(table)
    n = round(float(counts.sum()))
    if n == 0:
        return NotEstimable(reason="no_data", method="bowker", name="bowker")
    upper = np.triu_indices(counts.shape[0], 1)
    gap, moved = (counts - counts.T)[upper], (counts + counts.T)[upper]
    if float(moved.sum()) <= 0:
        return NotEstimable(reason="no_variance", n=n, method="bowker", name="bowker")
    used = moved > 0
    statistic = float((gap[used] ** 2 / moved[used]).sum())
    empty = int((~used).sum())
    return _chi_square("bowker", statistic, moved.size, n, kept, n_empty_pairs=empty)


def _used_categories(values: ArrayLike) -> tuple[Floats, int]:
    """Drop categories used in neither wave; return the table and how many were dropped."""
    table = paired_table(values, 0)
    used = (table.sum(axis=0) + table.sum(axis=1)) > 0
    return table[np.ix_(used, used)], int((~used).sum())


def _chi_square(
    name: str, statistic: float, df: int, n: int, dropped: int, **details: int
) -> Comparison:
    return Comparison(
        name=name,
        statistic=statistic,
        df=float(df),
        p_value=float(stats.chi2.sf(statistic, df)),
        n=n,
        method=f"{name};empty_categories=dropped;added=0",
        details={"n_dropped_categories": dropped, **details},
    )


def tango_limits(up: float, down: float, n: float, ci_level: float = 0.95) -> tuple[float, float]:
    """Score interval of (up − down)/n, n pairs (Tango 1998, example: Fagerland et al. 2014).

    Examples
    --------
    >>> [round(limit, 4) for limit in tango_limits(1, 7, 21)]
    [-0.5172, -0.026]
    """
    z = float(stats.norm.isf((1.0 - ci_level) / 2.0))

    def excess(change: float, side: float) -> float:
        b = -up - down + (2.0 * n - up + down) * change
        c = -down * change * (1.0 - change)
        q = (math.sqrt(max(0.0, b * b - 8.0 * n * c)) - b) / (4.0 * n)
        spread = math.sqrt(max(0.0, n * (2.0 * q + change * (1.0 - change))))
        return up - down - n * change - side * z * spread

    # Where all moved one way the excess is 0 at that end and at the limit wanted: search inside.
    start, end = -1.0 + 1e-12, 1.0 - 1e-12
    observed = min(max((up - down) / n, start), end)
    low, high = -1.0, 1.0
    if excess(start, 1.0) > 0:
        low = float(optimize.brentq(excess, start, observed, args=(1.0,), xtol=1e-14))
    if excess(end, -1.0) < 0:
        high = float(optimize.brentq(excess, observed, end, args=(-1.0,), xtol=1e-14))
    return low, high

"""Change against a comparison group: least squares with robust errors, four independent means."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.clusters import MIN_DF, gram_moments
from analysis.statistics.counting import ROUNDING, sample_variance
from analysis.statistics.t_tests import t_comparison

FloatArray = npt.NDArray[np.float64]
#: Numbers that differ by less than this share of their size are equal.
_ALONE = 1e-10


def least_squares(
    y: npt.ArrayLike,
    X: npt.ArrayLike,
    coef_index: int,
    name: str,
    ci_level: float = 0.95,
    group: npt.ArrayLike | None = None,
) -> ComparisonLike:
    """Estimate one coefficient by least squares with HC2 standard error and Satterthwaite df.

    Bell–McCaffrey with every person a cluster: df = (Σλ)²/Σλ² of the quadratic form that HC2 is,
    under equal variances. n − k would be far too many where one group is small: with 5 treated
    and 40 compared it is 43, and 5.05 are right. Where the few also differ more from each other,
    5.05 are still too many: with groups the df are also taken under a variance of each group, for
    two means those of Welch, and the smaller count. Welch's alone are too many where the
    variances are equal and the smaller group's happens to come out low (docs/coverage.md).

    Parameters
    ----------
    y, X
        Outcome, shape (n,); design with its intercept, shape (n, k). Rows with a missing number
        are left out.
    coef_index
        Column wanted.
    name
        Name of the analysis.
    group
        Group of each row, shape (n,), where their variances may differ.

    Returns
    -------
    Comparison or NotEstimable
        ``too_few`` with fewer than k + 2 rows or less than one degree of freedom;
        ``not_identified`` when columns depend on each other; ``no_variance`` when the residuals
        are all zero.

    References
    ----------
    MacKinnon & White 1985, doi:10.1016/0304-4076(85)90158-7; Bell & McCaffrey 2002; Imbens &
    Kolesár 2016, doi:10.1162/REST_a_00552; Welch 1947, doi:10.1093/biomet/34.1-2.28.
    """
    outcome, design = np.asarray(y, dtype=np.float64), np.asarray(X, dtype=np.float64)
    kept = np.isfinite(outcome) & np.isfinite(design).all(axis=1)
    outcome, design = outcome[kept], design[kept]
    n, k = design.shape
    method = "ols_hc2_satterthwaite"
    if n < k + 2:
        return NotEstimable(reason="too_few", n=n, name=name, method=method)
    if np.linalg.matrix_rank(design) < k:
        return NotEstimable(reason="not_identified", n=n, name=name, method=method)
    bread = np.asarray(np.linalg.inv(design.T @ design), dtype=np.float64)
    beta = bread @ design.T @ outcome
    residual = outcome - design @ beta
    leverage = np.einsum("ij,jk,ik->i", design, bread, design)
    influence = design @ bread[:, coef_index]
    # A row that alone decides its own fitted value leaves no residual: the only person of a
    # group. Its share of the error would count as 0, so a coefficient that needs it has none.
    alone = leverage > 1 - _ALONE
    if (np.abs(influence[alone]) > _ALONE * np.abs(influence).max()).any():
        return NotEstimable(reason="too_few", n=n, name=name, method=method)
    target = np.where(alone, 0.0, influence) / np.sqrt(np.where(alone, 1.0, 1 - leverage))
    variance = float((target**2 * residual**2).sum())
    total, spread = gram_moments(target**2, design * target[:, None], bread)
    df = total**2 / spread if spread > 0 else math.inf
    if df < MIN_DF:
        return NotEstimable(reason="too_few", n=n, name=name, method=method)
    if variance <= 0 or float(np.abs(residual).max()) <= ROUNDING * float(np.abs(outcome).max()):
        return NotEstimable(reason="no_variance", n=n, name=name, method=method)
    if group is not None:
        label = np.asarray(group)[kept]
        spread_of = np.zeros(n)
        for one in np.unique(label):
            rows = (label == one) & ~alone
            if rows.any():
                spread_of[rows] = float(np.mean(residual[rows] ** 2 / (1 - leverage[rows])))
        df = max(MIN_DF, min(df, _df_of_groups(target, design, bread, spread_of)))
    return t_comparison(
        estimate=float(beta[coef_index]),
        std_error=math.sqrt(variance),
        df=df,
        name=name,
        method=method,
        ci_level=ci_level,
        n=n,
        n_missing=int((~kept).sum()),
    )


def _df_of_groups(
    target: FloatArray, design: FloatArray, bread: FloatArray, variance: FloatArray
) -> float:
    """Satterthwaite df of HC2 when the rows have these variances.

    The quadratic form is T(I − H)Ω(I − H)T with T = diag(target); written as a diagonal and a
    product of 2k columns, so that no matrix of people × people is made.
    """
    weighted = design * variance[:, None]
    crossed = bread @ design.T @ weighted @ bread
    inner = np.block([[-crossed, bread], [bread, np.zeros_like(bread)]])
    across = np.column_stack([design, weighted]) * target[:, None]
    total, spread = gram_moments(target**2 * variance, across, inner)
    return total**2 / spread if spread > 0 else math.inf


def difference_of_changes(
    samples: tuple[npt.ArrayLike, npt.ArrayLike, npt.ArrayLike, npt.ArrayLike],
    name: str = "did",
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Difference in differences of four independent samples, unequal variances.

    (treated to − treated from) − (comparison to − comparison from), Welch–Satterthwaite df:
    Σv²/… with v = s²/n. Satterthwaite 1946, doi:10.2307/3002019.

    Parameters
    ----------
    samples
        Comparison from, comparison to, treated from, treated to; missing values are left out.
    """
    given = [np.asarray(s, dtype=np.float64) for s in samples]
    kept = [s[np.isfinite(s)] for s in given]
    n = sum(s.size for s in kept)
    method = "welch_satterthwaite"
    if min(s.size for s in kept) < 2:
        return NotEstimable(reason="too_few", n=n, name=name, method=method)
    parts = np.array([sample_variance(s) / s.size for s in kept])
    if parts.sum() <= 0:
        return NotEstimable(reason="no_variance", n=n, name=name, method=method)
    df = float(parts.sum() ** 2 / (parts**2 / np.array([s.size - 1 for s in kept])).sum())
    means = [float(s.mean()) for s in kept]
    return t_comparison(
        estimate=means[3] - means[2] - means[1] + means[0],
        std_error=math.sqrt(float(parts.sum())),
        df=df,
        name=name,
        method=method,
        ci_level=ci_level,
        n=n,
        n_missing=sum(s.size for s in given) - n,
    )


def difference_of_estimates(
    treated: ComparisonLike, comparison: ComparisonLike, name: str, ci_level: float = 0.95
) -> ComparisonLike:
    """Difference of two changes estimated in separate people; Satterthwaite df.

    Parameters
    ----------
    treated, comparison
        A change of each group with its standard error and degrees of freedom.

    References
    ----------
    Satterthwaite 1946, doi:10.2307/3002019.
    """
    sides = (treated, comparison)
    n = sum(one.n for one in sides)
    for one in sides:
        if not isinstance(one, Comparison):
            return NotEstimable(reason=one.reason, n=n, name=name, method=one.method)
        if one.estimate is None or one.std_error is None or one.df is None:
            return NotEstimable(reason="no_data", n=n, name=name, method=one.method)
    variances = [(one.std_error or 0.0) ** 2 for one in sides if isinstance(one, Comparison)]
    df = sum(variances) ** 2 / sum(
        v**2 / (one.df or 1.0)
        for v, one in zip(variances, sides, strict=True)
        if isinstance(one, Comparison)
    )
    estimates = [one.estimate or 0.0 for one in sides if isinstance(one, Comparison)]
    missing = sum(one.n_missing for one in sides if isinstance(one, Comparison))
    return t_comparison(
        estimate=estimates[0] - estimates[1],
        std_error=math.sqrt(sum(variances)),
        df=df,
        name=name,
        method=treated.method,
        ci_level=ci_level,
        n=n,
        n_missing=missing,
    )


def weighted_mean_change(
    change: npt.ArrayLike, weights: npt.ArrayLike, name: str = "weighted_change"
) -> ComparisonLike:
    """Mean change of pairs with weights; linearised standard error, t on n − 1.

    δ = Σwd/Σw; Var = n/(n − 1)·Σ(w(d − δ))²/(Σw)². Kish 1965, *Survey Sampling*.
    """
    d, w = np.asarray(change, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    kept = np.isfinite(d) & np.isfinite(w) & (w > 0)
    d, w = d[kept], w[kept]
    n = int(d.size)
    if n < 2:
        return NotEstimable(reason="too_few", n=n, name=name, method="linearised")
    mean = float(w @ d) / float(w.sum())
    variance = n / (n - 1) * float(((w * (d - mean)) ** 2).sum()) / float(w.sum()) ** 2
    if float(np.ptp(d)) <= ROUNDING * float(np.abs(d).max()):
        return NotEstimable(reason="no_variance", n=n, name=name, method="linearised")
    return t_comparison(
        estimate=mean,
        std_error=math.sqrt(variance),
        df=n - 1.0,
        name=name,
        method="linearised",
        ci_level=0.95,
        n=n,
        n_missing=int((~kept).sum()),
    )

"""Do groups differ? One test first, then each group drawn towards the overall estimate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Comparison, ComparisonLike, NotEstimable, Reason

FloatArray = npt.NDArray[np.float64]


def welch_anova(values: npt.ArrayLike, groups: npt.ArrayLike) -> ComparisonLike:
    """Test equality of group means without assuming equal variances.

    F = Σw(m − m̃)²/(k − 1) / [1 + 2(k − 2)/(k² − 1)·Λ], w = n/s². Welch 1951,
    doi:10.1093/biomet/38.3-4.330. Groups of fewer than two people or without variance are left
    out.

    Parameters
    ----------
    values
        One number per person, no missing ones.
    groups
        Group label per person.

    Returns
    -------
    Comparison or NotEstimable
        Named ``interaction``; ``details``: n_groups, df_within.
    """
    y = np.asarray(values, dtype=np.float64)
    _, place = np.unique(np.asarray(groups, dtype=str), return_inverse=True)
    n = np.bincount(place).astype(np.float64)
    mean = np.bincount(place, y) / np.maximum(n, 1)
    squares = np.bincount(place, (y - mean[place]) ** 2)
    rounding = (1e-12 * float(np.abs(y).max(initial=0.0))) ** 2
    kept = (n > 1) & (squares > rounding * n)
    k = int(kept.sum())
    if k < 2:
        reason: Reason = "too_few" if int((n > 1).sum()) < 2 else "no_variance"
        return NotEstimable(reason=reason, n=y.size, name="interaction", method="welch_anova")
    n, mean, variance = n[kept], mean[kept], squares[kept] / (n[kept] - 1)
    w = n / variance
    centre = float(w @ mean) / float(w.sum())
    lam = float((((1 - w / w.sum()) ** 2) / (n - 1)).sum())
    f = float(w @ (mean - centre) ** 2) / (k - 1) / (1 + 2 * (k - 2) / (k**2 - 1) * lam)
    within = (k**2 - 1) / (3 * lam)
    return Comparison(
        name="interaction",
        statistic=f,
        df=float(k - 1),
        p_value=float(stats.f.sf(f, k - 1, within)),
        n=int(n.sum()),
        n_missing=int(y.size - n.sum()),
        method="welch_anova",
        details={"n_groups": k, "df_within": within},
    )


def heterogeneity(estimates: npt.ArrayLike, std_errors: npt.ArrayLike, n: int) -> ComparisonLike:
    """Test whether independent estimates differ: Q = Σw(δ − δ̃)², χ² on k − 1.

    Cochran 1954, doi:10.2307/3001666.
    """
    e, se = (np.asarray(x, dtype=np.float64) for x in (estimates, std_errors))
    if e.size < 2:
        return NotEstimable(reason="too_few", n=n, name="interaction", method="cochran_q")
    w = 1 / se**2
    q = float(w @ (e - float(w @ e) / float(w.sum())) ** 2)
    return Comparison(
        name="interaction",
        statistic=q,
        df=float(e.size - 1),
        p_value=float(stats.chi2.sf(q, e.size - 1)),
        n=n,
        method="cochran_q",
        details={"n_groups": int(e.size)},
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Shrunken:
    """Group estimates drawn towards their common mean, with posterior standard errors."""

    estimates: FloatArray
    std_errors: FloatArray
    tau2: float


def shrink(estimates: npt.ArrayLike, std_errors: npt.ArrayLike) -> Shrunken:
    """Draw noisy group estimates towards the overall one (empirical Bayes).

    τ² by DerSimonian & Laird 1986, doi:10.1016/0197-2456(86)90046-2; δ* = Bδ̃ + (1 − B)δ with
    B = s²/(s² + τ²); variance (1 − B)s² + B²·Var(δ̃). With τ² = 0 every group is the overall.

    Examples
    --------
    >>> shrink([0.0, 1.0], [1.0, 1.0]).estimates.tolist()
    [0.5, 0.5]
    """
    e, se = (np.asarray(x, dtype=np.float64) for x in (estimates, std_errors))
    w = 1 / se**2
    q = float(w @ (e - float(w @ e) / float(w.sum())) ** 2)
    scale = float(w.sum() - (w**2).sum() / w.sum())
    tau2 = max(0.0, (q - (e.size - 1)) / scale) if scale > 0 else 0.0
    v = 1 / (se**2 + tau2)
    centre = float(v @ e) / float(v.sum())
    pull = se**2 / (se**2 + tau2)
    variance = (1 - pull) * se**2 + pull**2 / float(v.sum())
    return Shrunken(
        estimates=pull * centre + (1 - pull) * e, std_errors=np.sqrt(variance), tau2=tau2
    )

"""How far those without an answer could move a result: bounds that assume little about them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.risk_sets import FloatArray, as_counts


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBounds:
    """Lowest and highest value of a contrast that the data allow.

    Attributes
    ----------
    low, high
        Bounds in score units; None where not possible (then ``reason``).
    n, n_missing
        People behind it, and those of them without an answer.
    method
        ``worst_best`` or ``lee``.
    """

    low: float | None
    high: float | None
    n: int
    n_missing: int
    method: str
    reason: str = ""


def worst_best_bounds(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    low: float,
    high: float,
    counts: npt.ArrayLike | None = None,
) -> ChangeBounds:
    """Bound the mean change of all with a baseline: those lost end at the range's ends.

    Parameters
    ----------
    pre, post
        Scores; ``post`` NaN for those lost.
    low, high
        Declared range of the score.
    counts
        People per row.

    References
    ----------
    Manski 1990, https://www.jstor.org/stable/2006592.
    """
    before, after = np.asarray(pre, dtype=np.float64), np.asarray(post, dtype=np.float64)
    known = np.isfinite(before)
    weight = as_counts(counts, before.size)[known]
    n = round(float(weight.sum()))
    lost = ~np.isfinite(after[known])
    if n == 0:
        return ChangeBounds(
            low=None, high=None, n=0, n_missing=0, method="worst_best", reason="no_data"
        )
    ends = [
        float(weight @ (np.where(lost, end, after[known]) - before[known])) / n
        for end in (low, high)
    ]
    return ChangeBounds(
        low=ends[0],
        high=ends[1],
        n=n,
        n_missing=round(float(weight[lost].sum())),
        method="worst_best",
    )


def lee_bounds(
    values: npt.ArrayLike, treated: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> ChangeBounds:
    """Bound treated minus comparison among those who would always answer (Lee trimming).

    The group that answers more often loses its surplus share, from the top and from the bottom;
    a row at the edge counts in part. Assumes treatment moves answering one way only.

    Parameters
    ----------
    values
        Outcome, NaN for those lost.
    treated
        Whether each person was treated.

    References
    ----------
    Lee 2009, doi:10.1111/j.1467-937X.2009.00536.x.
    """
    y, arm = np.asarray(values, dtype=np.float64), np.asarray(treated, dtype=np.bool_)
    weight, there = as_counts(counts, y.size), np.isfinite(np.asarray(values, dtype=np.float64))
    n, lost = round(float(weight.sum())), round(float(weight[~there].sum()))
    total = [float(weight[arm == side].sum()) for side in (True, False)]
    stayed = [float(weight[(arm == side) & there].sum()) for side in (True, False)]
    if min(stayed) == 0:
        return ChangeBounds(
            low=None, high=None, n=n, n_missing=lost, method="lee", reason="no_data"
        )
    kept = [stayed[0] / total[0], stayed[1] / total[1]]
    ends = [
        [_trimmed(y[m], weight[m], min(kept) / rate, top) for top in (False, True)]
        for rate, m in zip(kept, ((arm & there), (~arm & there)), strict=True)
    ]
    return ChangeBounds(
        low=ends[0][0] - ends[1][1],
        high=ends[0][1] - ends[1][0],
        n=n,
        n_missing=lost,
        method="lee",
    )


def _trimmed(y: FloatArray, weight: FloatArray, share: float, top: bool) -> float:
    """Mean of the lowest (or highest) ``share`` of people."""
    order = np.argsort(-y if top else y, kind="stable")
    sorted_weight = weight[order]
    before = np.cumsum(sorted_weight) - sorted_weight
    taken = np.clip(weight.sum() * share - before, 0, sorted_weight)
    return float(taken @ y[order] / taken.sum())

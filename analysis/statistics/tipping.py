"""How much worse those lost would have to have ended for a result to vanish: delta adjustment.

Multiple imputation takes those lost to be like others with the same known answers. Shifting their
imputed follow-up by a constant δ says what the result would be were they not; the tipping point is
the smallest shift at which the interval reaches zero.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import optimize

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.clusters import cr2_scores
from analysis.statistics.imputation import FilledChanges, pool_estimates

TippingStatus = Literal["reached", "not_reached", "not_clear"]
#: Steps in which a shift is looked for before it is found exactly.
_STEPS = 64
#: Shifts the result is shown at: parts of the way to the end of the scale.
_SHOWN = (0.0, 0.25, 0.5, 0.75, 1.0)


class Imputed(Protocol):
    """Fillings of one change, of scores or of shares, that can be shifted."""

    @property
    def n(self) -> int:
        """People filled."""

    @property
    def n_missing(self) -> int:
        """People left out."""

    @property
    def n_lost(self) -> int:
        """People without a follow-up answer."""

    @property
    def lost_mean(self) -> float:
        """Their mean follow-up over the fillings."""

    @property
    def complete_df(self) -> float:
        """Degrees of freedom had nobody been lost."""

    @property
    def method(self) -> str:
        """Model, number of fillings and seed."""

    def moments(
        self, delta: float = 0.0
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Change and squared error per filling, those lost ending ``delta`` higher."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tipping:
    """Where a result vanishes when those lost ended otherwise than imputed.

    Attributes
    ----------
    status
        ``reached``; ``not_reached``: clear even with the lost at the end of the scale on average;
        ``not_clear``: not clear as imputed, so that nothing can vanish.
    delta
        Shift of the follow-up of those lost at which the interval reaches zero, where it does.
    limit
        Shift that puts those lost at the end of the scale on average; None when ``not_clear``.
    shown
        (δ, the change then) on the way to ``limit``.
    """

    status: TippingStatus
    delta: float | None = None
    limit: float | None = None
    shown: tuple[tuple[float, ComparisonLike], ...] = ()


def shift_lost(imputed: Imputed, delta: float = 0.0, ci_level: float = 0.95) -> ComparisonLike:
    """Change with the imputed follow-up of those lost shifted by ``delta`` (delta adjustment).

    The draws are the same for every ``delta``. van Buuren 2018, *Flexible Imputation of Missing
    Data*, 2nd ed., § 9.2, doi:10.1201/9780429492259.
    """
    return pool_estimates(
        *imputed.moments(delta),
        imputed.complete_df,
        imputed.n,
        n_missing=imputed.n_missing,
        ci_level=ci_level,
        method=imputed.method,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ImputedDifference:
    """Treated minus comparison, each group filled by itself; only the treated lost are shifted."""

    treated: Imputed
    comparison: Imputed

    @property
    def n(self) -> int:
        """People of both groups."""
        return self.treated.n + self.comparison.n

    @property
    def n_missing(self) -> int:
        """People left out of both groups."""
        return self.treated.n_missing + self.comparison.n_missing

    @property
    def n_lost(self) -> int:
        """Treated people without a follow-up answer."""
        return self.treated.n_lost

    @property
    def lost_mean(self) -> float:
        """Mean follow-up of the treated lost."""
        return self.treated.lost_mean

    @property
    def method(self) -> str:
        """Model, number of fillings and seed."""
        return f"{self.treated.method};by_group"

    @property
    def complete_df(self) -> float:
        """Satterthwaite's degrees of freedom of a difference of two means."""
        parts = [
            (float(group.moments()[1].mean()), group.complete_df)
            for group in (self.treated, self.comparison)
        ]
        lower = sum(v**2 / df for v, df in parts)
        return sum(v for v, _ in parts) ** 2 / lower if lower > 0 else self.n - 2.0

    def moments(
        self, delta: float = 0.0
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Difference of the changes and its squared error per filling."""
        means, squares = self.treated.moments(delta)
        others, other_squares = self.comparison.moments()
        return means - others, squares + other_squares


@dataclass(frozen=True, slots=True, kw_only=True)
class ImputedClusters:
    """Treated minus comparison with errors by cluster (CR2); only the treated lost are shifted.

    Attributes
    ----------
    estimates, scores
        Difference of each filling, and what each cluster adds to its error (clusters × fillings).
    lost_share, lost_scores
        The same of being a treated person lost: what a shift of one point does to them.
    complete_df
        Satterthwaite's degrees of freedom of the clusters.

    Notes
    -----
    The difference and the clusters' scores are linear in the shift, so that the squared error is
    quadratic in it and every shift is exact. The fillings know of no clusters; what those filled
    take from the spread between clusters leaves 6 % of differences clear that are none, with half
    of all people lost and a tenth to a fifth of the variance between 8 to 20 clusters.
    """

    estimates: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float64]
    lost_share: float
    lost_scores: npt.NDArray[np.float64]
    complete_df: float
    n: int
    n_missing: int
    n_lost: int
    lost_mean: float
    method: str

    def moments(
        self, delta: float = 0.0
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Difference of the changes and its squared error per filling."""
        scores = self.scores + delta * self.lost_scores[:, None]
        return self.estimates + delta * self.lost_share, (scores**2).sum(axis=0)


def impute_clusters(
    treated: FilledChanges, comparison: FilledChanges, clusters: tuple[npt.ArrayLike, npt.ArrayLike]
) -> ImputedClusters | NotEstimable:
    """Compare two groups, each filled by itself, with errors by cluster.

    Parameters
    ----------
    treated, comparison
        Fillings of each group.
    clusters
        Cluster of each person of either group as filled; people whose cluster is not known (None)
        are left out.

    Returns
    -------
    ImputedClusters or NotEstimable
        ``not_identified`` with fewer than two clusters in a group, ``too_few`` below five in all.
    """
    sides = (treated, comparison)
    known = [~pd.isna(np.asarray(one, dtype=object)) for one in clusters]
    labels = [np.asarray(c, dtype=object)[k] for c, k in zip(clusters, known, strict=True)]
    n = sum(one.size for one in labels)
    details = {
        "n_treated_clusters": len(set(labels[0])),
        "n_comparison_clusters": len(set(labels[1])),
    }
    name = "did_multiple_imputation"
    if min(details.values()) < 2:
        return NotEstimable(reason="not_identified", n=n, name=name, details=details)
    lost = [one.lost[k] for one, k in zip(sides, known, strict=True)]
    changes = [one.changes[:, k] for one, k in zip(sides, known, strict=True)]
    arm = np.repeat([1.0, 0.0], [one.size for one in labels])
    shifted = np.concatenate([lost[0], np.zeros(lost[1].size)])
    found = cr2_scores(
        np.vstack([*np.concatenate(changes, axis=1), shifted]).T,
        np.column_stack([np.ones(n), arm]),
        np.concatenate(labels),
        1,
    )
    if isinstance(found, NotEstimable):
        return replace(found, name=name, details=details)
    return ImputedClusters(
        estimates=found.estimates[:-1],
        scores=found.scores[:, :-1],
        lost_share=float(found.estimates[-1]),
        lost_scores=found.scores[:, -1],
        complete_df=found.df,
        n=n,
        n_missing=sum(int((~one).sum()) for one in known),
        n_lost=int(lost[0].sum()),
        lost_mean=treated.lost_mean,
        method=f"{treated.method};by_group;cr2",
    )


def find_tipping_point(
    shifted: Callable[[float], ComparisonLike], lost_mean: float, low: float, high: float
) -> Tipping:
    """Find the smallest shift of those lost at which a clear change is clear no more.

    Parameters
    ----------
    shifted
        Gives the change when those lost end that much higher; see :func:`shift_lost`.
    lost_mean
        Their mean follow-up as imputed.
    low, high
        Ends of the scale.

    Notes
    -----
    Looked for from zero outwards, against the direction of the change, until those lost would on
    average sit at the end of the scale; the first crossing is found by Brent's method. The limit of
    the interval need not fall evenly: a small shift can narrow the spread before it moves the mean.

    Examples
    --------
    >>> from analysis.statistics.imputation import impute_scores
    >>> pre = [2.0, 3, 4, 3, 2, 4, 3, 2, 3, 4, 3, 2]
    >>> post = [3.0, 4, 5, 3, 3, 4, 4, 3, 4, 5, float("nan"), float("nan")]
    >>> imputed = impute_scores(pre, post)
    >>> found = find_tipping_point(lambda d: shift_lost(imputed, d), imputed.lost_mean, 1, 5)
    >>> found.status, -3.0 < found.delta < -1.0
    ('reached', True)
    """
    start = shifted(0.0)
    if not isinstance(start, Comparison) or start.ci_low is None or start.ci_high is None:
        return Tipping(status="not_clear")
    if start.ci_low <= 0.0 <= start.ci_high:
        return Tipping(status="not_clear")
    rising = start.ci_low > 0.0
    # Drawn scores may lie beyond the scale, their mean hardly ever: then there is no way to go.
    limit = min(low - lost_mean, 0.0) if rising else max(high - lost_mean, 0.0)

    def distance(delta: float) -> float:
        """How far the interval is from zero; below 0 once it holds it."""
        found = shifted(delta)
        if isinstance(found, NotEstimable):
            # No error can be given there: nothing clear is left either.
            return -1.0
        return float((found.ci_low if rising else -(found.ci_high or 0.0)) or 0.0)

    shown = tuple((limit * part, shifted(limit * part)) for part in _SHOWN)
    before = 0.0
    for step in np.linspace(0.0, limit, _STEPS + 1)[1:].tolist():
        if distance(step) <= 0.0:
            delta = float(optimize.brentq(distance, before, step, xtol=1e-10))
            return Tipping(status="reached", delta=delta, limit=limit, shown=shown)
        before = step
    return Tipping(status="not_reached", limit=limit, shown=shown)

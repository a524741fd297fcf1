"""Groups of people compared on how long they stay: log-rank and restricted means."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Comparison, ComparisonLike, Estimate, NotEstimable
from analysis.statistics.risk_sets import (
    FloatArray,
    Spells,
    safe_divide,
    totals_at_risk,
    usable_spells,
)
from analysis.statistics.survival_curve import carry_reason, curve_of, rmst

_SINGULAR = 1e12
"""Condition number above which a covariance of groups counts as singular."""


def rmst_difference(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    horizon: float,
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
    reference: Any = None,  # noqa: ANN401
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Compare mean time served up to a horizon between two groups: holds when curves cross.

    Difference of two areas, second minus first in sorted order or other minus ``reference``;
    variances add; normal interval and p-value.

    Returns
    -------
    Comparison or NotEstimable
        Days. ``not_identified`` unless there are exactly two groups.

    References
    ----------
    Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.
    """
    spells, labels, codes = _by_group(duration, event, group, entry, counts)
    if len(labels) != 2:
        return NotEstimable(reason="not_identified", n=spells.n, name="rmst_difference")
    base = labels.index(reference) if reference in labels else 0
    each = [rmst(curve_of(_only(spells, codes == g), ci_level), horizon) for g in (base, 1 - base)]
    missing = next((e for e in each if isinstance(e, NotEstimable)), None)
    if missing is not None:
        return carry_reason(missing, "rmst_difference")
    shown = [e for e in each if isinstance(e, Estimate)]
    return _difference(shown[0], shown[1], spells, horizon, str(labels[base]))


def _difference(
    first: Estimate, second: Estimate, spells: Spells, horizon: float, reference: str
) -> ComparisonLike:
    std_error = float(np.hypot(first.std_error or 0.0, second.std_error or 0.0))
    if std_error == 0:
        return NotEstimable(reason="no_variance", n=spells.n, name="rmst_difference")
    change = second.estimate - first.estimate
    half = float(stats.norm.ppf((1 + first.ci_level) / 2)) * std_error
    return Comparison(
        name="rmst_difference",
        estimate=change,
        std_error=std_error,
        ci_low=change - half,
        ci_high=change + half,
        ci_level=first.ci_level,
        statistic=change / std_error,
        p_value=float(2 * stats.norm.sf(abs(change / std_error))),
        n=spells.n,
        n_missing=spells.n_missing,
        method="difference_of_areas_greenwood",
        details={"horizon": horizon, "reference": reference, "n_groups": (first.n, second.n)},
    )


def _only(spells: Spells, chosen: npt.NDArray[np.bool_]) -> Spells:
    return Spells(
        duration=spells.duration[chosen],
        entry=spells.entry[chosen],
        cause=spells.cause[chosen],
        counts=spells.counts[chosen],
        kept=chosen,
        n=round(float(spells.counts[chosen].sum())),
        n_missing=0,
    )


def _by_group(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    entry: npt.ArrayLike | None,
    counts: npt.ArrayLike | None,
) -> tuple[Spells, list[Any], npt.NDArray[np.intp]]:
    given = np.asarray(group, dtype=object)
    # a missing label is None or unequal to itself (NaN, NaT)
    known = np.array([bool(g is not None and g == g) for g in given], dtype=np.bool_)
    spells = usable_spells(duration, np.asarray(event, dtype=np.bool_), entry, counts, known)
    labels = sorted(set(given[spells.kept].tolist()))
    place = {label: index for index, label in enumerate(labels)}
    codes = np.array([place[g] for g in given[spells.kept].tolist()], dtype=np.intp)
    return spells, labels, codes


def logrank(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    group: npt.ArrayLike,
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
) -> ComparisonLike:
    """Test whether two or more groups leave at the same pace (log-rank).

    χ² = (O − E)ᵀ V⁻¹ (O − E), V the hypergeometric covariance of the groups with somebody at
    risk when a person leaves, the last of them left out; df = number of those groups − 1. Weak
    when curves cross: see :func:`rmst_difference`. ``details`` holds observed and expected
    leavers per group.

    Returns
    -------
    Comparison or NotEstimable
        ``too_few`` without events in the presence of two groups; ``not_identified`` with one
        group, or groups that are never at risk together.

    References
    ----------
    Peto & Peto 1972, doi:10.2307/2344317.
    """
    spells, labels, codes = _by_group(duration, event, group, entry, counts)
    if len(labels) < 2:
        return NotEstimable(reason="not_identified", n=spells.n, name="logrank")
    observed, expected, covariance = _logrank_parts(spells, codes, len(labels))
    # The covariance of all groups is singular (its rows add to 0), and rounding hides that from
    # a numerical rank: with one group left out the system is regular, as in R's survdiff.
    compared = np.flatnonzero(expected > 0)[:-1]
    if compared.size == 0:
        return NotEstimable(reason="too_few", n=spells.n, name="logrank")
    system = covariance[np.ix_(compared, compared)]
    # Groups that are never at risk together (left truncation) cannot be compared.
    if not np.linalg.cond(system) < _SINGULAR:
        return NotEstimable(reason="not_identified", n=spells.n, name="logrank")
    gap = (observed - expected)[compared]
    statistic, df = float(gap @ np.linalg.solve(system, gap)), compared.size
    return Comparison(
        name="logrank",
        statistic=statistic,
        df=float(df),
        p_value=float(stats.chi2.sf(statistic, df)),
        n=spells.n,
        n_missing=spells.n_missing,
        method="logrank_hypergeometric",
        details={
            "groups": tuple(str(label) for label in labels),
            "observed": tuple(observed.tolist()),
            "expected": tuple(expected.tolist()),
        },
    )


def _logrank_parts(
    spells: Spells, codes: npt.NDArray[np.intp], n_groups: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    member = (codes[:, None] == np.arange(n_groups)) * spells.counts[:, None]
    left = spells.cause != 0
    time, row = np.unique(spells.duration[left], return_inverse=True)
    events = np.zeros((time.size, n_groups))
    np.add.at(events, row, member[left])
    at_risk = totals_at_risk(spells, time, member)
    n, d = at_risk.sum(axis=1), events.sum(axis=1)
    share = safe_divide(at_risk, n[:, None])
    spread = d * safe_divide(n - d, np.maximum(n - 1, 0))
    covariance = np.diag(spread @ share) - (share * spread[:, None]).T @ share
    return events.sum(axis=0), d @ share, covariance

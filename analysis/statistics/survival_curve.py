"""The Kaplan–Meier curve and what is read off it: shares, median, restricted mean."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Curve, Estimate, EstimateLike, NotEstimable, Reason
from analysis.statistics.risk_sets import FloatArray, Spells, risk_table, safe_divide, usable_spells

CurveLike: TypeAlias = Curve | NotEstimable
_KM = "kaplan_meier_loglog"


def kaplan_meier(
    duration: npt.ArrayLike,
    event: npt.ArrayLike,
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
    ci_level: float = 0.95,
) -> CurveLike:
    """Estimate the share still serving at each time (Kaplan–Meier).

    S(t) = Π (1 − d/n) over times up to t; Var log S = Σ d/(n(n−d)) (Greenwood); limits are
    ``S ** exp(±z·se(log S)/log S)`` (log–log), which stay within 0–1. Once S is 0 the lower
    limit is 0 and the upper keeps its last value.

    Parameters
    ----------
    duration
        Days to leaving or censoring; rows with none, a negative one, or ``entry >= duration``
        count as missing.
    event
        Whether the person left (True) or is still there (False).
    entry
        Days from joining to the start of the register (left truncation); None when all are seen
        from the start.
    counts
        People per row.
    ci_level
        Coverage of the pointwise limits.

    Returns
    -------
    Curve or NotEstimable
        One point per distinct time, the first at 0. ``no_data`` without a usable spell.

    References
    ----------
    Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452; Kalbfleisch & Prentice 2002,
    doi:10.1002/9781118032985.

    Examples
    --------
    >>> curve = kaplan_meier([6, 6, 6, 6, 7], [True, True, True, False, True])
    >>> [round(share, 3) for share in curve.survival]
    [1.0, 0.4, 0.0]
    """
    spells = usable_spells(duration, np.asarray(event, dtype=np.bool_), entry, counts)
    if spells.n == 0:
        return NotEstimable(reason="no_data", method=_KM)
    return curve_of(spells, ci_level)


def curve_of(spells: Spells, ci_level: float) -> Curve:
    """Estimate the curve of spells already cleaned; as :func:`kaplan_meier`."""
    table = risk_table(spells)
    survival: FloatArray = np.cumprod(
        1.0 - safe_divide(table.events, table.at_risk), dtype=np.float64
    )
    low, high = _loglog_limits(survival, _hazard_variance(table.at_risk, table.events), ci_level)
    return Curve(
        time_days=tuple(table.time.tolist()),
        at_risk=tuple(table.at_risk.tolist()),
        events=tuple(table.events.tolist()),
        censored=tuple(table.censored.tolist()),
        survival=tuple(survival.tolist()),
        ci_low=tuple(low.tolist()),
        ci_high=tuple(high.tolist()),
        ci_level=ci_level,
        n=spells.n,
        n_missing=spells.n_missing,
        method=_KM,
    )


def _hazard_variance(at_risk: FloatArray, events: FloatArray) -> FloatArray:
    return safe_divide(events, at_risk * (at_risk - events))


def _loglog_limits(
    survival: FloatArray, variance: FloatArray, ci_level: float
) -> tuple[FloatArray, FloatArray]:
    z = float(stats.norm.ppf((1 + ci_level) / 2))
    inside = (survival > 0) & (survival < 1)
    log_survival = np.log(np.where(inside, survival, 0.5))
    shift = np.exp(z * np.sqrt(np.cumsum(variance)) / np.abs(log_survival))
    low = np.where(inside, np.exp(log_survival * shift), survival)
    high = np.where(inside, np.exp(log_survival / shift), 1.0)
    return low, _keep_last(high, survival > 0)


def _keep_last(values: FloatArray, known: npt.NDArray[np.bool_]) -> FloatArray:
    if not bool(known.any()):
        return np.ones_like(values)
    last = np.maximum.accumulate(np.where(known, np.arange(values.size), 0))
    return np.asarray(np.where(known[last], values[last], 1.0))


def survival_at(curve: CurveLike, time_days: float) -> EstimateLike:
    """Read the share still serving at a time off a curve, with its log–log interval.

    Parameters
    ----------
    curve
        From :func:`kaplan_meier`, or from :func:`cumulative_incidence` (then without
        ``std_error``).
    time_days
        Days from joining.

    Returns
    -------
    Estimate or NotEstimable
        ``std_error`` is Greenwood's. ``not_reached`` beyond the last observed time (unless
        nobody remained), ``too_few`` with fewer than two people.
    """
    if isinstance(curve, NotEstimable):
        return carry_reason(curve, "survival_at")
    if curve.n < 2:
        return _none("too_few", curve, "survival_at")
    nobody_left = curve.method == _KM and curve.survival[-1] == 0
    if time_days > curve.time_days[-1] and not nobody_left:
        return _none("not_reached", curve, "survival_at", last_day=curve.time_days[-1])
    index = int(np.searchsorted(curve.time_days, time_days, side="right")) - 1
    if index < 0:
        return _none("not_identified", curve, "survival_at")
    return Estimate(
        estimate=curve.survival[index],
        ci_low=curve.ci_low[index],
        ci_high=curve.ci_high[index],
        ci_level=curve.ci_level,
        std_error=_greenwood_at(curve, index),
        n=curve.n,
        n_missing=curve.n_missing,
        method=curve.method,
        name="survival_at",
    )


def _greenwood_at(curve: Curve, index: int) -> float | None:
    if curve.method != _KM:
        return None
    variance = _hazard_variance(np.asarray(curve.at_risk), np.asarray(curve.events))
    return curve.survival[index] * float(np.sqrt(variance[: index + 1].sum()))


def _none(reason: Reason, curve: Curve, name: str, **details: Any) -> NotEstimable:  # noqa: ANN401
    return NotEstimable(reason=reason, n=curve.n, method=curve.method, name=name, details=details)


def carry_reason(missing: NotEstimable, name: str) -> NotEstimable:
    """Carry a reason over to another quantity."""
    return NotEstimable(
        reason=missing.reason,
        n=missing.n,
        method=missing.method,
        name=name,
        details=missing.details,
    )


def median_time(curve: CurveLike) -> EstimateLike:
    """Estimate the time by which half have left.

    The first time at which the curve is at or below .5 (the middle of the step where it equals
    .5), with the limits where the log–log band crosses .5.

    Returns
    -------
    Estimate or NotEstimable
        Days; ``ci_high`` None when the upper band never reaches .5; ``not_reached`` when the
        curve does not.

    References
    ----------
    Brookmeyer & Crowley 1982, doi:10.2307/2530286.
    """
    if isinstance(curve, NotEstimable):
        return carry_reason(curve, "median_time")
    median = _crossing(curve, curve.survival)
    if median is None:
        return _none("not_reached", curve, "median_time", last_day=curve.time_days[-1])
    return Estimate(
        estimate=median,
        ci_low=_crossing(curve, curve.ci_low),
        ci_high=_crossing(curve, curve.ci_high),
        ci_level=curve.ci_level,
        n=curve.n,
        n_missing=curve.n_missing,
        method="brookmeyer_crowley_loglog",
        name="median_time",
    )


def _crossing(curve: Curve, share: tuple[float, ...], level: float = 0.5) -> float | None:
    values = np.asarray(share)
    reached = np.flatnonzero(values <= level + 1e-12)
    if reached.size == 0:
        return None
    first = curve.time_days[int(reached[0])]
    below = np.flatnonzero(values < level - 1e-12)
    if below.size == 0 or below[0] == reached[0]:
        return first
    return (first + curve.time_days[int(below[0])]) / 2


def rmst(curve: CurveLike, horizon: float) -> EstimateLike:
    """Estimate the mean time served up to a horizon: the area under the curve.

    Var = Σ A(t)²·d/(n(n−d)), A(t) the area from t to the horizon (Greenwood); normal interval,
    kept within 0 and the horizon.

    Parameters
    ----------
    curve
        From :func:`kaplan_meier`.
    horizon
        Days; beyond the last observed time the area is unknown (``not_reached``).

    References
    ----------
    Royston & Parmar 2013, doi:10.1186/1471-2288-13-152.

    Examples
    --------
    >>> rmst(kaplan_meier([1, 2, 3, 4], [True, True, True, True]), 4).estimate
    2.5
    """
    if isinstance(curve, NotEstimable):
        return carry_reason(curve, "rmst")
    if curve.n < 2:
        return _none("too_few", curve, "rmst")
    if horizon <= 0 or (horizon > curve.time_days[-1] and curve.survival[-1] > 0):
        return _none("not_reached", curve, "rmst", horizon=horizon, last_day=curve.time_days[-1])
    area, std_error = _area(curve, horizon)
    half = float(stats.norm.ppf((1 + curve.ci_level) / 2)) * std_error
    return Estimate(
        estimate=area,
        ci_low=max(0.0, area - half),
        ci_high=min(horizon, area + half),
        ci_level=curve.ci_level,
        std_error=std_error,
        n=curve.n,
        n_missing=curve.n_missing,
        method="area_under_kaplan_meier_greenwood",
        name="rmst",
    )


def _area(curve: Curve, horizon: float) -> tuple[float, float]:
    time = np.minimum(np.asarray(curve.time_days), horizon)
    pieces = np.diff(np.append(time, horizon)) * np.asarray(curve.survival)
    area_after = pieces[::-1].cumsum()[::-1]
    variance = _hazard_variance(np.asarray(curve.at_risk), np.asarray(curve.events))
    variance = np.where(np.asarray(curve.time_days) <= horizon, variance, 0.0)
    return float(area_after[0]), float(np.sqrt(np.sum(area_after**2 * variance)))

"""Incidence by cause (Aalen–Johansen) and repeated events (mean cumulative function)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Curve, NotEstimable
from analysis.statistics.risk_sets import (
    FloatArray,
    RiskTable,
    group_sums,
    risk_table,
    safe_divide,
    usable_spells,
)

_AJ = "aalen_johansen_loglog"


def cumulative_incidence(
    duration: npt.ArrayLike,
    cause: npt.ArrayLike,
    cause_code: int,
    counts: npt.ArrayLike | None = None,
    ci_level: float = 0.95,
) -> Curve | NotEstimable:
    """Estimate the share who left for one cause, others leaving for other causes meanwhile.

    F(t) = Σ S(t−)·d_k/n (Aalen–Johansen). One minus Kaplan–Meier, which treats other causes as
    censoring, overstates it. Variance by the delta method; limits ``F ** exp(±z·se/(F·log F))``.

    Parameters
    ----------
    duration
        Days to leaving or censoring.
    cause
        0 censored, otherwise the code of the cause.
    cause_code
        The cause wanted.
    counts
        People per row.

    Returns
    -------
    Curve or NotEstimable
        ``survival`` holds the incidence, ``events`` those of this cause, ``censored`` all other
        exits.

    References
    ----------
    Aalen & Johansen 1978, https://www.jstor.org/stable/4615704; Marubini & Valsecchi 1995, §10.
    """
    spells = usable_spells(duration, cause, None, counts)
    if spells.n == 0:
        return NotEstimable(reason="no_data", method=_AJ)
    table = risk_table(spells)
    chosen = spells.cause == cause_code
    row = np.searchsorted(table.time, spells.duration[chosen])
    events = group_sums(row, spells.counts[chosen], table.time.size)
    incidence, variance = _aalen_johansen(table, events)
    low, high = _limits(incidence, np.sqrt(np.maximum(variance, 0.0)), ci_level)
    return Curve(
        time_days=tuple(table.time.tolist()),
        at_risk=tuple(table.at_risk.tolist()),
        events=tuple(events.tolist()),
        censored=tuple((table.events + table.censored - events).tolist()),
        survival=tuple(incidence.tolist()),
        ci_low=tuple(low.tolist()),
        ci_high=tuple(high.tolist()),
        ci_level=ci_level,
        n=spells.n,
        n_missing=spells.n_missing,
        method=_AJ,
    )


def _aalen_johansen(table: RiskTable, events: FloatArray) -> tuple[FloatArray, FloatArray]:
    n, d = table.at_risk, table.events
    survival = np.cumprod(1 - safe_divide(d, n))
    before = np.concatenate([[1.0], survival[:-1]])
    incidence = np.cumsum(before * safe_divide(events, n))
    hazard = safe_divide(d, n * (n - d))
    squared = np.cumsum(hazard)
    mixed, own = np.cumsum(hazard * incidence), np.cumsum(hazard * incidence**2)
    spread = incidence**2 * squared - 2 * incidence * mixed + own
    jump = np.cumsum(before**2 * events * safe_divide(n - events, n**3))
    tie = before * safe_divide(events, n**2)
    covariance = incidence * np.cumsum(tie) - np.cumsum(tie * incidence)
    return incidence, spread + jump - 2 * covariance


def _limits(
    incidence: FloatArray, std_error: FloatArray, ci_level: float
) -> tuple[FloatArray, FloatArray]:
    z = float(stats.norm.ppf((1 + ci_level) / 2))
    inside = (incidence > 0) & (incidence < 1 - 1e-12)
    share = np.where(inside, incidence, 0.5)
    shift = np.exp(z * std_error / (share * np.abs(np.log(share))))
    low = np.where(inside, share**shift, incidence)
    high = np.where(inside, share ** (1 / shift), incidence)
    return low, high


def mean_cumulative_function(
    event_times: Sequence[npt.ArrayLike] | npt.ArrayLike,
    end_of_observation: npt.ArrayLike,
    person: npt.ArrayLike | None = None,
    ci_level: float = 0.95,
) -> tuple[tuple[float, float, float, float], ...]:
    """Estimate the mean number of events per person by each time (repeated events).

    M(t) = Σ d(t)/n(t) over event times, n those still observed; robust variance over persons;
    limits ``M·exp(±z·se/M)``. Events after a person's end of observation are left out.

    Parameters
    ----------
    event_times
        One array of days per person, or, with ``person``, one flat array.
    end_of_observation
        Days observed, one per person.
    person
        For flat times: index of the person, 0 to number of persons − 1.

    Returns
    -------
    tuple of (time_days, mean, ci_low, ci_high)
        From (0, 0, 0, 0); empty without persons.

    References
    ----------
    Nelson 1995, doi:10.1080/00401706.1995.10484300; Lawless & Nadeau 1995,
    doi:10.1080/00401706.1995.10484299.

    Examples
    --------
    >>> [(t, m) for t, m, _, _ in mean_cumulative_function([[5.0], [5.0, 8.0]], [10.0, 10.0])]
    [(0.0, 0.0), (5.0, 1.0), (8.0, 1.5)]
    """
    end = np.asarray(end_of_observation, dtype=np.float64)
    if end.size == 0:
        return ()
    time_of, who = _flat(event_times, person)
    used = np.isfinite(time_of) & (time_of >= 0) & (time_of <= end[who])
    time, row = np.unique(time_of[used], return_inverse=True)
    at_risk = end.size - np.searchsorted(np.sort(end), time, side="left").astype(np.float64)
    mean = np.cumsum(np.bincount(row, minlength=time.size) / at_risk)
    std_error = np.sqrt(_robust_variance(time, row, who[used], end, at_risk))
    shift = np.exp(float(stats.norm.ppf((1 + ci_level) / 2)) * std_error / mean)
    rows = np.column_stack([time, mean, mean / shift, mean * shift])
    return ((0.0, 0.0, 0.0, 0.0), *((t, m, lo, hi) for t, m, lo, hi in rows.tolist()))


def _flat(
    event_times: Sequence[npt.ArrayLike] | npt.ArrayLike, person: npt.ArrayLike | None
) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    if person is not None:
        return np.asarray(event_times, dtype=np.float64), np.asarray(person, dtype=np.intp)
    each = [np.asarray(times, dtype=np.float64) for times in event_times]  # type: ignore[union-attr]
    who = np.repeat(np.arange(len(each)), [times.size for times in each])
    return np.concatenate(each), who


def _robust_variance(
    time: FloatArray,
    row: npt.NDArray[np.intp],
    who: npt.NDArray[np.intp],
    end: FloatArray,
    at_risk: FloatArray,
) -> FloatArray:
    """Σ over persons of (Σ own events minus mean events, over n) squared, persons in blocks."""
    rate = np.bincount(row, minlength=time.size) / at_risk
    block = max(1, 2_000_000 // max(time.size, 1))
    order = np.argsort(who, kind="stable")
    row, who = row[order], who[order]
    total = np.zeros(time.size)
    for start in range(0, end.size, block):
        persons = np.arange(start, min(start + block, end.size))
        observed = end[persons][:, None] >= time
        first, last = np.searchsorted(who, [persons[0], persons[-1] + 1])
        own = np.zeros(observed.shape)
        np.add.at(own, (who[first:last] - start, row[first:last]), 1.0)
        total += ((observed * (own - rate) / at_risk).cumsum(axis=1) ** 2).sum(axis=0)
    return total

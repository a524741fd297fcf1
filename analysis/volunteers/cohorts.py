"""The team month by month, and each intake quarter by quarter."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.volunteers.results import Cohort, Month
from analysis.volunteers.spells import FloatArray, IntArray, Stints, Team, days_of

MAX_PERIODS = 12


def month_of(day: FloatArray) -> IntArray:
    """Number the calendar months of finite day numbers: 0 = January 1970."""
    return day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_label(month: int) -> str:
    """Write a month number as ``2026-03``."""
    return f"{1970 + month // 12}-{month % 12 + 1:02d}"


def last_day_of(month: IntArray) -> FloatArray:
    """Give the day number of the last day of each month."""
    following = (month + 1).astype("datetime64[M]").astype("datetime64[D]")
    return following.astype(np.int64).astype(np.float64) - 1


def count_months(team: Team, stints: Stints, service: pd.DataFrame | None) -> tuple[Month, ...]:
    """Count active, new, returning and lapsed people in each calendar month, in order.

    With a service log a person is active in a month with a presence; without one, while on the
    roster. New: the first stint starts; returning: a later one does; lapsed: a stint has ended
    (the lapse window has closed, or the recorded leaving has passed). The last month is cut at
    the end of observation.
    """
    low, high = month_of(np.array([team.opened, team.until]))
    months = np.arange(low, high + 1)
    active, again = _active_by_month(team, stints, months)
    ends = np.minimum(last_day_of(months), team.until)
    opened, back = stints.start[~stints.again], stints.start[stints.again]
    closed = stints.stop[np.isfinite(stints.stop)]
    new = _by_month(opened[opened >= team.opened], months)
    returning, lapsed = _by_month(back, months), _by_month(closed, months)
    starts, stops = np.sort(stints.start), np.sort(stints.stop)
    team_size = np.searchsorted(starts, ends, "right") - np.searchsorted(stops, ends, "right")
    hours = _hours_by_month(service, team, months)
    return tuple(
        Month(
            month=month_label(int(month)),
            active=int(active[i]),
            new=int(new[i]),
            returning=int(returning[i]),
            lapsed=int(lapsed[i]),
            hours=None if hours is None else float(hours[i]),
            retention=float(again[i] / active[i - 1]) if i and active[i - 1] else None,
            team=int(team_size[i]),
        )
        for i, month in enumerate(months)
    )


def _by_month(days: FloatArray, months: IntArray) -> IntArray:
    inside = month_of(days) - months[0]
    inside = inside[(inside >= 0) & (inside < months.size)]
    return np.bincount(inside, minlength=months.size)


def _active_by_month(team: Team, stints: Stints, months: IntArray) -> tuple[IntArray, IntArray]:
    """People active in each month, and those of them active the month before."""
    if team.lapse_after is None:
        return _on_roster_by_month(stints, months)
    pairs = np.unique(team.person * 100_000 + month_of(team.day))
    person, month = pairs // 100_000, pairs % 100_000 - months[0]
    follows = np.zeros(pairs.size, dtype=np.bool_)
    follows[1:] = (np.diff(person) == 0) & (np.diff(month) == 1)
    inside = (month >= 0) & (month < months.size)
    active = np.bincount(month[inside], minlength=months.size)
    return active, np.bincount(month[inside & follows], minlength=months.size)


def _on_roster_by_month(stints: Stints, months: IntArray) -> tuple[IntArray, IntArray]:
    first = month_of(stints.start) - months[0]
    stop = np.where(np.isfinite(stints.stop), stints.stop, 0.0)
    last = np.where(np.isfinite(stints.stop), month_of(stop) - months[0], months.size - 1)
    entered = np.cumsum(np.bincount(first, minlength=months.size)[: months.size])
    gone = np.bincount(last + 1, minlength=months.size + 1)[: months.size]
    active = entered - np.cumsum(gone)
    return active, active - np.bincount(first, minlength=months.size)[: months.size]


def _hours_by_month(
    service: pd.DataFrame | None, team: Team, months: IntArray
) -> FloatArray | None:
    if service is None or "hours" not in service:
        return None
    day = days_of(service["date"])
    hours = service["hours"].to_numpy(dtype=np.float64)
    kept = np.isfinite(day) & np.isfinite(hours) & (day <= team.until)
    if "attended" in service:
        kept &= service["attended"].fillna(True).to_numpy(dtype=np.bool_)
    month = month_of(day[kept]) - months[0]
    total = np.bincount(np.maximum(month, 0), weights=hours[kept], minlength=months.size)
    return np.asarray(total, dtype=np.float64)


def list_cohorts(team: Team) -> tuple[Cohort, ...]:
    """List the intake of each quarter with the share active in each quarter after it.

    Active: present at least once in that calendar quarter (on the roster, without a log). A
    quarter that had not ended when observation did is not yet known.
    """
    intake = month_of(team.start) // 3
    final = int(month_of(np.array([team.until + 1]))[0] // 3)
    active = _active_by_quarter(team)
    return tuple(
        _cohort(int(quarter), np.flatnonzero(intake == quarter).size, active, final)
        for quarter in np.unique(intake)
    )


def active_quarters(team: Team) -> tuple[IntArray, IntArray, IntArray]:
    """Give each (person, quarter) in which somebody was active, and everybody's intake quarter."""
    intake = month_of(team.start) // 3
    final = int(month_of(np.array([team.until + 1]))[0] // 3)
    if team.lapse_after is not None:
        pairs = np.unique(team.person * 100_000 + month_of(team.day) // 3)
        return pairs // 100_000, pairs % 100_000, intake
    return *_roster_quarters(team, intake, final), intake


def _active_by_quarter(team: Team) -> pd.Series:
    """Count people by (intake quarter, quarters later)."""
    person, quarter, intake = active_quarters(team)
    return (
        pd.Series(1, index=range(person.size))
        .groupby([intake[person], quarter - intake[person]])
        .sum()
    )


def _roster_quarters(
    team: Team, intake: IntArray, final: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    left = np.where(np.isfinite(team.left), team.left, team.until)
    length = np.maximum(month_of(left) // 3 - intake, 0) + 1
    person = np.repeat(np.arange(team.n), length)
    offset = np.arange(person.size) - np.repeat(np.cumsum(length) - length, length)
    return person, np.minimum(intake[person] + offset, final)


def _cohort(quarter: int, n: int, active: pd.Series, final: int) -> Cohort:
    told: list[tuple[int, int | None, float | None]] = []
    for k in range(1, min(MAX_PERIODS, max(final - quarter, 1)) + 1):
        if quarter + k >= final:
            told.append((k, None, None))
            continue
        still = int(active.get((quarter, k), 0))
        told.append((k, still, still / n))
    year, number = 1970 + quarter // 4, quarter % 4 + 1
    return Cohort(label=f"{year}-Q{number}", n=n, active=tuple(told))

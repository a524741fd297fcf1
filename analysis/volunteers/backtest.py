"""Held against what came: the outlook made at earlier months' ends, knowing only the data then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from analysis.volunteers.cohorts import last_day_of, month_label, month_of
from analysis.volunteers.outlook import MIN_DAYS, MONTHS, estimate_outlook
from analysis.volunteers.results import OutlookCheck, OutlookChoice, OutlookPoint
from analysis.volunteers.spells import NEVER, Stints, Team, active_on, derive_stints

ORIGINS = 12
DRAWS = 500


def cut_team(team: Team, day: float) -> Team:
    """Return the team as known on a day: later presences, joinings and leavings are held back.

    A recorded leaving that later service contradicts stays set aside.
    """
    known = team.start <= day
    renumber = np.cumsum(known) - 1
    seen = known[team.person] & (team.day <= day)
    person, days = renumber[team.person[seen]], team.day[seen]
    last = team.start[known].copy()
    np.maximum.at(last, person, days)
    left = team.left[known]
    return replace(
        team,
        ids=team.ids[known],
        start=team.start[known],
        last=last,
        left=np.where(left > day, NEVER, left),
        reason=team.reason[known],
        person=person.astype(np.int64),
        day=days,
        until=day,
        roster=team.roster[known],
    )


def backtest_outlook(
    team: Team, stints: Stints, seed: int, origins: int = ORIGINS, months: int = MONTHS
) -> tuple[OutlookCheck, ...]:
    """Make the outlook at each of the last months' ends and compare it with what came.

    Every outlook knows only the data up to its own month's end. The team that came is counted
    by the same lapse rule from all data. The earliest month's end has half a year of data
    before it; ``origins`` bounds how many are tried, ``months`` how far each looks ahead.

    Returns
    -------
    tuple of OutlookCheck
        By month of making, then by month looked at; empty when there is too little data.
    """
    final = int(month_of(np.array([team.until + 1]))[0]) - 1
    return tuple(
        check
        for made in range(final - origins, final)
        for check in _checks(team, stints, seed, made, min(months, final - made))
    )


def _checks(
    team: Team, stints: Stints, seed: int, made: int, months: int
) -> Iterator[OutlookCheck]:
    day = float(last_day_of(np.array([made]))[0])
    if day - team.opened < MIN_DAYS:
        return
    then = cut_team(team, day)
    today = active_on(stints, day)
    told = estimate_outlook(then, derive_stints(then), seed, months, DRAWS)
    for ahead, point in enumerate(told, start=1):
        actual = active_on(stints, float(last_day_of(np.array([made + ahead]))[0]))
        yield OutlookCheck(
            made=month_label(made),
            month=point.month,
            months_ahead=ahead,
            expected=point.active,
            low=point.low,
            high=point.high,
            actual=actual,
            inside=point.low <= actual <= point.high,
            today=today,
        )


def choose_outlook(
    flow: tuple[OutlookPoint, ...], checks: tuple[OutlookCheck, ...], today: int
) -> tuple[tuple[OutlookPoint, ...], tuple[OutlookCheck, ...], OutlookChoice | None]:
    """Give the outlook that did better at earlier months' ends: by flow, or as large as today.

    A forecast that cannot beat "as today" tells nothing new, and its direction misleads
    (Hyndman & Koehler 2006, doi:10.1016/j.ijforecast.2006.03.001: errors are judged against the
    naive forecast). As today, the interval is that of the flow, widened to hold today's number.

    Returns
    -------
    tuple
        The outlook; the checks of the forecast that is given, each with the interval that the page
        would have shown; and the choice, None without an outlook.
    """
    if not flow:
        return flow, checks, None
    as_today = tuple(
        replace(point, active=float(today), low=min(point.low, today), high=max(point.high, today))
        for point in flow
    )
    if not checks:
        return as_today, checks, OutlookChoice(basis="as_today", reason="untried", n=0)
    error = float(np.mean([abs(check.expected - check.actual) for check in checks]))
    naive = float(np.mean([abs(check.today - check.actual) for check in checks]))
    better = error < naive
    given = checks if better else tuple(_check_as_today(check) for check in checks)
    choice = OutlookChoice(
        basis="flow" if better else "as_today",
        reason="better" if better else "not_better",
        n=len(checks),
        error_flow=error,
        error_as_today=naive,
        inside=float(np.mean([check.inside for check in given])),
    )
    return flow if better else as_today, given, choice


def _check_as_today(check: OutlookCheck) -> OutlookCheck:
    """Judge the team of the day it was made, by the flow's interval widened to hold it."""
    low, high = min(check.low, check.today), max(check.high, check.today)
    return replace(
        check,
        expected=float(check.today),
        low=low,
        high=high,
        inside=low <= check.actual <= high,
    )

"""The team over the next six months, from how long people stay and how many join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.results import Curve
from analysis.statistics.survival import kaplan_meier
from analysis.study import Study
from analysis.volunteers.cohorts import last_day_of, month_label, month_of
from analysis.volunteers.results import OutlookPoint
from analysis.volunteers.spells import (
    FloatArray,
    Stints,
    Team,
    active_on,
    as_date,
    collect_team,
    derive_stints,
    derive_tenures,
)

MONTHS = 6
DRAWS = 2000
RECRUITMENT_DAYS = 365.0
MIN_DAYS = 180.0
LEVEL = 0.95
BACKTEST_WINDOW = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestPoint:
    """What the outlook would have said for a month now known, and what came.

    ``n`` counts people; ``inside`` tells whether the interval held it.
    """

    month: str
    expected: float
    low: float
    high: float
    actual: int
    inside: bool


def estimate_outlook(
    team: Team, stints: Stints, curve: Curve, seed: int, months: int = MONTHS
) -> tuple[OutlookPoint, ...]:
    """Expect the size of the team at the end of each of the next months.

    A person in the team today stays until then with probability S(age + t − L) / S(age − L): S
    the share still serving, L the lapse window during which an absent person still counts.
    Newcomers come at the pace of the last 12 months and leave by the same curve. The interval
    (95 %) holds chance in leaving and joining and the uncertainty of both rates, by seeded
    simulation: hazards are multiplied by a Gamma draw with the number of leavings, the pace of
    joining is a Gamma draw with the number of joinings. Beyond the data the hazard is constant.
    Empty with less than half a year of data or nobody in the team.
    """
    here = np.unique(stints.person[stints.stop > team.until])
    if here.size == 0 or team.until - team.opened < MIN_DAYS or sum(curve.events) == 0:
        return ()
    ends = last_day_of(month_of(np.array([team.until]))[0] + 1 + np.arange(months))
    draws = _simulate(team, team.until - team.start[here], curve, ends - team.until, seed)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(draws, [tail, 1 - tail], axis=0)
    return tuple(
        OutlookPoint(
            month=month_label(int(month_of(np.array([end]))[0])),
            active=float(draws[:, k].mean()),
            low=float(low[k]),
            high=float(high[k]),
        )
        for k, end in enumerate(ends)
    )


def _simulate(
    team: Team, age: FloatArray, curve: Curve, ahead: FloatArray, seed: int
) -> FloatArray:
    """Draw team sizes, draws × months."""
    rng = np.random.default_rng(seed)
    leavings = float(sum(curve.events))
    haste = rng.gamma(leavings + 0.5, 1 / leavings, size=DRAWS)
    observed = min(RECRUITMENT_DAYS, team.until - team.opened)
    joined = int(np.sum(team.start > team.until - observed))
    pace = rng.gamma(joined + 0.5, 1 / observed, size=DRAWS)
    ages, people = np.unique(age, return_counts=True)
    sizes = np.empty((DRAWS, ahead.size))
    for k, t in enumerate(ahead):
        stay = np.exp(-haste[:, None] * _hazard_between(curve, ages, t, team.window))
        mean, variance = stay @ people, (stay * (1 - stay)) @ people
        kept = mean + np.sqrt(variance) * rng.standard_normal(DRAWS)
        arrived = rng.poisson(pace * t * _share_still_there(curve, t, haste, team.window))
        sizes[:, k] = np.clip(np.rint(kept), 0, age.size) + arrived
    return sizes


def _share_still_there(curve: Curve, t: float, haste: FloatArray, window: float) -> FloatArray:
    """Share in the team at t of those who join evenly between now and then, per draw."""
    since = (np.arange(30) + 0.5) / 30 * t
    hazard = _hazard_between(curve, np.zeros(since.size), since, window)
    return np.asarray(np.exp(-haste[:, None] * hazard).mean(axis=1))


def _hazard_between(
    curve: Curve, age: FloatArray, ahead: FloatArray | float, window: float
) -> FloatArray:
    """Cumulative hazard from age to age + ahead, both less the lapse window."""
    later = _cumulative_hazard(curve, np.maximum(age + ahead - window, 0.0))
    now = _cumulative_hazard(curve, np.maximum(age - window, 0.0))
    return np.asarray(np.maximum(later - np.where(age > 0, now, 0.0), 0.0))


def _cumulative_hazard(curve: Curve, time: FloatArray) -> FloatArray:
    """Nelson–Aalen Σ d/n up to each time; constant mean hazard beyond the last leaving."""
    days, events = np.asarray(curve.time_days), np.asarray(curve.events)
    at_risk = np.maximum(np.asarray(curve.at_risk), 1.0)
    total = np.cumsum(events / at_risk)
    exposure = float(np.sum(np.diff(days, append=days[-1]) * (np.asarray(curve.at_risk) - events)))
    mean = float(events.sum()) / max(exposure, 1.0)
    index = np.searchsorted(days, time, side="right") - 1
    return np.asarray(total[index] + mean * np.maximum(time - days[-1], 0.0))


def backtest_outlook(study: Study, months_held_back: int = MONTHS) -> tuple[BacktestPoint, ...]:
    """Compare the outlook made that many months before the end with what came.

    The data after that day are held back entirely; the team that came is counted from all data.
    Months whose lapse window had not closed are counted by the rule as it stands today.
    """
    whole = collect_team(study)
    if whole is None:
        return ()
    cut = last_day_of(month_of(np.array([whole.until + 1])) - 1 - months_held_back)[0]
    then = collect_team(study, until=as_date(cut))
    if then is None:
        return ()
    rule = study.plan.retention
    tenures = derive_tenures(then, rule.censor_at, rule.register_since)
    curve = kaplan_meier(tenures.duration, tenures.event)
    if not isinstance(curve, Curve):
        return ()
    told = estimate_outlook(
        then, derive_stints(then), curve, study.plan.study.seed, months_held_back
    )
    return tuple(_held_against(point, whole) for point in told)


def _held_against(point: OutlookPoint, whole: Team) -> BacktestPoint:
    month = (int(point.month[:4]) - 1970) * 12 + int(point.month[5:]) - 1
    actual = active_on(derive_stints(whole), float(last_day_of(np.array([month]))[0]))
    return BacktestPoint(
        month=point.month,
        expected=point.active,
        low=point.low,
        high=point.high,
        actual=actual,
        inside=point.low <= actual <= point.high,
    )

"""The team over the next six months, from how long people stay and how many join."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.results import Curve
from analysis.statistics.survival import kaplan_meier
from analysis.volunteers.cohorts import last_day_of, month_label, month_of
from analysis.volunteers.results import OutlookPoint
from analysis.volunteers.spells import FloatArray, Stints, Team

MONTHS = 6
DRAWS = 2000
RECENT_DAYS = 91.0
MIN_DAYS = 180.0
LEVEL = 0.95
_STEPS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What moves the team: the curve of stints, who is in it, and how many came of late.

    ``age`` days in the team so far of those in it today; ``came`` people who joined or returned
    in the last ``days`` days.
    """

    curve: Curve
    age: FloatArray
    came: int
    days: float


def estimate_outlook(
    team: Team, stints: Stints, seed: int, months: int = MONTHS, draws: int = DRAWS
) -> tuple[OutlookPoint, ...]:
    """Expect the size of the team at the end of each of the next months.

    A person in the team today is still there t days on with probability S(age + t) / S(age): S
    the share of stints not yet over by that age (Kaplan–Meier, every stint, those of today
    censored). Newcomers and returners come at the pace of the last 91 days and leave by the
    same curve. The interval (95 %) holds chance in leaving and joining and the uncertainty of
    both rates, by seeded simulation: hazards are multiplied by a Gamma draw with the number of
    stints ended, the pace of joining is a Gamma draw with the number who came. Beyond the data
    the hazard is constant. What it cannot know is that people will join or leave at another
    pace than before; how often that mattered is told by the back-test. Empty with less than
    half a year of data, nobody in the team, or nobody who has left.
    """
    flow = _measure_flow(team, stints)
    if flow is None:
        return ()
    ends = last_day_of(month_of(np.array([team.until + 1]))[0] + np.arange(months))
    sizes = _simulate(flow, ends - team.until, seed, draws)
    tail = (1 - LEVEL) / 2
    low, high = np.quantile(sizes, [tail, 1 - tail], axis=0)
    return tuple(
        OutlookPoint(
            month=month_label(int(month_of(np.array([end]))[0])),
            active=float(sizes[:, k].mean()),
            low=float(low[k]),
            high=float(high[k]),
        )
        for k, end in enumerate(ends)
    )


def _measure_flow(team: Team, stints: Stints) -> Flow | None:
    over = np.isfinite(stints.stop)
    length = np.where(over, stints.stop, team.until + 1) - stints.start
    if over.all() or not over.any() or team.until - team.opened < MIN_DAYS:
        return None
    curve = kaplan_meier(length, over)
    if not isinstance(curve, Curve):
        return None
    days = min(RECENT_DAYS, team.until - team.opened)
    came = int(np.sum(stints.start > team.until - days))
    return Flow(curve=curve, age=length[~over], came=came, days=days)


def _simulate(flow: Flow, ahead: FloatArray, seed: int, draws: int) -> FloatArray:
    """Draw team sizes, draws × months."""
    rng = np.random.default_rng(seed)
    ended = float(sum(flow.curve.events))
    haste = rng.gamma(ended + 0.5, 1 / ended, size=draws)
    pace = rng.gamma(flow.came + 0.5, 1 / flow.days, size=draws)
    ages, people = np.unique(flow.age, return_counts=True)
    sizes = np.empty((draws, ahead.size))
    for k, t in enumerate(ahead):
        hazard = _cumulative_hazard(flow.curve, ages + t) - _cumulative_hazard(flow.curve, ages)
        stay = np.exp(-haste[:, None] * hazard)
        mean, variance = stay @ people, (stay * (1 - stay)) @ people
        kept = mean + np.sqrt(variance) * rng.standard_normal(draws)
        arrived = rng.poisson(pace * t * _share_still_there(flow.curve, float(t), haste))
        sizes[:, k] = np.clip(np.rint(kept), 0, flow.age.size) + arrived
    return sizes


def _share_still_there(curve: Curve, t: float, haste: FloatArray) -> FloatArray:
    """Share in the team at t of those who join evenly between now and then, per draw."""
    since = (np.arange(_STEPS) + 0.5) / _STEPS * t
    hazard = _cumulative_hazard(curve, since)
    return np.asarray(np.exp(-haste[:, None] * hazard).mean(axis=1))


def _cumulative_hazard(curve: Curve, time: FloatArray) -> FloatArray:
    """Nelson–Aalen Σ d/n up to each time; constant mean hazard beyond the last leaving."""
    days, events = np.asarray(curve.time_days), np.asarray(curve.events)
    at_risk = np.maximum(np.asarray(curve.at_risk), 1.0)
    total = np.cumsum(events / at_risk)
    exposure = float(np.sum(np.diff(days, append=days[-1]) * (np.asarray(curve.at_risk) - events)))
    mean = float(events.sum()) / max(exposure, 1.0)
    index = np.searchsorted(days, time, side="right") - 1
    return np.asarray(total[index] + mean * np.maximum(time - days[-1], 0.0))

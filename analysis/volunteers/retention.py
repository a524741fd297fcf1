"""How long volunteers stay: the section's entry point and its survival results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.results import Curve, EstimateLike, NotEstimable
from analysis.statistics.incidence import mean_cumulative_function
from analysis.statistics.proportions import wilson
from analysis.statistics.survival import kaplan_meier, median_time, rmst, survival_at
from analysis.study import Study
from analysis.volunteers.backtest import backtest_outlook, choose_outlook
from analysis.volunteers.cautions import volunteer_cautions
from analysis.volunteers.cohorts import count_months, list_cohorts
from analysis.volunteers.groups import (
    compare_groups,
    compare_trained,
    estimate_causes,
    whole_months,
)
from analysis.volunteers.hours import estimate_hours, few_behind_reliability
from analysis.volunteers.outlook import estimate_outlook
from analysis.volunteers.overdue import list_overdue
from analysis.volunteers.results import LapseSensitivity, Volunteers
from analysis.volunteers.spells import (
    Stints,
    Team,
    Tenures,
    active_on,
    as_date,
    collect_team,
    derive_stints,
    derive_tenures,
)

HORIZONS = (30, 90, 180, 365)
WINDOWS = (60, 90, 180)
YEAR = 365.0


def evaluate_volunteers(study: Study) -> Volunteers | None:
    """Evaluate who stays, who carries the work and what comes; None without volunteers.

    None too for a roster alone that has no column for leaving: nobody can tell who still serves.

    The lapse rule, the end of observation and the start of the register come from the plan's
    ``retention`` (see :mod:`analysis.volunteers.spells`).
    """
    team = collect_team(study)
    if team is None or not records_leaving(study):
        return None
    rule = study.plan.retention
    stints = derive_stints(team)
    tenures = derive_tenures(team, rule.censor_at, rule.register_since)
    curve = curve_of_team(tenures)
    active = active_on(stints, team.until)
    horizon = _horizon(curve)
    checks = backtest_outlook(team, stints, study.plan.study.seed)
    flow = estimate_outlook(team, stints, study.plan.study.seed)
    outlook, backtest, choice = choose_outlook(flow, checks, active)
    result = Volunteers(
        n=team.n,
        active=active,
        active_year_ago=_a_year_ago(team, stints),
        joined=int(np.sum(team.start >= team.opened)),
        left=team.n - active,
        rule=_rule(team, rule.censor_at),
        lapse_after_days=team.lapse_after or 0,
        observed_from=as_date(team.first_day),
        observed_until=as_date(team.until),
        curve=curve,
        retention={str(days): survival_at(curve, days) for days in HORIZONS},
        median_days=median_time(curve),
        rmst=rmst(curve, horizon),
        rmst_horizon_days=horizon,
        returned=estimate_returned(team),
        sensitivity=_sensitivity(study, team),
        by_group=compare_groups(team, tenures, _group_names(study), study.plan.study.min_group),
        landmark=compare_trained(team, tenures, study.plan.study.min_group),
        causes=estimate_causes(team, tenures, study.plan.study.min_group),
        cohorts=list_cohorts(team),
        monthly=count_months(team, stints, study.service),
        period_retention=estimate_period_retention(team, stints),
        commitment_retention=estimate_returned(team)["365"],
        mean_cumulative_returns=_returns(team, stints),
        hours=estimate_hours(study.service, team, study.plan.study.seed),
        roles=_roles(team, stints),
        overdue=list_overdue(team, stints),
        outlook=outlook,
        outlook_choice=choice,
        backtest=backtest,
        events=tuple((e.date, e.until, e.label) for e in study.plan.list_events()),
        notes=team.notes,
    )
    few = few_behind_reliability(study.service, team)
    return volunteer_cautions(result, team, tenures, few)


def records_leaving(study: Study) -> bool:
    """Tell whether the data say who left: a service log does by absence, a roster by a column."""
    logged = study.service is not None and not study.service.empty
    return logged or (study.volunteers is not None and "left" in study.volunteers)


def curve_of_team(tenures: Tenures) -> Curve:
    """Estimate the share still serving by time since joining (Kaplan–Meier, log–log)."""
    late = bool(np.any(np.isfinite(tenures.entry)))
    curve = kaplan_meier(tenures.duration, tenures.event, entry=tenures.entry if late else None)
    if isinstance(curve, NotEstimable):
        return _empty_curve(tenures)
    return curve


def _empty_curve(tenures: Tenures) -> Curve:
    return Curve(
        time_days=(0.0,),
        at_risk=(0.0,),
        events=(0.0,),
        censored=(0.0,),
        survival=(1.0,),
        ci_low=(0.0,),
        ci_high=(1.0,),
        n=0,
        n_missing=tenures.duration.size,
        method="kaplan_meier_loglog",
    )


def _horizon(curve: Curve) -> float:
    last = curve.time_days[-1]
    return YEAR if last >= YEAR or curve.survival[-1] == 0 else whole_months(last)


def _rule(team: Team, censor_at: str) -> str:
    if team.lapse_after is None:
        return "roster"
    recorded = bool(np.any(np.isfinite(team.left)))
    source = "roster_and_service" if recorded else "service"
    return f"{source}_{censor_at}"


def _a_year_ago(team: Team, stints: Stints) -> int | None:
    day = team.until - YEAR
    return active_on(stints, day) if day >= team.opened else None


def estimate_returned(team: Team) -> Mapping[str, EstimateLike]:
    """Estimate commitment-based retention: share seen again that many days after joining.

    Of all who joined at least that long before the end of observation, those whose last day
    present (or recorded leaving) is that long after joining; Wilson interval.
    """
    end = np.where(np.isfinite(team.left), team.left, team.last)
    if team.lapse_after is None:
        end = np.where(np.isfinite(team.left), team.left, team.until)
    told: dict[str, EstimateLike] = {}
    for days in HORIZONS:
        asked = team.start <= team.until - days
        seen = asked & (end - team.start >= days)
        told[str(days)] = wilson(int(seen.sum()), int(asked.sum()))
    return told


def estimate_period_retention(team: Team, stints: Stints) -> EstimateLike:
    """Estimate period retention: of those in the team a year ago, the share in it today."""
    day = team.until - YEAR
    if day < team.opened:
        return NotEstimable(reason="too_few", method="wilson", details={"days_wanted": YEAR})
    then = stints.person[(stints.start <= day) & (stints.stop > day)]
    now = stints.person[stints.stop > team.until]
    return wilson(int(np.isin(then, now).sum()), int(then.size))


def _sensitivity(study: Study, team: Team) -> tuple[LapseSensitivity, ...]:
    if team.lapse_after is None:
        return ()
    rule = study.plan.retention
    windows = sorted({*WINDOWS, team.lapse_after})
    return tuple(_under_window(study, team, window, rule.censor_at) for window in windows)


def _under_window(study: Study, team: Team, window: int, censor_at: str) -> LapseSensitivity:
    other = replace(team, lapse_after=window)
    curve = curve_of_team(derive_tenures(other, censor_at, study.plan.retention.register_since))
    return LapseSensitivity(
        lapse_after_days=window,
        left=other.n - active_on(derive_stints(other), other.until),
        median_days=median_time(curve),
        retention_365=survival_at(curve, YEAR),
    )


def _group_names(study: Study) -> tuple[str, ...]:
    plan = study.plan.volunteers
    if plan is None:
        return ()
    named = [*plan.groups]
    if plan.role is not None and plan.role not in named:
        named.append("role")
    return tuple(named)


def _returns(team: Team, stints: Stints) -> tuple[tuple[float, float, float, float], ...]:
    """Mean number of returns after a lapse per volunteer, by days since joining."""
    if team.lapse_after is None or not bool(stints.again.any()):
        return ()
    who = stints.person[stints.again]
    since = stints.start[stints.again] - team.start[who]
    return mean_cumulative_function(since, team.until - team.start, person=who)


def _roles(team: Team, stints: Stints) -> tuple[tuple[str, int], ...]:
    """Active people by role, most common first: the pipeline from many to few.

    Every role is named, however few hold it: who leads is no secret inside the organisation,
    and what leaves it goes through the export gateway, which hides small groups.
    """
    if "role" not in team.roster:
        return ()
    here = np.zeros(team.n, dtype=np.bool_)
    here[stints.person[stints.stop > team.until]] = True
    counted = pd.Series(team.roster["role"].to_numpy()[here]).value_counts()
    return tuple((str(role), int(n)) for role, n in counted.items())

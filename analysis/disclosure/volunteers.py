"""Volunteers for an audience that may not see small groups: one joint audit of the team.

Every number of volunteers is a cell on the same people: who is active, who had left by a day,
each group, role, reason and intake. What a reader could subtract is judged all together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from operator import attrgetter, itemgetter
from typing import Any, TypeVar

import numpy as np

from analysis.disclosure.cells import BoolArray, FloatArray, People
from analysis.disclosure.hours import protect_hours
from analysis.disclosure.months import Told, withhold_narrow_months
from analysis.disclosure.rounding import COEFFICIENT, round_p, round_to
from analysis.disclosure.rules import (
    is_small,
    round_days,
    round_people,
    sort_given,
    withheld,
)
from analysis.disclosure.suppression import Auditor, hide_more
from analysis.disclosure.team import Volunteering, keep, whole_percent
from analysis.results import (
    SUPPRESSED,
    ComparisonLike,
    Curve,
    Estimate,
    EstimateLike,
    NotEstimable,
)
from analysis.study import Study
from analysis.volunteers.cohorts import active_quarters, last_day_of, month_label, month_of
from analysis.volunteers.groups import reasons_of, trained_labels
from analysis.volunteers.outlook import RECENT_DAYS
from analysis.volunteers.results import (
    Cause,
    Cohort,
    GroupRetention,
    LapseSensitivity,
    Month,
    RetentionByGroup,
    Volunteers,
)
from analysis.volunteers.spells import (
    collect_team,
    derive_stints,
    derive_tenures,
)

T = TypeVar("T")
HORIZONS = (365.0, 180.0, 90.0, 30.0)
YEAR, MONTH = 365.0, 30.0
#: Ends the method of a curve that is given at chosen days only: between them it is not known.
CHOSEN_DAYS = ";chosen_days"
#: Days between further points of a curve.
STEP = 10.0


def protect_volunteers(
    found: Volunteers, study: Study, people: People, auditor: Auditor
) -> Volunteers:
    """Protect the team: the most important numbers first, nobody is listed."""
    team = collect_team(study)
    if team is None:
        raise ValueError("the study has no volunteers")
    rule = study.plan.retention
    v = Volunteering(
        team,
        derive_stints(team),
        derive_tenures(team, rule.censor_at, rule.register_since),
        people.of(team.ids),
        auditor,
        people,
    )
    everybody = np.ones(team.n, dtype=np.bool_)
    active = v.serving(team.until)
    whole = v.free("n", everybody)
    serving = whole and v.free("active", active, ~active)
    tenure = np.isfinite(v.tenures.duration)
    followed = v.free("curve.n", tenure)
    days = _free_days(v, "curve", tenure)
    few = not followed or found.curve.n < 2 * v.least
    retention = {
        key: withheld(e) if few else _at_day(e, free=float(key) in days)
        for key, e in found.retention.items()
    }
    returned = _returned(v, found.returned)
    period = _period_retention(v, found.period_retention)
    by_group = (_by_group(v, one, tenure) for one in found.by_group)
    groups = tuple(one for one in by_group if one is not None)
    landmark = None if found.landmark is None else _by_group(v, found.landmark, tenure)
    ago = v.serving(team.until - YEAR)
    before = found.active_year_ago is None or v.free("active_year_ago", ago)
    told = Told(
        n=found.n if whole else None,
        active=found.active if serving else None,
        ends=_month_ends(found, team.until - YEAR) if before or _is_told(period) else {},
    )
    rounded = [_month(v, m) for m in found.monthly]
    rounded = _leave_open(found, rounded, v.least)
    monthly = withhold_narrow_months(found.monthly, rounded, v.least, told)
    curve = _bin_curve(found.curve, days)
    return replace(
        found,
        n=keep(found.n, whole),
        active=keep(found.active, serving),
        left=keep(found.left, serving),
        joined=keep(found.joined, v.free("joined", team.start >= team.opened)),
        active_year_ago=keep(found.active_year_ago, before),
        curve=curve if followed else replace(curve, n=SUPPRESSED, at_risk=(SUPPRESSED,)),
        retention=retention,
        median_days=withheld(found.median_days) if few else round_days(found.median_days),
        rmst=_restricted_mean(v, "rmst", found.rmst, tenure, found.rmst_horizon_days),
        returned=returned,
        sensitivity=tuple(_lapse(s) for s in found.sensitivity),
        by_group=groups,
        landmark=landmark,
        causes=_causes(v, found, days),
        roles=_roles(v, found),
        cohorts=_cohorts(v, found.cohorts),
        monthly=monthly,
        period_retention=period,
        commitment_retention=returned.get("365", found.commitment_retention),
        mean_cumulative_returns=(),
        hours=None if found.hours is None else protect_hours(v, found.hours, study),
        overdue=None,
        **_outlook(v, found, serving=serving),
        # Beside the team, each leaves a part of it; some count rows, which may be one person's.
        notes=dict.fromkeys(found.notes, SUPPRESSED),
    )


def _free_days(
    v: Volunteering, label: str, among: BoolArray, days: Iterable[float] | None = None
) -> tuple[float, ...]:
    """Choose days of a curve by which many, or none, had left and were no longer followed.

    The horizons of a report come first, then every tenth day. Two days a few people apart are told
    apart by the joint audit, and so is a day from who is active today.
    """
    duration, event = v.tenures.duration, v.tenures.event
    if among.sum() < 2 * v.least or not v.free(f"{label}.n", among):
        return ()
    last = float(duration[among].max())
    wanted = days or dict.fromkeys([*HORIZONS, *np.arange(STEP, last, STEP).tolist()])
    chosen = []
    for day in (d for d in wanted if 0 < d <= last):
        by_then = among & (duration <= day)
        rest = among & ~by_then
        if is_small(int(rest.sum()), v.least):
            continue
        if v.free(f"{label}.{day:.0f}", by_then & event, by_then & ~event):
            chosen.append(day)
    return tuple(sorted(chosen))


def _at_day(share: EstimateLike, *, free: bool) -> EstimateLike:
    """Give the share of many still there on a day, or that none was followed so long."""
    if isinstance(share, NotEstimable):
        return replace(share, details={})
    return whole_percent(share) if free else withheld(share)


def _bin_curve(curve: Curve, days: Sequence[float]) -> Curve:
    """Give a curve at chosen days only, in whole percent, with what happened since the day before.

    More digits would tell in which order people left between two days.
    """
    time = np.asarray(curve.time_days)
    at = [0, *(int(np.searchsorted(time, day, side="right")) - 1 for day in days)]
    ends = [0, *(i + 1 for i in at[1:])]

    def sums(values: Sequence[float]) -> tuple[float, ...]:
        column = np.asarray(values)
        return (0.0, *(float(column[a:b].sum()) for a, b in pairwise(ends)))

    def take(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(round(values[i], 2) for i in at)

    # Followed until the day, as in the curve itself: those who left by it are still counted.
    gone = np.cumsum(np.add(sums(curve.events), sums(curve.censored)))
    followed = curve.n - np.concatenate([[0.0], gone[:-1]])
    return replace(
        curve,
        time_days=(0.0, *days),
        at_risk=tuple(float(n) for n in followed) if curve.n else (0.0,),
        events=sums(curve.events),
        censored=sums(curve.censored),
        survival=take(curve.survival),
        ci_low=take(curve.ci_low),
        ci_high=take(curve.ci_high),
        n_missing=curve.n_missing if curve.n_missing == 0 else SUPPRESSED,
        method=f"{curve.method}{CHOSEN_DAYS}",
    )


def _restricted_mean(
    v: Volunteering, label: str, found: EstimateLike, among: BoolArray, horizon: float | None
) -> EstimateLike:
    """Give the mean length of service up to a day, where many or none had left by then.

    It is a sum of days: rounded, it stays open by a month of one person's.
    """
    n = int(among.sum())
    if not isinstance(found, Estimate) or horizon is None or n < 2 * v.least:
        return withheld(found)
    left = among & v.tenures.event & (v.tenures.duration <= horizon)
    if not v.free(f"{label}.left", left, among & ~left):
        return withheld(found)
    unit = _day_unit(n)
    low, high = (None if e is None else round_to(e, unit) for e in (found.ci_low, found.ci_high))
    return replace(
        found,
        estimate=round_to(found.estimate, unit),
        ci_low=low,
        ci_high=high,
        std_error=SUPPRESSED,
        n_missing=found.n_missing and SUPPRESSED,
    )


def _day_unit(n: int) -> float:
    """Days to which a mean of n people's days is rounded: in all a month, and at least one."""
    return max(1.0, float(-(-MONTH // n)))


def _returned(v: Volunteering, found: Mapping[str, EstimateLike]) -> dict[str, EstimateLike]:
    """Give the shares seen again after some time; the longest time first."""
    team = v.team
    end = np.where(np.isfinite(team.left), team.left, team.last)
    if team.lapse_after is None:
        end = np.where(np.isfinite(team.left), team.left, team.until)
    told: dict[str, EstimateLike] = {}
    for key in sorted(found, key=lambda d: -float(d)):
        asked = team.start <= team.until - float(key)
        seen = asked & (end - team.start >= float(key))
        told[key] = v.share(f"returned.{key}", found[key], asked, seen)
    return {key: told[key] for key in found}


def _period_retention(v: Volunteering, found: EstimateLike | None) -> EstimateLike | None:
    if found is None:
        return None
    then = v.serving(v.team.until - YEAR)
    return v.share("period_retention", found, then, then & v.among(v.stints.stop > v.team.until))


def _lapse(found: LapseSensitivity) -> LapseSensitivity:
    """Withhold the numbers under another lapse rule: beside the rule's own they give a few."""
    return replace(
        found,
        left=SUPPRESSED,
        median_days=withheld(found.median_days),
        retention_365=withheld(found.retention_365),
    )


def _by_group(
    v: Volunteering, found: RetentionByGroup, tenure: BoolArray
) -> RetentionByGroup | None:
    """Show the largest groups first; a test needs all its groups, and many who left each, or none.

    None where as many groups as people would tell how many are in each.

    A test that compares how many left with how many were expected tells both with few groups.
    """
    landmark = found.landmark_days is not None
    column = v.team.roster[found.by].to_numpy() if not landmark else None
    label = trained_labels(v.team, v.tenures) if column is None else column
    groups: dict[str, GroupRetention] = {}
    told = True
    for g in sorted(found.groups, key=lambda g: -g.n):
        here = tenure & np.array([one == g.value for one in label], dtype=np.bool_)
        name = f"by_group.{found.by}.{g.value}"
        if v.free(name, here):
            groups[g.value] = _group(v, g, name, here, None if landmark else found.horizon_days)
            left = here & v.tenures.event
            told = told and v.free(f"{name}.left", left, here & ~left)
        elif g.n >= v.least:
            told = False
    hidden = [i for i, g in enumerate(found.groups) if g.value not in groups]
    more, fine = hide_more([g.n for g in found.groups], hidden, v.least)
    if not fine:
        return None
    told = told and len(more) == len(hidden)
    shown = tuple(
        _no_group(g) if i in more else groups[g.value] for i, g in enumerate(found.groups)
    )
    if told:
        n = min((one.n for one in groups.values()), default=v.least)
        return replace(
            found,
            groups=shown,
            logrank=_round_test(found.logrank, COEFFICIENT),
            rmst_difference=_round_test(found.rmst_difference, _day_unit(n)),
            cox=tuple(_round_test(one, COEFFICIENT) for one in found.cox),
            proportional_hazards=_round_test(found.proportional_hazards, COEFFICIENT),
        )
    return replace(
        found,
        groups=shown,
        logrank=withheld(found.logrank),
        rmst_difference=withheld(found.rmst_difference),
        cox=(),
        proportional_hazards=withheld(found.proportional_hazards),
    )


def _round_test(found: ComparisonLike, unit: float) -> ComparisonLike:
    """Give a test as a report prints it, without the numbers of people it was made of.

    Why there is none says that hidden groups were too small for it, one by one.
    """
    if isinstance(found, NotEstimable):
        return withheld(found)
    ratio = {k: round_to(v, COEFFICIENT) for k, v in found.details.items() if k == "hazard_ratio"}

    def rounded(value: float | None, step: float) -> float | None:
        return None if value is None else round_to(value, step)

    return replace(
        found,
        estimate=rounded(found.estimate, unit),
        ci_low=rounded(found.ci_low, unit),
        ci_high=rounded(found.ci_high, unit),
        std_error=found.std_error and SUPPRESSED,
        statistic=rounded(found.statistic, COEFFICIENT),
        p_value=None if found.p_value is None else round_p(found.p_value),
        details=ratio,
    )


def _group(
    v: Volunteering, g: GroupRetention, label: str, here: BoolArray, horizon: float | None
) -> GroupRetention:
    """Give a group's curve at the horizons that the joint audit allows.

    ``horizon`` is the last day of its restricted mean; None from a landmark on, where days of the
    curve are not those of the team's.
    """
    few = g.curve is None or g.curve.n < 2 * v.least
    days = () if few or horizon is None else _free_days(v, label, here, HORIZONS)
    curve = _bin_curve(g.curve, days) if days and g.curve is not None else None
    return replace(
        g,
        curve=curve,
        median_days=withheld(g.median_days) if few else round_days(g.median_days),
        rmst=_restricted_mean(v, label, g.rmst, here, horizon),
    )


def _no_group(g: GroupRetention) -> GroupRetention:
    return replace(
        g,
        n=SUPPRESSED,
        curve=None,
        median_days=withheld(g.median_days),
        rmst=withheld(g.rmst),
    )


def _causes(v: Volunteering, found: Volunteers, days: Sequence[float]) -> tuple[Cause, ...]:
    """Give the reasons that many gave, at the days of the team's own curve."""
    reason, gone, usable = reasons_of(v.team, v.tenures, v.least)
    tenure = np.isfinite(v.tenures.duration)
    if not v.free("causes.n", usable, tenure & ~usable):
        hidden = [_no_cause(c) for c in found.causes]
        return sort_given(hidden, attrgetter("reason"), attrgetter("n"))
    told = {}
    for c in sorted(found.causes, key=lambda c: -c.n):
        here = gone & (reason == c.reason)
        if not v.free(f"causes.{c.reason}", here):
            continue
        own = [
            day
            for day in days
            if v.free(f"causes.{c.reason}.{day:.0f}", here & (v.tenures.duration <= day))
        ]
        told[c.reason] = replace(
            c,
            incidence=_bin_curve(c.incidence, own),
            at_365=whole_percent(c.at_365)
            if YEAR in own and isinstance(c.at_365, Estimate)
            else withheld(c.at_365),
        )
    few = [i for i, c in enumerate(found.causes) if c.reason not in told]
    more, fine = hide_more([c.n for c in found.causes], few, v.least)
    if not fine:
        return ()
    shown = [_no_cause(c) if i in more else told[c.reason] for i, c in enumerate(found.causes)]
    return sort_given(shown, attrgetter("reason"), attrgetter("n"))


def _no_cause(c: Cause) -> Cause:
    curve = replace(_bin_curve(c.incidence, ()), n=SUPPRESSED, at_risk=(SUPPRESSED,))
    return replace(c, n=SUPPRESSED, incidence=curve, at_365=withheld(c.at_365))


def _roles(v: Volunteering, found: Volunteers) -> tuple[tuple[str, int], ...]:
    if "role" not in v.team.roster:
        return found.roles
    here, role = v.serving(v.team.until), v.team.roster["role"].to_numpy()
    told = [
        (name, keep(n, v.free(f"roles.{name}", here & np.array([r == name for r in role]))))
        for name, n in found.roles
    ]
    sizes = [n for _, n in found.roles]
    hidden = [i for i, (_, n) in enumerate(told) if n == SUPPRESSED]
    more, fine = hide_more(sizes, hidden, v.least, int(here.sum()) - sum(sizes))
    if not fine:  # as many roles as people: their list tells how many hold each
        return ()
    shown = [(name, keep(n, i not in more)) for i, (name, n) in enumerate(told)]
    return sort_given(shown, itemgetter(0), itemgetter(1))


def _cohorts(v: Volunteering, found: Sequence[Cohort]) -> tuple[Cohort, ...]:
    """Give an intake's numbers still active that are many, with many gone, and many between."""
    person, quarter, intake = active_quarters(v.team)
    told = []
    for c in found:
        own = 4 * (int(c.label[:4]) - 1970) + int(c.label[-1]) - 1
        here = intake == own
        shown = v.free(f"cohorts.{c.label}", here)
        active = []
        for k, n, share in c.active:
            still = np.zeros(v.team.n, dtype=np.bool_)
            still[person[quarter == own + k]] = True
            fine = n is None or (shown and v.free(f"cohorts.{c.label}.{k}", here & still))
            active.append((k, keep(n, fine), keep(share, fine)))
        told.append(replace(c, n=keep(c.n, shown), active=tuple(active)))
    sizes = [c.n for c in found]
    hidden = [i for i, c in enumerate(told) if c.n == SUPPRESSED]
    more, fine = hide_more(sizes, hidden, v.least, v.team.n - sum(sizes))
    return tuple(_no_cohort(c) if i in more else c for i, c in enumerate(told)) if fine else ()


def _no_cohort(c: Cohort) -> Cohort:
    active = tuple((k, keep(n, False), keep(share, False)) for k, n, share in c.active)
    return replace(c, n=SUPPRESSED, active=active)


def _month(v: Volunteering, m: Month) -> Month:
    """Round a month's team; who came and went in one month is nearly always few."""

    def here(days: FloatArray) -> BoolArray:
        known = np.where(np.isfinite(days), days, -1.0)
        inside = np.array([month_label(int(one)) == m.month for one in month_of(known)])
        return inside & np.isfinite(days)

    stints = v.stints
    masks = {
        "new": here(stints.start) & ~stints.again & (stints.start >= v.team.opened),
        "returning": here(stints.start) & stints.again,
        "lapsed": here(stints.stop),
    }
    free = {
        name: int(mask.sum()) == int(v.among(mask).sum())
        and v.free(f"monthly.{m.month}.{name}", v.among(mask))
        for name, mask in masks.items()
    }
    return replace(
        m,
        active=round_people(m.active, v.least) or 0,
        team=round_people(m.team, v.least),
        new=keep(m.new, free["new"]),
        returning=keep(m.returning, free["returning"]),
        lapsed=keep(m.lapsed, free["lapsed"]),
        # Hours of a month beside those of an activity are not audited: see `_hours`.
        hours=keep(m.hours, m.hours == 0),
        retention=keep(m.retention, False),
    )


def _leave_open(found: Volunteers, months: Sequence[Month], least: int) -> list[Month]:
    """Withhold further numbers of who joined and who left by month, whose sums are known.

    Where all months with anybody are not enough, those with nobody are withheld too.
    """
    shown = list(months)
    for name in ("new", "lapsed"):
        sizes = [getattr(m, name) for m in found.monthly]
        hidden = [i for i, m in enumerate(shown) if getattr(m, name) == SUPPRESSED]
        more, fine = hide_more(sizes, hidden, least)
        gone = more if fine else range(len(shown))
        for i in gone:
            shown[i] = replace(shown[i], **{name: SUPPRESSED})
    return shown


def _is_told(found: EstimateLike | None) -> bool:
    return isinstance(found, Estimate)


def _month_ends(found: Volunteers, day: float) -> dict[str, int]:
    """Give the team of a year ago by its month, where that day is the last of one."""
    month = month_of(np.array([day]))
    if found.active_year_ago is None or last_day_of(month)[0] != day:
        return {}
    return {month_label(int(month[0])): found.active_year_ago}


def _outlook(v: Volunteering, found: Volunteers, *, serving: bool) -> dict[str, Any]:
    """What may come, where the team of today is given: the outlook begins with it.

    Its pace is that of those who came lately: they must be many, or none.

    Of earlier outlooks stays how many held, and how far all were off, in whole people; of few
    checks not: it is a sum of what came and went. Each by itself, beside the team that came
    rounded, says on which side of its limits that team was.
    """
    came = v.among(v.stints.start > v.team.until - RECENT_DAYS)
    if not serving or (came.any() and not v.free("outlook.came", came)):
        return {"outlook": (), "outlook_choice": None, "backtest": ()}
    choice = found.outlook_choice
    if choice is not None and choice.n:
        many = choice.n >= v.least
        errors = (choice.error_flow, choice.error_as_today)
        flow, today = (keep(None if e is None else float(round(e)), many) for e in errors)
        choice = replace(choice, error_flow=flow, error_as_today=today)
    return {"outlook_choice": choice, "backtest": ()}

"""Volunteers for an audience that may not see small groups: one joint audit of the team.

Every number of volunteers is a cell on the same people: who is active, who had left by a day,
each group, role, reason and intake. What a reader could subtract is judged all together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import BoolArray, FloatArray, People, cell_of
from analysis.disclosure.months import Told, withhold_narrow_months
from analysis.disclosure.rounding import COEFFICIENT, find_unit, round_p, round_to
from analysis.disclosure.rules import (
    is_safe_share,
    is_small,
    round_days,
    round_gini,
    round_people,
)
from analysis.disclosure.suppression import Auditor
from analysis.results import (
    SUPPRESSED,
    ComparisonLike,
    Curve,
    Estimate,
    EstimateLike,
    NotEstimable,
)
from analysis.study import Study
from analysis.volunteers.cohorts import active_quarters, month_label, month_of
from analysis.volunteers.groups import reasons_of, trained_labels
from analysis.volunteers.hours import usable_service
from analysis.volunteers.results import (
    Cause,
    Cohort,
    GroupRetention,
    Hours,
    LapseSensitivity,
    Month,
    OutlookCheck,
    RetentionByGroup,
    Volunteers,
)
from analysis.volunteers.spells import (
    Stints,
    Team,
    Tenures,
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


@dataclass(slots=True)
class Volunteering:
    """Who is in which number of volunteers, and what has been released of them."""

    team: Team
    stints: Stints
    tenures: Tenures
    numbers: npt.NDArray[np.int64]
    auditor: Auditor

    @property
    def least(self) -> int:
        """Smallest group that may be shown."""
        return self.auditor.least

    def free(self, label: str, *masks: BoolArray) -> bool:
        """Whether numbers of people may be given beside all others."""
        if any(is_small(int(mask.sum()), self.least) for mask in masks):
            return False
        cells = (
            cell_of("volunteers", f"volunteers.{label}", self.numbers, ("n", 1.0, mask))
            for mask in masks
        )
        return self.auditor.release(*cells)

    def share(self, label: str, share: T, asked: BoolArray, counted: BoolArray) -> T | NotEstimable:
        """Give a share of those asked whose numerator and rest are many, or none."""
        fine = not is_small(int((asked & ~counted).sum()), self.least)
        if isinstance(share, NotEstimable) or (fine and self.free(label, asked, counted)):
            return share
        return _none(share)  # type: ignore[arg-type]

    def serving(self, day: float) -> BoolArray:
        """Who is in the team at the end of a day."""
        return self.among((self.stints.start <= day) & (self.stints.stop > day))

    def among(self, stints: BoolArray) -> BoolArray:
        """Whose stints these are."""
        there = np.zeros(self.team.n, dtype=np.bool_)
        there[self.stints.person[stints]] = True
        return there


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
    )
    everybody = np.ones(team.n, dtype=np.bool_)
    active = v.serving(team.until)
    whole = v.free("n", everybody)
    serving = whole and v.free("active", active, ~active)
    tenure = np.isfinite(v.tenures.duration)
    followed = v.free("curve.n", tenure)
    days = _free_days(v, "curve", tenure)
    retention = {
        key: _whole_percent(e) if float(key) in days and isinstance(e, Estimate) else _none(e)
        for key, e in found.retention.items()
    }
    returned = _returned(v, found.returned)
    period = _period_retention(v, found.period_retention)
    groups = tuple(_by_group(v, one, tenure) for one in found.by_group)
    landmark = None if found.landmark is None else _by_group(v, found.landmark, tenure)
    ago = v.serving(team.until - YEAR)
    told = Told(n=found.n if whole else None, active=found.active if serving else None)
    rounded = [_month(v, m) for m in found.monthly]
    monthly = withhold_narrow_months(found.monthly, rounded, v.least, told)
    few = not followed or found.curve.n < 2 * v.least
    curve = _bin_curve(found.curve, days)
    return replace(
        found,
        n=_keep(found.n, whole),
        active=_keep(found.active, serving),
        left=_keep(found.left, serving),
        joined=_keep(found.joined, v.free("joined", team.start >= team.opened)),
        active_year_ago=_keep(
            found.active_year_ago, found.active_year_ago is None or v.free("active_year_ago", ago)
        ),
        curve=curve if followed else replace(curve, n=SUPPRESSED, at_risk=(SUPPRESSED,)),
        retention=retention,
        median_days=_none(found.median_days) if few else round_days(found.median_days),
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
        hours=None if found.hours is None else _hours(v, found.hours, study),
        overdue=None,
        **_outlook(found, monthly, v.least, serving=serving),
        notes={k: _keep(n, not is_small(n, v.least)) for k, n in found.notes.items()},
    )


def _keep(value: T, free: bool) -> T:
    """Give a number, or that it is suppressed; what is missing stays missing."""
    return value if free or value is None else SUPPRESSED


def _none(found: EstimateLike) -> NotEstimable:
    if isinstance(found, NotEstimable):
        # Why it cannot be estimated is known; the last day of a curve is one person's.
        rounded = round_days(found)
        return replace(found, n=0, details=getattr(rounded, "details", {}))
    return NotEstimable(reason="suppressed", method=found.method, name=found.name)


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


def _whole_percent(share: Estimate) -> Estimate:
    """Give a share of a curve in whole percent, as the curve itself; see :func:`_bin_curve`."""
    low, high = (None if end is None else round(end, 2) for end in (share.ci_low, share.ci_high))
    return replace(
        share,
        estimate=round(share.estimate, 2),
        ci_low=low,
        ci_high=high,
        std_error=SUPPRESSED,
        n_missing=share.n_missing and SUPPRESSED,
    )


def _restricted_mean(
    v: Volunteering, label: str, found: EstimateLike, among: BoolArray, horizon: float | None
) -> EstimateLike:
    """Give the mean length of service up to a day, where many or none had left by then.

    It is a sum of days: rounded, it stays open by a month of one person's.
    """
    n = int(among.sum())
    if not isinstance(found, Estimate) or horizon is None or n < 2 * v.least:
        return _none(found)
    left = among & v.tenures.event & (v.tenures.duration <= horizon)
    if not v.free(f"{label}.left", left, among & ~left):
        return _none(found)
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
        median_days=_none(found.median_days),
        retention_365=_none(found.retention_365),
    )


def _by_group(v: Volunteering, found: RetentionByGroup, tenure: BoolArray) -> RetentionByGroup:
    """Show the largest groups first; a test needs all its groups, and many who left each, or none.

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
    shown = tuple(groups.get(g.value) or _no_group(g) for g in found.groups)
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
        logrank=_none_test(found.logrank),
        rmst_difference=_none_test(found.rmst_difference),
        cox=(),
        proportional_hazards=_none_test(found.proportional_hazards),
    )


def _round_test(found: ComparisonLike, unit: float) -> ComparisonLike:
    """Give a test as a report prints it, without the numbers of people it was made of."""
    if isinstance(found, NotEstimable):
        return found
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


def _none_test(found: T) -> T:
    """Withhold a test made with a group that is withheld."""
    return NotEstimable(reason="suppressed", name=found.name, method=found.method)  # type: ignore[attr-defined,return-value]


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
        median_days=_none(g.median_days) if few else round_days(g.median_days),
        rmst=_restricted_mean(v, label, g.rmst, here, horizon),
    )


def _no_group(g: GroupRetention) -> GroupRetention:
    return replace(
        g, n=SUPPRESSED, curve=None, median_days=_none(g.median_days), rmst=_none(g.rmst)
    )


def _causes(v: Volunteering, found: Volunteers, days: Sequence[float]) -> tuple[Cause, ...]:
    """Give the reasons that many gave, at the days of the team's own curve."""
    reason, gone, _ = reasons_of(v.team, v.tenures, v.least)
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
            at_365=_whole_percent(c.at_365)
            if YEAR in own and isinstance(c.at_365, Estimate)
            else _none(c.at_365),
        )
    return tuple(
        told.get(c.reason)
        or replace(c, n=SUPPRESSED, incidence=_bin_curve(c.incidence, ()), at_365=_none(c.at_365))
        for c in found.causes
    )


def _roles(v: Volunteering, found: Volunteers) -> tuple[tuple[str, int], ...]:
    if "role" not in v.team.roster:
        return found.roles
    here, role = v.serving(v.team.until), v.team.roster["role"].to_numpy()
    return tuple(
        (name, _keep(n, v.free(f"roles.{name}", here & np.array([r == name for r in role]))))
        for name, n in found.roles
    )


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
            active.append((k, _keep(n, fine), _keep(share, fine)))
        told.append(replace(c, n=_keep(c.n, shown), active=tuple(active)))
    return tuple(told)


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
        new=_keep(m.new, free["new"]),
        returning=_keep(m.returning, free["returning"]),
        lapsed=_keep(m.lapsed, free["lapsed"]),
        # Hours of a month beside those of an activity are not audited: see `_hours`.
        hours=_keep(m.hours, m.hours == 0),
        retention=_keep(m.retention, False),
    )


def _outlook(
    found: Volunteers, monthly: Sequence[Month], least: int, *, serving: bool
) -> dict[str, Any]:
    """What may come, where the team of today is given: the outlook begins with it.

    Of earlier outlooks those stay whose months' teams are given; how far all were off is given in
    whole people, and of few checks not at all: it is a sum of what came and went.
    """
    if not serving:
        return {"outlook": (), "outlook_choice": None, "backtest": ()}
    given = {m.month for m in monthly if m.team is not None}
    checks = (b for b in found.backtest if {b.made, b.month} <= given)
    choice = found.outlook_choice
    if choice is not None and choice.n:
        many = choice.n >= least
        errors = (choice.error_flow, choice.error_as_today)
        flow, today = (_keep(None if e is None else float(round(e)), many) for e in errors)
        choice = replace(choice, error_flow=flow, error_as_today=today)
    return {"outlook_choice": choice, "backtest": tuple(_backtest(b, least) for b in checks)}


def _backtest(b: OutlookCheck, least: int) -> OutlookCheck:
    today = round_people(b.today, least) or 0
    exact = float(b.today)
    # As today, the forecast is that count, and may be an end of its interval.
    expected, low, high = (
        float(today) if end == exact else end for end in (b.expected, b.low, b.high)
    )
    actual = round_people(b.actual, least) or 0
    return replace(b, actual=actual, today=today, expected=expected, low=low, high=high)


def _hours(v: Volunteering, found: Hours, study: Study) -> Hours:
    """Protect who carries the work: sums of hours are cells on the people who gave them."""
    if study.service is None:
        raise ValueError("the study has no service log")
    log = usable_service(study.service, v.team)
    came = log[log["attended"]]
    if found.unit == "days":
        came = came.drop_duplicates(["volunteer", "day"])
    amount = came.groupby("volunteer", observed=True)["hours"].sum(min_count=1).dropna()
    order = amount.sort_values(kind="stable").index
    at = {one: i for i, one in enumerate(v.team.ids)}
    kind = came["activity"].fillna("").astype(str)
    who = {
        name: {at[one] for one in set(came.loc[kind == name, "volunteer"]) & set(order)}
        for name in kind.unique()
    }

    def free(label: str, people: Iterable[object], activity: str | None = None) -> bool:
        """Whether the hours of some people, perhaps in one activity, may be given."""
        wanted = {at[one] for one in people}
        inside = wanted if activity is None else wanted & who.get(activity, set())
        if is_small(len(inside), v.least):
            return False
        terms = [
            (name, 1.0, np.isin(np.arange(v.team.n), list(wanted & there)))
            for name, there in who.items()
            if activity in (None, name)
        ]
        return v.auditor.release(cell_of("hours", f"volunteers.hours.{label}", v.numbers, *terms))

    n = len(order)
    givers = np.isin(np.arange(v.team.n), [at[one] for one in order])
    # Of days, those beyond one for each person are days of no more people than days.
    again = found.unit == "days" and is_small(found.total - n, v.least)
    whole = not again and v.free("hours.n", givers) and free("total", order)
    # Rounded to the hours of the smallest group: exact ones tell the hours of one person.
    unit = max(COEFFICIENT, v.least / found.total)
    kept = [
        (x, y if k == n else min(1.0, round_to(y, unit)))
        for (x, y), k in _lorenz_points(found.lorenz, v.least)
        if whole and free(f"lorenz.{k}", order[:k])
    ]
    top = whole and n >= 10 * v.least and free("top10", order[n - max(n // 10, 1) :])
    half = whole and not is_small(found.bus_factor, v.least)
    half = half and free("half", order[n - found.bus_factor :])
    return replace(
        found,
        total=_keep(found.total, whole),
        per_active=_mean_hours(found.per_active) if whole else _none(found.per_active),
        gini=round_gini(found.gini, n, v.least) if whole else _none(found.gini),
        top10_share=found.top10_share if top else _none(found.top10_share),
        bus_factor=_keep(found.bus_factor, half),
        reliability=_reliability(v, found.reliability, log),
        lorenz=tuple(kept) if len(kept) > 2 else (),
        per_person=(),
        by_activity=tuple(
            (name, _keep(hours, whole and free(f"by_activity.{name}", order, name)))
            for name, hours in found.by_activity
        ),
    )


def _mean_hours(mean: EstimateLike) -> EstimateLike:
    """Give the mean, its limits in a tenth of their distance: exact ones tell the largest sum."""
    if isinstance(mean, NotEstimable) or mean.ci_low is None or mean.ci_high is None:
        return mean
    unit = find_unit((mean.ci_high - mean.ci_low) / 10 or 1.0, 1)
    low, high = (round_to(end, unit) for end in (mean.ci_low, mean.ci_high))
    return replace(mean, ci_low=low, ci_high=high, std_error=SUPPRESSED)


def _reliability(v: Volunteering, found: EstimateLike, log: pd.DataFrame) -> EstimateLike:
    """Give the share of promises kept where many broke one: what few did is not told in rows."""
    promised = log[log["signed_up"]]
    broke = set(promised.loc[~promised["attended"], "volunteer"])
    asked = np.isin(v.team.ids, list(set(promised["volunteer"])))
    some = asked & np.isin(v.team.ids, list(broke))
    if isinstance(found, NotEstimable) or not is_safe_share(found, v.least):
        return _none(found)
    if not v.free("hours.reliability", asked, some, asked & ~some):
        return _none(found)
    return _whole_percent(found)


def _lorenz_points(
    points: Sequence[tuple[float, float]], least: int
) -> list[tuple[tuple[float, float], int]]:
    """Choose points of a Lorenz curve ``least`` people, and a tenth, apart from the top."""
    n = len(points) - 1
    if n < 2 * least:
        return []
    step = max(least, -(-n // 10))
    kept = [i for i in range(n, 0, -step) if i >= least or i == n]
    return [(points[i], i) for i in (0, *sorted(kept))]

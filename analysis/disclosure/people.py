"""Participation, volunteers and capacity for an audience that may not see small groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.disclosure.cells import People, cell_of
from analysis.disclosure.rules import hide_share, is_safe_share, is_small, round_days
from analysis.disclosure.suppression import Auditor, choose_hidden
from analysis.participation.attendance import clean_sign_ins
from analysis.participation.engagement import COMPLETED_SHARE
from analysis.participation.results import (
    Participation,
    PeriodParticipation,
    Representation,
    SessionAttendance,
)
from analysis.results import SUPPRESSED, Curve, EstimateLike, NotEstimable
from analysis.study import Study
from analysis.sustainability.results import Capacity, Consultation, DomainCapacity
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

T = TypeVar("T")
HORIZONS = (365.0, 180.0, 90.0, 30.0)
GRID = 10.0


def _keep(value: T, free: bool) -> T:
    """Give a number, or that it is suppressed; what is missing stays missing."""
    return value if free or value is None else SUPPRESSED


def _none(found: EstimateLike) -> NotEstimable:
    return NotEstimable(reason="suppressed", method=found.method, name=found.name)


def protect_participation(
    found: Participation, study: Study, people: People, auditor: Auditor
) -> Participation:
    """Protect attendance: people first, then months, kinds and levels, sessions last."""
    least = auditor.least
    if study.attendance is None or study.attendance.empty:
        return _protect_counts(found, least)
    came = clean_sign_ins(study.attendance).came
    numbers = people.of(came["person"].to_numpy())
    everyone, place = np.unique(numbers, return_inverse=True)
    visits = np.bincount(place)
    signed = people.of(
        came["person"].astype(str)
        + "|"
        + came["session"].astype(str)
        + "|"
        + came["date"].astype(str)
    )

    def free(label: str, people_in: npt.NDArray[np.bool_]) -> bool:
        """Whether the number of people with these rows may be given beside the others."""
        mask = np.zeros(everyone.size, dtype=bool)
        mask[place[people_in]] = True
        cell = cell_of("people", label, everyone, ("n", 1.0, mask))
        return not is_small(int(mask.sum()), least) and auditor.release(cell)

    def contacts(label: str, rows: npt.NDArray[np.bool_]) -> bool:
        """Whether a number of attendances may be given beside the others."""
        cell = cell_of("contacts", label, signed, ("n", 1.0, rows))
        return not is_small(int(rows.sum()), least) and auditor.release(cell)

    all_rows = np.ones(len(came), dtype=bool)
    total = free("participation.participants", all_rows)
    contacts("participation.contacts", all_rows)
    again = free("participation.repeat_rate", (visits >= 2)[place])
    complete = free(
        "participation.completion_rate", (visits >= COMPLETED_SHARE * found.sessions)[place]
    )
    columns = {"kind": found.by_kind, "level": found.by_level}
    by = {name: [] for name in columns}  # type: ignore[var-annotated]
    for name, rows in columns.items():
        values = came[name].to_numpy()
        for value, n, m in rows:
            here = values == value
            who = free(f"participation.by_{name}.{value}", here)
            often = who and contacts(f"participation.by_{name}.{value}.contacts", here)
            by[name].append((value, _keep(n, who), _keep(m, often)))
    representation: list[Representation] = []
    for variable in dict.fromkeys(r.by for r in found.representation):
        groups = [r for r in found.representation if r.by == variable]
        of_person = came.groupby("person")[variable].first().dropna().astype(str)
        group = came["person"].map(of_person).to_numpy()
        label = f"participation.representation.{variable}"
        fine = total and free(label, np.isin(group, [r.value for r in groups]))
        shown = {
            r.value
            for r in sorted(groups, key=lambda r: -r.n)
            if fine and free(f"{label}.{r.value}", group == r.value)
        }
        representation += [r if r.value in shown else _no_share(r) for r in groups]
    month = came["date"].dt.strftime("%Y-%m").to_numpy() if found.per_period else np.array([])
    periods = tuple(
        _period(p, free(f"participation.{p.month}", month == p.month),
                contacts(f"participation.{p.month}.contacts", month == p.month))
        for p in found.per_period
    )  # fmt: skip
    at = came["at"].to_numpy()
    order = np.unique(clean_sign_ins(study.attendance).rows["at"])
    sessions = tuple(
        _session(s, contacts(f"participation.session.{s.session}", at == number), least)
        for s, number in zip(found.per_session, order, strict=True)
    )
    steps = {"came": total, "came_again": again, "completed": complete and again,
             "community": True}  # fmt: skip
    funnel = tuple(
        replace(
            s,
            n=_keep(s.n, steps.get(s.step, False)),
            share=hide_share(s.share, least) if steps.get(s.step, False) else _none(s.share),
        )
        for s in found.funnel
    )
    engagement = [n for _, n in found.engagement]
    hidden = choose_hidden(engagement, least)
    return replace(
        found,
        participants=_keep(found.participants, total),
        households=_keep(found.households, found.households is None),
        reach=found.reach if total else _none(found.reach),
        attendance_rate=hide_share(found.attendance_rate, least),
        repeat_rate=hide_share(found.repeat_rate, least) if again else _none(found.repeat_rate),
        completion_rate=(
            hide_share(found.completion_rate, least) if complete else _none(found.completion_rate)
        ),
        return_rate=hide_share(found.return_rate, least),
        funnel=funnel,
        per_session=sessions,
        per_period=periods,
        engagement=tuple(
            (k, n) for i, (k, n) in enumerate(found.engagement)
            # With one number hidden beside the sums over all, the others would give it back.
            if not hidden and i not in hidden
        ),
        lorenz=thin_lorenz(found.lorenz, least),
        top10_share=_top(found.top10_share, len(found.lorenz) - 1, least),
        gini=found.gini if found.gini.n >= 2 * least else _none(found.gini),
        representation=tuple(representation),
        by_kind=tuple(by["kind"]),
        by_level=tuple(by["level"]),
    )  # fmt: skip


def _protect_counts(found: Participation, least: int) -> Participation:
    """Protect a sheet of counts: small sessions are hidden with a second one."""
    hidden = choose_hidden([s.attended for s in found.per_session], least)
    return replace(
        found,
        attendance_rate=hide_share(found.attendance_rate, least),
        per_session=tuple(
            _session(s, i not in hidden, least) for i, s in enumerate(found.per_session)
        ),
    )


def _session(s: SessionAttendance, free: bool, least: int) -> SessionAttendance:
    shares = free and is_safe_share(s.rate, least)
    registered = s.registered is None or shares
    return replace(
        s,
        attended=_keep(s.attended, free),
        registered=_keep(s.registered, registered),
        rate=s.rate if shares else _none(s.rate),
        no_show=s.no_show if shares else _none(s.no_show),
        limit_low=_keep(s.limit_low, shares),
        limit_high=_keep(s.limit_high, shares),
        # Who came again is a part of both sessions' people.
        returned=s.returned if isinstance(s.returned, NotEstimable) else _none(s.returned),
    )


def _period(p: PeriodParticipation, people: bool, contacts: bool) -> PeriodParticipation:
    return replace(
        p,
        participants=_keep(p.participants, people),
        contacts=_keep(p.contacts, contacts),
        rate=p.rate if people else _none(p.rate),
    )


def _no_share(row: Representation) -> Representation:
    """Withhold how many of a group came."""
    return replace(row, n=SUPPRESSED, share=_none(row.share), ratio=_none(row.ratio))


def thin_lorenz(
    points: Sequence[tuple[float, float]], least: int
) -> tuple[tuple[float, float], ...]:
    """Keep points of a Lorenz curve that are ``least`` people, and a tenth, apart from the top.

    Counted from the most active, so that a top tenth ends on a point.
    """
    n = len(points) - 1
    if n < 2 * least:
        return ()
    step = max(least, -(-n // 10))
    kept = [i for i in range(n, 0, -step) if i >= least or i == n]
    return tuple(points[i] for i in (0, *sorted(kept)))


def _top(share: EstimateLike, n: int, least: int) -> EstimateLike:
    """Give the share of the most active tenth only where a tenth is many people."""
    return share if n >= 10 * least else _none(share)


def protect_volunteers(found: Volunteers, study: Study, least: int) -> Volunteers:
    """Protect the team: who left is counted in bins, months are rounded, nobody is listed."""
    flows = choose_hidden([found.active, found.left], least)
    joined = is_small(found.joined, least) or is_small(found.n - found.joined, least)
    year = found.active_year_ago
    times = _free_times(found.curve, least)
    return replace(
        found,
        active=_keep(found.active, 0 not in flows),
        left=_keep(found.left, 1 not in flows),
        joined=_keep(found.joined, not joined),
        active_year_ago=_keep(
            year, year is None or not (is_small(year, least) or is_small(found.n - year, least))
        ),
        curve=_bin_curve(found.curve, times),
        retention={
            days: round_days(e)
            if isinstance(e, NotEstimable)
            else e
            if float(days) in times
            else _none(e)
            for days, e in found.retention.items()
        },
        median_days=_median(found.median_days, found.curve, least),
        rmst=_rmst(found.rmst, found.n, least),
        returned=_nested_shares(found.returned, least),
        sensitivity=tuple(_lapse(s) for s in found.sensitivity),
        by_group=tuple(_by_group(g, least, found.n) for g in found.by_group),
        landmark=None if found.landmark is None else _by_group(found.landmark, least, found.n),
        causes=_causes(found, least),
        cohorts=_cohorts(found.cohorts, least),
        monthly=tuple(_month(m, least) for m in found.monthly),
        period_retention=_share_or_none(found.period_retention, least),
        commitment_retention=_nested_shares(found.returned, least).get(
            "365", found.commitment_retention
        ),
        mean_cumulative_returns=(),
        hours=None if found.hours is None else _hours(found.hours, study, least),
        roles=_roles(found, least, hidden=bool(flows)),
        overdue=(),
        backtest=tuple(_backtest(b, least) for b in found.backtest),
        notes={k: _keep(n, not is_small(n, least)) for k, n in found.notes.items()},
    )


def _free_times(curve: Curve, least: int) -> tuple[float, ...]:
    """Choose days of the curve between which either nobody or ``least`` people left.

    The horizons of a report come first. Neither those who left nor those followed no longer may
    be few between two days chosen, nor after the last.
    """
    if curve.n < 2 * least:
        return ()
    time = np.asarray(curve.time_days)
    events, censored = np.asarray(curve.events), np.asarray(curve.censored)

    def fits(days: list[float]) -> bool:
        edges = np.searchsorted(time, [*sorted(days), np.inf], side="right")
        parts = [slice(a, b) for a, b in zip([0, *edges[:-1]], edges, strict=True)]
        return not any(
            is_small(float(kind[part].sum()), least)
            for kind in (events, censored)
            for part in parts
        )

    chosen: list[float] = []
    last = float(time[-1])
    # A day of the curve itself is one on which somebody left.
    for day in (*HORIZONS, *np.arange(GRID, last, GRID).tolist()):
        if 0 < day <= last and day not in chosen and fits([*chosen, day]):
            chosen.append(day)
    return tuple(sorted(chosen)) if fits(chosen) else ()


def _bin_curve(curve: Curve, times: Sequence[float]) -> Curve:
    """Give a curve at chosen days only, with what happened since the day before it."""
    time = np.asarray(curve.time_days)
    at = [0, *(int(np.searchsorted(time, day, side="right")) - 1 for day in times)]
    ends = [0, *(i + 1 for i in at[1:])]

    def sums(values: Sequence[float]) -> tuple[float, ...]:
        column = np.asarray(values)
        return (0.0, *(float(column[a:b].sum()) for a, b in pairwise(ends)))

    def take(values: Sequence[float]) -> tuple[float, ...]:
        return tuple(values[i] for i in at)

    left = curve.n - np.cumsum(np.add(sums(curve.events), sums(curve.censored)))
    return replace(
        curve,
        time_days=(0.0, *times),
        at_risk=tuple(float(n) for n in left) if curve.n else (0.0,),
        events=sums(curve.events),
        censored=sums(curve.censored),
        survival=(1.0, *take(curve.survival)[1:]) if curve.n else (1.0,),
        ci_low=take(curve.ci_low),
        ci_high=take(curve.ci_high),
        n_missing=curve.n_missing if curve.n_missing == 0 else SUPPRESSED,
    )


def _median(median: EstimateLike, curve: Curve, least: int) -> EstimateLike:
    if isinstance(median, NotEstimable):
        return round_days(median)
    return round_days(median) if curve.n >= 2 * least else _none(median)


def _rmst(mean: EstimateLike, n: int, least: int) -> EstimateLike:
    if isinstance(mean, NotEstimable):
        return round_days(mean)
    return mean if n >= 2 * least else _none(mean)


def _nested_shares(shares: Mapping[str, EstimateLike], least: int) -> dict[str, EstimateLike]:
    """Keep shares of people who joined 30, 90, … days ago that differ by nobody or by many.

    Whoever joined a year ago also joined a quarter ago: two of these shares give the people
    between them, by subtraction.
    """
    kept: dict[str, EstimateLike] = {}
    before: list[tuple[int, int]] = []
    for days in sorted(shares, key=lambda d: -float(d)):
        share = shares[days]
        if isinstance(share, NotEstimable):
            kept[days] = _none(share) if share.n else share
            continue
        counts = (share.n, round(share.estimate * share.n))
        apart = [abs(a - b) for one in before for a, b in zip(one, counts, strict=True)]
        apart += [abs((a - c) - (b - d)) for a, c in before for b, d in (counts,)]
        if is_safe_share(share, least) and not any(is_small(n, least) for n in apart):
            kept[days] = share
            before.append(counts)
        else:
            kept[days] = _none(share)
    return {days: kept[days] for days in shares}


def _lapse(found: LapseSensitivity) -> LapseSensitivity:
    """Hide the numbers under another lapse rule: beside the rule's own they give a few people."""
    return replace(
        found, left=SUPPRESSED, median_days=_none(found.median_days),
        retention_365=_none(found.retention_365),
    )  # fmt: skip


def _by_group(found: RetentionByGroup, least: int, total: int) -> RetentionByGroup:
    """Show groups so that neither a hidden one nor those without a value are few."""
    sizes = [int(g.n or 0) for g in found.groups]
    unlisted = max(total - sum(sizes), 0)
    small = any(n == 0 or is_small(n, least) for n in sizes) or is_small(unlisted, least)
    hidden = set(choose_hidden(sizes, least, unlisted))
    groups = tuple(
        replace(g, n=SUPPRESSED, curve=None, median_days=_none(g.median_days), rmst=_none(g.rmst))
        if i in hidden
        else _group(g, least)
        for i, g in enumerate(found.groups)
    )
    if not (small and hidden):
        return replace(found, groups=groups)
    return replace(
        found,
        groups=groups,
        logrank=_trim_test(found.logrank),
        rmst_difference=_trim_test(found.rmst_difference),
        cox=(),
        proportional_hazards=_trim_test(found.proportional_hazards),
    )


def _trim_test(found: T) -> T:
    """Hide a test whose number of people is that of the shown and a hidden group together."""
    return NotEstimable(reason="suppressed", name=found.name, method=found.method)  # type: ignore[attr-defined,return-value]


def _group(g: GroupRetention, least: int) -> GroupRetention:
    """Leave a group's curve out: its steps beside those of all are single people's."""
    few = g.curve is None or g.curve.n < 2 * least
    return replace(
        g,
        curve=None,
        median_days=_none(g.median_days) if few else round_days(g.median_days),
        rmst=_none(g.rmst) if few else _rmst(g.rmst, 2 * least, least),
    )


def _causes(found: Volunteers, least: int) -> tuple[Cause, ...]:
    """Keep reasons for leaving that many gave, with their share after a year."""
    hidden = choose_hidden(
        [c.n for c in found.causes], least, max(found.left - sum(c.n for c in found.causes), 0)
    )
    return tuple(
        replace(
            c, n=SUPPRESSED if i in hidden else c.n,
            incidence=_bin_curve(c.incidence, ()), at_365=_none(c.at_365),
        )
        for i, c in enumerate(found.causes)
    )  # fmt: skip


def _cohorts(found: Sequence[Cohort], least: int) -> tuple[Cohort, ...]:
    hidden = choose_hidden([c.n for c in found], least)
    return tuple(_cohort(c, i in hidden, least) for i, c in enumerate(found))


def _cohort(c: Cohort, hidden: bool, least: int) -> Cohort:
    """Keep an intake's numbers still active that are many, with many gone, and many between."""
    if hidden:
        active = tuple((k, None if n is None else SUPPRESSED, None) for k, n, _ in c.active)
        return replace(c, n=SUPPRESSED, active=active)
    kept: list[int] = [c.n]
    told = []
    for k, n, share in c.active:
        free = n is not None and not any(is_small(abs(n - m), least) for m in (0, *kept))
        if n is None or free:
            told.append((k, n, share))
            kept += [n] if n is not None else []
        else:
            told.append((k, SUPPRESSED, SUPPRESSED))
    return replace(c, active=tuple(told))


def _round(n: float | None, least: int) -> int | None:
    """Round to multiples of the smallest group, as statistical offices round tables of counts."""
    return None if n is None else least * round(float(n) / least)


def _month(m: Month, least: int) -> Month:
    """Round a month's team; who came and went in one month is nearly always few."""
    return replace(
        m,
        active=_round(m.active, least) or 0,
        team=_round(m.team, least),
        new=_keep(m.new, not is_small(m.new, least)),
        returning=_keep(m.returning, not is_small(m.returning, least)),
        lapsed=_keep(m.lapsed, not is_small(m.lapsed, least)),
        hours=_keep(m.hours, m.active == 0 or not is_small(m.active, least)),
        retention=_keep(m.retention, False),
    )


def _backtest(b: OutlookCheck, least: int) -> OutlookCheck:
    return replace(b, actual=_round(b.actual, least) or 0, today=_round(b.today, least) or 0)


def _share_or_none(share: EstimateLike | None, least: int) -> EstimateLike | None:
    return None if share is None else hide_share(share, least)


def _hours(found: Hours, study: Study, least: int) -> Hours:
    """Protect who carries the work: no person's amount, no activity of a few."""
    n = len(found.lorenz) - 1
    enough = n >= least
    hidden = set(range(len(found.by_activity)))
    if study.service is not None and "activity" in study.service:
        by = study.service.dropna(subset=["volunteer"]).groupby("activity")["volunteer"].nunique()
        sizes = [int(by.get(name, 0)) for name, _ in found.by_activity]
        hidden = set(choose_hidden(sizes, least))
        if any(is_small(n - size, least) for size in sizes):
            hidden = set(range(len(sizes)))
    return replace(
        found,
        total=_keep(found.total, enough),
        per_active=found.per_active if enough else _none(found.per_active),
        gini=found.gini if n >= 2 * least else _none(found.gini),
        top10_share=_top(found.top10_share, n, least),
        bus_factor=_keep(found.bus_factor, not is_small(found.bus_factor, least)),
        reliability=hide_share(found.reliability, least),
        lorenz=thin_lorenz(found.lorenz, least),
        per_person=(),
        by_activity=tuple(
            (name, _keep(amount, i not in hidden))
            for i, (name, amount) in enumerate(found.by_activity)
        ),
    )


def _roles(found: Volunteers, least: int, *, hidden: bool) -> tuple[tuple[str, int], ...]:
    """Give the roles that many hold; those without one are a part of the active too."""
    unlisted = 0 if hidden else max(found.active - sum(n for _, n in found.roles), 0)
    small = choose_hidden([n for _, n in found.roles], least, unlisted)
    return tuple((role, _keep(n, i not in small)) for i, (role, n) in enumerate(found.roles))


def protect_capacity(found: Capacity, least: int) -> Capacity:
    """Protect self-assessments: a mean of few raters is theirs."""
    few = is_small(found.n_raters, least)
    return replace(
        found,
        n_raters=_keep(found.n_raters, not few),
        domains=_domains(found.domains, least),
        agreement=tuple((w, g, e if e.n >= least and not few else _none(e))
                        for w, g, e in found.agreement),
        leadership=tuple((role, SUPPRESSED, SUPPRESSED) if is_small(n, least) or
                         is_small(covered, least) or is_small(n - covered, least)
                         else (role, n, covered) for role, n, covered in found.leadership),
    )  # fmt: skip


def _domains(found: Sequence[DomainCapacity], least: int) -> tuple[DomainCapacity, ...]:
    """Keep a domain's means where every wave was rated by the same number, and by many.

    Raters of one wave only would be the difference of its mean and the change of the others.
    """
    by: dict[tuple[str, str], list[int]] = {}
    for d in found:
        sizes = by.setdefault((d.domain, d.group), [])
        sizes.append(d.mean.n)
        if d.change is not None:
            sizes.append(d.change.n)
    kept = {
        key for key, sizes in by.items() if len(set(sizes)) == 1 and not is_small(sizes[0], least)
    }
    return tuple(
        d if (d.domain, d.group) in kept else replace(
            d, mean=_none(d.mean), gap=_keep(d.gap, False),
            change=None if d.change is None else NotEstimable(
                reason="suppressed", name=d.change.name),
        )
        for d in found
    )  # fmt: skip


def protect_consultation(found: Consultation) -> Consultation:
    """Leave out who raised an issue; issues are counted, not people."""
    return replace(found, issues=tuple(replace(one, raised_by="") for one in found.issues))

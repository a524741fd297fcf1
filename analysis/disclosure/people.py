"""Participation, volunteers and capacity for an audience that may not see small groups."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import Cell, People, cell_of, rows_cell
from analysis.disclosure.counts import CountedSheet
from analysis.disclosure.openness import leave_attendance_open
from analysis.disclosure.rules import (
    bin_counts,
    hide_share,
    is_small,
    round_gini,
    round_people,
    sort_given,
    withheld,
)
from analysis.disclosure.suppression import Auditor, choose_hidden, hide_more
from analysis.participation.attendance import clean_sign_ins
from analysis.participation.engagement import list_engagement
from analysis.participation.results import (
    FunnelStep,
    Participation,
    PeriodParticipation,
    Representation,
    SessionAttendance,
)
from analysis.results import SUPPRESSED, EstimateLike, NotEstimable
from analysis.study import Study
from analysis.sustainability.results import Consultation
from analysis.thresholds import MIN_SHARE_COMPLETED

T = TypeVar("T")
#: What makes an attendance: whose, and of which session.
VISIT = ("person", "session", "date")
HORIZONS = (365.0, 180.0, 90.0, 30.0)


def _keep(value: T, free: bool) -> T:
    """Give a number, or that it is suppressed; what is missing stays missing."""
    return value if free or value is None else SUPPRESSED


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A sign-in sheet and what was released of it: numbers of people, and of their rows.

    A number of rows is judged as one over people, too, each counted as often as they have a row
    in it: attendances less participants are how often the few came again who did.
    """

    rows: pd.DataFrame
    who: npt.NDArray[np.int64]
    people: People
    auditor: Auditor

    def number(self, label: str, rows: npt.NDArray[np.bool_]) -> Cell:
        """One number over rows, as one over people."""
        whose, often = np.unique(self.who[rows], return_counts=True)
        return cell_of(
            "people", label, whose, *(("n", float(k), often == k) for k in np.unique(often))
        )

    def free(self, label: str, rows: npt.NDArray[np.bool_]) -> bool:
        """Whether the number of people with these rows may be given beside the others."""
        whose = np.unique(self.who[rows])
        cell = cell_of("people", label, whose, ("n", 1.0, np.ones(whose.size, dtype=bool)))
        return not is_small(whose.size, self.auditor.least) and self.auditor.release(cell)

    def contacts(self, label: str, rows: npt.NDArray[np.bool_]) -> bool:
        """Whether a number of attendances may be given beside the others."""
        if is_small(np.unique(self.who[rows]).size, self.auditor.least):
            return False
        told = self.rows.loc[rows, list(VISIT)]
        by_row = rows_cell("contacts", label, self.people, told, "person")
        return self.auditor.release(by_row, self.number(label, rows))

    def share(self, label: str, of: npt.NDArray[np.bool_], rows: npt.NDArray[np.bool_]) -> bool:
        """Whether a share of rows may be given: what it counts, and what it is a share of.

        Few people may be behind many rows: six absences may all be one person's.
        """
        return self.shares([(label, of, rows)])

    def shares(
        self, shares: Sequence[tuple[str, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]]
    ) -> bool:
        """Whether several shares may be given, all together."""
        return self.auditor.release(
            *(
                cell
                for label, of, rows in shares
                for cell in (self.number(f"{label}.of", of), self.number(label, rows & of))
            )
        )


def protect_participation(
    found: Participation, study: Study, people: People, auditor: Auditor
) -> Participation:
    """Protect attendance: people first, then shares, months, kinds and levels, sessions last."""
    least = auditor.least
    if study.attendance is None or study.attendance.empty:
        return _protect_counts(found, study, people, auditor)
    signed = clean_sign_ins(study.attendance)
    rows = signed.rows
    sheet = _Sheet(rows, people.of(rows["person"].to_numpy()), people, auditor)
    present = rows["attended"].to_numpy(dtype=bool)
    came = rows[present]
    everyone, place = np.unique(sheet.who[present], return_inverse=True)
    visits = np.bincount(place)
    often = np.zeros(len(rows), dtype=np.int64)
    often[present] = visits[place]

    total = sheet.free("participation.participants", present)
    again = sheet.free("participation.repeat_rate", often >= 2)
    complete = sheet.free(
        "participation.completion_rate",
        present & (often >= MIN_SHARE_COMPLETED * found.sessions),
    )
    all_contacts = sheet.contacts("participation.contacts", present)
    registered = rows["registered"].to_numpy(dtype=bool)
    kept = not signed.listed or sheet.share("participation.attendance_rate", registered, present)
    back = sheet.share("participation.return_rate", *_rows_before_last(rows, present))
    columns = {"kind": found.by_kind, "level": found.by_level}
    by = {name: [] for name in columns}  # type: ignore[var-annotated]
    for name, groups in columns.items():
        values = rows[name].to_numpy()
        for value, n, m in groups:
            here = present & (values == value)
            label = f"participation.by_{name}.{value}"
            who = sheet.free(label, here)
            rows_too = who and sheet.contacts(f"{label}.contacts", here)
            by[name].append((value, _keep(n, who), _keep(m, rows_too)))
    representation = _representation(found.representation, sheet, came, present, whole=total)
    month = rows["date"].dt.strftime("%Y-%m").to_numpy() if found.per_period else np.array([])
    periods = tuple(
        _period(
            p,
            sheet.free(f"participation.{p.month}", present & (month == p.month)),
            sheet.contacts(f"participation.{p.month}.contacts", present & (month == p.month)),
        )
        for p in found.per_period
    )
    judged = _judge_sessions(found.per_session, sheet)
    engagement = _engagement(visits, everyone, auditor)
    sessions = _protect_sessions(found.per_session, judged, limits=kept)
    steps = {"came": total, "came_again": again, "completed": complete and again, "community": True}
    steps["invited"] = _invited(found, sheet)
    # How unevenly people came tells how often those came again, too.
    spread = found if all_contacts else _without_spread(found)
    protected = replace(
        found,
        participants=_keep(found.participants, total),
        contacts=_keep(found.contacts, all_contacts),
        households=_keep(found.households, found.households is None),
        reach=found.reach if total else withheld(found.reach),
        attendance_rate=_rounded(found.attendance_rate, kept),
        repeat_rate=hide_share(found.repeat_rate, least) if again else withheld(found.repeat_rate),
        completion_rate=(
            hide_share(found.completion_rate, least)
            if complete
            else withheld(found.completion_rate)
        ),
        return_rate=_rounded(found.return_rate, back),
        funnel=_funnel(found.funnel, steps, least),
        per_session=sessions,
        per_period=periods,
        engagement=engagement,
        lorenz=thin_lorenz(spread.lorenz, found.contacts, least),
        top10_share=_top(spread.top10_share, len(spread.lorenz) - 1, least),
        gini=round_gini(spread.gini, spread.gini.n, least),
        representation=representation,
        by_kind=sort_given(by["kind"], itemgetter(0), itemgetter(1)),
        by_level=sort_given(by["level"], itemgetter(0), itemgetter(1)),
    )
    protected = leave_attendance_open(found, protected, least)
    return _without_eligible(protected) if _few_stayed_away(found, least) else protected


def _invited(found: Participation, sheet: _Sheet) -> bool:
    """Whether it may be told how many were invited: few of those eligible may not have been."""
    if "invited" not in sheet.rows:
        return False
    rows = sheet.rows["invited"].fillna(False).to_numpy(dtype=bool)
    people = np.unique(sheet.who[rows]).size
    few_not = found.eligible is not None and is_small(found.eligible - people, sheet.auditor.least)
    return not few_not and sheet.free("participation.invited", rows)


def _rows_before_last(
    rows: pd.DataFrame, present: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Mark the attendances before the last session held, and those followed by the next one."""
    person = pd.factorize(rows["person"])[0].astype(np.int64)
    # Sessions at which anybody was, numbered in time.
    at = np.full(len(rows), -1, dtype=np.int64)
    at[present] = np.unique(rows["at"].to_numpy()[present], return_inverse=True)[1]
    place = person * (at.max(initial=0) + 2) + at
    before = present & (at < at.max(initial=-1))
    again = present & np.isin(place + 1, place[present])
    return before, again


#: Sessions whose shares are judged together: one by one they take half a minute in a year's sheet.
_TOGETHER = 40


@dataclass(frozen=True, slots=True)
class _Sessions:
    """The sessions of a sheet: their rows, and whether who came may be told."""

    sheet: _Sheet
    labels: Sequence[str]
    here: Sequence[npt.NDArray[np.bool_]]
    came: Sequence[bool]


def _representation(
    found: Sequence[Representation],
    sheet: _Sheet,
    came: pd.DataFrame,
    present: npt.NDArray[np.bool_],
    *,
    whole: bool,
) -> tuple[Representation, ...]:
    """Give shares of groups, the largest first; none of a variable whose people are not told."""
    told: list[Representation] = []
    for variable in dict.fromkeys(r.by for r in found):
        groups = [r for r in found if r.by == variable]
        of_person = came.groupby("person")[variable].first().dropna().astype(str)
        group = sheet.rows["person"].map(of_person).to_numpy()
        label = f"participation.representation.{variable}"
        fine = whole and sheet.free(label, present & np.isin(group, [r.value for r in groups]))
        shown = {
            r.value
            for r in sorted(groups, key=lambda r: -r.n)
            if fine and sheet.free(f"{label}.{r.value}", present & (group == r.value))
        }
        told += [r if r.value in shown else _no_share(r) for r in groups]
    return tuple(told)


def _funnel(
    found: Sequence[FunnelStep], given: Mapping[str, bool], least: int
) -> tuple[FunnelStep, ...]:
    """Give each step that is told, and its share where the step that it is a share of is told."""
    return tuple(
        replace(
            s,
            n=_keep(s.n, given.get(s.step, False)),
            share=hide_share(s.share, least)
            if given.get(s.step, False) and (not s.of or given.get(s.of, False))
            else withheld(s.share),
        )
        for s in found
    )


def _judge_sessions(sessions: Sequence[SessionAttendance], sheet: _Sheet) -> _Sessions:
    """Judge how many came to each session: all who came less those of one are who missed it."""
    at = sheet.rows["at"].to_numpy()
    present = sheet.rows["attended"].to_numpy(dtype=bool)
    labels = [f"participation.session.{s.session}" for s in sessions]
    here = [at == number for number in np.unique(at)]
    came = [
        sheet.free(label, rows & present) and sheet.contacts(f"{label}.contacts", rows & present)
        for label, rows in zip(labels, here, strict=True)
    ]
    return _Sessions(sheet, labels, here, came)


def _protect_sessions(
    sessions: Sequence[SessionAttendance], judged: _Sessions, *, limits: bool
) -> tuple[SessionAttendance, ...]:
    """Give who was registered for each session but those few stayed away from, or walked into.

    Beside all of them another is withheld, the next in no-shows. The others are judged some at a
    time, those with most no-shows first, and some are given or none of them. ``limits`` is whether
    the share over all sessions is given, around which the usual ones lie.
    """
    sheet, came = judged.sheet, judged.came
    present = sheet.rows["attended"].to_numpy(dtype=bool)
    registered = sheet.rows["registered"].to_numpy(dtype=bool)
    missed = [int((rows & registered & ~present).sum()) for rows in judged.here]
    hidden = choose_hidden(missed, sheet.auditor.least)
    walked_in = [int((rows & present & ~registered).sum()) for rows in judged.here]
    hidden += [i for i, n in enumerate(walked_in) if is_small(n, sheet.auditor.least)]
    kept = [i for i in range(len(sessions)) if came[i] and i not in hidden]
    kept.sort(key=lambda i: -missed[i])

    told: set[int] = set()
    for start in range(0, len(kept), _TOGETHER):
        some = kept[start : start + _TOGETHER]
        asked = [
            (f"{judged.labels[i]}.rate", judged.here[i] & registered, judged.here[i] & present)
            for i in some
        ]
        if sheet.shares(asked):
            told.update(some)
    return tuple(_session(s, came[i], i in told, limits) for i, s in enumerate(sessions))


def _without_spread(found: Participation) -> Participation:
    """Withhold how unevenly attendances are spread over people."""
    return replace(
        found,
        lorenz=(),
        gini=withheld(found.gini),
        top10_share=withheld(found.top10_share),
    )


def _few_stayed_away(found: Participation, least: int) -> bool:
    """Whether few of those eligible never came, in all or in a month."""
    came = [found.participants, *(p.participants for p in found.per_period)]
    return found.eligible is not None and any(
        n is not None and is_small(found.eligible - n, least) for n in came
    )


def _without_eligible(found: Participation) -> Participation:
    """Withhold how many were eligible, and every share of them: less who came, few are left."""
    return replace(
        found,
        eligible=SUPPRESSED,
        reach=withheld(found.reach),
        per_period=tuple(replace(p, rate=withheld(p.rate)) for p in found.per_period),
        funnel=tuple(
            replace(s, n=SUPPRESSED)
            if s.step == "community"
            else replace(s, share=withheld(s.share) if s.of == "community" else s.share)
            for s in found.funnel
        ),
    )


def _rounded(share: EstimateLike, free: bool) -> EstimateLike:
    """Give a share by person: its error in full would tell how it is spread over people."""
    if isinstance(share, NotEstimable):
        return share if free else withheld(share)
    if not free:
        return withheld(share)
    low, high = (
        None if end is None else side(round(100 * end, 6)) / 100
        for end, side in ((share.ci_low, math.floor), (share.ci_high, math.ceil))
    )
    return replace(share, ci_low=low, ci_high=high, std_error=SUPPRESSED)


def _engagement(
    visits: npt.NDArray[np.int64], everyone: npt.NDArray[np.int64], auditor: Auditor
) -> tuple[tuple[int, int], ...]:
    """Give how often people came in steps that many took: (fewest sessions of a step, people).

    The steps are judged exactly, beside everything else, and given rounded: all attendances, and
    those of the most active tenth, would tell how the last few of a step are spread over it.
    """
    if not visits.size:  # a sheet on which nobody came
        return ()
    values, counts = zip(*list_engagement(visits), strict=True)
    # Where steps of the smallest group would single out few beside the rest, wider ones are tried.
    for size in (auditor.least, 2 * auditor.least, 4 * auditor.least):
        steps = bin_counts(values, counts, size)
        cells = [
            cell_of(
                "people",
                f"participation.engagement.{low}",
                everyone,
                ("n", 1.0, (visits >= low) & (visits <= high)),
            )
            for low, high, _ in steps
        ]
        if len(steps) > 1 and auditor.release(*cells):
            return tuple((int(low), round_people(n, auditor.least) or 0) for low, _, n in steps)
    return ()


def _protect_counts(
    found: Participation, study: Study, people: People, auditor: Auditor
) -> Participation:
    """Protect a sheet of counts beside everything seen before: parts of it are totals too."""
    if study.attendance_counts is None or study.attendance_counts.empty:
        return found
    sheet = CountedSheet.read(study.attendance_counts, people, auditor)
    each = range(len(found.per_session))
    contacts = sheet.release("participation.contacts", came=each)
    kept = sheet.release(
        "participation.attendance_rate", came=sheet.usable, registered=sheet.usable
    )
    filled = sheet.release("participation.fill_rate", came=sheet.known, registered=sheet.known)
    # The largest first: what is hidden beside a small session is the next smallest.
    came, shares = [False] * len(each), [False] * len(each)
    for i in sorted(each, key=lambda i: -found.per_session[i].attended):
        came[i] = sheet.release(f"participation.session.{i}", came=[i])
    for i in sorted(each, key=lambda i: -sheet.apart(i)):
        shares[i] = came[i] and sheet.release(f"participation.session.{i}.rate", registered=[i])
    few = [i for i in each if not shares[i]]
    more, fine = hide_more([sheet.apart(i) for i in each], few, auditor.least)
    shares, kept = [one and i not in more for i, one in enumerate(shares)], kept and fine
    protected = replace(
        found,
        contacts=_keep(found.contacts, contacts),
        attendance_rate=_rounded(found.attendance_rate, kept),
        fill_rate=_keep(found.fill_rate, filled),
        per_session=tuple(
            _session(s, a, b, kept) for s, a, b in zip(found.per_session, came, shares, strict=True)
        ),
    )
    return leave_attendance_open(found, protected, auditor.least)


def _session(s: SessionAttendance, free: bool, shares: bool, limits: bool) -> SessionAttendance:
    """Give a session: who came if ``free``, who was registered if ``shares``.

    The limits lie around the share over all sessions; in full they would give it back.
    """
    low, high = (None if end is None else round(end, 2) for end in (s.limit_low, s.limit_high))
    shares = shares or s.registered is None
    return replace(
        s,
        attended=_keep(s.attended, free),
        registered=_keep(s.registered, shares),
        rate=s.rate if shares else withheld(s.rate),
        no_show=s.no_show if shares else withheld(s.no_show),
        limit_low=_keep(low, shares and limits),
        limit_high=_keep(high, shares and limits),
        outside=s.outside and shares and limits,
        # Who came again is a part of both sessions' people.
        returned=withheld(s.returned),
    )


def _period(p: PeriodParticipation, people: bool, contacts: bool) -> PeriodParticipation:
    return replace(
        p,
        participants=_keep(p.participants, people),
        contacts=_keep(p.contacts, contacts),
        rate=p.rate if people else withheld(p.rate),
    )


def _no_share(row: Representation) -> Representation:
    """Withhold how many of a group came."""
    return replace(row, n=SUPPRESSED, share=withheld(row.share), ratio=withheld(row.ratio))


def thin_lorenz(
    points: Sequence[tuple[float, float]], total: float, least: int
) -> tuple[tuple[float, float], ...]:
    """Keep points of a Lorenz curve that are ``least`` people, and a tenth, apart from the top.

    Counted from the most active, so that a top tenth ends on a point. Shares are rounded to
    ``least`` contacts or hours: exact ones, put in order, tell how many came once.
    """
    n = len(points) - 1
    if n < 2 * least:
        return ()
    step = max(least, -(-n // 10))
    kept = [i for i in range(n, 0, -step) if i >= least or i == n]
    unit = max(0.01, least / total) if total > 0 else 1.0
    rounded = [min(1.0, unit * round(points[i][1] / unit)) for i in sorted(kept)[:-1]]
    return (
        points[0],
        *zip((points[i][0] for i in sorted(kept)[:-1]), rounded, strict=True),
        (1.0, 1.0),
    )


def _top(share: EstimateLike, n: int, least: int) -> EstimateLike:
    """Give the share of the most active tenth only where a tenth is many people."""
    return share if n >= 10 * least else withheld(share)


def protect_consultation(found: Consultation) -> Consultation:
    """Leave out who raised an issue; issues are counted, not people."""
    return replace(found, issues=tuple(replace(one, raised_by="") for one in found.issues))

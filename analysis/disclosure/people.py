"""Participation, volunteers and capacity for an audience that may not see small groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from analysis.disclosure.cells import People, cell_of, rows_cell
from analysis.disclosure.rules import (
    bin_counts,
    hide_share,
    is_safe_share,
    is_small,
    round_gini,
    round_people,
)
from analysis.disclosure.suppression import Auditor, choose_hidden
from analysis.participation.attendance import clean_sign_ins
from analysis.participation.engagement import list_engagement
from analysis.participation.results import (
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

    def free(label: str, people_in: npt.NDArray[np.bool_]) -> bool:
        """Whether the number of people with these rows may be given beside the others."""
        mask = np.zeros(everyone.size, dtype=bool)
        mask[place[people_in]] = True
        cell = cell_of("people", label, everyone, ("n", 1.0, mask))
        return not is_small(int(mask.sum()), least) and auditor.release(cell)

    def contacts(label: str, rows: npt.NDArray[np.bool_]) -> bool:
        """Whether a number of attendances may be given beside the others."""
        few = is_small(np.unique(place[rows]).size, least)
        return not few and auditor.release(
            rows_cell("contacts", label, people, came.loc[rows, list(VISIT)], "person")
        )

    all_rows = np.ones(len(came), dtype=bool)
    total = free("participation.participants", all_rows)
    contacts("participation.contacts", all_rows)
    again = free("participation.repeat_rate", (visits >= 2)[place])
    complete = free(
        "participation.completion_rate", (visits >= MIN_SHARE_COMPLETED * found.sessions)[place]
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
        _period(
            p,
            free(f"participation.{p.month}", month == p.month),
            contacts(f"participation.{p.month}.contacts", month == p.month),
        )
        for p in found.per_period
    )
    at = came["at"].to_numpy()
    order = np.unique(clean_sign_ins(study.attendance).rows["at"])
    sessions = tuple(
        # All who came less those of one session are the people who missed it.
        _session(
            s,
            free(f"participation.session.{s.session}", at == number)
            and contacts(f"participation.session.{s.session}.contacts", at == number),
            least,
        )
        for s, number in zip(found.per_session, order, strict=True)
    )
    steps = {"came": total, "came_again": again, "completed": complete and again, "community": True}
    funnel = tuple(
        replace(
            s,
            n=_keep(s.n, steps.get(s.step, False)),
            share=hide_share(s.share, least) if steps.get(s.step, False) else _none(s.share),
        )
        for s in found.funnel
    )
    engagement = _engagement(visits, everyone, auditor)
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
        engagement=engagement,
        lorenz=thin_lorenz(found.lorenz, found.contacts, least),
        top10_share=_top(found.top10_share, len(found.lorenz) - 1, least),
        gini=round_gini(found.gini, found.gini.n, least),
        representation=tuple(representation),
        by_kind=tuple(by["kind"]),
        by_level=tuple(by["level"]),
    )


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
    return share if n >= 10 * least else _none(share)


def protect_consultation(found: Consultation) -> Consultation:
    """Leave out who raised an issue; issues are counted, not people."""
    return replace(found, issues=tuple(replace(one, raised_by="") for one in found.issues))

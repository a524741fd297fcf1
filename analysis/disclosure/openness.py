"""Attendances of sessions, months and kinds that are parts of one another's totals."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from analysis.disclosure.rules import withheld
from analysis.disclosure.suppression import hide_more
from analysis.participation.results import Participation, SessionAttendance
from analysis.results import SUPPRESSED, Suppressed

#: A month, kind or level: its people, its attendances.
Row = tuple[str, int, int]
Rows = tuple[Row, ...]
#: What a total of attendances is over: all of them, or those of a month, kind or level.
Total = tuple[str, str]


def leave_attendance_open(found: Participation, shown: Participation, least: int) -> Participation:
    """Withhold further sessions, months and kinds until those hidden may be of many sizes.

    A session nobody came to is told, so that five attendances at five withheld sessions are one at
    each. Where all parts of a total are not enough, the total is withheld.
    """
    sizes = [s.attended for s in found.per_session]
    hidden = {i for i, s in enumerate(shown.per_session) if isinstance(s.attended, Suppressed)}
    closed: set[Total] = set()
    # A session hidden for one total may be the only one of another: once more for those.
    for _ in range(2):
        for total, inside in _totals(shown):
            more, fine = hide_more(
                [sizes[i] for i in inside], [k for k, i in enumerate(inside) if i in hidden], least
            )
            hidden |= {inside[k] for k in more}
            if not fine:
                closed.add(total)
    shown = replace(
        shown,
        per_session=tuple(
            _hide_session(s) if i in hidden else s for i, s in enumerate(shown.per_session)
        ),
        per_period=tuple(
            replace(p, contacts=SUPPRESSED) if ("month", p.month) in closed else p
            for p in shown.per_period
        ),
        by_kind=_close("kind", shown.by_kind, closed),
        by_level=_close("level", shown.by_level, closed),
    )
    return _leave_totals_open(found, shown, least, whole=("all", "") not in closed)


def _hide_session(s: SessionAttendance) -> SessionAttendance:
    """Withhold how many came to a session, and with it every share of it."""
    return replace(
        s,
        attended=SUPPRESSED,
        registered=None if s.registered is None else SUPPRESSED,
        rate=withheld(s.rate),
        no_show=withheld(s.no_show),
        limit_low=None if s.limit_low is None else SUPPRESSED,
        limit_high=None if s.limit_high is None else SUPPRESSED,
        outside=False,
    )


def _totals(shown: Participation) -> Iterator[tuple[Total, Sequence[int]]]:
    """Each total of attendances that is given, with the places of its sessions."""
    given = {("month", p.month) for p in shown.per_period if not isinstance(p.contacts, Suppressed)}
    given |= {("kind", kind) for kind, _, n in shown.by_kind if not isinstance(n, Suppressed)}
    given |= {("level", level) for level, _, n in shown.by_level if not isinstance(n, Suppressed)}
    if not isinstance(shown.contacts, Suppressed):
        given.add(("all", ""))
    inside: dict[Total, list[int]] = {}
    for i, s in enumerate(shown.per_session):
        day = str(s.date)[:7]
        for total in (("month", day), ("kind", s.kind), ("level", s.level), ("all", "")):
            if total in given:
                inside.setdefault(total, []).append(i)
    yield from inside.items()


def _leave_totals_open(
    found: Participation, shown: Participation, least: int, *, whole: bool
) -> Participation:
    """Withhold further months, kinds and levels beside all attendances, or these."""
    if isinstance(shown.contacts, Suppressed):
        return shown
    months = [(p.month, p.participants, p.contacts) for p in shown.per_period]
    exact = {p.month: p.contacts for p in found.per_period}
    by_month, first = _hide_rows(months, exact, least)
    given = dict((month, n) for month, _, n in by_month)
    by_kind, second = _hide_rows(shown.by_kind, _contacts(found.by_kind), least)
    by_level, third = _hide_rows(shown.by_level, _contacts(found.by_level), least)
    shown = replace(
        shown,
        per_period=tuple(replace(p, contacts=given[p.month]) for p in shown.per_period),
        by_kind=by_kind,
        by_level=by_level,
    )
    return shown if whole and first and second and third else _without_contacts(shown)


def _hide_rows(rows: Sequence[Row], exact: Mapping[str, int], least: int) -> tuple[Rows, bool]:
    """Withhold further attendances of rows; nobody who came has fewer than one of them."""
    more, fine = hide_more(
        [exact[name] for name, _, _ in rows],
        [i for i, (_, _, n) in enumerate(rows) if isinstance(n, Suppressed)],
        least,
        fewest={i: who for i, (_, who, _) in enumerate(rows) if not isinstance(who, Suppressed)},
    )
    told = ((name, who, SUPPRESSED if i in more else n) for i, (name, who, n) in enumerate(rows))
    return tuple(told), fine


def _contacts(rows: Rows) -> Mapping[str, int]:
    return {name: n for name, _, n in rows}


def _close(kind: str, rows: Rows, closed: Collection[Total]) -> Rows:
    """Withhold the attendances of totals that tell their parts."""
    return tuple((v, n, SUPPRESSED if (kind, v) in closed else m) for v, n, m in rows)


def _without_contacts(shown: Participation) -> Participation:
    """Withhold all attendances, and the shares from which they follow."""
    return replace(
        shown,
        contacts=SUPPRESSED,
        attendance_rate=withheld(shown.attendance_rate),
        return_rate=withheld(shown.return_rate),
        fill_rate=None if shown.fill_rate is None else SUPPRESSED,
        lorenz=(),
        gini=withheld(shown.gini),
        top10_share=withheld(shown.top10_share),
    )

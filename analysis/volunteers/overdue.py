"""Who is likely to lapse: days since last service against one's own rhythm and the team's.

A list for the organisation only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.volunteers.results import Overdue
from analysis.volunteers.spells import FloatArray, IntArray, Stints, Team, as_date

MIN_GAPS = 3
WATCH_RATIO, ACT_RATIO = 2.0, 3.0
WATCH_DAYS, ACT_DAYS = 14.0, 21.0
MAX_LISTED = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Days between one presence and the next, with whose they are; sorted by person and gap."""

    person: IntArray
    days: FloatArray


def list_overdue(team: Team, stints: Stints) -> tuple[Overdue, ...]:
    """List people in the team whose absence is long against their rhythm, most overdue first.

    Rhythm: the median of one's own gaps (at least ``MIN_GAPS``), at least 1 day; else the
    team's median. ``act`` from 3 times the rhythm (and 21 days), ``watch`` from 2 times (and 14
    days). ``survival_given_absence`` is the share of the team's past absences of this length
    that ended in service within the lapse window. Empty without a service log.
    """
    if team.lapse_after is None:
        return ()
    gaps = _gaps(team)
    rhythm, own = _rhythms(team, gaps)
    here = np.unique(stints.person[stints.stop > team.until])
    since = team.until - team.last[here]
    ratio = since / rhythm[here]
    late = (ratio >= WATCH_RATIO) & (since >= WATCH_DAYS)
    order = np.flatnonzero(late)[np.argsort(-ratio[late], kind="stable")][:MAX_LISTED]
    back = _share_back(team, gaps, since[order])
    return tuple(
        Overdue(
            volunteer=str(team.ids[here[i]]),
            last_service=as_date(team.last[here[i]]),
            days_since=int(since[i]),
            rhythm_days=float(rhythm[here[i]]) if own[here[i]] else None,
            ratio=float(ratio[i]) if own[here[i]] else None,
            survival_given_absence=back[k],
            urgency="act" if ratio[i] >= ACT_RATIO and since[i] >= ACT_DAYS else "watch",
        )
        for k, i in enumerate(order)
    )


def people_overdue(listed: Sequence[Overdue]) -> tuple[Overdue, ...]:
    """Return those who are overdue: absent so long that somebody should call them.

    The one rule of every count, warning and list. Those to watch are listed apart.
    """
    return tuple(one for one in listed if one.urgency == "act")


def people_to_watch(listed: Sequence[Overdue]) -> tuple[Overdue, ...]:
    """Return those absent for long, but not yet overdue."""
    return tuple(one for one in listed if one.urgency == "watch")


def _gaps(team: Team) -> Gaps:
    same = np.diff(team.person) == 0
    person, days = team.person[1:][same], np.diff(team.day)[same]
    order = np.lexsort((days, person))
    return Gaps(person=person[order], days=days[order])


def _rhythms(team: Team, gaps: Gaps) -> tuple[FloatArray, np.ndarray]:
    """Median gap per person, the team's where there are too few; and whether it is one's own."""
    number = np.bincount(gaps.person, minlength=team.n)
    first = np.cumsum(number) - number
    own = number >= MIN_GAPS
    everyone = float(np.median(gaps.days)) if gaps.days.size else float(team.window)
    rhythm = np.full(team.n, max(everyone, 1.0))
    low = first[own] + (number[own] - 1) // 2
    high = first[own] + number[own] // 2
    rhythm[own] = np.maximum((gaps.days[low] + gaps.days[high]) / 2, 1.0)
    return rhythm, own


def _share_back(team: Team, gaps: Gaps, since: FloatArray) -> list[float | None]:
    lapses = int(np.sum(gaps.days > team.window))
    lapses += int(np.sum((team.last < team.until - team.window) & ~np.isfinite(team.left)))
    short = np.sort(gaps.days[gaps.days <= team.window])
    ended = short.size - np.searchsorted(short, since, side="right")
    known = ended + lapses
    return [float(e / k) if k else None for e, k in zip(ended, known, strict=True)]

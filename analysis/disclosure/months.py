"""Comings and goings of a team: what the months say together of a month that is withheld.

A team is that of the month before, and who came, less who went. The months form a chain, so that
bounds carried along it from both ends are as narrow as linear programming finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from analysis.disclosure.rules import is_small
from analysis.results import SUPPRESSED, Suppressed
from analysis.volunteers.results import Month

#: Fewest possible numbers of a withheld small one, less one.
MIN_WIDTH = 2.0
_CAME_AND_WENT = ("new", "returning", "lapsed")
_ROUNDED = ("team", "active")
Interval = tuple[float, float]


def withhold_narrow_months(
    true: Sequence[Month], shown: Sequence[Month], least: int
) -> tuple[Month, ...]:
    """Withhold more of the months in which the others narrow a withheld small number.

    First who came and went in that month, then its team and its active volunteers.

    Parameters
    ----------
    true, shown
        The months as they are, and as they are to be given: active volunteers rounded to
        ``least``, numbers of few withheld.
    """
    told = list(shown)
    while (at := _find_narrow(true, told, least)) is not None:
        given = [
            n for n in _CAME_AND_WENT if _is_told(getattr(told[at], n)) and getattr(told[at], n)
        ]
        told[at] = replace(told[at], **dict.fromkeys(given or _ROUNDED, SUPPRESSED))
    return tuple(told)


def _find_narrow(true: Sequence[Month], shown: Sequence[Month], least: int) -> int | None:
    """The first month with a withheld small number that has fewer possible values than it must."""
    for at, bounds in enumerate(bound_months(true, shown, least)):
        if not any(_is_told(getattr(shown[at], name)) for name in (*_CAME_AND_WENT, *_ROUNDED)):
            continue
        for name, (low, high) in bounds.items():
            hidden = not _is_told(getattr(shown[at], name))
            if hidden and is_small(getattr(true[at], name), least) and high - low < MIN_WIDTH:
                return at
    return None


def bound_months(
    true: Sequence[Month], shown: Sequence[Month], least: int
) -> list[dict[str, Interval]]:
    """Bounds of who was new, returned and lapsed in each month, for a reader of all months.

    Months between which the numbers do not add up are not linked: he could not use them.
    """
    moves = [
        {n: _own(m, s, n, least) for n in _CAME_AND_WENT} for m, s in zip(true, shown, strict=True)
    ]
    team, active = ([_rounded(getattr(one, name), least) for one in shown] for name in _ROUNDED)
    linked = [_adds_up(a, b) for a, b in pairwise(true)]
    net = [_add(_add(one["new"], one["returning"]), _minus(one["lapsed"])) for one in moves]
    before, after = list(team), list(team)
    for at in range(1, len(team)):
        if linked[at - 1]:
            before[at] = _meet(team[at], _add(before[at - 1], net[at]))
    for at in range(len(team) - 2, -1, -1):
        if linked[at]:
            after[at] = _meet(team[at], _add(after[at + 1], _minus(net[at + 1])))
    for at, one in enumerate(moves):
        # Who is active and did not come anew was in the team the month before.
        came = _meet(_add(one["new"], one["returning"]), (0.0, active[at][1]))
        if at:
            came = _meet(came, (active[at][0] - team[at - 1][1], np.inf))
        if at and linked[at - 1]:
            # What came less what went is what the two ends leave.
            change = _add(after[at], _minus(before[at - 1]))
            came = _meet(came, _add(change, one["lapsed"]))
            one["lapsed"] = _meet(one["lapsed"], _add(came, _minus(change)))
        for name, other in (("new", "returning"), ("returning", "new")):
            one[name] = _meet(one[name], _add(came, _minus(one[other])))
    return moves


def _adds_up(before: Month, after: Month) -> bool:
    if before.team is None or after.team is None:
        return False
    return after.team == before.team + after.new + after.returning - after.lapsed


def _own(true: Month, shown: Month, name: str, least: int) -> Interval:
    """What a number says of itself; withheld, a small one is taken for known to be small."""
    value = getattr(shown, name)
    if _is_told(value):
        return float(value), float(value)
    return 0.0, float(least - 1) if is_small(getattr(true, name), least) else np.inf


def _rounded(value: float | None, least: int) -> Interval:
    if value is None or not _is_told(value):
        return 0.0, np.inf
    half = (least - 1) // 2
    return max(0.0, value - half), value + half


def _is_told(value: float) -> bool:
    return not isinstance(value, Suppressed)


def _add(a: Interval, b: Interval) -> Interval:
    return a[0] + b[0], a[1] + b[1]


def _minus(a: Interval) -> Interval:
    return -a[1], -a[0]


def _meet(a: Interval, b: Interval) -> Interval:
    return max(a[0], b[0]), min(a[1], b[1])

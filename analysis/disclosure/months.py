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
#: How often what is known is carried along the months and back.
_ROUNDS = 2
Interval = tuple[float, float]
Bounds = dict[str, Interval]


def withhold_narrow_months(
    true: Sequence[Month], shown: Sequence[Month], least: int
) -> tuple[Month, ...]:
    """Withhold more of the months in which the others narrow a small number that is not given.

    First who came and went in that month, then its team, then the same of the month after it and of
    the month before it. The last month's team stays: what may come begins with it.

    Parameters
    ----------
    true, shown
        The months as they are, and as they are to be given: team and active volunteers rounded
        to ``least``, numbers of few withheld.
    """
    told = list(shown)
    while (narrow := _find_narrow(true, told, least)) is not None:
        at, names = narrow
        if names == ["team"]:
            told[at] = replace(told[at], team=None)
        else:
            told[at] = replace(told[at], **dict.fromkeys(names, SUPPRESSED))
    return tuple(told)


def _find_narrow(
    true: Sequence[Month], shown: Sequence[Month], least: int
) -> tuple[int, list[str]] | None:
    """What to withhold next: the month, and its numbers; None when nothing is too narrow."""
    for at, bounds in enumerate(bound_months(true, shown, least)):
        for name, (low, high) in bounds.items():
            value = getattr(true[at], name) or 0
            exact = name in _CAME_AND_WENT and _is_told(getattr(shown[at], name))
            if exact or not is_small(value, least) or high - low >= MIN_WIDTH:
                continue
            for where in (one for one in (at, at + 1, at - 1) if 0 <= one < len(shown)):
                for group in (_CAME_AND_WENT, ("team",)):
                    given = [n for n in group if _is_told(getattr(shown[where], n))]
                    if given and (group == _CAME_AND_WENT or where < len(shown) - 1):
                        return where, given
    return None


def bound_months(
    true: Sequence[Month], shown: Sequence[Month], least: int
) -> list[dict[str, Interval]]:
    """Bounds of each number of each month, for a reader of all of them.

    Months between which the numbers do not add up are not linked: he could not use them.
    """
    found = [
        {
            **{n: _own(m, s, n, least) for n in _CAME_AND_WENT},
            **{n: _rounded(getattr(s, n), least) for n in _ROUNDED},
        }
        for m, s in zip(true, shown, strict=True)
    ]
    linked = [False, *(_adds_up(a, b) for a, b in pairwise(true))]
    for _ in range(_ROUNDS):
        for at in (*range(len(found)), *reversed(range(len(found)))):
            _narrow_month(found[at], found[at - 1] if at else None, linked=linked[at])
    return found


def _narrow_month(month: Bounds, before: Bounds | None, *, linked: bool) -> None:
    """Carry what is known through one month, and between it and the month before."""
    came = _meet(_add(month["new"], month["returning"]), (0.0, month["active"][1]))
    if before is not None:
        # Who is active and did not come anew was in the team the month before.
        came = _meet(came, (month["active"][0] - before["team"][1], np.inf))
    if before is not None and linked:
        grown = _add(month["team"], _minus(before["team"]))
        came = _meet(came, _add(grown, month["lapsed"]))
        month["lapsed"] = _meet(month["lapsed"], _add(came, _minus(grown)))
        net = _add(came, _minus(month["lapsed"]))
        month["team"] = _meet(month["team"], _add(before["team"], net))
        before["team"] = _meet(before["team"], _add(month["team"], _minus(net)))
    stayed = before["team"][1] if before is not None else np.inf
    month["active"] = _meet(month["active"], (came[0], came[1] + stayed))
    for name, other in (("new", "returning"), ("returning", "new")):
        month[name] = _meet(month[name], _add(came, _minus(month[other])))


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
    if value is None or isinstance(value, Suppressed):
        return 0.0, np.inf
    half = (least - 1) // 2
    return max(0.0, value - half), value + half


def _is_told(value: float | None) -> bool:
    return value is not None and not isinstance(value, Suppressed)


def _add(a: Interval, b: Interval) -> Interval:
    return a[0] + b[0], a[1] + b[1]


def _minus(a: Interval) -> Interval:
    return -a[1], -a[0]


def _meet(a: Interval, b: Interval) -> Interval:
    return max(a[0], b[0]), min(a[1], b[1])

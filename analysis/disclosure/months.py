"""Comings and goings of a team: what the months say together of a month that is withheld.

A team is that of the month before, and who came, less who went. The months form a chain, so that
bounds carried along it from both ends are as narrow as linear programming finds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
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


@dataclass(frozen=True, slots=True)
class Told:
    """What else is told of the team; None: withheld.

    Attributes
    ----------
    n, active
        How many ever were in it, and how many are today.
    ends
        The team at the end of a month, where it is told exactly, by month: that of a year ago.
    """

    n: int | None = None
    active: int | None = None
    ends: Mapping[str, int] = field(default_factory=dict)


def withhold_narrow_months(
    true: Sequence[Month], shown: Sequence[Month], least: int, beside: Told
) -> tuple[Month, ...]:
    """Withhold more of the months in which the others narrow a small number that is not given.

    First who came and went in that month, then its team, then the same of the month after it and of
    the month before it. The last month's team stays where the team today is told: what may come
    begins with it.

    Parameters
    ----------
    true, shown
        The months as they are, and as they are to be given: team and active volunteers rounded
        to ``least``, numbers of few withheld.
    beside
        What is told of the whole team.
    """
    told = [_without_nearly_all(month, least, beside) for month in shown]
    while (
        narrow := _tells_who_left(true, told, least, beside)
        or _find_narrow(true, told, least, beside)
    ) is not None:
        at, names = narrow
        if names == ["team"]:
            told[at] = replace(told[at], team=None)
        else:
            told[at] = replace(told[at], **dict.fromkeys(names, SUPPRESSED))
    return tuple(told)


def _without_nearly_all(month: Month, least: int, beside: Told) -> Month:
    """Withhold how many served in a month where that says how few have left.

    Only where the team today is withheld, and all who ever were in it are told.
    """
    if beside.n is None or beside.active is not None:
        return month
    nearly_all = _rounded(month.active, least)[0] > beside.n - (least - 1)
    return replace(month, active=SUPPRESSED) if nearly_all else month


def _tells_who_left(
    true: Sequence[Month], shown: Sequence[Month], least: int, beside: Told
) -> tuple[int, list[str]] | None:
    """What to withhold next where the last team tells how few have left of all; None when not."""
    if beside.n is None or beside.active is not None or true[-1].team is None:
        return None
    if not is_small(beside.n - true[-1].team, least):
        return None
    few = (float(beside.n - (least - 1)), float(beside.n - 1))
    low, high = _meet(bound_months(true, shown, least, beside)[-1]["team"], few)
    if high - low >= MIN_WIDTH:
        return None
    for where in reversed(range(len(shown))):
        for group in (("team",), _CAME_AND_WENT):
            given = [n for n in group if _is_told(getattr(shown[where], n))]
            if given:
                return where, given
    return None


def _find_narrow(
    true: Sequence[Month], shown: Sequence[Month], least: int, beside: Told
) -> tuple[int, list[str]] | None:
    """What to withhold next: the month, and its numbers; None when nothing is too narrow."""
    fixed = len(shown) - 1 if beside.active is not None else None
    for at, bounds in enumerate(bound_months(true, shown, least, beside)):
        for name, (low, high) in bounds.items():
            value = getattr(true[at], name) or 0
            exact = name in _CAME_AND_WENT and _is_told(getattr(shown[at], name))
            if exact or not is_small(value, least) or high - low >= MIN_WIDTH:
                continue
            for where in (one for one in (at, at + 1, at - 1) if 0 <= one < len(shown)):
                for group in (_CAME_AND_WENT, ("team",)):
                    given = [n for n in group if _is_told(getattr(shown[where], n))]
                    if given and (group == _CAME_AND_WENT or where != fixed):
                        return where, given
    return None


def bound_months(
    true: Sequence[Month], shown: Sequence[Month], least: int, beside: Told
) -> list[dict[str, Interval]]:
    """Bounds of each number of each month, for a reader of all of them and of the whole team.

    Months between which the numbers do not add up are not linked: he could not use them.
    """
    everybody = (0.0, np.inf if beside.n is None else float(beside.n))
    found = [
        {
            **{n: _own(m, s, n, least) for n in _CAME_AND_WENT},
            **{n: _meet(_rounded(getattr(s, n), least), everybody) for n in _ROUNDED},
        }
        for m, s in zip(true, shown, strict=True)
    ]
    exact = {at: beside.ends[m.month] for at, m in enumerate(true) if m.month in beside.ends}
    if found and beside.active is not None:
        exact[len(found) - 1] = beside.active
    for at, team in exact.items():
        if true[at].team == team:
            found[at]["team"] = (float(team), float(team))
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
    value, own = getattr(shown, name), getattr(true, name)
    if _is_told(value):
        return float(value), float(value)
    # A zero would be given: only where the three are withheld together may one be 0.
    alone = any(_is_told(getattr(shown, other)) for other in _CAME_AND_WENT)
    fewest = 1.0 if alone and own else 0.0
    return fewest, float(least - 1) if is_small(own, least) else np.inf


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

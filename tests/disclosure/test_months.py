"""What the months of a team say together of one that is withheld."""

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.disclosure.months import Told, bound_months, withhold_narrow_months
from analysis.disclosure.rules import round_people
from analysis.results import SUPPRESSED, Suppressed
from analysis.volunteers.results import Month

LEAST = 5


def draw_months(seed: int, n: int = 9) -> list[Month]:
    rng, team, told = np.random.default_rng(seed), 0, []
    for at in range(n):
        new, returning = int(rng.integers(0, 8)), int(rng.integers(0, 5))
        lapsed = int(rng.integers(0, min(team, 7) + 1))
        stayed = int(rng.integers(0, team - lapsed + 1))
        team += new + returning - lapsed
        told.append(
            Month(
                month=f"2026-{at + 1:02}",
                active=new + returning + stayed,
                new=new,
                returning=returning,
                lapsed=lapsed,
                team=team,
            )
        )
    return told


def protect_months(months: list[Month], rng: np.random.Generator) -> list[Month]:
    def keep(n: int) -> float:
        return SUPPRESSED if 0 < n < LEAST or rng.random() < 0.2 else n

    return [
        Month(
            month=m.month,
            active=round_people(m.active, LEAST),
            team=round_people(m.team, LEAST),
            new=keep(m.new),
            returning=keep(m.returning),
            lapsed=keep(m.lapsed),
        )
        for m in months
    ]


def bound_by_programming(true: list[Month], shown: list[Month], at: int, name: str):
    """The same facts written out, for a solver."""
    names = ("active", "team", "new", "returning", "lapsed")
    place = {(t, n): i for i, (t, n) in enumerate((t, n) for t in range(len(true)) for n in names)}
    bounds = []
    for t, n in place:
        value = getattr(shown[t], n)
        if isinstance(value, Suppressed):
            own = getattr(true[t], n)
            came_and_went = (shown[t].new, shown[t].returning, shown[t].lapsed)
            zero = own == 0 or all(isinstance(one, Suppressed) for one in came_and_went)
            bounds.append((0 if zero else 1, LEAST - 1 if 0 < own < LEAST else None))
        elif n in ("active", "team"):
            bounds.append((max(0, value - 2), value + 2))
        else:
            bounds.append((value, value))
    above, equal = [], []
    for t in range(len(true)):
        row = np.zeros(len(place))
        row[[place[t, "new"], place[t, "returning"]]] = 1
        row[place[t, "active"]] = -1
        above.append(row)
        if t:
            stayed = -row
            stayed[place[t - 1, "team"]] -= 1
            above.append(stayed)
            chain = np.zeros(len(place))
            chain[[place[t, n] for n in ("team", "lapsed")]] = 1
            chain[[place[t, "new"], place[t, "returning"], place[t - 1, "team"]]] = -1
            equal.append(chain)
    goal = np.zeros(len(place))
    goal[place[at, name]] = 1
    ends = []
    for sign in (1, -1):
        found = linprog(
            sign * goal,
            A_ub=np.array(above),
            b_ub=np.zeros(len(above)),
            A_eq=np.array(equal),
            b_eq=np.zeros(len(equal)),
            bounds=bounds,
        )
        ends.append(sign * found.fun if found.status == 0 else sign * -np.inf)
    return tuple(ends)


def test_bounds_carried_along_the_months_are_those_of_programming():
    widths = []
    for seed in range(20):
        true = draw_months(seed)
        shown = protect_months(true, np.random.default_rng(seed))
        for at, bounds in enumerate(bound_months(true, shown, LEAST, Told())):
            for name, (low, high) in bounds.items():
                value = getattr(true[at], name)
                assert low <= value <= high
                if 0 < value < LEAST and getattr(shown[at], name) != value:
                    best = bound_by_programming(true, shown, at, name)
                    assert (low, high) == pytest.approx(best, abs=1e-6)
                    widths.append(high - low)
    assert sum(width < 3 for width in widths) > 10


@pytest.mark.parametrize("seed", range(6))
def test_afterwards_programming_pins_nobody_down(seed: int):
    true = draw_months(seed, 6)
    shown = protect_months(true, np.random.default_rng(seed))
    told = withhold_narrow_months(true, shown, LEAST, Told())
    for at, month in enumerate(true):
        for name in ("active", "team", "new", "returning", "lapsed"):
            if 0 < getattr(month, name) < LEAST:
                low, high = bound_by_programming(true, list(told), at, name)
                assert high - low >= 1, (name, month)


def test_a_month_that_the_others_pin_down_is_withheld_further():
    """Five stayed of five, ten now, seven left: twelve came, and neither way more than four."""
    true = [
        Month(month="2026-01", active=7, new=7, returning=0, lapsed=0, team=7),
        Month(month="2026-02", active=8, new=4, returning=4, lapsed=7, team=8),
    ]
    shown = [
        Month(month="2026-01", active=5, new=7, returning=0, lapsed=0, team=5),
        Month(month="2026-02", active=10, new=SUPPRESSED, returning=SUPPRESSED, lapsed=7, team=10),
    ]
    assert bound_months(true, shown, LEAST, Told())[1]["new"] == (4, 4)
    told = withhold_narrow_months(true, shown, LEAST, Told())
    assert isinstance(told[1].lapsed, Suppressed)
    low, high = bound_months(true, told, LEAST, Told())[1]["new"]
    assert high - low >= 2
    assert told[0] == shown[0]

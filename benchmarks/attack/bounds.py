"""Hidden numbers bounded by programming: distributions, contacts, hours, months, counts.

A number counts as recovered when it can be one value only and is about 1 to LEAST − 1 people.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.stats import t as student

from analysis.surveys.dose import line_places
from benchmarks.attack.made_studies import MEASURES, Floats, Truth
from benchmarks.attack.spoils import LEAST, Spoils, estimate_of, number

#: An amount known to one per cent is known.
_CLOSE = 0.01


@dataclass(slots=True)
class System:
    """Linear facts about unknown numbers of people."""

    size: int
    true: Floats = field(default_factory=lambda: np.zeros(0))
    rows: list[Floats] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)

    def know(self, row: Any, low: float | None, high: float | None = None) -> None:
        """Add a fact: the row's sum is ``low``, or between both."""
        if low is None:
            return
        self.rows.append(np.asarray(row, float))
        self.low.append(low)
        self.high.append(low if high is None else high)

    def bound(self, goal: Any, *, whole: bool = True) -> tuple[float, float]:
        """Least and most a sum of the unknowns can be."""
        goal = np.asarray(goal, float)
        ends = []
        for sign in (1.0, -1.0):
            found = milp(
                sign * goal,
                constraints=LinearConstraint(np.array(self.rows), self.low, self.high),
                bounds=Bounds(0, np.inf),
                integrality=np.full(self.size, int(whole)),
                options={"node_limit": 20_000},
            )
            ends.append(sign * found.fun if found.status == 0 else -sign * math.inf)
        return ends[0], ends[1]


def attack_scores(before: Mapping[str, Any], after: Mapping[str, Any], spoils: Spoils) -> None:
    """Scores in bins, beside the mean, its interval and the shares at the ends."""
    whole = {(r["measure"], r["wave"]): r for r in before.get("scoring") or ()}
    for row in after.get("scoring") or ():
        truth = whole[row["measure"], row["wave"]]
        values = np.array([v for v, _ in truth["counts"]])
        counts = np.array([n for _, n in truth["counts"]], dtype=float)
        n = number(row["n"])
        if not values.size or n is None:
            continue
        facts = System(values.size, true=counts)
        facts.know(np.ones(values.size), n)
        _know_bins(facts, row, values, counts)
        _know_moments(facts, row, values, n)
        for name, end in (("floor", 0), ("ceiling", 1)):
            share = number(row[name])
            if share is not None:
                at = MEASURES[row["measure"]][2][end]
                facts.know(np.isclose(values, at), round(share * n))
        for at in np.flatnonzero((counts > 0) & (counts < LEAST)):
            low, high = facts.bound(np.eye(values.size)[at])
            if high - low < 0.5:
                spoils.take("scores by programming", low, f"{row['measure']} {row['wave']}")


def attack_joined_answers(
    before: Mapping[str, Any], after: Mapping[str, Any], truth: Truth, spoils: Spoils
) -> None:
    """Answers joined with their neighbours, beside the item's mean and what its score tells."""
    whole = {(r["item"], r["wave"]): r for r in before.get("items") or ()}
    scores = {(r["measure"], r["wave"]): r for r in after.get("scoring") or ()}
    for row in after.get("items") or ():
        n, names = number(row["n"]), list(whole[row["item"], row["wave"]]["counts"])
        spans = [
            (*map(names.index, key.split(" – ")), number(told))
            for key, told in row["counts"].items()
        ]
        if n is None or any(told is None for *_, told in spans):
            continue
        values = np.array([float(name) for name in names])
        counts = _answers_of(row, values, truth, n)
        if counts is None:
            continue
        facts = System(values.size, true=counts)
        for first, *rest, told in spans:
            places = np.arange(values.size)
            facts.know((places >= first) & (places <= (rest[0] if rest else first)), told)
        if number(row["mean"]) is not None:
            facts.know(values, n * float(row["mean"]) - 1e-6, n * float(row["mean"]) + 1e-6)
        if len(MEASURES[row["measure"]][1]) == 1 and (row["measure"], row["wave"]) in scores:
            _know_moments(facts, scores[row["measure"], row["wave"]], values, n)
        elif len(MEASURES[row["measure"]][1]) > 1:
            # What the other items leave of the score's sum: taken as known to half an answer.
            total = float(values @ counts)
            facts.know(values, total - 0.5, total + 0.5)
        for at in np.flatnonzero((counts > 0) & (counts < LEAST)):
            low, high = facts.bound(np.eye(values.size)[at])
            if high - low < 0.5:
                spoils.take("joined answers by programming", low, f"{row['item']} {row['wave']}")


def _answers_of(row: Mapping[str, Any], values: Floats, truth: Truth, n: float) -> Floats | None:
    """The true counts of those the row is about: everybody, or those with a score twice."""
    given = truth.answers[row["item"]][row["wave"]]
    there = np.isfinite(given)
    others = [np.isfinite(truth.scores(row["measure"], w)) for w in truth.waves]
    ways = [there, *(there & a & b for a, b in product(others, others))]
    ways += [] if truth.treated is None else [way & truth.treated for way in ways]
    fitting = next((way for way in ways if way.sum() == n), None)
    return (
        None if fitting is None else np.array([(given[fitting] == v).sum() for v in values], float)
    )


def _know_bins(facts: System, row: Mapping[str, Any], values: Floats, counts: Floats) -> None:
    start = 0
    for _, n in row["counts"]:
        told = number(n)
        stop = start
        while told is not None and stop < values.size and counts[start:stop].sum() < told:
            stop += 1
        if told is None or counts[start:stop].sum() != told:
            return
        while stop < values.size and counts[stop] == 0 and told:
            stop += 1
        stop = max(stop, start + 1)
        inside = np.zeros(values.size)
        inside[start:stop] = 1
        facts.know(inside, told)
        start = stop


def _know_moments(facts: System, row: Mapping[str, Any], values: Floats, n: float) -> None:
    """Sum and sum of squares of all scores, as far as rounding leaves them open."""
    mean = number(row["mean"])
    if mean is None:
        return
    unit = _unit_of(n, 1 / len(MEASURES[row["measure"]][1]))
    true = float(values @ facts.true) / n
    if abs(true - mean) > unit / 2 + 1e-9:
        return  # the mean of other people, or of a model
    facts.know(values, n * (mean - unit / 2) - 1e-9, n * (mean + unit / 2) + 1e-9)
    low, high, sd = (number(row.get(k)) for k in ("mean_ci_low", "mean_ci_high", "sd"))
    open_by = unit / 2
    if sd is None and low is not None and high is not None and n > 1:
        scale = math.sqrt(n) / student.ppf(0.975, n - 1)
        sd, open_by = (high - low) / 2 * scale, unit / 2 * scale
    if sd is None:
        return
    ends = [
        (n - 1) * max(sd + side * open_by, 0.0) ** 2 + n * (abs(mean) + side * unit / 2) ** 2
        for side in (-1, 1)
    ]
    if ends[0] - 1e-9 <= float(values**2 @ facts.true) <= ends[1] + 1e-9:
        facts.know(values**2, ends[0] - 1e-9, ends[1] + 1e-9)


def _unit_of(n: float, step: float) -> float:
    """How coarse a mean of n scores is: the least of 1, 2, 5, 10, … that is step / n at least."""
    place = 10.0 ** math.floor(math.log10(step / n))
    return next(k * place for k in (1, 2, 5, 10) if k * place >= step / n * (1 - 1e-9))


def attack_amounts(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """Contacts and hours of the most active: Lorenz curve, Gini, top share, numbers by sessions."""
    came = results.get("participation") or {}
    if number(came.get("participants")) and number(came.get("contacts")):
        _order(
            "contacts",
            truth.sessions[truth.sessions > 0],
            came,
            int(came["participants"]),
            came["contacts"],
            spoils,
            whole=True,
        )
    hours = (results.get("volunteers") or {}).get("hours") or {}
    per = estimate_of(hours.get("per_active"))
    total = number(hours.get("total"))
    if total is not None and len(hours.get("lorenz") or ()) > 1:
        n = int(per[1]) if per is not None else truth.hours.size
        if n == truth.hours.size:
            _order("hours", truth.hours, hours, n, total, spoils, whole=False)


def _order(
    name: str,
    true: Floats,
    told: Mapping[str, Any],
    n: int,
    total: float,
    spoils: Spoils,
    *,
    whole: bool,
) -> None:
    """Bound amounts in order of size; unknown i is the i-th smallest."""
    if n != true.size or n <= LEAST:
        return
    true = np.sort(true)
    up = np.eye(n, k=1)[: n - 1] - np.eye(n)[: n - 1]
    rows, sums, exact = [np.ones(n)], [float(total)], True
    for x, y in told.get("lorenz") or ():
        at = round(x * n)
        if 0 < at < n:
            exact &= math.isclose(true[:at].sum(), y * total, rel_tol=1e-9)
            rows.append(np.arange(n) < at)
            sums.append(y * total)
    rough = 0.0 if exact else max(0.01 * total, LEAST) / 2 + 1e-6
    slack = np.array([1e-6 * max(total, 1), *[1e-6 * max(total, 1) + rough] * (len(rows) - 1)])
    top, gini = estimate_of(told.get("top10_share")), estimate_of(told.get("gini"))
    if top is not None and math.isclose(
        true[n - math.ceil(n / 10) :].sum(), top[0] * total, rel_tol=1e-9
    ):
        rows.append(np.arange(n) >= n - math.ceil(n / 10))
        sums.append(top[0] * total)
        slack = np.append(slack, 1e-6 * max(total, 1))
    if gini is not None:
        weights = (2 * np.arange(1, n + 1) - n - 1) / n
        exact = round(gini[0], 2) != gini[0]
        for factor in (1.0, (n - 1) / n):  # with and without the small-sample correction
            open_by = 1e-9 if exact else 0.005 * factor
            if abs(float(weights @ true) / total - gini[0] * factor) <= open_by + 1e-9:
                rows.append(weights)
                sums.append(gini[0] * factor * total)
                slack = np.append(slack, (open_by + 1e-6) * total)
    least, most = _known_steps(told.get("engagement") or (), n)
    rows += [np.eye(n)[at] for at in range(n)] if whole else []
    if whole:  # numbers of people by sessions: each amount lies in one of few steps
        sums += ((least + most) / 2).tolist()
        slack = np.append(slack, (most - least) / 2)
    ends = _order_bounds(np.array(rows, float), np.array(sums), up, slack, whole=whole)
    _take_order(name, true, ends, spoils, whole=whole)


def _known_steps(steps: Sequence[tuple[int, int]], n: int) -> tuple[Floats, Floats]:
    """Bound each amount, in order of size, by the steps: numbers of people rounded to five.

    No step is small; the evaluator's own numbers are exact.
    """
    rounded = all(people % LEAST == 0 for _, people in steps)
    least, most, off = np.ones(n), np.full(n, 1e6), LEAST // 2 if rounded else 0
    fewest = [max(people - off, LEAST if rounded else 0) for _, people in steps]
    largest = [people + off for _, people in steps]
    for at, (start, _) in enumerate(steps):
        # So many are surely in this step and those after it; so many surely before it.
        above = max(sum(fewest[at:]), n - sum(largest[:at]))
        below = max(sum(fewest[:at]), n - sum(largest[at:]))
        least[n - min(max(above, 0), n) :] = start
        most[: min(max(below, 0), n)] = np.minimum(most[: min(max(below, 0), n)], start - 1)
    return least, most


def _order_bounds(
    rows: Floats, sums: Floats, up: Floats, slack: Floats, *, whole: bool
) -> dict[int, tuple[float, float]]:
    n = rows.shape[1]
    found = {}
    for at in (*range(LEAST), *range(n - LEAST, n)):
        ends = []
        for sign in (1.0, -1.0):
            solved = linprog(
                sign * np.eye(n)[at],
                A_ub=np.vstack([-up, rows, -rows]),
                b_ub=np.concatenate([np.zeros(n - 1), sums + slack, -sums + slack]),
                bounds=(1 if whole else 0, None),
                method="highs",
            )
            ends.append(sign * solved.fun if solved.status == 0 else -sign * math.inf)
        low, high = ends
        found[at] = (math.ceil(low - 1e-4), math.floor(high + 1e-4)) if whole else (low, high)
    return found


def _take_order(
    name: str,
    true: Floats,
    ends: Mapping[int, tuple[float, float]],
    spoils: Spoils,
    *,
    whole: bool,
) -> None:
    """What is known of 1 to 4 people: an amount of their own, or that so many have more."""
    n = true.size
    for count in range(1, LEAST):
        inside, outside = ends[n - count], ends[n - count - 1]
        if outside[1] < inside[0] - (0.5 if whole else _CLOSE * inside[0]):
            spoils.take(f"{name}: so many have more than everybody else", count)
        low, high = ends[n - count]
        if not whole and high - low <= _CLOSE * high:
            spoils.take(f"{name} of one person by programming", 1)
        below, above = ends[count - 1], ends[count]
        if below[1] < above[0] - (0.5 if whole else _CLOSE * above[0]):
            spoils.take(f"{name}: so many have less than everybody else", count)


_MONTH = ("active", "team", "new", "returning", "lapsed")


def attack_months(results: Mapping[str, Any], before: Mapping[str, Any], spoils: Spoils) -> None:
    """Comings and goings of volunteers, month after month, beside the rounded team."""
    months = (results.get("volunteers") or {}).get("monthly") or []
    true = (before.get("volunteers") or {}).get("monthly") or []
    if len(months) < 2:
        return
    facts = _month_facts(months, true)
    _know_team(facts, results["volunteers"], before["volunteers"])
    _bound_left(facts, results["volunteers"], before["volunteers"], spoils)
    for at, name in product(range(len(true)), _MONTH):
        value = true[at][name]
        if 0 < value < LEAST and number(months[at][name]) != value:
            low, high = facts.bound(_unit(facts, at, name))
            if high - low < 0.5 and low == value:
                spoils.take(f"month by programming: {name}", low, true[at]["month"])


def _know_team(facts: System, team: Mapping[str, Any], true: Mapping[str, Any]) -> None:
    """What else tells the size of a team: all who ever were in it, today's, the outlooks'."""
    months = [m["month"] for m in true["monthly"]]
    everybody, today = number(team["n"]), number(team["active"])
    for at, name in product(range(len(months)), ("team", "active")):
        facts.know(_unit(facts, at, name), 0, math.inf if everybody is None else everybody)
    ahead = (team.get("outlook_choice") or {}).get("basis") == "as_today" and team["outlook"]
    if today is None and ahead:
        today = number(ahead[0]["active"])
    if today is not None and true["monthly"][-1]["team"] == true["active"]:
        facts.know(_unit(facts, len(months) - 1, "team"), today)
    for check in team["backtest"]:
        for month, name in ((check["made"], "today"), (check["month"], "actual")):
            told = number(check[name])
            if told is not None and month in months:
                half = (LEAST - 1) // 2
                row = _unit(facts, months.index(month), "team")
                facts.know(row, max(0, told - half), told + half)


def _bound_left(
    facts: System, team: Mapping[str, Any], true: Mapping[str, Any], spoils: Spoils
) -> None:
    """How many have left is all less those of today."""
    if not 0 < true["left"] < LEAST or number(team["left"]) is not None:
        return
    if number(team["n"]) is None or true["monthly"][-1]["team"] != true["active"]:
        return
    last = _unit(facts, len(true["monthly"]) - 1, "team")
    facts.know(last, true["n"] - (LEAST - 1), true["n"] - 1)  # That they are few is known.
    low, high = facts.bound(last)
    if high - low < 0.5 and low == true["active"]:
        spoils.take("team by programming: left", true["left"])


def _unit(facts: System, at: int, name: str) -> Floats:
    return np.eye(facts.size)[len(_MONTH) * at + _MONTH.index(name)]


def _month_facts(months: Sequence[Any], true: Sequence[Any]) -> System:
    facts = System(len(_MONTH) * len(months))

    def unit(at: int, name: str) -> Floats:
        return _unit(facts, at, name)

    for at, month in enumerate(months):
        for name in _MONTH:
            told = number(month[name])
            rounded = told is not None and name in ("active", "team") and told % LEAST == 0
            half = (LEAST - 1) // 2 if rounded else 0
            if told is not None:
                facts.know(unit(at, name), max(0, told - half), told + half)
            elif month[name] == "suppressed" and name not in ("active", "team"):
                facts.know(unit(at, name), 0, LEAST - 1 if true[at][name] < LEAST else math.inf)
        stayed = unit(at, "active") - unit(at, "new") - unit(at, "returning")
        facts.know(stayed, 0, math.inf)
        if at:
            facts.know(unit(at - 1, "team") - stayed, 0, math.inf)
    # A team is that before, and who came, less who went; kept only where the truth obeys it.
    for at, (a, b) in enumerate(pairwise(true), start=1):
        if b["team"] == a["team"] + b["new"] + b["returning"] - b["lapsed"]:
            row = unit(at, "team") - unit(at - 1, "team") - unit(at, "new")
            facts.know(row - unit(at, "returning") + unit(at, "lapsed"), 0)
    return facts


def attack_ends(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """The fewest and most sessions, the longest time: one person's number each."""
    for found in results.get("dose") or ():
        places = [x for x, _ in found["line"]]
        could = {
            high
            for low, high in product(range(4), range(2, 60))
            if low < high and len(places) > 1 and _shows(places, low, high)
        }
        if len(could) == 1:
            there = truth.sessions if truth.treated is None else truth.sessions[truth.treated]
            most = could.pop()
            if most == there.max():
                spoils.take("most sessions of one person: line", (there == most).sum())
    team = results.get("volunteers") or {}
    for path, value in _last_days(team):
        spoils.take(f"longest time of one person: {path}", 1, str(value))


def _shows(places: Sequence[float], low: float, high: float) -> bool:
    """Whether a line from the fewest to the most sessions could be shown at these places."""
    grid = np.array(line_places(low, high))
    inside = grid[(grid >= places[0] - 1e-9) & (grid <= places[-1] + 1e-9)]
    return len(inside) == len(places) and bool(np.allclose(inside, places))


def _last_days(value: Any, path: str = "") -> Sequence[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    if isinstance(value, Mapping):
        for key, one in value.items():
            if key in ("last_day", "rmst_horizon_days", "horizon_days"):
                if (
                    number(one) is not None
                    and float(one) != 365
                    and float(one) % 30
                    and float(one) % 7
                ):
                    found.append((key, float(one)))
            else:
                found += _last_days(one, key)
    elif isinstance(value, list):
        for one in value:
            found += _last_days(one, path)
    return found

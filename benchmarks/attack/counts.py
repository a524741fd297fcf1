"""Numbers of people bounded from each other: who answered, who has a score, and by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from benchmarks.attack.bounds import System
from benchmarks.attack.made_studies import MEASURES, Floats, Truth
from benchmarks.attack.spoils import LEAST, Spoils, estimate_of, number


@dataclass(frozen=True, slots=True)
class Kind:
    """People alike: in each wave absent (0), there without a score (1) or with one (2)."""

    first: int
    last: int
    value: str
    treated: bool

    def at(self, end: int) -> int:
        """What there is of them in the first (0) or last (1) wave."""
        return (self.first, self.last)[end]

    @property
    def matched(self) -> bool:
        """Whether they have a score in both."""
        return self.first == 2 and self.last == 2


Test = Callable[[Kind], bool]
Fact = tuple[Test, float | None]
TARGETS: dict[str, Test] = {
    "first only": lambda k: k.first > 0 and k.last == 0,
    "last only": lambda k: k.last > 0 and k.first == 0,
    "scored first, not last": lambda k: k.first == 2 and k.last < 2,
    "scored last, not first": lambda k: k.last == 2 and k.first < 2,
    "matched": lambda k: k.matched,
    "no score first": lambda k: k.first == 1,
    "no score last": lambda k: k.last == 1,
    "first": lambda k: k.first > 0,
    "last": lambda k: k.last > 0,
}


def attack_people_counts(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """For each measure and each way to tell people apart: which numbers can be one only?"""
    for measure in (m for m in MEASURES if MEASURES[m][1][0] in truth.answers):
        for fact in ("", *truth.facts):
            true = _true_kinds(truth, measure, fact)
            levels = sorted({kind.value for kind in true})
            arms = (True, False) if truth.treated is not None else (True,)
            kinds = [
                Kind(a, b, v, t)
                for a, b, v, t in product((0, 1, 2), (0, 1, 2), levels, arms)
                if a or b
            ]
            facts = System(len(kinds))
            for test, n in _read_facts(results, truth, measure, fact):
                facts.know(_goal(kinds, test), n)
            if facts.rows:
                _bound(facts, kinds, true, fact or "waves", spoils)


def _true_kinds(truth: Truth, measure: str, fact: str) -> list[Kind]:
    """What each person is."""
    ends = truth.waves[0], truth.waves[-1]
    there = [truth.answered[w].astype(int) + np.isfinite(truth.scores(measure, w)) for w in ends]
    people = range(len(truth.codes))
    value = truth.facts[fact] if fact else [""] * len(truth.codes)
    treated = truth.treated if truth.treated is not None else [True] * len(truth.codes)
    return [Kind(*(int(one[i]) for one in there), str(value[i]), bool(treated[i])) for i in people]


def _goal(kinds: list[Kind], test: Test) -> Floats:
    return np.array([float(test(kind)) for kind in kinds])


def _bound(facts: System, kinds: list[Kind], true: list[Kind], name: str, spoils: Spoils) -> None:
    """Bound every kind of few people, and every set of them that has a name."""
    sets: list[tuple[str, Test]] = [("", lambda k, one=kind: k == one) for kind in kinds]
    for value in sorted({kind.value for kind in kinds}):
        sets += [
            (f" {label}", lambda k, v=value, test=test: k.value == v and test(k))
            for label, test in TARGETS.items()
        ]
    for label, test in sets:
        if 0 < sum(test(kind) for kind in true) < LEAST:
            low, high = facts.bound(_goal(kinds, test))
            if high - low < 0.5:
                spoils.take(f"count by programming: {name}{label}", low)


def _read_facts(
    results: Mapping[str, Any], truth: Truth, measure: str, fact: str
) -> Iterator[Fact]:
    """Every number of people in a results file that is about these kinds."""
    flow, ends = results.get("flow") or {}, (truth.waves[0], truth.waves[-1])
    yield lambda k: k.first > 0 and k.last > 0, number(flow.get("matched"))
    yield TARGETS["first only"], number(flow.get("pre_only"))
    yield TARGETS["last only"], number(flow.get("post_only"))
    for end, wave in enumerate(ends):
        n = ((flow.get("waves") or {}).get(wave) or {}).get("respondents")
        yield lambda k, e=end: k.at(e) > 0, number(n)
    for row in results.get("scoring") or ():
        if row["measure"] == measure and row["wave"] in ends:
            end = ends.index(row["wave"])
            yield lambda k, e=end: k.at(e) == 2, number(row["n"])
            yield lambda k, e=end: k.at(e) == 1, number(row["n_missing"])
    for o in results.get("outcomes") or ():
        if o["measure"] == measure and tuple(o["contrast"]) == ends:
            yield from _of_outcome(o, fact)
    for row in results.get("attrition") or ():
        if row["variable"] == fact and row["level"] and not row["group"]:
            yield from _of_attrition(row)


def _of_outcome(o: Mapping[str, Any], fact: str) -> Iterator[Fact]:
    n = o["n"]
    yield lambda k: k.treated and k.first == 2, number(n["from"])
    yield lambda k: k.treated and k.last == 2, number(n["to"])
    yield lambda k: k.treated and k.matched, number(n["matched"])
    yield lambda k: k.treated and k.first == 2 and k.last < 2, number(n["from_only"])
    yield lambda k: k.treated and k.last == 2 and k.first < 2, number(n["to_only"])
    for told in (o["change"], *o["analyses"], *o["effect_sizes"]):
        if told.get("name") in ("paired_t", "wilcoxon", "d_z", "hedges_g_z", "bca_mean"):
            yield lambda k: k.treated and k.matched, number(told.get("n")) or None
    for group in (g for table in o["subgroups"] if table["by"] == fact for g in table["groups"]):
        value = group["value"]
        yield lambda k, v=value: k.treated and k.matched and k.value == v, number(group["n"])


def _of_attrition(row: Mapping[str, Any]) -> Iterator[Fact]:
    """Shares of a level among those who stayed and left: two counts each."""
    for name, stayed in (("stayed", True), ("left", False)):
        share = estimate_of(row[name])
        if share is None or not share[1]:
            continue

        def side(k: Kind, stayed: bool = stayed) -> bool:
            return k.first > 0 and (k.last > 0) == stayed

        yield side, share[1]
        level = str(row["level"])
        yield lambda k, side=side, v=level: side(k) and k.value == v, round(share[0] * share[1])

"""Combinations of released sums that speak of fewer than LEAST people.

From the files alone the attacker writes every mean × n as a sum of answers of people, and every
standard error as a sum of squares of the same people. He is given who is in each sum, as somebody
who knows the people would know; a sum that does not agree with the answers to eight digits is not
used, so that the equations are those of the file and not a guess. Then he looks for a combination
in which nearly everybody cancels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
from scipy.optimize import linprog

from benchmarks.attack.made_studies import MEASURES, Bools, Floats, Truth
from benchmarks.attack.spoils import LEAST, Spoils, estimate_of, number

#: A mean over people of these waves with these signs.
Terms = Sequence[tuple[str, float, Bools]]
_EXACT = 1e-7
_MAX_PAIRS = 60
#: Tests whose estimate is a sum of answers; a median of differences equals one only by chance.
_SUMS = frozenset(
    {
        "paired_t",
        "bca_mean",
        "mcnemar_midp",
        "mcnemar_exact",
        "welch_t",
        "derrick",
        "two_proportions_z",
        "tost",
    }
)
_ENOUGH = 20
_MOST = 1e6


@dataclass(frozen=True, slots=True)
class Equation:
    """One released sum: its place and the weight of each answer (item × wave × person)."""

    label: str
    weights: Floats


@dataclass(frozen=True, slots=True)
class Reader:
    """Writes equations for one measure of a study."""

    truth: Truth
    measure: str

    def columns(self, terms: Terms) -> Floats:
        """Weights of the answers in a difference of means of scores."""
        items, waves = MEASURES[self.measure][1], self.truth.waves
        found = np.zeros((len(items), len(waves), len(self.truth.codes)))
        for wave, sign, people in terms:
            block = np.array([np.isfinite(self.truth.answers[i][wave]) for i in items])
            shares = block / np.maximum(block.sum(axis=0), 1)
            found[:, waves.index(wave)] += np.where(people, sign / max(people.sum(), 1), 0) * shares
        return found.ravel()

    def value(self, terms: Terms) -> float:
        """The difference of means itself."""
        return sum(
            sign * float(self.truth.scores(self.measure, wave)[people].mean())
            for wave, sign, people in terms
            if people.any()
        )

    def equation(
        self, label: str, told: float | None, *ways: Terms, n: float | None = None
    ) -> Iterator[Equation]:
        """The way to read a number that agrees with it; none where different ways do.

        A mean of everyone may happen to be that of the matched: a reader cannot tell which it is
        unless the number says of how many it is (``n``).
        """
        fitting = [
            self.columns(terms)
            for terms in (ways if told is not None else ())
            if all(people.any() and n in (None, people.sum()) for _, _, people in terms)
            and np.isclose(self.value(terms), told, rtol=0, atol=_EXACT)
        ]
        if fitting and all(np.allclose(one, fitting[0]) for one in fitting):
            yield Equation(label, fitting[0])

    def scored(self, wave: str) -> Bools:
        """Who has a score in a wave."""
        return np.isfinite(self.truth.scores(self.measure, wave))


def read_equations(results: Mapping[str, Any], truth: Truth, measure: str) -> list[Equation]:
    """Every sum of answers to one measure in a results file."""
    read = Reader(truth, measure)
    return [
        one
        for source in (
            _outcomes,
            _waves,
            _attrition,
            _compared,
            _doses,
            _bounds,
            _bounded_differences,
            _items,
        )
        for one in source(results, read)
    ]


def _of(results: Mapping[str, Any], name: str, measure: str) -> list[Mapping[str, Any]]:
    return [one for one in results.get(name) or () if one.get("measure") == measure]


def _outcomes(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    truth = read.truth
    own = truth.treated if truth.treated is not None else np.ones(len(truth.codes), bool)
    for o in _of(results, "outcomes", read.measure):
        first, last = o["contrast"]
        start, end = read.scored(first) & own, read.scored(last) & own
        both, label = start & end, f"outcomes {first} {last}"
        tests = (o["change"], *o["analyses"], o.get("equivalence") or {})
        for told in (test for test in tests if test.get("name") in _SUMS):
            yield from read.equation(
                f"{label} {told.get('name')}",
                number(told.get("estimate")),
                [(last, 1.0, both), (first, -1.0, both)],
                [(last, 1.0, end), (first, -1.0, start)],
            )
        for wave, level, whole in zip((first, last), o["levels"], (start, end), strict=False):
            yield from read.equation(
                f"{label} level {wave}",
                number(level.get("estimate")),
                [(wave, 1.0, both)],
                [(wave, 1.0, whole)],
            )
        for table in o["subgroups"]:
            for group in table["groups"]:
                here = both & (truth.facts[table["by"]] == group["value"])
                yield from read.equation(
                    f"{label} {table['by']} {group['value']}",
                    number(group["change"].get("estimate")),
                    [(last, 1.0, here), (first, -1.0, here)],
                )


def _waves(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    own = read.truth.treated
    for row in _of(results, "scoring", read.measure):
        wave = row["wave"]
        whole = read.scored(wave)
        others = [read.scored(w) for w in read.truth.waves if w != wave]
        ways = [whole, *(whole & one for one in others)]
        ways += [] if own is None else [way & own for way in ways]
        told = [[(wave, 1.0, way)] for way in ways]
        yield from read.equation(f"scoring {wave}", number(row["mean"]), *told)


def _attrition(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    truth = read.truth
    first, last = truth.waves[0], truth.waves[-1]
    here = read.scored(first)
    stayed = truth.answered[last]
    for row in results.get("attrition") or ():
        if row["variable"] == read.measure and not row["level"]:
            arm = _arm(truth, row["group"])
            for name, side in (("stayed", stayed), ("left", ~stayed)):
                yield from read.equation(
                    f"attrition {name} {row['group']}",
                    number(row[name].get("estimate")),
                    [(first, 1.0, here & side & arm)],
                )


def _arm(truth: Truth, group: str) -> Bools:
    if truth.treated is None or not group:
        return np.ones(len(truth.codes), dtype=bool)
    return truth.treated if group == "treated" else ~truth.treated


def _compared(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    truth = read.truth
    if truth.treated is None:
        return
    arms = {"treated": truth.treated, "comparison": ~truth.treated}
    for found in _of(results, "comparison", read.measure):
        first, last = found["contrast"]
        for group, wave, mean in found["means"]:
            people = read.scored(wave) & arms[group]
            yield from read.equation(
                f"comparison {group} {wave}", number(mean.get("estimate")), [(wave, 1.0, people)]
            )
        tests = [(last, one) for one in (found["effect"], *found["analyses"])]
        tests += [(point["wave"], point["difference"]) for point in found["event_study"]]
        for wave, test in tests:
            yield from read.equation(
                f"comparison {test.get('name')} {wave}",
                number(test.get("estimate")),
                *(_did(read, first, wave, matched=matched) for matched in (True, False)),
            )
        compared = read.scored(first) & read.scored(last) & ~truth.treated
        treated = read.scored(first) & read.scored(last) & truth.treated
        yield from read.equation(
            "comparison counterfactual",
            number(found["counterfactual"]),
            [(first, 1.0, treated), (last, 1.0, compared), (first, -1.0, compared)],
        )
        for row in found["balance"]:
            if row["variable"] == read.measure and not row["level"]:
                start = read.scored(truth.waves[0])
                for group, arm in arms.items():
                    yield from read.equation(
                        f"balance {group}",
                        number(row[group].get("estimate")),
                        [(truth.waves[0], 1.0, start & arm)],
                        [(truth.waves[0], 1.0, start & read.scored(last) & arm)],
                        n=number(row[group].get("n")),
                    )


def _did(read: Reader, first: str, last: str, *, matched: bool) -> Terms:
    start, end = read.scored(first), read.scored(last)
    if matched:
        start = end = start & end
    treated = read.truth.treated
    if treated is None:
        return []
    return [
        (last, 1.0, end & treated),
        (first, -1.0, start & treated),
        (last, -1.0, end & ~treated),
        (first, 1.0, start & ~treated),
    ]


def _doses(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    truth = read.truth
    own = truth.treated if truth.treated is not None else np.ones(len(truth.codes), bool)
    for found in _of(results, "dose", read.measure):
        for o in _of(results, "outcomes", read.measure):
            first, last = o["contrast"]
            both = read.scored(first) & read.scored(last) & own
            times = np.unique(truth.sessions[both])
            for dose, n, mean in found["points"]:
                for a, b in combinations([*times.tolist(), np.inf], 2):
                    here = both & (truth.sessions >= a) & (truth.sessions < b)
                    if here.sum() == n and np.isclose(truth.sessions[here].mean(), dose):
                        yield from read.equation(
                            f"dose {dose:.2f}",
                            number(mean.get("estimate")),
                            [(last, 1.0, here), (first, -1.0, here)],
                        )


def _bounds(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    truth = read.truth
    first, last = truth.waves[0], truth.waves[-1]
    own = truth.treated if truth.treated is not None else np.ones(len(truth.codes), bool)
    start = read.scored(first) & own
    both = start & read.scored(last)
    low, high = MEASURES[read.measure][2]
    for found in _of(results, "bounds", read.measure):
        for told, end in ((found["low"], low), (found["high"], high)):
            if found["name"] != "worst_best" or number(told) is None or not start.any():
                continue
            lost = (start & ~both).sum() * end
            value = np.nansum(truth.scores(read.measure, last)[both]) + lost
            value = (value - truth.scores(read.measure, first)[start].sum()) / start.sum()
            if np.isclose(value, told, rtol=0, atol=_EXACT):
                share = both.sum() / start.sum()
                yield Equation(
                    f"bounds {end}",
                    read.columns([(last, share, both), (first, -1.0, start)]),
                )


def _bounded_differences(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    """Worst of one group against best of the other: the answers of both, and a constant."""
    truth = read.truth
    if truth.treated is None:
        return
    first, last = truth.waves[0], truth.waves[-1]
    terms: list[tuple[str, float, Bools]] = []
    for sign, arm in ((1.0, truth.treated), (-1.0, ~truth.treated)):
        start = read.scored(first) & arm
        both = start & read.scored(last)
        if not both.any():
            return
        terms += [(last, sign * both.sum() / start.sum(), both), (first, -sign, start)]
    for found in _of(results, "bounds", read.measure):
        if found["name"] == "did_worst_best" and number(found["low"]) is not None:
            yield Equation("bounds of the difference", read.columns(terms))


def _items(results: Mapping[str, Any], read: Reader) -> Iterator[Equation]:
    truth, items = read.truth, MEASURES[read.measure][1]
    shape = (len(items), len(truth.waves), len(truth.codes))
    for row in _of(results, "items", read.measure):
        told, n = number(row["mean"]), number(row["n"])
        if told is None:
            continue
        given = truth.answers[row["item"]][row["wave"]]
        ways = [np.isfinite(given)]
        others = [read.scored(w) for w in truth.waves if w != row["wave"]]
        ways += [ways[0] & read.scored(row["wave"]) & other for other in others]
        ways += [] if truth.treated is None else [way & truth.treated for way in ways]
        fitting = [
            people
            for people in ways
            if people.any()
            and n in (None, people.sum())
            and np.isclose(given[people].mean(), told, rtol=0, atol=_EXACT)
        ]
        # As in :meth:`Reader.equation`: of different people with the same mean he cannot tell.
        if fitting and all((one == fitting[0]).all() for one in fitting):
            weights = np.zeros(shape)
            at = items.index(row["item"]), truth.waves.index(row["wave"])
            weights[at] = fitting[0] / fitting[0].sum()
            yield Equation(f"item {row['item']} {row['wave']}", weights.ravel())


def attack_sums(files: Sequence[tuple[str, Mapping[str, Any], Truth]], spoils: Spoils) -> None:
    """Combine the sums of all files of one study, one measure after the other."""
    for measure in MEASURES:
        found = [
            Equation(f"{name}: {one.label}", one.weights)
            for name, results, truth in files
            if MEASURES[measure][1][0] in truth.answers
            for one in read_equations(results, truth, measure)
        ]
        people = len(files[0][2].codes)
        for few, labels in isolate([e.weights.reshape(-1, people) for e in found]):
            names = [found[i].label for i in labels]
            spoils.take(f"sums of few: {_kind(names)}", few, f"{measure}: {' | '.join(names[:4])}")


def _kind(labels: Sequence[str]) -> str:
    return " & ".join(sorted({label.split()[1] for label in labels}))[:44]


def isolate(blocks: Sequence[Floats]) -> list[tuple[int, list[int]]]:
    """Find combinations of equations (columns × people) in which fewer than LEAST people are left.

    Returns how many people, and which equations.
    """
    if not blocks:
        return []
    rows = np.array([b / max(np.abs(b).max(), 1e-12) for b in blocks])
    # People who are alike in every equation cannot be told apart.
    alike, sizes = np.unique(rows.reshape(-1, rows.shape[2]).round(9), axis=1, return_counts=True)
    atoms = alike.reshape(len(rows), rows.shape[1], -1)
    used = np.abs(atoms).max(axis=(0, 1)) > 1e-9
    atoms, sizes = atoms[:, :, used], sizes[used]
    small = np.flatnonzero(sizes < LEAST)
    if not small.size:
        return []
    flat = atoms.transpose(0, 2, 1).reshape(len(rows), -1)
    _, strength, right = np.linalg.svd(flat, full_matrices=False)
    span = right[strength > 1e-9 * strength[0]].reshape(-1, sizes.size, rows.shape[1])
    weight = (span**2).sum(axis=(0, 2))
    small = small[np.argsort(-weight[small])]
    found: list[tuple[int, list[int]]] = []
    for group in (*((i,) for i in small), *combinations(small[:_MAX_PAIRS], 2)):
        size = int(sizes[list(group)].sum())
        if size >= LEAST or weight[list(group)].sum() < 1 - 1e-9:
            continue
        inside = span[:, list(group)].reshape(len(span), -1)
        if np.linalg.norm(inside, 2) > 1 - 1e-9:
            found.append((size, _shortest(flat, rows.shape[1], list(group))))
        if len(found) == _ENOUGH:
            break
    return found or _by_programming(flat, sizes, rows.shape[1], small[:12])


def _shortest(flat: Floats, width: int, group: list[int]) -> list[int]:
    """The equations whose combination leaves these people, as few as a least-squares one shows."""
    keep = np.zeros(flat.shape[1], dtype=bool)
    for i in group:
        keep[i * width : (i + 1) * width] = True
    _, strength, right = np.linalg.svd(flat[:, ~keep].T, full_matrices=True)
    rank = int((strength > 1e-9 * max(strength.max(initial=0), 1e-9)).sum())
    null = right[rank:]
    best = null[np.argmax(np.linalg.norm(null @ flat[:, keep], axis=1))] if len(null) else []
    return [int(i) for i in np.argsort(-np.abs(best)) if abs(best[i]) > 1e-6]


def _by_programming(
    flat: Floats, sizes: Any, width: int, targets: Any
) -> list[tuple[int, list[int]]]:
    """Shortest combination, by people left, in which one person's answer counts once."""
    rows, columns = flat.shape
    cost = np.concatenate([np.zeros(rows), np.repeat(sizes, width)])
    # -u ≤ combination ≤ u, with the cost of each u the number of people behind it.
    above = np.hstack([flat.T, -np.eye(columns)])
    below = np.hstack([-flat.T, -np.eye(columns)])
    both = np.vstack([above, below])
    found = []
    for target in targets:
        at = target * width + int(
            np.abs(flat[:, target * width : (target + 1) * width]).sum(0).argmax()
        )
        fixed = np.concatenate([flat[:, at], np.zeros(columns)])[None]
        # A combination that needs more than the digits of a number is rounding, not people.
        for most in (None, _MOST):
            bounds = [(None if most is None else -most, most)] * rows + [(0, None)] * columns
            solved = linprog(
                cost, both, np.zeros(2 * columns), fixed, [1.0], bounds, method="highs"
            )
            if solved.status != 0:
                break
            weights = solved.x[:rows]
            left = np.abs(flat.T @ weights).reshape(-1, width).max(axis=1) > 1e-7
            few = 0 < sizes[left].sum() < LEAST
            if few and np.abs(weights).max() <= _MOST:
                used = [int(i) for i in np.flatnonzero(np.abs(weights) > 1e-7)]
                found.append((int(sizes[left].sum()), used))
            if not few or np.abs(weights).max() <= _MOST:
                break
    return found


def attack_raters(results: Mapping[str, Any], truth: Truth, spoils: Spoils) -> None:
    """Self-assessments: means and changes of each domain as sums over raters."""
    capacity = (results.get("sustainability") or {}).get("capacity")
    if capacity is None or truth.capacity is None:
        return
    table = truth.capacity.pivot_table(index="rater", columns=["domain", "wave"], values="score")
    for domain in {row["domain"] for row in capacity["domains"]}:
        scores = table[domain].reindex(columns=["pre", "post"]).to_numpy(float)
        blocks = []
        for row in capacity["domains"]:
            if row["domain"] != domain:
                continue
            at = ("pre", "post").index(row["wave"])
            mean, change = estimate_of(row["mean"]), row["change"] or {}
            here, both = np.isfinite(scores[:, at]), np.isfinite(scores).all(axis=1)
            if mean is not None and np.isclose(scores[here, at].mean(), mean[0]):
                spoils.take("raters: mean of few", mean[1])
                blocks.append(np.array([here * float(at == 0), here * float(at == 1)]))
            if number(change.get("estimate")) is not None:
                spoils.take("raters: change of few", both.sum())
                blocks.append(np.array([-1.0 * both, 1.0 * both]))
        for few, _ in isolate(blocks):
            spoils.take("raters: by subtraction", few)

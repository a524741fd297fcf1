"""What is withheld cannot be worked out: brute force and linear programming agree."""

from dataclasses import fields, is_dataclass
from itertools import combinations
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest
from scipy.optimize import linprog

from analysis.disclosure.audit import audit_release, bound_counts
from analysis.disclosure.cells import People, cell_of, from_record, to_record
from analysis.disclosure.fields import FIELDS
from analysis.disclosure.protection import withhold_unknown
from analysis.disclosure.rules import bin_counts
from analysis.disclosure.suppression import Auditor, choose_hidden, find_revealed
from analysis.evaluation import Evaluation
from analysis.results import SUPPRESSED, Comparison, Estimate, NotEstimable
from analysis.surveys.results import Group
from analysis.sustainability.findings import find_capacity
from analysis.sustainability.results import Capacity, DomainCapacity
from tests.disclosure.oracle import find_alone_slowly

LEAST = 5
PEOPLE = np.arange(40)


def a_mean(wave: str, mask: np.ndarray):
    return cell_of("score:m", wave, PEOPLE, (wave, 1 / mask.sum(), mask))


def test_a_mean_of_one_person_more_is_refused():
    everyone = np.ones(40, dtype=bool)
    without = everyone.copy()
    without[7] = False
    auditor = Auditor(least=LEAST)
    assert auditor.release(a_mean("pre", everyone))
    assert not auditor.release(a_mean("pre", without))
    assert auditor.release(a_mean("post", without)), "another variable cannot be subtracted"


def test_a_change_and_a_level_give_the_other_level():
    everyone = np.ones(40, dtype=bool)
    few = everyone.copy()
    few[:3] = False
    auditor = Auditor(least=LEAST)
    change = cell_of(
        "score:m", "change", PEOPLE, ("post", 1 / 40, everyone), ("pre", -1 / 40, everyone)
    )
    assert auditor.release(change)
    assert auditor.release(a_mean("post", everyone))
    assert not auditor.release(a_mean("pre", few))


def test_groups_that_leave_a_few_are_refused():
    auditor = Auditor(least=LEAST)
    parts = [np.isin(PEOPLE, range(0, 20)), np.isin(PEOPLE, range(20, 37))]
    assert auditor.release(a_mean("pre", np.ones(40, dtype=bool)))
    assert auditor.release(a_mean("pre", parts[0]))
    assert not auditor.release(a_mean("pre", parts[1])), "three people would be left"


def test_earlier_releases_are_held_by_their_hashes():
    before = People()
    numbers = before.of([f"P{i}" for i in range(40)])
    mask = np.ones(40, dtype=bool)
    record = to_record([cell_of("score:m", "old", numbers, ("pre", 1.0, mask))], before)
    now = People()
    again = now.of([f"P{i}" for i in reversed(range(39))])
    auditor = Auditor(least=LEAST)
    auditor.hold(from_record(record, now))
    cell = cell_of("score:m", "new", again, ("pre", 1.0, np.ones(39, dtype=bool)))
    assert not auditor.release(cell), "who was added since the release would be known"
    assert "P1" not in str(record)


@pytest.mark.parametrize("seed", range(40))
def test_random_releases_reveal_nobody(seed: int):
    """Brute force over every small set of people: no combination of rows lies on it alone."""
    rng = np.random.default_rng(seed)
    n = 12
    auditor = Auditor(least=3)
    for _ in range(8):
        mask = rng.random(n) < rng.choice([0.5, 0.9])
        auditor.release(cell_of("score:m", "x", np.arange(n), ("pre", 1.0, mask)))
    rows = np.array(
        [
            [float(bits >> i & 1) for i in range(n)]
            for c in auditor.released
            for _, _, bits in c.terms
        ]
    )
    rank = np.linalg.matrix_rank(rows) if len(rows) else 0
    for size in (1, 2):
        for few in combinations(range(n), size):
            rest = np.delete(rows, few, axis=1) if len(rows) else rows
            assert len(rows) == 0 or np.linalg.matrix_rank(rest) == rank, few


@pytest.mark.parametrize("seed", range(60))
def test_the_span_agrees_with_the_ranks_of_matrices(seed: int):
    """Sums of two waves with weights, several at once, over people of whom some are alike."""
    rng = np.random.default_rng(seed)
    n, least = 14, int(rng.integers(2, 5))
    kind = rng.integers(0, 9, n)
    cells = []
    for _ in range(rng.integers(2, 6)):
        masks = [np.isin(kind, np.flatnonzero(rng.random(9) < 0.6)) for _ in range(2)]
        terms = [
            (wave, sign / max(mask.sum(), 1), mask)
            for wave, sign, mask in zip(("pre", "post"), (-1.0, 1.0), masks, strict=True)
        ]
        chosen = terms[: rng.integers(1, 3)]
        cells.append(cell_of("score:m", "x", np.arange(n), *chosen))
    cells = [cell for cell in cells if cell.terms]
    assert bool(find_revealed(cells, least)) == find_alone_slowly(cells, least)
    auditor = Auditor(least=least)
    assert auditor.release(*cells) != find_alone_slowly(cells, least)


@pytest.mark.parametrize("seed", range(50))
def test_hidden_cells_of_random_tables_stay_wide(seed: int):
    """Twenty random tables a seed, 1,000 in all: bounds of each small cell by brute force."""
    rng = np.random.default_rng(seed)
    for _ in range(20):
        sizes = rng.integers(0, 14, rng.integers(2, 7))
        hidden = choose_hidden(sizes.tolist(), LEAST)
        small = [i for i, n in enumerate(sizes) if 0 < n < LEAST]
        assert set(small) <= set(hidden)
        left = int(sizes.sum() - sum(n for i, n in enumerate(sizes) if i not in hidden))
        if not small or sizes.sum() < LEAST or (sizes > 0).sum() < 2:
            continue
        assert left >= LEAST
        matrix = np.vstack([np.ones(sizes.size), *np.delete(np.eye(sizes.size), hidden, axis=0)])
        totals = matrix @ sizes
        for at in small:
            low, high = bound_counts(matrix, totals, at)
            goal = np.eye(sizes.size)[at]
            ends = [
                linprog(s * goal, A_eq=matrix, b_eq=totals, method="highs-ds").fun for s in (1, -1)
            ]
            assert (low, high) == pytest.approx((ends[0], -ends[1]), abs=1e-7)
            assert high - low >= LEAST


def test_bins_are_joined_until_none_is_small():
    bins = bin_counts([1, 2, 3, 4, 5], [1, 4, 10, 0, 7], LEAST)
    assert bins == ((1, 2, 5), (3, 3, 10), (4, 4, 0), (5, 5, 7))
    assert bin_counts([1, 2], [2, 1], LEAST) == ()


def test_the_audit_names_two_numbers_that_give_a_group():
    auditor = Auditor(least=LEAST)
    everyone, few = np.ones(40, dtype=bool), np.ones(40, dtype=bool)
    few[:2] = False
    auditor.hold(
        [
            cell_of("count:m", "flow.pre", PEOPLE, ("n", 1.0, everyone)),
            cell_of("count:m", "outcomes.n", PEOPLE, ("n", 1.0, few)),
        ]
    )
    assert audit_release(auditor).tables == ("flow.pre", "outcomes.n")
    assert find_revealed(auditor.system("count:m"), LEAST)


def test_a_capacity_whose_means_are_withheld_has_no_weakest_domain():
    change = Comparison(name="paired_t", estimate=0.2, n=9, method="paired_t")
    none = NotEstimable(reason="suppressed", method="mean_t")
    domain = DomainCapacity(
        domain="a", wave="post", group="", mean=none, change=change, target=None, gap=None
    )
    assert (
        find_capacity(Capacity(range=(1, 5), n_raters=9, domains=(domain,), agreement=())) is None
    )


def reachable(hint: Any, found: dict[str, set[str]]) -> dict[str, set[str]]:
    """Result classes below a type, with their fields."""
    if isinstance(hint, type) and is_dataclass(hint) and hint.__name__ not in found:
        found[hint.__name__] = {one.name for one in fields(hint)}
        for one in get_type_hints(hint).values():
            reachable(one, found)
    for one in get_args(hint):
        reachable(one, found)
    return found


def test_every_field_of_the_results_is_classified():
    """A new number must be looked at in analysis/disclosure and be listed in its fields.py."""
    found = reachable(Evaluation, {})
    assert {
        name: known - FIELDS.get(name, frozenset())
        for name, known in found.items()
        if known - FIELDS.get(name, frozenset())
    } == {}
    assert set(FIELDS) <= set(found), "a class that is gone"


def test_what_is_not_classified_is_withheld(monkeypatch: pytest.MonkeyPatch):
    mean = Estimate(estimate=1.0, n=3, method="mean")
    group = Group(value="a", n=3, change=mean, shrunken=mean)
    known = {**FIELDS, "Group": frozenset({"value"})}
    monkeypatch.setattr("analysis.disclosure.protection.FIELDS", known)
    shown = withhold_unknown(group)
    assert shown.value == "a"
    assert shown.n is SUPPRESSED
    assert isinstance(shown.change, NotEstimable)

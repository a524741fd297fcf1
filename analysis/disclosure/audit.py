"""The audit: how far everything released narrows what is hidden, by linear programming.

As τ-Argus and AUDIT do for tables (Hundepool et al. 2012, section 4.3; Sande 1984): each number
of people that is not released is bounded from below and above by all equations that are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.cells import Cell, FloatArray
from analysis.disclosure.rules import is_small
from analysis.disclosure.suppression import Auditor, find_revealed

#: Small sets bounded in each system of equations, those in the smallest totals first.
MOST_BOUNDED = 6
#: With more distinct scores than this, few bins hold fewer than five of them.
MOST_VALUES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What the audit of a release found.

    Attributes
    ----------
    smallest_interval
        Fewest possible numbers of people, minus one, of any small group; None without one.
    tables
        Two numbers that together give a small group; empty when the release keeps the rule.
    """

    smallest_interval: float | None
    tables: tuple[str, ...] = ()


def bound_counts(
    matrix: FloatArray, totals: FloatArray, at: int, *, whole: bool = False
) -> tuple[float, float]:
    """Bound one hidden count: the least and most it can be, given sums of counts.

    Parameters
    ----------
    matrix
        One row per released number, one column per count; entries are the weights.
    totals
        The released numbers.
    at
        The count to bound.
    whole
        Whether every count is a whole number, which narrows more and takes longer.

    Returns
    -------
    tuple of float
        Lower and upper bound; infinite when nothing bounds it.
    """
    from scipy.optimize import LinearConstraint, milp

    goal = np.zeros(matrix.shape[1])
    goal[at] = 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = milp(
            sign * goal,
            constraints=LinearConstraint(matrix, totals, totals),
            integrality=np.full(goal.size, int(whole)),
            options={"time_limit": 1.0},
        )
        ends.append(float(sign * found.fun) if found.status == 0 else sign * -np.inf)
    return ends[0], ends[1]


def narrow_counts(
    values: Sequence[float],
    counts: Sequence[int],
    bins: Sequence[tuple[float, float, int]],
    least: int,
) -> bool:
    """Whether a small count joined into a bin is narrowed by the mean and spread of all.

    The sum and the sum of squares follow from a mean and its interval; with the bins they are
    linear in the counts.
    """
    if not bins or len(bins) == len(values) or len(values) > MOST_VALUES:
        return False
    score, people = np.asarray(values, float), np.asarray(counts, float)
    inside = np.array([(score >= low) & (score <= high) for low, high, _ in bins], dtype=float)
    matrix = np.vstack([inside, score, score**2])
    totals = matrix @ people
    for at in range(score.size):
        alone = bool(inside[inside[:, at] > 0][0].sum() == 1)
        if alone or not is_small(counts[at], least):
            continue
        low, high = bound_counts(matrix, totals, at, whole=True)
        # Whole numbers of people between the bounds: fewer than ``least`` ways are too few.
        if np.floor(high + 1e-6) - np.ceil(low - 1e-6) < least - 1:
            return True
    return False


def audit_release(auditor: Auditor) -> Audit:
    """Audit everything released together, earlier releases included."""
    smallest: float | None = None
    seen: set[frozenset[object]] = set()
    for family in auditor.families:
        cells = auditor.system(family)
        key: frozenset[object] = frozenset(cell.terms for cell in cells)
        if key in seen:
            continue
        seen.add(key)
        if find_revealed(cells, auditor.least):
            return Audit(smallest_interval=0.0, tables=_find_tables(cells, auditor.least))
        if all(column == "n" for cell in cells for column, _, _ in cell.terms):
            width = _narrowest(cells, auditor.least)
            if width is not None and (smallest is None or width < smallest):
                smallest = width
    return Audit(smallest_interval=smallest)


def as_matrix(cells: Sequence[Cell]) -> tuple[FloatArray, list[int], int]:
    """Write cells as one matrix over sets of people who are alike in all of them.

    Returns
    -------
    matrix, atoms, width
        ``matrix`` has a row per cell and, for each set ("atom", a bit mask) and each of the
        ``width`` columns of the variable, one column (atom-major).
    """
    place: dict[str, int] = {}
    masks = set()
    for cell in cells:
        for column, _, who in cell.terms:
            place.setdefault(column, len(place))
            masks.add(who)
    atoms: list[int] = []
    covered = 0
    for mask in masks:
        split = [part for atom in atoms for part in (atom & mask, atom & ~mask) if part]
        atoms = [*split, mask & ~covered] if mask & ~covered else split
        covered |= mask
    matrix = np.zeros((len(cells), len(atoms), len(place)))
    for row, cell in enumerate(cells):
        for column, weight, who in cell.terms:
            inside = [i for i, atom in enumerate(atoms) if atom & who]
            matrix[row, inside, place[column]] += weight
    return matrix.reshape(len(cells), -1), atoms, len(place)


def _narrowest(cells: Sequence[Cell], least: int) -> float | None:
    """Width of the narrowest bounds of a set of fewer than ``least`` people."""
    matrix, atoms, _ = as_matrix(cells)
    sizes = np.array([atom.bit_count() for atom in atoms], dtype=float)
    totals = matrix @ sizes
    small = np.flatnonzero(sizes < least)
    # No set can be larger than the smallest total it is part of: the tightest ones come first.
    positive = (matrix >= 0).all(axis=1)
    most = [totals[positive & (matrix[:, at] > 0)].min(initial=np.inf) for at in small]
    widths = []
    for most_of, at in sorted(zip(most, small.tolist(), strict=True))[:MOST_BOUNDED]:
        low, high = bound_counts(matrix, totals, at)
        widths.append(min(high, most_of) - max(low, 0.0))
    return float(min(widths)) if widths else None


def _find_tables(cells: Sequence[Cell], least: int) -> tuple[str, ...]:
    """Name two numbers that give a small group; the last added and one before it."""
    for i, last in enumerate(cells):
        for before in cells[:i]:
            if find_revealed([before, last], least):
                return before.label, last.label
    return cells[0].label, cells[-1].label

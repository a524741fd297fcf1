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
MAX_BOUNDED = 6
#: Branches after which the search for a bound ends: what is open then counts as narrow.
MAX_NODES = 200
#: With more distinct scores than this, few bins hold fewer than five of them.
MAX_VALUES = 40


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
    matrix: FloatArray,
    totals: FloatArray,
    at: int,
    *,
    open_by: FloatArray | float = 0.0,
    true: FloatArray | None = None,
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
    open_by
        How far each released number may be off either way: rounding.
    true
        The counts themselves, when every count is a whole number, which narrows more. Where the
        search ends early, what it found possible so far counts, the truth included: never more.

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
            constraints=LinearConstraint(matrix, totals - open_by, totals + open_by),
            integrality=np.full(goal.size, int(true is not None)),
            # Nodes, not seconds: what is withheld must not hang on how busy a computer is.
            options={"node_limit": MAX_NODES},
        )
        if found.status == 0:
            ends.append(float(sign * found.fun))
        elif true is not None:
            best = sign * true[at] if found.x is None else min(found.fun, sign * true[at])
            ends.append(float(sign * best))
        else:
            ends.append(sign * -np.inf)
    return ends[0], ends[1]


def narrow_counts(
    values: Sequence[float],
    counts: Sequence[int],
    bins: Sequence[tuple[float, float, int]],
    least: int,
    moments: Sequence[tuple[int, float, float]] = (),
) -> bool:
    """Whether a small count joined into a bin is narrowed by what is known of sums over all.

    Parameters
    ----------
    values, counts, bins
        Distinct values with the people of each; lowest and highest value and people of each bin.
    least
        Smallest group.
    moments
        (power, lowest, highest): between what a reader knows the sum of the values, or of their
        squares, to lie. See :func:`known_moments`.
    """
    if not bins or len(bins) == len(values) or len(values) > MAX_VALUES:
        return False
    score, people = np.asarray(values, float), np.asarray(counts, float)
    inside = np.array([(score >= low) & (score <= high) for low, high, _ in bins], dtype=float)
    matrix = np.vstack([inside, *(score**power for power, _, _ in moments)])
    sums = inside @ people
    middle = np.concatenate([sums, [(low + high) / 2 for _, low, high in moments]])
    open_by = np.concatenate([0.0 * sums, [(high - low) / 2 for _, low, high in moments]])
    for at in range(score.size):
        alone = bool(inside[inside[:, at] > 0][0].sum() == 1)
        if alone or not is_small(counts[at], least):
            continue
        low, high = bound_counts(matrix, middle, at, open_by=open_by + 1e-9, true=people)
        # Whole numbers of people between the bounds: fewer than ``least`` ways are too few.
        if np.floor(high + 1e-6) - np.ceil(low - 1e-6) < least - 1:
            return True
    return False


def known_moments(
    values: Sequence[float], counts: Sequence[int], unit: float, *, exact: bool = False
) -> tuple[tuple[int, float, float], ...]:
    """What a mean and its interval, rounded to ``unit``, tell of the sum and the sum of squares.

    ``exact`` when the sum is known whole from elsewhere.

    Examples
    --------
    >>> [(k, round(a, 2), round(b, 2)) for k, a, b in known_moments([1, 2], [10, 10], 0.1)]
    [(1, 29.0, 31.0), (2, 45.18, 55.35)]
    """
    from scipy import stats

    score, people = np.asarray(values, float), np.asarray(counts, float)
    n = float(people.sum())
    total, squares = float(score @ people), float(score**2 @ people)
    half = 0.0 if exact else unit / 2
    told: list[tuple[int, float, float]] = [(1, total - n * half, total + n * half)]
    if n < 2:
        return tuple(told)
    # A limit is a mean and a spread, each rounded: both ends of what they can come from.
    spread = float(np.sqrt(max(squares - total**2 / n, 0.0) / (n - 1)))
    off = unit / 2 * float(np.sqrt(n) / stats.t.ppf(0.975, n - 1))
    mean = abs(total) / n
    low, high = (
        (n - 1) * max(spread + side * off, 0.0) ** 2 + n * max(mean + side * half, 0.0) ** 2
        for side in (-1.0, 1.0)
    )
    return (*told, (2, low, high))


def audit_release(auditor: Auditor) -> Audit:
    """Audit everything released together, earlier releases included."""
    smallest: float | None = None
    seen: set[frozenset[object]] = set()
    for family in auditor.families:
        cells = auditor.system(family)
        key: frozenset[object] = frozenset(cell.terms for cell in cells)
        if not cells or key in seen:
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
    for most_of, at in sorted(zip(most, small.tolist(), strict=True))[:MAX_BOUNDED]:
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

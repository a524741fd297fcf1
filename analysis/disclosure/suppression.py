"""Complementary suppression: nothing hidden comes back by subtraction.

Cells are taken in order of importance; one that would let a reader work out a number about fewer
than ``min_group`` people, from all released before it, is withheld. The decision looks at who is
in each number and never at the numbers, so that a refusal itself says nothing about an answer
(Kenthapadi, Mishra & Nissim 2013, doi:10.1016/j.jcss.2013.06.003).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import numpy.typing as npt

from analysis.disclosure.cells import Cell, FloatArray, people_of
from analysis.disclosure.rules import is_small

Terms = tuple[tuple[str, float, int], ...]
#: Three and more small sets are tried together for this many of them, the likeliest first.
MOST_TOGETHER = 24
#: Numbers released last are subtracted from every other one.
_LAST = 12


def choose_hidden(sizes: Sequence[float], least: int, unlisted: float = 0) -> list[int]:
    """Choose which parts of a whole to hide, so that the total gives no small one back.

    All parts of 1 to ``least`` − 1 people, then the next smallest until what is hidden is two
    parts and ``least`` people. ``unlisted`` people are in the total but in no part: a hidden
    part too.

    Examples
    --------
    >>> choose_hidden([3, 9, 20, 0], 5), choose_hidden([9, 20], 5), choose_hidden([9, 20], 5, 1)
    ([0, 1], [], [0])
    """
    order = sorted((i for i, n in enumerate(sizes) if n > 0), key=lambda i: sizes[i])
    hidden = [i for i in order if is_small(sizes[i], least)]
    if not hidden and not is_small(unlisted, least):
        return []
    for i in order[len(hidden) :]:
        parts = len(hidden) + (unlisted > 0)
        if parts > 1 and sum(sizes[j] for j in hidden) + unlisted >= least:
            break
        hidden.append(i)
    return sorted(hidden)


@dataclass(slots=True)
class Auditor:
    """Keeps what is released and refuses what would single people out."""

    least: int
    released: list[Cell] = field(default_factory=list)
    _families: dict[str, list[Cell]] = field(default_factory=dict)
    _refused: set[frozenset[tuple[str, Terms]]] = field(default_factory=set)
    _judged: dict[frozenset[Terms], bool] = field(default_factory=dict)

    def hold(self, cells: Iterable[Cell]) -> None:
        """Take over what was released before, unchecked."""
        for cell in cells:
            self._families.setdefault(cell.family, []).append(cell)

    def release(self, *cells: Cell) -> bool:
        """Release cells together, or none of them; say whether they were released."""
        wanted = [cell for cell in cells if cell.terms]
        # What was refused stays refused: a system only grows.
        question = frozenset((cell.family, cell.terms) for cell in wanted)
        if question in self._refused:
            return False
        systems = {cell.family: [*self._families.get(cell.family, ())] for cell in wanted}
        changed = set()
        for cell in wanted:
            if all(cell.terms != other.terms for other in systems[cell.family]):
                systems[cell.family].append(cell)
                changed.add(cell.family)
        if any(self._reveals(systems[family]) for family in changed):
            self._refused.add(question)
            return False
        self._families.update(systems)
        self.released += wanted
        return True

    def _reveals(self, system: Sequence[Cell]) -> bool:
        """Whether numbers single anybody out; the same sets of people are judged once."""
        key = frozenset(cell.terms for cell in system)
        if key not in self._judged:
            self._judged[key] = bool(find_revealed(system, self.least))
        return self._judged[key]

    def copy(self, family: str, into: str) -> None:
        """Let what was released of one variable count for another that adds up to it."""
        self._families.setdefault(into, []).extend(self._families.get(family, ()))

    def system(self, family: str) -> Sequence[Cell]:
        """Everything released of one variable."""
        return self._families.get(family, ())

    @property
    def families(self) -> Sequence[str]:
        """Variables of which something was released."""
        return tuple(self._families)


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


def find_revealed(cells: Sequence[Cell], least: int) -> tuple[int, ...]:
    """Find fewer than ``least`` people about whom some combination of the cells speaks alone.

    Returns
    -------
    tuple of int
        Their numbers; empty when no combination of rows vanishes on everybody else.

    Notes
    -----
    People alike in every cell cannot be told apart, so that only whole sets of them come into
    question. A set T stands alone when a row of the span has all its weight on T: when the
    projection on the span has an eigenvalue of 1 within T.
    """
    matrix, atoms, width = as_matrix(cells)
    sizes = [atom.bit_count() for atom in atoms]
    small = [i for i, n in enumerate(sizes) if n < least]
    if not small:
        return ()
    apart = _subtract(matrix, np.array(sizes), width, least)
    if apart:
        return tuple(person for i in apart for person in people_of(atoms[i]))
    span = _span_of(matrix)
    blocks = {i: span[:, i * width : (i + 1) * width] for i in small}
    weight = {i: float((block**2).sum()) for i, block in blocks.items()}
    likeliest = sorted(small, key=lambda i: -weight[i])
    for together in range(1, least):
        tried = likeliest if together < 3 else likeliest[:MOST_TOGETHER]
        if sum(weight[i] for i in tried[:together]) < 1 - 1e-6:
            continue
        for group in combinations(tried, together):
            if sum(sizes[i] for i in group) >= least or sum(weight[i] for i in group) < 1 - 1e-6:
                continue
            inside = np.hstack([blocks[i] for i in group])
            if np.linalg.norm(inside, 2) > 1 - 1e-6:
                return tuple(person for i in group for person in people_of(atoms[i]))
    return ()


def _subtract(
    matrix: FloatArray, sizes: npt.NDArray[np.int64], width: int, least: int
) -> list[int]:
    """Subtract the numbers released last from every other; give the few that two differ by."""
    scaled = matrix / np.abs(matrix).max(axis=1, keepdims=True)
    blocks = scaled.reshape(len(matrix), -1, width)
    for row in range(max(0, len(blocks) - _LAST), len(blocks)):
        for sign in (1.0, -1.0):
            differ = (np.abs(blocks - sign * blocks[row]) > 1e-9).any(axis=2)
            people = differ @ sizes
            found = np.flatnonzero((people > 0) & (people < least))
            if found.size:
                return np.flatnonzero(differ[found[0]]).tolist()
    return []


def _span_of(matrix: FloatArray) -> FloatArray:
    """Orthonormal rows with the same span; a pivoted QR is several times faster than an SVD."""
    from scipy.linalg import qr

    used = np.abs(matrix).max(axis=0) > 0
    scaled = matrix[:, used] / np.abs(matrix).max(axis=1, keepdims=True)
    basis, triangle, _ = qr(scaled.T, mode="economic", pivoting=True, check_finite=False)
    strength = np.abs(np.diag(triangle))
    rank = int(np.sum(strength > 1e-9 * max(1.0, float(strength.max(initial=0.0)))))
    span = np.zeros((rank, matrix.shape[1]))
    span[:, used] = basis[:, :rank].T
    return span

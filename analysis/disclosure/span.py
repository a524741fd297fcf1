"""What follows from everything released of one variable, kept as an orthonormal basis.

A reader can work out exactly the combinations of the released sums. Fewer than ``least`` people
stand alone when some combination vanishes on everybody else. The basis grows by one row with
each number, so that a number is judged in about a millisecond.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from math import comb

import numpy as np
import numpy.typing as npt

from analysis.disclosure.cells import BoolArray, FloatArray, members_of

Terms = tuple[tuple[str, float, int], ...]
IntArray = npt.NDArray[np.int64]
#: Ways to choose the others beside one small set that are tried, the likeliest first.
MAX_WAYS = 60_000
#: Some combination is alone on a set of people when it has a length of 1 there, up to rounding.
_ALONE = 1 - 1e-6


@dataclass(frozen=True, slots=True)
class Span:
    """Released sums of one variable. It does not change: :meth:`add` gives another.

    Attributes
    ----------
    rows
        Each number, scaled to a largest weight of 1: (numbers, columns, people).
    basis
        Orthonormal rows with the same span, in the same shape.
    alike
        People with the same number here are alike in every sum; 0 for those in none.
    columns
        Columns of the variable, such as its waves.
    """

    rows: FloatArray = field(default_factory=lambda: np.zeros((0, 0, 0)))
    basis: FloatArray = field(default_factory=lambda: np.zeros((0, 0, 0)))
    alike: IntArray = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    columns: tuple[str, ...] = ()

    def add(self, numbers: Sequence[Terms]) -> Span:
        """Give the span with further numbers."""
        named = dict.fromkeys([*self.columns, *(name for terms in numbers for name, _, _ in terms)])
        columns = tuple(named)
        known = self.alike.size
        people = max([known, *(who.bit_length() for terms in numbers for _, _, who in terms)])
        grow = ((0, 0), (0, len(columns) - len(self.columns)), (0, people - known))
        rows, basis = np.pad(self.rows, grow), np.pad(self.basis, grow)
        alike = np.pad(self.alike, grow[2])
        for terms in numbers:
            row = np.zeros((len(columns), people))
            for name, weight, who in terms:
                inside = members_of(who, people)
                row[columns.index(name), inside] += weight
                alike = _tell_apart(alike, inside)
            row /= np.abs(row).max(initial=0.0) or 1.0
            rows = np.concatenate([rows, row[None]])
            basis = _extend(basis, row)
        return Span(rows, basis, np.asarray(alike, dtype=np.int64), columns)

    def find_alone(self, least: int, added: int) -> tuple[int, ...]:
        """Find fewer than ``least`` people about whom some combination speaks alone.

        Parameters
        ----------
        least
            Smallest group.
        added
            How many numbers were added last; those before them reveal nobody.

        Returns
        -------
        tuple of int
            Their numbers; empty when there are none.

        Notes
        -----
        People who are alike cannot be told apart, so that only whole sets of them come into
        question. Some combination is alone on a set when the projection on the span, cut to the
        set, has an eigenvalue of 1.
        """
        apart = self._subtract(least, added)
        if apart.size:
            return tuple(apart.tolist())
        sizes = np.bincount(self.alike)
        length = np.bincount(self.alike, (self.basis**2).sum(axis=(0, 1)))
        small = np.flatnonzero((sizes > 0) & (sizes < least))
        small = small[small > 0]
        # No set whose length falls short with the longest others is part of a set of length 1.
        most = length[small].max(initial=0.0)
        small = small[length[small] >= _ALONE - (least - 2) * most]
        if not small.size:
            return ()
        small = small[np.argsort(-length[small], kind="stable")]
        group = _find_group(self._gram(small, sizes), sizes[small], least)
        return tuple(np.flatnonzero(np.isin(self.alike, small[list(group)])).tolist())

    def _subtract(self, least: int, added: int) -> IntArray:
        """Subtract the numbers added last from every other; give the few that two differ by."""
        for at in range(len(self.rows) - added, len(self.rows)):
            for sign in (1.0, -1.0):
                differ = (np.abs(self.rows - sign * self.rows[at]) > 1e-9).any(axis=1)
                people = differ.sum(axis=1)
                found = np.flatnonzero((people > 0) & (people < least))
                if found.size:
                    return np.flatnonzero(differ[found[0]])
        return np.zeros(0, dtype=np.int64)

    def _gram(self, sets: IntArray, sizes: IntArray) -> FloatArray:
        """Project each pair of sets: (set, set, column, column)."""
        one = np.array([np.argmax(self.alike == at) for at in sets])
        blocks = self.basis[:, :, one] * np.sqrt(sizes[sets])
        n, width = sets.size, len(self.columns)
        flat = blocks.transpose(0, 2, 1).reshape(-1, n * width)
        return (flat.T @ flat).reshape(n, width, n, width).transpose(0, 2, 1, 3)


def _tell_apart(alike: IntArray, inside: BoolArray) -> IntArray:
    """Split sets of people who are alike by whether they are in one more sum."""
    apart = 2 * alike + inside
    # Those in no sum keep 0: they are numbered together with one made up, so that 0 is taken.
    return np.unique(np.append(apart, 0), return_inverse=True)[1][:-1]


def _extend(basis: FloatArray, row: FloatArray) -> FloatArray:
    """Add what is new in a row to an orthonormal basis (Gram–Schmidt, done twice)."""
    flat = basis.reshape(len(basis), row.size)
    new = row.ravel() / (np.linalg.norm(row) or 1.0)
    for _ in range(2):
        new = new - flat.T @ (flat @ new)
    length = float(np.linalg.norm(new))
    if length < 1e-9:
        return basis
    return np.concatenate([basis, (new / length).reshape(1, *row.shape)])


def _find_group(gram: FloatArray, sizes: IntArray, least: int) -> tuple[int, ...]:
    """Find sets of fewer than ``least`` people together on which a combination is alone."""
    n, _, width, _ = gram.shape
    own = np.linalg.eigvalsh(gram[np.arange(n), np.arange(n)])[:, -1].astype(np.float64)
    if own.max() > _ALONE:
        return (int(own.argmax()),)
    # The largest eigenvalue is at most that of the matrix of the blocks' norms.
    cross = np.sqrt((gram**2).sum(axis=(2, 3)))
    first, second = np.triu_indices(n, 1)
    close = (sizes[first] + sizes[second] < least) & (
        (_ALONE - own[first]) * (_ALONE - own[second]) <= cross[first, second] ** 2
    )
    groups = np.column_stack([first[close], second[close]])
    for together in range(2, least):
        if together > 2:
            groups = _led_groups(own, cross, sizes, together, least)
        for part in np.array_split(groups, max(1, len(groups) // 2000)):
            cut = gram[part[:, :, None], part[:, None, :]].transpose(0, 1, 3, 2, 4)
            length = np.linalg.eigvalsh(cut.reshape(-1, together * width, together * width))[:, -1]
            if length.max(initial=0.0) > _ALONE:
                return tuple(part[int(length.argmax())].tolist())
    return ()


def _led_groups(
    own: FloatArray, cross: FloatArray, sizes: IntArray, together: int, least: int
) -> IntArray:
    """Sets that may have an eigenvalue of 1: one of them needs a row of norms that adds up to it.

    (Gershgorin.) Each set in turn leads; the others come from those closest to it, not from those
    that are likeliest overall: four people can stand alone of whom none is among the likeliest.
    """
    single = sizes <= least - together
    found = [np.zeros((0, together), dtype=np.int64)]
    # Most sets cannot lead, whatever the others: their largest norms do not add up to 1.
    beside = np.where(single, cross, -np.inf)
    np.fill_diagonal(beside, -np.inf)
    most = np.sort(beside, axis=1)[:, 1 - together :].sum(axis=1)
    for lead in np.flatnonzero(single & (most > _ALONE - own)):
        others = np.flatnonzero(single & (np.arange(own.size) != lead))
        others = others[np.argsort(-cross[lead, others], kind="stable")]
        near, lacking = cross[lead, others], _ALONE - own[lead]
        if near[: together - 1].sum() <= lacking:
            continue
        others = others[near > lacking - near[: together - 2].sum()]
        groups = others[_choose(_most(others.size, together - 1), together - 1)]
        groups = groups[cross[lead, groups].sum(axis=1) > lacking]
        groups = groups[sizes[groups].sum(axis=1) + sizes[lead] < least]
        found.append(np.sort(np.column_stack([np.full(len(groups), lead), groups]), axis=1))
    return np.unique(np.concatenate(found), axis=0)


@cache
def _most(n: int, k: int) -> int:
    """How many of ``n`` sets may be tried when ``k`` are chosen of them."""
    while n > k and comb(n, k) > MAX_WAYS:
        n -= 1
    return n


@cache
def _choose(n: int, k: int) -> IntArray:
    """All ways to choose ``k`` of ``n`` sets."""
    return np.array(list(combinations(range(n), k)), dtype=np.int64).reshape(-1, k)

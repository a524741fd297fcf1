"""What follows from released sums over rows of which one person has several.

One person comes several times: seven attendances that two numbers differ by may all be one
person's, and so may seven entries of a service log. Each number is a sum over (row, person); what
is asked is whether some combination of them speaks of the rows of fewer than ``least`` people,
however many rows these are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.disclosure.cells import people_of

Terms = tuple[tuple[str, float, int], ...]
#: Sums over rows: attendances, service, hours, promises, self-assessments; all others are about
#: people.
FAMILIES = frozenset({"contacts", "listed", "service", "hours", "promises", "ratings"})
#: Sets of few people that are tried; with more, the number is withheld.
MAX_GROUPS = 3_000


@dataclass(frozen=True, slots=True)
class Visits:
    """Released sums over rows: terms are (what the row says, such as its session, 1, whose)."""

    numbers: tuple[Terms, ...] = ()

    def add(self, numbers: Sequence[Terms]) -> Visits:
        """Give what is released with further numbers."""
        return Visits((*self.numbers, *numbers))

    def find_alone(self, least: int, _added: int) -> tuple[int, ...]:
        """Find fewer than ``least`` people about whose rows some combination speaks alone.

        Returns
        -------
        tuple of int
            Their numbers; empty when there are none.

        Notes
        -----
        Rows that are in the same numbers form one unknown sum. Some combination vanishes on
        all sums but those of a group when the rank falls once these are left out.
        """
        sums = self._sums()
        group_of = [mask for mask in sums.values() if mask.bit_count() < least]
        if not group_of:
            return ()
        matrix = np.array(
            [[signs >> row & 1 for signs in sums] for row in range(len(self.numbers))]
        )
        rank = np.linalg.matrix_rank(matrix)
        for group in _unite(group_of, least):
            others = [i for i, mask in enumerate(sums.values()) if mask & ~group]
            if not others or np.linalg.matrix_rank(matrix[:, others]) < rank:
                return people_of(group)
        return ()

    def _sums(self) -> dict[int, int]:
        """For each set of numbers (a bit mask), the people with rows in these and no others."""
        by_session: dict[str, list[tuple[int, int]]] = {}
        for row, terms in enumerate(self.numbers):
            for session, _, who in terms:
                by_session.setdefault(session, []).append((row, who))
        found: dict[int, int] = {}
        for told in by_session.values():
            parts: dict[int, int] = {}
            for row, who in told:
                split: dict[int, int] = {}
                rest = who
                for signs, mask in parts.items():
                    for key, part in ((signs | 1 << row, mask & who), (signs, mask & ~who)):
                        if part:
                            split[key] = split.get(key, 0) | part
                    rest &= ~mask
                if rest:
                    split[1 << row] = split.get(1 << row, 0) | rest
                parts = split
            for signs, mask in parts.items():
                found[signs] = found.get(signs, 0) | mask
        return found


def _unite(masks: Sequence[int], least: int) -> Sequence[int]:
    """All unions of sets that have fewer than ``least`` people; all of them when there are many."""
    found = dict.fromkeys(masks)
    waiting = list(found)
    while waiting:
        one = waiting.pop()
        for other in masks:
            both = one | other
            if both not in found and both.bit_count() < least:
                found[both] = None
                waiting.append(both)
        if len(found) > MAX_GROUPS:
            everybody = 0
            for mask in masks:
                everybody |= mask
            return (everybody,)
    return tuple(found)

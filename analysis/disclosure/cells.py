"""Released numbers as equations: which people each is about, and with which weight.

A mean of a wave is one equation on the scores of the people in it; a change is one on the scores
of two waves. Everything linear that is released about one variable forms one system, and what a
reader can work out by subtraction is exactly the span of its rows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One released number about people.

    Attributes
    ----------
    family
        The variable, such as ``"score:trust"``: only numbers of one family can be subtracted.
    label
        Where it stands, for the sentence that refuses a release.
    terms
        (column of the variable, weight per person, people as a bit mask): the number is the sum
        over them.
    """

    family: str
    label: str
    terms: tuple[tuple[str, float, int], ...]


@dataclass(slots=True)
class People:
    """Everybody a study knows, numbered; codes are kept as hashes only."""

    number: dict[str, int] = field(default_factory=dict)

    def of(self, codes: Iterable[object]) -> npt.NDArray[np.int64]:
        """Number people, new ones after those known."""
        prints = (hashlib.sha256(str(code).encode()).hexdigest()[:16] for code in codes)
        return np.array(
            [self.number.setdefault(one, len(self.number)) for one in prints], dtype=np.int64
        )


def bits_of(numbers: npt.NDArray[np.int64]) -> int:
    """Write a set of numbers as a bit mask.

    Examples
    --------
    >>> bits_of(np.array([0, 3]))
    9
    """
    members = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=np.bool_)
    members[numbers] = True
    return int.from_bytes(np.packbits(members, bitorder="little").tobytes(), "little")


def members_of(bits: int, people: int) -> BoolArray:
    """Write a bit mask as one truth value for each of ``people`` numbers.

    Examples
    --------
    >>> members_of(9, 4).tolist()
    [True, False, False, True]
    """
    packed = np.frombuffer(bits.to_bytes(people // 8 + 1, "little"), dtype=np.uint8)
    return np.unpackbits(packed, bitorder="little", count=people).astype(np.bool_)


def people_of(bits: int) -> tuple[int, ...]:
    """List the numbers of a bit mask, ascending."""
    return tuple(i for i in range(bits.bit_length()) if bits >> i & 1)


def cell_of(
    family: str, label: str, people: npt.NDArray[np.int64], *terms: tuple[str, float, BoolArray]
) -> Cell:
    """Make a cell from masks over ``people``; weights are per person."""
    return Cell(
        family=family,
        label=label,
        terms=tuple(
            (column, weight, bits_of(people[mask])) for column, weight, mask in terms if mask.any()
        ),
    )


def rows_cell(family: str, label: str, people: People, rows: pd.DataFrame, person: str) -> Cell:
    """One number over the rows of a table, several of which may be one person's.

    Each row is known by a hash of all else it says; see :mod:`analysis.disclosure.visits`.
    """
    numbers = people.of(rows[person].to_numpy())
    # A column of text keeps its missing values: each is written out.
    told = rows.drop(columns=person).itertuples(index=False, name=None)
    whose: dict[str, int] = {}
    for row, number in zip(told, numbers.tolist(), strict=True):
        print_ = hashlib.sha256("|".join(map(str, row)).encode()).hexdigest()[:16]
        whose[print_] = whose.get(print_, 0) | 1 << number
    return Cell(family=family, label=label, terms=tuple((k, 1.0, m) for k, m in whose.items()))


def to_record(cells: Sequence[Cell], people: People) -> Mapping[str, Any]:
    """Turn cells into plain values for the ledger of releases: sets as hexadecimal bit masks."""
    return {
        "people": list(people.number),
        "cells": [
            [c.family, c.label, [[column, weight, hex(who)] for column, weight, who in c.terms]]
            for c in cells
        ],
    }


def from_record(record: Mapping[str, Any], people: People) -> tuple[Cell, ...]:
    """Read cells of an earlier release back, in the numbers of ``people``."""
    number = np.array(
        [people.number.setdefault(one, len(people.number)) for one in record["people"]],
        dtype=np.int64,
    )

    def members(mask: str) -> int:
        return bits_of(number[members_of(int(mask, 16), number.size)])

    return tuple(
        Cell(family=f, label=label, terms=tuple((k, w, members(m)) for k, w, m in terms))
        for f, label, terms in record["cells"]
    )

"""The cells of a sheet in little memory: each distinct text once, and its number in each cell.

A survey of 200,000 people has twelve million cells and a few hundred different answers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = tuple[str | None, ...]
_MAX_REMEMBERED = 1_000_000
"""Distinct values looked up without being read again; more would fill the memory themselves."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """Cells, row by row.

    Attributes
    ----------
    words
        The texts.
    codes
        One for each cell: 0 where it is empty, ``n`` for the ``n``-th text.
    height, width
        Number of rows and columns.
    """

    words: list[str]
    codes: array[int]
    height: int
    width: int

    def __bool__(self) -> bool:
        return self.height > 0

    def row(self, at: int) -> Row:
        """Return one row (0-based, from the end when negative) as texts."""
        start = at % self.height * self.width
        codes = self.codes[start : start + self.width]
        return tuple(self.words[code - 1] if code else None for code in codes)

    def rows(self) -> list[Row]:
        """Return every row as texts; equal cells share one text."""
        texts = map([None, *self.words].__getitem__, self.codes)
        return list(zip(*[texts] * self.width, strict=True)) if self.width else []


class Places(dict[Any, int]):
    """Cell value → its code; ``to_text`` sees each distinct value once.

    Parameters
    ----------
    to_text
        The text of a value; None or "" where the cell is empty.
    """

    def __init__(self, to_text: Callable[[Any], str | None]) -> None:
        super().__init__()
        self.words: list[str] = []
        self._to_text = to_text

    def __missing__(self, value: Any) -> int:  # noqa: ANN401
        if len(self) >= _MAX_REMEMBERED:
            self.clear()  # a text met again is then kept twice: it costs its place only
        self[value] = code = self.place(value)
        return code

    def place(self, value: Any) -> int:  # noqa: ANN401
        """Return the code of a value without remembering it."""
        text = self._to_text(value)
        if not text:
            return 0
        self.words.append(text)
        return len(self.words)


class GridBuilder:
    """Takes rows in one after another, of different lengths if need be."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.codes = array("I")
        self.lengths = array("I")

    def add(self, row: Iterable[Any]) -> None:
        """Take in the next row."""
        before = len(self.codes)
        self.codes.extend(map(self.places.__getitem__, row))
        self.lengths.append(len(self.codes) - before)

    def trim(self) -> None:
        """Leave out empty rows at the end."""
        while self.lengths and not any(self.codes[len(self.codes) - self.lengths[-1] :]):
            del self.codes[len(self.codes) - self.lengths.pop() :]

    def finish(self) -> Grid:
        """Return the cells, short rows padded with empty ones."""
        self.trim()
        width = max(self.lengths, default=0)
        codes = self.codes
        if any(length != width for length in self.lengths):
            codes, start = array("I"), 0
            for length in self.lengths:
                codes.extend(self.codes[start : start + length])
                codes.extend([0] * (width - length))
                start += length
        return Grid(words=self.places.words, codes=codes, height=len(self.lengths), width=width)


def make_grid(rows: Iterable[Sequence[str | None]]) -> Grid:
    """Return the cells of rows of text."""
    builder = GridBuilder(Places(lambda text: text))
    for row in rows:
        builder.add(row)
    return builder.finish()

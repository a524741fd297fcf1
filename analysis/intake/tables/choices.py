"""Check-all questions kept in one cell: which mark parts the options, and one box per option."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import pandas as pd

from analysis.intake.model import Column, Table
from analysis.intake.values.column_lookup import column_texts, find_column, normalise_name

MARKS = ("┋", ";", "；", "|", "、", ", ", ",", "，")
_SPACED = frozenset({"kobotoolbox", "odk_central"})
_CODE = re.compile(r"^[A-Za-z0-9][\w.\-]*$", re.ASCII)
_OTHER = re.compile(r"〖[^〖〗]*〗")
_GOES_ON = re.compile(r"^(?:[a-z]|[或和及与等])")
_EXCLUSIVE = (
    "none",
    "以上都没有",
    "以上都不",
    "以上均",
    "都没有",
    "都不",
    "都未",
    "均没有",
    "均未",
    "没有参加过",
)
_MOST = 30
_SEEN = 3_000
_COMMAS = frozenset({",", "，", "、"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """How a column joins its options: ``mark`` between them, ``options`` in order of first use."""

    mark: str
    options: tuple[str, ...]


def propose_choices(table: Table, name: str) -> Choices | None:
    """Propose how a column's cells hold several options; None when they do not.

    Parameters
    ----------
    table
        With choices where the export or a dictionary tells them.
    name
        Column.
    """
    cells = table.cells[name].dropna().iloc[:_SEEN]
    given = [text for cell in cells if (text := str(cell).strip())]
    known = _known(table, name, given)
    marks = (*MARKS, " ") if table.format in _SPACED or known else MARKS
    found = [
        Choices(mark=mark, options=options)
        for mark in marks
        if any(mark in text for text in set(given))
        and _is_joined(given, mark, options := find_options(given, mark, known), known)
    ]
    commas = [one for one in found if one.mark.strip() == ","]
    first = found[0] if found else None
    return min(commas, key=lambda one: len(one.options)) if first in commas else first


def is_exclusive(option: str) -> bool:
    """Whether an option says that no other applies: "None of these", "以上都没有".

    >>> is_exclusive("None of these"), is_exclusive("以上都没有"), is_exclusive("Fire drill")
    (True, True, False)
    """
    return normalise_name(option).startswith(_EXCLUSIVE)


def find_options(texts: Sequence[str], mark: str, known: Collection[str] = ()) -> tuple[str, ...]:
    """Return the options in joined cells: those known, then the rest in order of first use.

    Pieces that only ever stand together, the later one going on in lower case, are one option
    that contains the mark (``Council meeting, or hearing``).
    """
    pieces = [[piece for piece in text.split(mark) if piece.strip()] for text in texts]
    joined = _joined_pieces(pieces, mark)
    split = option_splitter(mark, {*known, *joined})
    again = [split(text) for text in texts]
    return tuple(dict.fromkeys([*known, *(piece for cell in again for piece in cell)]))


def split_cell(text: str, mark: str, known: Collection[str] = ()) -> list[str]:
    """Split one cell; the longest known option wins where an option contains the mark.

    >>> split_cell("a, b, c", ", ", {"b, c"})
    ['a', 'b, c']
    """
    return option_splitter(mark, known)(text)


def option_splitter(mark: str, known: Collection[str] = ()) -> Callable[[str], list[str]]:
    """Return what splits the cells of one column, the known options looked at once.

    A known option holds the mark so many times at most: only that many pieces are ever put
    together, so that the work grows with the length of a cell and not with its square.
    """
    options = frozenset(known)
    most = max((option.count(mark) + 1 for option in options), default=1)

    def split(text: str) -> list[str]:
        pieces = [piece for piece in _OTHER.sub("", text).split(mark) if piece.strip()]
        found: list[str] = []
        at = 0
        while at < len(pieces):
            ends = range(min(len(pieces), at + most), at + 1, -1)
            longest = (end for end in ends if mark.join(pieces[at:end]).strip() in options)
            end = next(longest, at + 1)
            found.append(mark.join(pieces[at:end]).strip())
            at = end
        return found

    return split


def with_options(
    table: Table, items: Iterable[str], rename: Mapping[str, str] | None = None
) -> Table:
    """Add a column of boxes for every wanted ``question/option`` that the table holds joined.

    A box is ``1`` where the option was chosen, ``0`` where another was, None without an answer;
    an option nobody chose is all zeros.
    """
    wanted: dict[str, dict[str, str]] = {}
    for item in items:
        if find_column(table, item, rename) is None:
            parent, option = find_parent(table, item, rename)
            if parent:
                wanted.setdefault(parent, {})[item] = option
    cells, columns = table.cells.copy(), list(table.columns)
    for parent, options in wanted.items():
        boxes = _boxes(table, parent, options)
        position = next(c.position for c in columns if c.name == parent)
        for item, option in options.items():
            cells[item] = boxes[item]
            columns.append(
                Column(name=item, label=option, position=position, stem=parent, option=option)
            )
    return replace(table, cells=cells, columns=tuple(columns)) if wanted else table


def _boxes(table: Table, parent: str, options: Mapping[str, str]) -> dict[str, pd.Series]:
    texts = column_texts(table, parent)
    labels = table.choices.get(parent, {})
    told = propose_choices(table, parent)
    mark = told.mark if told else MARKS[0]
    split = option_splitter(mark, {*(told.options if told else ()), *options.values()})
    chosen = {
        text: {normalise_name(word) for one in split(text) for word in (one, labels.get(one, one))}
        for text in texts.dropna().unique()
    }
    return {
        item: texts.map(
            {text: str(int(normalise_name(option) in found)) for text, found in chosen.items()}
        ).astype(object)
        for item, option in options.items()
    }


def find_parent(
    table: Table, item: str, rename: Mapping[str, str] | None = None
) -> tuple[str | None, str]:
    """Part ``question/option`` at the slash where the question is a column."""
    slashes = [at for at, char in enumerate(item) if char == "/"]
    for at in reversed(slashes):
        found = find_column(table, item[:at], rename)
        if found is not None and item[at + 1 :]:
            return found, item[at + 1 :]
    return None, ""


def _known(table: Table, name: str, given: Sequence[str]) -> tuple[str, ...]:
    choices = table.choices.get(name, {})
    if not choices:
        return ()
    texts = {word for text in given for word in text.split()}
    return tuple(choices) if texts & set(choices) else tuple(choices.values())


def _joined_pieces(pieces: Sequence[Sequence[str]], mark: str) -> set[str]:
    """Find neighbours that never stand apart; only commas also stand inside an option."""
    if mark.strip() not in _COMMAS:
        return set()
    alone = Counter(piece.strip() for cell in pieces for piece in cell)
    pairs = Counter(pair for cell in pieces for pair in pairwise(cell))
    together = Counter((one.strip(), other.strip()) for one, other in pairs.elements())
    return {
        mark.join((one, other)).strip()
        for one, other in pairs
        if together[one.strip(), other.strip()] == alone[one.strip()] == alone[other.strip()]
        and together[one.strip(), other.strip()] > 1
        and _GOES_ON.match(other.strip())
    }


def _is_joined(
    given: Sequence[str], mark: str, options: Sequence[str], known: Sequence[str]
) -> bool:
    if not 1 < len(options) <= _MOST:
        return False
    split = option_splitter(mark, options)
    several = sum(len(split(text)) > 1 for text in given)
    if several < max(2, 0.08 * len(given)):
        return False
    if known and set(options) <= set(known):
        return True
    if mark == " " and not all(_CODE.match(option) for option in options):
        return False
    sure = mark == "┋" or all(text.endswith(mark) for text in given)
    distinct = len({text.rstrip(mark) for text in given})
    return sure or (len(options) <= 12 and len(options) <= distinct)

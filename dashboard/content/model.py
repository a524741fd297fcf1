"""What a topic is made of: sentences, tables of values, pictures. Every medium renders the same.

A cell of a table is a value with a kind; :mod:`dashboard.content.format` makes text of it, and a
workbook writes the number itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

import pandas as pd

from dashboard.content.chart import Chart

Kind = Literal["count", "number", "signed", "percent", "points", "p"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number in a table.

    Attributes
    ----------
    value
        None where there is none; a withheld one stays withheld in every medium.
    kind
        ``count`` of people or things; ``number`` and ``signed`` in the unit of the measure;
        ``percent`` and ``points`` (percentage points) of a share 0–1; ``p`` of a test.
    digits
        Decimals it is written with.
    """

    value: float | None
    kind: Kind = "number"
    digits: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Low and high end of an interval, in the unit of ``kind``; after its ``estimate`` if given."""

    low: float | None
    high: float | None
    estimate: float | None = None
    kind: Kind = "number"
    digits: int = 2


def change_kind(*, share: bool) -> Kind:
    """How changes of a measure are written: shares 0–1 in percentage points."""
    return "points" if share else "signed"


Cell = Number | Interval | str | int | float | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table: ``key`` is its file name, ``columns`` the words above ``rows``.

    ``caption`` and ``lines`` stand above it on a page, ``note`` below: how to read it, what its
    rows say, what follows. Documents leave it out where it is ``page_only``.
    """

    key: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    caption: str = ""
    lines: Sequence[str] = ()
    note: str = ""
    page_only: bool = False

    @property
    def frame(self) -> pd.DataFrame:
        """The same cells as a frame; numbers keep their kind."""
        return pd.DataFrame(list(self.rows), columns=list(self.columns), dtype=object)


@dataclass(frozen=True, slots=True, kw_only=True)
class NativeChart:
    """Values of a picture that a slide can draw as a chart of its own: bars, columns by month.

    ``form`` is the number format of the values, as spreadsheets write it.
    """

    kind: Literal["bars", "columns"]
    categories: tuple[str, ...]
    series: tuple[tuple[str, tuple[float | None, ...]], ...]
    form: str = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """One picture: ``figure`` describes it for every medium, ``alt`` says it.

    Attributes
    ----------
    subtitle
        Unit and marks.
    note
        The finding it shows, in a sentence; the section's first when left empty.
    table
        Its values, one click away on a page.
    with_table
        Whether documents hold the table, too.
    remark
        What a mark in it means, in small words below.
    headline
        Whether its numbers are those of the report's answer.
    beside
        Whether it is narrow enough to stand beside its neighbour on a page.
    page_only
        Whether documents leave it out.
    """

    key: str = "picture"
    title: str
    alt: str
    subtitle: str = ""
    note: str = ""
    figure: Callable[[], Chart]
    table: Table | None = None
    with_table: bool = False
    remark: str = ""
    native: NativeChart | None = None
    headline: bool = False
    beside: bool = False
    page_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One number with its meaning in words."""

    value: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A question of its own on a topic's page: the answer in ``lines``, ``tables`` one click away.

    Documents hold the tables; what they say of the answer stands among the section's findings.
    """

    title: str = ""
    lines: Sequence[str] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One topic of one study, for a page and for documents alike.

    Attributes
    ----------
    key, heading
        Name of the topic in the results file, and for a reader.
    title, sample
        Its answer in a sentence, and who is in it.
    cards
        At most four numbers below the answer, on a page.
    findings
        The sentences of a document: the answers to all of the topic's questions.
    pictures, remarks, cautions, passages, tables
        In the order in which a reader needs them; remarks are sentences of a page alone, which a
        document holds among its findings.
    appendix
        Tables of documents; a page shows of them what the reader chooses.
    """

    key: str
    heading: str
    title: str
    sample: str = ""
    findings: Sequence[str] = ()
    pictures: Sequence[Picture] = field(default=())
    tables: Sequence[Table] = field(default=())
    remarks: Sequence[str] = ()
    cautions: Sequence[str] = ()
    passages: Sequence[Passage] = ()
    cards: Sequence[Card] = ()
    appendix: Sequence[Table] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A topic that this study has no data for: what is missing, and how to get it."""

    title: str
    needed: str

"""What a file leaves open and a person must say: day or month first, thousands or decimals."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.values.column_lookup import column_texts
from analysis.intake.values.dates import lacks_year, looks_like_dates, read_dates
from analysis.intake.values.parse_numbers import (
    can_be_read_two_ways,
    find_decimal_comma,
    looks_like_numbers,
    read_numbers,
)

_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDates:
    """A column of dates of which nothing tells day from month.

    Attributes
    ----------
    column
        Its name in the table.
    at
        Index labels of its cells that are not blank.
    examples
        Cell as given, read with the day first, read with the month first; telling ones first.
    """

    column: str
    at: tuple[int, ...]
    examples: tuple[tuple[str, pd.Timestamp, pd.Timestamp], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenDecimals:
    """A column with numbers whose point may part thousands or decimals.

    Attributes
    ----------
    column
        Its name in the table.
    examples
        Cell as given, read with a point for thousands, read with a point for decimals.
    """

    column: str
    examples: tuple[tuple[str, float, float], ...]


def find_open_dates(days: Mapping[str, pd.Series]) -> tuple[OpenDates, ...]:
    """Find the columns whose dates can be read two ways.

    Parameters
    ----------
    days
        Column → its cells as text: the columns that a study reads as days, no others. What nobody
        reads need not be asked.
    """
    found = (_open_dates(name, texts) for name, texts in days.items())
    return tuple(one for one in found if one is not None)


def _open_dates(name: str, texts: pd.Series) -> OpenDates | None:
    given = texts.dropna()
    if not looks_like_dates(given[:50]) or not read_dates(texts).ambiguous:
        return None
    days = read_dates(given, day_first=True).values
    months = read_dates(given, day_first=False).values
    told = given[(days != months) & days.notna() & months.notna()].drop_duplicates()[:_EXAMPLES]
    return OpenDates(
        column=name,
        at=tuple(int(label) for label in given.index),
        examples=tuple(
            (str(text), days, months)
            for text, days, months in zip(told, days[told.index], months[told.index], strict=True)
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenYear:
    """Dates of a table that name no year.

    Attributes
    ----------
    columns
        Their columns.
    examples
        Cells as given.
    years
        Years that other dates of the table name, most frequent first.
    """

    columns: tuple[str, ...]
    examples: tuple[str, ...]
    years: tuple[int, ...]


def find_open_year(days: Mapping[str, pd.Series]) -> OpenYear | None:
    """Find the dates without a year in columns of days; None where there are none."""
    undated: dict[str, list[str]] = {}
    years: Counter[int] = Counter()
    for name, texts in days.items():
        short = [str(text) for text in texts.dropna().unique() if lacks_year(str(text))]
        if short:
            undated[name] = short
        years.update(int(day.year) for day in read_dates(texts).values.dropna())
    if not undated:
        return None
    examples = [text for texts in undated.values() for text in texts]
    return OpenYear(
        columns=tuple(undated),
        examples=tuple(examples[:_EXAMPLES]),
        years=tuple(year for year, _ in years.most_common()),
    )


def find_open_decimals(table: Table, columns: Iterable[str]) -> tuple[OpenDecimals, ...]:
    """Find which of a table's columns of amounts hold numbers that can be read two ways."""
    found = (_open_decimals(table, name) for name in columns if name in table.cells)
    return tuple(one for one in found if one is not None)


def _open_decimals(table: Table, name: str) -> OpenDecimals | None:
    texts = column_texts(table, name)
    read = read_numbers(texts, file_comma=tell_decimal_comma(table, texts))
    either = texts.loc[list(read.contradicting)].dropna()
    doubtful = [at for at in either.index if can_be_read_two_ways(str(either[at]))]
    unsure = [*read.unsure, *doubtful]
    if not unsure:
        return None
    given = texts.loc[unsure].drop_duplicates()[:_EXAMPLES]
    thousands = read_numbers(given, decimal_comma=True).values
    decimals = read_numbers(given, decimal_comma=False).values
    return OpenDecimals(
        column=name,
        examples=tuple(
            (str(text), float(whole), float(parts))
            for text, whole, parts in zip(given, thousands, decimals, strict=True)
        ),
    )


def tell_decimal_comma(table: Table, texts: pd.Series) -> bool | None:
    """Tell a column's decimal mark from the column, else from the file's other numbers."""
    own = find_decimal_comma(texts)
    if own is not None:
        return own
    cells = table.cells
    numbers = [cells[name] for name in cells if looks_like_numbers(cells[name].dropna()[:200])]
    return find_decimal_comma(pd.concat(numbers)) if numbers else None

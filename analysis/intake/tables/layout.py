"""From header and data rows to a table: shared by all formats."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import pandas as pd

from analysis.intake.model import Column, Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text, find_totals, unique_names
from analysis.issues import Issue

_MARKUP = re.compile(r"<[a-zA-Z/][^<>]*>")
_ENTITY = re.compile(r"&(?:nbsp|#160);")
_LISTED = 1_000

Cells = list[list[str | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnHeader:
    """What a format knows of one column before its data are looked at.

    Attributes
    ----------
    name, label, stem, option, paradata, form
        As in :class:`analysis.intake.model.Column`; an empty label becomes the name.
    """

    name: str
    label: str = ""
    stem: str = ""
    option: str = ""
    paradata: bool = False
    form: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableLayout:
    """A sheet understood by one format.

    Attributes
    ----------
    format
        Module name in ``formats``.
    header_rows
        1-based spreadsheet rows.
    heads
        One per column, in order.
    missing
        Words that the tool writes for "no answer".
    left_out
        1-based rows that hold no answers (previews, totals).
    choices
        Column name → {code: label}.
    issues
        What was noticed.
    """

    format: str
    header_rows: tuple[int, ...]
    heads: Sequence[ColumnHeader]
    missing: Collection[str] = ()
    left_out: Collection[int] = ()
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    issues: tuple[Issue, ...] = ()


def build_table(workbook: Workbook, sheet: Sheet, layout: TableLayout) -> Table:
    """Put a table together: names made unique, blank rows and empty columns left out.

    Parameters
    ----------
    workbook, sheet
        Where from.
    layout
        What the format understood.
    """
    last = max(layout.header_rows, default=0)
    totals = find_totals(sheet, last)
    numbers = _data_rows(sheet, last, {*layout.left_out, *totals})
    names = unique_names([head.name for head in layout.heads])
    kept = [at for at in range(len(names)) if _is_used(sheet, at, layout.heads[at], numbers)]
    heads = _with_unticked(layout.heads, sheet, numbers)
    columns = tuple(_column(names[at], heads[at], at) for at in kept)
    return Table(
        file=workbook.name,
        sheet=sheet.name,
        format=layout.format,
        confidence=0.0,
        header_rows=layout.header_rows,
        columns=columns,
        cells=_frame(sheet, numbers, columns, frozenset(layout.missing)),
        row_numbers=tuple(numbers),
        sha256=workbook.sha256,
        encoding=workbook.encoding,
        delimiter=workbook.delimiter,
        choices=layout.choices,
        issues=(*layout.issues, *_noticed(workbook, sheet, layout, totals)),
    )


def plain_text(text: str | None) -> str:
    """Return a header without markup, on one line."""
    return clean_text(_MARKUP.sub(" ", _ENTITY.sub(" ", text or "")))


def find_signature(
    sheet: Sheet, matches: Callable[[tuple[str, ...]], float], *, searched: int = 8
) -> tuple[int, float]:
    """Return the 0-based row among the first that matches best, and how well (0–1)."""
    best, score = 0, 0.0
    for at, row in enumerate(sheet.rows[:searched]):
        found = matches(tuple(clean_text(cell) for cell in row)) * (1 - at / 1_000)
        if found > score:
            best, score = at, found
    return best, score


def column_values(sheet: Sheet, column: int, first: int) -> list[str]:
    """Return the answered cells of a column (0-based) from row ``first`` (0-based) on."""
    return [value for row in sheet.rows[first:] if (value := row[column])]


def share_present(wanted: Iterable[str], row: Collection[str]) -> float:
    """Return the share of the wanted words that stand in a row."""
    words = list(wanted)
    return sum(word in row for word in words) / len(words)


def grid_stems(headers: Sequence[str], pattern: re.Pattern[str]) -> dict[int, tuple[str, str]]:
    """Return position → (stem, part) where two neighbours or more share a stem.

    ``pattern`` has the groups ``stem`` and ``part``.
    """
    found = {at: m for at, header in enumerate(headers) if (m := pattern.match(header))}
    stems = {at: (m["stem"].strip(), m["part"].strip()) for at, m in found.items()}
    sizes: dict[str, int] = {}
    for stem, _ in stems.values():
        sizes[stem] = sizes.get(stem, 0) + 1
    return {at: pair for at, pair in stems.items() if sizes[pair[0]] > 1 and pair[1]}


def _column(name: str, head: ColumnHeader, position: int) -> Column:
    return Column(
        name=name,
        label=head.label or head.name or name,
        position=position,
        stem=head.stem,
        option=head.option,
        paradata=head.paradata,
        form=head.form,
    )


def _data_rows(sheet: Sheet, last: int, left_out: Collection[int]) -> list[int]:
    return [
        number
        for number, row in enumerate(sheet.rows[last:], last + 1)
        if number not in left_out and any(row)
    ]


def _is_used(sheet: Sheet, at: int, head: ColumnHeader, numbers: list[int]) -> bool:
    if head.name:
        return True
    return any(sheet.rows[number - 1][at] for number in numbers)


def _with_unticked(
    heads: Sequence[ColumnHeader], sheet: Sheet, numbers: list[int]
) -> list[ColumnHeader]:
    """Name the option of a box that nobody ticked, told by the boxes beside it."""
    boxes = {head.stem for head in heads if head.option}
    others = {
        head.stem
        for at, head in enumerate(heads)
        if head.stem in boxes
        and not head.option
        and any(sheet.rows[number - 1][at] for number in numbers)
    }
    return [
        replace(head, option=head.label)
        if head.stem in boxes - others and not head.option
        else head
        for head in heads
    ]


def _frame(
    sheet: Sheet, numbers: list[int], columns: tuple[Column, ...], missing: frozenset[str]
) -> pd.DataFrame:
    rows = [sheet.rows[number - 1] for number in numbers]
    # One block, filled in place: a frame made of columns would hold every cell twice for a while.
    block = np.empty((len(columns), len(rows)), dtype=object)
    for place, column in zip(block, columns, strict=True):
        place[:] = _answers([row[column.position] for row in rows], missing)
    names = [column.name for column in columns]
    index = pd.RangeIndex(len(rows))
    # Without a type pandas makes texts of the cells, and NaN of None.
    return pd.DataFrame(block.T, columns=names, index=index, dtype=object, copy=False)


def _answers(cells: list[str | None], missing: frozenset[str]) -> list[str | None]:
    """Return a column's cells, blank and missing ones None; each distinct text is judged once."""
    blank = {cell for cell in set(cells) if cell is None or cell in missing or cell.isspace()}
    return [None if cell in blank else cell for cell in cells] if blank else cells


def _noticed(
    workbook: Workbook, sheet: Sheet, layout: TableLayout, totals: tuple[int, ...]
) -> list[Issue]:
    issues = [issue for issue in workbook.issues if issue.sheet in ("", sheet.name)]
    note = partial(Issue, file=workbook.name, sheet=sheet.name)
    if totals:
        issues.append(note(code="totals_row", rows=totals, details={"n": len(totals)}))
    hidden = tuple(number for number in sheet.hidden_rows if number not in layout.header_rows)
    if hidden:
        details = {"n": len(hidden)}
        issues.append(note(code="hidden_rows", rows=hidden[:_LISTED], details=details))
    if sheet.hidden_columns:
        told = {"n": len(sheet.hidden_columns), "columns": list(sheet.hidden_columns[:50])}
        issues.append(note(code="hidden_columns", details=told))
    names = Counter(head.name for head in layout.heads if head.name)
    return issues + [
        note(code="duplicate_header", severity="info", column=name, details={"n": n})
        for name, n in sorted(names.items())
        if n > 1
    ]

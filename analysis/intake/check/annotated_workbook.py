"""A marked copy of a workbook: every cell with a problem coloured, with a note that says why."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from analysis.intake.model import Sheet, Table, Workbook
from analysis.issues import Issue, Severity

_Told = Any
_Cell = Any
_NUMBER = re.compile(r"^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$")
_NAME = re.compile(r"[\[\]:*?/\\]")
_COLOURS: Mapping[Severity, str] = {"error": "F8CBAD", "warning": "FFE699", "info": "DDEBF7"}
_RANK: Mapping[Severity, int] = {"error": 0, "warning": 1, "info": 2}
_LONGEST = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One problem at one cell: 1-based ``row`` and ``column`` of a sheet, and what to say."""

    sheet: str
    row: int
    column: int
    note: str
    severity: Severity = "warning"

    @property
    def address(self) -> str:
        """The cell as spreadsheets write it, for example ``C7``."""
        return f"{get_column_letter(self.column)}{self.row}"


def find_marks(
    issues: Sequence[Issue], tables: Sequence[Table], say: Callable[[Issue], str]
) -> tuple[Mark, ...]:
    """Tell which cells of one file the issues are about.

    Parameters
    ----------
    issues
        All issues of a study; those of other files are passed over.
    tables
        The file's recognised tables.
    say
        Issue → the note, in the reader's language.

    Returns
    -------
    tuple of Mark
        An issue of rows marks its column in each row (the first cell where no column is named);
        one without rows marks the header.
    """
    marks: list[Mark] = []
    for table in tables:
        for issue in issues:
            if issue.file == table.file and issue.sheet in ("", table.sheet):
                marks += _marks(issue, table, say(issue))
    return tuple(sorted(marks, key=lambda mark: (mark.sheet, mark.row, mark.column)))


def mark_workbook(
    workbook: Workbook, marks: Sequence[Mark], *, listing: str, headers: Sequence[str]
) -> bytes:
    """Write a copy of a workbook as xlsx with marked cells coloured and commented.

    Parameters
    ----------
    workbook
        As opened; text stays text, nothing becomes a formula.
    marks
        From :func:`find_marks`.
    listing, headers
        Name of the first sheet, which lists the marks, and its four headers: sheet, cell,
        value, problem.

    Returns
    -------
    bytes
        An xlsx file.
    """
    book = openpyxl.Workbook(write_only=True)
    names = _sheet_names([listing, *(sheet.name for sheet in workbook.sheets)])
    _write_listing(book.create_sheet(names[0]), workbook, marks, headers)
    for sheet, name in zip(workbook.sheets, names[1:], strict=True):
        told = book.create_sheet(name)
        at: dict[tuple[int, int], list[Mark]] = {}
        for mark in marks:
            if mark.sheet == sheet.name:
                at.setdefault((mark.row, mark.column), []).append(mark)
        for row in _marked_rows(told, sheet, at):
            told.append(row)
    stored = io.BytesIO()
    book.save(stored)
    return stored.getvalue()


def _marks(issue: Issue, table: Table, note: str) -> Iterator[Mark]:
    positions = {column.name: column.position + 1 for column in table.columns}
    labels = {column.label: column.position + 1 for column in table.columns}
    stems = {column.stem: column.position + 1 for column in reversed(table.columns)}
    column = positions.get(issue.column) or labels.get(issue.column) or stems.get(issue.column)
    if not issue.rows and (column is None or not issue.column):
        return
    for row in issue.rows or table.header_rows[-1:]:
        yield Mark(
            sheet=table.sheet, row=row, column=column or 1, note=note, severity=issue.severity
        )


def _write_listing(
    told: _Told,
    workbook: Workbook,
    marks: Sequence[Mark],
    headers: Sequence[str],
) -> None:
    cells = {sheet.name: sheet.rows for sheet in workbook.sheets}
    told.append([_plain_cell(told, header, bold=True) for header in headers])
    for mark in marks:
        value = _value(cells.get(mark.sheet, ()), mark)
        row = [mark.sheet, mark.address, value, mark.note]
        told.append([_plain_cell(told, cell) for cell in row])


def _value(rows: Sequence[Sequence[str | None]], mark: Mark) -> str:
    row = rows[mark.row - 1] if mark.row <= len(rows) else ()
    return (row[mark.column - 1] or "") if mark.column <= len(row) else ""


def _marked_rows(
    told: _Told,
    sheet: Sheet,
    at: Mapping[tuple[int, int], Sequence[Mark]],
) -> Iterator[list[_Cell]]:
    wanted = {row for row, _ in at}
    for number, row in enumerate(sheet.rows, 1):
        cells = [_plain_cell(told, cell) for cell in row]
        for column, cell in enumerate(cells, 1) if number in wanted else ():
            if (number, column) in at:
                _colour(cell, at[number, column])
        yield cells


def _colour(cell: _Cell, marks: Sequence[Mark]) -> None:
    worst = min((mark.severity for mark in marks), key=lambda severity: _RANK[severity])
    notes = "\n".join(dict.fromkeys(mark.note for mark in marks))
    cell.fill = PatternFill("solid", fgColor=_COLOURS[worst])
    cell.comment = Comment(notes[:_LONGEST], "Levee", width=320, height=120)


def _plain_cell(
    told: _Told,
    text: str | None,
    *,
    bold: bool = False,
) -> _Cell:
    """Make a cell of a number, or of text that stays text even where it starts with ``=``."""
    if text is not None and _NUMBER.match(text):
        return WriteOnlyCell(told, value=float(text) if "." in text else int(text))
    cell = WriteOnlyCell(told)
    if text:
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)[:_LONGEST]
        cell.data_type = "s"
        cell.quotePrefix = text[0] in "=+-@\t\r"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _sheet_names(names: Sequence[str]) -> list[str]:
    """Make names a spreadsheet takes: no forbidden sign, 31 characters, none twice."""
    made: list[str] = []
    for name in names:
        base = _NAME.sub(" ", name).strip("' ")[:28] or "Sheet"
        tried = [base, *(f"{base} {n}" for n in range(2, len(names) + 2))]
        taken = {one.casefold() for one in made}
        made.append(next(one for one in tried if one.casefold() not in taken))
    return made

"""Any other table: titles above, one or two header rows, totals below."""

from __future__ import annotations

import re

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import find_header, read_header, rows_above
from analysis.intake.tables.layout import ColumnHeader, TableLayout, build_table, grid_stems
from analysis.issues import Issue

_GRID = re.compile(r"^(?P<stem>.+?)\s*\[(?P<part>[^\[\]]+)\]$")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return a low confidence for every sheet with content: the last resort."""
    return 0.1 if any(any(row) for row in sheet.rows) else 0.0


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read a plain table; one without a header row gets numbered columns."""
    header_rows = find_header(sheet)
    headers = read_header(sheet, header_rows)
    stems = grid_stems(headers, _GRID)
    heads = [
        ColumnHeader(name=header, label=stems[at][1], stem=stems[at][0])
        if at in stems
        else ColumnHeader(name=header)
        for at, header in enumerate(headers)
    ]
    layout = TableLayout(
        format="plain",
        header_rows=header_rows,
        heads=heads,
        issues=_header_issues(workbook, sheet, header_rows),
    )
    return build_table(workbook, sheet, layout)


def _header_issues(
    workbook: Workbook, sheet: Sheet, header_rows: tuple[int, ...]
) -> tuple[Issue, ...]:
    if not header_rows:
        return (Issue(code="no_header", file=workbook.name, sheet=sheet.name),)
    rows = rows_above(sheet, header_rows)
    if not rows:
        return ()
    details = {"n": len(rows), "header": header_rows[0]}
    above = Issue(
        code="rows_above_header", file=workbook.name, sheet=sheet.name, rows=rows, details=details
    )
    return (above,)

"""Any other table: titles above, one or two header rows, totals below."""

from __future__ import annotations

import re

from analysis.intake.headers import find_header, read_header
from analysis.intake.layout import Head, Layout, build_table, grid_stems
from analysis.intake.tables import Sheet, Table, Workbook

_GRID = re.compile(r"^(?P<stem>.+?)\s*\[(?P<part>[^\[\]]+)\]$")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return a low confidence for every sheet with content: the last resort."""
    return 0.1 if find_header(sheet) else 0.0


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read a plain table."""
    header_rows = find_header(sheet)
    headers = read_header(sheet, header_rows)
    stems = grid_stems(headers, _GRID)
    heads = [
        Head(name=header, label=stems[at][1], stem=stems[at][0])
        if at in stems
        else Head(name=header)
        for at, header in enumerate(headers)
    ]
    return build_table(
        workbook, sheet, Layout(format="plain", header_rows=header_rows, heads=heads)
    )

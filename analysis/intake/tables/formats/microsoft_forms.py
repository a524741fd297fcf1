"""Microsoft Forms: the workbook downloaded from a form."""

from __future__ import annotations

import re

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    find_signature,
    grid_stems,
)

_FIRST = (
    ("ID", "Start time", "Completion time"),
    ("ID", "开始时间", "完成时间"),
    ("Id", "Start time", "Completion time"),
    ("識別碼", "開始時間", "完成時間"),
)
_OWN = frozenset(
    [
        "ID",
        "Id",
        "識別碼",
        "Start time",
        "Completion time",
        "Email",
        "Name",
        "Last modified time",
        "Total points",
        "Quiz feedback",
        "Grade posted time",
        "Language",
        "开始时间",
        "完成时间",
        "电子邮件",
        "名称",
        "姓名",
        "上次修改时间",
        "总分",
        "测验反馈",
        "開始時間",
        "完成時間",
        "電子郵件",
        "名稱",
        "語言",
        "语言",
    ]
)
_GRID = re.compile(r"^(?P<stem>.+?)\.(?P<part>[^.]+)$")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet was downloaded from Microsoft Forms (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read answers."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    stems = grid_stems(headers, _GRID)
    heads = [_head(header, n, stems) for n, header in enumerate(headers)]
    return build_table(
        workbook, sheet, TableLayout(format="microsoft_forms", header_rows=(at + 1,), heads=heads)
    )


def _match(row: tuple[str, ...]) -> float:
    return 0.97 if any(row[:3] == first for first in _FIRST) else 0.0


def _head(header: str, position: int, stems: dict[int, tuple[str, str]]) -> ColumnHeader:
    if position < 7 and header in _OWN:
        return ColumnHeader(name=header, paradata=True)
    if position in stems:
        stem, part = stems[position]
        return ColumnHeader(name=header, label=part, stem=stem)
    return ColumnHeader(name=header)

"""Google Forms: the linked sheet or the direct csv, quizzes included."""

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

_FIRST = frozenset(
    ("Timestamp", "时间戳记", "时间戳", "時間戳記", "Zeitstempel", "Horodateur", "Marca temporal")
)
_OWN = frozenset(
    [
        "Username",
        "Email Address",
        "Email address",
        "用户名",
        "电子邮件地址",
        "電子郵件地址",
        "Score",
        "Total score",
        "总分",
        "分数",
    ]
)
_QUIZ = re.compile(r"^(?P<question>.+?)\s*\[(?:Score|Feedback|得分|分数|反馈)\]$")
_GRID = re.compile(r"^(?P<stem>.+?)\s*\[(?P<part>[^\[\]]+)\]$")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet holds Google Forms answers (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read answers; a grid's columns share their stem."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    stems = grid_stems(headers, _GRID)
    heads = [
        ColumnHeader(name=header, paradata=True)
        if (quiz := _QUIZ.match(header)) and quiz["question"] in headers
        else _head(header, position, stems)
        for position, header in enumerate(headers)
    ]
    return build_table(
        workbook, sheet, TableLayout(format="google_forms", header_rows=(at + 1,), heads=heads)
    )


def _match(row: tuple[str, ...]) -> float:
    if not row or row[0] not in _FIRST:
        return 0.0
    return 0.9 if len([cell for cell in row if cell]) > 1 else 0.0


def _head(header: str, position: int, stems: dict[int, tuple[str, str]]) -> ColumnHeader:
    if position == 0 or header in _OWN:
        return ColumnHeader(name=header, paradata=True)
    if position in stems:
        stem, part = stems[position]
        return ColumnHeader(name=header, label=part, stem=stem)
    return ColumnHeader(name=header)

"""问卷星 (wjx.cn): by text, by score and by ordinal."""

from __future__ import annotations

import re

import pandas as pd

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    find_signature,
    share_present,
)

_FIRST = ("序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP")
_PARADATA = frozenset({*_FIRST, "总分", "用户ID", "昵称", "IP", "开始时间", "提交时间"})
_NUMBERED = re.compile(r"^(?P<number>\d+)\s*[、.．]\s*(?P<text>.*)$", re.DOTALL)
_MATRIX = re.compile(r"^(?P<stem>.+?)\s*—+\s*(?:\d+\s*[.、．]\s*)?(?P<row>.+)$", re.DOTALL)
_BOX = re.compile(r"^(?:第(?P<number>\d+)题|(?P<text>.+?))\s*[(（](?P<option>[^()（）]+)[)）]$")
_MISSING = frozenset({"(空)", "(跳过)", "（空）", "（跳过）"})
_CODES = frozenset({"-2", "-3"})
_NUMBER = re.compile(r"^-?\d+(?:\.\d+)?$")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a 问卷星 export (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read answers; ``(空)``, ``(跳过)``, −2 and −3 become missing before anything is scored."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    heads = _heads(headers, sheet, at + 1)
    layout = TableLayout(format="wenjuanxing", header_rows=(at + 1,), heads=heads, missing=_MISSING)
    table = build_table(workbook, sheet, layout)
    for column in table.columns:
        if not column.paradata:
            table.cells[column.name] = _without_codes(table.cells[column.name])
    return table


def _match(row: tuple[str, ...]) -> float:
    if not row or "序号" not in row[:3]:
        return 0.0
    share = share_present(_FIRST, row)
    return min(0.99, share) if share >= 0.5 else 0.0


def _heads(headers: list[str], sheet: Sheet, first: int) -> list[ColumnHeader]:
    heads: list[ColumnHeader] = []
    stem = ""
    for at, header in enumerate(headers):
        numbered = _NUMBERED.match(header)
        if header in _PARADATA or not header:
            stem, head = "", ColumnHeader(name=header, paradata=header in _PARADATA)
        elif numbered:
            stem, head = _numbered(header, numbered["text"].strip(), sheet, at, first)
        elif box := _box(header, header, sheet, at, first):
            stem, head = "", box
        else:
            head = ColumnHeader(name=header, label=header, stem=stem)
        heads.append(head)
    return heads


def _numbered(
    header: str, text: str, sheet: Sheet, at: int, first: int
) -> tuple[str, ColumnHeader]:
    """Return the stem that the next bare headers belong to, and this column's head."""
    if box := _box(header, text, sheet, at, first):
        return "", box
    matrix = _MATRIX.match(text)
    if matrix and _goes_on(sheet, at, first):
        stem = matrix["stem"].strip()
        return stem, ColumnHeader(name=header, label=matrix["row"].strip(), stem=stem)
    return "", ColumnHeader(name=header, label=text)


def _goes_on(sheet: Sheet, at: int, first: int) -> bool:
    """Tell whether the next header is a bare row text, or the next number of the same stem."""
    row = sheet.rows[first - 1]
    following = clean_text(row[at + 1]) if at + 1 < len(row) else ""
    here = clean_text(row[at])
    before = clean_text(row[at - 1]) if at else ""
    prefix = here.split("—")[0]
    bare = bool(following) and not _NUMBERED.match(following) and following not in _PARADATA
    return bare or following.startswith(prefix + "—") or before.startswith(prefix + "—")


def _box(header: str, text: str, sheet: Sheet, at: int, first: int) -> ColumnHeader | None:
    found = _BOX.match(text)
    if not found:
        return None
    values = {row[at] for row in sheet.rows[first:]} - {None, *_MISSING, *_CODES}
    if not values or not values <= {"0", "1"}:
        return None
    stem = found["text"] or f"第{found['number']}题"
    return ColumnHeader(
        name=header, label=found["option"], stem=stem.strip(), option=found["option"]
    )


def _without_codes(answers: pd.Series) -> pd.Series:
    """Blank −2 (skipped) and −3 (not shown) where the other answers are numbers too."""
    given = {value for value in answers.dropna().unique() if value not in _CODES}
    if any(not _NUMBER.match(value) for value in given):
        return answers
    coded = answers.isin(_CODES)
    return answers.astype(object).where(~coded, None) if coded.any() else answers

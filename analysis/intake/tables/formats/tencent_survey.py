"""腾讯问卷 (wj.qq.com): a column per option, letters before options, a comma too many."""

from __future__ import annotations

import re

import pandas as pd

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    column_values,
    find_signature,
    share_present,
)

_FIRST = ("编号", "开始答题时间", "结束答题时间", "答题时长")
_OWN = re.compile(
    r"^(?:编号|开始答题时间|结束答题时间|答题时长|自定义字段|.*地理位置.*|IP.*|UA|Referrer|用户类型|"
    r"用户标识|昵称|openid|来源渠道|清洗数据结果|智能清洗.*|语言)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"^(?P<number>\d+)\s*[.、．]\s*(?P<text>.*)$", re.DOTALL)
_PART = re.compile(r"^(?P<stem>.+?)[:：](?P<part>[^:：]+)$", re.DOTALL)
_LETTER = re.compile(r"^[A-Z]{1,2}\s*[.、．]\s*(?=\S)")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a 腾讯问卷 export (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read answers; the letters before options are taken off where every answer has one."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    stems = [_stem(header) for header in headers]
    heads = [_head(headers, stems, n, sheet, at + 1) for n in range(len(headers))]
    layout = TableLayout(format="tencent_survey", header_rows=(at + 1,), heads=heads)
    table = build_table(workbook, sheet, layout)
    for column in table.columns:
        if not column.paradata:
            table.cells[column.name] = _without_letters(table.cells[column.name])
    return table


def _match(row: tuple[str, ...]) -> float:
    return 0.98 * share_present(_FIRST, row) if share_present(_FIRST, row) >= 0.7 else 0.0


def _stem(header: str) -> str:
    found = _PART.match(header)
    return found["stem"] if found and _NUMBERED.match(header) else ""


def _head(headers: list[str], stems: list[str], n: int, sheet: Sheet, first: int) -> ColumnHeader:
    header = headers[n]
    if not header or _OWN.match(header):
        return ColumnHeader(name=header, paradata=bool(header))
    stem = stems[n]
    if not stem or stems.count(stem) < 2:
        return ColumnHeader(name=header, label=_text(header))
    part = header[len(stem) + 1 :].strip()
    bare = _LETTER.sub("", part)
    values = set(column_values(sheet, n, first))
    ticked = values <= {"0", "1", part, bare} and bool(values)
    return ColumnHeader(name=header, label=bare, stem=_text(stem), option=bare if ticked else "")


def _text(header: str) -> str:
    found = _NUMBERED.match(header)
    return found["text"].strip() if found else header


def _without_letters(answers: pd.Series) -> pd.Series:
    given = answers.dropna().unique()
    if not len(given) or not all(_LETTER.match(value) for value in given):
        return answers
    return answers.map(lambda value: _LETTER.sub("", value), na_action="ignore").astype(object)

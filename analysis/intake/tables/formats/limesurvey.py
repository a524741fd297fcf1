"""LimeSurvey: question codes, full texts, or both."""

from __future__ import annotations

import re
from collections import Counter

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    column_values,
    find_signature,
    plain_text,
    share_present,
)

_CODES = ("id", "submitdate", "lastpage", "startlanguage")
_TEXTS = ("Response ID", "Date submitted", "Last page", "Start language")
_OWN = frozenset(
    {*_CODES, *_TEXTS}
    | {"seed", "token", "startdate", "datestamp", "ipaddr", "refurl", "interviewtime"}
    | {"Seed", "Access code", "Date started", "Date last action", "IP address"}
    | {"Referrer URL", "Total time"}
)
_PART = re.compile(r"^(?P<stem>.+?)\s*\[(?P<part>[^\[\]]+)\](?:\[[^\[\]]+\])?\.?(?P<text>.*)$")
_CODE_TEXT = re.compile(r"^(?P<code>[A-Za-z]\w*(?:\[\w+\])?)\.\s+(?P<text>.+)$", re.DOTALL)
_TICKS = frozenset({"Y", "Yes", "是"})
_BLANKS = frozenset({"N", "No", "否", "N/A"})
_GROUP_TIME = re.compile(r"^(?:groupTime\d+|Group time: .*|Question time: .*)$")
_ESCAPED = re.compile(r"^'(?=[=+\-@])")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a LimeSurvey export (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read responses; ``N/A`` (question not shown) becomes missing."""
    at = find_signature(sheet, _match)[0]
    headers = [plain_text(cell) for cell in sheet.rows[at]]
    sizes = Counter(m["stem"] for header in headers if (m := _PART.match(header)))
    timings = {f"{header.split('[')[0]}Time" for header in headers}
    heads = [
        ColumnHeader(name=header, paradata=True)
        if header in timings or _GROUP_TIME.match(header)
        else _head(header, sizes, column_values(sheet, n, at + 1))
        for n, header in enumerate(headers)
    ]
    layout = TableLayout(
        format="limesurvey",
        header_rows=(at + 1,),
        heads=heads,
        missing=("N/A", "{question_not_shown}"),
    )
    table = build_table(workbook, sheet, layout)
    for column in table.columns:
        if not column.paradata:
            answers = table.cells[column.name]
            table.cells[column.name] = (
                answers.map(_unescaped).astype(object).where(answers.notna(), None)
            )
    return table


def _match(row: tuple[str, ...]) -> float:
    present = {cell.strip('"') for cell in row}
    score = max(share_present(_CODES, present), share_present(_TEXTS, present))
    if score < 0.5 or not {"lastpage", "Last page"} & present:
        return 0.0
    return 0.98 * score


def _head(header: str, sizes: Counter[str], values: list[str]) -> ColumnHeader:
    if header in _OWN:
        return ColumnHeader(name=header, paradata=True)
    found = _PART.match(header)
    if found and (sizes[found["stem"]] > 1):
        part = found["text"].strip() or found["part"].strip()
        option = found["part"].strip() if _is_tick(values) else ""
        return ColumnHeader(name=header, label=part, stem=found["stem"].strip(), option=option)
    both = _CODE_TEXT.match(header)
    return ColumnHeader(name=header, label=both["text"] if both else header)


def _is_tick(values: list[str]) -> bool:
    given = set(values)
    return bool(given & _TICKS) and given <= _TICKS | _BLANKS


def _unescaped(answer: str | None) -> str | None:
    """Undo the apostrophe that the tool puts before a formula sign."""
    return _ESCAPED.sub("", answer) if isinstance(answer, str) else None

"""Qualtrics: three header rows, or one or two where someone tidied; legacy exports."""

from __future__ import annotations

import json
import re
from collections import Counter

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    column_values,
    find_signature,
    plain_text,
    share_present,
)
from analysis.issues import Issue

_KEYS = ("StartDate", "EndDate", "Status", "Progress", "Finished", "RecordedDate", "ResponseId")
_LEGACY = ("ResponseID", "ResponseSet", "StartDate", "EndDate", "Finished")
_OWN = frozenset(
    {*_KEYS, *_LEGACY}
    | set(
        [
            "IPAddress",
            "Name",
            "ExternalDataReference",
            "EmailAddress",
            "RecipientLastName",
            "RecipientFirstName",
            "RecipientEmail",
            "ExternalReference",
            "LocationLatitude",
            "LocationLongitude",
            "LocationAccuracy",
            "DistributionChannel",
            "UserLanguage",
        ]
    )
    | {"Duration (in seconds)"}
)
_DATE = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|^\d{5}(\.\d+)?$")
_CHOICE = re.compile(r"\s+-\s+(?:Selected Choice|选定的选项|所选选项)$", re.IGNORECASE)
_PREVIEWS = frozenset(
    {"survey preview", "preview", "spam", "survey test", "1", "4", "8", "9", "12"}
)
_PART = re.compile(r"^(?P<base>.+?)_(?P<part>\d+)$")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a Qualtrics export (0–1)."""
    at, score = find_signature(sheet, _match)
    if any(_is_import_row(row) for row in sheet.rows[:6]):
        return 0.99
    return score if at < 5 else 0.0


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read responses; previews and spam are left out and listed, −99 becomes missing."""
    header_rows, names, labels = _header(sheet)
    first = header_rows[-1]
    heads = _heads(names, labels, sheet, first)
    previews = _rows_where(sheet, names, first, "Status", _PREVIEWS)
    partial = _rows_where(sheet, names, first, "Finished", {"0", "false"})
    issues = [
        _issue("preview_rows_left_out", "Status", previews, workbook, sheet),
        _issue("partial_responses", "Finished", partial, workbook, sheet),
    ]
    layout = TableLayout(
        format="qualtrics",
        header_rows=header_rows,
        heads=heads,
        missing=("-99",),
        left_out=previews,
        issues=tuple(issue for issue in issues if issue.rows),
    )
    return build_table(workbook, sheet, layout)


def _match(row: tuple[str, ...]) -> float:
    present = set(row)
    current = share_present(_KEYS, present)
    legacy = share_present(_LEGACY, present)
    if max(current, legacy) < 0.55 or not {"ResponseId", "ResponseID"} & present:
        return 0.0
    return 0.95 * max(current, legacy)


def _is_import_row(row: tuple[str | None, ...]) -> bool:
    return any(cell and cell.lstrip().startswith('{"ImportId"') for cell in row)


def _header(sheet: Sheet) -> tuple[tuple[int, ...], list[str], list[str]]:
    """Return header rows (1-based), names and labels."""
    imports = next((n for n, row in enumerate(sheet.rows[:6]) if _is_import_row(row)), None)
    at, score = find_signature(sheet, _match)
    if not score and imports is not None:
        return _keyed(sheet, imports)
    names = [clean_text(cell) for cell in sheet.rows[at]]
    rows = [at]
    if imports is not None and imports > at:
        rows = list(range(at, imports + 1))
    elif at + 1 < len(sheet.rows) and not _has_date(sheet, names, at + 1):
        rows = [at, at + 1]
    told = sheet.rows[at + 1] if len(rows) > 1 and not _is_import_row(sheet.rows[at + 1]) else ()
    labels = [_label(cell) for cell in told] or list(names)
    return tuple(number + 1 for number in rows), names, labels


def _keyed(sheet: Sheet, imports: int) -> tuple[tuple[int, ...], list[str], list[str]]:
    """Read a header whose variable names are gone: the ImportIds name the columns."""
    names = [_import_id(cell) for cell in sheet.rows[imports]]
    above = sheet.rows[imports - 1] if imports else sheet.rows[imports]
    labels = [_label(cell) for cell in above] if imports else list(names)
    return tuple(range(max(imports, 1), imports + 2)), names, labels


def _import_id(cell: str | None) -> str:
    try:
        return str(json.loads(cell or "{}").get("ImportId", ""))
    except (json.JSONDecodeError, AttributeError):
        return clean_text(cell)


def _label(cell: str | None) -> str:
    return _CHOICE.sub("", plain_text(cell))


def _has_date(sheet: Sheet, names: list[str], row: int) -> bool:
    cell = sheet.rows[row][names.index("StartDate")] if "StartDate" in names else None
    return bool(cell and _DATE.match(cell.strip()))


def _heads(names: list[str], labels: list[str], sheet: Sheet, first: int) -> list[ColumnHeader]:
    bases = Counter(m["base"] for name in names if (m := _PART.match(name)))
    return [
        _head(name, label or name, bases, column_values(sheet, at, first))
        for at, (name, label) in enumerate(zip(names, labels, strict=True))
    ]


def _head(name: str, label: str, bases: Counter[str], values: list[str]) -> ColumnHeader:
    if name in _OWN:
        return ColumnHeader(name=name, paradata=True)
    found = _PART.match(name)
    if not found or bases[found["base"]] < 2:
        return ColumnHeader(name=name, label=label)
    stem, dash, part = label.rpartition(" - ")
    stem = _CHOICE.sub("", stem) if dash else found["base"]
    one_value = len(set(values)) == 1
    is_box = one_value and values[0] in ("1", part)
    return ColumnHeader(name=name, label=part, stem=stem, option=part if is_box else "")


def _rows_where(
    sheet: Sheet, names: list[str], first: int, column: str, wanted: frozenset[str] | set[str]
) -> tuple[int, ...]:
    if column not in names:
        return ()
    at = names.index(column)
    return tuple(
        number
        for number, row in enumerate(sheet.rows[first:], first + 1)
        if (row[at] or "").strip().lower() in wanted
    )


def _issue(
    code: str, column: str, rows: tuple[int, ...], workbook: Workbook, sheet: Sheet
) -> Issue:
    return Issue(
        code=code,
        file=workbook.name,
        sheet=sheet.name,
        column=column,
        rows=rows,
        details={"n": len(rows)},
    )

"""KoboToolbox: XML values or labels, with or without groups, current and legacy."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    column_values,
    find_signature,
)

_SYSTEM = frozenset(
    [
        "_id",
        "_uuid",
        "_submission_time",
        "_validation_status",
        "_notes",
        "_status",
        "_submitted_by",
        "__version__",
        "_tags",
        "_index",
        "_parent_table_name",
        "_parent_index",
        "_attachments",
        "_geolocation",
        "formhub/uuid",
        "_bamboo_dataset_id",
        "_xform_id_string",
        "_version_",
        "start",
        "end",
        "today",
        "deviceid",
        "username",
        "simserial",
        "subscriberid",
        "phonenumber",
        "imei",
        "audit",
        "rootUuid",
        "instanceID",
        "deprecatedID",
    ]
)
_MISSING_LEGACY = "n/a"
_BOX = frozenset({"0", "1", "True", "False", "TRUE", "FALSE", "0.0", "1.0", _MISSING_LEGACY})
_BOX_VALUES = {"True": "1", "TRUE": "1", "False": "0", "FALSE": "0"}


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a KoboToolbox export (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read submissions; ``/`` parts an option only where the parent exists and holds 0/1."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    details = _details(headers, sheet, at + 1)
    heads = [_head(headers, n, sheet, at + 1, details) for n in range(len(headers))]
    legacy = "_index" not in headers
    missing = (_MISSING_LEGACY,) if legacy else ()
    layout = TableLayout(format="kobotoolbox", header_rows=(at + 1,), heads=heads, missing=missing)
    table = build_table(workbook, sheet, layout)
    for column in table.columns:
        if column.option:
            table.cells[column.name] = table.cells[column.name].replace(_BOX_VALUES)
    return table


def _match(row: tuple[str, ...]) -> float:
    present = set(row)
    if {"_uuid", "_submission_time"} <= present:
        tail = {"_id", "_index", "__version__", "_submitted_by", "_status", "meta/instanceID"}
        return min(0.99, 0.7 + 0.1 * len(tail & present))
    return 0.9 if {"_parent_table_name", "_parent_index", "_index"} <= present else 0.0


def is_system_column(header: str) -> bool:
    """Tell whether a header is one of the tool's own."""
    last = header.rsplit("/", 1)[-1]
    own = header.startswith(("meta/", "_submission_", "_attachment"))
    return header in _SYSTEM or own or (last in _SYSTEM and last.startswith("_"))


def _details(headers: Sequence[str], sheet: Sheet, first: int) -> set[str]:
    """Return check-all questions exported as boxes alone: 0/1 everywhere, blank together."""
    groups: dict[str, list[int]] = {}
    for position, header in enumerate(headers):
        parent = header.rpartition("/")[0]
        if parent and parent not in headers and not is_system_column(header):
            groups.setdefault(parent, []).append(position)
    rows = sheet.rows[first:]
    return {
        parent
        for parent, own in groups.items()
        if len(own) > 1
        and all(set(column_values(sheet, position, first)) <= _BOX for position in own)
        and all(len({row[position] is None for position in own}) == 1 for row in rows)
        and any(row[own[0]] is None for row in rows)
    }


def _head(
    headers: Sequence[str], position: int, sheet: Sheet, first: int, details: set[str]
) -> ColumnHeader:
    header = headers[position]
    if is_system_column(header):
        return ColumnHeader(name=header, paradata=True)
    parent, _, option = header.rpartition("/")
    if parent in details:
        return ColumnHeader(name=header, label=option, stem=parent, option=option)
    if parent in headers and set(column_values(sheet, position, first)) <= _BOX:
        return ColumnHeader(name=header, label=option, stem=parent, option=option)
    return ColumnHeader(name=header, label=header if parent in headers else option or header)

"""ODK Central: one csv, or a zip with a csv per repeat."""

from __future__ import annotations

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    column_values,
    find_signature,
)
from analysis.issues import Issue

_SYSTEM = frozenset(
    [
        "SubmissionDate",
        "KEY",
        "PARENT_KEY",
        "SubmitterID",
        "SubmitterName",
        "AttachmentsPresent",
        "AttachmentsExpected",
        "Status",
        "ReviewState",
        "DeviceID",
        "Edits",
        "FormVersion",
        "meta-instanceID",
        "instanceID",
        "meta-instanceName",
        "start",
        "end",
        "today",
        "deviceid",
        "username",
    ]
)


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is an ODK Central export (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read submissions; boxes of an unanswered multiple choice become missing."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    heads = [_head(headers, position, sheet, at + 1) for position in range(len(headers))]
    issues = _rejected(workbook, sheet, headers, at)
    layout = TableLayout(format="odk_central", header_rows=(at + 1,), heads=heads, issues=issues)
    table = build_table(workbook, sheet, layout)
    for column in table.columns:
        if column.option:
            unanswered = table.cells[column.stem].isna()
            boxes = table.cells[column.name].astype(object)
            table.cells[column.name] = boxes.where(~unanswered, None)
    return table


def _match(row: tuple[str, ...]) -> float:
    present = set(row)
    if row and row[0] == "SubmissionDate" and "KEY" in present:
        return min(0.99, 0.8 + 0.05 * len({"SubmitterID", "ReviewState", "Edits"} & present))
    return 0.85 if {"PARENT_KEY", "KEY"} <= present else 0.0


def _head(headers: list[str], position: int, sheet: Sheet, first: int) -> ColumnHeader:
    header = headers[position]
    if header in _SYSTEM:
        return ColumnHeader(name=header, paradata=True)
    parent, _, option = header.rpartition("/")
    if parent in headers and set(column_values(sheet, position, first)) <= {"0", "1"}:
        return ColumnHeader(name=header, label=option, stem=parent, option=option)
    return ColumnHeader(name=header)


def _rejected(workbook: Workbook, sheet: Sheet, headers: list[str], at: int) -> tuple[Issue, ...]:
    if "ReviewState" not in headers:
        return ()
    column = headers.index("ReviewState")
    rows = tuple(
        number
        for number, row in enumerate(sheet.rows[at + 1 :], at + 2)
        if (row[column] or "").lower() == "rejected"
    )
    if not rows:
        return ()
    told = {"n": len(rows)}
    return (
        Issue(
            code="rejected_submissions",
            file=workbook.name,
            sheet=sheet.name,
            column="ReviewState",
            rows=rows,
            details=told,
        ),
    )

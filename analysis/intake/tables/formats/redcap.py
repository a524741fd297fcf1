"""REDCap: raw or label export, longitudinal, repeating."""

from __future__ import annotations

import re
from dataclasses import replace

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

_BOX = re.compile(r"^(?P<stem>[a-z][a-z0-9_]*?)___(?P<option>\w+)$")
_LABEL_BOX = re.compile(r"^(?P<stem>.+?)\s*\(choice=(?P<option>.+)\)$")
_OWN = frozenset(
    [
        "redcap_repeat_instrument",
        "redcap_repeat_instance",
        "redcap_data_access_group",
        "redcap_survey_identifier",
    ]
) | {"Repeat Instrument", "Repeat Instance", "Data Access Group", "Survey Identifier"}
_TICKS = {"Checked": "1", "Unchecked": "0"}


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a REDCap export (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read records; the event column stays, it is the wave."""
    at = find_signature(sheet, _match)[0]
    headers = [clean_text(cell) for cell in sheet.rows[at]]
    heads = [_head(header, column_values(sheet, n, at + 1)) for n, header in enumerate(headers)]
    heads = _with_forms(heads)
    stems = sorted({head.stem for head in heads if head.option})
    told = {"n": len(stems), "questions": stems[:20]}
    note = Issue(
        code="boxes_unanswered_or_none",
        severity="info",
        file=workbook.name,
        sheet=sheet.name,
        details=told,
    )
    layout = TableLayout(
        format="redcap", header_rows=(at + 1,), heads=heads, issues=(note,) if stems else ()
    )
    table = build_table(workbook, sheet, layout)
    for column in table.columns:
        if column.option:
            table.cells[column.name] = table.cells[column.name].replace(_TICKS)
    return table


def _with_forms(heads: list[ColumnHeader]) -> list[ColumnHeader]:
    """Name the instrument of each column: each ends in a column ``<instrument>_complete``."""
    told: list[ColumnHeader] = []
    form = ""
    for head in reversed(heads):
        if head.paradata and head.name.endswith("_complete"):
            form = name_form(head.name.removesuffix("_complete"))
        told.append(head if head.paradata else replace(head, form=form))
    return told[::-1]


def name_form(form: str) -> str:
    """Write an instrument's name in words.

    >>> name_form("patient_morale_questionnaire")
    'Patient morale questionnaire'
    """
    words = form.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def _match(row: tuple[str, ...]) -> float:
    present = set(row)
    if {"redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"} & present:
        return 0.97
    complete = sum(cell.endswith("_complete") for cell in row)
    boxes = sum(bool(_BOX.match(cell)) for cell in row)
    if complete and (boxes or row[0] == "record_id"):
        return 0.9
    labels = sum(bool(_LABEL_BOX.match(cell)) for cell in row)
    asked = "Complete?" in present
    if asked and ("Event Name" in present or labels):
        return 0.9
    return 0.7 if asked or boxes >= 2 or labels >= 2 else 0.0


def _head(header: str, values: list[str]) -> ColumnHeader:
    if header in _OWN or header.endswith("_complete") or header == "Complete?":
        return ColumnHeader(name=header, paradata=True)
    found = _BOX.match(header) or _LABEL_BOX.match(header)
    if found and set(values) <= {"0", "1", *_TICKS}:
        return ColumnHeader(
            name=header, label=found["option"], stem=found["stem"], option=found["option"]
        )
    return ColumnHeader(name=header)

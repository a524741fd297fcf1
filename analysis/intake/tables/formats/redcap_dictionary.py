"""REDCap data dictionary: labels, choices and order of a REDCap export."""

from __future__ import annotations

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    find_signature,
    plain_text,
)

HEADERS = {
    "Variable / Field Name": "field_name",
    "Form Name": "form_name",
    "Field Type": "field_type",
    "Field Label": "field_label",
    "Choices, Calculations, OR Slider Labels": "select_choices_or_calculations",
    "Text Validation Type OR Show Slider Number": ("text_validation_type_or_show_slider_number"),
    "Identifier?": "identifier",
    "Matrix Group Name": "matrix_group_name",
}
_NEEDED = ("field_name", "field_type", "field_label")


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a REDCap data dictionary (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read one row per field; ``choices`` holds field → {code: label}."""
    at = find_signature(sheet, _match)[0]
    header = [clean_text(cell) for cell in sheet.rows[at]]
    names = [HEADERS.get(cell, cell) for cell in header]
    layout = TableLayout(
        format="redcap_dictionary",
        header_rows=(at + 1,),
        heads=[ColumnHeader(name=name) for name in names],
        choices=_read_choices(sheet, names, at + 1),
    )
    return build_table(workbook, sheet, layout)


def _match(row: tuple[str, ...]) -> float:
    present = {HEADERS.get(cell, cell) for cell in row}
    return 0.99 if set(_NEEDED) <= present else 0.0


def _read_choices(sheet: Sheet, names: list[str], first: int) -> dict[str, dict[str, str]]:
    field, kind = names.index("field_name"), names.index("field_type")
    listed = "select_choices_or_calculations"
    at = names.index(listed) if listed in names else None
    told: dict[str, dict[str, str]] = {}
    for row in sheet.rows[first:]:
        name, type_ = clean_text(row[field]), clean_text(row[kind]).lower()
        if type_ in ("radio", "dropdown", "checkbox") and at is not None:
            told[name] = split_choices(row[at] or "")
        elif type_ == "yesno":
            told[name] = {"1": "Yes", "0": "No"}
        elif type_ == "truefalse":
            told[name] = {"1": "True", "0": "False"}
    return {name: choices for name, choices in told.items() if choices}


def split_choices(text: str) -> dict[str, str]:
    """Read ``1, Yes | 0, No``.

    >>> split_choices("1, Yes | 0, No, never")
    {'1': 'Yes', '0': 'No, never'}
    """
    pairs = [part.partition(",") for part in text.split("|") if part.strip()]
    return {code.strip(): plain_text(label) for code, _, label in pairs}

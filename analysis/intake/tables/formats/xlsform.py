"""XLSForm: the form definition behind KoboToolbox and ODK exports (labels, choices, order)."""

from __future__ import annotations

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.headers import clean_text
from analysis.intake.tables.layout import ColumnHeader, TableLayout, build_table, find_signature

_LABEL = "label"


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is the ``survey`` sheet of an XLSForm (0–1)."""
    return find_signature(sheet, _match)[1]


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read one row per question; ``choices`` holds list name → {code: label}."""
    at = find_signature(sheet, _match)[0]
    heads = [ColumnHeader(name=clean_text(cell)) for cell in sheet.rows[at]]
    layout = TableLayout(
        format="xlsform",
        header_rows=(at + 1,),
        heads=heads,
        choices=_read_choices(workbook),
    )
    return build_table(workbook, sheet, layout)


def label_column(headers: tuple[str, ...], language: str) -> str | None:
    """Return the label column of a language (``en``, ``zh-Hans``), else the first there is."""
    labels = [header for header in headers if header.split("::")[0].strip().lower() == _LABEL]
    words = ("zh", "中文", "chinese", "汉语") if language.startswith("zh") else ("en", "english")
    spoken = [one for one in labels if any(w in one.partition("::")[2].lower() for w in words)]
    return next(iter([*spoken, *labels]), None)


def _match(row: tuple[str, ...]) -> float:
    present = {cell.split("::")[0].strip().lower() for cell in row if cell}
    if not {"type", "name", _LABEL} <= present:
        return 0.0
    known = {"hint", "required", "relevant", "constraint", "calculation", "appearance", "default"}
    return 0.92 + 0.01 * len(known & present)


def _read_choices(workbook: Workbook) -> dict[str, dict[str, str]]:
    """Return ``list`` and, for each further language, ``list::language`` → {code: label}."""
    sheet = next((one for one in workbook.sheets if one.name.lower() == "choices"), None)
    if sheet is None or not sheet.rows:
        return {}
    header = tuple(clean_text(cell) for cell in sheet.rows[0])
    named = {cell.lower().replace(" ", "_"): at for at, cell in enumerate(header)}
    if not {"list_name", "name"} <= set(named):
        return {}
    told: dict[str, dict[str, str]] = {}
    for language in ("en", "zh-Hans"):
        column = label_column(header, language)
        label_at = header.index(column) if column is not None else named["name"]
        for row in sheet.rows[1:]:
            listed, code = row[named["list_name"]], row[named["name"]]
            if listed and code:
                labels = told.setdefault(f"{clean_text(listed)}::{language}", {})
                labels[clean_text(code)] = clean_text(row[label_at]) or clean_text(code)
    return told

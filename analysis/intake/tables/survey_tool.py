"""Which sheet holds the answers, and which tool wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType

from analysis.errors import IntakeError, UnreadableFileError
from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.sandbox.workbook import Progress, open_workbook, open_workbooks
from analysis.intake.tables.dictionaries import apply_dictionaries
from analysis.intake.tables.formats import FORMATS, plain
from analysis.intake.values.known_words import DICTIONARY_SHEETS
from analysis.issues import Issue, Severity


def recognise_table(workbook: Workbook, sheet_name: str | None = None) -> Table:
    """Return the table of answers of a workbook.

    Parameters
    ----------
    workbook
        As opened.
    sheet_name
        A person's choice; else the visible sheet with most answers.

    Raises
    ------
    UnreadableFileError
        ``unknown_sheet`` (with those there are), ``empty_file``, ``header_only``.
    """
    sheet = _chosen(workbook, sheet_name) if sheet_name else _fullest(workbook)
    module, confidence = recognise_sheet(sheet, workbook.name)
    table: Table = module.read_format(workbook, sheet)
    if not table.row_numbers:
        raise UnreadableFileError(
            "header_only", file=workbook.name, sheet=sheet.name, remedy="export_again"
        )
    issues = [*table.issues, *_other_sheets(workbook, sheet)]
    named = tuple(i if i.file else replace(i, file=workbook.name) for i in issues)
    return replace(table, confidence=round(confidence, 3), issues=named)


def recognise_sheet(sheet: Sheet, file_name: str) -> tuple[ModuleType, float]:
    """Return the format module that knows a sheet best, and its confidence (0–1).

    A sheet that no tool claims is a plain table, as surely as no tool claims it; 0 = no table.
    """
    scored = {module: module.recognise_format(sheet, file_name) for module in FORMATS}
    best = max(scored, key=lambda module: scored[module])
    if not scored[best]:
        return plain, 0.0
    if best is plain:
        return best, 1 - max(score for module, score in scored.items() if module is not plain)
    return best, scored[best]


def read_tables(
    files: Mapping[str, bytes],
    *,
    sheets: Mapping[str, str] | None = None,
    encodings: Mapping[str, str] | None = None,
) -> dict[str, Table | IntakeError]:
    """Open and recognise several files; one bad file stops no other.

    Parameters
    ----------
    files
        Name → bytes.
    sheets, encodings
        A person's choices by file name.
    """
    opened = open_chosen(files, encodings or {})
    chosen = sheets or {}
    read = {name: _table_or_error(opened[name], chosen.get(name)) for name in files}
    return with_dictionaries(read)


def with_dictionaries(read: Mapping[str, Table | IntakeError]) -> dict[str, Table | IntakeError]:
    """Give exports the labels and choices of a dictionary uploaded beside them."""
    tables = {name: one for name, one in read.items() if not isinstance(one, IntakeError)}
    return {**read, **apply_dictionaries(tables)}


def open_chosen(
    files: Mapping[str, bytes], encodings: Mapping[str, str], progress: Progress | None = None
) -> dict[str, Workbook | IntakeError]:
    """Open several files, some in an encoding a person chose; in the order given."""
    easy = {name: data for name, data in files.items() if name not in encodings}
    opened: dict[str, Workbook | IntakeError] = open_workbooks(easy, progress=progress)
    for name, encoding in encodings.items():
        if name in files:
            opened[name] = _open_or_error(files[name], name, encoding)
    return {name: opened[name] for name in files}


def _open_or_error(data: bytes, name: str, encoding: str) -> Workbook | IntakeError:
    try:
        return open_workbook(data, name, encoding=encoding)
    except IntakeError as error:
        return error


def _table_or_error(opened: Workbook | IntakeError, sheet: str | None) -> Table | IntakeError:
    if isinstance(opened, IntakeError):
        return opened
    try:
        return recognise_table(opened, sheet)
    except IntakeError as error:
        return error


def _chosen(workbook: Workbook, name: str) -> Sheet:
    for sheet in workbook.sheets:
        if sheet.name == name:
            return sheet
    there = [sheet.name for sheet in workbook.sheets]
    raise UnreadableFileError("unknown_sheet", file=workbook.name, sheet=name, sheets=there)


def _fullest(workbook: Workbook) -> Sheet:
    filled = [sheet for sheet in workbook.sheets if sheet.rows]
    if not filled:
        raise UnreadableFileError("empty_file", file=workbook.name, remedy="export_again")
    return max(filled, key=lambda sheet: _weight(workbook, sheet))


def _weight(workbook: Workbook, sheet: Sheet) -> tuple[bool, bool, bool, float]:
    """Rank sheets: visible, no repeat and no dictionary, surely a tool's, most cells."""
    heads = {cell for row in sheet.rows[:3] for cell in row if cell}
    is_repeat = bool(heads & {"_parent_index", "_parent_table_name", "PARENT_KEY"})
    filled = sum(len(row) - row.count(None) for row in sheet.rows)
    module, confidence = recognise_sheet(sheet, workbook.name)
    known = module is not plain
    sure = known and confidence > 0.9
    answers = not is_repeat and sheet.name not in DICTIONARY_SHEETS
    return not sheet.hidden, answers, sure, filled * (2 if known else 1)


def _other_sheets(workbook: Workbook, chosen: Sheet) -> list[Issue]:
    others = [
        sheet
        for sheet in workbook.sheets
        if sheet is not chosen and sheet.rows and sheet.name not in DICTIONARY_SHEETS
    ]
    issues: list[Issue] = []
    for code, hidden in (("hidden_sheets", True), ("other_sheets", False)):
        names = [sheet.name for sheet in others if sheet.hidden == hidden]
        if names:
            told = {"n": len(names), "sheets": names}
            severity: Severity = "warning" if hidden else "info"
            issues.append(Issue(code=code, severity=severity, file=workbook.name, details=told))
    return issues

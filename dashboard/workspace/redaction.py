"""Personal data are kept out of the workspace: they are replaced by codes that still match.

A file is rewritten before it is saved. Codes are HMAC-SHA256 of the normalised value under the
study's own key, so that one person's waves still meet. The rewritten file must read exactly as
the original everywhere else; if it does not, the columns are named and the file is not to be
saved.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from analysis.errors import IntakeError
from analysis.intake.dictionaries import DICTIONARY_FORMATS
from analysis.intake.personal import pseudonym
from analysis.intake.reader import read_table
from analysis.intake.roles import propose_roles
from analysis.intake.tables import Sheet, Table, Workbook
from analysis.intake.words import DICTIONARY_SHEETS
from analysis.intake.workbook import open_workbook
from dashboard.workspace.rewriting import write_sheets

LARGEST = 5_000_000
"""Cells of a workbook up to which it is rewritten."""
_UNSEEN = frozenset({"nul_bytes"})
"""What a rewritten file cannot show again: NUL bytes are left out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A file as it may be saved, and its personal columns.

    Attributes
    ----------
    content
        The bytes to save; as given where nothing was found.
    columns
        Column → kind of personal data; on other sheets than the first ``sheet › column``.
    safe
        False when the columns could not be replaced: the file is not to be saved.
    """

    content: bytes
    columns: Mapping[str, str]
    safe: bool = True


def redact_file(content: bytes, name: str, key: bytes) -> Redaction:
    """Replace personal data in every sheet of a file; unreadable files stay as they are."""
    try:
        workbook = open_workbook(content, name)
        main = read_table(workbook)
    except IntakeError:
        return Redaction(content=content, columns={})
    tables = {} if main.format in DICTIONARY_FORMATS else read_all(workbook)
    found = {sheet: told for sheet, table in tables.items() if (told := find_columns(table))}
    columns = {
        column if sheet == main.sheet else f"{sheet} › {column}": kind
        for sheet, told in found.items()
        for column, kind in told.items()
    }
    if not columns:
        return Redaction(content=content, columns={})
    changed = _rewritten(workbook, tables, found, key)
    if changed is None or not _reads_alike(changed, name, workbook, tables, found):
        return Redaction(content=content, columns=columns, safe=False)
    return Redaction(content=changed, columns=columns)


def read_all(workbook: Workbook) -> dict[str, Table]:
    """Read every sheet that can be read as a table, hidden ones too, by sheet name."""
    tables: dict[str, Table] = {}
    for sheet in workbook.sheets:
        if sheet.name in DICTIONARY_SHEETS:
            continue
        try:
            tables[sheet.name] = read_table(workbook, sheet.name or None)
        except IntakeError:
            continue  # a sheet without a table holds nothing to code
    return tables


def find_columns(table: Table) -> dict[str, str]:
    """Columns that hold personal data and their kind; places many share tell nobody apart."""
    least = len(table.row_numbers) / 2
    return {
        one.name: one.personal
        for one in propose_roles(table)
        if one.personal and (one.personal != "address" or one.n_unique > least)
    }


def _rewritten(
    workbook: Workbook,
    tables: Mapping[str, Table],
    found: Mapping[str, Mapping[str, str]],
    key: bytes,
) -> bytes | None:
    if (
        sum(len(sheet.rows) * len(sheet.rows[0]) for sheet in workbook.sheets if sheet.rows)
        > LARGEST
    ):
        return None
    sheets = [
        _coded(sheet, tables[sheet.name], found[sheet.name], key) if sheet.name in found else sheet
        for sheet in workbook.sheets
    ]
    return write_sheets(workbook, sheets)


def _coded(sheet: Sheet, table: Table, found: Mapping[str, str], key: bytes) -> Sheet:
    places = {column.position for column in table.columns if column.name in found}
    rows = set(table.row_numbers)
    return replace(
        sheet,
        rows=tuple(
            _row(row, places, key) if number in rows else row
            for number, row in enumerate(sheet.rows, start=1)
        ),
    )


def _row(row: tuple[str | None, ...], places: set[int], key: bytes) -> tuple[str | None, ...]:
    return tuple(
        pseudonym(value, key) if value and at in places else value for at, value in enumerate(row)
    )


def _reads_alike(
    content: bytes,
    name: str,
    workbook: Workbook,
    tables: Mapping[str, Table],
    found: Mapping[str, Mapping[str, str]],
) -> bool:
    """Tell whether the rewritten file gives the same tables and the same things noticed."""
    try:
        after = open_workbook(content, name)
    except IntakeError:
        return False
    noticed = {
        (one.code, one.sheet, one.rows) for one in workbook.issues if one.code not in _UNSEEN
    }
    again = {(one.code, one.sheet, one.rows) for one in after.issues}
    read = read_all(after)
    return (
        noticed <= again
        and list(read) == list(tables)
        and all(_alike(table, read[at], found.get(at, {})) for at, table in tables.items())
    )


def _alike(before: Table, after: Table, personal: Mapping[str, str]) -> bool:
    same = [c.name for c in before.columns] == [c.name for c in after.columns]
    if not same or after.format != before.format or after.row_numbers != before.row_numbers:
        return False
    others = [c.name for c in before.columns if c.name not in personal]
    return bool(before.cells[others].fillna("").equals(after.cells[others].fillna("")))

"""Personal data are kept out of the workspace: they are replaced by codes that still match.

A file is rewritten before it is saved. Codes are HMAC-SHA256 of the normalised value under the
study's own key, so that one person's waves still meet. The rewritten file must read exactly as
the original everywhere else; if it does not, the original is kept and the columns are named.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, replace

import openpyxl
from openpyxl.cell import WriteOnlyCell

from analysis.errors import IntakeError
from analysis.intake.personal import pseudonym
from analysis.intake.reader import read_table
from analysis.intake.roles import propose_roles
from analysis.intake.tables import Sheet, Table, Workbook
from analysis.intake.workbook import open_workbook

LARGEST = 1_500_000
"""Cells of a table up to which a file is rewritten."""
_KINDS = ("xlsx", "xls", "csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Redaction:
    """A file as it may be saved, and what became of its personal columns.

    ``columns`` maps a column to its kind and ``coded`` or ``kept``.
    """

    content: bytes
    columns: Mapping[str, tuple[str, str]]


def redact_file(content: bytes, name: str, key: bytes) -> Redaction:
    """Replace personal data in a file's table of answers; other files stay as they are."""
    try:
        workbook = open_workbook(content, name)
        table = read_table(workbook)
    except IntakeError:
        return Redaction(content=content, columns={})
    found = find_columns(table)
    kept = Redaction(content=content, columns={n: (kind, "kept") for n, kind in found.items()})
    if not found or workbook.kind not in _KINDS or table.cells.size > LARGEST:
        return kept
    changed = _write(_changed(workbook, table, found, key), workbook)
    if changed is None or not _reads_alike(changed, name, table, found):
        return kept
    return Redaction(content=changed, columns={n: (kind, "coded") for n, kind in found.items()})


def find_columns(table: Table) -> dict[str, str]:
    """Columns that hold personal data and their kind; places many share tell nobody apart."""
    least = len(table.row_numbers) / 2
    return {
        one.name: one.personal
        for one in propose_roles(table)
        if one.personal and (one.personal != "address" or one.n_unique > least)
    }


def _changed(workbook: Workbook, table: Table, found: Mapping[str, str], key: bytes) -> list[Sheet]:
    places = {column.position for column in table.columns if column.name in found}
    rows = set(table.row_numbers)
    return [
        sheet
        if sheet.name != table.sheet
        else replace(
            sheet,
            rows=tuple(
                _row(row, places, key) if number in rows else row
                for number, row in enumerate(sheet.rows, start=1)
            ),
        )
        for sheet in workbook.sheets
    ]


def _row(row: tuple[str | None, ...], places: set[int], key: bytes) -> tuple[str | None, ...]:
    return tuple(
        pseudonym(value, key) if value and at in places else value for at, value in enumerate(row)
    )


def _write(sheets: list[Sheet], workbook: Workbook) -> bytes | None:
    if workbook.kind == "csv":
        kept = io.StringIO(newline="")
        writer = csv.writer(kept, delimiter=workbook.delimiter or ",")
        writer.writerows([["" if c is None else c for c in row] for row in sheets[0].rows])
        return kept.getvalue().encode("utf-8-sig")
    book = openpyxl.Workbook(write_only=True)
    try:
        for sheet in sheets:
            page = book.create_sheet(sheet.name)
            for row in sheet.rows:
                page.append([_text_cell(page, value) for value in row])
            page.sheet_state = "hidden" if sheet.hidden else "visible"
    except ValueError:  # a character no spreadsheet can hold
        return None
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _text_cell(page: object, value: str | None) -> WriteOnlyCell | None:
    """A cell that holds text and nothing else, whatever it starts with."""
    if value is None:
        return None
    cell = WriteOnlyCell(page, value=value)
    cell.data_type = "s"
    return cell


def _reads_alike(content: bytes, name: str, before: Table, personal: Mapping[str, str]) -> bool:
    try:
        after = read_table(open_workbook(content, name))
    except IntakeError:
        return False
    same = [c.name for c in before.columns] == [c.name for c in after.columns]
    if not same or after.format != before.format or after.row_numbers != before.row_numbers:
        return False
    others = [c.name for c in before.columns if c.name not in personal]
    return bool(before.cells[others].fillna("").equals(after.cells[others].fillna("")))

"""A workbook written anew from its cells, so that it reads as the one that arrived.

Text files keep their encoding and delimiter, archives of csv files their members; every other
kind becomes xlsx. What the first reading noticed (error cells, formulas without a value, digits
lost, hidden rows and columns, ragged rows) the second notices again.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils import coordinate_to_tuple, get_column_letter
from openpyxl.worksheet.cell_range import CellRange

from analysis.intake.model import Sheet, Workbook

_DELIMITED = ("csv", "tsv")
_EXACT_DIGITS = 15
_ODD = {"error_cells": "#N/A", "formula_without_value": "=NA()"}

Row = tuple[str | None, ...]


def write_sheets(workbook: Workbook, sheets: Sequence[Sheet]) -> bytes | None:
    """Write a workbook's changed sheets in its own kind; None where a cell cannot be written."""
    if workbook.kind in _DELIMITED:
        return _encoded(_delimited(sheets[0].rows, workbook), workbook.encoding)
    if workbook.kind == "odk_zip":
        return _archive(sheets)
    return _spreadsheet(workbook, sheets)


def _delimited(rows: Iterable[Row], workbook: Workbook) -> str:
    ragged = next((one for one in workbook.issues if one.code == "ragged_rows"), None)
    usual = int(ragged.details["fields"]) if ragged else None
    odd = set(ragged.rows) if ragged else set()
    kept = io.StringIO(newline="")
    writer = csv.writer(kept, delimiter=workbook.delimiter or ",")
    for number, row in enumerate(rows, start=1):
        told = ["" if value is None else value for value in row]
        writer.writerow(_stripped(told) if number in odd else told[:usual])
    return kept.getvalue()


def _stripped(row: list[str]) -> list[str]:
    filled = [at for at, value in enumerate(row, start=1) if value]
    return row[: max(filled, default=1)]


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding or "utf-8-sig")
    except (UnicodeEncodeError, LookupError):
        return text.encode("utf-8-sig")


def _archive(sheets: Sequence[Sheet]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for sheet in sheets:
            kept = io.StringIO(newline="")
            csv.writer(kept).writerows([["" if c is None else c for c in r] for r in sheet.rows])
            archive.writestr(f"{sheet.name}.csv", kept.getvalue().encode("utf-8-sig"))
    return made.getvalue()


def _spreadsheet(workbook: Workbook, sheets: Sequence[Sheet]) -> bytes | None:
    book = openpyxl.Workbook(write_only=True)
    try:
        for sheet in sheets:
            _add_sheet(book, sheet, workbook)
    except ValueError:  # a character no spreadsheet can hold
        return None
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def _add_sheet(book: openpyxl.Workbook, sheet: Sheet, workbook: Workbook) -> None:
    page = book.create_sheet(sheet.name)
    page.sheet_state = "hidden" if sheet.hidden else "visible"
    for number in sheet.hidden_rows:
        page.row_dimensions[number].hidden = True
    for number in sheet.hidden_columns:
        page.column_dimensions[get_column_letter(number)].hidden = True
    for top, left, bottom, right in sheet.merged:
        page.merged_cells.add(CellRange(min_row=top, min_col=left, max_row=bottom, max_col=right))
    odd = _odd_cells(workbook, sheet.name)
    lost = _rows(workbook, sheet.name)
    for number, row in enumerate(sheet.rows, start=1):
        cells = [_cell(page, value, number in lost) for value in row]
        for at, told in odd.get(number, {}).items():
            cells[at - 1] = WriteOnlyCell(page, value=told)
        page.append(cells)


def _odd_cells(workbook: Workbook, sheet: str) -> dict[int, dict[int, str]]:
    """Row → column → what stands in for a formula error, or for a formula without a value."""
    stands: dict[int, dict[int, str]] = {}
    for issue in workbook.issues:
        if issue.code in _ODD and issue.sheet == sheet:
            for address in issue.details["cells"]:
                row, column = coordinate_to_tuple(address)
                stands.setdefault(row, {})[column] = _ODD[issue.code]
    return stands


def _rows(workbook: Workbook, sheet: str) -> frozenset[int]:
    lost = (i for i in workbook.issues if i.code == "precision_lost" and i.sheet == sheet)
    return frozenset(row for issue in lost for row in issue.rows)


def _cell(page: Any, value: str | None, long: bool) -> WriteOnlyCell | None:  # noqa: ANN401
    """A cell that holds text and nothing else, or a number whose last digits were lost."""
    if value is None:
        return None
    if long and value.isdecimal() and len(value) > _EXACT_DIGITS:
        number = float(value)
        if str(int(number)) == value:
            return WriteOnlyCell(page, value=number)
    cell = WriteOnlyCell(page, value=value)
    cell.data_type = "s"
    return cell

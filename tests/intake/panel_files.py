"""Bytes of spreadsheets, written by rule."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Mapping, Sequence
from datetime import datetime

import xlsxwriter
import xlwt

Cell = object
Sheet = Sequence[Sequence[Cell]]


def write_csv(
    rows: Sheet,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    quote_all: bool = False,
    trailing: bool = False,
) -> bytes:
    """A csv; ``trailing`` adds a comma at each line's end."""
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\r\n")
    for row in rows:
        writer.writerow(["" if cell is None else _text(cell) for cell in row])
    text = out.getvalue()
    text = text.replace("\r\n", f"{delimiter}\r\n") if trailing else text
    return text.encode(encoding)


def write_xlsx(sheets: Mapping[str, Sheet], merged: Sequence[tuple[int, ...]] = ()) -> bytes:
    """A workbook; dates are real dates, ``merged`` are 0-based ranges of the first sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    day = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, column, cell, day)
                elif cell is not None and cell != "":
                    sheet.write(at, column, cell)
        for top, left, bottom, right in merged if sheet is book.worksheets()[0] else ():
            sheet.merge_range(top, left, bottom, right, rows[top][left])
    book.close()
    return out.getvalue()


def write_xls(name: str, rows: Sheet) -> bytes:
    """An old workbook (BIFF8)."""
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet(name)
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None and cell != "":
                sheet.write(at, column, _text(cell) if isinstance(cell, datetime) else cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """A zip of files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def _text(cell: Cell) -> str:
    return cell.strftime("%Y-%m-%d %H:%M:%S") if isinstance(cell, datetime) else str(cell)

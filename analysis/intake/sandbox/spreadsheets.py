"""Binary and zipped spreadsheets as text: calamine first, openpyxl where it fails.

Runs only inside the reading process (:mod:`analysis.intake.sandbox.worker`): calamine may abort.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
import math
import re
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import python_calamine

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.compound import has_circular_chain
from analysis.intake.sandbox.grid import Grid, GridBuilder, Places
from analysis.intake.sandbox.large_sheets import find_large_part, read_in_pieces
from analysis.intake.sandbox.preflight import SheetScan, check_archive
from analysis.intake.sandbox.protocol import Limits, RawBook, RawSheet
from analysis.intake.sandbox.text_files import TOLD_ROWS, read_text_file
from analysis.issues import Issue

_LISTED = 1_000
_EXACT = 10**15
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"[A-Z]+([0-9]+)")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read_spreadsheet(
    data: bytes, kind: str, limits: Limits, tell: Callable[[float], None] = lambda _: None
) -> RawBook:
    """Read xlsx, xlsb, xls or ods.

    Parameters
    ----------
    data
        The file's bytes.
    kind
        As told by :func:`analysis.intake.sandbox.file_types.recognise_kind`.
    limits
        What one file may cost.
    tell
        Hears the share read.
    """
    if kind == "xls" and has_circular_chain(data):
        raise UnreadableFileError("damaged_file", remedy="export_again")
    scans = check_archive(data, limits) if kind != "xls" else {}
    try:
        sheets, issues = _read_with_calamine(data, limits, tell)
    except (UnreadableFileError, LimitExceededError, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        sheets, issues = _read_second(data, kind, limits, error)
    if not any(sheet.cells for sheet in sheets):
        raise UnreadableFileError("empty_file", remedy="export_again")
    if scans:
        pairs = _paired(data, sheets, scans)
        sheets = [_with_scan(sheet, scan) for sheet, scan in pairs]
        issues += [issue for sheet, scan in pairs for issue in _scan_issues(sheet.name, scan)]
    return RawBook(kind=kind, sheets=sheets, issues=issues)


def read_csv_archive(data: bytes, limits: Limits) -> RawBook:
    """Read a zip of csv files, as ODK Central writes it: each file is a sheet."""
    check_archive(data, limits)
    sheets: list[RawSheet] = []
    issues: list[Issue] = []
    first: RawBook | None = None
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [n for n in archive.namelist() if n.lower().endswith((".csv", ".tsv"))]
        for name in sorted(names, key=lambda name: ("-" in name, len(name))):
            book = read_text_file(archive.read(name), limits)
            first = first or book
            label = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
            sheets.append(RawSheet(name=label, cells=book.sheets[0].cells))
            issues += book.issues
    if first is None or not any(sheet.cells for sheet in sheets):
        raise UnreadableFileError("empty_file", remedy="export_again")
    return RawBook(
        kind="odk_zip",
        sheets=sheets,
        encoding=first.encoding,
        delimiter=first.delimiter,
        issues=issues,
    )


def _read_with_calamine(
    data: bytes, limits: Limits, tell: Callable[[float], None]
) -> tuple[list[RawSheet], list[Issue]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: list[RawSheet] = []
    issues: list[Issue] = []
    charts = 0
    parts = _sheet_parts(data) if data.startswith(b"PK") else {}
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            charts += 1
            continue
        cells, lost, corners = _read_sheet(book, meta.name, data, parts, limits, tell)
        issues += _lost_issues(meta.name, lost)
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        merged = tuple(
            (top + 1, left + 1, bottom + 1, right + 1) for (top, left), (bottom, right) in corners
        )
        sheets.append(RawSheet(name=meta.name, cells=cells, hidden=hidden, merged=merged))
    if charts and not sheets:
        raise UnreadableFileError("chart_sheet_only", remedy="export_table")
    return sheets, issues


def _read_sheet(
    book: python_calamine.CalamineWorkbook,
    name: str,
    data: bytes,
    parts: Mapping[str, str],
    limits: Limits,
    tell: Callable[[float], None],
) -> tuple[Grid, tuple[int, ...], Sequence[tuple[tuple[int, int], tuple[int, int]]]]:
    """Return a sheet's cells, the rows with numbers beyond 15 digits, and its merged ranges."""
    large = find_large_part(data, parts[name]) if name in parts else None
    if large is not None:
        corners: list[tuple[tuple[int, int], tuple[int, int]]] = []
        try:
            return *_as_grid(read_in_pieces(data, large, name, corners, tell)), corners
        except (UnreadableFileError, python_calamine.CalamineError):
            tell(0.5)  # not a sheet that can be cut: read whole, at the price of memory
    sheet = book.get_sheet_by_name(name)
    _check_height(sheet, limits)
    # Row by row: the whole sheet as Python values takes three times what its texts take.
    return *_as_grid(_rows(sheet, tell)), sheet.merged_cell_ranges or ()


def _rows(
    sheet: Any,  # noqa: ANN401
    tell: Callable[[float], None],
) -> Iterator[Sequence[Any]]:
    before = [None] * (sheet.start or (0, 0))[1]  # the library leaves out empty first columns
    for number, row in enumerate(sheet.iter_rows()):
        if number and number % TOLD_ROWS == 0:
            tell(0.5 + 0.5 * number / sheet.total_height)
        yield [*before, *row] if before else row


def _check_height(sheet: Any, limits: Limits) -> None:  # noqa: ANN401
    last_row, last_column = sheet.end or (0, 0)
    for code, found, limit in (
        ("too_many_columns", last_column + 1, limits.columns),
        ("too_many_rows", last_row + 1, limits.rows),
        ("too_many_cells", (last_row + 1) * (last_column + 1), limits.cells),
    ):
        if found > limit:
            raise LimitExceededError(code, limit=limit, found=found, remedy="clear_unused_area")


def _read_second(
    data: bytes, kind: str, limits: Limits, error: BaseException
) -> tuple[list[RawSheet], list[Issue]]:
    if "password" in str(error).lower():
        raise UnreadableFileError("password_protected", remedy="remove_password") from error
    if kind != "xlsx":
        raise UnreadableFileError("damaged_file", remedy="export_again") from error
    try:
        return _read_with_openpyxl(data, limits)
    except (UnreadableFileError, LimitExceededError, MemoryError):
        raise
    except Exception as second:  # openpyxl raises whatever the damage provokes
        raise UnreadableFileError("damaged_file", remedy="export_again") from second


def _read_with_openpyxl(data: bytes, limits: Limits) -> tuple[list[RawSheet], list[Issue]]:
    book = _openpyxl().load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheets: list[RawSheet] = []
    issues: list[Issue] = []
    for sheet in book.worksheets:
        sheet.reset_dimensions()
        cells, lost = _as_grid(_bounded(sheet.iter_rows(values_only=True), limits))
        issues += _lost_issues(sheet.title, lost)
        hidden = sheet.sheet_state != "visible"
        sheets.append(RawSheet(name=sheet.title, cells=cells, hidden=hidden))
    if book.chartsheets and not sheets:
        raise UnreadableFileError("chart_sheet_only", remedy="export_table")
    if not sheets:
        raise UnreadableFileError("damaged_file", remedy="export_again")
    return sheets, issues


def _openpyxl() -> ModuleType:
    """Import openpyxl without the libraries that it uses only to write: half the time."""
    unused = [name for name in ("numpy", "PIL") if name not in sys.modules]
    for name in unused:
        sys.modules[name] = None  # type: ignore[assignment]  # None: as if not installed
    try:
        return importlib.import_module("openpyxl")
    finally:
        for name in unused:
            del sys.modules[name]


def _bounded(rows: Iterable[tuple[Any, ...]], limits: Limits) -> Iterator[tuple[Any, ...]]:
    cells = 0
    for row in rows:
        while row and row[-1] is None:
            row = row[:-1]
        cells += len(row)
        if cells > limits.cells:
            raise LimitExceededError(
                "too_many_cells", limit=limits.cells, remedy="clear_unused_area"
            )
        yield row


def _as_grid(rows: Iterable[Sequence[Any]]) -> tuple[Grid, tuple[int, ...]]:
    """Return the cells as text, and the rows with numbers beyond 15 digits."""
    values = _Values(lambda value: _TEXT.get(type(value), str)(value))
    builder = GridBuilder(values)
    lost: list[int] = []
    for number, row in enumerate(rows, 1):
        # True equals 1, and would be remembered as the same value.
        builder.add(map(_mark_text, row) if bool in set(map(type, row)) else row)
        if values.is_large:
            lost.append(number)
            values.is_large = False
    return builder.finish(), tuple(lost)


class _Values(Places):
    """Cell values; those beyond 15 digits are seen every time, not remembered."""

    is_large = False

    def __missing__(self, value: Any) -> int:  # noqa: ANN401
        if type(value) is float and abs(value) >= _EXACT:
            self.is_large = True
            return self.place(value)
        return super().__missing__(value)


def _mark_text(value: Any) -> Any:  # noqa: ANN401
    return value if type(value) is not bool else "TRUE" if value else "FALSE"


def _word_text(value: str) -> str:
    return _unescaped(value) if "_x" in value or "\r" in value else value


def _unescaped(value: str) -> str:
    text = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), value).replace("\r\n", "\n")
    # Two escapes may be one character beyond the basic plane; half of one is no character.
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _number_text(value: float) -> str | None:
    if not math.isfinite(value):
        return None
    return str(int(value)) if value == int(value) and abs(value) < 1e22 else repr(value)


def _moment_text(value: dt.datetime) -> str:
    rounded = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return rounded.isoformat(" ")


def _span_text(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


_TEXT: dict[type, Callable[[Any], str | None]] = {
    type(None): lambda _: None,
    str: _word_text,
    int: str,
    float: _number_text,
    dt.datetime: _moment_text,
    dt.date: lambda value: str(value.isoformat()),
    dt.time: lambda value: str(value.replace(microsecond=0).isoformat()),
    dt.timedelta: _span_text,
}


def _lost_issues(sheet: str, lost: tuple[int, ...]) -> list[Issue]:
    if not lost:
        return []
    details = {"n": len(lost), "digits": 15}
    return [Issue(code="precision_lost", sheet=sheet, rows=lost[:_LISTED], details=details)]


def _paired(
    data: bytes, sheets: list[RawSheet], scans: dict[str, SheetScan]
) -> list[tuple[RawSheet, SheetScan]]:
    parts = _sheet_parts(data)
    return [(sheet, scans.get(parts.get(sheet.name, ""), SheetScan())) for sheet in sheets]


def _sheet_parts(data: bytes) -> dict[str, str]:
    """Sheet name → lower-case part name, as the workbook's own relations say."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        try:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
            links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
        except (KeyError, ElementTree.ParseError, zipfile.BadZipFile, ValueError):
            return {}  # the readers open such files; only addresses of odd cells are unknown
    targets = {link.get("Id"): link.get("Target") or "" for link in links}
    parts: dict[str, str] = {}
    for tag in book.iter():
        if tag.tag.endswith("}sheet"):
            target = targets.get(tag.get(_REL) or tag.get(_STRICT_REL), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            parts[tag.get("name") or ""] = part.lower()
    return parts


def _with_scan(sheet: RawSheet, scan: SheetScan) -> RawSheet:
    return RawSheet(
        name=sheet.name,
        cells=sheet.cells,
        hidden=sheet.hidden,
        merged=sheet.merged,
        hidden_rows=tuple(n for n in scan.hidden_rows if n <= sheet.cells.height),
        hidden_columns=tuple(n for n in scan.hidden_columns if n <= sheet.cells.width),
    )


def _scan_issues(sheet: str, scan: SheetScan) -> list[Issue]:
    issues: list[Issue] = []
    for code, cells in (("error_cells", scan.errors), ("formula_without_value", scan.formulas)):
        if cells:
            rows = sorted({int(found.group(1)) for c in cells if (found := _ADDRESS.match(c))})
            details = {"n": len(cells), "cells": cells[:_LISTED]}
            issues.append(
                Issue(code=code, sheet=sheet, rows=tuple(rows[:_LISTED]), details=details)
            )
    return issues

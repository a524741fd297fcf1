"""Binary and zipped spreadsheets as text: calamine first, openpyxl where it fails.

Runs only inside the reading process (:mod:`analysis.intake.child`): calamine may abort.
"""

from __future__ import annotations

import datetime as dt
import importlib
import io
import math
import re
import sys
import zipfile
from collections.abc import Callable, Iterable
from types import ModuleType
from typing import Any
from xml.etree import ElementTree

import python_calamine

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.compound import has_circular_chain
from analysis.intake.preflight import SheetScan, check_archive
from analysis.intake.raw import Limits, RawBook, RawSheet, Rows
from analysis.intake.text_files import read_text_file
from analysis.issues import Issue

_LISTED = 1_000
_EXACT = 10**15
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_ADDRESS = re.compile(r"[A-Z]+([0-9]+)")
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_STRICT_REL = "{http://purl.oclc.org/ooxml/officeDocument/relationships}id"


def read_spreadsheet(data: bytes, kind: str, limits: Limits) -> RawBook:
    """Read xlsx, xlsb, xls or ods.

    Parameters
    ----------
    data
        The file's bytes.
    kind
        As told by :func:`analysis.intake.kinds.recognise_kind`.
    limits
        What one file may cost.
    """
    if kind == "xls" and has_circular_chain(data):
        raise UnreadableFileError("damaged_file", remedy="export_again")
    scans = check_archive(data, limits) if kind != "xls" else {}
    try:
        sheets, issues = _read_with_calamine(data, limits)
    except (UnreadableFileError, LimitExceededError, MemoryError):
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        sheets, issues = _read_second(data, kind, limits, error)
    if not any(sheet.rows for sheet in sheets):
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
            sheets.append(RawSheet(name=label, rows=book.sheets[0].rows))
            issues += book.issues
    if first is None or not any(sheet.rows for sheet in sheets):
        raise UnreadableFileError("empty_file", remedy="export_again")
    return RawBook(
        kind="odk_zip",
        sheets=sheets,
        encoding=first.encoding,
        delimiter=first.delimiter,
        issues=issues,
    )


def _read_with_calamine(data: bytes, limits: Limits) -> tuple[list[RawSheet], list[Issue]]:
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    sheets: list[RawSheet] = []
    issues: list[Issue] = []
    charts = 0
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            charts += 1
            continue
        sheet = book.get_sheet_by_name(meta.name)
        _check_height(sheet, limits)
        rows, lost = _as_text(sheet.to_python(skip_empty_area=False))
        issues += _lost_issues(meta.name, lost)
        hidden = meta.visible != python_calamine.SheetVisibleEnum.Visible
        merged = tuple(
            (top + 1, left + 1, bottom + 1, right + 1)
            for (top, left), (bottom, right) in sheet.merged_cell_ranges or ()
        )
        sheets.append(RawSheet(name=meta.name, rows=rows, hidden=hidden, merged=merged))
    if charts and not sheets:
        raise UnreadableFileError("chart_sheet_only", remedy="export_table")
    return sheets, issues


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
        rows, lost = _as_text(_bounded(sheet.iter_rows(values_only=True), limits))
        issues += _lost_issues(sheet.title, lost)
        hidden = sheet.sheet_state != "visible"
        sheets.append(RawSheet(name=sheet.title, rows=rows, hidden=hidden))
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


def _bounded(rows: Iterable[tuple[Any, ...]], limits: Limits) -> list[tuple[Any, ...]]:
    kept: list[tuple[Any, ...]] = []
    cells = 0
    for row in rows:
        while row and row[-1] is None:
            row = row[:-1]
        cells += len(row)
        if cells > limits.cells:
            raise LimitExceededError(
                "too_many_cells", limit=limits.cells, remedy="clear_unused_area"
            )
        kept.append(row)
    width = max(map(len, kept), default=0)
    return [(*row, *[None] * (width - len(row))) for row in kept]


def _as_text(rows: Iterable[Iterable[Any]]) -> tuple[Rows, tuple[int, ...]]:
    """Return the cells as text, and the rows with numbers beyond 15 digits."""
    large: list[float] = []
    to_text = {**_TEXT, str: _Words().__getitem__, float: _Numbers(large).__getitem__}
    lost: list[int] = []
    texts: Rows = []
    for number, row in enumerate(rows, 1):
        texts.append(tuple([to_text.get(type(value), str)(value) for value in row]))
        if large:
            lost.append(number)
            large.clear()
    while texts and not any(texts[-1]):
        texts.pop()
    return texts, tuple(number for number in lost if number <= len(texts))


class _Words(dict[str, str | None]):
    """Each distinct text once."""

    def __missing__(self, value: str) -> str | None:
        text = (_unescaped(value) if "_x" in value or "\r" in value else value) or None
        self[value] = text
        return text


class _Numbers(dict[float, str | None]):
    """Each distinct number once; those beyond 15 digits are told to ``large`` every time."""

    def __init__(self, large: list[float]) -> None:
        super().__init__()
        self._large = large

    def __missing__(self, value: float) -> str | None:
        text = _number_text(value)
        if abs(value) >= _EXACT:
            self._large.append(value)
        else:
            self[value] = text
        return text


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
    int: str,
    bool: lambda value: "TRUE" if value else "FALSE",
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
    width = len(sheet.rows[0]) if sheet.rows else 0
    return RawSheet(
        name=sheet.name,
        rows=sheet.rows,
        hidden=sheet.hidden,
        merged=sheet.merged,
        hidden_rows=tuple(n for n in scan.hidden_rows if n <= len(sheet.rows)),
        hidden_columns=tuple(n for n in scan.hidden_columns if n <= width),
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

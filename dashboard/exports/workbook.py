"""The xlsx summary: sentences first, then readable tables, then full-precision numbers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING

import pandas as pd
from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from analysis.evaluation import Evaluation
from analysis.results import Audience
from analysis.study import Study
from dashboard.content.format import list_cells, say_cell, spreadsheet_number
from dashboard.content.model import Interval, Number
from dashboard.content.sanitize import Cell, safe_cell, safe_table
from dashboard.exports.columns import find_number_columns
from dashboard.exports.content import Report, ReportSection
from dashboard.exports.gateway import share_evaluation
from dashboard.exports.number_tables import (
    list_meanings,
    list_measures,
    list_number_tables,
    list_sources,
)
from dashboard.exports.report import build_report
from dashboard.render.canvas import measure_text
from dashboard.text import Text

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

_INK, _HEAD, _GREY = "0E1620", "12436D", "56616F"
_FONT = "Arial"
_NARROWEST, _WIDEST = 9, 46
_NUMBER = re.compile(r"^([+\-−]?)(\d{1,3}(?:,\d{3})+|0|[1-9]\d*)(\.\d+)?(\s?%)?$")
_FORMATS = {
    "n": "#,##0",
    "n_missing": "#,##0",
    "p_value": "0.0000",
    "p_adjusted": "0.0000",
    "df": "0.0",
    "statistic": "0.000",
    "ci_level": "0%",
}
_SHEET_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")


def write_workbook(
    evaluation: Evaluation, study: Study, text: Text, audience: Audience = "funder"
) -> bytes:
    """Write the summary workbook.

    Returns
    -------
    bytes
        An xlsx: a sheet in sentences, one for each section, a dictionary with methods, n and
        who is left out, then one sheet of full-precision numbers for each part of the results.
    """
    shared = share_evaluation(evaluation, study, audience)
    report = build_report(shared, study, text, audience)
    book = Workbook()
    book.remove(book.active)
    _write_summary(_new_sheet(book, text("Summary")), report)
    for section in report.sections:
        if section.tables or section.cautions:
            _write_section(_new_sheet(book, section.heading), section, report)
    _write_dictionary(_new_sheet(book, text("Read me")), report, shared, study)
    for name, table in list_number_tables(shared).items():
        _write_numbers(_new_sheet(book, f"# {name}"), table, text)
    book.properties.title = report.title
    book.properties.creator = f"Levee {report.stamp.version}"
    book.properties.description = report.stamped
    book.properties.created = book.properties.modified = _naive(report.stamp.created)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def write_table(table: pd.DataFrame, title: str, text: Text, stamped: str) -> bytes:
    """Write one table as a workbook of its own."""
    book = Workbook()
    sheet = book.active
    sheet.title = _name_sheet(book, title)
    _set_print(sheet)
    _write_table(sheet, 1, safe_table(table), text)
    sheet.freeze_panes = "A2"
    _put(sheet, len(table) + 3, 1, stamped, colour=_GREY)
    _set_widths(sheet, skip_rows={len(table) + 3})
    book.properties.creator = "Levee"
    book.properties.language = text.language
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _naive(created: str) -> datetime:
    return datetime.fromisoformat(created).replace(tzinfo=None)


def _new_sheet(book: Workbook, title: str) -> Worksheet:
    sheet = book.create_sheet(_name_sheet(book, title))
    sheet.sheet_view.showGridLines = False
    _set_print(sheet)
    return sheet


def _set_print(sheet: Worksheet) -> None:
    """On A4 across, every column on one page; the page's number below."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_setup.fitToHeight = 0
    sheet.oddFooter.center.text = "&A · &P / &N"


def _name_sheet(book: Workbook, title: str) -> str:
    """A name spreadsheets accept: at most 31 characters, none of theirs, not used yet."""
    wanted = _SHEET_FORBIDDEN.sub(" ", title).strip()[:28] or "Sheet"
    taken = {name.lower() for name in book.sheetnames}
    names = (wanted if k == 1 else f"{wanted} {k}" for k in range(1, 1000))
    return next(name for name in names if name.lower() not in taken)


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Cell,
    *,
    size: float = 11,
    bold: bool = False,
    colour: str = _INK,
    wrap: bool = False,
) -> None:
    """Put one safe value into a cell; text stays text."""
    cell = sheet.cell(row=row, column=column)
    shown = safe_cell(value)
    cell.value = shown
    if isinstance(shown, str):
        cell.data_type = "s"
    cell.font = Font(name=_FONT, size=size, bold=bold, color=colour)
    cell.alignment = Alignment(wrap_text=wrap, vertical="top")


def _write_summary(sheet: Worksheet, report: Report) -> None:
    text, row = report.text, 1
    _put(sheet, row, 1, report.title, colour=_GREY)
    _put(sheet, row + 1, 1, report.answer, size=16, bold=True, wrap=True)
    _put(sheet, row + 2, 1, report.stamped, colour=_GREY, size=9)
    row += 4
    for value, meaning in report.cards:
        _put(sheet, row, 1, meaning, wrap=True)
        number, shown = read_number(value)
        _put(sheet, row, 2, number, bold=True, size=14)
        sheet.cell(row=row, column=2).alignment = Alignment(horizontal="right", vertical="top")
        sheet.cell(row=row, column=2).number_format = shown or "General"
        row += 1
    parts: list[tuple[str, Sequence[str]]] = [
        (section.heading, section.findings) for section in report.sections
    ]
    parts += [(text("How sure"), report.evidence), (text("Limits"), report.limits)]
    parts += [(text("Next"), report.next_steps)]
    for heading, lines in parts:
        row = _write_lines(sheet, row + 1, heading, lines) if lines else row
    sheet.column_dimensions["A"].width = 96
    sheet.column_dimensions["B"].width = 18
    sheet.freeze_panes = "A3"
    _fit_rows(sheet, 96)


def _write_lines(sheet: Worksheet, row: int, heading: str, lines: Iterable[str]) -> int:
    _put(sheet, row, 1, heading, bold=True, size=12, colour=_HEAD)
    at = row
    for at, line in enumerate(lines, start=row + 1):
        _put(sheet, at, 1, line, wrap=True)
    return at + 1


def _fit_rows(sheet: Worksheet, width: float) -> None:
    """Give wrapped rows of the first column the height their words need."""
    for row in range(1, sheet.max_row + 1):
        cell = sheet.cell(row=row, column=1)
        if isinstance(cell.value, str) and cell.alignment.wrap_text:
            size = cell.font.size or 11
            lines = -(-measure_text(cell.value, size) // (width * 5.6))
            sheet.row_dimensions[row].height = max(1.0, lines) * size * 1.45


def _write_section(sheet: Worksheet, section: ReportSection, report: Report) -> None:
    """A section: what it says, its tables below each other, what to know before quoting."""
    _put(sheet, 1, 1, section.heading, size=14, bold=True)
    _put(sheet, 1, 4, report.stamped, colour=_GREY, size=9)
    row, loose = 2, {1}
    for line in section.findings:
        _put(sheet, row, 1, line)
        loose.add(row)
        row += 1
    for told in section.tables:
        row += 1
        _put(sheet, row, 1, told.title, bold=True, size=12, colour=_HEAD)
        loose.add(row)
        row = _write_table(sheet, row + 1, told.table, report.text) + 1
    for line in section.cautions:
        _put(sheet, row + 1, 1, f"! {line}", colour="8A5100")
        loose.add(row + 1)
        row += 1
    sheet.freeze_panes = "A2"
    _set_widths(sheet, skip_rows=loose)


def _write_table(sheet: Worksheet, row: int, table: pd.DataFrame, text: Text) -> int:
    """Write a table from ``row`` down; give the row after it."""
    line = Side(style="thin", color="DFE5EB")
    at_right = ["right" if n else None for n in find_number_columns(list_cells(table, text))]
    for column, name in enumerate(table.columns, start=1):
        _put(sheet, row, column, str(name), bold=True, colour="FFFFFF", wrap=True)
        head = sheet.cell(row=row, column=column)
        head.fill = PatternFill("solid", fgColor=_HEAD)
        head.alignment = Alignment(horizontal=at_right[column - 1], vertical="top", wrap_text=True)
    for i, cells in enumerate(table.itertuples(index=False, name=None), start=row + 1):
        for column, value in enumerate(cells, start=1):
            number: Cell
            if isinstance(value, Number):
                number, shown = spreadsheet_number(text, value)
            elif isinstance(value, Interval):
                number, shown = say_cell(text, value), ""
            else:
                number, shown = read_number(value) if column > 1 else (value, "")
            _put(sheet, i, column, number, wrap=isinstance(number, str))
            cell = sheet.cell(row=i, column=column)
            cell.border = Border(bottom=line)
            cell.number_format = shown or cell.number_format
            side = "right" if shown else at_right[column - 1]
            cell.alignment = Alignment(horizontal=side, vertical="top", wrap_text=not shown)
    return row + len(table) + 1


def read_number(value: Cell) -> tuple[Cell, str]:
    """Read a formatted number back as a number with its format; other text stays.

    Examples
    --------
    >>> read_number("62 %"), read_number("+0.69"), read_number("62 % of all")
    ((0.62, '0%'), (0.69, '+0.00;-0.00;0.00'), ('62 % of all', ''))
    """
    if isinstance(value, bool) or not isinstance(value, str):
        whole = isinstance(value, int) or (isinstance(value, float) and value.is_integer())
        counted = isinstance(value, int | float) and not isinstance(value, bool)
        return value, ("#,##0" if whole else "#,##0.00") if counted else ""
    found = _NUMBER.match(value)
    if found is None:
        return value, ""
    sign, whole_part, decimals, percent = found.groups()
    number = float(whole_part.replace(",", "") + (decimals or ""))
    number = -number if sign in ("-", "−") else number
    places = "." + "0" * (len(decimals) - 1) if decimals else ""
    if percent:
        return round(number / 100, 6), f"0{places}%"
    shown = f"#,##0{places}" if "," in whole_part else f"0{places}"
    return number, f"+0{places};-0{places};0{places}" if sign == "+" else shown


def _write_numbers(sheet: Worksheet, table: pd.DataFrame, text: Text) -> None:
    """A table with numbers and columns as in the results file: header frozen."""
    _write_table(sheet, 1, table, text)
    for column, name in enumerate(table.columns, start=1):
        last = str(name).rpartition(".")[2]
        for row in range(2, len(table) + 2):
            cell = sheet.cell(row=row, column=column)
            if isinstance(cell.value, float):
                cell.number_format = _FORMATS.get(last, "0.0000")
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table) + 1}"
    _set_widths(sheet)


def _write_dictionary(
    sheet: Worksheet, report: Report, evaluation: Evaluation, study: Study
) -> None:
    text = report.text
    _put(sheet, 1, 1, text("What stands where"), size=14, bold=True)
    row = 2
    told = [
        report.stamped,
        text(
            "Sheets in words are rounded; sheets that begin with # hold numbers as in the "
            "results file."
        ),
        text(
            "Groups under {n} people are hidden, and others where a total would give them back.",
            n=report.stamp.min_group,
        ),
    ]
    for line in told:
        _put(sheet, row, 1, line)
        row += 1
    loose = set(range(1, row))
    versions = pd.DataFrame(
        list(evaluation.provenance.versions.items()), columns=[text("Software"), text("Version")]
    )
    tables = {
        text("Measures: how each is made, n, who is left out"): list_measures(
            evaluation, study, text
        ),
        text("Files"): list_sources(evaluation, text),
        text("Columns of the sheets with #"): list_meanings(text),
        text("Software"): versions,
    }
    for title, table in tables.items():
        _put(sheet, row + 1, 1, title, bold=True, size=12, colour=_HEAD)
        loose.add(row + 1)
        row = _write_table(sheet, row + 2, safe_table(table), text) if len(table) else row
    sheet.freeze_panes = "A2"
    _set_widths(sheet, skip_rows=loose)


def _set_widths(sheet: Worksheet, skip_rows: Iterable[int] = ()) -> None:
    """Give each column the width its words need, within reason."""
    skipped = set(skip_rows)
    for column in range(1, sheet.max_column + 1):
        longest = max(
            (
                measure_text(str(cell.value), 2.0)
                for (cell,) in sheet.iter_rows(min_col=column, max_col=column)
                if cell.value is not None and cell.row not in skipped
            ),
            default=0.0,
        )
        width = min(_WIDEST, max(_NARROWEST, longest * 1.05 + 2))
        sheet.column_dimensions[get_column_letter(column)].width = width

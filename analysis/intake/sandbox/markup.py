"""Tables saved as HTML or as SpreadsheetML 2003, often under the name ``.xls``."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

from analysis.errors import HostileFileError, UnreadableFileError
from analysis.intake.sandbox.encoding import decode_text
from analysis.intake.sandbox.grid import make_grid
from analysis.intake.sandbox.protocol import Limits, RawBook, RawSheet

_CHARSET = re.compile(rb"""charset\s*=\s*["']?([\w-]+)""", re.IGNORECASE)
_SS = "{urn:schemas-microsoft-com:office:spreadsheet}"
_SPACE = re.compile(r"\s+")


def read_html(data: bytes, limits: Limits, *, encoding: str | None = None) -> RawBook:
    """Read every outermost ``<table>`` of a page as a sheet."""
    text, codec = _decode_page(data, encoding)
    parser = _Tables(limits)
    parser.feed(text)
    parser.close()
    sheets = [
        RawSheet(name=f"Table {n}", cells=cells)
        for n, table in enumerate(parser.tables, 1)
        if (cells := make_grid(table))
    ]
    if not sheets:
        raise UnreadableFileError("not_a_spreadsheet", detected="html", remedy="export_table")
    return RawBook(kind="html", sheets=sheets, encoding=codec)


def _decode_page(data: bytes, encoding: str | None) -> tuple[str, str]:
    declared = _CHARSET.search(data[:4096])
    if encoding is None and declared and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        name = declared.group(1).decode("ascii", "ignore").lower()
        name = "gb18030" if name in ("gb2312", "gbk") else name
        try:
            return decode_text(data, name)
        except UnreadableFileError:
            return decode_text(data)  # the page names an encoding it does not keep to
    return decode_text(data, encoding)


class _Tables(HTMLParser):
    """Collects the cells of outermost tables; spans are repeated as blanks."""

    def __init__(self, limits: Limits) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[list[list[str]]] = []
        self._limits = limits
        self._depth = 0
        self._cell: list[str] | None = None
        self._span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append([])
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self.tables[-1].append([])
        elif self._depth == 1 and tag in ("td", "th"):
            self._end_cell()
            self._cell = []
            self._span = _span(dict(attrs).get("colspan"), self._limits.columns)
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._depth == 1 and tag in ("td", "th", "tr", "table"):
            self._end_cell()
        if tag == "table" and self._depth:
            self._depth -= 1

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is None:
            return
        if not self.tables[-1]:
            self.tables[-1].append([])
        lines = "".join(self._cell).split("\n")
        text = " ".join(filter(None, (_SPACE.sub(" ", line).strip() for line in lines)))
        self.tables[-1][-1] += [text, *[""] * (self._span - 1)]
        self._cell = None


def _span(told: str | None, most: int) -> int:
    return min(max(int(told), 1), most) if told and told.isdecimal() else 1


def read_spreadsheetml(data: bytes, limits: Limits) -> RawBook:
    """Read the XML spreadsheet of Office 2003."""
    if re.search(rb"<!\s*(?:DOCTYPE|ENTITY)", data.replace(b"\x00", b""), re.IGNORECASE):
        raise HostileFileError("entity_declaration", remedy="export_again")
    try:
        root = ElementTree.fromstring(data)
    except (ElementTree.ParseError, ValueError, LookupError) as error:
        raise UnreadableFileError("damaged_file", remedy="export_again") from error
    sheets = [_read_worksheet(sheet, limits) for sheet in root.iter(f"{_SS}Worksheet")]
    if not any(sheet.cells for sheet in sheets):
        raise UnreadableFileError("empty_file", remedy="export_again")
    return RawBook(kind="spreadsheetml", sheets=sheets)


def _read_worksheet(sheet: ElementTree.Element, limits: Limits) -> RawSheet:
    table: list[list[str]] = []
    for row in sheet.iter(f"{_SS}Row"):
        number = _span(row.get(f"{_SS}Index"), limits.rows)
        table += [[] for _ in range(number - 1 - len(table))]
        table.append(_read_row(row, limits))
    return RawSheet(name=sheet.get(f"{_SS}Name") or "", cells=make_grid(table))


def _read_row(row: ElementTree.Element, limits: Limits) -> list[str]:
    cells: list[str] = []
    for cell in row.iter(f"{_SS}Cell"):
        number = _span(cell.get(f"{_SS}Index"), limits.columns)
        cells += [""] * (number - 1 - len(cells))
        value = cell.find(f"{_SS}Data")
        cells.append(_read_value(value) if value is not None else "")
        cells += [""] * (_span(cell.get(f"{_SS}MergeAcross"), limits.columns) - 1)
    return cells


def _read_value(value: ElementTree.Element) -> str:
    text = "".join(value.itertext())
    if value.get(f"{_SS}Type") == "DateTime":
        return text.replace("T", " ").removesuffix(".000").removesuffix(" 00:00:00")
    return text

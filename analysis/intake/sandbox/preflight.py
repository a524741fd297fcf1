"""Look into an archive before any parser does: sizes, bombs, entities, used area.

Plain :mod:`zipfile`, streaming, one megabyte at a time, so that a few kilobytes built to fill
the memory are refused in a fraction of a second.
"""

from __future__ import annotations

import io
import re
import string
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from analysis.errors import HostileFileError, LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.protocol import Limits

_CHUNK = 1 << 20
_BOMB_BYTES = 20_000_000
_ADDRESS = re.compile(rb"""\sr=["']([A-Za-z]{0,3}[0-9]{1,20})""")
_DIGITS = b"0123456789"
_LETTERS = string.ascii_letters.encode()
# Attributes hold no "<", so that a tag that never closes is left at the next one: [^<>], not [^>].
_ERROR_CELL = re.compile(
    rb"""<(?:\w{1,40}:)?c\s(?=[^<>]*\bt=["']e["'])[^<>]*?\br=["']([A-Z]+[0-9]+)"""
)
_FORMULA = re.compile(
    rb"""<(?:\w{1,40}:)?c\s[^<>]*?\br=["']([A-Z]+[0-9]+)["'][^<>]*>\s{0,20}"""
    rb"""<f\b[^<>]*?(?:/>|>[^<]*</f>)\s{0,20}(?:<v\s{0,20}/>|<v>\s{0,20}</v>)?\s{0,20}</c>"""
)
_HIDDEN_ROW = re.compile(
    rb"""<(?:\w{1,40}:)?row\s(?=[^<>]*\bhidden=["'](?:1|true))[^<>]*?\br=["'](\d+)"""
)
_HIDDEN_COLUMN = re.compile(rb"""<(?:\w{1,40}:)?col\s(?=[^<>]*\bhidden=["'](?:1|true))[^<>]*>""")
_SPAN = re.compile(rb"""\b(min|max)=["'](\d+)""")
_FILLED = re.compile(
    rb"""<(?:\w{1,40}:)?c\s(?:[^<>]*\s)?r=["']([A-Za-z]{1,3}[0-9]{1,20})["'](?:[^<>]*[^<>/])?>"""
)
"""The address of a cell with content: ``<c r="B2" s="4"/>`` holds nothing but its colour."""
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class SheetScan:
    """What a streaming look at one sheet's XML tells.

    Attributes
    ----------
    last_row, last_column
        Largest numbers named anywhere in the sheet (1-based).
    errors, formulas
        Addresses of error cells, and of formulas stored without a result.
    hidden_rows, hidden_columns
        1-based numbers.
    """

    last_row: int = 0
    last_column: int = 0
    errors: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    hidden_rows: list[int] = field(default_factory=list)
    hidden_columns: list[int] = field(default_factory=list)


def check_archive(data: bytes, limits: Limits) -> dict[str, SheetScan]:
    """Refuse a harmful or oversized archive; tell what each sheet's XML holds.

    Parameters
    ----------
    data
        The zip archive (xlsx, xlsb, ods, or a zip of csv files).
    limits
        What one file may cost.

    Returns
    -------
    dict
        Part name (``xl/worksheets/sheet1.xml``) → scan.

    Raises
    ------
    HostileFileError, LimitExceededError, UnreadableFileError
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            _check_entries(entries, limits)
            return _scan_entries(archive, entries, limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise UnreadableFileError("damaged_file", remedy="export_again") from error
    except ValueError as error:
        raise UnreadableFileError("damaged_file", remedy="export_again") from error


def column_number(letters: str) -> int:
    """Return the 1-based number of a column named by letters (``"AA"`` → 27).

    >>> column_number("XFD")
    16384
    """
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise HostileFileError("too_many_entries", limit=limits.entries, found=len(entries))
    for entry in entries:
        name = entry.filename.replace("\\", "/")
        if ".." in name.split("/") or name.startswith("/") or "\x00" in name or ":" in name[:3]:
            raise HostileFileError("escaping_entry", entry=entry.filename[:200])
        if entry.flag_bits & 0x1:
            raise UnreadableFileError("password_protected", remedy="remove_password")
        _check_ratio(entry, limits)
    inflated = sum(entry.file_size for entry in entries)
    if inflated > limits.inflated_bytes:
        raise LimitExceededError(
            "inflated_size", limit=limits.inflated_bytes, found=inflated, remedy="split_file"
        )


def _check_ratio(entry: zipfile.ZipInfo, limits: Limits) -> None:
    ratio = entry.file_size / max(entry.compress_size, 1)
    if entry.file_size > _BOMB_BYTES and ratio > limits.ratio:
        raise HostileFileError("zip_bomb", limit=limits.ratio, found=round(ratio))


def _scan_entries(
    archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: Limits
) -> dict[str, SheetScan]:
    scans: dict[str, SheetScan] = {}
    room = limits.inflated_bytes
    for entry in entries:
        name = entry.filename.replace("\\", "/").lower()
        if not name.endswith((".xml", ".rels", ".bin", ".csv", ".tsv", ".vml")):
            continue
        scan = SheetScan() if _is_sheet(name) else None
        room = _scan_entry(archive, entry, scan, room, limits)
        if scan is not None:
            scans[name] = scan
    return scans


def _is_sheet(name: str) -> bool:
    return name.startswith("xl/worksheets/") and name.endswith(".xml")


def _scan_entry(
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    scan: SheetScan | None,
    room: int,
    limits: Limits,
) -> int:
    oversized = False
    for order, chunk in enumerate(_chunks(archive, entry)):
        room -= len(chunk)
        if room < 0:
            raise LimitExceededError(
                "inflated_size", limit=limits.inflated_bytes, remedy="split_file"
            )
        if order == 0 or b"<!" in chunk:
            _check_declaration(chunk)
        if scan is not None:
            _scan_chunk(chunk, scan)
            oversized = oversized or _oversize(scan, limits) is not None
    if scan is not None and oversized:
        _measure_content(archive, entry, scan, limits)
    return room


def _measure_content(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, scan: SheetScan, limits: Limits
) -> None:
    """Measure a sheet again by the cells that hold something.

    Colours and borders to the edge of a sheet name a million empty cells; the readers pass over
    them. Only such sheets pay for the slower pattern.
    """
    scan.last_row = scan.last_column = 0
    for chunk in _chunks(archive, entry):
        _scan_addresses(_FILLED.findall(chunk), scan)
        passed = _oversize(scan, limits)
        if passed is not None:
            code, found, limit = passed
            raise LimitExceededError(code, limit=limit, found=found, remedy="clear_unused_area")


def _chunks(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the part in pieces that end before a ``<row`` or ``<c``, so no cell is cut."""
    left = b""
    with archive.open(entry) as part:
        while piece := part.read(_CHUNK):
            piece = left + piece
            cut = max(piece.rfind(b"<row"), piece.rfind(b"<c "))
            if cut <= 0 or len(piece) - cut > _CHUNK:
                cut = len(piece)
            yield piece[:cut]
            left = piece[cut:]
    if left:
        yield left


def _check_declaration(chunk: bytes) -> None:
    plain = chunk
    if chunk[:2] in (b"\xff\xfe", b"\xfe\xff") or chunk[1:2] == b"\x00" or chunk[:1] == b"\x00":
        plain = chunk.replace(b"\x00", b"")
    if _DECLARATION.search(plain):
        raise HostileFileError("entity_declaration", remedy="export_again")


def _scan_chunk(chunk: bytes, scan: SheetScan) -> None:
    _scan_addresses(_ADDRESS.findall(chunk), scan)
    if b't="e"' in chunk or b"t='e'" in chunk:
        scan.errors += [address.decode() for address in _ERROR_CELL.findall(chunk)]
    if b"<f" in chunk:
        scan.formulas += [address.decode() for address in _FORMULA.findall(chunk)]
    if b"hidden=" in chunk:
        scan.hidden_rows += [int(row) for row in _HIDDEN_ROW.findall(chunk)]
        scan.hidden_columns += _hidden_columns(chunk)


def _scan_addresses(addresses: list[bytes], scan: SheetScan) -> None:
    if not addresses:
        return
    told = b" ".join(addresses)
    letters = set(told.translate(None, _DIGITS).split())
    numbers = set(told.translate(None, _LETTERS).split())
    columns = [column_number(name.decode()) for name in letters]
    scan.last_column = max(scan.last_column, *columns, 0)
    scan.last_row = max(scan.last_row, *map(int, numbers))


def _hidden_columns(chunk: bytes) -> list[int]:
    numbers: list[int] = []
    for tag in _HIDDEN_COLUMN.findall(chunk):
        span = dict(_SPAN.findall(tag))
        if span.keys() == {b"min", b"max"}:
            first, last = int(span[b"min"]), int(span[b"max"])
            numbers += range(first, min(last, first + 200) + 1)
    return numbers


def _oversize(scan: SheetScan, limits: Limits) -> tuple[str, int, int] | None:
    """Return the limit that a sheet's area passes: code, size and limit."""
    areas = (
        ("too_many_columns", scan.last_column, limits.columns),
        ("too_many_rows", scan.last_row, limits.rows),
        ("too_many_cells", scan.last_row * scan.last_column, limits.cells),
    )
    return next((area for area in areas if area[1] > area[2]), None)

"""A large xlsx sheet, read a part of its rows at a time.

calamine holds every cell of a sheet twice while it reads: 900 MB for 200,000 rows of 60 columns.
The sheet's XML is therefore cut before a row, and each piece is read as a small workbook with the
same strings, styles and dates.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import python_calamine

from analysis.errors import UnreadableFileError

LARGE_SHEET = 64_000_000
"""Bytes of a sheet's XML from which it is read in pieces: about two million cells."""
_PIECE = 16_000_000
_TEXTS_A_PIECE = 2
"""The book's texts are read again with each piece: where there are many, pieces are larger."""
_OPENING, _CLOSING = b"<sheetData>", b"</sheetData>"
_NUMBERED = re.compile(rb"""<row\s[^<>]*\br=["']\d""")
_UNUSED = re.compile(r"xl/(?:worksheets|chartsheets|drawings|media|charts|printersettings)/", re.I)


def find_large_part(data: bytes, part: str) -> zipfile.ZipInfo | None:
    """Return the part of an archive by its lower-case name where it is large, else None."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for entry in archive.infolist():
            if entry.filename.lower() == part and entry.file_size >= LARGE_SHEET:
                return entry
    return None


def read_in_pieces(
    data: bytes,
    entry: zipfile.ZipInfo,
    name: str,
    merged: list[tuple[tuple[int, int], tuple[int, int]]],
    tell: Callable[[float], None],
) -> Iterator[Sequence[Any]]:
    """Yield every row of a sheet from the first on, empty ones too.

    Parameters
    ----------
    data, entry, name
        The workbook, the sheet's part in it, and the sheet's name.
    merged
        Takes the sheet's merged ranges (0-based corners), which stand behind its rows.
    tell
        Hears the share read.

    Raises
    ------
    UnreadableFileError
        When the rows cannot be told apart without a parser: the sheet is to be read whole.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        shared = {
            one.filename: archive.read(one)
            for one in archive.infolist()
            if one.filename.lower().endswith((".xml", ".rels")) and not _UNUSED.match(one.filename)
        }
        size = max(_PIECE, _TEXTS_A_PIECE * sum(map(len, shared.values())))
        done = 0
        for piece, share in _cut(archive, entry, size):
            small = io.BytesIO()
            with zipfile.ZipFile(small, "w") as smaller:
                for part, content in {**shared, entry.filename: piece}.items():
                    smaller.writestr(part, content)
            small.seek(0)
            sheet = python_calamine.CalamineWorkbook.from_filelike(small).get_sheet_by_name(name)
            merged += sheet.merged_cell_ranges or ()
            tell(share)
            if sheet.start is None:
                continue
            first, left = sheet.start
            if first < done:
                raise UnreadableFileError("damaged_file", remedy="export_again")
            yield from ([] for _ in range(first - done))
            for row in sheet.to_python(skip_empty_area=True):
                yield [*[None] * left, *row] if left else row
            done = first + sheet.height


def _cut(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, size: int
) -> Iterator[tuple[bytes, float]]:
    """Yield the sheet as sheets of fewer rows, and the share of it that is read."""
    with archive.open(entry) as part:
        text = part.read(size)
        head, found, text = text.partition(_OPENING)
        if not found:
            raise UnreadableFileError("damaged_file", remedy="export_again")
        while more := part.read(size):
            text += more
            at = text.rfind(b"<row ")
            if at <= 0 or not _NUMBERED.match(text) or not _NUMBERED.match(text, at):
                raise UnreadableFileError("damaged_file", remedy="export_again")
            piece, text = text[:at], text[at:]
            yield (
                b"".join((head, _OPENING, piece, _CLOSING, b"</worksheet>")),
                (part.tell() / entry.file_size),
            )
        yield b"".join((head, _OPENING, text)), 1.0

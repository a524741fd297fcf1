"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import io
import re
import struct
import zipfile
from collections.abc import Iterable

from analysis.errors import UnreadableFileError

_MAGIC = (
    (b"%PDF", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"),
    (b"Rar!", "rar"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3", "sqlite"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_SAS = bytes.fromhex("000000000000000000000000c2ea8160b31411cfbd92080009c7318c181f1011")
_OLD_STATA = range(104, 116)
"""First byte of Stata 4 to 12; the second tells the byte order, the third is always 1."""
_OLE_END = 0xFFFFFFFA
"""Sector numbers from here on are no sectors: end of chain, free, table ([MS-CFB] 2.1)."""
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|table|meta|head)\b", re.IGNORECASE)
_SPREADSHEETML = b"urn:schemas-microsoft-com:office:spreadsheet"


def recognise_kind(data: bytes) -> str:
    """Return xlsx, xlsb, ods, odk_zip, xls, sav, por, dta, sas7bdat, html, spreadsheetml or text.

    Raises
    ------
    UnreadableFileError
        ``empty_file``, ``password_protected``, ``damaged_file`` or ``not_a_spreadsheet``
        (with what was detected).
    """
    if not data.strip(b"\x00\r\n\t \xef\xbb\xbf\xff\xfe"):
        raise UnreadableFileError("empty_file", remedy="export_again")
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if is_old_excel(data):
        return _ole_kind(data)
    if statistics := _statistics_kind(data):
        return statistics
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise UnreadableFileError("not_a_spreadsheet", detected=kind, remedy="export_table")
    return _text_kind(data)


def is_old_excel(data: bytes) -> bool:
    """Tell whether the file is a compound file, as Excel wrote them until 2003."""
    return data.startswith(_OLE2)


def _statistics_kind(data: bytes) -> str:
    """Return the kind of an SPSS, Stata or SAS file; "" for any other."""
    if data.startswith((b"$FL2", b"$FL3")):
        return "sav"
    if b"SPSSPORT" in data[:600]:
        return "por"
    old = len(data) > 4 and data[0] in _OLD_STATA and data[1] in (1, 2) and data[2:4] == b"\x01\x00"
    if data.startswith(b"<stata_dta>") or old:
        return "dta"
    return "sas7bdat" if data.startswith(_SAS) else ""


def _zip_kind(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise UnreadableFileError("damaged_file", remedy="export_again") from error
    return _kind_of_entries(names)


def _kind_of_entries(names: Iterable[str]) -> str:
    present = {name.replace("\\", "/").lower() for name in names}
    if any(name.startswith("xl/") for name in present):
        return "xlsb" if "xl/workbook.bin" in present else "xlsx"
    for start, detected in (("word/", "docx"), ("ppt/", "pptx"), ("index/document.iwa", "iwork")):
        if any(name.startswith(start) for name in present):
            raise UnreadableFileError("not_a_spreadsheet", detected=detected, remedy="export_table")
    if "content.xml" in present:
        return "ods"
    if any(name.endswith((".csv", ".tsv")) for name in present):
        return "odk_zip"
    raise UnreadableFileError("not_a_spreadsheet", detected="zip", remedy="export_table")


def _ole_kind(data: bytes) -> str:
    # A truncated file may have lost its directory: then the name somewhere in its bytes decides.
    encrypted = "EncryptedPackage".encode("utf-16-le")
    streams = _ole_streams(data) or ({"EncryptedPackage"} if encrypted in data else set())
    if streams & {"EncryptedPackage", "EncryptionInfo"}:
        raise UnreadableFileError("password_protected", remedy="remove_password")
    # A workbook may hold a Word document as an object: what the file is, its own streams say.
    if streams & {"Workbook", "Book"}:
        return "xls"
    for stream, detected in (("WordDocument", "doc"), ("PowerPoint Document", "ppt")):
        if stream in streams:
            raise UnreadableFileError("not_a_spreadsheet", detected=detected, remedy="export_table")
    return "xls"


def _ole_streams(data: bytes) -> set[str]:
    """Return the names of the streams at the root of an OLE2 file ([MS-CFB] 2.6)."""
    entries = _ole_entries(data)
    if not entries:
        return set()
    names: set[str] = set()
    # The entries of one storage form a tree: left, right; 0xFFFFFFFF and above end a branch.
    waiting, seen = [entries[0][3]], set()
    while waiting:
        at = waiting.pop()
        if at >= len(entries) or at in seen:
            continue
        seen.add(at)
        name, left, right, _ = entries[at]
        names.add(name)
        waiting += [left, right]
    return names


def _ole_entries(data: bytes) -> list[tuple[str, int, int, int]]:
    """Return each directory entry: name, left, right and child; empty for a damaged file."""
    try:
        shift, first = struct.unpack_from("<H", data, 30)[0], struct.unpack_from("<I", data, 48)[0]
        if shift not in (9, 12):  # sectors of 512 or 4,096 bytes; nothing else exists
            return []
        size = 1 << shift
        tables = [sector for sector in struct.unpack_from("<109I", data, 76) if sector < _OLE_END]
        directory, seen = b"", set()
        while first < _OLE_END and first not in seen:
            seen.add(first)
            directory += data[(first + 1) * size : (first + 2) * size]
            table, place = divmod(first, size // 4)
            (first,) = struct.unpack_from("<I", data, (tables[table] + 1) * size + 4 * place)
    except (struct.error, IndexError):
        return []  # what the reader makes of a damaged file decides
    found: list[tuple[str, int, int, int]] = []
    for at in range(0, len(directory) - 127, 128):
        length, links = (
            struct.unpack_from("<H", directory, at + 64)[0],
            directory[at + 68 : at + 80],
        )
        name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "ignore")
        left, right, child = struct.unpack("<3I", links)
        found.append((name, left, right, child))
    return found


def _text_kind(data: bytes) -> str:
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    if _SPREADSHEETML in data[:65536] or _SPREADSHEETML in head:
        return "spreadsheetml"
    start = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith(b"<") and _HTML.search(head):
        return "html"
    if start.startswith((b"<?xml", b"<svg")):
        raise UnreadableFileError("not_a_spreadsheet", detected="xml", remedy="export_table")
    return "text"

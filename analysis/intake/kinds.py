"""What a file is, told by its content and never by its name."""

from __future__ import annotations

import io
import re
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
    (b"$FL2", "spss"),
    (b"$FL3", "spss"),
    (b"<stata_dta>", "stata"),
    (b"{\\rtf", "rtf"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
)
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HTML = re.compile(rb"<\s*(?:!doctype\s+html|html|table|meta|head)\b", re.IGNORECASE)
_SPREADSHEETML = b"urn:schemas-microsoft-com:office:spreadsheet"


def recognise_kind(data: bytes) -> str:
    """Return xlsx, xlsb, ods, odk_zip, xls, html, spreadsheetml or text.

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
    if data.startswith(_OLE2):
        return _ole_kind(data)
    for magic, kind in _MAGIC:
        if data.startswith(magic):
            raise UnreadableFileError("not_a_spreadsheet", detected=kind, remedy="export_table")
    return _text_kind(data)


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
    def holds(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if holds("EncryptedPackage") or holds("EncryptionInfo"):
        raise UnreadableFileError("password_protected", remedy="remove_password")
    if holds("WordDocument") or holds("PowerPoint Document"):
        detected = "doc" if holds("WordDocument") else "ppt"
        raise UnreadableFileError("not_a_spreadsheet", detected=detected, remedy="export_table")
    return "xls"


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

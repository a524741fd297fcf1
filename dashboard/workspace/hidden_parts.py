"""What a workbook's file holds beside its cells: comments, properties, headers, pictures."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence

from analysis.intake.model import Workbook

_WRITTEN_ANEW = ("xlsx", "xls", "xlsb", "ods", "html", "spreadsheetml", "odk_zip")
"""Kinds that hold more than cells and can be written again; a statistics file cannot."""
_USUAL = re.compile(
    r"^(?:\[Content_Types\]\.xml|_rels/.*|docProps/.*|mimetype|META-INF/manifest\.xml"
    r"|(?:content|styles|settings|manifest)\.(?:xml|rdf)|meta\.xml|Thumbnails/.*|Configurations2/.*"
    r"|xl/(?:workbook|styles|sharedStrings|calcChain|metadata)\.xml|xl/theme/.*|xl/_rels/.*"
    r"|xl/worksheets/(?:_rels/)?[^/]+|xl/printerSettings/.*)$"
)
_TEXTS = re.compile(
    r"<(?:\w+:)?(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]{0,2000})|<(?:\w+:)?formula[12]\b[^>]*>([^<]{0,2000})"
    r"|<(?:\w+:)?definedName\b[^>]*>([^<]{0,2000})|<(?:\w+:)?(?:t|f)\b[^>]{0,200}>([^<]{2,2000})"
)
_ATTRIBUTES = re.compile(
    r"\b(?:promptTitle|prompt|errorTitle|error|display|tooltip|comment|name|codeName|userName)=\"([^\"]{2,500})\""
)
# Most of a sheet is numbers: a piece without any of these marks need not be searched.
_TEXT_MARKS = (b"<t", b":t", b"<f", b":f", b"Header", b"Footer", b"ormula", b"efinedName")
_ATTRIBUTE_MARKS = (b"rompt", b"rror", b'display="', b"tooltip", b"comment", b"ame=")
_ANNOTATION = re.compile(
    rb"<office:annotation|<text:(?:author|sender|user)|<style:(?:header|footer)\b"
)
_PLAIN = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_EMPTY = {
    "docProps/core.xml": _PLAIN
    + b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docProps/app.xml": _PLAIN
    + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    "docProps/custom.xml": _PLAIN
    + b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'custom-properties"/>',
    "meta.xml": _PLAIN
    + b'<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    b'office:version="1.2"><office:meta/></office:document-meta>',
}
_TEXTUAL = (".xml", ".rels")
_PIECE = 1 << 20


def has_hidden_text(
    content: bytes, workbook: Workbook, find: Callable[[str], Sequence[object]]
) -> bool:
    """Whether a file holds more than its cells show: it is then written anew from its cells.

    Old workbooks and web pages have no list of parts, so these always are. Of headers, lists of
    choices, defined names and left-over strings only those that hold personal data count.
    """
    if workbook.kind not in _WRITTEN_ANEW:
        return False
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return True
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if workbook.kind == "odk_zip":  # photographs and forms may lie beside the tables
            return any(not one.lower().endswith((".csv", "/")) for one in archive.namelist())
        return any(
            _holds_more(archive, entry, find) for entry in archive.infolist() if not entry.is_dir()
        )


def _holds_more(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, find: Callable[[str], Sequence[object]]
) -> bool:
    """Whether one part of a workbook holds text beside the cells."""
    name = entry.filename
    if not _USUAL.match(name):
        return True
    if not name.endswith(_TEXTUAL) or name.startswith("docProps/"):
        return False
    if name in ("content.xml", "styles.xml") and _ANNOTATION.search(archive.read(entry)):
        return True
    return any(find(word) for piece in _pieces(archive, entry) for word in _words(piece))


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield a part in pieces that end before a tag, so that no text is parted from its own."""
    left = b""
    with archive.open(entry) as part:
        while more := part.read(_PIECE):
            left += more
            cut = left.rfind(b"<")
            if cut <= 0 and len(left) > _PIECE:
                cut = len(left)
            if cut > 0:
                yield left[:cut]
                left = left[cut:]
    yield left


def _words(piece: bytes) -> Iterator[str]:
    for marks, pattern in ((_TEXT_MARKS, _TEXTS), (_ATTRIBUTE_MARKS, _ATTRIBUTES)):
        if any(mark in piece for mark in marks):
            for found in pattern.finditer(piece.decode("utf-8", "replace")):
                yield html.unescape(next(group for group in found.groups() if group is not None))


def without_properties(content: bytes) -> bytes:
    """A workbook without its author, last editor, company and other properties."""
    if not content.startswith(b"PK"):
        return content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if not any(name in _EMPTY or name.startswith("Thumbnails/") for name in names):
            return content
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as written:
            for entry in archive.infolist():
                if not entry.filename.startswith("Thumbnails/"):
                    part = _EMPTY.get(entry.filename) or archive.read(entry)
                    written.writestr(_dateless(entry), part)
    return made.getvalue()


def _dateless(entry: zipfile.ZipInfo) -> zipfile.ZipInfo:
    plain = zipfile.ZipInfo(entry.filename)
    plain.compress_type = entry.compress_type
    return plain

"""The key file: which code stands for whom. A person keeps it; Levee does not."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import openpyxl

from analysis.errors import WorkspaceError
from analysis.intake.sandbox.workbook import open_workbook
from dashboard.content.sanitize import safe_cell
from dashboard.text import Text

_HEADERS = ("code", "kind", "original")
_SECRET = "levee key"


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """A key file as read: the key's name and secret, and code → kind and original."""

    name: str
    key: bytes
    codes: Mapping[str, tuple[str, str]]


def write_key_file(
    text: Text, name: str, key: bytes, codes: Mapping[str, tuple[str, str]]
) -> bytes:
    """Write the key file of a study as a workbook.

    Parameters
    ----------
    text
        Language of the explanation.
    name, key
        The study's key, so that another computer gives the same codes.
    codes
        Code → kind and original.
    """
    book = openpyxl.Workbook()
    page = book.active
    page.title = "codes"
    page.append(_HEADERS)
    for code, (kind, original) in sorted(codes.items(), key=lambda item: item[1]):
        page.append([code, kind, str(safe_cell(original))])
        for cell in page[page.max_row]:
            cell.data_type = "s"
    page.column_dimensions["A"].width = 20
    page.column_dimensions["C"].width = 32
    secret = book.create_sheet("key")
    secret.append([_SECRET, name, key.hex()])
    secret.append(
        [text("Keep this file where only you can open it. Whoever has it can name people.")]
    )
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def read_key_file(content: bytes) -> KeyFile:
    """Read a key file.

    Raises
    ------
    WorkspaceError
        ``key_file_wrong`` when it is another workbook.
    IntakeError
        When it cannot be opened.
    """
    sheets = {one.name: one.rows for one in open_workbook(content, "key").sheets}
    codes, secret = sheets.get("codes", ()), sheets.get("key", ())
    if not codes or not secret or codes[0][:3] != _HEADERS or secret[0][0] != _SECRET:
        raise WorkspaceError("key_file_wrong")
    try:
        key = bytes.fromhex(str(secret[0][2]))
    except ValueError as error:
        raise WorkspaceError("key_file_wrong") from error
    told = {
        str(row[0]): (str(row[1]), str(row[2] or "").removeprefix("'"))
        for row in codes[1:]
        if row[0]
    }
    return KeyFile(name=str(secret[0][1]), key=key, codes=told)

"""Delimited text: quote-aware delimiter, ragged rows listed, nothing converted."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Iterator

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.encoding import decode_text
from analysis.intake.raw import Limits, RawBook, RawSheet, Rows
from analysis.issues import Issue

_DELIMITERS = (",", ";", "\t", "|")
_SNIFF = 100_000
_LISTED = 1_000


def read_text_file(
    data: bytes, limits: Limits, *, encoding: str | None = None, delimiter: str | None = None
) -> RawBook:
    """Read csv, tsv and their like as text cells.

    Parameters
    ----------
    data
        The file's bytes.
    limits
        Largest number of rows, columns and cells.
    encoding, delimiter
        A person's choice; recognised when None.
    """
    text, codec = decode_text(data, encoding)
    _check_binary(text)
    issues: list[Issue] = []
    text = _without_nul(text, issues)
    text, hinted = _without_hint(text)
    mark = delimiter or hinted or recognise_delimiter(text)
    records = _read_records(text, mark, limits)
    rows = _padded(records, issues)
    if text.count('"') % 2 and rows and any("\n" in (cell or "") for cell in rows[-1]):
        issues.append(Issue(code="unclosed_quote", severity="error", rows=(len(rows),)))
    if "\ufffd" in text:
        issues.append(Issue(code="undecodable_bytes", details={"encoding": codec}))
    sheet = RawSheet(name="", rows=rows)
    kind = "tsv" if mark == "\t" else "csv"
    return RawBook(kind=kind, sheets=[sheet], encoding=codec, delimiter=mark, issues=issues)


def recognise_delimiter(text: str) -> str:
    """Return the delimiter among comma, semicolon, tab and bar.

    The mark wins under which most records have the same number of fields, and more than one.
    """
    sample = text[:_SNIFF]
    scores = {mark: _score_delimiter(sample, mark) for mark in _DELIMITERS}
    best = max(scores, key=lambda mark: scores[mark])
    return best if scores[best] > 0 else ","


def _score_delimiter(sample: str, mark: str) -> float:
    widths = Counter(len(record) for record in _some_records(sample, mark) if record)
    usable = Counter({width: n for width, n in widths.items() if width > 1})
    if not usable:
        return 0.0
    width, n = max(usable.items(), key=lambda pair: (pair[1], pair[0]))
    return n / widths.total() * math.log2(width + 1)


def _some_records(sample: str, mark: str) -> list[list[str]]:
    reader = csv.reader(io.StringIO(sample, newline=""), delimiter=mark)
    records: list[list[str]] = []
    try:
        for record in reader:
            records.append(record)
            if len(records) >= 200:
                break
    except csv.Error:
        return records
    return records


def _check_binary(text: str) -> None:
    head = text[:4096]
    odd = sum(ord(char) < 32 and char not in "\t\r\n\x00\x0b\x0c" for char in head)
    odd += head.count("\ufffd") + max(0, head.count("\x00") - len(head) // 10)
    if odd > 0.1 * len(head):
        raise UnreadableFileError("not_a_spreadsheet", detected="unknown", remedy="export_table")


def _without_nul(text: str, issues: list[Issue]) -> str:
    count = text.count("\x00")
    if not count:
        return text
    lines = text.split("\n")
    rows = tuple(n for n, line in enumerate(lines, 1) if "\x00" in line)[:_LISTED]
    issues.append(Issue(code="nul_bytes", rows=rows, details={"n": count}))
    return text.replace("\x00", "")


def _without_hint(text: str) -> tuple[str, str | None]:
    first, _, rest = text.partition("\n")
    stripped = first.strip().strip('"').lower()
    if len(stripped) == 5 and stripped.startswith("sep="):
        return rest, stripped[4]
    if first.rstrip("\r\n") in ("sep=\t", "SEP=\t"):
        return rest, "\t"
    return text, None


def _read_records(text: str, mark: str, limits: Limits) -> list[list[str]]:
    csv.field_size_limit(10_000_000)
    records: list[list[str]] = []
    cells = 0
    for record in _records(text, mark):
        cells += len(record)
        _check_size(len(records) + 1, len(record), cells, limits)
        records.append(record)
    return records


def _records(text: str, mark: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    except (csv.Error, TypeError) as error:
        raise UnreadableFileError("damaged_file", remedy="export_again") from error


def _check_size(rows: int, columns: int, cells: int, limits: Limits) -> None:
    for code, found, limit in (
        ("too_many_rows", rows, limits.rows),
        ("too_many_columns", columns, limits.columns),
        ("too_many_cells", cells, limits.cells),
    ):
        if found > limit:
            raise LimitExceededError(code, limit=limit, found=found, remedy="split_file")


def _padded(records: list[list[str]], issues: list[Issue]) -> Rows:
    while records and not any(records[-1]):
        records.pop()
    if not records:
        return []
    widths = Counter(len(record) for record in records if record)
    first = next(len(record) for record in records if record)
    usual = max(widths, key=lambda width: (widths[width], width == first, width))
    ragged = [n for n, record in enumerate(records, 1) if _is_ragged(record, usual)]
    if ragged:
        details = {"n": len(ragged), "fields": usual}
        issues.append(Issue(code="ragged_rows", rows=tuple(ragged[:_LISTED]), details=details))
    full = max(widths)
    blank = [None] * full
    return [(*(_cell(text) for text in record), *blank[len(record) :]) for record in records]


def _is_ragged(record: list[str], usual: int) -> bool:
    if not record or len(record) == usual:
        return False
    return len(record) < usual or any(record[usual:])


def _cell(text: str) -> str | None:
    return (text.replace("\r\n", "\n") if "\r" in text else text) or None

"""Delimited text: quote-aware delimiter, ragged rows listed, nothing converted."""

from __future__ import annotations

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterator

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.encoding import decode_text
from analysis.intake.sandbox.grid import Grid, GridBuilder, Places
from analysis.intake.sandbox.protocol import Limits, RawBook, RawSheet
from analysis.issues import Issue

_DELIMITERS = (",", ";", "\t", "|")
_SNIFF = 100_000
_LISTED = 1_000
TOLD_ROWS = 5_000
"""Rows after which a reader says how far it is."""


def read_text_file(
    data: bytes,
    limits: Limits,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    tell: Callable[[float], None] = lambda _: None,
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
    tell
        Hears the share read of a long file.
    """
    text, codec = decode_text(data, encoding)
    _check_binary(text)
    issues: list[Issue] = []
    text = _without_nul(text, issues)
    text, hinted = _without_hint(text)
    mark = delimiter or hinted or recognise_delimiter(text)
    cells = _read_cells(text, mark, limits, issues, tell)
    if text.count('"') % 2 and cells and any("\n" in (cell or "") for cell in cells.row(-1)):
        issues.append(Issue(code="unclosed_quote", severity="error", rows=(cells.height,)))
    if "\ufffd" in text:
        issues.append(Issue(code="undecodable_bytes", details={"encoding": codec}))
    sheet = RawSheet(name="", cells=cells)
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


def _read_cells(
    text: str,
    mark: str,
    limits: Limits,
    issues: list[Issue],
    tell: Callable[[float], None],
) -> Grid:
    csv.field_size_limit(10_000_000)
    builder, source = GridBuilder(Places(_cell)), io.StringIO(text, newline="")
    for record in _records(source, mark):
        builder.add(record)
        _check_size(len(builder.lengths), len(record), len(builder.codes), limits)
        if len(builder.lengths) % TOLD_ROWS == 0:
            tell(source.tell() / len(text))
    builder.trim()
    ragged, usual = _ragged_rows(builder)
    if ragged:
        details = {"n": len(ragged), "fields": usual}
        issues.append(Issue(code="ragged_rows", rows=tuple(ragged[:_LISTED]), details=details))
    return builder.finish()


def _records(source: io.StringIO, mark: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(source, delimiter=mark)
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


def _ragged_rows(builder: GridBuilder) -> tuple[list[int], int]:
    """Return the rows with too few fields or answers beyond the usual last one, and how many."""
    widths = Counter(length for length in builder.lengths if length)
    if len(widths) < 2:
        return [], 0
    first = next(length for length in builder.lengths if length)
    usual = max(widths, key=lambda width: (widths[width], width == first, width))
    ragged: list[int] = []
    end = 0
    for number, length in enumerate(builder.lengths, 1):
        end += length
        beyond = builder.codes[end - length + usual : end] if length > usual else ()
        if 0 < length < usual or any(beyond):
            ragged.append(number)
    return ragged, usual


def _cell(text: str) -> str:
    return text.replace("\r\n", "\n") if "\r" in text else text

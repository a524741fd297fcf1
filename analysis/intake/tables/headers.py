"""Where the header stands: below titles, over two rows, merged, with totals at the foot."""

from __future__ import annotations

import re

from analysis.intake.model import Sheet

_NUMBER = re.compile(r"^[\s+\-]?[\d.,]+%?$|^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*$")
_DAY = re.compile(r"^\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}.*$|^\d{1,2}\.\d{1,2}$")
_TOTAL = re.compile(
    r"^(?:合\s*计|总\s*计|小\s*计|合計|總計|平均值?|(?:grand\s+)?totals?|sum|average|mean)\s*[:：]?$",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_SEARCHED = 15
_MEASURED = 60
"""Rows from the first filled one by which the width of a table is judged."""

Row = tuple[str | None, ...]


def find_header(sheet: Sheet) -> tuple[int, ...]:
    """Return the header rows of a plain sheet.

    Parameters
    ----------
    sheet
        Cells as text.

    Returns
    -------
    tuple of int
        1-based spreadsheet rows: one, or two where the first groups the second. Title lines
        above are passed over. Empty for a sheet without content, and for a table of numbers
        that starts without names.
    """
    start = next((at for at, row in enumerate(sheet.rows) if _filled(row)), None)
    if start is None:
        return ()
    widths = [_filled(row) for row in sheet.rows[start : start + _MEASURED]]
    need = _least_width(widths)
    wide = [start + at for at, width in enumerate(widths) if width >= need]
    for at in wide:
        row = sheet.rows[at]
        if at >= start + _SEARCHED:
            break
        heads = _is_wordy(row) or _names_days(sheet, at) or _names_numbers(sheet, at)
        if heads and any(_filled(below) for below in sheet.rows[at + 1 :]):
            return (at + 1, at + 2) if _is_group_row(sheet, at) else (at + 1,)
    first = wide[0] if wide else start
    # Numbers alone are answers, not names: such a table has no header row to lose.
    return (first + 1,) if _has_word(sheet.rows[first]) else ()


def read_header(sheet: Sheet, header_rows: tuple[int, ...]) -> tuple[str, ...]:
    """Return one text per column: a single row, or ``group - part`` over two rows.

    A merged group reaches over the columns of its range, an unmerged one to the next group.
    """
    if not header_rows:
        width = len(sheet.rows[0]) if sheet.rows else 0
        return ("",) * width
    rows = [sheet.rows[number - 1] for number in header_rows]
    if len(rows) == 1:
        return tuple(clean_text(cell) for cell in rows[0])
    groups = _spread(sheet, header_rows[0], rows[0], rows[1])
    return tuple(_joined(group, part) for group, part in zip(groups, rows[1], strict=True))


def rows_above(sheet: Sheet, header_rows: tuple[int, ...]) -> tuple[int, ...]:
    """Return the rows above the header that are as wide as the table (1-based).

    Title lines are narrower; a wide row above the header may hold answers.
    """
    if not header_rows or header_rows[0] == 1:
        return ()
    above, below = sheet.rows[: header_rows[0] - 1], sheet.rows[header_rows[0] - 1 :]
    need = _least_width([_filled(row) for row in below[:_MEASURED]])
    return tuple(at for at, row in enumerate(above, 1) if _filled(row) >= max(need, 2))


def find_totals(sheet: Sheet, last_header: int) -> tuple[int, ...]:
    """Return the rows at the foot that hold totals or averages (1-based)."""
    found: list[int] = []
    for number in range(len(sheet.rows), last_header, -1):
        row = sheet.rows[number - 1]
        words = [cell.strip() for cell in row if cell and cell.strip()]
        if not words:
            continue
        if not _TOTAL.match(words[0]):
            break
        found.append(number)
    return tuple(sorted(found))


def unique_names(names: list[str]) -> list[str]:
    """Keep equal names apart by position: ``name``, ``name [2]``; empty ones get a number.

    >>> unique_names(["a", "a", ""])
    ['a', 'a [2]', 'column 3']
    """
    seen: set[str] = set()
    unique: list[str] = []
    for position, name in enumerate(names, 1):
        base = name or f"column {position}"
        told, copy = base, 1
        while told in seen:
            copy += 1
            told = f"{base} [{copy}]"
        seen.add(told)
        unique.append(told)
    return unique


def clean_text(cell: str | None) -> str:
    """Return a header on one line without outer blanks."""
    return _SPACE.sub(" ", cell.replace("\ufeff", "")).strip() if cell else ""


def _least_width(widths: list[int]) -> float:
    """Return how many cells a row needs to count as part of the table: half its width.

    The width is the one whose rows cover the largest area, so that notes of one cell, however
    many, do not hide a table whose rows have gaps.
    """
    area = {width: width * sum(one >= width for one in widths) for width in set(widths) if width}
    usual = max(area, key=lambda width: (area[width], width), default=0)
    return max(min(2, usual), usual * 0.5)


def _filled(row: Row) -> int:
    return sum(1 for cell in row if cell and cell.strip())


def _is_wordy(row: Row) -> bool:
    cells = [cell for cell in row if cell and cell.strip()]
    numbers = sum(bool(_NUMBER.match(cell.strip())) for cell in cells)
    return bool(cells) and numbers <= 0.5 * len(cells)


def _names_days(sheet: Sheet, at: int) -> bool:
    """Tell whether a row heads columns by different days, as a list ticked by date does.

    Below such a header no cell of those columns is a day.
    """
    days = {i: cell.strip() for i, cell in enumerate(sheet.rows[at]) if cell and _is_day(cell)}
    if len(days) < 2 or len(set(days.values())) < len(days) or not _has_word(sheet.rows[at]):
        return False
    below = [row[i] for row in sheet.rows[at + 1 : at + 40] for i in days if i < len(row)]
    return any(below) and not any(cell and _is_day(cell) for cell in below)


def _names_numbers(sheet: Sheet, at: int) -> bool:
    """Tell whether a row heads columns by numbers that count on: ``code, 1, 2, 3``."""
    row = sheet.rows[at]
    numbers = [cell.strip() for cell in row if cell and _NUMBER.match(cell.strip())]
    if not _has_word(row) or not all(number.isdecimal() for number in numbers):
        return False
    counted = [int(number) for number in numbers]
    return counted == list(range(counted[0], counted[0] + len(counted)))


def _is_day(cell: str) -> bool:
    return bool(_DAY.match(cell.strip()))


def _has_word(row: Row) -> bool:
    return any(cell and cell.strip() and not _NUMBER.match(cell.strip()) for cell in row)


def _is_group_row(sheet: Sheet, at: int) -> bool:
    """Tell whether row ``at`` (0-based) groups the row below it."""
    if at + 2 >= len(sheet.rows):
        return False
    upper, lower = sheet.rows[at], sheet.rows[at + 1]
    # A merged range may reach beyond the last filled column: what lies there heads nothing.
    across = [m for m in sheet.merged if m[0] == m[2] == at + 1 and min(m[3], len(lower)) > m[1]]
    if across:
        spanned = [cell for m in across for cell in lower[m[1] - 1 : m[3]]]
        return all(spanned) and _is_wordy(tuple(spanned))
    gaps = [below for above, below in zip(upper, lower, strict=True) if not above]
    words = [cell for cell in lower if cell]
    if not gaps or not all(gaps) or any(_NUMBER.match(cell.strip()) for cell in words):
        return False
    later = {cell for row in sheet.rows[at + 2 : at + 40] for cell in row if cell}
    return len(words) == len(set(words)) and not later.intersection(words)


def _spread(sheet: Sheet, number: int, upper: Row, lower: Row) -> list[str]:
    groups = [clean_text(cell) for cell in upper]
    last = len(groups)
    across = [m for m in sheet.merged if m[0] <= number <= m[2] and min(m[3], last) > m[1]]
    for _, left, _, right in across:
        groups[left - 1 : right] = [groups[left - 1]] * (min(right, last) - left + 1)
    if not across:
        for column in range(1, len(groups)):
            if not groups[column] and lower[column]:
                groups[column] = groups[column - 1]
    return groups


def _joined(group: str, part: str | None) -> str:
    below = clean_text(part)
    if not group or not below or group == below:
        return group or below
    return f"{group} - {below}"

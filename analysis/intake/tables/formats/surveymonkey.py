"""SurveyMonkey: two header rows, expanded or condensed."""

from __future__ import annotations

from analysis.intake.model import Sheet, Table, Workbook
from analysis.intake.tables.layout import (
    ColumnHeader,
    TableLayout,
    build_table,
    column_values,
    find_signature,
    plain_text,
    share_present,
)

_KEYS = ("respondentid", "collectorid", "startdate", "enddate", "ipaddress")
_OWN = frozenset(
    {"respondentid", "collectorid", "startdate", "enddate", "datecreated", "datemodified"}
    | {"ipaddress", "emailaddress", "firstname", "lastname", "customdata1", "customdata"}
)
_ALONE = frozenset({"response", "open-ended response", "open ended response", "回复", "开放式回复"})


def recognise_format(sheet: Sheet, file_name: str) -> float:  # noqa: ARG001
    """Return how surely the sheet is a SurveyMonkey export (0–1)."""
    at, score = find_signature(sheet, _match)
    if not score or not _has_second(sheet, at):
        return min(score, 0.6)
    told = {plain_text(cell).lower() for cell in sheet.rows[at + 1]}
    return max(score, 0.9) if told & _ALONE else score


def read_format(workbook: Workbook, sheet: Sheet) -> Table:
    """Read answers; the question is carried over its columns, not over the tool's own."""
    at = find_signature(sheet, _match)[0]
    double = _has_second(sheet, at)
    upper = [plain_text(cell) for cell in sheet.rows[at]]
    lower = [plain_text(cell) for cell in sheet.rows[at + 1]] if double else [""] * len(upper)
    stems = _carried(upper, lower)
    first = at + 1 + double
    heads = [_head(stems, upper, lower, n, sheet, first) for n in range(len(upper))]
    rows = (at + 1, at + 2) if double else (at + 1,)
    return build_table(
        workbook, sheet, TableLayout(format="surveymonkey", header_rows=rows, heads=heads)
    )


def _match(row: tuple[str, ...]) -> float:
    bare = {cell.replace(" ", "").lower() for cell in row}
    first = row[0].replace(" ", "").lower() if row else ""
    if first != "respondentid":
        return 0.0
    share = share_present(_KEYS, bare)
    return max(0.7, share * 0.98) if share >= 0.4 else _bare_score(row)


def _bare_score(row: tuple[str, ...]) -> float:
    """Score an export whose own columns were removed except the respondent."""
    return 0.55 if len(row) > 2 else 0.0


def _has_second(sheet: Sheet, at: int) -> bool:
    if at + 1 >= len(sheet.rows):
        return False
    second = sheet.rows[at + 1]
    own = [
        second[n]
        for n, cell in enumerate(sheet.rows[at])
        if cell and cell.replace(" ", "").lower() in _OWN
    ]
    return bool(own) and not any(own) and any(second)


def _carried(upper: list[str], lower: list[str]) -> list[str]:
    carried: list[str] = []
    for above, below in zip(upper, lower, strict=True):
        last = carried[-1] if carried else ""
        going_on = not above and below and not _is_own(last)
        carried.append(last if going_on else above)
    return carried


def _is_own(header: str) -> bool:
    return header.replace(" ", "").lower() in _OWN


def _head(
    stems: list[str], upper: list[str], lower: list[str], n: int, sheet: Sheet, first: int
) -> ColumnHeader:
    stem, part = stems[n], lower[n]
    if _is_own(stem):
        return ColumnHeader(name=stem, paradata=True)
    shared = stems.count(stem) > 1 and (not upper[n] or (n + 1 < len(upper) and not upper[n + 1]))
    if not part or (part.lower() in _ALONE and not shared):
        return ColumnHeader(name=stem)
    if not shared:
        return ColumnHeader(name=stem, label=stem)
    values = set(column_values(sheet, n, first))
    option = part if values and {plain_text(value) for value in values} <= {part} else ""
    return ColumnHeader(name=f"{stem} [{part}]", label=part, stem=stem, option=option)

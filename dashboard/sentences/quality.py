"""What a problem in the data does to the results, and the cells it stands in."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter

from analysis.intake.model import Table
from analysis.issues import Issue
from dashboard.text import Text

_NAMED = 6


def say_effect(text: Text, issue: Issue) -> str:
    """Say what a problem does to the results as they are now."""
    return {
        "left_out": text("left out of the results"),
        "fewer_scores": text("fewer scores, less certainty"),
        "noise": text("may blur the change"),
        "bias": text("may pull the score towards one answer"),
        "ambiguous": text("the answer is not clear"),
        "possible_duplicates": text("one person may count twice"),
        "not_comparable": text("the waves may not be comparable"),
        "unusable_key": text("people may not be matched"),
        "wrong_dates": text("dates may be wrong"),
        "included": text("included in the results"),
        "not_read": text("not in the results"),
        "counted_twice": text("amounts may be counted twice"),
        "look": text("none by itself; have a look"),
    }[str(issue.details.get("effect", "look"))]


def say_cells(issue: Issue, tables: Sequence[Table]) -> str:
    """Name the cells of a problem as a spreadsheet program does: ``Sheet1!F12, F30 …``."""
    table = next((t for t in tables if t.file == issue.file and issue.sheet in ("", t.sheet)), None)
    letter = _letter(table, issue.column)
    spots = [f"{letter}{row}" for row in issue.rows[:_NAMED]] or ([letter] if letter else [])
    more = " …" if len(issue.rows) > _NAMED else ""
    sheet = issue.sheet or (table.sheet if table else "")
    cells = ", ".join(spots) + more
    return f"{sheet}!{cells}" if sheet and cells else cells or sheet


def _letter(table: Table | None, column: str) -> str:
    """Letter of a column; without one a row number stands alone."""
    if table is None or not column:
        return ""
    found = (one.position for one in table.columns if column in (one.name, one.label))
    position = next(found, None)
    return "" if position is None else get_column_letter(position + 1)

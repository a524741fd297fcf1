"""Problems in the data, in words: what was found, where, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analysis.issues import Issue
from dashboard.text import Text

_ROWS_NAMED = 5


def say_place(text: Text, issue: Issue) -> str:
    """Say where a problem is: file, sheet, column and rows, as the spreadsheet shows them."""
    parts = [issue.file]
    if issue.sheet:
        parts.append(text("sheet “{name}”", name=issue.sheet))
    if issue.column:
        parts.append(text("column “{name}”", name=issue.column))
    if issue.rows:
        named = ", ".join(map(str, issue.rows[:_ROWS_NAMED]))
        more = len(issue.rows) > _ROWS_NAMED
        parts.append(text("rows {rows} …", rows=named) if more else text("rows {rows}", rows=named))
    return " · ".join(part for part in parts if part)


def say_problem(text: Text, issue: Issue) -> str:
    """Say a problem without its place."""
    return ISSUES[issue.code](text, issue)


def _told(text: Text, issue: Issue) -> dict[str, Any]:
    """The issue's details as words; lists are shortened to ten entries."""
    told: dict[str, Any] = {"n": len(issue.rows), "column": issue.column, **issue.details}
    for key, value in told.items():
        if isinstance(value, list | tuple):
            told[key] = ", ".join(str(v) for v in value[:10]) + (" …" if len(value) > 10 else "")
        elif isinstance(value, int) and not isinstance(value, bool):
            told[key] = text.number(value, 0)
        elif isinstance(value, float):
            told[key] = text.number(value)
        elif value is None:
            told[key] = "–"
    return told


def _sentence(message: Callable[[Text], str]) -> Callable[[Text, Issue], str]:
    return lambda text, issue: message(text).format(**_told(text, issue))


_READING: dict[str, Callable[[Text], str]] = {
    "precision_lost": lambda t: t(
        "{n} numbers have more than the {digits} digits a spreadsheet keeps; the rest is lost."
    ),
    "error_cells": lambda t: t("{n} cells hold a formula error and count as blank: {cells}."),
    "formula_without_value": lambda t: t(
        "{n} formulas have no stored result and count as blank: {cells}. Save the file once more."
    ),
    "undecodable_bytes": lambda t: t(
        "Some characters do not fit the encoding {encoding}; they are shown as �."
    ),
    "nul_bytes": lambda t: t("{n} NUL bytes were left out."),
    "ragged_rows": lambda t: t("{n} rows do not have the usual {fields} fields; all were kept."),
    "unclosed_quote": lambda t: t(
        "A quotation mark is never closed: the last row may hold several."
    ),
    "hidden_sheets": lambda t: t("{n} hidden sheets were not used: {sheets}."),
    "other_sheets": lambda t: t("{n} other sheets were not used: {sheets}."),
    "hidden_rows": lambda t: t("{n} hidden rows were read like the others."),
    "hidden_columns": lambda t: t("{n} hidden columns were read like the others: {columns}."),
    "totals_row": lambda t: t("{n} rows of totals were left out."),
    "duplicate_header": lambda t: t("{n} columns share this name; they are numbered."),
    "boxes_unanswered_or_none": lambda t: t(
        "In {n} check-all questions a blank box cannot be told from no answer."
    ),
    "rejected_submissions": lambda t: t("{n} submissions rejected in the survey tool."),
    "preview_rows_left_out": lambda t: t("{n} test answers from the preview were left out."),
    "partial_responses": lambda t: t("{n} answers were not finished; they were kept."),
}
_LINKING: dict[str, Callable[[Text], str]] = {
    "no_answers": lambda t: t("{n} rows hold no answer to any measure and were left out."),
    "unknown_wave": lambda t: t(
        "{n} rows belong to no known wave ({values}) and were left out. Known: {waves}."
    ),
    "out_of_range": lambda t: t(
        "{n} answers lie outside the declared range ({range}) and count as missing: {values}."
    ),
    "not_a_number": lambda t: t("{n} answers could not be read and count as missing: {values}."),
}

ISSUES: dict[str, Callable[[Text, Issue], str]] = {
    code: _sentence(message) for code, message in {**_READING, **_LINKING}.items()
}

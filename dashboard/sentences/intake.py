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
        parts.append(_say_rows(text, issue.rows))
    return " · ".join(part for part in parts if part)


def _say_rows(text: Text, rows: tuple[int, ...]) -> str:
    if len(rows) == 1:
        return text("row {row}", row=rows[0])
    named = ", ".join(map(str, rows[:_ROWS_NAMED]))
    more = len(rows) > _ROWS_NAMED
    return text("rows {rows} …", rows=named) if more else text("rows {rows}", rows=named)


def say_problem(text: Text, issue: Issue) -> str:
    """Say a problem without its place."""
    return ISSUES[issue.code](text, issue)


def _told(text: Text, issue: Issue) -> dict[str, Any]:
    """The issue's details as words; lists are shortened to ten entries."""
    told: dict[str, Any] = {"n": len(issue.rows), "column": issue.column, **issue.details}
    for key, value in told.items():
        if key == "range" and isinstance(value, list | tuple) and len(value) == 2:
            told[key] = f"{value[0]:g}–{value[1]:g}"
        elif isinstance(value, list | tuple):
            told[key] = ", ".join(str(v) for v in value[:10]) + (" …" if len(value) > 10 else "")
        elif isinstance(value, int) and not isinstance(value, bool):
            told[key] = text.number(value, 0)
        elif isinstance(value, float):
            told[key] = text.percent(value) if key == "share" else text.number(value)
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
    "personal_data": lambda t: t("This column looks like personal data ({kind}): {n} cells."),
    "partial_responses": lambda t: t("{n} answers were not finished; they were kept."),
}
_LINKING: dict[str, Callable[[Text], str]] = {
    "no_answers": lambda t: t("{n} rows hold no answer to any measure and were left out."),
    "no_respondent": lambda t: t("{n} rows have no respondent code and were left out."),
    "duplicate": lambda t: t(
        "{n} rows repeat a respondent in the wave {wave} and were left out; kept: {policy}."
    ),
    "not_in_file": lambda t: t("{name} is not in this file; it is missing for its rows."),
    "unknown_wave": lambda t: t(
        "{n} rows belong to no known wave ({values}) and were left out. Known: {waves}."
    ),
    "filter_suppressed": lambda t: t(
        "This choice is not shown: it would leave, or leave out, fewer than {min_group} people."
    ),
    "out_of_range": lambda t: t(
        "{n} answers lie outside the declared range ({range}) and count as missing: {values}."
    ),
    "unmatched_answers": lambda t: t(
        "{n} answers could not be read and count as missing: {values}."
    ),
}
_TABLES: dict[str, Callable[[Text], str]] = {
    "total_row": lambda t: t("{n} rows of totals were left out."),
    "future_date": lambda t: t("{n} rows are dated after the end of observation; left out."),
    "unread_date": lambda t: t("{n} dates could not be read and count as blank: {values}."),
    "unread_number": lambda t: t("{n} numbers could not be read and count as blank: {values}."),
    "unread_flag": lambda t: t("{n} entries are neither yes nor no and count as blank: {values}."),
    "unread_joined": lambda t: t("{n} rows have a joining date that cannot be read; left out."),
    "unread_left": lambda t: t("{n} rows have a leaving date that cannot be read; left out."),
    "ambiguous_dates": lambda t: t("Day and month cannot be told apart in these {n} dates."),
    "duplicate_sign_in": lambda t: t("{n} repeated sign-ins were left out."),
    "duplicate_person": lambda t: t("{n} rows repeat a person and were left out."),
    "duplicate_volunteer": lambda t: t("{n} rows repeat a volunteer and were left out."),
    "attended_over_registered": lambda t: t("In {n} rows more attended than had registered."),
    "delivered_over_planned": lambda t: t("In {n} rows more was delivered than planned."),
    "blank_attendance": lambda t: t("{n} blank entries count as not attended."),
    "negative_count": lambda t: t("{n} rows have a negative number of people; left out."),
    "negative_hours": lambda t: t("{n} rows have negative hours."),
    "long_day": lambda t: t("{n} rows add up to more hours than a day has."),
    "left_before_joined": lambda t: t("{n} rows leave before they join; left out."),
    "before_raised": lambda t: t("{n} rows are dated before the issue was raised."),
    "unknown_status": lambda t: t("{n} rows have an unknown status: {values}."),
    "unknown_direction": lambda t: t("{n} rows are neither income nor expense; left out."),
    "no_amount": lambda t: t("{n} rows have no amount and were left out."),
    "no_count": lambda t: t("{n} rows have no number of people and were left out."),
    "no_date": lambda t: t("{n} rows have no date and were left out."),
    "no_domain": lambda t: t("{n} rows name no domain and were left out."),
    "no_issue": lambda t: t("{n} rows name no issue and were left out."),
    "no_joined": lambda t: t("{n} rows have no joining date and were left out."),
    "no_person": lambda t: t("{n} rows name nobody and were left out."),
    "no_score": lambda t: t("{n} rows have no score and were left out."),
    "no_session": lambda t: t("{n} rows name no session and were left out."),
    "no_strength": lambda t: t("{n} rows name no strength and were left out."),
    "no_volunteer": lambda t: t("{n} rows name no volunteer and were left out."),
    "no_wave": lambda t: t("{n} rows name no wave and were left out."),
}
_CHECKS: dict[str, Callable[[Text], str]] = {
    "missing_answers": lambda t: t("{n} of {of} answers are missing in the wave {wave}."),
    "speeders": lambda t: t(
        "{n} people answered faster than {share} of the median time; they were kept."
    ),
    "straight_lining": lambda t: t(
        "{n} people gave one answer to every item of {measure}, the reversed ones too."
    ),
    "same_device": lambda t: t("{n} rows come from {devices} shared devices."),
    "contradictory_options": lambda t: t(
        "{n} people ticked “{options}” together with another option."
    ),
    "changed_wording": lambda t: t(
        "The question is worded differently from {other_file}: “{before}” became “{after}”."
    ),
}

ISSUES: dict[str, Callable[[Text, Issue], str]] = {
    code: _sentence(message)
    for code, message in {**_READING, **_LINKING, **_TABLES, **_CHECKS}.items()
}

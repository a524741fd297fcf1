"""Problems in the data, in words: what was found, where, and what was done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from analysis.issues import Issue
from dashboard.sentences.counted import Message, counted
from dashboard.sentences.counts import COUNT_ISSUES
from dashboard.sentences.names import wave_name
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
        elif key == "policy":
            told[key] = name_policy(text, str(value))
        elif key == "measure":
            told[key] = text.of(issue.details.get("label"), str(value))
        elif key == "wave":
            told[key] = f"“{wave_name(text, str(value))}”"
        elif value is None:
            told[key] = "–"
    return told


def name_policy(text: Text, policy: str) -> str:
    """Name which of several rows of one person is kept."""
    named = {
        "latest": text("the latest"),
        "first": text("the first"),
        "most_complete": text("the most complete"),
    }
    return named.get(policy, policy)


def _sentence(message: Message) -> Message:
    return lambda text, issue: message(text, issue).format(**_told(text, issue))


_READING: dict[str, Message] = {
    "precision_lost": counted(
        "{n} number has more than the {digits} digits a spreadsheet keeps; the rest is lost.",
        "{n} numbers have more than the {digits} digits a spreadsheet keeps; the rest is lost.",
    ),
    "error_cells": counted(
        "{n} cell holds a formula error and counts as blank: {cells}.",
        "{n} cells hold a formula error and count as blank: {cells}.",
    ),
    "formula_without_value": counted(
        "{n} formula has no stored result and counts as blank: {cells}. Save the file once more.",
        "{n} formulas have no stored result and count as blank: {cells}. Save the file once more.",
    ),
    "undecodable_bytes": lambda t, _: t(
        "Some characters do not fit the encoding {encoding}; they are shown as �."
    ),
    "nul_bytes": counted("{n} NUL byte was left out.", "{n} NUL bytes were left out."),
    "ragged_rows": counted(
        "{n} row does not have the usual {fields} fields; it was kept.",
        "{n} rows do not have the usual {fields} fields; all were kept.",
    ),
    "unclosed_quote": lambda t, _: t(
        "A quotation mark is never closed: the last row may hold several."
    ),
    "hidden_sheets": counted(
        "{n} hidden sheet was not used: {sheets}.", "{n} hidden sheets were not used: {sheets}."
    ),
    "other_sheets": counted(
        "{n} other sheet was not used: {sheets}.", "{n} other sheets were not used: {sheets}."
    ),
    "hidden_rows": counted(
        "{n} hidden row was read like the others.", "{n} hidden rows were read like the others."
    ),
    "hidden_columns": counted(
        "{n} hidden column was read like the others: {columns}.",
        "{n} hidden columns were read like the others: {columns}.",
    ),
    "no_header": lambda t, _: t(
        "This table has no row of column names; its columns are numbered. Add names and upload it "
        "again, or choose the header row."
    ),
    "rows_above_header": counted(
        "{n} full row stands above the header in row {header} and was not read.",
        "{n} full rows stand above the header in row {header} and were not read.",
    ),
    "totals_row": counted("{n} row of totals was left out.", "{n} rows of totals were left out."),
    "duplicate_header": counted(
        "{n} column shares this name; it is numbered.",
        "{n} columns share this name; they are numbered.",
    ),
    "user_missing": lambda t, i: t(
        "Answers coded as missing: {kinds}.",
        kinds=", ".join(f"{kind} ({n})" for kind, n in i.details["kinds"].items()),
    ),
    "boxes_unanswered_or_none": counted(
        "In {n} check-all question a blank box cannot be told from no answer.",
        "In {n} check-all questions a blank box cannot be told from no answer.",
    ),
    "rejected_submissions": counted(
        "{n} submission rejected in the survey tool.",
        "{n} submissions rejected in the survey tool.",
    ),
    "preview_rows_left_out": counted(
        "{n} test answer from the preview was left out.",
        "{n} test answers from the preview were left out.",
    ),
    "personal_data": counted(
        "This column looks like personal data ({kind}): {n} cell.",
        "This column looks like personal data ({kind}): {n} cells.",
    ),
    "partial_responses": counted(
        "{n} answer was not finished; it was kept.",
        "{n} answers were not finished; they were kept.",
    ),
}
_LINKING: dict[str, Message] = {
    "no_answers": counted(
        "{n} row holds no answer to any measure and was left out.",
        "{n} rows hold no answer to any measure and were left out.",
    ),
    "no_respondent": counted(
        "{n} row has no respondent code and was left out.",
        "{n} rows have no respondent code and were left out.",
    ),
    "duplicate": counted(
        "{n} row repeats a respondent in the wave {wave} and was left out; kept: {policy}.",
        "{n} rows repeat a respondent in the wave {wave} and were left out; kept: {policy}.",
    ),
    "group_without_treated": lambda t, i: t(
        "Groups are named ({values}), but not two sides: say which groups had the programme.",
        values=", ".join(map(str, i.details["values"])),
    ),
    "not_in_file": lambda t, _: t("{name} is not in this file; it is missing for its rows."),
    "income_side_assumed": lambda t, _: t(
        "The credit side was read as income and the debit side as expense; nobody confirmed it."
    ),
    "near_codes": counted(
        "{n} pair of codes may be one person: {pairs}. Decide on Quality before quoting losses.",
        "{n} pairs of codes may be one person: {pairs}. Decide on Quality before quoting losses.",
    ),
    "range_assumed": lambda t, _: t(
        "Nobody declared the scale of these ratings; 1 to 7 was used. The scores given run from "
        "{low} to {high}."
    ),
    "unknown_wave": counted(
        "{n} row belongs to no known wave ({values}) and was left out. Known: {waves}.",
        "{n} rows belong to no known wave ({values}) and were left out. Known: {waves}.",
    ),
    "filter_suppressed": lambda t, _: t(
        "This choice is not shown: it would leave, or leave out, fewer than {min_group} people."
    ),
    "out_of_range": counted(
        "{n} answer lies outside the declared range ({range}) and counts as missing: {values}.",
        "{n} answers lie outside the declared range ({range}) and count as missing: {values}.",
    ),
    "unmatched_answers": counted(
        "{n} answer could not be read and counts as missing: {values}.",
        "{n} answers could not be read and count as missing: {values}.",
    ),
    "answers_outside_order": counted(
        "{n} answer is not in the declared order and is placed after it: {values}.",
        "{n} answers are not in the declared order and are placed after it: {values}.",
    ),
    "never_correct": counted(
        "Nobody gave the answer declared as right; {n} answer counts as wrong: {values}.",
        "Nobody gave the answer declared as right; {n} answers count as wrong: {values}.",
    ),
}
_TABLES: dict[str, Message] = {
    "total_row": counted("{n} row of totals was left out.", "{n} rows of totals were left out."),
    "future_date": counted(
        "{n} row is dated in the future or after the end of observation; left out.",
        "{n} rows are dated in the future or after the end of observation; left out.",
    ),
    "unread_date": counted(
        "{n} date could not be read and counts as blank: {values}.",
        "{n} dates could not be read and count as blank: {values}.",
    ),
    "month_only": counted(
        "{n} date names only a month; a part of the month is read as its 5th, 15th or 25th day.",
        "{n} dates name only a month; a part of the month is read as its 5th, 15th or 25th day.",
    ),
    "unread_number": counted(
        "{n} number could not be read and counts as blank: {values}.",
        "{n} numbers could not be read and count as blank: {values}.",
    ),
    "unread_anchor": counted(
        "{n} answer on how things changed is not understood and counts as blank: {values}. "
        "Say in the study file which step each answer is (anchor_values).",
        "{n} answers on how things changed are not understood and count as blank: {values}. "
        "Say in the study file which step each answer is (anchor_values).",
    ),
    "unread_flag": counted(
        "{n} entry is neither yes nor no and counts as blank: {values}.",
        "{n} entries are neither yes nor no and count as blank: {values}.",
    ),
    "unread_joined": counted(
        "{n} row has a joining date that cannot be read; left out.",
        "{n} rows have a joining date that cannot be read; left out.",
    ),
    "unread_left": counted(
        "{n} row has a leaving date that cannot be read; left out.",
        "{n} rows have a leaving date that cannot be read; left out.",
    ),
    "ambiguous_dates": counted(
        "Day and month cannot be told apart in this date.",
        "Day and month cannot be told apart in these {n} dates.",
    ),
    "duplicate_sign_in": counted(
        "{n} repeated sign-in was left out.", "{n} repeated sign-ins were left out."
    ),
    "duplicate_person": counted(
        "{n} row repeats a person and was left out.", "{n} rows repeat a person and were left out."
    ),
    "duplicate_volunteer": counted(
        "{n} row repeats a volunteer and was left out.",
        "{n} rows repeat a volunteer and were left out.",
    ),
    "duplicate_rating": counted(
        "{n} row rates the same thing again; the last rating counts.",
        "{n} rows rate the same thing again; the last rating counts.",
    ),
    "attended_over_registered": counted(
        "In {n} row more attended than had registered.",
        "In {n} rows more attended than had registered.",
    ),
    "delivered_over_planned": counted(
        "In {n} row more was delivered than planned.",
        "In {n} rows more was delivered than planned.",
    ),
    "blank_attendance": counted(
        "{n} blank entry counts as not attended.", "{n} blank entries count as not attended."
    ),
    "negative_count": counted(
        "{n} row has a negative number of people; left out.",
        "{n} rows have a negative number of people; left out.",
    ),
    "negative_hours": counted("{n} row has negative hours.", "{n} rows have negative hours."),
    "long_day": counted(
        "{n} row adds up to more hours than a day has.",
        "{n} rows add up to more hours than a day has.",
    ),
    "left_before_joined": counted(
        "{n} row leaves before joining; left out.", "{n} rows leave before they join; left out."
    ),
    "service_not_on_roster": counted(
        "{n} person in the service log is not on the roster; kept: {values}.",
        "{n} people in the service log are not on the roster; kept: {values}.",
    ),
    "service_before_joined": counted(
        "{n} volunteer served before joining; time counts from the first service: {values}.",
        "{n} volunteers served before joining; time counts from the first service: {values}.",
    ),
    "service_after_left": counted(
        "{n} volunteer served after leaving; the leaving is set aside: {values}.",
        "{n} volunteers served after leaving; the leaving is set aside: {values}.",
    ),
    "sign_in_not_in_survey": counted(
        "{n} person who signed in answered no survey under that code; kept.",
        "{n} people who signed in answered no survey under their code; kept.",
    ),
    "before_raised": counted(
        "{n} row is dated before the issue was raised.",
        "{n} rows are dated before the issue was raised.",
    ),
    "unknown_status": counted(
        "{n} row has an unknown status: {values}.", "{n} rows have an unknown status: {values}."
    ),
    "unknown_direction": counted(
        "{n} row is neither income nor expense; left out.",
        "{n} rows are neither income nor expense; left out.",
    ),
    "no_amount": counted(
        "{n} row has no amount and was left out.", "{n} rows have no amount and were left out."
    ),
    "no_count": counted(
        "{n} row has no number of people and was left out.",
        "{n} rows have no number of people and were left out.",
    ),
    "no_date": counted(
        "{n} row has no date and was left out.", "{n} rows have no date and were left out."
    ),
    "no_domain": counted(
        "{n} row names no domain and was left out.", "{n} rows name no domain and were left out."
    ),
    "no_issue": counted(
        "{n} row names no issue and was left out.", "{n} rows name no issue and were left out."
    ),
    "no_joined": counted(
        "{n} row has no joining date and was left out.",
        "{n} rows have no joining date and were left out.",
    ),
    "no_person": counted(
        "{n} row names nobody and was left out.", "{n} rows name nobody and were left out."
    ),
    "no_score": counted(
        "{n} row has no score and was left out.", "{n} rows have no score and were left out."
    ),
    "no_session": counted(
        "{n} row names no session and was left out.", "{n} rows name no session and were left out."
    ),
    "no_strength": counted(
        "{n} row names no strength and was left out.",
        "{n} rows name no strength and were left out.",
    ),
    "no_volunteer": counted(
        "{n} row names no volunteer and was left out.",
        "{n} rows name no volunteer and were left out.",
    ),
    "no_wave": counted(
        "{n} row names no wave and was left out.", "{n} rows name no wave and were left out."
    ),
}
_CHECKS: dict[str, Message] = {
    "missing_answers": counted(
        "{n} of {of} answer is missing in the wave {wave}.",
        "{n} of {of} answers are missing in the wave {wave}.",
    ),
    "speeders": counted(
        "{n} person answered faster than {share} of the median time; they were kept.",
        "{n} people answered faster than {share} of the median time; they were kept.",
    ),
    "straight_lining": counted(
        "{n} person gave one answer to every item of {measure}, the reversed ones too.",
        "{n} people gave one answer to every item of {measure}, the reversed ones too.",
    ),
    "same_device": counted(
        "{n} row comes from {devices} shared devices.",
        "{n} rows come from {devices} shared devices.",
    ),
    "contradictory_options": counted(
        "{n} person ticked “{options}” together with another option.",
        "{n} people ticked “{options}” together with another option.",
    ),
    "changed_wording": lambda t, _: t(
        "The question is worded differently from {other_file}: “{before}” became “{after}”."
    ),
    "file_contained": counted(
        "{n} of {of} rows stand in {other_file} too: use only one of the two.",
        "{n} of {of} rows stand in {other_file} too: use only one of the two.",
    ),
    "file_summed": counted(
        "{n} of {of} rows sum up rows of {other_file}: use only one of the two.",
        "{n} of {of} rows sum up rows of {other_file}: use only one of the two.",
    ),
    "currency_differs": lambda t, _: t(
        "The ledger's column gives {used}, the study file {declared}: {used} is used."
    ),
    "other_currency": counted(
        "{n} row is in another currency than the rest of the ledger.",
        "{n} rows are in another currency than the rest of the ledger.",
    ),
    "contradicting_decimals": counted(
        "{n} amount has marks that contradict the rest of its column and was not read ({values}).",
        "{n} amounts have marks that contradict the rest of their column and were not read "
        "({values}).",
    ),
    "mixed_thousands": counted(
        "{n} amount marks thousands another way than its column ({values}); read as thousands.",
        "{n} amounts mark thousands another way than their column ({values}); read as thousands.",
    ),
    "ambiguous_decimals": counted(
        "In {n} amount a mark may part thousands or decimals ({values}); read as {read_as}.",
        "In {n} amounts a mark may part thousands or decimals ({values}); read as {read_as}.",
    ),
}

ISSUES: dict[str, Callable[[Text, Issue], str]] = {
    code: _sentence(message)
    for code, message in {
        **_READING,
        **_LINKING,
        **_TABLES,
        **_CHECKS,
        **COUNT_ISSUES,
    }.items()
}

"""What each column is for: a proposal with a confidence and a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import pandas as pd

from analysis.intake.check.personal import find_personal
from analysis.intake.model import Column, Table
from analysis.intake.tables.choices import propose_choices
from analysis.intake.values.answers import propose_range, read_number
from analysis.intake.values.column_lookup import column_texts, normalise_name
from analysis.intake.values.dates import looks_like_dates
from analysis.intake.values.header_spellings import NUMBERED, header_words
from analysis.intake.values.known_words import (
    DEMOGRAPHIC,
    DURATION,
    FINISHED,
    RESPONDENT,
    STARTED,
    WAVE_HEADERS,
    split_words,
)
from analysis.intake.values.parse_numbers import looks_like_numbers
from analysis.intake.values.respondents import wave_family
from analysis.intake.values.scales import (
    MAX_RUNGS,
    ScaleFound,
    family_of,
    find_scale,
    fits_neighbours,
)

ColumnRole = Literal[
    "respondent",
    "wave",
    "date",
    "duration",
    "demographic",
    "item",
    "knowledge",
    "multiple_choice",
    "free_text",
    "paradata",
    "personal",
    "number",
]
DataType = Literal["text", "number", "date", "scale", "binary", "category", "boolean", "empty"]

_KNOWLEDGE = re.compile(
    r"应当|应该|正确|下列|以下哪|哪[种个项一]|属于|首先|最严重"
    r"|\b(?:correct|true or false|which of (?:the following|these)|what (?:is|are|does|should)"
    r"|should)\b",
    re.IGNORECASE,
)
_PERSONALLY = re.compile(r"[您你]|\b(?:you|your|yours|yourself)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"^com$|comment|suggest|explain|describe|other|feedback|remark|notes?\b|why\b|意见|建议|其他"
    r"|说明|备注|原因|想法|感受",
    re.IGNORECASE,
)
_COUNT = re.compile(
    r"\b(?:number of|how many|count|errors?|mistakes?)\b|几[次个人]|次数|数量|多少[次个人]",
    re.IGNORECASE,
)
_MONEY_BAND = re.compile(r"[$¥￥€£]\s*[\d,]+|\d\s*[万元]")
_ODD_CONFIDENCE = 0.6
_MAX_EVENTS = 50
"""Distinct values up to which a column called "event name" holds the events of a study."""
_INSTANCES = frozenset({"redcap_repeat_instance", "Repeat Instance"})
_STRONG = frozenset(
    split_words("sex|gender|age|education|income|ethnicity|region|marital|disability|dob")
)
_OWN_ID = re.compile(
    r"^(?:device|response|submission|instance|form|collector|questionnaire)[ _]?id$"
    r"|^uuid$|^设备编号$"
)
_IDENTIFIER = re.compile(r"(?:^|[_\s])(?:id|code)$|(?:编号|编码|代码)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnProfile:
    """One column with its proposed role.

    Attributes
    ----------
    name, label
        As in the table.
    role, type
        What it is for, and what its cells hold.
    n_missing, n_unique
        Counts over the rows of the table.
    confidence
        0–1; unsure columns are shown first.
    reason
        Code of why: ``header``, ``tool_column``, ``ticks``, ``answer_words``, ``rating``,
        ``dates``, ``numbers``, ``few_answers``, ``many_answers``, ``joined_answers``,
        ``personal_form``, ``empty``, ``question_with_options``, ``money_bands``,
        ``row_numbers``, ``dictionary``, ``precision_lost``, ``odd_answers`` (a scale but for
        the answers in ``odd``).
    personal
        Kind of personal data, "" when none.
    range
        Proposed range of an item, else None.
    odd
        Answers of an item that do not fit its range, most frequent first.
    """

    name: str
    label: str
    role: ColumnRole
    type: DataType
    n_missing: int
    n_unique: int
    confidence: float
    reason: str
    personal: str = ""
    range: tuple[float, float] | None = None
    odd: tuple[str, ...] = ()

    @property
    def is_personal(self) -> bool:
        """The column holds personal data."""
        return bool(self.personal)


def propose_roles(table: Table) -> tuple[ColumnProfile, ...]:
    """Propose a role for every column of a table, in order."""
    parents = {column.stem for column in table.columns if column.option}
    profiles = tuple(_profile(table, column, parents) for column in table.columns)
    return _with_instances(_with_neighbours(table, profiles))


def _with_neighbours(
    table: Table, profiles: tuple[ColumnProfile, ...]
) -> tuple[ColumnProfile, ...]:
    """Take a column of numbers for an item where the items of its code share one scale."""
    families = {column.name: family_of(column) for column in table.columns}
    ranges: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for one in profiles:
        if one.role == "item" and one.range is not None:
            ranges.setdefault(families[one.name], []).append(one.range)
    return tuple(
        _as_item(one, found)
        if one.reason == "numbers"
        and families[one.name] != ("", "question")
        and len(known := ranges.get(families[one.name], [])) >= 2
        and (found := fits_neighbours(column_texts(table, one.name).dropna(), max(known)))
        else one
        for one in profiles
    )


def _as_item(profile: ColumnProfile, found: ScaleFound) -> ColumnProfile:
    return replace(
        profile,
        role="item",
        type="scale",
        confidence=_ODD_CONFIDENCE,
        reason="odd_answers",
        range=found.bounds,
        odd=found.odd,
    )


def _with_instances(profiles: tuple[ColumnProfile, ...]) -> tuple[ColumnProfile, ...]:
    """Take REDCap's repeats of one instrument for waves where there are no events."""
    if any(one.role == "wave" for one in profiles):
        return profiles
    return tuple(
        replace(one, role="wave", confidence=0.6, reason="tool_column")
        if one.name in _INSTANCES and 1 < one.n_unique <= 8
        else one
        for one in profiles
    )


def _profile(table: Table, column: Column, parents: set[str]) -> ColumnProfile:
    texts = column_texts(table, column.name)
    given = texts.dropna()
    told = table.choices.get(column.name, {})
    labelled = given.map(lambda code: told.get(code, code)) if told else given
    values = [str(value) for value in labelled.unique()]
    verdict = _judge_declared(table, column, labelled, values)
    verdict = verdict or _judge(table, column, labelled, values, parents)
    if verdict[0] == "respondent" and _lost_digits(table, values):
        verdict = ("number", "text", 0.4, "precision_lost", "", None)
    role, kind, confidence, reason, personal, bounds = verdict
    return ColumnProfile(
        name=column.name,
        label=column.label,
        role=role,
        type=kind,
        n_missing=int(texts.isna().sum()),
        n_unique=len(values),
        confidence=confidence,
        reason=reason,
        personal=personal,
        range=bounds,
        odd=_odd(labelled) if reason == "odd_answers" else (),
    )


def _odd(given: pd.Series) -> tuple[str, ...]:
    found = find_scale(given)
    return found.odd if found else ()


def _lost_digits(table: Table, values: Sequence[str]) -> bool:
    """Tell whether the digits beyond the fifteenth of a code were lost in a spreadsheet."""
    if not any(issue.code == "precision_lost" for issue in table.issues):
        return False
    long = sum(len(value) > 15 and value.isdecimal() for value in values)
    return long >= 0.5 * max(1, len(values))


Verdict = tuple[ColumnRole, DataType, float, str, str, tuple[float, float] | None]


def _judge_declared(
    table: Table, column: Column, given: pd.Series, values: list[str]
) -> Verdict | None:
    """Judge by what a dictionary declares; None where it says no more than the cells do."""
    declared = table.declared.get(column.name)
    if declared is None or column.option:
        return None
    if declared == "several":
        return "multiple_choice", "category", 0.99, "dictionary", "", None
    if declared in ("file", "paradata"):
        return "paradata", _type(values), 0.95, "dictionary", "", None
    if declared == "notes":
        return "free_text", "text" if values else "empty", 0.95, "dictionary", "", None
    if declared == "personal" and values:
        kind = find_personal(column.label, values, column.name) or "name"
        return "personal", _type(values), 0.95, "dictionary", kind, None
    if declared in ("number", "calculated") and values and looks_like_numbers(values[:300]):
        by_header = _judge_header(header_words(column), given, values)
        return by_header or ("number", "number", 0.95, "dictionary", "", None)
    if declared == "one":
        return _judge_one(table, column, given, values)
    return None


def _judge_one(table: Table, column: Column, given: pd.Series, values: list[str]) -> Verdict:
    """Judge a question with one answer by all the answers its form offers."""
    by_header = _judge_header(header_words(column), given, values)
    if by_header:
        return by_header
    choices = table.choices.get(column.name, {})
    offered = list(choices.values()) or values
    bounds = propose_range(offered) if len(offered) <= MAX_RUNGS else None
    codes = [float(code) for code in choices if code.lstrip("-").isdecimal()]
    if bounds is not None and len(codes) == len(choices) > 0:
        bounds = min(codes), max(codes)
    if bounds is None:
        return "multiple_choice", "category", 0.9, "dictionary", "", None
    kind: DataType = "binary" if bounds == (0.0, 1.0) else "scale"
    return "item", kind, 0.95, "dictionary", "", bounds


def _judge(
    table: Table, column: Column, given: pd.Series, values: list[str], parents: set[str]
) -> Verdict:
    personal = find_personal(column.label, values, column.name) or ""
    if column.paradata:
        return _judge_tool_column(column, values, personal)
    if column.option:
        return "multiple_choice", "boolean", 0.95, "ticks", "", None
    if column.name in parents:
        return "multiple_choice", "category", 0.95, "ticks", "", None
    words = header_words(column)
    if personal and values:
        kind: DataType = _type(values)
        return "personal", kind, 0.9, "personal_form", personal, None
    by_header = None if column.stem else _judge_header(words, given, values)
    return by_header or _judge_values(table, column, given, values)


def _judge_tool_column(column: Column, values: list[str], personal: str) -> Verdict:
    if normalise_name(column.name) in {"redcap_event_name", "event name"}:
        return "wave", "category", 0.95, "tool_column", "", None
    if personal:
        return "personal", _type(values), 0.95, "tool_column", personal, None
    if column.name in DURATION:
        return "duration", "number", 0.99, "tool_column", "", None
    if column.name in (*STARTED, *FINISHED):
        return "date", "date", 0.99, "tool_column", "", None
    return "paradata", _type(values), 0.99, "tool_column", "", None


def _judge_header(words: set[str], given: pd.Series, values: list[str]) -> Verdict | None:
    if words & {"redcap_event_name", "event name"} and 0 < len(values) <= _MAX_EVENTS:
        return "wave", "category", 0.95, "header", "", None
    if words & set(WAVE_HEADERS) and 1 < len(values) <= 8:
        known = sum(wave_family(value) is not None for value in values)
        return "wave", "category", 0.95 if known else 0.6, "header", "", None
    if words & set(RESPONDENT) and (len(values) > 12 or len(values) >= 0.3 * len(given)):
        return "respondent", "text", 0.95, "header", "", None
    if any(_OWN_ID.match(word) for word in words):
        return "paradata", _type(values), 0.85, "header", "", None
    if len(values) > 2 and any(
        _IDENTIFIER.search(word) and len(word.split()) <= 3 for word in words
    ):
        return "respondent", "text", 0.7, "header", "", None
    if words & set(DEMOGRAPHIC) or _mentions(words, DEMOGRAPHIC):
        return "demographic", _type(values), 0.9, "header", "", None
    if words & {normalise_name(word) for word in DURATION}:
        return "duration", "number", 0.8, "header", "", None
    return None


def _mentions(words: set[str], known: Sequence[str]) -> bool:
    """Tell whether a short header starts or ends with one of the known words."""
    short = [word for word in words if len(word) <= 12 and not word.isascii()]
    chinese = tuple(word for word in known if not word.isascii())
    if any(header.startswith(chinese) or header.endswith(chinese) for header in short):
        return True
    english = [word.split() for word in words if word.isascii() and len(word.split()) <= 4]
    return any(part in _STRONG for parts in english for part in parts)


def _judge_values(table: Table, column: Column, given: pd.Series, values: list[str]) -> Verdict:
    if not values:
        return "free_text", "empty", 0.3, "empty", "", None
    if looks_like_dates(values[:300]):
        return "date", "date", 0.9, "dates", "", None
    if propose_choices(table, column.name) is not None:
        return "multiple_choice", "category", 0.85, "joined_answers", "", None
    if values == ["1"] and len(given) < len(table.cells):
        return "multiple_choice", "boolean", 0.7, "ticks", "", None
    if _counts_rows(given):
        return "paradata", "number", 0.8, "row_numbers", "", None
    scale = find_scale(given)
    counted = _COUNT.search(column.label) and looks_like_numbers(values)
    lone = len(values) == 1 and not column.stem and scale and scale.bounds != (0.0, 1.0)
    if scale and not counted and not (lone and read_number(values[0]) is None):
        return _judge_scale(column, values, scale)
    if looks_like_numbers(values[:300]):
        return "number", "number", 0.85, "numbers", "", None
    return _judge_text(column, given, values)


def _counts_rows(given: pd.Series) -> bool:
    """Tell whether a column counts its rows one by one."""
    if len(given) < 5 or not str(given.iloc[0]).isdecimal():
        return False
    start = int(given.iloc[0])
    return [str(text) for text in given] == [str(start + at) for at in range(len(given))]


def _judge_scale(column: Column, values: list[str], scale: ScaleFound) -> Verdict:
    rated = read_number(values[0]) is not None
    kind: DataType = "binary" if scale.bounds == (0.0, 1.0) else "scale"
    if scale.odd:
        return "item", kind, _ODD_CONFIDENCE, "odd_answers", "", scale.bounds
    confidence = 0.95 if column.stem or not rated else 0.8
    return "item", kind, confidence, "rating" if rated else "answer_words", "", scale.bounds


def _judge_text(column: Column, given: pd.Series, values: list[str]) -> Verdict:
    label = NUMBERED.sub("", column.label)
    spread = len(values) / len(given)
    opened = _OPEN.search(label) and not label.endswith(("?", "？"))
    if opened or label.startswith("Any "):
        return "free_text", "text", 0.9, "header", "", None
    if len(values) == 1 and len(given) > 1:
        return "multiple_choice", "boolean", 0.7, "ticks", "", None
    if len(values) <= 15 and spread <= 0.5:
        return _judge_options(label, values)
    if spread > 0.98 and len(given) > 10 and given.str.len().max() <= 20:
        return "respondent", "text", 0.5, "many_answers", "", None
    return "free_text", "text", 0.85, "many_answers", "", None


def _judge_options(label: str, values: list[str]) -> Verdict:
    """Judge a question with a few answers that are no scale."""
    if sum(bool(_MONEY_BAND.search(value)) for value in values) >= 0.6 * len(values):
        return "demographic", "category", 0.6, "money_bands", "", None
    tested = _KNOWLEDGE.search(label) and not _PERSONALLY.search(label)
    if tested and 2 < len(values) <= 8:
        return "knowledge", "category", 0.5, "question_with_options", "", None
    return "multiple_choice", "category", 0.5, "few_answers", "", None


def _type(values: list[str]) -> DataType:
    if not values:
        return "empty"
    if looks_like_numbers(values[:300]):
        return "number"
    if looks_like_dates(values[:300]):
        return "date"
    return "category" if len(values) <= 12 else "text"

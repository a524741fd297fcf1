"""What each column is for: a proposal with a confidence and a reason."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analysis.intake.answers import propose_range, read_number
from analysis.intake.dates import looks_like_dates
from analysis.intake.lookup import column_texts, normalise_name
from analysis.intake.numbers import looks_like_numbers
from analysis.intake.personal import find_personal
from analysis.intake.respondents import wave_family
from analysis.intake.tables import Column, Table
from analysis.intake.words import (
    DEMOGRAPHIC,
    DURATION,
    FINISHED,
    RESPONDENT,
    STARTED,
    WAVE_HEADERS,
    split_words,
)

Role = Literal[
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

_NUMBERED = re.compile(r"^(?:q?\d+\s*[、.．)]|第\d+题)\s*", re.IGNORECASE)
_QUESTION = re.compile(
    r"[?？]$|哪|什么|多少|应当|应该|正确|\b(?:which|what|where|when|who)\b", re.I
)
_OPEN = re.compile(
    r"^com$|comment|suggest|explain|describe|other|feedback|remark|notes?\b|why\b|意见|建议|其他|说明|备注|原因"
    r"|想法|感受",
    re.IGNORECASE,
)
_STRONG = frozenset(split_words("sex|gender|age|education|income|ethnicity|region|marital|dob"))
_IDENTIFIER = re.compile(r"(?:^|[_\s])(?:id|code)$|(?:编号|编码|代码)$")
_YOUR = split_words("what is your|what's your|your|您的|您所在的|你的|您住的|请问您的")
_MARKS = ("┋", ";", "；", "|", ",", "，", "、")


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
        ``personal_form``, ``empty``, ``question_with_options``.
    personal
        Kind of personal data, "" when none.
    range
        Proposed range of an item, else None.
    """

    name: str
    label: str
    role: Role
    type: DataType
    n_missing: int
    n_unique: int
    confidence: float
    reason: str
    personal: str = ""
    range: tuple[float, float] | None = None

    @property
    def is_personal(self) -> bool:
        """The column holds personal data."""
        return bool(self.personal)


def propose_roles(table: Table) -> tuple[ColumnProfile, ...]:
    """Propose a role for every column of a table, in order."""
    parents = {column.stem for column in table.columns if column.option}
    return tuple(_profile(table, column, parents) for column in table.columns)


def header_words(column: Column) -> set[str]:
    """Return the spellings of a header to compare with word lists."""
    words: set[str] = set()
    for text in (column.name, column.label):
        plain = _NUMBERED.sub("", normalise_name(text)).strip("：:?？*_ ")
        words |= {plain, plain.rsplit("/", 1)[-1].strip(), plain.replace("_", " ")}
        words |= {part.strip() for part in re.split(r"[/（()）|]", plain) if part.strip()}
    short = {_without_you(word) for word in words}
    return words | short


def _without_you(word: str) -> str:
    for start in _YOUR:
        word = word.removeprefix(start).strip()
    return "age" if word in ("how old are you", "您的年龄是") else word


def _profile(table: Table, column: Column, parents: set[str]) -> ColumnProfile:
    texts = column_texts(table, column.name)
    given = texts.dropna()
    values = [str(value) for value in given.unique()]
    role, kind, confidence, reason, personal, bounds = _judge(column, given, values, parents)
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
    )


Verdict = tuple[Role, DataType, float, str, str, tuple[float, float] | None]


def _judge(column: Column, given: pd.Series, values: list[str], parents: set[str]) -> Verdict:
    personal = find_personal(column.label, values) or find_personal(column.name) or ""
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
    return by_header or _judge_values(column, given, values)


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
    if words & {"redcap_event_name", "event name"} and values:
        return "wave", "category", 0.95, "header", "", None
    if words & set(WAVE_HEADERS) and 1 < len(values) <= 8:
        known = sum(wave_family(value) is not None for value in values)
        return "wave", "category", 0.95 if known else 0.6, "header", "", None
    if words & set(RESPONDENT) and (len(values) > 12 or len(values) >= 0.3 * len(given)):
        return "respondent", "text", 0.95, "header", "", None
    if len(values) > 2 and any(_IDENTIFIER.search(word) for word in words):
        return "respondent", "text", 0.7, "header", "", None
    if words & set(DEMOGRAPHIC) or _mentions(words, DEMOGRAPHIC):
        return "demographic", _type(values), 0.9, "header", "", None
    if words & {normalise_name(word) for word in DURATION}:
        return "duration", "number", 0.8, "header", "", None
    return None


def _mentions(words: set[str], known: Sequence[str]) -> bool:
    """Tell whether a short header contains one of the known words."""
    short = [word for word in words if len(word) <= 12 and not word.isascii()]
    if any(word in header for header in short for word in known if not word.isascii()):
        return True
    english = [word.split() for word in words if word.isascii() and len(word.split()) <= 4]
    return any(part in _STRONG for parts in english for part in parts)


def _judge_values(column: Column, given: pd.Series, values: list[str]) -> Verdict:
    if not values:
        return "free_text", "empty", 0.3, "empty", "", None
    if looks_like_dates(values[:300]):
        return "date", "date", 0.9, "dates", "", None
    if _is_joined(given, values):
        return "multiple_choice", "category", 0.85, "joined_answers", "", None
    bounds = propose_range(values) if len(values) <= 12 else None
    if bounds is not None:
        return _judge_scale(column, values, bounds)
    if looks_like_numbers(values[:300]):
        return "number", "number", 0.85, "numbers", "", None
    return _judge_text(column, given, values)


def _judge_scale(column: Column, values: list[str], bounds: tuple[float, float]) -> Verdict:
    rated = read_number(values[0]) is not None
    kind: DataType = "binary" if bounds == (0.0, 1.0) else "scale"
    confidence = 0.95 if column.stem or not rated else 0.8
    return "item", kind, confidence, "rating" if rated else "answer_words", "", bounds


def _judge_text(column: Column, given: pd.Series, values: list[str]) -> Verdict:
    label = _NUMBERED.sub("", column.label)
    spread = len(values) / len(given)
    if len(values) == 1 and len(given) > 1:
        return "multiple_choice", "boolean", 0.7, "ticks", "", None
    opened = _OPEN.search(label) and not label.endswith(("?", "？"))
    if opened or label.startswith("Any "):
        return "free_text", "text", 0.9, "header", "", None
    if len(values) <= 12 and spread <= 0.5:
        if _QUESTION.search(label) and 2 < len(values) <= 8:
            return "knowledge", "category", 0.5, "question_with_options", "", None
        return "demographic", "category", 0.5, "few_answers", "", None
    if spread > 0.98 and len(given) > 10 and given.str.len().max() <= 20:
        return "respondent", "text", 0.5, "many_answers", "", None
    return "free_text", "text", 0.85, "many_answers", "", None


def _is_joined(given: pd.Series, values: list[str]) -> bool:
    """Tell whether answers are several options joined by one mark."""
    for mark in _MARKS:
        joined = given[given.str.contains(mark, regex=False)]
        if len(joined) < max(2, 0.08 * len(given)):
            continue
        options = {part.strip() for value in values for part in value.split(mark) if part.strip()}
        sure = mark == "┋" or all(value.endswith(mark) for value in values)
        if sure or (len(options) <= 12 and len(options) < len(values)):
            return True
    return False


def _type(values: list[str]) -> DataType:
    if not values:
        return "empty"
    if looks_like_numbers(values[:300]):
        return "number"
    if looks_like_dates(values[:300]):
        return "date"
    return "category" if len(values) <= 12 else "text"

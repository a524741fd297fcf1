"""Words for the parts of columns, and why a part was proposed."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import TABLES, StudyPlan
from dashboard.text import Text
from dashboard.workspace.column_parts import BREAKDOWN, MEASURE

_LABELS = {
    key: dict(zip(("en", "zh-Hans"), column.label, strict=True))
    for table in TABLES.values()
    for key, column in table.columns.items()
}
"""Key → its words; a key of several tables has the same in each (a test holds them to it)."""


def part_name(text: Text, plan: StudyPlan, part: str) -> str:
    """The part a survey column plays."""
    if part.startswith(MEASURE):
        name = part.removeprefix(MEASURE)
        labels = {one.name: text.of(one.label, one.name) for one in plan.measures}
        return text("Item of “{measure}”", measure=labels.get(name, name))
    if part == BREAKDOWN:
        return text("Break results down by")
    return field_name(text, part) if part else text("Not used")


def reason_name(text: Text, reason: str) -> str:
    """Why a column was recognised as it was."""
    return {
        "header": text("by its name"),
        "tool_column": text("written by the tool"),
        "ticks": text("ticked or not"),
        "answer_words": text("by the words of its answers"),
        "rating": text("answers form a scale"),
        "dates": text("holds dates"),
        "numbers": text("holds numbers"),
        "few_answers": text("few different answers"),
        "many_answers": text("many different answers"),
        "joined_answers": text("several answers in one cell"),
        "personal_form": text("looks like personal data"),
        "empty": text("empty"),
        "question_with_options": text("a question with options"),
        "dictionary": text("as the questionnaire says"),
        "row_numbers": text("numbers the rows"),
        "money_bands": text("bands of money"),
        "odd_answers": text("a scale but for a few odd answers"),
        "precision_lost": text("digits beyond the 15th are lost"),
    }.get(reason, "")


def setting_name(text: Text, where: Sequence[str]) -> str:
    """A setting of the study file in words where it has some: ``survey › Cluster``."""
    *sections, key = where
    return " › ".join([*sections, text.of(_LABELS.get(key), key)])


def field_name(text: Text, field: str) -> str:
    """Which part a column can play."""
    return text.of(_LABELS[field], field)

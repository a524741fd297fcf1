"""What a table lacks to be a part of a study, where none was recognised in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.intake.model import Table
from analysis.intake.read.sections import SECTIONS, locate_fields
from analysis.intake.values.dates import looks_like_dates
from analysis.intake.values.lookup import column_texts, list_identifiers

_DATES_LOOKED_AT = 50
_MIN_ROWS = 12
_DATED = frozenset({"date", "joined", "planned", "raised"})
"""Needed fields that hold a day."""


_ANY_TABLE = frozenset({"volunteer", "person", "date"})
"""Needed fields that tables of every kind have: alone they make no section likely."""
_FILE_WORDS = {
    "volunteers": r"volunteer|roster|志愿者|名册|名单",
    "service": r"service|hours|shift|服务|时长",
    "funding": r"ledger|budget|account|fund|台账|账|资金|经费",
    "attendance": r"attend|sign.?in|签到|出席|参加",
    "delivery": r"plan|schedule|计划|排期",
    "consultation": r"issue|consult|议题|议事|诉求",
    "capacity": r"capacity|self.?assess|能力|自评",
    "strengths": r"asset|strength|资源|清单",
}
"""What the name of a file says it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSection:
    """A section of the study file beside a table.

    Attributes
    ----------
    section
        Its name in :data:`~analysis.intake.read.sections.SECTIONS`.
    found
        Needed field → the column whose header says it.
    lacks
        What is missing: of each inner tuple one field would do.
    named
        Whether the file's name speaks of it.
    """

    section: str
    found: Mapping[str, str]
    lacks: tuple[tuple[str, ...], ...]
    named: bool = False

    @property
    def is_likely(self) -> bool:
        """Whether the file's name or a header that not every table has speaks for it."""
        return bool(self.found) and (self.named or bool(set(self.found) - _ANY_TABLE))

    @property
    def lacks_day(self) -> bool:
        """Whether a day is among what is missing."""
        return any(_DATED & set(fields) for fields in self.lacks)


def list_near_sections(table: Table) -> tuple[NearSection, ...]:
    """List for every section but the survey what a table has of it and lacks, nearest first.

    A column whose values differ in every row counts as that of people where no header names one.
    """
    told = {column for name in SECTIONS for column in locate_fields(table, name).values()}
    told |= set(list_date_columns(table))
    # A few rows differ in every column: that identifies nobody.
    enough = len(table.row_numbers) >= _MIN_ROWS
    codes = [name for name in list_identifiers(table) if name not in told][:1] if enough else []
    near = []
    for name, (required, _) in SECTIONS.items():
        located = locate_fields(table, name)
        found: dict[str, str] = {}
        lacks: list[tuple[str, ...]] = []
        for key in required:
            fields = [field for field in key.split("|") if field != "volunteer_word"]
            here = {field: located[field] for field in fields if field in located}
            if not here and codes and fields[0] in ("volunteer", "person"):
                here = {fields[0]: codes[0]}
            found.update(here)
            if not here:
                lacks.append(tuple(fields))
        named = bool(re.search(_FILE_WORDS.get(name, "$^"), table.file, re.IGNORECASE))
        near.append(NearSection(section=name, found=found, lacks=tuple(lacks), named=named))
    return tuple(sorted(near, key=_distance))


def _distance(near: NearSection) -> tuple[bool, bool, int, int]:
    return not near.is_likely, not near.named, -len(near.found), len(near.lacks)


def list_date_columns(table: Table) -> Sequence[str]:
    """Columns that hold dates, whatever their headers say."""
    return [
        column.name
        for column in table.columns
        if looks_like_dates(column_texts(table, column.name).dropna()[:_DATES_LOOKED_AT])
    ]

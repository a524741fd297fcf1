"""What a table lacks to be a part of a study, where none was recognised in it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from analysis.intake.model import Table
from analysis.intake.read.table_purpose import KNOWN_TABLES, locate_fields
from analysis.intake.values.column_lookup import column_texts, list_identifiers
from analysis.intake.values.dates import looks_like_dates
from analysis.plan import TABLES

_DATES_LOOKED_AT = 50
_MIN_ROWS = 12
_PEOPLE = ("volunteer", "person")
_ANY_TABLE = frozenset({*_PEOPLE, "date"})
"""Needed fields that tables of every kind have: alone they make no section likely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NearSection:
    """A section of the study file beside a table.

    Attributes
    ----------
    section
        Its name in :data:`~analysis.intake.read.table_purpose.KNOWN_TABLES`.
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
        dates = set(TABLES[KNOWN_TABLES[self.section].section].dates)
        return any(dates & set(fields) for fields in self.lacks)


def list_near_sections(table: Table) -> tuple[NearSection, ...]:
    """List for every section but the survey what a table has of it and lacks, nearest first.

    A column whose values differ in every row counts as that of people where no header names one.
    """
    told = {column for name in KNOWN_TABLES for column in locate_fields(table, name).values()}
    told |= set(list_date_columns(table))
    # A few rows differ in every column: that identifies nobody.
    enough = len(table.row_numbers) >= _MIN_ROWS
    codes = [name for name in list_identifiers(table) if name not in told][:1] if enough else []
    near = []
    for name, known in KNOWN_TABLES.items():
        located = locate_fields(table, name)
        found = {k: one for need in known.layout.needs for k, one in located.items() if k in need}
        for need in known.lacks(found):
            if codes and need[0] in _PEOPLE:
                found[need[0]] = codes[0]
        words = re.search(TABLES[known.section].kind.file_words, table.file, re.IGNORECASE)
        # A file called "sign-in" speaks of people; that only numbers are known, its columns say.
        named = words is not None and name == known.section
        lacks = tuple(known.lacks(found))
        near.append(NearSection(section=name, found=found, lacks=lacks, named=named))
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

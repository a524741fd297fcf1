"""Which part of a study a table is: survey, attendance, roster, ledger …, told by its headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analysis.intake.model import Column, Table
from analysis.intake.read.activity_tables import is_tick_column
from analysis.intake.values.answers import propose_range
from analysis.intake.values.column_lookup import normalise_name
from analysis.intake.values.header_spellings import header_words
from analysis.intake.values.known_words import EXPENSE, INCOME, split_words
from analysis.intake.values.typed_table import is_total
from analysis.plan import TABLES
from analysis.plan_tables import ColumnSpec, Layout

_MAX_WORDS = 50


DEBIT_CREDIT = frozenset(
    split_words("credit|credits|贷方|贷方金额|贷方发生额|debit|debits|借方|借方金额|借方发生额")
)
"""Headers of a ledger's two sides: which of them is income depends on whose books they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionMatch:
    """A table's section of the study file (``survey`` when no other fits), and its fields."""

    section: str
    fields: Mapping[str, str] = field(default_factory=dict)
    confidence: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTable:
    """A table that headers tell: one layout of one section, and the columns it has."""

    section: str
    layout: Layout
    columns: Mapping[str, ColumnSpec]

    def lacks(self, found: Mapping[str, str]) -> list[tuple[str, ...]]:
        """What is missing; of each inner tuple one column would do."""
        return [need for need in self.layout.needs if not any(key in found for key in need)]


# Tables with headers of their own come before those whose headers many tables have.
_BY_PECULIARITY = (
    "consultation",
    "capacity",
    "delivery",
    "funding",
    "volunteers",
    "service",
    "strengths",
    "attendance",
)


def _list_known() -> Iterator[tuple[str, KnownTable]]:
    for section in _BY_PECULIARITY:
        table = TABLES[section]
        for layout in table.kind.layouts:
            first = layout is table.kind.layouts[0]
            columns = {k: one for k, one in table.of_layout(layout.name).items() if one.headers}
            name = section if first else f"{section}_{layout.name}"
            yield name, KnownTable(section=section, layout=layout, columns=columns)


KNOWN_TABLES: Mapping[str, KnownTable] = dict(_list_known())
"""Tables that headers tell, in the order in which they are tried; the name says the layout too."""


def recognise_section(table: Table) -> SectionMatch:
    """Tell which section of the study file a table fills.

    A table of a survey tool is always the survey; a plain one is what its headers say, in the
    order of :data:`KNOWN_TABLES`; a column of names beside at least three columns of ticks is an
    attendance matrix; the rest is taken for a survey.
    """
    if table.format != "plain":
        return SectionMatch(section="survey", confidence=table.confidence)
    spellings = {column.name: header_words(column) for column in table.columns}
    for name, known in KNOWN_TABLES.items():
        found = _locate(known.columns, spellings)
        if not _is_met(known, found, spellings) or _asks_ratings(table, found):
            continue
        if known.section == "attendance" and _has_items(table, found):
            continue
        if name == "funding":
            found = _with_direction(table, found)
        share = len(set(found.values())) / len(table.columns)
        return SectionMatch(section=name, fields=found, confidence=min(0.98, 0.5 + share / 2))
    return _matrix(table) or SectionMatch(section="survey", confidence=0.5)


def locate_fields(table: Table, section: str) -> dict[str, str]:
    """Return which columns of a table a section's fields are, as far as their headers say."""
    spellings = {column.name: header_words(column) for column in table.columns}
    found = _locate(KNOWN_TABLES[section].columns, spellings)
    return _with_direction(table, found) if section == "funding" else found


def _locate(columns: Mapping[str, ColumnSpec], spellings: Mapping[str, set[str]]) -> dict[str, str]:
    """Give each field the column whose header says it, earlier words first."""
    found: dict[str, str] = {}
    for key, column in columns.items():
        matches = (
            name
            for word in column.header_words
            for name, spelled in spellings.items()
            if word in spelled and name not in found.values()
        )
        name = next(matches, None)
        if name is not None:
            found[key] = name
    return found


def _is_met(known: KnownTable, found: Mapping[str, str], spellings: Mapping[str, set[str]]) -> bool:
    """Tell whether a table has what a known one needs.

    A list of days and codes may be anybody's; one whose header says "volunteer" is a service log,
    even without hours and tasks.
    """
    lacking = known.lacks(found)
    told_by = known.columns.get(known.layout.told_by)
    if told_by is None or lacking != [known.layout.needs[-1]]:
        return not lacking
    telling = set(told_by.telling_words)
    return any(telling & spelled for spelled in spellings.values())


def _with_direction(table: Table, found: dict[str, str]) -> dict[str, str]:
    """Find the column that says income or expense by its words, whatever its header says."""
    if "amount" not in found or {"direction", "income", "expense"} & set(found):
        return found
    for column in table.columns:
        given = table.cells[column.name].dropna().unique()[:_MAX_WORDS]
        words = {normalise_name(value) for value in given if not is_total(str(value))} - {""}
        if words & EXPENSE and words <= INCOME | EXPENSE:
            rest = {key: name for key, name in found.items() if name != column.name}
            return {**rest, "direction": column.name}
    return found


def _has_items(table: Table, found: Mapping[str, str]) -> bool:
    return len(table.columns) > 3 * len(found) + 4


def _asks_ratings(table: Table, found: Mapping[str, str]) -> bool:
    """Tell whether most columns are not the section's, and at least three hold ratings."""
    others = [c for c in table.columns if c.name not in found.values() and not c.option]
    if len(others) <= len(set(found.values())):
        return False
    rated = 0
    for column in others:
        values = [str(value) for value in table.cells[column.name].dropna().unique()[:13]]
        bounds = propose_range(values) if 2 < len(values) <= 12 else None
        rated += bounds is not None and bounds[1] - bounds[0] >= 2
    return rated >= 3


def _matrix(table: Table) -> SectionMatch | None:
    ticks = [column for column in table.columns if is_tick_column(table, column.name)]
    filled = [column for column in ticks if table.cells[column.name].notna().any()]
    others = [column for column in table.columns if column not in ticks]
    if len(filled) < 3 or not 1 <= len(others) <= 3 or table.columns[0] not in others:
        return None
    if any(_is_question(column) for column in ticks):
        return None
    unique = table.cells[others[0].name].nunique() == len(table.cells)
    fields = {"person": others[0].name}
    return SectionMatch(section="attendance", fields=fields, confidence=0.7) if unique else None


def _is_question(column: Column) -> bool:
    return column.label.rstrip().endswith(("?", "？")) or bool(column.option)

"""Tables with the waves side by side (``q1_pre``, ``q1_post``): their pattern and measures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from analysis.intake.model import Column, Table
from analysis.intake.propose.column_roles import ColumnProfile
from analysis.intake.propose.measures import propose_measures
from analysis.intake.propose.wave_ranges import widen_ranges
from analysis.intake.values.respondents import wave_family
from analysis.plan import MeasurePlan, SurveyFile

_WIDE = re.compile(
    r"^(?P<wave>pre|post|baseline|endline|t0|t1|前测|后测)[_.\- ](?P<item>.+)$", re.I
)
_WIDE_LAST = re.compile(
    r"^(?P<item>.+?)[_.\- ](?P<wave>pre|post|baseline|endline|t0|t1|前测|后测)$", re.I
)


def find_pattern(profiles: Sequence[ColumnProfile]) -> str | None:
    """Return the pattern of a wide table's items (``{item}_{wave}``); None for other tables."""
    names = [one.name for one in profiles if one.role == "item"]
    for pattern, told in ((_WIDE, "{wave}_{item}"), (_WIDE_LAST, "{item}_{wave}")):
        found = [match for name in names if (match := pattern.match(name))]
        families = {wave_family(match["wave"]) for match in found}
        if len(found) >= 0.5 * max(1, len(names)) and {"pre", "post"} <= families:
            mark = found[0].group(0).replace(found[0]["item"], "", 1).replace(found[0]["wave"], "")
            return told.replace("_", mark[-1:] or "_")
    return None


def propose_wide_measures(table: Table, pattern: str) -> list[MeasurePlan]:
    """Propose measures from the first wave's columns, items named without the wave.

    Their ranges hold the answers of every wave: those of the first alone would throw out the best
    answers of the last.
    """
    shape = _WIDE if pattern.startswith("{wave}") else _WIDE_LAST
    first: dict[str, Column] = {}
    for column in table.columns:
        found = shape.match(column.name)
        if found and wave_family(found["wave"]) == "pre":
            label = found["item"] if column.label == column.name else column.label
            first[column.name] = replace(column, name=found["item"], label=label)
    cells = table.cells[list(first)].rename(
        columns={name: column.name for name, column in first.items()}
    )
    measures = propose_measures(replace(table, cells=cells, columns=tuple(first.values())))
    return widen_ranges(measures, list_wide_waves(table, pattern))


def list_wide_waves(table: Table, pattern: str) -> list[tuple[Table, dict[str, str]]]:
    """Return each wave's columns of a wide table, renamed to the items."""
    shape = _WIDE if pattern.startswith("{wave}") else _WIDE_LAST
    waves: dict[str, dict[str, str]] = {}
    for column in table.columns:
        if found := shape.match(column.name):
            waves.setdefault(found["wave"].casefold(), {})[column.name] = found["item"]
    return [(table, rename) for rename in waves.values()]


def list_waves(files: Iterable[tuple[SurveyFile, Table]]) -> list[tuple[Table, dict[str, str]]]:
    """Return the waves of a survey's files: a table, and its columns that have other names."""
    waves: list[tuple[Table, dict[str, str]]] = []
    for source, table in files:
        if source.columns:
            waves += list_wide_waves(table, source.columns)
        elif source.wide:
            waves += [
                (table, {column: item for item, column in told.items()})
                for told in source.wide.values()
            ]
        else:
            waves.append((table, dict(source.rename)))
    return waves

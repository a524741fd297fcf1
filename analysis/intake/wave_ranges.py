"""A scale's proposed range holds the answers of every wave, not those of the first alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from analysis.intake.answers import propose_range
from analysis.intake.lookup import column_texts, find_column
from analysis.intake.tables import Table
from analysis.study_file import MeasurePlan

Wave = tuple[Table, Mapping[str, str]]
"""A wave's table, and its columns that go by another name in the plan."""


def widen_ranges(measures: Iterable[MeasurePlan], waves: Sequence[Wave]) -> list[MeasurePlan]:
    """Widen the ranges proposed from the first wave to the answers of all waves.

    Parameters
    ----------
    measures
        As proposed from the first table.
    waves
        Every wave's table with its renamed columns.

    Returns
    -------
    list of MeasurePlan
        A range never becomes narrower. Without this a programme that moves people to the top of
        a scale nobody had reached before would lose its best answers as out of range.
    """
    return [_widened(measure, waves) for measure in measures]


def _widened(measure: MeasurePlan, waves: Sequence[Wave]) -> MeasurePlan:
    if measure.kind != "scale" or measure.range is None:
        return measure
    proposed = [propose_range(_values(item, waves)) for item in measure.items]
    known = [measure.range, *(one for one in proposed if one is not None)]
    bounds = (min(low for low, _ in known), max(high for _, high in known))
    return measure.model_copy(update={"range": bounds})


def _values(item: str, waves: Sequence[Wave]) -> list[str]:
    found: dict[str, None] = {}
    for table, rename in waves:
        name = find_column(table, item, rename)
        if name is not None:
            found.update(dict.fromkeys(map(str, column_texts(table, name).dropna().unique())))
    return list(found)

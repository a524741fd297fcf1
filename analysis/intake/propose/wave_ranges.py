"""A scale's proposed range holds the answers of every wave, not those of the first alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.values.column_lookup import column_texts, find_column
from analysis.intake.values.scales import find_scale
from analysis.plan import MeasurePlan

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
    found = [find_scale(wave_answers(item, waves)) for item in measure.items]
    known = [measure.range, *(one.bounds for one in found if one is not None)]
    bounds = (min(low for low, _ in known), max(high for _, high in known))
    return measure.model_copy(update={"range": bounds})


def wave_answers(item: str, waves: Sequence[Wave]) -> pd.Series:
    """Return the answers to one item in all waves, blanks left out."""
    parts = [
        column_texts(table, name).dropna()
        for table, rename in waves
        if (name := find_column(table, item, rename)) is not None
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.Series(dtype=object)

"""Cells of tables about measures: a level, a change and its interval, in the unit of the measure.

A share 0–1 stands in percent, its change in percentage points, both without decimals.
"""

from __future__ import annotations

from analysis.results import Comparison, ComparisonLike
from dashboard.content.model import Cell, Interval, Number, change_kind
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def level_cell(value: float | None, *, share: bool) -> Number:
    """Give a score."""
    return Number(value=value, kind="percent", digits=0) if share else Number(value=value)


def change_cell(value: float | None, *, share: bool) -> Number:
    """Give a change with its sign."""
    return Number(value=value, kind=change_kind(share=share), digits=0 if share else 2)


def interval_cell(low: float | None, high: float | None, *, share: bool) -> Interval:
    """Give the interval of a change."""
    kind, digits = change_kind(share=share), 0 if share else 2
    return Interval(low=low, high=high, kind=kind, digits=digits)


def comparison_cells(text: Text, found: ComparisonLike, *, share: bool) -> tuple[Cell, Cell, Cell]:
    """Give a difference, its interval and p; or why there is none."""
    if not isinstance(found, Comparison):
        return say_reason(text, found.reason), None, None
    return (
        change_cell(found.estimate, share=share),
        interval_cell(found.ci_low, found.ci_high, share=share),
        Number(value=found.p_value, kind="p"),
    )

"""Tables of who was lost: at the start, bounds, and the change by other rules."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.results import Comparison
from analysis.study_file import StudyPlan
from analysis.surveys.results import AttritionRow, Bounds, Sensitivity
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.statistics import name_analysis, say_reason
from dashboard.tables.comparison import name_level, name_variable, say_mean
from dashboard.text import Text


def list_attrition(rows: Sequence[AttritionRow], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Those who stayed against those lost, on every variable known at the start."""
    groups = {
        "": text("everyone"),
        "treated": text("programme"),
        "comparison": text("comparison group"),
    }
    return pd.DataFrame(
        [
            {
                text("At the start"): name_row(row, plan, text),
                text("Group"): groups.get(row.group, row.group),
                text("Stayed"): say_mean(text, row.variable, row.level, row.stayed, plan),
                text("Lost"): say_mean(text, row.variable, row.level, row.left, plan),
                text("Standardised difference"): text.signed(row.smd),
                text("p"): text.p_cell(row.p_value),
            }
            for row in rows
        ]
    )


def name_row(row: AttritionRow, plan: StudyPlan, text: Text) -> str:
    """Name what is compared, marked when few of either side are counted."""
    name = name_variable(row.variable, row.level, plan, text)
    return name_level(text, name, row.level, (row.stayed, row.left), plan)


def list_bounds(rows: Sequence[Bounds], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """How far those lost could move each result."""
    measures = {m.name: m for m in plan.measures}
    names = {
        "worst_best": text("Change, lowest to highest possible"),
        "did_worst_best": text("Difference between groups, lowest to highest possible"),
        "lee": text("Difference between groups, trimmed (Lee)"),
    }
    return pd.DataFrame(
        [
            {
                text("Measure"): text.of(measures[row.measure].label, row.measure),
                text("Bounds of"): names.get(row.name, row.name),
                text("From"): say_signed(text, row.low, share=is_share(measures[row.measure])),
                text("To"): say_signed(text, row.high, share=is_share(measures[row.measure])),
                text("n"): row.n,
            }
            for row in rows
        ]
    )


def list_sensitivity(rows: Sequence[Sensitivity], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """The same change by another rule: those lost imputed, answers weighted."""
    measures = {m.name: m for m in plan.measures}
    found = []
    for row in rows:
        share, change = is_share(measures[row.measure]), row.change
        known = isinstance(change, Comparison)
        found.append(
            {
                text("Measure"): text.of(measures[row.measure].label, row.measure),
                text("Rule"): name_analysis(text, row.name),
                text("Change"): say_signed(text, change.estimate, share=share)
                if isinstance(change, Comparison)
                else say_reason(text, change.reason),
                text("95 % interval"): say_likely(text, change.ci_low, change.ci_high, share=share)
                if isinstance(change, Comparison)
                else "–",
                text("p"): text.p_cell(change.p_value if known else None),
                text("n"): change.n,
            }
        )
    return pd.DataFrame(found)

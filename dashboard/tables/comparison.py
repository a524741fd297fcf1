"""Tables of the comparison: analyses side by side, both groups at the start."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison
from analysis.surveys.contrasts import main_rows
from analysis.surveys.results import BalanceRow, GroupComparison, Overlap
from dashboard.content.baseline import name_level, name_variable, say_mean
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.statistics import name_analysis, say_reason
from dashboard.text import Text


def list_comparisons(compared: GroupComparison, measure: MeasurePlan, text: Text) -> pd.DataFrame:
    """Difference in differences, ANCOVA and clustered forms side by side; refusals in words."""
    share, rows = is_share(measure), []
    sizes = list_sizes(text, compared.analyses)
    for one, n in zip(compared.analyses, sizes, strict=True):
        known = isinstance(one, Comparison)
        rows.append(
            {
                text("Analysis"): name_analysis(text, one.name),
                text("Programme − comparison"): say_signed(text, one.estimate, share=share)
                if isinstance(one, Comparison)
                else say_reason(text, one.reason),
                text("95 % interval"): say_likely(text, one.ci_low, one.ci_high, share=share)
                if isinstance(one, Comparison)
                else "–",
                text("p"): text.p_cell(one.p_value if isinstance(one, Comparison) else None),
                text("p, all tests counted"): text.p_cell(
                    compared.p_adjusted if one == compared.effect else None
                ),
                text("n"): n,
                text("Clusters"): str(one.details.get("n_clusters", "–")) if known else "–",
            }
        )
    return pd.DataFrame(rows)


def list_effects(compared: Sequence[GroupComparison], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Each measure's difference from the comparison group with its interval and tests."""
    measures = {m.name: m for m in plan.measures}
    rows, main = [], main_rows(compared)
    sizes = list_sizes(text, [one.effect for one in main])
    for one, n in zip(main, sizes, strict=True):
        measure, effect = measures[one.measure], one.effect
        share = is_share(measure)
        known = isinstance(effect, Comparison)
        rows.append(
            (
                text.of(measure.label, measure.name),
                say_signed(text, effect.estimate, share=share)
                if isinstance(effect, Comparison)
                else say_reason(text, effect.reason),
                say_likely(text, effect.ci_low, effect.ci_high, share=share)
                if isinstance(effect, Comparison)
                else "–",
                text.p_cell(effect.p_value if isinstance(effect, Comparison) else None),
                text.p_cell(one.p_adjusted if known else None),
                n,
                name_analysis(text, effect.name) if isinstance(effect, Comparison) else "–",
            )
        )
    names = [
        text("Measure"),
        text("Programme − comparison"),
        text("95 % interval"),
        text("p"),
        text("p, all tests counted"),
        text("n"),
        text("Method"),
    ]
    return pd.DataFrame(rows, columns=names)


def list_balance(rows: Sequence[BalanceRow], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Both groups at the start; a standardised difference above 0.25 is large."""
    return pd.DataFrame(
        [
            {
                text("At the start"): _name_row(row, plan, text),
                text("Programme"): say_mean(text, row.variable, row.level, row.treated, plan),
                text("Comparison group"): say_mean(
                    text, row.variable, row.level, row.comparison, plan
                ),
                text("Standardised difference"): text.signed(row.smd),
            }
            for row in rows
        ]
    )


def _name_row(row: BalanceRow, plan: StudyPlan, text: Text) -> str:
    name = name_variable(row.variable, row.level, plan, text)
    return name_level(text, name, row.level, (row.treated, row.comparison), plan)


def list_weighted_balance(found: Overlap, plan: StudyPlan, text: Text) -> pd.DataFrame:
    """How alike the groups are before and after overlap weights, in standard deviations."""
    return pd.DataFrame(
        [
            {
                text("At the start"): name_variable(row.variable, row.level, plan, text),
                text("Before weighting"): text.signed(row.before),
                text("After weighting"): text.signed(row.after),
            }
            for row in found.balance
        ]
    )

"""Tables of who was lost: at the start, bounds, and the change by other rules."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import StudyPlan
from analysis.results import Comparison
from analysis.surveys.results import AttritionRow, Bounds, Sensitivity, TippingPoint
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.names import wave_name
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
                text("Lost to follow-up"): say_mean(text, row.variable, row.level, row.left, plan),
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
    sizes = list_sizes(text, [row.change for row in rows])
    for row, n in zip(rows, sizes, strict=True):
        share, change = is_share(measures[row.measure]), row.change
        found.append(
            {
                text("Measure"): text.of(measures[row.measure].label, row.measure),
                text("Waves"): _waves(text, row),
                text("Rule"): name_analysis(text, row.name),
                text("Change"): say_signed(text, change.estimate, share=share)
                if isinstance(change, Comparison)
                else say_reason(text, change.reason),
                text("95 % interval"): say_likely(text, change.ci_low, change.ci_high, share=share)
                if isinstance(change, Comparison)
                else "–",
                text("p"): text.p_cell(change.p_value if isinstance(change, Comparison) else None),
                text("n"): n,
                text("Effective n"): _effective(text, row),
            }
        )
    needless = [] if any(_effective(text, row) for row in rows) else [text("Effective n")]
    if len({_waves(text, row) for row in rows}) < 2:
        needless.append(text("Waves"))
    return pd.DataFrame(found).drop(columns=needless, errors="ignore")


def _waves(text: Text, row: Sensitivity) -> str:
    """Name the two waves that a change lies between."""
    waves = (row.details.get("from"), row.details.get("to"))
    return " → ".join(wave_name(text, wave) for wave in waves if isinstance(wave, str))


def _effective(text: Text, row: Sensitivity) -> str:
    """How many people with equal weights would carry as much, in each wave."""
    waves = [row.details.get(f"n_effective_{wave}") for wave in ("pre", "post")]
    numbers = [n for n in waves if isinstance(n, float)]
    if numbers:
        return " + ".join(text.number(n, 0) for n in numbers)
    effect = row.details.get("kish_effect")
    return text.number(row.change.n / effect, 0) if isinstance(effect, float) else ""


def list_tipping(
    rows: Sequence[tuple[Sensitivity, TippingPoint]], plan: StudyPlan, text: Text
) -> pd.DataFrame:
    """Where each result vanishes, beside how far those lost could be at the most."""
    measures = {m.name: m for m in plan.measures}
    found = []
    for row, tipping in rows:
        share, change = is_share(measures[row.measure]), row.change
        at_most = say_signed(text, tipping.limit, share=share)
        vanishes = {
            "reached": say_signed(text, tipping.delta, share=share),
            "not_reached": text("not within the scale"),
            "not_clear": text("no clear result"),
        }[tipping.status]
        found.append(
            {
                text("Measure"): text.of(measures[row.measure].label, row.measure),
                text("Result"): text("Difference between groups")
                if row.name == "did_multiple_imputation"
                else text("Change"),
                text("Imputed"): say_signed(text, change.estimate, share=share)
                if isinstance(change, Comparison)
                else say_reason(text, change.reason),
                text("95 % interval"): say_likely(text, change.ci_low, change.ci_high, share=share)
                if isinstance(change, Comparison)
                else "–",
                text("People lost"): text.number(tipping.n_lost, 0),
                text("End of those lost, imputed"): say_level(text, tipping.lost_mean, share=share),
                text("Result vanishes at a shift of"): vanishes,
                text("In SD at the start"): text.signed(tipping.delta_sd),
                text("Largest shift possible"): at_most,
            }
        )
    return pd.DataFrame(found)

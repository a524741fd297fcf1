"""Tables of dose: change by sessions attended, and the slope of each measure."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison, Estimate
from analysis.surveys.results import Dose
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import list_sizes, mark_counts
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def list_points(dose: Dose, measure: MeasurePlan, text: Text, least: int) -> pd.DataFrame:
    """Mean change of people by how often they came."""
    share = is_share(measure)
    known = [(x, n, e) for x, n, e in dose.points if isinstance(e, Estimate)]
    people = mark_counts(text, [n for _, n, _ in known], least)
    return pd.DataFrame(
        [
            {
                text("Sessions"): text.number(x, 1),
                text("n"): n,
                text("Change"): say_signed(text, e.estimate, share=share),
                text("95 % interval"): say_likely(text, e.ci_low, e.ci_high, share=share),
            }
            for (x, _, e), n in zip(known, people, strict=True)
        ]
    )


def list_doses(doses: Sequence[Dose], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Change per session attended, of each measure; shares in percentage points."""
    measures, found = {m.name: m for m in plan.measures}, []
    sizes = list_sizes(text, [one.slope for one in doses])
    for one, n in zip(doses, sizes, strict=True):
        share = is_share(measures[one.measure])
        unit, digits = (100, 2) if share else (1, 3)
        slope = one.slope
        known = isinstance(slope, Comparison) and slope.estimate is not None
        row: dict[str, float | str] = {
            text("Measure"): text.of(measures[one.measure].label, one.measure),
            text("Change per session"): _say_slope(text, slope.estimate, share=share)
            if isinstance(slope, Comparison)
            else say_reason(text, slope.reason),
        }
        if isinstance(slope, Comparison) and known and slope.ci_low is not None:
            low, high = slope.ci_low * unit, (slope.ci_high or 0.0) * unit
            row[text("95 % interval")] = text.interval(low, high, digits)
        else:
            row[text("95 % interval")] = "–"
        row[text("p")] = text.p_cell(slope.p_value if isinstance(slope, Comparison) else None)
        row[text("n")] = n
        found.append(row)
    return pd.DataFrame(found)


def _say_slope(text: Text, slope: float | None, *, share: bool) -> str:
    """A small change in its unit, with a digit more than usual."""
    if not share:
        return text.signed(slope, 3)
    return text("{n} pp", n=text.signed((slope or 0.0) * 100, 2))

"""Tables of reliability: by measure and wave, and item by item."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import StudyPlan
from analysis.results import Estimate, EstimateLike
from analysis.surveys.results import Reliability
from dashboard.sentences.outcomes import say_wave
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def list_reliability(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Alpha and omega with intervals by measure and wave."""
    labels = {m.name: text.of(m.label, m.name) for m in plan.measures}
    return pd.DataFrame(
        [
            {
                text("Measure"): labels[row.measure],
                text("Wave"): say_wave(text, row.wave),
                text("Alpha"): _told(text, row.alpha),
                text("Omega"): _told(text, row.omega),
                text("First factor"): text.percent(row.first_factor_share),
                text("Questions"): row.n_items,
                text("n"): row.n,
            }
            for row in rows
        ]
    )


def list_items(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Each item's correlation with the rest, and alpha without it."""
    texts = {m.name: m.texts for m in plan.measures}
    return pd.DataFrame(
        [
            {
                text("Question"): text.of(texts[row.measure].get(item), item),
                text("Wave"): say_wave(text, row.wave),
                text("Correlation with the rest"): text.number(rest),
                text("Alpha without it"): text.number(row.alpha_if_dropped.get(item)),
            }
            for row in rows
            for item, rest in row.item_rest.items()
        ]
    )


def _told(text: Text, found: EstimateLike) -> str:
    if not isinstance(found, Estimate):
        return say_reason(text, found.reason)
    likely = text.interval(found.ci_low, found.ci_high)
    return text("{value} ({likely})", value=text.number(found.estimate), likely=likely)

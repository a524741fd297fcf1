"""Tables of what the questions measure: item by item, one factor, the retrospective baseline."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison, ComparisonLike
from analysis.statistics.factor_model import FactorFit
from analysis.surveys.measurement import Measurement
from analysis.surveys.response_shift import ResponseShift
from analysis.surveys.results import Reliability
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.measurement import say_one_factor
from dashboard.sentences.outcomes import say_wave
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def list_shifts(found: Measurement, measure: MeasurePlan, text: Text) -> pd.DataFrame:
    """Each question's difference between the waves at the same total score."""
    share = measure.kind in ("binary", "knowledge")
    rows = []
    for one in found.items:
        test = one.test
        known = isinstance(test, Comparison)
        rows.append(
            (
                text.of(measure.texts.get(one.item), one.item),
                *_numbers(text, test, share=share),
                text.p_cell(one.p_adjusted) if known else "–",
                text.signed(test.details.get("standardised")) if known else "–",
                text("yes") if one.shifted else text("no"),
            )
        )
    names = [
        text("Question"),
        text("Difference at the same total"),
        text("95 % interval"),
        text("p"),
        text("p, all tests counted"),
        text("In standard deviations"),
        text("Shifted"),
    ]
    return pd.DataFrame(rows, columns=names)


def list_factor_fits(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """KMO and the fit of one factor by measure and wave."""
    labels = {m.name: text.of(m.label, m.name) for m in plan.measures}
    listed = []
    for row in rows:
        fit = row.one_factor if isinstance(row.one_factor, FactorFit) else None
        listed.append(
            {
                text("Measure"): labels[row.measure],
                text("Wave"): say_wave(text, row.wave),
                text("KMO"): text.number(row.kmo),
                text("One factor"): say_one_factor(text, row),
                **_indices(text, fit),
                text("n"): row.n,
            }
        )
    return pd.DataFrame(listed)


def list_invariance(
    measurement: Sequence[Measurement], plan: StudyPlan, text: Text
) -> pd.DataFrame:
    """Fit of one factor in both waves: free, and with equal loadings."""
    labels = {m.name: text.of(m.label, m.name) for m in plan.measures}
    return pd.DataFrame(
        [
            {text("Measure"): labels[one.measure], text("Model"): name, **_indices(text, fit)}
            for one in measurement
            if one.invariance is not None
            for name, fit in (
                (text("one factor in each wave (configural)"), one.invariance.configural),
                (text("equal loadings (metric)"), one.invariance.metric),
            )
            if isinstance(fit, FactorFit)
        ]
    )


def _indices(text: Text, fit: FactorFit | None) -> dict[str, str]:
    chi2 = text.number(None)
    if fit is not None:
        chi2 = text("{chi2} ({df} df)", chi2=text.number(fit.chi2), df=text.number(fit.df, 0))
    rmsea = "–"
    if fit is not None and fit.df:
        rmsea = text(
            "{value} ({likely})",
            value=text.number(fit.rmsea.estimate, 3),
            likely=text.interval(fit.rmsea.ci_low, fit.rmsea.ci_high, 3),
        )
    return {
        text("χ²"): chi2,
        text("CFI"): text.number(fit.cfi if fit is not None else None, 3),
        text("RMSEA (90 % interval)"): rmsea,
        text("SRMR"): text.number(fit.srmr if fit is not None else None, 3),
    }


def list_response_shift_rows(
    shifts: Sequence[ResponseShift], plan: StudyPlan, text: Text
) -> pd.DataFrame:
    """Retrospective minus actual baseline, and the change against either."""
    measures = {m.name: m for m in plan.measures}
    compared = [
        (one.measure, name, change)
        for one in shifts
        for name, change in (
            (text("Retrospective minus actual baseline"), one.shift),
            (text("Change against the actual baseline"), one.change),
            (text("Change against the retrospective baseline"), one.from_memory),
        )
    ]
    sizes = list_sizes(text, [change for _, _, change in compared])
    rows = [
        (
            text.of(measures[measure].label, measure),
            name,
            *_numbers(text, change, share=is_share(measures[measure])),
            n,
        )
        for (measure, name, change), n in zip(compared, sizes, strict=True)
    ]
    names = [
        text("Measure"),
        text("Comparison"),
        text("Difference"),
        text("95 % interval"),
        text("p"),
        text("n"),
    ]
    return pd.DataFrame(rows, columns=names)


def _numbers(text: Text, one: ComparisonLike, *, share: bool) -> tuple[str, ...]:
    if not isinstance(one, Comparison):
        return say_reason(text, one.reason), "–", "–"
    return (
        say_signed(text, one.estimate, share=share),
        say_likely(text, one.ci_low, one.ci_high, share=share),
        text.p_cell(one.p_value),
    )

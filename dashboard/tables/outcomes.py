"""Tables of the survey's outcomes: changes, analyses side by side, effect sizes, categories."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.plan import StudyPlan
from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike
from analysis.surveys.findings import shared_change
from analysis.surveys.results import Outcome
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import list_sizes
from dashboard.sentences.names import value_name, wave_name
from dashboard.sentences.statistics import name_change, name_effect, say_reason
from dashboard.text import Text


def list_outcomes(outcomes: Sequence[Outcome], plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Each measure's change with n, who was left out, method, interval and adjusted p."""
    measures = {m.name: m for m in plan.measures}
    rows = []
    for one in outcomes:
        measure = measures[one.measure]
        waves = [wave_name(text, wave) for wave in one.contrast]
        rows.append(
            (
                text.of(measure.label, measure.name),
                " → ".join(waves),
                *_change_of(text, one, share=is_share(measure)),
                text.p_cell(one.p_adjusted),
                one.n.matched if one.design != "anonymous" else None,
                one.n.from_only,
                one.n.to_only,
                _method(text, one.change),
            )
        )
    names = [
        text("Measure"),
        text("Waves"),
        text("Change"),
        text("95 % interval"),
        text("p"),
        text("p, all tests counted"),
        text("Answered both"),
        text("Only before"),
        text("Only after"),
        text("Method"),
    ]
    return pd.DataFrame(rows, columns=names)


def _change_of(text: Text, outcome: Outcome, *, share: bool) -> tuple[str, str, str]:
    """The change, its interval and p; where all moved alike, by how much."""
    shared = shared_change(outcome)
    if shared is None:
        return _numbers(text, outcome.change, share=share)
    return say_signed(text, shared, share=share), text("the same for everyone"), "–"


def list_analyses(outcome: Outcome, text: Text, *, share: bool) -> pd.DataFrame:
    """All analyses of one change side by side, the primary first."""
    rows = [
        (_method(text, one), *_numbers(text, one, share=share), n)
        for one, n in zip(outcome.analyses, list_sizes(text, outcome.analyses), strict=True)
    ]
    names = [text("Analysis"), text("Change"), text("95 % interval"), text("p"), text("n")]
    return pd.DataFrame(rows, columns=names)


def list_effect_sizes(outcome: Outcome, text: Text) -> pd.DataFrame:
    """Effect sizes with their intervals and n."""
    rows = [
        (name_effect(text, one.name), *_estimate(text, one), n)
        for one, n in zip(outcome.effect_sizes, list_sizes(text, outcome.effect_sizes), strict=True)
    ]
    names = [text("Effect size"), text("Value"), text("95 % interval"), text("n")]
    return pd.DataFrame(rows, columns=names)


def list_ordered(outcome: Outcome, plan: StudyPlan, text: Text) -> pd.DataFrame:
    """Expected share of each answer in both waves; empty without a model of one ordered answer."""
    found = outcome.ordered
    if found is None:
        return pd.DataFrame()
    waves = [wave_name(text, wave) for wave in outcome.contrast]
    rows = [
        (value_name(text, plan, answer), *_expected(text, start), *_expected(text, end))
        for answer, start, end in zip(
            found.answers, found.from_shares, found.to_shares, strict=False
        )
    ]
    interval = text("95 % interval")
    columns = [text("Answer"), waves[0], f"{interval} ", waves[1], interval]
    return pd.DataFrame(rows, columns=columns)


def _expected(text: Text, share: EstimateLike) -> tuple[str, str]:
    if not isinstance(share, Estimate) or share.ci_low is None or share.ci_high is None:
        return "–", "–"
    limits = text(
        "{low} to {high}", low=text.percent(share.ci_low, 1), high=text.percent(share.ci_high, 1)
    )
    return text.percent(share.estimate, 1), limits


def list_transitions(outcome: Outcome, text: Text) -> pd.DataFrame:
    """Who moved from which answer to which: rows before, columns after."""
    names = [str(category) for category in outcome.categories]
    if names == ["0", "1"]:
        names = [text("no"), text("yes")]
    before = text("Before ↓ after →")
    return pd.DataFrame(
        [(name, *row) for name, row in zip(names, outcome.transitions, strict=True)],
        columns=[before, *names],
    )


def _method(text: Text, one: ComparisonLike) -> str:
    return name_change(text, one)


def _numbers(text: Text, one: ComparisonLike, *, share: bool) -> tuple[str, str, str]:
    if not isinstance(one, Comparison):
        return say_reason(text, one.reason), "–", "–"
    if one.name == "sign":  # its estimate is a share of people, not a change of the score
        return "–", "–", text.p_cell(one.p_value)
    return (
        say_signed(text, one.estimate, share=share),
        say_likely(text, one.ci_low, one.ci_high, share=share),
        text.p_cell(one.p_value),
    )


def _estimate(text: Text, one: EstimateLike) -> tuple[str, str]:
    if not isinstance(one, Estimate):
        return say_reason(text, one.reason), "–"
    return text.number(one.estimate), text.interval(one.ci_low, one.ci_high)

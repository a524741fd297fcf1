"""Sentences about who improved: against which threshold, net of those worse, beyond error."""

from __future__ import annotations

from analysis.plan import MeasurePlan
from analysis.results import Estimate, EstimateLike
from analysis.statistics.anchor import MIN_CORRELATION, AnchorDifference
from analysis.surveys.results import Improved, Outcome
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.text import Text


def say_improvement(text: Text, outcome: Outcome, measure: MeasurePlan) -> list[str]:
    """Say what better and worse mean here, the net share, and what a change must exceed."""
    found, share = outcome.improved, is_share(measure)
    said = [] if found is None else _say_counts(text, found, measure)
    if outcome.anchor is not None:
        said.append(_say_anchor(text, outcome.anchor, share=share))
    return said


def _say_counts(text: Text, found: Improved, measure: MeasurePlan) -> list[str]:
    share = is_share(measure)
    if found.threshold is None:
        return [
            text(
                "Nobody is counted as better or worse: declare an important difference, or ask one "
                "overall question on how things changed."
            )
        ]
    by = _amount(text, found.threshold, share=share)
    said = {
        "important_difference": text(
            "Better or worse means a change of {by} or more, the important difference declared.",
            by=by,
        ),
        "anchor": text(
            "Better or worse means a change of {by} or more, the important difference by the "
            "question on how things changed.",
            by=by,
        ),
        "reliable_change": text(
            "Better or worse means a change beyond {by}, more than measurement error explains.",
            by=by,
        ),
    }.get(found.threshold_source)
    lines = [] if said is None else [said]
    if isinstance(found.net, Estimate):
        lines.append(
            text(
                "Net of those who got worse, {net} improved (95% CI {interval}).",
                net=text.percent(found.net.estimate),
                interval=say_likely(text, found.net.ci_low, found.net.ci_high, share=True),
            )
        )
    if found.smallest_detectable is not None:
        lines.append(
            text(
                "Smallest detectable change: {one} for one person, {mean} for the mean.",
                one=_amount(text, found.smallest_detectable, share=share),
                mean=_amount(text, found.smallest_detectable_mean, share=share),
            )
        )
    return lines


def _say_anchor(text: Text, anchor: AnchorDifference, *, share: bool) -> str:
    if not isinstance(anchor.correlation, Estimate):
        return text("Too few people answered the question on how things changed.")
    r = text.number(anchor.correlation.estimate)
    if not anchor.strong:
        return text(
            "The question on how things changed follows this change too weakly (correlation {r}, "
            "{least} wanted): it sets no important difference.",
            r=r,
            least=text.number(MIN_CORRELATION),
        )
    if not isinstance(anchor.predictive, Estimate):
        return text(
            "Too few people say better, or not better, for an important difference by the question "
            "on how things changed."
        )
    return text(
        "By the question on how things changed (n = {n}, correlation {r}): predictive "
        "{predictive}; mean of those a little better {mean}; ROC {roc}.",
        n=text.number(anchor.n, 0),
        r=r,
        predictive=_with_interval(text, anchor.predictive, share=share),
        mean=_with_interval(text, anchor.mean_change, share=share),
        roc=_with_interval(text, anchor.roc, share=share),
    )


def _amount(text: Text, value: float | None, *, share: bool) -> str:
    if value is None or not share:
        return text.number(value)
    return text("{n} pp", n=text.number(value * 100, 0))


def _with_interval(text: Text, found: EstimateLike, *, share: bool) -> str:
    if not isinstance(found, Estimate):
        return "–"
    value = say_signed(text, found.estimate, share=share)
    if found.ci_low is None:
        return value
    interval = say_likely(text, found.ci_low, found.ci_high, share=share)
    return text("{value} (95% CI {interval})", value=value, interval=interval)

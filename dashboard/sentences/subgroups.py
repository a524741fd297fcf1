"""Sentences about groups: the test first, then what is hidden."""

from __future__ import annotations

from analysis.results import Comparison, Estimate
from analysis.surveys.results import Subgroups
from dashboard.sentences.change import say_likely, say_signed
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def say_shrunken(text: Text) -> str:
    """Say what shrinking does."""
    return text(
        "Groups are drawn towards the change of all, the more the fewer people they have: "
        "small groups jump by chance."
    )


def say_across(text: Text, found: Subgroups, *, share: bool) -> str:
    """Say what the communities have together, and where a new one would lie."""
    across = found.across
    if across is None or not isinstance(across.pooled, Estimate):
        return ""
    pooled = across.pooled
    parts = [
        text(
            "Together {value} ({likely}), {n} communities.",
            value=say_signed(text, pooled.estimate, share=share),
            likely=say_likely(text, pooled.ci_low, pooled.ci_high, share=share),
            n=len(across.weights),
        )
    ]
    if across.prediction_low is not None and across.prediction_high is not None:
        where = say_likely(text, across.prediction_low, across.prediction_high, share=share)
        parts.append(text("A new community would likely lie at {where}.", where=where))
    return text.join(parts)


def say_interaction(text: Text, found: Subgroups) -> str:
    """Say whether the groups changed differently."""
    test = found.interaction
    if not isinstance(test, Comparison) or test.p_value is None:
        reason = "no_data" if isinstance(test, Comparison) else test.reason
        return text("No test of a difference: {reason}.", reason=say_reason(text, reason))
    told = text.p_value(test.p_value)
    if test.p_value < 0.05:
        return text("Taken alone, this test finds a difference ({p}).", p=told)
    return text("No clear difference between the groups ({p}).", p=told)


def say_hidden(text: Text, found: Subgroups) -> str:
    """Say how many groups are too small to show."""
    hidden = sum(not isinstance(group.change, Estimate) for group in found.groups)
    if not hidden:
        return ""
    return text.count(
        "{n} group is too small to show.", "{n} groups are too small to show.", hidden
    )

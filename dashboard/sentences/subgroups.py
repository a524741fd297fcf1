"""Sentences about groups: the test first, then what is hidden."""

from __future__ import annotations

from analysis.disclosure.naming import OTHERS
from analysis.plan import StudyPlan
from analysis.results import Comparison, Estimate
from analysis.surveys.results import Subgroups
from analysis.thresholds import MIN_FOR_MEAN_OF_STUDIES, SIGNIFICANCE_LEVEL
from dashboard.sentences.change import say_likely, say_signed
from dashboard.sentences.names import value_name
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text

#: With fewer, 98.7 to 99.9 % of ranges for a new community hold it (docs/coverage.md).
MIN_COMMUNITIES = 8
#: Of a yes/no question in groups of 16 (8 in both waves) 97.9 % hold the truth, of 40 (20) 94.8 %.
PEOPLE_FOR_WIDTH = 40


def say_shrunken(text: Text) -> str:
    """Say what shrinking does."""
    return text(
        "Groups are drawn towards the change of all, the more the fewer people they have: "
        "small groups jump by chance. Their 95% intervals are slightly too wide: up to 98% hold."
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
    if len(across.weights) < MIN_FOR_MEAN_OF_STUDIES:
        parts.append(text("Of so few communities this interval is wider than need be (98% hold)."))
    if across.prediction_low is not None and across.prediction_high is not None:
        where = say_likely(text, across.prediction_low, across.prediction_high, share=share)
        parts.append(text("A new community would likely lie at {where}.", where=where))
        if len(across.weights) < MIN_COMMUNITIES:
            parts.append(text("With so few communities this range is wider than 95% calls for."))
    return text.join(parts)


def say_interaction(text: Text, found: Subgroups) -> str:
    """Say whether the groups changed differently."""
    test = found.interaction
    if not isinstance(test, Comparison) or test.p_value is None:
        reason = "no_data" if isinstance(test, Comparison) else test.reason
        return text("No test of a difference: {reason}.", reason=say_reason(text, reason))
    told = text.p_value(test.p_value)
    if test.p_value < SIGNIFICANCE_LEVEL:
        return text("Taken alone, this test finds a difference ({p}).", p=told)
    return text("No clear difference between the groups ({p}).", p=told)


def say_who_in_groups(text: Text, found: Subgroups, plan: StudyPlan) -> str:
    """Say which groups stand on their matched people alone, and why; empty when none does."""
    alone = [group for group in found.groups if group.only_pairs]
    if not alone:
        return ""
    names = (", " if text.language == "en" else "、").join(
        value_name(text, plan, group.value) for group in alone
    )
    reasons = dict.fromkeys(say_reason(text, group.only_pairs) for group in alone)
    return text(
        "Of {names} only people who answered both times are counted ({reason} for a model of "
        "everyone).",
        names=names,
        reason=(", " if text.language == "en" else "、").join(reasons),
    )


def say_wide(text: Text, found: Subgroups, *, yes_no: bool) -> str:
    """Say that intervals of a yes/no question of few people are wide; empty where none is."""
    few = any(0 < group.n < PEOPLE_FOR_WIDTH for group in found.groups)
    if not (yes_no and few):
        return ""
    return text(
        "For a yes/no question, 95% intervals of groups of fewer than {least} people are wider "
        "than they need be (up to 98% hold): a difference may not show.",
        least=text.number(PEOPLE_FOR_WIDTH, 0),
    )


def say_hidden(text: Text, found: Subgroups) -> str:
    """Say how many groups are too small to show; of those without a name, not how many."""
    if any(group.value == OTHERS for group in found.groups):
        return text("Groups of few people are not shown.")
    hidden = sum(not isinstance(group.change, Estimate) for group in found.groups)
    if not hidden:
        return ""
    return text.count(
        "{n} group is too small to show.", "{n} groups are too small to show.", hidden
    )

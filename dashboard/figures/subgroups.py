"""Rows of a forest plot by group: the change shrunken towards the whole."""

from __future__ import annotations

from analysis.disclosure.rules import is_small
from analysis.plan import StudyPlan
from analysis.results import Estimate
from analysis.surveys.results import Group, Outcome, Subgroups
from dashboard.content.forest import ForestRow
from dashboard.sentences.change import say_likely, say_signed
from dashboard.sentences.few import mark_few
from dashboard.sentences.names import value_name
from dashboard.text import Text


def list_group_rows(
    outcome: Outcome, found: Subgroups, plan: StudyPlan, text: Text, *, share: bool
) -> list[ForestRow]:
    """One row per group that may be shown; by community, those together and a new one."""
    rows = [_row(outcome, group, plan, text, share=share) for group in found.groups]
    return [row for row in rows if row is not None] + _across_rows(outcome, found, text, share)


def _across_rows(outcome: Outcome, found: Subgroups, text: Text, share: bool) -> list[ForestRow]:
    """All communities together, and where a new one would lie."""
    across = found.across
    if across is None or not isinstance(across.pooled, Estimate):
        return []
    pooled = across.pooled
    middle = say_signed(text, pooled.estimate, share=share)
    places = (
        (text("Together"), pooled.ci_low, pooled.ci_high, False),
        (text("A new community"), across.prediction_low, across.prediction_high, True),
    )
    return [
        ForestRow(
            label=label,
            estimate=pooled.estimate,
            low=low,
            high=high,
            value="" if new else middle,
            hover=f"{middle} ({say_likely(text, low, high, share=share)})",
            band=outcome.important_difference,
            clear=low is not None and high is not None and (low > 0 or high < 0),
            hollow=new,
        )
        for label, low, high, new in places
    ]


def _row(
    outcome: Outcome, group: Group, plan: StudyPlan, text: Text, *, share: bool
) -> ForestRow | None:
    shown = group.shrunken if isinstance(group.shrunken, Estimate) else group.change
    if not isinstance(shown, Estimate):
        return None
    few = is_small(group.n, plan.study.min_group)
    # The interval of a few people is as wide as the picture: the table has it.
    low, high = (None, None) if few else (shown.ci_low, shown.ci_high)
    name = mark_few(text, value_name(text, plan, group.value), group.n, plan.study.min_group)
    value = say_signed(text, shown.estimate, share=share)
    return ForestRow(
        label=f"{name} (n = {group.n})",
        estimate=shown.estimate,
        low=low,
        high=high,
        value=value,
        hover=text(
            "{value} ({likely}), n = {n}",
            value=value,
            likely=say_likely(text, shown.ci_low, shown.ci_high, share=share),
            n=group.n,
        ),
        band=outcome.important_difference,
        clear=low is not None and high is not None and (low > 0 or high < 0),
        hollow=few,
    )

"""Words for what is known of people at the start: shared by comparison and attrition."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import StudyPlan
from analysis.results import Estimate, EstimateLike
from dashboard.sentences.change import is_share, say_level
from dashboard.sentences.few import mark_few, mark_share
from dashboard.sentences.names import column_name, value_name
from dashboard.sentences.statistics import say_reason
from dashboard.text import Text


def name_variable(variable: str, level: str, plan: StudyPlan, text: Text) -> str:
    """Name a baseline variable: a measure's label, or a column with its value."""
    name = column_name(text, plan, variable)
    if not level:
        return name
    return text("{name}: {level}", name=name, level=value_name(text, plan, level))


def name_level(
    text: Text, name: str, level: str, sides: Sequence[EstimateLike], plan: StudyPlan
) -> str:
    """Mark a baseline variable that few people answered, or a level that few of a side have."""
    least = plan.study.min_group
    if level:
        return mark_share(text, name, sides, least)
    return mark_few(text, name, min(side.n for side in sides), least)


def say_mean(text: Text, variable: str, level: str, found: EstimateLike, plan: StudyPlan) -> str:
    """A mean or share with n."""
    if not isinstance(found, Estimate):
        return say_reason(text, found.reason)
    measure = next((m for m in plan.measures if m.name == variable), None)
    share = bool(level) or (measure is not None and is_share(measure))
    n = f"(n = {found.n})".replace(" ", "\N{NO-BREAK SPACE}")
    return f"{say_level(text, found.estimate, share=share)} {n}"

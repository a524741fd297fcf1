"""Sentences about targets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analysis.results import Estimate
from analysis.targets import TargetProgress
from dashboard.status import STATUSES
from dashboard.text import Text


def say_targets(text: Text, targets: Sequence[TargetProgress]) -> str:
    """Say how many targets are met, on track and behind."""
    count = Counter(target.status for target in targets)
    return text(
        "{met} of {n} targets are met, {on_track} on track, {behind} behind.",
        met=count["met"],
        n=len(targets),
        on_track=count["on_track"] + count["ahead"],
        behind=count["behind"],
    )


def say_status(text: Text, target: TargetProgress) -> str:
    """Say a target's status with its icon, and whether the interval leaves room for doubt."""
    status = STATUSES[target.status]
    word = f"{status.icon} {text(status.word)}"
    return text("{word} (uncertain)", word=word) if target.uncertain else word


def format_indicator(text: Text, target: TargetProgress, value: float | None) -> str:
    """Format an indicator's value: rates as percent, counts without decimals."""
    if value is None:
        return "–"
    if is_rate(target):
        return text.percent(value)
    whole = all(float(v).is_integer() for v in (value, target.target))
    return text.number(value, 0 if whole else 2)


def is_rate(target: TargetProgress) -> bool:
    """Whether the indicator is a rate 0–1: its actual value was estimated as a proportion."""
    if not isinstance(target.actual, Estimate):
        return False
    return "wilson" in target.actual.method

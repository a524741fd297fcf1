"""Names of targets, and the indicator table in and out as a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.study_file import StudyPlan
from analysis.targets import TargetProgress
from dashboard.text import Text


def label_targets(
    plan: StudyPlan, targets: Sequence[TargetProgress], text: Text
) -> list[tuple[str, TargetProgress]]:
    """Pair each target with its label in the reader's language."""
    labels = [text.of(target.label, target.indicator) for target in plan.targets]
    return list(zip(labels, targets, strict=True))

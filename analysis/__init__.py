"""Levee's analysis: spreadsheet bytes → Study → Evaluation, without a screen.

The names below are imported when first used, so that the reading process starts quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.errors import LeveeError
    from analysis.evaluation import Evaluation
    from analysis.intake.read.reader import read_study
    from analysis.issues import Issue
    from analysis.plan import StudyPlan, read_plan
    from analysis.results import Comparison, Estimate, NotEstimable
    from analysis.sections import evaluate
    from analysis.study import Study

__all__ = [
    "Comparison",
    "Estimate",
    "Evaluation",
    "Issue",
    "LeveeError",
    "NotEstimable",
    "Study",
    "StudyPlan",
    "evaluate",
    "read_plan",
    "read_study",
]

_HOME = {
    "Comparison": "analysis.results",
    "Estimate": "analysis.results",
    "Evaluation": "analysis.evaluation",
    "Issue": "analysis.issues",
    "LeveeError": "analysis.errors",
    "NotEstimable": "analysis.results",
    "Study": "analysis.study",
    "StudyPlan": "analysis.plan",
    "evaluate": "analysis.sections",
    "read_plan": "analysis.plan",
    "read_study": "analysis.intake.read.reader",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401
    if name not in _HOME:
        raise AttributeError(f"module 'analysis' has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

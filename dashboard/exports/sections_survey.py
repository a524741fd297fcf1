"""The parts of a report about the survey, in the order in which a reader needs them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.content.model import Section
from dashboard.content.topics import (
    attrition,
    comparison,
    dose,
    items,
    outcomes,
    reliability,
    subgroups,
    trajectory,
)
from dashboard.exports.content import ReportSection, report_section
from dashboard.text import Text

SectionMaker = Callable[[Evaluation, Study, Text], Section]


def list_survey_sections(evaluation: Evaluation, study: Study, text: Text) -> list[ReportSection]:
    """List the sections about the survey that have results."""
    if evaluation.flow is None:
        return []
    makers: tuple[tuple[SectionMaker, bool], ...] = (
        (outcomes.make_section, bool(evaluation.outcomes)),
        (trajectory.make_section, bool(evaluation.trajectory)),
        (comparison.make_section, bool(evaluation.comparison)),
        (subgroups.make_section, any(outcome.subgroups for outcome in evaluation.outcomes)),
        (dose.make_section, bool(evaluation.dose)),
        (partial(attrition.make_section, flow=evaluation.flow), True),
        (items.make_section, bool(evaluation.items)),
        (reliability.make_section, bool(evaluation.reliability)),
    )
    return [
        report_section(make(evaluation, study, text)) for make, has_results in makers if has_results
    ]

"""The parts of a report about the survey."""

from __future__ import annotations

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.study import Study
from analysis.surveys.findings import last_contrasts
from dashboard.content.forest import (
    draw_forest,
    list_difference_rows,
    list_forest_rows,
)
from dashboard.content.topics import (
    attrition,
    comparison,
    dose,
    items,
    reliability,
    subgroups,
    trajectory,
)
from dashboard.exports.content import ReportPicture, ReportSection, make_section, report_section
from dashboard.sentences.change import is_share
from dashboard.sentences.improvement import say_improvement
from dashboard.sentences.ordered import say_ordered
from dashboard.tables.outcomes import (
    list_analyses,
    list_effect_sizes,
    list_ordered,
    list_outcomes,
)
from dashboard.text import Text

Tables = dict[str, tuple[str, pd.DataFrame]]


def list_survey_sections(evaluation: Evaluation, study: Study, text: Text) -> list[ReportSection]:
    """List the sections about the survey that have results."""
    if evaluation.flow is None:
        return []
    made = [
        _outcomes(evaluation, study, text) if evaluation.outcomes else None,
        report_section(trajectory.make_section(evaluation, study, text))
        if evaluation.trajectory
        else None,
        report_section(comparison.make_section(evaluation, study, text))
        if evaluation.comparison
        else None,
        report_section(subgroups.make_section(evaluation, study, text))
        if any(o.subgroups for o in evaluation.outcomes)
        else None,
        report_section(dose.make_section(evaluation, study, text)) if evaluation.dose else None,
        report_section(attrition.make_section(evaluation, study, evaluation.flow, text)),
        report_section(items.make_section(evaluation, study, text)) if evaluation.items else None,
        report_section(reliability.make_section(evaluation, study, text))
        if evaluation.reliability
        else None,
    ]
    return [section for section in made if section is not None]


def _outcomes(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    outcomes, plan = evaluation.outcomes, study.plan
    rows = list_forest_rows(outcomes, plan, text)
    picture = ReportPicture(
        title=text("Change against what matters"),
        subtitle=text("% of the measure's span; shaded: too small to matter"),
        alt=text("Forest plot of the change in each measure."),
        figure=lambda: draw_forest(rows, text),
        headline=not list_difference_rows(evaluation.comparison, outcomes, plan, text),
    )
    measures = {m.name: m for m in plan.measures}
    tables = {"outcomes": (text("Outcomes"), list_outcomes(outcomes, plan, text))}
    improvement = [
        text("{measure}: {caution}", measure=_name(text, measures[one.measure]), caution=line)
        for one in last_contrasts(outcomes)
        for line in [
            *say_improvement(text, one, measures[one.measure]),
            *say_ordered(text, one),
        ]
    ]
    for one in last_contrasts(outcomes):
        measure = measures[one.measure]
        name = _name(text, measure)
        analyses = list_analyses(one, text, share=is_share(measure))
        title = text("{measure}: every method side by side", measure=name)
        tables[f"analyses_{one.measure}"] = (title, analyses)
        sizes = text("{measure}: effect sizes", measure=name)
        tables[f"effects_{one.measure}"] = (sizes, list_effect_sizes(one, text))
        if one.ordered is not None:
            title = text("{measure}: the answers, expected for the same people", measure=name)
            tables[f"ordered_{one.measure}"] = (title, list_ordered(one, plan, text))
    return make_section(
        text,
        evaluation,
        "outcomes",
        text("Outcomes"),
        tables=tables,
        pictures=(picture,) if rows else (),
        sentences=improvement,
    )


def _name(text: Text, measure: MeasurePlan) -> str:
    return text.of(measure.label, measure.name)

"""The parts of a report about the survey."""

from __future__ import annotations

from functools import partial

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import Estimate
from analysis.study import Study
from analysis.surveys.contrasts import main_rows
from analysis.surveys.findings import find_trajectory, last_contrasts
from analysis.surveys.results import GroupComparison
from dashboard.content.forest import (
    draw_forest,
    list_difference_rows,
    list_forest_rows,
)
from dashboard.content.topics import attrition, dose, reliability, subgroups
from dashboard.exports.content import ReportPicture, ReportSection, make_section, report_section
from dashboard.figures.answers import draw_answers, draw_shares
from dashboard.figures.comparison import draw_comparison
from dashboard.figures.trajectory import draw_trajectory
from dashboard.sentences import say_finding
from dashboard.sentences.change import is_share
from dashboard.sentences.comparison import say_design, say_e_value
from dashboard.sentences.improvement import say_improvement
from dashboard.sentences.items import describe_answers, name_answers
from dashboard.sentences.ordered import say_ordered
from dashboard.tables.comparison import list_balance, list_comparisons, list_weighted_balance
from dashboard.tables.items import list_answers
from dashboard.tables.outcomes import (
    list_analyses,
    list_effect_sizes,
    list_ordered,
    list_outcomes,
)
from dashboard.tables.trajectory import list_contrasts, list_patterns, list_waves
from dashboard.text import Text

Tables = dict[str, tuple[str, pd.DataFrame]]


def list_survey_sections(evaluation: Evaluation, study: Study, text: Text) -> list[ReportSection]:
    """List the sections about the survey that have results."""
    if evaluation.flow is None:
        return []
    made = [
        _outcomes(evaluation, study, text) if evaluation.outcomes else None,
        _trajectory(evaluation, study, text) if evaluation.trajectory else None,
        _comparison(evaluation, study, text) if evaluation.comparison else None,
        report_section(subgroups.make_section(evaluation, study, text))
        if any(o.subgroups for o in evaluation.outcomes)
        else None,
        report_section(dose.make_section(evaluation, study, text)) if evaluation.dose else None,
        report_section(attrition.make_section(evaluation, study, evaluation.flow, text)),
        _answers(evaluation, study, text) if evaluation.items else None,
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


def _trajectory(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    """The course over the waves: a picture and a table of levels for each measure."""
    courses, tables, pictures = evaluation.trajectory, {}, []
    for name in dict.fromkeys(course.measure for course in courses):
        measure = study.measure(name)
        own = [course for course in courses if course.measure == name]
        title = text("{measure}: level in each wave", measure=_name(text, measure))
        tables[f"trajectory_{name}"] = (title, list_waves(own, study.plan, text))
        if any(isinstance(p.level, Estimate) for course in own for p in course.points):
            pictures.append(
                ReportPicture(
                    title=title,
                    alt=text("Line of the level in each wave, with its interval."),
                    note=say_finding(text, find_trajectory(study, own[0])),
                    figure=partial(draw_trajectory, own, measure, text),
                )
            )
    contrasts = list_contrasts(courses, study.plan, text)
    patterns = list_patterns([c for c in courses if c.measure == courses[0].measure], text)
    return make_section(
        text,
        evaluation,
        "trajectory",
        text("Trajectory"),
        tables={
            "trajectory_contrasts": (text("Against baseline, and is it held?"), contrasts),
            **tables,
            "trajectory_patterns": (text("Who answered which waves"), patterns),
        },
        pictures=tuple(pictures),
    )


def _comparison(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    measures = {m.name: m for m in study.plan.measures}
    tables: Tables = {}
    main = main_rows(evaluation.comparison)
    for one in main:
        measure = measures[one.measure]
        title = text("{measure}: every method side by side", measure=_name(text, measure))
        tables[f"comparison_{one.measure}"] = (title, list_comparisons(one, measure, text))
        if one.overlap is not None:
            title = text(
                "{measure}: weighted to be alike at the start", measure=_name(text, measure)
            )
            weighted = list_weighted_balance(one.overlap, study.plan, text)
            tables[f"overlap_{one.measure}"] = (title, weighted)
    for one in main[:1]:
        balance = list_balance(one.balance, study.plan, text)
        tables["balance"] = (text("Were the groups alike at the start?"), balance)
    pictures = [
        *_differences(evaluation, study, text),
        *(
            _compared(one, measures[one.measure], text)
            for one in main
            if any(isinstance(mean, Estimate) for _, _, mean in one.means)
        ),
    ]
    designs = [say_design(text, one) for one in main]
    said = designs[:1]
    if len(set(designs)) > 1:
        said = [
            text("{measure}: {caution}", measure=_name(text, measures[one.measure]), caution=design)
            for one, design in zip(main, designs, strict=True)
        ]
    said += [
        text(
            "{measure}: {caution}",
            measure=_name(text, measures[one.measure]),
            caution=say_e_value(text, one.e_value),
        )
        for one in main
        if one.e_value is not None
    ]
    return make_section(
        text,
        evaluation,
        "comparison",
        text("Comparison"),
        tables=tables,
        pictures=tuple(pictures),
        sentences=said,
    )


def _differences(evaluation: Evaluation, study: Study, text: Text) -> list[ReportPicture]:
    """The picture of the differences that the report's answer speaks of, if there are any."""
    rows = list_difference_rows(evaluation.comparison, evaluation.outcomes, study.plan, text)
    if not rows:
        return []
    picture = ReportPicture(
        title=text("Difference from the comparison group"),
        subtitle=text("Difference in % of the measure's span; shaded: too small to matter"),
        alt=text("Forest plot of the difference from the comparison group in each measure."),
        figure=lambda: draw_forest(rows, text),
        headline=True,
    )
    return [picture]


def _compared(one: GroupComparison, measure: MeasurePlan, text: Text) -> ReportPicture:
    return ReportPicture(
        title=_name(text, measure),
        alt=text("Two lines: programme and comparison group, before and after."),
        figure=lambda: draw_comparison(one, measure, text),
    )


def _name(text: Text, measure: MeasurePlan) -> str:
    return text.of(measure.label, measure.name)


def _answers(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    """How each question was answered; one table and one picture for each measure."""
    tables, pictures = {}, []
    least = study.plan.study.min_group
    for measure in study.plan.measures:
        told = [one for one in evaluation.items if one.measure == measure.name and one.counts]
        items = name_answers(text, study.plan, told)
        if not items:
            continue
        name = _name(text, measure)
        labels = {item: text.of(measure.texts.get(item), item) for item in measure.items}
        draw = draw_shares if is_share(measure) else draw_answers
        tables[f"answers_{measure.name}"] = (name, list_answers(items, labels, text, least))
        pictures.append(
            ReportPicture(
                title=name,
                alt=describe_answers(text, len({one.wave for one in items})),
                figure=partial(draw, items, labels, text),
            )
        )
    return make_section(
        text, evaluation, "items", text("Answers"), tables=tables, pictures=tuple(pictures)
    )

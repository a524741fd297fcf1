"""The parts of a report about the survey."""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.findings import last_contrasts
from analysis.study import Study
from dashboard.exports.content import ReportPicture, ReportSection, make_section
from dashboard.exports.pictures import draw_changes, draw_comparison
from dashboard.figures.answers import draw_answers, draw_shares
from dashboard.figures.forest import draw_forest
from dashboard.figures.reliability import draw_reliability
from dashboard.sentences.change import is_share
from dashboard.sentences.outcomes import say_wave
from dashboard.tables.items import list_answers
from dashboard.tables.outcomes import list_analyses, list_effect_sizes, list_outcomes
from dashboard.tables.reliability import list_items, list_reliability
from dashboard.text import Text


def list_survey_sections(evaluation: Evaluation, study: Study, text: Text) -> list[ReportSection]:
    """List the sections about the survey that have results."""
    if evaluation.flow is None:
        return []
    made = [
        _outcomes(evaluation, study, text) if evaluation.outcomes else None,
        _comparison(evaluation, study, text) if evaluation.comparison else None,
        _answers(evaluation, study, text) if evaluation.items else None,
        _reliability(evaluation, study, text) if evaluation.reliability else None,
    ]
    return [section for section in made if section is not None]


def _outcomes(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    outcomes, plan = evaluation.outcomes, study.plan
    picture = ReportPicture(
        title=text("Change against what matters"),
        alt=text("Forest plot of the change in each measure."),
        svg=draw_changes(outcomes, plan, text, compared=evaluation.comparison),
        figure=lambda: draw_forest(outcomes, plan, text),
    )
    measures = {m.name: m for m in plan.measures}
    tables = {"outcomes": (text("Outcomes"), list_outcomes(outcomes, plan, text))}
    for one in last_contrasts(outcomes):
        measure = measures[one.measure]
        name = text.of(measure.label, measure.name)
        analyses = list_analyses(one, text, share=is_share(measure))
        title = text("{measure}: every method side by side", measure=name)
        tables[f"analyses_{one.measure}"] = (title, analyses)
        sizes = text("{measure}: effect sizes", measure=name)
        tables[f"effects_{one.measure}"] = (sizes, list_effect_sizes(one, text))
    return make_section(
        text, evaluation, "outcomes", text("Outcomes"), tables=tables, pictures=(picture,)
    )


def _comparison(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    measures = {m.name: m for m in study.plan.measures}
    pictures = tuple(
        ReportPicture(
            title=text.of(measures[one.measure].label, one.measure),
            alt=text("Two lines: programme and comparison group, before and after."),
            svg=draw_comparison(
                one,
                measures[one.measure],
                text,
                (say_wave(text, one.contrast[0]), say_wave(text, one.contrast[1])),
            ),
        )
        for one in evaluation.comparison
        if one.means
    )
    return make_section(
        text, evaluation, "comparison", text("Comparison"), tables={}, pictures=pictures
    )


def _answers(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    """How each question was answered; one table and one picture for each measure."""
    tables, pictures = {}, []
    for measure in study.plan.measures:
        items = [one for one in evaluation.items if one.measure == measure.name and one.counts]
        if not items:
            continue
        name = text.of(measure.label, measure.name)
        labels = {item: text.of(measure.texts.get(item), item) for item in measure.items}
        draw = draw_shares if is_share(measure) else draw_answers
        tables[f"answers_{measure.name}"] = (name, list_answers(items, labels, text))
        pictures.append(
            ReportPicture(
                title=name,
                alt=text("Stacked bars of answers to each question, before above after."),
                figure=lambda draw=draw, items=items, labels=labels: draw(items, labels, text),
            )
        )
    return make_section(
        text, evaluation, "items", text("Answers"), tables=tables, pictures=tuple(pictures)
    )


def _reliability(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    rows, plan = evaluation.reliability, study.plan
    picture = ReportPicture(
        title=text("How well the questions hang together"),
        alt=text("Dots of alpha with intervals for each measure and wave."),
        figure=lambda: draw_reliability(rows, plan, text),
    )
    tables = {
        "reliability": (text("Reliability"), list_reliability(rows, plan, text)),
        "reliability_items": (text("Question by question"), list_items(rows, plan, text)),
    }
    return make_section(
        text, evaluation, "reliability", text("Reliability"), tables=tables, pictures=(picture,)
    )

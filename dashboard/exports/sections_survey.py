"""The parts of a report about the survey."""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.exports.content import ReportPicture, ReportSection, make_section
from dashboard.exports.pictures import draw_changes, draw_comparison
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text


def list_survey_sections(evaluation: Evaluation, study: Study, text: Text) -> list[ReportSection]:
    """List the sections about the survey that have results."""
    if evaluation.flow is None:
        return []
    made = [
        _outcomes(evaluation, study, text) if evaluation.outcomes else None,
        _comparison(evaluation, study, text) if evaluation.comparison else None,
    ]
    return [section for section in made if section is not None]


def _outcomes(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    picture = ReportPicture(
        title=text("Change against what matters"),
        alt=text("Forest plot of the change in each measure."),
        svg=draw_changes(evaluation.outcomes, study.plan, text, compared=evaluation.comparison),
    )
    return make_section(
        text, evaluation, "outcomes", text("Outcomes"), tables={}, pictures=(picture,)
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

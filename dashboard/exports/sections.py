"""The parts of a report, one for each part of a study that has data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from analysis.evaluation import Evaluation
from analysis.interruptions import InterruptedSeries
from analysis.results import Estimate
from analysis.study import Study
from dashboard.content.topics import (
    capacity,
    cohorts,
    consultation,
    delivery,
    funding,
    hours,
    targets,
)
from dashboard.exports.charts import chart_team
from dashboard.exports.content import (
    ReportPicture,
    ReportSection,
    list_frames,
    make_section,
    report_section,
)
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.figures.reach import draw_representation
from dashboard.figures.retention import draw_months, draw_retention
from dashboard.figures.series import draw_series
from dashboard.sentences.few import mark_people, mark_team
from dashboard.sentences.methods import say_methods
from dashboard.sentences.names import with_names
from dashboard.sentences.series import name_series, say_series_model
from dashboard.tables import participation as people
from dashboard.tables import sustainability as money
from dashboard.tables import volunteers as team
from dashboard.tables.methods import list_checklist
from dashboard.tables.series import list_events
from dashboard.text import Text

SectionMaker = Callable[[Evaluation, Study, Text], ReportSection | None]


def list_sections(evaluation: Evaluation, study: Study, text: Text) -> list[ReportSection]:
    """List the sections that have data, in the order a reader needs them."""
    makers: tuple[SectionMaker, ...] = (
        _targets,
        _participation,
        _delivery,
        _volunteers,
        _funding,
        _capacity,
        _consultation,
        _scorecard,
        _methods,
    )
    made = [make(evaluation, study, text) for make in makers]
    surveys = list_survey_sections(evaluation, study, text)
    return [*surveys, *(section for section in made if section is not None)]


def _targets(evaluation: Evaluation, study: Study, text: Text) -> ReportSection | None:
    if not evaluation.targets:
        return None
    return report_section(targets.make_section(evaluation, study.plan, text))


def _left_out(evaluation: Evaluation, key: str, heading: str, text: Text) -> ReportSection | None:
    """Say why a part is left out beside an earlier release; None where the study has no data."""
    codes = (f"{key}_left_out", f"{key}_not_compared")
    why = tuple(one for one in evaluation.cautions if one.code in codes)
    if not why:
        return None
    return make_section(
        text, replace(evaluation, findings=(), cautions=why), key, heading, tables={}
    )


def _participation(evaluation: Evaluation, study: Study, text: Text) -> ReportSection | None:
    if evaluation.participation is None:
        return _left_out(evaluation, "participation", text("Participation"), text)
    named = with_names(text, study.plan, evaluation.participation)
    least = study.plan.study.min_group
    found = mark_people(text, named, least)
    pictures = tuple(
        ReportPicture(
            title=text("Who came, against who lives there: {by}", by=by),
            alt=text("Dots of each group's share of participants beside its share at large."),
            figure=partial(draw_representation, found, by, text),
        )
        for by in dict.fromkeys(r.by for r in found.representation if isinstance(r.share, Estimate))
    )
    tables = {
        "reach": (
            text("From the community to those who came again"),
            people.list_funnel(found, text),
        ),
        "representation": (text("Who is reached"), people.list_representation(found, text)),
        "kinds": (text("By kind and level"), people.list_kinds(found, text)),
        "months_participation": (text("Month by month"), people.list_months(found, text, least)),
        "sessions": (text("Sessions"), people.list_sessions(found, text)),
    }
    months = [one for one in evaluation.time_series if one.name == "attendance"]
    return make_section(
        text,
        evaluation,
        "participation",
        text("Participation"),
        tables=tables | _series_tables(months, text),
        pictures=(*pictures, *_series_pictures(months, text)),
    )


def _series_tables(
    series: Sequence[InterruptedSeries], text: Text
) -> dict[str, tuple[str, pd.DataFrame]]:
    """What the declared events go with, month by month."""
    title = text("Before and after the events")
    return {f"events_{one.name}": (title, list_events(one, text)) for one in series}


def _series_pictures(series: Sequence[InterruptedSeries], text: Text) -> tuple[ReportPicture, ...]:
    return tuple(
        ReportPicture(
            title=text("Before and after: {series} by month", series=name_series(text, one.name)),
            alt=text("Dots by month, lines of the model, the earlier trend dashed."),
            subtitle=text("Line: model; dashed: the earlier trend continued"),
            note=say_series_model(text, one),
            figure=partial(draw_series, one, text),
        )
        for one in series
        if one.fitted
    )


def _delivery(evaluation: Evaluation, _study: Study, text: Text) -> ReportSection | None:
    found = evaluation.delivery
    return None if found is None else report_section(delivery.make_section(evaluation, found, text))


def _volunteers(evaluation: Evaluation, study: Study, text: Text) -> ReportSection | None:
    if evaluation.volunteers is None:
        return _left_out(evaluation, "volunteers", text("Volunteers"), text)
    least = study.plan.study.min_group
    found = mark_team(text, evaluation.volunteers, least)
    pictures = (
        ReportPicture(
            title=text("How long volunteers stay"),
            alt=text(
                "Falling step curve of the share still serving; who is followed stands below."
            ),
            figure=lambda: draw_retention(found, text),
        ),
        ReportPicture(
            title=text("Who came into the team, and who lapsed"),
            alt=text("Bars of new, returning and lapsed volunteers by month, the team as a line."),
            chart=chart_team(found, text),
            figure=lambda: draw_months(found, text, least),
        ),
    )
    tables = {
        "retention": (text("Retention, by each definition"), team.list_retention(found, text)),
        "causes": (text("Why they left"), team.list_causes(found, text)),
        "roles": (text("Active by role"), team.list_roles(found, text)),
        **list_frames(cohorts.make_section(found, text, least)),
        "months_volunteers": (text("Month by month"), team.list_months(found, text, least)),
        "outlook": (text("The team in six months"), team.list_outlook(found, text)),
    }
    if found.outlook_choice is not None and found.outlook_choice.n:
        choice = team.list_outlook_choice(found.outlook_choice, text)
        tables["outlook_check"] = (text("How earlier outlooks did"), choice)
    if found.hours is not None:
        tables |= list_frames(hours.make_section(evaluation, found, found.hours, text))
    months = [one for one in evaluation.time_series if one.name != "attendance"]
    return make_section(
        text,
        evaluation,
        "volunteers",
        text("Volunteers"),
        tables=tables | _series_tables(months, text),
        pictures=(*pictures, *_series_pictures(months, text)),
    )


def _funding(evaluation: Evaluation, _study: Study, text: Text) -> ReportSection | None:
    found = evaluation.sustainability.funding if evaluation.sustainability else None
    return None if found is None else report_section(funding.make_section(evaluation, found, text))


def _capacity(evaluation: Evaluation, _study: Study, text: Text) -> ReportSection | None:
    found = evaluation.sustainability
    if found is None or (found.capacity is None and found.strengths is None):
        return _left_out(evaluation, "capacity", text("Capacity"), text)
    return report_section(capacity.make_section(evaluation, found, text))


def _consultation(evaluation: Evaluation, _study: Study, text: Text) -> ReportSection | None:
    found = evaluation.sustainability.consultation if evaluation.sustainability else None
    if found is None:
        return None
    return report_section(consultation.make_section(evaluation, found, text))


def _scorecard(evaluation: Evaluation, _study: Study, text: Text) -> ReportSection | None:
    found = evaluation.sustainability
    if found is None or not found.scorecard:
        return None
    tables = {"scorecard": (text("Scorecard"), money.list_scorecard(found.scorecard, text))}
    return make_section(text, evaluation, "scorecard", text("Scorecard"), tables=tables)


def _methods(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    """How the numbers were made, ready to paste, and the reporting checklist."""
    checklist = list_checklist(evaluation, study.plan, text)
    return make_section(
        text,
        evaluation,
        "methods",
        text("Methods"),
        tables={"checklist": (text("Reporting checklist (TREND)"), checklist)},
        sentences=say_methods(text, evaluation, study.plan),
    )

"""The parts of a report, one for each part of a study that has data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.content.topics import (
    capacity,
    cohorts,
    consultation,
    delivery,
    funding,
    hours,
    participation,
    reach,
    series,
    targets,
)
from dashboard.exports.charts import chart_team
from dashboard.exports.content import (
    ReportPicture,
    ReportSection,
    list_frames,
    make_section,
    report_pictures,
    report_section,
)
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.figures.retention import draw_months, draw_retention
from dashboard.sentences.few import mark_team
from dashboard.sentences.methods import say_methods
from dashboard.tables import sustainability as money
from dashboard.tables import volunteers as team
from dashboard.tables.methods import list_checklist
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
    found = evaluation.participation
    if found is None:
        return _left_out(evaluation, "participation", text("Participation"), text)
    whole = participation.make_section(evaluation, found, study.plan, text)
    reached = reach.make_section(evaluation, found, study.plan, text)
    events = series.make_section(evaluation, series.ATTENDANCE, text)
    return report_section(whole, (reached, whole, events))


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
    events = series.make_section(evaluation, series.SERVICE, text)
    return make_section(
        text,
        evaluation,
        "volunteers",
        text("Volunteers"),
        tables=tables | list_frames(events),
        pictures=(*pictures, *report_pictures(events)),
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

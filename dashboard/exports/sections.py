"""The parts of a report, one for each part of a study that has data."""

from __future__ import annotations

from collections.abc import Callable

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.content.model import Section
from dashboard.content.topics import (
    capacity,
    cohorts,
    consultation,
    delivery,
    funding,
    hours,
    methods,
    outlook,
    participation,
    reach,
    scorecard,
    series,
    targets,
    volunteers,
)
from dashboard.exports.content import ReportSection, report_section
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.sentences.cautions import say_cautions
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
    cautions = [caution for caution in evaluation.cautions if caution.code in codes]
    if not cautions:
        return None
    reasons = say_cautions(text, evaluation, cautions)
    return report_section(Section(key=key, heading=heading, title=heading, cautions=reasons))


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
    team, least = evaluation.volunteers, study.plan.study.min_group
    if team is None:
        return _left_out(evaluation, "volunteers", text("Volunteers"), text)
    whole = volunteers.make_section(evaluation, team, text, least)
    parts = [
        whole,
        cohorts.make_section(team, text, least),
        outlook.make_section(evaluation, team, text, least),
    ]
    if team.hours is not None:
        parts.append(hours.make_section(evaluation, team, team.hours, text))
    parts.append(series.make_section(evaluation, series.SERVICE, text))
    return report_section(whole, parts)


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
    return report_section(scorecard.make_section(evaluation, found, text))


def _methods(evaluation: Evaluation, study: Study, text: Text) -> ReportSection:
    return report_section(methods.make_section(evaluation, study, text))

"""Which part one survey column plays in a plan, and changing it with one choice."""

from __future__ import annotations

from typing import Any

from analysis.plan import TABLES, StudyPlan, SurveyPlan, plan_from_dict
from dashboard.workspace.plan_edit import SURVEY, Place, survey_file, with_column

BREAKDOWN = "breakdown"
MEASURE = "measure:"


def list_parts(plan: StudyPlan) -> list[str]:
    """Parts a survey column can play: none, a key, a breakdown, or an item of a measure."""
    measures = [MEASURE + measure.name for measure in plan.measures]
    return ["", *TABLES[SURVEY].columns, BREAKDOWN, *measures]


def part_of(plan: StudyPlan, at: Place, column: str) -> str:
    """The part a column of a survey table plays; ``""`` when none."""
    name = survey_file(plan, at).rename.get(column, column)
    survey = plan.survey or SurveyPlan()
    for field in TABLES[SURVEY].columns:
        known = getattr(survey, field)
        if known == name or (isinstance(known, list) and name in known):
            return field
    if name in survey.disaggregate:
        return BREAKDOWN
    found = (MEASURE + one.name for one in plan.measures if name in one.items)
    return next(found, "")


def with_part(plan: StudyPlan, at: Place, column: str, part: str) -> StudyPlan:
    """Let a column of a survey table play another part than before."""
    name = survey_file(plan, at).rename.get(column, column)
    told = plan.model_dump(mode="json", exclude_defaults=True, exclude_none=True)
    _take_out(told, name)
    if part == BREAKDOWN:
        told[SURVEY].setdefault("disaggregate", []).append(name)
    elif part.startswith(MEASURE):
        wanted = part.removeprefix(MEASURE)
        measure = next(one for one in told["measures"] if one["name"] == wanted)
        measure["items"].append(name)
    changed = _without_empty(told)
    return with_column(changed, at, part, column) if part in TABLES[SURVEY].columns else changed


def _take_out(told: dict[str, Any], name: str) -> None:
    survey = told[SURVEY]
    for field in TABLES[SURVEY].columns:
        if survey.get(field) == name:
            del survey[field]
        elif isinstance(survey.get(field), list):
            survey[field] = [one for one in survey[field] if one != name]
    survey["disaggregate"] = [one for one in survey.get("disaggregate", []) if one != name]
    for measure in told.get("measures", []):
        for key in ("items", "reversed"):
            measure[key] = [one for one in measure.get(key, []) if one != name]
        for key in ("texts", "correct"):
            measure.get(key, {}).pop(name, None)


def _without_empty(told: dict[str, Any]) -> StudyPlan:
    kept = [measure for measure in told.get("measures", []) if measure["items"]]
    return plan_from_dict({**told, "measures": kept})

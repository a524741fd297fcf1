"""Changes the wizard makes to a plan: what a file is, which column plays which part.

Pure functions from plan to plan; names of files and columns are literal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from analysis.study_file import MeasurePlan, StudyPlan, SurveyFile, SurveyPlan, plan_from_dict

SURVEY = "survey"
# Which columns each kind of file may name; the first ones are needed.
FIELDS: Mapping[str, tuple[str, ...]] = {
    SURVEY: ("respondent", "wave", "group", "site", "cluster", "weight", "started_on"),
    "attendance": (
        "person", "session", "date", "kind", "attended", "registered", "invited", "household",
        "level", "count",
    ),
    "delivery": (
        "session", "planned", "held", "status", "phase", "content_planned", "content_delivered",
        "staff_hours", "volunteer_hours",
    ),
    "volunteers": ("volunteer", "joined", "left", "reason", "role", "trained", "successor"),
    "service": ("volunteer", "date", "hours", "activity", "signed_up", "attended"),
    "funding": (
        "date", "amount", "income", "expense", "direction", "source", "kind", "restricted",
        "recurring", "ends",
    ),
    "capacity": ("domain", "score", "rater", "item", "wave", "group", "leadership"),
    "strengths": ("strength", "wave", "kind", "present"),
    "consultation": (
        "issue", "raised", "raised_by", "agreed", "due", "done", "told_back", "declined",
        "meeting", "parties", "stage", "promised_level", "delivered_level",
    ),
}  # fmt: skip
NEEDED: Mapping[str, tuple[str, ...]] = {
    "volunteers": ("volunteer",),
    "service": ("volunteer", "date"),
    "funding": ("date",),
    "capacity": ("domain", "score", "rater"),
    "strengths": ("strength", "wave"),
    "consultation": ("issue", "raised"),
    "delivery": ("planned",),
}


def use_of(plan: StudyPlan, file: str) -> str:
    """What a file is used as: a section's name, or ``""`` when it is not used."""
    if plan.survey and any(source.path == file for source in plan.survey.files):
        return SURVEY
    sections = (name for name in FIELDS if name != SURVEY)
    found = (name for name in sections if getattr(getattr(plan, name), "path", None) == file)
    return next(found, "")


def with_use(plan: StudyPlan, file: str, use: str, columns: Sequence[str]) -> StudyPlan:
    """Use a file as something else; a needed column starts as the first of the file."""
    told = _without_file(_record(plan), file)
    if use == SURVEY:
        told.setdefault(SURVEY, {}).setdefault("files", []).append({"path": file})
    elif use:
        needed = {name: columns[0] for name in NEEDED.get(use, ()) if columns}
        told[use] = {"path": file, **needed}
    return plan_from_dict(told)


def column_of(plan: StudyPlan, file: str, field: str) -> str | None:
    """The column of ``file`` that plays a part; None when no column does."""
    use = use_of(plan, file)
    named = getattr(getattr(plan, use, None), field, None)
    if use != SURVEY or not isinstance(named, str):
        return named if isinstance(named, str) else None
    return _exported(_survey_file(plan, file), named)


def with_column(plan: StudyPlan, file: str, field: str, column: str | None) -> StudyPlan:
    """Let a column of ``file`` play a part (or none)."""
    use = use_of(plan, file)
    told = _record(plan)
    if use != SURVEY:
        told[use][field] = column
        return plan_from_dict({**told, use: _known(told[use])})
    return _with_survey_column(told, file, field, column)


def with_wave(plan: StudyPlan, file: str, wave: str | None) -> StudyPlan:
    """Say that every row of a survey file belongs to one wave."""
    told = _record(plan)
    for source in told[SURVEY]["files"]:
        if source["path"] == file:
            source.pop("wave", None)
            if wave:
                source["wave"] = wave
    return plan_from_dict(told)


def with_breakdown(plan: StudyPlan, names: Sequence[str]) -> StudyPlan:
    """Choose the columns results are broken down by."""
    told = _record(plan)
    told.setdefault(SURVEY, {})["disaggregate"] = list(names)
    return plan_from_dict(told)


def with_measure(plan: StudyPlan, at: int, measure: Mapping[str, Any]) -> StudyPlan:
    """Replace one measure (or add it at the end); without items it is taken out."""
    told = _record(plan)
    measures = list(told.get("measures", ()))
    changed = [_known(measure)] if measure.get("items") else []
    return plan_from_dict({**told, "measures": [*measures[:at], *changed, *measures[at + 1 :]]})


def measure_record(measure: MeasurePlan) -> dict[str, Any]:
    """One measure as plain values."""
    return measure.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def survey_columns(plan: StudyPlan, tables: Mapping[str, Sequence[str]]) -> list[str]:
    """Columns of all survey files under the names the plan knows them by, each once."""
    names: dict[str, None] = {}
    for source in plan.survey.files if plan.survey else ():
        for column in tables.get(source.path, ()):
            names.setdefault(source.rename.get(column, column))
    return list(names)


def _with_survey_column(
    told: dict[str, Any], file: str, field: str, column: str | None
) -> StudyPlan:
    survey = told[SURVEY]
    known = survey.get(field)
    source = next(one for one in survey["files"] if one["path"] == file)
    rename = dict(source.get("rename", {}))
    if column is None:
        survey.pop(field, None)
    elif not isinstance(known, str) or len(survey["files"]) == 1:
        survey[field] = rename.get(column, column)
    else:
        kept = {name: short for name, short in rename.items() if short != known}
        source["rename"] = kept if column == known else {**kept, column: known}
    return plan_from_dict(told)


def _survey_file(plan: StudyPlan, file: str) -> SurveyFile:
    survey = plan.survey or SurveyPlan()
    return next(source for source in survey.files if source.path == file)


def _exported(source: SurveyFile, short: str) -> str:
    return next((name for name, known in source.rename.items() if known == short), short)


def _record(plan: StudyPlan) -> dict[str, Any]:
    return plan.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def _known(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in section.items() if value not in (None, "")}


def _without_file(told: dict[str, Any], file: str) -> dict[str, Any]:
    for name in FIELDS:
        if name != SURVEY and told.get(name, {}).get("path") == file:
            del told[name]
    files = told.get(SURVEY, {}).get("files", [])
    left = [source for source in files if source["path"] != file]
    if files:
        told[SURVEY]["files"] = left
    return told

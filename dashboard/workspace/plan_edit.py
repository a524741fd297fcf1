"""Changes the wizard makes to a plan: what a file is, which column plays which part.

Pure functions from plan to plan; names of files, sheets and columns are literal. A table is
addressed by :class:`Place`, because one workbook may hold several.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from analysis.plan import (
    TABLES,
    CountsPlan,
    MeasurePlan,
    StudyPlan,
    SurveyFile,
    SurveyPlan,
    plan_from_dict,
)

SURVEY = "survey"
DICTIONARY = "dictionary"
USES = ("", *TABLES, DICTIONARY)
"""What a table can be used as; none, a section, or what tells a survey's labels and choices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One table of the study: its file and sheet; ``main`` is the file's first table."""

    file: str
    sheet: str = ""
    main: bool = True

    def holds(self, path: object, sheet: object) -> bool:
        """Whether a section that names ``path`` and ``sheet`` reads this table."""
        return path == self.file and (sheet == self.sheet if sheet else self.main)

    def record(self) -> dict[str, str]:
        """How a section names this table."""
        return {"path": self.file} if self.main else {"path": self.file, "sheet": self.sheet}


def use_of(plan: StudyPlan, at: Place) -> str:
    """What a table is used as: a section's name, or ``""`` when it is not used."""
    if plan.survey and any(at.holds(one.path, one.sheet) for one in plan.survey.files):
        return SURVEY
    if plan.survey and plan.survey.dictionary == at.file:
        return DICTIONARY
    sections = ((name, getattr(plan, name)) for name in TABLES if name != SURVEY)
    return next((n for n, one in sections if one and at.holds(one.path, one.sheet)), "")


def with_use(
    plan: StudyPlan,
    at: Place,
    use: str,
    columns: Sequence[str],
    located: Mapping[str, str] | None = None,
) -> StudyPlan:
    """Use a table as something else.

    Parameters
    ----------
    located
        Field → column, as far as the headers tell; a needed column that none of them names starts
        as the first of the table.
    """
    told = _without_table(plan_record(plan), at)
    if use == SURVEY:
        told.setdefault(SURVEY, {}).setdefault("files", []).append(at.record())
    elif use == DICTIONARY:
        told.setdefault(SURVEY, {})[DICTIONARY] = at.file
    elif use:
        needed = {name: columns[0] for name in TABLES[use].needed if columns}
        known = {name: one for name, one in (located or {}).items() if name in TABLES[use].columns}
        told[use] = {**at.record(), **needed, **known}
    return plan_from_dict(told)


def list_gaps(plan: StudyPlan, at: Place) -> tuple[str, ...]:
    """Return what keeps a table from being read: ``amount`` · ``person`` · ``same_column``.

    A ledger needs amounts, a sign-in sheet people or a count; and one column cannot play two
    needed parts.
    """
    use = use_of(plan, at)
    section = getattr(plan, use, None) if use not in ("", SURVEY, DICTIONARY) else None
    if section is None:
        return ()
    found = []
    if use == "funding" and not (section.amount or section.income or section.expense):
        found.append("amount")
    if use == "attendance" and not (section.person or section.count):
        found.append("person")
    needed = [getattr(section, name) for name in TABLES[use].needed]
    if len(set(needed)) < len(needed):
        found.append("same_column")
    return tuple(found)


def without_use(plan: StudyPlan, at: Place) -> StudyPlan:
    """Leave a table out of a plan."""
    return plan_from_dict(_without_table(plan_record(plan), at))


def columns_used(plan: StudyPlan, at: Place) -> dict[str, str]:
    """Return column → field for a table that is no survey; its other columns are not used."""
    use = use_of(plan, at)
    if use in ("", SURVEY, DICTIONARY):
        return {}
    named = {name: getattr(getattr(plan, use), name) for name in TABLES[use].columns}
    return {column: name for name, column in named.items() if isinstance(column, str)}


def column_of(plan: StudyPlan, at: Place, field: str) -> str | None:
    """The column of a table that plays a part; None when no column does."""
    use = use_of(plan, at)
    named = getattr(getattr(plan, use, None), field, None)
    if use != SURVEY or not isinstance(named, str):
        return named if isinstance(named, str) else None
    return _exported(survey_file(plan, at), named)


def with_column(plan: StudyPlan, at: Place, field: str, column: str | None) -> StudyPlan:
    """Let a column of a table play a part (or none)."""
    use = use_of(plan, at)
    told = plan_record(plan)
    if use != SURVEY:
        told[use][field] = column
        return plan_from_dict({**told, use: _known(told[use])})
    return _with_survey_column(told, at, field, column)


def with_wave(plan: StudyPlan, at: Place, wave: str | None) -> StudyPlan:
    """Say that every row of a survey table belongs to one wave; a new wave becomes the last."""
    told = plan_record(plan)
    source = _source(told, at)
    source.pop("wave", None)
    if wave:
        source["wave"] = wave
        waves = plan.survey.waves if plan.survey else []
        told[SURVEY]["waves"] = [*waves, *([wave] if wave not in waves else [])]
    return plan_from_dict(told)


def with_file_order(plan: StudyPlan, places: Sequence[Place]) -> StudyPlan:
    """Let survey files of one wave each take the survey's waves in this order."""
    told = plan_record(plan)
    waves = [survey_file(plan, at).wave for at in file_order(plan, places)]
    for at, wave in zip(places, waves, strict=True):
        _source(told, at)["wave"] = wave
    return plan_from_dict(told)


def with_one_wave(plan: StudyPlan, places: Sequence[Place]) -> StudyPlan:
    """Let survey files be of one wave, the survey's first."""
    told = plan_record(plan)
    for at in places:
        _source(told, at)["wave"] = (plan.survey or SurveyPlan()).waves[0]
    return plan_from_dict(told)


def file_order(plan: StudyPlan, places: Sequence[Place]) -> list[Place]:
    """Survey files in the order of their waves; empty unless each has a wave of its own."""
    waves = plan.survey.waves if plan.survey else []
    by_wave = {survey_file(plan, at).wave: at for at in places}
    told = len(by_wave) == len(places) and all(wave in waves for wave in by_wave)
    return [by_wave[wave] for wave in waves if wave in by_wave] if told else []


def file_setting(plan: StudyPlan, at: Place, name: str) -> Any:  # noqa: ANN401
    """A setting of the file or section that reads a table; None where it has none such."""
    use = use_of(plan, at)
    source = survey_file(plan, at) if use == SURVEY else getattr(plan, use, None) if use else None
    return getattr(source, name, None)


def with_file_setting(plan: StudyPlan, at: Place, name: str, value: Any) -> StudyPlan:  # noqa: ANN401
    """Change a setting of the file or section that reads a table, such as ``day_first``."""
    told = plan_record(plan)
    use = use_of(plan, at)
    source = _source(told, at) if use == SURVEY else told[use]
    source[name] = value
    return plan_from_dict(told)


def with_choices(
    plan: StudyPlan, sheets: Mapping[str, str], encodings: Mapping[str, str]
) -> StudyPlan:
    """Write a person's choices of sheet and encoding into the plan, by file name."""
    told = plan_record(plan)
    sections = [told[name] for name in TABLES if name != SURVEY and name in told]
    files = told.get(SURVEY, {}).get("files", [])
    for section in [*sections, *files]:
        if section["path"] in sheets and not section.get("sheet"):
            section["sheet"] = sheets[section["path"]]
    for source in files:
        if source["path"] in encodings:
            source["encoding"] = encodings[source["path"]]
    return plan_from_dict(told)


def without_respondent(plan: StudyPlan) -> StudyPlan:
    """Treat answers as anonymous: groups are compared, nobody is matched."""
    told = plan_record(plan)
    for key in ("respondent", "links"):
        told.get(SURVEY, {}).pop(key, None)
    return plan_from_dict(told)


def with_fixes(plan: StudyPlan, fixes: Sequence[Mapping[str, Any]]) -> StudyPlan:
    """Record corrections; one for the same cell or row takes the place of the older."""
    told = plan_record(plan)
    spots = {_spot(fix) for fix in fixes}
    kept = [fix for fix in told[SURVEY].get("fixes", []) if _spot(fix) not in spots]
    told[SURVEY]["fixes"] = [*kept, *fixes]
    return plan_from_dict(told)


def without_fix(plan: StudyPlan, at: int) -> StudyPlan:
    """Take one recorded correction back."""
    told = plan_record(plan)
    fixes = told[SURVEY].get("fixes", [])
    told[SURVEY]["fixes"] = [*fixes[:at], *fixes[at + 1 :]]
    return plan_from_dict(told)


def with_survey_setting(plan: StudyPlan, name: str, value: Any) -> StudyPlan:  # noqa: ANN401
    """Change one setting of the survey, such as the rule for duplicates."""
    told = plan_record(plan)
    told.setdefault(SURVEY, {})[name] = value
    return plan_from_dict(told)


def with_breakdown(plan: StudyPlan, names: Sequence[str]) -> StudyPlan:
    """Choose the columns results are broken down by."""
    told = plan_record(plan)
    told.setdefault(SURVEY, {})["disaggregate"] = list(names)
    return plan_from_dict(told)


def with_label(plan: StudyPlan, name: str, label: str, language: str) -> StudyPlan:
    """Give a column of the data its words in one language; those of the other stay."""
    told = plan_record(plan)
    labels = dict(told.setdefault("study", {}).get("labels", {}))
    known = labels.get(name)
    labels[name] = {**known, language: label} if isinstance(known, dict) else label
    told["study"]["labels"] = {key: value for key, value in labels.items() if value}
    return plan_from_dict(told)


def with_measure(plan: StudyPlan, at: int, measure: Mapping[str, Any]) -> StudyPlan:
    """Replace one measure (or add it at the end); without items it is taken out."""
    told = plan_record(plan)
    measures = list(told.get("measures", ()))
    changed = [_known(measure)] if measure.get("items") else []
    return plan_from_dict({**told, "measures": [*measures[:at], *changed, *measures[at + 1 :]]})


def with_report_names(plan: StudyPlan, names: Mapping[str, str], language: str) -> StudyPlan:
    """Name scores for reports, by internal name; names in the other language stay."""
    measures = []
    for measure in plan.measures:
        name, label = names.get(measure.name), measure.label
        if name and isinstance(label, dict):
            measure = measure.model_copy(update={"label": {**label, language: name}})
        elif name:
            measure = measure.model_copy(update={"label": name})
        measures.append(measure)
    return plan.model_copy(update={"measures": measures})


def with_outcomes(plan: StudyPlan, options: Sequence[str], chosen: Sequence[str]) -> StudyPlan:
    """Let the chosen options of check-all questions be outcomes, the others descriptive."""
    told = plan_record(plan)
    for measure in told.get("measures", ()):
        if measure["name"] in options:
            was = measure.get("role", "secondary")
            kept = was if was != "descriptive" else "secondary"
            measure["role"] = kept if measure["name"] in chosen else "descriptive"
    return plan_from_dict(told)


def measure_record(measure: MeasurePlan) -> dict[str, Any]:
    """One measure as plain values."""
    return measure.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def plan_record(plan: StudyPlan) -> dict[str, Any]:
    """A plan as plain JSON values, defaults left out."""
    return plan.model_dump(mode="json", exclude_defaults=True, exclude_none=True)


def survey_columns(plan: StudyPlan, tables: Mapping[Place, Sequence[str]]) -> list[str]:
    """Columns of all survey tables under the names the plan knows them by, each once."""
    names: dict[str, None] = {}
    for at, columns in tables.items():
        if use_of(plan, at) == SURVEY:
            rename = survey_file(plan, at).rename
            for column in columns:
                names.setdefault(rename.get(column, column))
    return list(names)


def survey_file(plan: StudyPlan, at: Place) -> SurveyFile:
    """The survey's entry that reads a table."""
    survey = plan.survey or SurveyPlan()
    return next(one for one in survey.files if at.holds(one.path, one.sheet))


def source_counts(plan: StudyPlan, at: Place) -> CountsPlan | None:
    """How a survey table is read as counts; None where its rows are people."""
    return survey_file(plan, at).counts if use_of(plan, at) == SURVEY else None


def with_counts(plan: StudyPlan, at: Place, counts: CountsPlan | None) -> StudyPlan:
    """Read a survey table as counts, or its rows as people."""
    told = plan_record(plan)
    source = _source(told, at)
    source.pop("counts", None)
    if counts is not None:
        source["counts"] = counts.model_dump(mode="json", exclude_defaults=True)
        # Nobody can be matched in a table of counts.
        for key in ("respondent", "links"):
            told[SURVEY].pop(key, None)
    return plan_from_dict(told)


def _with_survey_column(
    told: dict[str, Any], at: Place, field: str, column: str | None
) -> StudyPlan:
    survey = told[SURVEY]
    known = survey.get(field)
    source = _source(told, at)
    rename = dict(source.get("rename", {}))
    if column is None:
        survey.pop(field, None)
    elif not isinstance(known, str) or len(survey["files"]) == 1:
        survey[field] = rename.get(column, column)
    else:
        kept = {name: short for name, short in rename.items() if short != known}
        source["rename"] = kept if column == known else {**kept, column: known}
    return plan_from_dict(told)


def _source(told: dict[str, Any], at: Place) -> dict[str, Any]:
    files: list[dict[str, Any]] = told[SURVEY]["files"]
    return next(one for one in files if at.holds(one["path"], one.get("sheet")))


def _spot(fix: Mapping[str, Any]) -> tuple[Any, ...]:
    return fix["file"], fix["row"], fix.get("column")


def _exported(source: SurveyFile, short: str) -> str:
    return next((name for name, known in source.rename.items() if known == short), short)


def _known(section: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in section.items() if value not in (None, "")}


def _without_table(told: dict[str, Any], at: Place) -> dict[str, Any]:
    for name in TABLES:
        section = told.get(name, {})
        if name != SURVEY and at.holds(section.get("path"), section.get("sheet")):
            del told[name]
    if told.get(SURVEY, {}).get(DICTIONARY) == at.file:
        del told[SURVEY][DICTIONARY]
    files = told.get(SURVEY, {}).get("files", [])
    left = [one for one in files if not at.holds(one["path"], one.get("sheet"))]
    if files:
        told[SURVEY]["files"] = left
    return told

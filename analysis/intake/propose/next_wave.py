"""A mapping made once serves again: the next wave's file takes its place in a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from analysis.intake.model import Table
from analysis.intake.propose.proposal import file_wave, propose_plan
from analysis.intake.propose.propose_counts import recognise_counts
from analysis.intake.propose.wave_order import order_waves
from analysis.intake.values.column_lookup import find_column, normalise_name
from analysis.plan import StudyPlan, SurveyFile, SurveyPlan

ENOUGH = 0.8
"""Share of a plan's items a table must have to count as the same survey."""
ALIKE = 80
"""Similarity of two question texts (0–100) from which they count as one question."""
_WAVES = ("pre", "post", "follow_up")


def reuse_plan(plan: StudyPlan, tables: Mapping[str, Table]) -> StudyPlan:
    """Let a plan serve the files there are now.

    Parameters
    ----------
    plan
        Made for earlier files.
    tables
        Tables of all files of the study, old and new.

    Returns
    -------
    StudyPlan
        Files it names and that are there stay as they are; those no longer there are left out. A
        new table that asks the same questions becomes the next wave, its columns lined up by name
        or wording. Sections the plan lacks are proposed from the other new tables.
    """
    kept = _without_absent(plan, {table.file for table in tables.values()})
    named = _named_files(kept)
    new = {key: table for key, table in tables.items() if table.file not in named}
    known = {table.file: table for table in tables.values() if table.file in named}
    for key in [key for key, table in new.items() if _is_same_survey(kept, known, table)]:
        kept = _with_next_wave(kept, known, new.pop(key))
    return _with_sections(kept, new)


def _named_files(plan: StudyPlan) -> set[str]:
    sections = (value for _, value in plan if hasattr(value, "path"))
    survey = plan.survey or SurveyPlan()
    named = {one.path for one in survey.files} | {section.path for section in sections}
    return named | ({survey.dictionary} if survey.dictionary else set())


def _without_absent(plan: StudyPlan, there: set[str]) -> StudyPlan:
    kept = {*there, None}
    changed: dict[str, Any] = {
        name: None for name, value in plan if getattr(value, "path", None) not in kept
    }
    if plan.survey is not None:
        files = [one for one in plan.survey.files if one.path in there]
        told = plan.survey.dictionary if plan.survey.dictionary in there else None
        changed["survey"] = plan.survey.model_copy(update={"files": files, "dictionary": told})
    return plan.model_copy(update=changed)


def _wanted_items(plan: StudyPlan) -> list[str]:
    return [item for measure in plan.measures for item in measure.items]


def _questions(plan: StudyPlan, known: Mapping[str, Table]) -> dict[str, str]:
    """Name in the plan → question text, from the first survey file."""
    first = plan.survey.files[0] if plan.survey and plan.survey.files else None
    columns = known[first.path].columns if first and first.path in known else ()
    rename = first.rename if first else {}
    return {rename.get(column.name, column.name): column.label for column in columns}


def _is_same_survey(plan: StudyPlan, known: Mapping[str, Table], table: Table) -> bool:
    asked = asked_questions(plan, known)
    if plan.survey is None or not asked:
        return False
    if any(source.columns or source.wide for source in plan.survey.files):
        return False
    counted = any(source.counts is not None for source in plan.survey.files)
    if counted != (recognise_counts(table) is not None):
        return False
    return len(lacking_questions(plan, known, table)) <= (1 - ENOUGH) * len(asked)


def asked_questions(plan: StudyPlan, known: Mapping[str, Table]) -> dict[str, str]:
    """Return the questions of a plan's measures: name in the plan → question text.

    The options of a check-all question are parts of one question: a raw export holds them joined
    in one cell, and its columns must not be expected to be called ``question/option``.

    Parameters
    ----------
    plan
        Made for earlier files.
    known
        File → table of the files it names.
    """
    texts = _questions(plan, known)
    asked: dict[str, str] = {}
    for item in _wanted_items(plan):
        name = item
        while name not in texts and "/" in name:
            name = name.rpartition("/")[0]
        name = name if name in texts else item
        asked[name] = texts.get(name, name)
    return asked


def lacking_questions(plan: StudyPlan, known: Mapping[str, Table], table: Table) -> tuple[str, ...]:
    """Return the texts of a plan's questions that a new table does not ask."""
    asked = asked_questions(plan, known)
    renamed = align_columns(list(asked), _questions(plan, known), table)
    return tuple(
        question for name, question in asked.items() if find_column(table, name, renamed) is None
    )


def join_survey(plan: StudyPlan, tables: Mapping[str, Table], key: str) -> StudyPlan:
    """Let one table be the next wave because a person says so, whatever it lacks.

    Parameters
    ----------
    plan
        With a survey.
    tables
        Tables of the study by key: ``file`` or ``file › sheet``.
    key
        Of the table that joins.
    """
    named = _named_files(plan)
    known = {table.file: table for table in reversed(list(tables.values())) if table.file in named}
    table = tables[key]
    return _with_next_wave(plan, known, table, sheet=None if key == table.file else table.sheet)


def align_columns(
    wanted: Sequence[str], questions: Mapping[str, str], table: Table
) -> dict[str, str]:
    """Line up a table's columns with the names of a plan.

    Parameters
    ----------
    wanted
        Names in the plan.
    questions
        Name → question text where it is known.
    table
        The new table.

    Returns
    -------
    dict
        Column of ``table`` → name in the plan, for those whose own name differs: alike in wording
        by at least :data:`ALIKE` of 100.
    """
    renamed: dict[str, str] = {}
    for name in wanted:
        if find_column(table, name) is not None:
            continue
        told = normalise_name(questions.get(name, name))
        free = [column for column in table.columns if column.name not in renamed]
        scored = [(fuzz.ratio(told, normalise_name(column.label)), column) for column in free]
        score, best = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if best is not None and score >= ALIKE:
            renamed[best.name] = name
    return renamed


def _with_next_wave(
    plan: StudyPlan, known: Mapping[str, Table], table: Table, sheet: str | None = None
) -> StudyPlan:
    survey = plan.survey or SurveyPlan()
    keys = [survey.wave, survey.group, survey.site, survey.cluster, survey.weight, survey.anchor]
    keys += survey.disaggregate
    people = survey.respondent if isinstance(survey.respondent, list) else [survey.respondent]
    wanted = [*asked_questions(plan, known), *(name for name in (*people, *keys) if name)]
    rename = align_columns(wanted, _questions(plan, known), table)
    shape = recognise_counts(table)
    counted = any(one.counts is not None for one in survey.files)
    counts = shape.plan() if counted and shape is not None else None
    source = SurveyFile(path=table.file, sheet=sheet, rename=rename, counts=counts)
    if survey.wave is not None:
        waves = [*survey.waves, *_later_rounds(survey, table, rename)]
        return _with_survey(plan, files=[*survey.files, source], waves=waves)
    files = _with_first_wave(survey)
    wave = _next_wave(table, [one.wave or "" for one in files])
    waves = survey.waves if wave in survey.waves else [*survey.waves, wave]
    source = source.model_copy(update={"wave": wave})
    return _with_survey(plan, files=[*files, source], waves=waves)


def _later_rounds(survey: SurveyPlan, table: Table, rename: Mapping[str, str]) -> list[str]:
    """Rounds in a new file's column of waves that the survey does not know: they come after it."""
    named = {new: old for old, new in rename.items()}
    column = find_column(table, named.get(survey.wave or "", survey.wave or ""))
    if column is None:
        return []
    told = {*survey.waves, *(value for one in survey.wave_values.values() for value in one)}
    return [wave for wave in order_waves(table, column).waves if wave not in told]


def _with_first_wave(survey: SurveyPlan) -> list[SurveyFile]:
    first = survey.waves[0] if survey.waves else _WAVES[0]
    return [one if one.wave else one.model_copy(update={"wave": first}) for one in survey.files]


def _next_wave(table: Table, taken: Sequence[str]) -> str:
    told = file_wave(table.file, table.sheet)
    # A second baseline is that of another community; were it the same people's, their rows would
    # be listed as repeats. Follow-ups come several times.
    if told and (told not in taken or told != "follow_up"):
        return told
    numbered = (f"follow_up_{n}" for n in range(2, len(taken) + 3))
    return next(name for name in (*_WAVES, *numbered) if name not in taken)


def _with_survey(plan: StudyPlan, **changed: Any) -> StudyPlan:  # noqa: ANN401
    survey = plan.survey or SurveyPlan()
    return plan.model_copy(update={"survey": survey.model_copy(update=changed)})


def _with_sections(plan: StudyPlan, new: Mapping[str, Table]) -> StudyPlan:
    if not new:
        return plan
    proposed = propose_plan(new)
    absent = {
        name: value
        for name, value in proposed
        if name != "study" and hasattr(value, "path") and getattr(plan, name) is None
    }
    if plan.survey is None or not plan.survey.files:
        absent |= {"survey": proposed.survey, "measures": plan.measures or proposed.measures}
    return plan.model_copy(update=absent)

"""Values of the study file that must occur in the data: a typo is an error, never a silent pool."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import NoReturn

import pandas as pd

from analysis.errors import StudyFileError
from analysis.intake.read.survey_rows import RowsOfFile
from analysis.intake.values.respondents import wave_family
from analysis.issues import Issue
from analysis.plan import SurveyPlan

MAX_VALUES = 20


def check_declared_values(
    survey: SurveyPlan, rows: pd.DataFrame, parts: Sequence[RowsOfFile]
) -> list[Issue]:
    """Check the groups and waves that the study file names against those of the data.

    A wave not asked yet may be named in a usual word (post, follow_up); any other name
    that no row has could as well be a typo, and is an error.

    Parameters
    ----------
    rows
        Rows of all files, columns as in :class:`RowsOfFile`.

    Returns
    -------
    list of Issue
        ``group_without_treated`` where several groups are named but not who had the
        programme, or everybody had it.

    Raises
    ------
    StudyFileError
        ``value_not_found`` (details ``where``, ``value``, ``column``, ``values`` found,
        ``nearest``) or ``treated_without_group``.
    """
    for name in ("retrospective", "placebo"):
        for wave in getattr(survey, name):
            _expect(wave, survey.waves, f"survey.{name}", "waves")
    for wave in survey.wave_values:
        _expect(wave, survey.waves, "survey.wave_values", "waves")
    _check_waves(survey, rows, parts)
    _check_population(survey, rows)
    return list(_check_groups(survey, rows))


def _check_waves(survey: SurveyPlan, rows: pd.DataFrame, parts: Sequence[RowsOfFile]) -> None:
    """Refuse a wave without rows, and a word for a wave that no file has."""
    unknown = [
        str(value)
        for part in parts
        for issue in part.issues
        if issue.code == "unknown_wave"
        for value in issue.details["values"]
    ]
    here = {str(wave) for wave in rows["key", "wave"].dropna().unique()}
    strange = sorted({*unknown, *(here - set(survey.waves))})
    read = [part.wave_words for part in parts if part.wave_words is not None]
    words = sorted(set().union(*read))
    found = list(dict.fromkeys([*strange, *words, *sorted(here)]))
    column = survey.wave or "wave"
    for wave in survey.waves:
        named = survey.wave_values.get(wave)
        # A usual wave may be yet to come, unless rows of an unknown wave may be meant by it.
        if wave in here or (wave_family(wave) and not named and not strange):
            continue
        for value in named or [wave]:
            where = f"survey.wave_values.{wave}" if named else "survey.waves"
            _expect(value, found, where, column)
    # Of waves that stand side by side the words are parts of headers, and may be there unread.
    if len(read) < len(parts):
        return
    for wave, values in survey.wave_values.items():
        for value in values:
            _expect(value, found, f"survey.wave_values.{wave}", column)


def _check_population(survey: SurveyPlan, rows: pd.DataFrame) -> None:
    """Refuse shares of a population none of whose levels anybody has: nobody could be weighted.

    A level that nobody has is no error: nobody of it may have answered.
    """
    here = [("category", name) for name in survey.disaggregate] + [("key", "site")]
    known = {column[1]: rows[column] for column in here if column in rows}
    for name, shares in survey.population.items():
        _expect(name, list(known), "survey.population", "disaggregate")
        levels = sorted({str(value).strip() for value in known[name].dropna()})
        if not set(shares) & set(levels):
            _refuse(next(iter(shares), ""), levels, f"survey.population.{name}", name)


def _check_groups(survey: SurveyPlan, rows: pd.DataFrame) -> Iterator[Issue]:
    if ("key", "group") not in rows:
        if survey.treated:
            raise StudyFileError("treated_without_group", file="study.toml")
        return
    groups = sorted({str(value).strip() for value in rows["key", "group"].dropna()})
    for value in survey.treated:
        _expect(value, groups, "survey.treated", survey.group or "group")
    treated = {value.strip().casefold() for value in survey.treated}
    compared = [value for value in groups if value.casefold() not in treated]
    if len(groups) > 1 and (not treated or not compared):
        yield Issue(
            code="group_without_treated",
            severity="warning",
            column=survey.group or "group",
            details={"values": groups[:MAX_VALUES], "n": len(groups)},
        )


def _expect(value: str, found: Sequence[str], where: str, column: str) -> None:
    if value.strip().casefold() not in {one.strip().casefold() for one in found}:
        _refuse(value, found, where, column)


def _refuse(value: str, found: Sequence[str], where: str, column: str) -> NoReturn:
    folded = {one.strip().casefold(): one for one in found}
    nearest = difflib.get_close_matches(value.strip().casefold(), list(folded), n=1)
    raise StudyFileError(
        "value_not_found",
        file="study.toml",
        where=where,
        value=value,
        column=column,
        values=list(found)[:MAX_VALUES],
        nearest=folded[nearest[0]] if nearest else "",
    )

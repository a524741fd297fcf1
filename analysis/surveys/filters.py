"""Part of a study: by community, group, wave or demographic; never so few that someone shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.issues import Issue
from analysis.study import Exclusion, Study, SurveyData
from analysis.surveys.panel import BoolArray


def filter_study(study: Study, filters: Mapping[str, Sequence[str]]) -> Study:
    """Keep part of the survey's answers.

    Parameters
    ----------
    filters
        ``site``, ``group``, ``wave`` → values; ``category`` → ``"name=value"`` entries, values of
        one name are alternatives. Unknown columns keep nobody.

    Returns
    -------
    Study
        With fewer rows. When fewer than ``min_group`` people would remain, or fewer than that
        would be left out (so that they could be worked out from the whole), the survey is
        emptied and an issue ``filter_suppressed`` says so.
    """
    survey = study.survey
    if survey is None or not any(filters.values()):
        return study
    kept = _in_waves(survey, filters.get("wave", ()))
    people = _people(survey, filters)
    if _too_few(survey, people, study.plan.study.min_group):
        issue = Issue(code="filter_suppressed", details={"min_group": study.plan.study.min_group})
        nobody = keep_rows(survey, np.zeros_like(kept))
        return replace(study, survey=nobody, issues=(*study.issues, issue), exclusions=())
    rows = kept & people
    plan = study.plan
    if filters.get("wave") and plan.survey is not None:
        waves = [w for w in plan.survey.waves if w in filters["wave"]]
        plan = plan.model_copy(update={"survey": plan.survey.model_copy(update={"waves": waves})})
    whole = bool(people.all())
    return replace(
        study,
        plan=plan,
        survey=keep_rows(survey, rows),
        exclusions=study.exclusions if whole else _outside_survey(study),
    )


def _outside_survey(study: Study) -> tuple[Exclusion, ...]:
    return tuple(e for e in study.exclusions if e.table != "survey")


def _in_waves(survey: SurveyData, waves: Sequence[str]) -> BoolArray:
    everything = np.ones(len(survey.keys), dtype=bool)
    return survey.keys["wave"].isin(list(waves)).to_numpy() if waves else everything


def _people(survey: SurveyData, filters: Mapping[str, Sequence[str]]) -> BoolArray:
    kept = np.ones(len(survey.keys), dtype=bool)
    for column in ("site", "group"):
        if filters.get(column):
            kept &= _matches(survey.keys, column, filters[column])
    chosen: dict[str, list[str]] = {}
    for entry in filters.get("category", ()):
        name, _, value = entry.partition("=")
        chosen.setdefault(name, []).append(value)
    for name, values in chosen.items():
        kept &= _matches(survey.categories, name, values)
    return kept


def _matches(frame: pd.DataFrame, column: str, values: Sequence[str]) -> BoolArray:
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return frame[column].astype(object).map(lambda v: str(v) in set(values)).to_numpy(dtype=bool)


def _too_few(survey: SurveyData, people: BoolArray, min_group: int) -> bool:
    """Whether those kept, or those left out, are some but fewer than the smallest group."""
    for wave in survey.keys["wave"].unique():
        here = survey.keys["wave"].eq(wave).to_numpy()
        kept, left_out = int((here & people).sum()), int((here & ~people).sum())
        if 0 < kept < min_group or 0 < left_out < min_group:
            return True
    return not people.any()


def keep_rows(survey: SurveyData, rows: BoolArray) -> SurveyData:
    """Keep some rows of every frame of the survey.

    Parameters
    ----------
    rows
        One truth value per row of ``survey.keys``.
    """

    def cut(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[rows].reset_index(drop=True)

    return replace(
        survey,
        keys=cut(survey.keys),
        categories=cut(survey.categories),
        items={name: cut(frame) for name, frame in survey.items.items()},
        texts={name: cut(frame) for name, frame in survey.texts.items()},
    )

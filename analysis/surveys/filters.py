"""Part of a study: by community, group, wave or demographic; never so few that someone shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd

from analysis.issues import Issue
from analysis.study import Exclusion, Study, SurveyData
from analysis.surveys.panel import BoolArray


def filter_study(
    study: Study, filters: Mapping[str, Sequence[str]], *, refuse: bool = True
) -> Study:
    """Keep part of the survey's answers.

    Parameters
    ----------
    filters
        ``site``, ``group``, ``wave`` → values; ``category`` → ``"name=value"`` entries, values of
        one name are alternatives. Unknown columns keep nobody.
    refuse
        Whether too small a part is refused; the evaluator, who holds the data, sees every part.

    Returns
    -------
    Study
        With fewer rows. When this choice and one that differs from it by one value or one filter
        (the whole included) would differ by fewer than ``min_group`` people, who could so be
        worked out, the survey is emptied and an issue ``filter_suppressed`` says so.
    """
    survey = study.survey
    if survey is None or not any(filters.values()):
        return study
    kept = _in_waves(survey, filters.get("wave", ()))
    choices = _choices(survey, filters)
    people = np.logical_and.reduce(
        [np.ones(len(kept), dtype=bool), *(np.logical_or.reduce(one) for one in choices)]
    )
    least = study.plan.study.min_group
    if not people.any() or (refuse and _tells_too_few(survey.keys["wave"], choices, least)):
        return refuse_part(study)
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
        whole=study.whole or study,
    )


def refuse_part(study: Study) -> Study:
    """Give the study without its answers, and an issue that says the part is too small."""
    survey = study.survey
    if survey is None:
        return study
    issue = Issue(code="filter_suppressed", details={"min_group": study.plan.study.min_group})
    nobody = keep_rows(survey, np.zeros(len(survey.keys), dtype=bool))
    return replace(study, survey=nobody, issues=(*study.issues, issue), exclusions=())


def _outside_survey(study: Study) -> tuple[Exclusion, ...]:
    return tuple(e for e in study.exclusions if e.table != "survey")


def _in_waves(survey: SurveyData, waves: Sequence[str]) -> BoolArray:
    everything = np.ones(len(survey.keys), dtype=bool)
    return survey.keys["wave"].isin(list(waves)).to_numpy() if waves else everything


def _choices(survey: SurveyData, filters: Mapping[str, Sequence[str]]) -> list[list[BoolArray]]:
    """For each way of telling people apart that is filtered by: who has each chosen value."""
    told = [
        [_matches(survey.keys, column, [value]) for value in filters[column]]
        for column in ("site", "group")
        if filters.get(column)
    ]
    chosen: dict[str, list[str]] = {}
    for entry in filters.get("category", ()):
        name, _, value = entry.partition("=")
        chosen.setdefault(name, []).append(value)
    return told + [
        [_matches(survey.categories, name, [value]) for value in values]
        for name, values in chosen.items()
    ]


def _matches(frame: pd.DataFrame, column: str, values: Sequence[str]) -> BoolArray:
    if column not in frame:
        return np.zeros(len(frame), dtype=bool)
    return frame[column].astype(object).map(lambda v: str(v) in set(values)).to_numpy(dtype=bool)


def _tells_too_few(
    waves: pd.Series, choices: Sequence[Sequence[BoolArray]], min_group: int
) -> bool:
    """Whether two choices that differ by one value or one filter differ by too few people.

    Their difference would be a group smaller than ``min_group``, worked out from two pictures.
    """
    masks = [np.logical_or.reduce(list(values)) for values in choices]
    for wave in waves.unique():
        here = waves.eq(wave).to_numpy()
        for size in range(len(masks)):
            for others in combinations(range(len(masks)), size):
                base = np.logical_and.reduce([here, *(masks[at] for at in others)])
                for at in set(range(len(masks))) - set(others):
                    apart = [base & value for value in choices[at]]
                    sizes = [int(one.sum()) for one in (*apart, base & ~masks[at])]
                    if any(0 < n < min_group for n in sizes):
                        return True
    return False


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
        covariates=cut(survey.covariates) if len(survey.covariates.columns) else survey.covariates,
        kinds=cut(survey.kinds) if len(survey.kinds.columns) else survey.kinds,
        items={name: cut(frame) for name, frame in survey.items.items()},
        texts={name: cut(frame) for name, frame in survey.texts.items()},
    )

"""Counting in memory: a study of one community, and the oracle of what engines count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.counts.questionnaire import Questionnaire, Scale, make_questionnaire
from analysis.counts.tables import (
    ABSENT,
    ANSWERS,
    PAIRS,
    PRESENCE,
    ROW_KEYS,
    SCORES,
    WAVES,
    Community,
    SurveyCounts,
    as_table,
    moment_columns,
)
from analysis.study import Study, SurveyData
from analysis.surveys.groups import has_comparison
from analysis.surveys.panel import number_people
from analysis.surveys.scoring import FloatArray, asked_measures, waves_of

TOLD_BY_NUMBERS: dict[str, tuple[str, ...]] = {
    "duplicate": ("n", "wave", "policy"),
    "no_respondent": ("n", "wave"),
    "no_answers": (),
    "out_of_range": ("n", "measure", "label", "range", "values"),
}
"""Issues whose sentence quotes no text of a person, with the details that it needs."""


def count_study(study: Study) -> SurveyCounts:
    """Count the survey of one study."""
    questionnaire = make_questionnaire(study.plan, list_given(study), waves_of(study))
    return count_rows(list_rows(study, questionnaire), questionnaire)


def list_given(study: Study) -> dict[str, list[float]]:
    """Distinct answers of every measure."""
    survey = study.survey
    if survey is None:
        return {}
    return {
        measure.name: np.unique(values[np.isfinite(values)]).tolist()
        for measure in asked_measures(study)
        for values in (_answers(survey, measure.name, measure.items),)
    }


def describe_community(study: Study, code: int, name: str) -> Community:
    """Say what is known of a community beside its counts; nothing of one person is."""
    survey = study.survey
    told = [issue for issue in study.issues if issue.code in TOLD_BY_NUMBERS]
    rest = Counter(issue.code for issue in study.issues if issue.code not in TOLD_BY_NUMBERS)
    return Community(
        code=code,
        name=name,
        fingerprint=study.fingerprint,
        waves=waves_of(study),
        anonymous=survey is not None and survey.anonymous,
        compared=has_comparison(study),
        labels=survey.answer_labels if survey is not None else {},
        exclusions=study.exclusions,
        issues=tuple(
            replace(issue, details={k: issue.details[k] for k in TOLD_BY_NUMBERS[issue.code]})
            for issue in told
        ),
        files=study.files,
        further_issues=dict(rest),
    )


def list_people(study: Study, code: int = 0) -> pd.DataFrame:
    """Number the people of a study: the columns :data:`ROW_KEYS`, with ``wave`` by its name.

    No code of a person is in it, only a number that means nothing elsewhere.
    """
    survey = study.survey
    if survey is None:
        return pd.DataFrame(columns=list(ROW_KEYS))
    keys, compared = survey.keys, has_comparison(study)
    treated = keys["treated"].fillna(False).astype(bool).to_numpy() if compared else None
    return pd.DataFrame(
        {
            "community": code,
            "person": number_people(keys["respondent"], survey.anonymous),
            "wave": keys["wave"].astype(str).to_numpy(),
            "programme": 1 if treated is None else treated.astype(np.int64),
        }
    )


def list_rows(study: Study, questionnaire: Questionnaire, code: int = 0) -> pd.DataFrame:
    """Rows of one person and wave with whole answers: :data:`ROW_KEYS`, then the items' columns."""
    rows, survey = list_people(study, code), study.survey
    places = {wave: at for at, wave in enumerate(questionnaire.waves)}
    rows["wave"] = rows["wave"].map(places)
    if survey is None:
        return rows
    answers: dict[str, pd.Series] = {}
    for measure, unit in zip(questionnaire.measures, questionnaire.units, strict=True):
        values = np.round(_answers(survey, measure.name, measure.items) * unit)
        for item, column in zip(questionnaire.items_of(measure), values.T, strict=True):
            answers[item.column] = pd.Series(column).astype("Int64")
    return pd.concat([rows, pd.DataFrame(answers, index=rows.index)], axis=1)


def _answers(survey: SurveyData, measure: str, items: Sequence[str]) -> FloatArray:
    frame = survey.items[measure][list(items)]
    return frame.to_numpy(dtype=np.float64, na_value=np.nan)


def count_rows(rows: pd.DataFrame, questionnaire: Questionnaire) -> SurveyCounts:
    """Count rows of people, each with one row for a wave.

    Parameters
    ----------
    rows
        Of :func:`list_rows`, of any number of communities.
    """
    keys = rows[list(ROW_KEYS)]
    totals = [_total(rows, scale) for scale in questionnaire.scales]
    programme = rows["programme"].eq(1)
    return SurveyCounts(
        questionnaire=questionnaire,
        waves=_counted(keys, WAVES),
        presence=_presence(keys),
        answers=_joined(
            [
                _counted(
                    keys[programme & rows[item.column].notna()].assign(
                        item=place, answer=rows[item.column]
                    ),
                    ANSWERS,
                )
                for place, item in enumerate(questionnaire.items)
            ],
            ANSWERS,
        ),
        scores=_joined(
            [
                _counted(pd.concat([keys, total], axis=1).assign(scale=place), SCORES)
                for place, total in enumerate(totals)
            ],
            SCORES,
        ),
        pairs=_joined(
            [
                _pairs(pd.concat([keys, totals[place]], axis=1)[programme], place, pair)
                for place in range(len(questionnaire.linked_scales))
                for pair in questionnaire.wave_pairs
            ],
            PAIRS,
        ),
        moments={scale.measure.name: _moments(rows, scale) for scale in questionnaire.consistent},
    )


def _total(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    """Number answered and sum of the oriented answers of each row."""
    answers = _oriented(rows, scale)
    if scale.measure.kind == "category":  # a code is no quantity: only the first item is a score
        answers = answers[:, :1]
    given = np.isfinite(answers)
    total = np.where(given, answers, 0.0).sum(axis=1)
    return pd.DataFrame(
        {"answered": given.sum(axis=1), "total": total.astype(np.int64)}, index=rows.index
    )


def _oriented(rows: pd.DataFrame, scale: Scale) -> FloatArray:
    columns = [
        (rows[item.column] if item.turned is None else item.turned - rows[item.column]).to_numpy(
            dtype=np.float64, na_value=np.nan
        )
        for item in scale.items
    ]
    return np.column_stack(columns) if columns else np.empty((len(rows), 0))


def _counted(frame: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """Count the rows of each combination; ``n`` is the last of the columns."""
    by = list(columns[:-1])
    return as_table(frame.groupby(by, sort=True).size().reset_index(name="n"), columns)


def _joined(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    if not parts:
        return as_table(pd.DataFrame(columns=list(columns)), columns)
    return as_table(pd.concat(parts, ignore_index=True), columns)


def _presence(keys: pd.DataFrame) -> pd.DataFrame:
    power = np.left_shift(1, keys["wave"].to_numpy(dtype=np.int64))
    people = keys.assign(pattern=power).groupby(["community", "person"])["pattern"].sum()
    return _counted(people.reset_index(), PRESENCE)


def _pairs(scored: pd.DataFrame, place: int, waves: tuple[int, int]) -> pd.DataFrame:
    """Count people by their scores in two waves; who has no row in either is in no count."""
    halves = [
        scored.loc[scored["wave"].eq(wave), ["community", "person", "answered", "total"]].rename(
            columns={"answered": f"{side}_answered", "total": f"{side}_total"}
        )
        for side, wave in zip(("first", "second"), waves, strict=True)
    ]
    both = halves[0].merge(halves[1], on=["community", "person"], how="outer")
    missing = {f"{side}_answered": ABSENT for side in ("first", "second")}
    both = both.fillna({**missing, "first_total": 0, "second_total": 0})
    both = both.assign(scale=place, first_wave=waves[0], second_wave=waves[1])
    return _counted(both, PAIRS)


def _moments(rows: pd.DataFrame, scale: Scale) -> pd.DataFrame:
    answers = _oriented(rows, scale)
    found: list[list[int]] = []
    for (community, wave), part in rows.reset_index().groupby(["community", "wave"], sort=True):
        given = answers[part.index.to_numpy()]
        asked = np.asarray(np.isfinite(given).any(axis=0))
        whole = np.isfinite(given[:, asked]).all(axis=1)
        complete = np.where(asked, np.nan_to_num(given[whole]), 0.0).astype(np.int64)
        products = complete.T @ complete
        upper = products[np.triu_indices(len(asked))]
        sums = complete.sum(axis=0)
        found.append(
            [
                int(str(community)),
                int(str(wave)),
                int(whole.sum()),
                *asked.astype(int),
                *sums,
                *upper,
            ]
        )
    columns = moment_columns(scale)
    return as_table(pd.DataFrame(found, columns=list(columns)), columns)

"""People × waves: who answered when, and every score in its place. Built once per evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.study import Study
from analysis.surveys.scoring import FloatArray, asked_measures, score_measure, waves_of

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Everyone's scores, one row per person.

    Attributes
    ----------
    waves
        Columns, in the plan's order.
    row
        Row of ``survey.keys`` of each person and wave, −1 = did not answer that wave.
    scores
        Measure name → people × waves, NaN = no score.
    anonymous
        True when answers of one person cannot be linked: then each row is its own person.
    looked_back
        Waves told from memory: never the first, the last or one before the start.
    placebo
        Waves asked before the baseline, only to check that the groups moved alike.
    """

    waves: tuple[str, ...]
    row: IntArray
    scores: Mapping[str, FloatArray]
    anonymous: bool
    looked_back: frozenset[str] = frozenset()
    placebo: frozenset[str] = frozenset()

    @property
    def first_row(self) -> IntArray:
        """Row of each person's earliest answers: where fixed facts are taken from."""
        there = self.row >= 0
        first: IntArray = self.row[np.arange(len(self.row)), there.argmax(axis=1)]
        return first

    @property
    def told_then(self) -> tuple[int, ...]:
        """Columns of the waves asked at their time; all of them when fewer than two are.

        Placebo waves, asked before the baseline, are not among them.
        """
        aside = self.looked_back | self.placebo
        real = tuple(i for i, wave in enumerate(self.waves) if wave not in aside)
        return real if len(real) > 1 else tuple(range(len(self.waves)))

    @property
    def ends(self) -> tuple[int, int]:
        """Columns of the first and the last wave asked at their time."""
        return self.told_then[0], self.told_then[-1]

    def wave_index(self, wave: str) -> int:
        """Column of a wave."""
        return self.waves.index(wave)

    def pair(self, measure: str, contrast: tuple[str, str]) -> tuple[FloatArray, FloatArray]:
        """Scores of everyone in the two waves of a contrast."""
        scores = self.scores[measure]
        start, end = (self.wave_index(wave) for wave in contrast)
        return scores[:, start], scores[:, end]


def build_panel(study: Study) -> Panel:
    """Put every score in its place: one row per person, one column per wave."""
    survey = study.survey
    waves = waves_of(study)
    if survey is None or not waves:
        return Panel(waves=(), row=np.empty((0, 0), np.int64), scores={}, anonymous=False)
    person = number_people(survey.keys["respondent"], survey.anonymous)
    wave = pd.Categorical(survey.keys["wave"].astype(str), categories=list(waves)).codes
    row = np.full((int(person.max()) + 1 if person.size else 0, len(waves)), -1, dtype=np.int64)
    row[person, wave] = np.arange(len(survey.keys))
    scores = {}
    for measure in asked_measures(study):
        given = score_measure(study, measure)["score"].to_numpy(dtype=np.float64)
        scores[measure.name] = np.where(row >= 0, given[row], np.nan)
    plan = study.plan.survey
    return Panel(
        waves=waves,
        row=row,
        scores=scores,
        anonymous=survey.anonymous,
        looked_back=frozenset(plan.retrospective if plan is not None else ()),
        placebo=frozenset(plan.placebo if plan is not None else ()),
    )


def number_people(respondent: pd.Series, anonymous: bool) -> IntArray:
    """Number the people; a row without a code, or any anonymous row, is a person of its own."""
    if anonymous:
        return np.arange(len(respondent), dtype=np.int64)
    codes = pd.factorize(respondent)[0].astype(np.int64)
    unknown = codes < 0
    codes[unknown] = codes.max(initial=-1) + 1 + np.arange(int(unknown.sum()))
    return codes


def person_values(study: Study, panel: Panel, column: str) -> npt.NDArray[np.object_]:
    """Give a fixed fact of each person: the first known value over the waves; None = unknown.

    Parameters
    ----------
    column
        A column of ``survey.keys``, ``survey.categories`` or ``survey.covariates``.
    """
    survey = study.survey
    if survey is None:
        return np.empty(0, dtype=object)
    frames = (survey.keys, survey.categories, survey.covariates)
    frame = next(one for one in frames if column in one)
    given = frame[column].astype(object).to_numpy()
    known = ~pd.isna(frame[column]).to_numpy()
    found = np.full(len(panel.row), None, dtype=object)
    for wave in reversed(range(len(panel.waves))):
        row = panel.row[:, wave]
        use = (row >= 0) & known[row]
        found[use] = given[row[use]]
    return found


def has_column(study: Study, column: str) -> bool:
    """Whether the survey has a fact called ``column``."""
    survey = study.survey
    if survey is None:
        return False
    return any(column in f for f in (survey.keys, survey.categories, survey.covariates))

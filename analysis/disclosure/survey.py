"""Who is in which number of a survey, and what has been released of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import BoolArray, Cell, People, cell_of
from analysis.disclosure.rules import is_small
from analysis.disclosure.suppression import Auditor
from analysis.plan import MeasurePlan
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.groups import has_comparison
from analysis.surveys.panel import Panel, build_panel


@dataclass(slots=True)
class Survey:
    """Who is in which number of the survey, and what has been released of it."""

    study: Study
    panel: Panel
    people: npt.NDArray[np.int64]
    programme: BoolArray
    auditor: Auditor

    @property
    def least(self) -> int:
        """Smallest group that may be shown."""
        return self.auditor.least

    def answered(self, wave: str) -> BoolArray:
        """Everybody with answers in a wave."""
        return np.asarray(self.panel.row[:, self.panel.wave_index(wave)] >= 0)

    def scored(self, measure: str, wave: str, *, programme: bool = False) -> BoolArray:
        """People with a score in a wave, perhaps of the programme only."""
        at = self.panel.wave_index(wave)
        there = np.isfinite(self.panel.scores[measure][:, at])
        return there & self.programme[:, at] if programme else there

    def values(self, measure: str, wave: str) -> npt.NDArray[np.float64]:
        """Scores of everybody in a wave."""
        return np.asarray(self.panel.scores[measure][:, self.panel.wave_index(wave)])

    def pairs(self, measure: str, contrast: Sequence[str]) -> BoolArray:
        """People of the programme with a score in both waves; nobody when answers are anonymous."""
        if self.panel.anonymous:
            return np.zeros(len(self.people), dtype=bool)
        first, last = (self.scored(measure, wave, programme=True) for wave in contrast)
        return first & last

    def sums(self, measure: str, label: str, *terms: tuple[str, float, BoolArray]) -> list[Cell]:
        """Cells of one number that adds up scores: the sum itself, and how many people are in it.

        Terms are (wave, weight of the mean, people).
        """
        weighted = [(w, k / max(int(mask.sum()), 1), mask) for w, k, mask in terms]
        counts = [
            cell_of(f"count:{measure}", f"{label}.n", self.people, ("n", 1.0, mask))
            for _, _, mask in terms
        ]
        return [cell_of(f"score:{measure}", label, self.people, *weighted), *counts]

    def release(self, measure: str, label: str, *terms: tuple[str, float, BoolArray]) -> bool:
        """Release a sum of scores unless it singles anybody out."""
        if any(is_small(int(mask.sum()), self.least) for _, _, mask in terms):
            return False
        return self.auditor.release(*self.sums(measure, label, *terms))

    def release_count(self, label: str, *masks: BoolArray) -> bool:
        """Release numbers of people unless they give a small one beside any measure's numbers."""
        if any(is_small(int(mask.sum()), self.least) for mask in masks):
            return False
        families = [f for f in self.auditor.families if f.startswith(("count:", "item:"))]
        cells = [
            cell_of(family, label, self.people, ("n", 1.0, mask))
            for family in (families or ["count:"])
            for mask in masks
        ]
        return self.auditor.release(*cells)

    def is_fine(self, measure: MeasurePlan, contrast: Sequence[str], among: BoolArray) -> bool:
        """Whether no way of answering twice was taken by few: for yes/no and categories only.

        Their means, intervals and tests are functions of these counts and give them back.
        """
        if family_of(measure) == "mean":
            return True
        first, last = (self.values(measure.name, wave)[among] for wave in contrast)
        ways = np.unique(np.column_stack([first, last]), axis=0, return_counts=True)[1]
        return not any(is_small(int(n), self.least) for n in ways)

    def is_fine_wave(self, measure: MeasurePlan, wave: str, among: BoolArray) -> bool:
        """Whether no answer of a wave was given by few; for yes/no and categories only."""
        if family_of(measure) == "mean":
            return True
        ways = np.unique(self.values(measure.name, wave)[among], return_counts=True)[1]
        return not any(is_small(int(n), self.least) for n in ways)


def read_survey(study: Study, people: People, auditor: Auditor) -> Survey:
    """Number the people of a survey and lay out who answered what."""
    panel = build_panel(study)
    survey = study.survey
    if survey is None:
        raise ValueError("the study has no survey")
    keys = survey.keys.iloc[panel.first_row]
    codes = keys["respondent"].astype(object).to_numpy()
    if panel.anonymous:
        codes = (keys["wave"].astype(str) + "|" + keys["respondent"].astype(str)).to_numpy()
    unknown = pd.isna(codes)
    codes = np.where(unknown, [f"row {i}" for i in panel.first_row], codes)
    programme = np.ones(panel.row.shape, dtype=bool)
    if has_comparison(study):
        treated = survey.keys["treated"].fillna(False).astype(bool).to_numpy()
        programme = np.where(panel.row >= 0, treated[panel.row], False)
    return Survey(study, panel, people.of(codes), programme, auditor)

"""Who is in which number of a survey, and what has been released of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import BoolArray, Cell, People, cell_of, members_of
from analysis.disclosure.rules import is_small
from analysis.disclosure.suppression import Auditor, choose_hidden
from analysis.plan import MeasurePlan, SurveyPlan
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.groups import has_comparison
from analysis.surveys.panel import Panel, build_panel

#: Numbers of people by what they answered. Who answered what is worked out again from the study
#: whenever it is judged: no ledger keeps it.
ANSWERS = "answer:"


@dataclass(slots=True)
class Survey:
    """Who is in which number of the survey, and what has been released of it."""

    study: Study
    panel: Panel
    people: npt.NDArray[np.int64]
    programme: BoolArray
    auditor: Auditor
    known: People
    #: The whole study where this is a part of it, else the study itself.
    whole: Survey | None = None

    @property
    def everyone(self) -> Survey:
        """The whole study: earlier releases told of people who are not in this part."""
        return self if self.whole is None else self.whole

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
        """Cells of one number that adds up scores, with all that a reader can count from it.

        That is how many people are in it and, of yes/no and categories, how many gave each answer.
        Terms are (wave, weight of the mean, people).
        """
        sets = [(wave, mask) for wave, _, mask in terms]
        return [*self.totals(measure, label, *terms), *self.answers(measure, label, *sets)]

    def totals(self, measure: str, label: str, *terms: tuple[str, float, BoolArray]) -> list[Cell]:
        """Cells of a sum of scores and of how many people are in it, whatever they answered."""
        weighted = [(w, k / max(int(mask.sum()), 1), mask) for w, k, mask in terms]
        counts = [
            cell_of(f"count:{measure}", f"{label}.n", self.people, ("n", 1.0, mask))
            for _, _, mask in terms
        ]
        return [cell_of(f"score:{measure}", label, self.people, *weighted), *counts]

    def answers(self, measure: str, label: str, *sets: tuple[str, BoolArray]) -> list[Cell]:
        """Cells of how many gave each answer: in each wave, and in two waves to the same people.

        Their shares and tests are functions of these counts and give them back. None for scales.
        Only counts of the same waves are subtracted, so that nobody is taken for alone because
        two answers to different waves happen to be given by almost the same people.
        """
        if family_of(self.study.measure(measure)) == "mean":
            return []
        told: list[tuple[tuple[str, ...], BoolArray]] = [((wave,), mask) for wave, mask in sets]
        for (a, one), (b, other) in combinations(sets, 2):
            if a != b and np.array_equal(one, other):
                told.append((tuple(sorted((a, b), key=self.panel.wave_index)), one))
        return [cell for waves, mask in told for cell in self._ways(measure, label, waves, mask)]

    def _ways(self, measure: str, label: str, waves: Sequence[str], mask: BoolArray) -> list[Cell]:
        """Cells of how many took each way of answering in these waves."""
        given = np.column_stack([self.values(measure, wave) for wave in waves])
        inside = mask & np.isfinite(given).all(axis=1)
        return [
            cell_of(
                f"{ANSWERS}{measure}",
                label,
                self.people,
                ("|".join(waves), 1.0, inside & (given == way).all(axis=1)),
            )
            for way in np.unique(given[inside], axis=0)
        ]

    def told_answers(self, measure: str, label: str, *sets: tuple[str, BoolArray]) -> list[Cell]:
        """Cells of how many gave each answer where those of few, and one more, are withheld."""
        found = []
        for wave, mask in sets:
            cells = self.answers(measure, label, (wave, mask))
            sizes = [who.bit_count() for cell in cells for _, _, who in cell.terms]
            hidden = choose_hidden(sizes, self.least)
            found += [cell for i, cell in enumerate(cells) if i not in hidden]
            if hidden:
                term = (wave, 1.0, mask)
                found.append(cell_of(f"{ANSWERS}{measure}", label, self.people, term))
        return found

    def recall_answers(self) -> None:
        """Take over the answers that earlier releases told, from whose they were.

        What they should not have told cannot be taken back: it is left out, and the rest counts.
        A set with people who are not in this study stays out, as their answers are not known.
        """
        size = int(self.people.max(initial=-1)) + 1
        for measure in self.panel.scores:
            held = dict.fromkeys(cell.terms for cell in self.auditor.system(f"score:{measure}"))
            for terms in held:
                sets = [
                    (wave, members_of(who, max(size, who.bit_length()))[self.people])
                    for wave, _, who in terms
                    if wave in self.panel.waves
                ]
                if [int(mask.sum()) for _, mask in sets] != [w.bit_count() for *_, w in terms]:
                    continue
                told = self.told_answers(measure, "earlier", *sets)
                for cell in [*told, *self.answers(measure, "earlier", *sets)]:
                    self.auditor.release(cell)

    def release(self, measure: str, label: str, *terms: tuple[str, float, BoolArray]) -> bool:
        """Release a sum of scores unless it singles anybody out."""
        if any(is_small(int(mask.sum()), self.least) for _, _, mask in terms):
            return False
        if self._few_differ(measure, *terms):
            return False
        return self.auditor.release(*self.sums(measure, label, *terms))

    def _few_differ(self, measure: str, *terms: tuple[str, float, BoolArray]) -> bool:
        """Whether many have the same score, or the same change, and all others are few.

        The sum is then theirs alone: its mean and spread leave one way, or few, to add it up.
        """
        if len(terms) == 2 and np.array_equal(terms[0][2], terms[1][2]):
            among = terms[0][2]
            signed = [sign * self.values(measure, wave)[among] for wave, sign, _ in terms]
            sums = [np.round(np.sum(signed, axis=0), 9)]
        else:
            sums = [np.round(self.values(measure, wave)[who], 9) for wave, _, who in terms]
        alike = [
            (int(np.unique(one, return_counts=True)[1].max()), one.size) for one in sums if one.size
        ]
        return any(k >= self.least and is_small(n - k, self.least) for k, n in alike)

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

    def release_rows(self, label: str, n: int) -> bool:
        """Release a number of rows left out unless it is small, or is so beside an earlier one.

        Whose they are is not known: the k-th of a label is taken for the same one in each release.
        """
        if is_small(n, self.least):
            return False
        numbers = self.known.of([f"{label} {k}" for k in range(n)])
        term = ("n", 1.0, np.ones(n, dtype=bool))
        return self.auditor.release(cell_of(f"rows:{label}", label, numbers, term))

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
    """Number the people of a survey and lay out who answered what, of a part and of the whole."""
    whole = None if study.whole is None else _lay_out(study.whole, people, auditor)
    read = replace(_lay_out(study, people, auditor), whole=whole)
    auditor.expect(f"count:{measure}" for measure in read.panel.scores)
    read.everyone.recall_answers()
    return read


def _lay_out(study: Study, people: People, auditor: Auditor) -> Survey:
    panel = build_panel(study)
    survey, plan = study.survey, study.plan.survey
    if survey is None or plan is None:
        raise ValueError("the study has no survey")
    keys = survey.keys.iloc[panel.first_row]
    codes = keys["respondent"].astype(object).to_numpy()
    if panel.anonymous:
        codes = _place_in_wave(keys, plan)
    unknown = pd.isna(codes)
    codes = np.where(unknown, [f"row {i}" for i in panel.first_row], codes)
    programme = np.ones(panel.row.shape, dtype=bool)
    if has_comparison(study):
        treated = survey.keys["treated"].fillna(False).astype(bool).to_numpy()
        programme = np.where(panel.row >= 0, treated[panel.row], False)
    return Survey(study, panel, people.of(codes), programme, auditor, people)


def _place_in_wave(keys: pd.DataFrame, plan: SurveyPlan) -> npt.NDArray[np.object_]:
    """Name answers without a code by wave, place of their file and row.

    The file may have another name in the next release, and its people are the same. A row of a
    table of counts stands for several people: they are numbered.
    """
    places = {one.path: str(at) for at, one in enumerate(plan.files)}
    told = keys["respondent"].astype(str).str.rpartition("#")
    file = told[0].map(lambda name: places.get(name, name))
    row = keys["wave"].astype(str) + "|" + file + "|" + told[2]
    same = row.groupby(row).cumcount()
    return row.where(same == 0, row + "|" + same.astype(str)).to_numpy()

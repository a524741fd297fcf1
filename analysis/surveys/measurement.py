"""Whether the questions of a measure mean the same in its first and last wave.

Items are compared at the same total, loadings by one factor. The answer comes first: ``verdict``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from analysis.plan import MeasurePlan
from analysis.results import Comparison
from analysis.statistics.factor_model import Invariance, compare_loadings
from analysis.statistics.item_shift import MIN_ITEMS, ItemShift, test_items
from analysis.study import Study
from analysis.surveys.contrasts import main_contrast
from analysis.surveys.panel import Panel
from analysis.surveys.scoring import asked_measures, oriented_items
from analysis.thresholds import SIGNIFICANCE_LEVEL

#: People in each wave from which on a moderate shift is seldom missed (Scott et al. 2009,
#: Journal of Clinical Epidemiology 62, 288–295).
ENOUGH = 200
#: A fall of the comparative fit index by more tells unequal loadings (Cheung & Rensvold 2002,
#: doi:10.1207/S15328007SEM0902_5).
MIN_CFI_CHANGE = -0.01
#: More people than this are drawn at random, so that a large survey does not wait for this.
MAX_PEOPLE = 20_000

Verdict = Literal["same", "same_few", "item_shifted", "loadings_differ", "not_estimable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """Whether one measure's questions mean the same in two waves.

    ``verdict``: ``same``; ``same_few`` when nothing was found but either wave has fewer than 200
    people; ``item_shifted``; ``loadings_differ`` when no item shifted but loadings are clearly
    unequal and the fit falls with equal ones; ``not_estimable``. Counts are of people who answered
    every question asked in both waves; ``n_incomplete`` answered some of them only; ``n_drawn`` is
    the number of people used where there were too many to wait for, else None. ``invariance`` is
    None for right and wrong answers.
    """

    measure: str
    contrast: tuple[str, str]
    n_from: int
    n_to: int
    n_both: int
    n_incomplete: int
    n_drawn: int | None
    verdict: Verdict
    items: tuple[ItemShift, ...]
    invariance: Invariance | None


def evaluate_measurement(study: Study, panel: Panel) -> tuple[Measurement, ...]:
    """Compare the questions of every measure of three or more between its two main waves."""
    found = []
    for measure in asked_measures(study):
        contrast = main_contrast(study, panel, measure.name)
        many = len(measure.items) >= MIN_ITEMS and measure.role != "descriptive"
        if contrast is not None and many and measure.kind in ("scale", "knowledge"):
            one = compare_questions(study, panel, measure, contrast)
            found += [] if one is None else [one]
    return tuple(found)


def compare_questions(
    study: Study, panel: Panel, measure: MeasurePlan, contrast: tuple[str, str]
) -> Measurement | None:
    """Compare one measure's questions; None when fewer than three were asked in both waves."""
    survey = study.survey
    if survey is None:
        return None
    answers = oriented_items(survey, measure)
    rows = [panel.row[:, panel.wave_index(wave)] for wave in contrast]
    given = [np.where((row >= 0)[:, None], answers[row], np.nan) for row in rows]
    asked = np.all([np.isfinite(one).any(axis=0) for one in given], axis=0)
    if int(asked.sum()) < MIN_ITEMS:
        return None
    names = [item for item, one in zip(measure.items, asked, strict=True) if one]
    complete = [np.asarray(np.isfinite(one[:, asked]).all(axis=1)) for one in given]
    some = [np.asarray(np.isfinite(one[:, asked]).any(axis=1)) for one in given]
    sizes = [int(one.sum()) for one in complete]
    used, n_drawn = _draw(complete[0] | complete[1], study.plan.study.seed)
    people = [np.flatnonzero(one & used) for one in complete]
    waves = [one[who][:, asked] for one, who in zip(given, people, strict=True)]
    items = test_items(
        np.vstack(waves),
        np.repeat([0.0, 1.0], [len(one) for one in waves]),
        np.concatenate(people),
        names,
    )
    # Right or wrong is no quantity whose covariances one factor of ability would give.
    invariance = (
        compare_loadings(waves[0], waves[1], (people[0], people[1]))
        if measure.kind == "scale"
        else None
    )
    return Measurement(
        measure=measure.name,
        contrast=contrast,
        n_from=sizes[0],
        n_to=sizes[1],
        n_both=int((complete[0] & complete[1]).sum()),
        n_incomplete=sum(int((s & ~c).sum()) for s, c in zip(some, complete, strict=True)),
        n_drawn=n_drawn,
        verdict=_judge(items, invariance, min(sizes)),
        items=items,
        invariance=invariance,
    )


def _draw(people: npt.NDArray[np.bool_], seed: int) -> tuple[npt.NDArray[np.bool_], int | None]:
    """Everybody, or as many drawn at random as can be compared without waiting."""
    there = np.flatnonzero(people)
    if there.size <= MAX_PEOPLE:
        return people, None
    used = np.zeros_like(people)
    used[np.random.default_rng(seed).choice(there, MAX_PEOPLE, replace=False)] = True
    return used, MAX_PEOPLE


def _judge(items: tuple[ItemShift, ...], invariance: Invariance | None, smaller: int) -> Verdict:
    if not any(isinstance(one.test, Comparison) for one in items):
        return "not_estimable"
    if any(one.shifted for one in items):
        return "item_shifted"
    if invariance is not None and invariance.cfi_change is not None:
        equal = invariance.equal_loadings
        p = equal.p_value if isinstance(equal, Comparison) else None
        if p is not None and p < SIGNIFICANCE_LEVEL and invariance.cfi_change < MIN_CFI_CHANGE:
            return "loadings_differ"
    return "same" if smaller >= ENOUGH else "same_few"

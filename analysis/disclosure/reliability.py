"""Coefficients of consistency: they tell how many answered every question, and how.

Feldt's limits of alpha are a function of it and of how many people it is of. Where questions are
right or wrong, alpha, the correlation with the rest and the spread of the score are functions of
the same few counts: together they give the two people who were wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analysis.disclosure.cells import BoolArray
from analysis.disclosure.measurement import hide_size
from analysis.disclosure.rules import is_small, withheld
from analysis.disclosure.survey import Survey
from analysis.results import SUPPRESSED, EstimateLike, NotEstimable
from analysis.surveys.results import (
    Improved,
    ItemAnswers,
    Outcome,
    Reliability,
    ScoreSummary,
)

#: (measure, wave).
Waves = frozenset[tuple[str, str]]


def find_tests_of_few(
    survey: Survey, found: Sequence[ItemAnswers], shown: Sequence[ItemAnswers]
) -> Waves:
    """Find waves of a test in which few were right, or wrong, or whose questions are withheld."""
    waves = set()
    for one, told in zip(found, shown, strict=True):
        measure = survey.study.measure(one.measure)
        if measure.kind != "knowledge" or len(measure.items) < 2 or one.mean is None:
            continue
        right = round(one.mean * one.n)
        few = any(is_small(n, survey.least) for n in (right, one.n - right))
        if few or told.n != one.n:
            waves.add((one.measure, one.wave))
    return frozenset(waves)


def protect_reliability(survey: Survey, found: Reliability, of_few: Waves) -> Reliability:
    """Keep coefficients of twice the smallest group; how many answered every item stays out."""
    if found.n < 2 * survey.least or (found.measure, found.wave) in of_few:
        return _hide(found)
    label = f"reliability.{found.measure}.{found.wave}"
    counted = survey.release_count(label, _complete(survey, found.measure, found.wave))
    return replace(
        found,
        n=SUPPRESSED,
        alpha=_without_size(found.alpha, limits=counted),
        omega=_without_size(found.omega, limits=counted),
        one_factor=None if found.one_factor is None else hide_size(found.one_factor),
    )


def hide_shape(found: ScoreSummary, of_few: Waves) -> ScoreSummary:
    """Leave out how scores are spread where it tells the questions that few got right or wrong."""
    if (found.measure, found.wave) not in of_few:
        return found
    names = ("sd", "median", "floor", "ceiling")
    hidden = {name: SUPPRESSED for name in names if getattr(found, name) is not None}
    return replace(found, counts=(), **hidden)


def hide_reliable_change(found: Outcome, of_few: Waves) -> Outcome:
    """Leave out what is made of alpha where alpha is withheld."""
    improved = found.improved
    if improved is None or (found.measure, found.contrast[0]) not in of_few:
        return found
    return replace(found, improved=_without_alpha(improved))


def _without_alpha(found: Improved) -> Improved:
    names = ["reliable_change", "smallest_detectable", "smallest_detectable_mean"]
    if found.threshold_source == "reliable_change":
        names.append("threshold")
    hidden = {name: SUPPRESSED for name in names if getattr(found, name) is not None}
    return replace(found, **hidden)


def _complete(survey: Survey, measure: str, wave: str) -> BoolArray:
    """Who answered every question that was asked in a wave."""
    data = survey.study.survey
    if data is None:
        raise ValueError("the study has no survey")
    row = survey.panel.row[:, survey.panel.wave_index(wave)]
    answers = data.items[measure].to_numpy(dtype=np.float64, na_value=np.nan)[row]
    given = np.isfinite(answers) & (row >= 0)[:, None]
    return np.asarray(given[:, given.any(axis=0)].all(axis=1) & (row >= 0))


def _without_size(found: EstimateLike, *, limits: bool) -> EstimateLike:
    """Leave out of how many an estimate is, and its limits, which tell, unless these are many."""
    if isinstance(found, NotEstimable):
        return replace(found, n=0)
    ends = ("ci_low", "ci_high", "std_error")
    hidden = {} if limits else {k: SUPPRESSED for k in ends if getattr(found, k) is not None}
    return replace(found, n=SUPPRESSED, n_missing=SUPPRESSED if found.n_missing else 0, **hidden)


def _hide(found: Reliability) -> Reliability:
    def hide(value: float | None) -> float | None:
        return None if value is None else SUPPRESSED

    return replace(
        found,
        n=SUPPRESSED,
        alpha=withheld(found.alpha),
        omega=withheld(found.omega),
        item_rest=dict.fromkeys(found.item_rest, SUPPRESSED),
        alpha_if_dropped=dict.fromkeys(found.alpha_if_dropped, SUPPRESSED),
        first_factor_share=hide(found.first_factor_share),
        unreversed_suspects=(),
        kmo=hide(found.kmo),
        kmo_items=dict.fromkeys(found.kmo_items, SUPPRESSED),
        one_factor=None,
    )

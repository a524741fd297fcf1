"""Coefficients of consistency: they tell how questions were answered.

Where questions are right or wrong, alpha, the correlation with the rest and the spread of the score are functions of
the same few counts: together they give the two people who were wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.disclosure.measurement import hide_size
from analysis.disclosure.rules import is_small
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
    return replace(
        found,
        n=SUPPRESSED,
        alpha=_without_size(found.alpha),
        omega=_without_size(found.omega),
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


def _without_size(found: EstimateLike) -> EstimateLike:
    """Leave out of how many an estimate is."""
    if isinstance(found, NotEstimable):
        return replace(found, n=0)
    return replace(found, n=SUPPRESSED, n_missing=SUPPRESSED if found.n_missing else 0)


def _hide(found: Reliability) -> Reliability:
    def none(one: EstimateLike) -> NotEstimable:
        return NotEstimable(reason="suppressed", method=one.method, name=one.name)

    def hide(value: float | None) -> float | None:
        return None if value is None else SUPPRESSED

    return replace(
        found,
        n=SUPPRESSED,
        alpha=none(found.alpha),
        omega=none(found.omega),
        item_rest=dict.fromkeys(found.item_rest, SUPPRESSED),
        alpha_if_dropped=dict.fromkeys(found.alpha_if_dropped, SUPPRESSED),
        first_factor_share=hide(found.first_factor_share),
        unreversed_suspects=(),
        kmo=hide(found.kmo),
        kmo_items=dict.fromkeys(found.kmo_items, SUPPRESSED),
        one_factor=None,
    )

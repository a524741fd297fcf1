"""Two groups of people side by side at baseline: scores and demographics, standardised."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from analysis.results import Comparison, EstimateLike
from analysis.statistics.counting import sample_variance
from analysis.statistics.effect_size import smd
from analysis.statistics.mean_change import welch_t
from analysis.statistics.proportions import wilson
from analysis.statistics.two_samples import compare_shares
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.covariates import numbers_of
from analysis.surveys.panel import BoolArray, Panel, has_column, person_values
from analysis.surveys.results import BalanceRow
from analysis.surveys.scoring import FloatArray, asked_measures, mean_of
from analysis.surveys.subgroups import MAX_LEVELS


def compare_baselines(study: Study, panel: Panel, treated: FloatArray) -> tuple[BalanceRow, ...]:
    """Compare treated with comparison people at the first wave (baseline balance table)."""
    return tuple(
        BalanceRow(variable=variable, level=level, treated=a, comparison=b, smd=difference)
        for variable, level, a, b, difference, _ in balance_table(
            study, panel, treated == 1, treated == 0
        )
    )


Row = tuple[str, str, EstimateLike, EstimateLike, float | None, float | None]


def balance_table(study: Study, panel: Panel, first: BoolArray, second: BoolArray) -> Iterator[Row]:
    """Give (variable, level, first, second, standardised difference, p) of two sets of people.

    Scores at the first wave and declared covariates that are numbers (Welch), then the share of
    each demographic level (pooled z). The difference is first minus second; levels below
    ``min_group`` in either set have none: it would be chance.
    """
    start = panel.ends[0]
    here = panel.row[:, start] >= 0
    first, second = first & here, second & here
    for measure in asked_measures(study):
        if family_of(measure) == "category":
            continue
        scores = panel.scores[measure.name][:, start]
        kind = "binary" if family_of(measure) == "binary" else "scale"
        yield measure.name, "", *_scores(scores[first], scores[second], kind)
    survey, plan = study.survey, study.plan.survey
    levels = [*map(str, survey.categories if survey is not None else ())]
    for name in plan.covariates if plan is not None else ():
        if not has_column(study, name):
            continue
        numbers = numbers_of(person_values(study, panel, name))
        if numbers is not None:
            levels = [one for one in levels if one != name]
            yield name, "", *_scores(numbers[first], numbers[second], "scale")
        elif name not in levels:
            levels.append(name)
    for name in levels:
        level = person_values(study, panel, name)
        for row in _levels(level, first, second, study.plan.study.min_group):
            yield name, *row


def _scores(
    first: FloatArray, second: FloatArray, kind: str
) -> tuple[EstimateLike, EstimateLike, float | None, float | None]:
    a, b = first[np.isfinite(first)], second[np.isfinite(second)]
    if kind == "binary" and min(a.size, b.size) > 0:
        return _shares(float(a.sum()), a.size, float(b.sum()), b.size)
    test = welch_t(b, a)
    p = test.p_value if isinstance(test, Comparison) else None
    return mean_of(a, kind), mean_of(b, kind), standardised_difference(b, a), p


def standardised_difference(first: FloatArray, second: FloatArray) -> float | None:
    """First minus second mean, in standard deviations; None of fewer than two scores a side."""
    sides = [
        (float(s.mean()), math.sqrt(sample_variance(s)), s.size)
        for s in (first, second)
        if s.size > 1
    ]
    return smd(*sides[0], *sides[1]) if len(sides) == 2 else None


def _shares(
    x1: float, n1: int, x2: float, n2: int
) -> tuple[EstimateLike, EstimateLike, float | None, float | None]:
    p1, p2 = x1 / n1, x2 / n2
    test = compare_shares(x2, n2, x1, n1)
    return (
        wilson(x1, n1),
        wilson(x2, n2),
        smd(p2, math.sqrt(p2 * (1 - p2)), n2, p1, math.sqrt(p1 * (1 - p1)), n1),
        test.p_value if isinstance(test, Comparison) else None,
    )


def _levels(
    level: np.ndarray, first: BoolArray, second: BoolArray, min_group: int
) -> Iterator[tuple[str, EstimateLike, EstimateLike, float | None, float | None]]:
    known = ~pd.isna(level)
    names = sorted({str(v) for v in level[known & (first | second)]})
    text = level.astype(str)
    totals = [int((side & known).sum()) for side in (first, second)]
    if not 2 <= len(names) <= MAX_LEVELS or min(totals) == 0:
        return
    counts = {
        n: [int((side & known & (text == n)).sum()) for side in (first, second)] for n in names
    }
    for name, (a, b) in counts.items():
        first_share, second_share, difference, p = _shares(a, totals[0], b, totals[1])
        if min(a, b) < min_group:
            difference = p = None
        yield name, first_share, second_share, difference, p

"""Answers to each item for an audience that may not see those of a few people.

Neighbouring answers of a scale are joined until nobody's answer is one of few, alike for all items
and waves of the measure, so that they can still be compared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from analysis.disclosure.audit import known_moments, narrow_counts
from analysis.disclosure.cells import BoolArray, cell_of
from analysis.disclosure.rounding import find_unit
from analysis.disclosure.rules import is_small, join_bins
from analysis.disclosure.suppression import choose_hidden
from analysis.results import SUPPRESSED
from analysis.surveys.results import ItemAnswers

if TYPE_CHECKING:
    from analysis.disclosure.surveys import Survey

#: Stands between the first and the last of answers that are joined.
JOINED = " – "
Bins = Sequence[tuple[int, int]]


def protect_items(survey: Survey, found: Sequence[ItemAnswers]) -> tuple[ItemAnswers, ...]:
    """Protect the answers to each item, measure by measure."""
    for family in list(survey.auditor.families):
        if family.startswith("count:"):
            for one in {i.item for i in found if f"count:{i.measure}" == family}:
                survey.auditor.copy(family, f"item:{family.removeprefix('count:')}:{one}")
    free = [_is_free(survey, one) for one in found]
    bins = {
        measure: _choose_bins(
            survey, measure,
            [one for one, ok in zip(found, free, strict=True) if ok and one.measure == measure],
        )
        for measure in dict.fromkeys(one.measure for one in found)
    }  # fmt: skip
    return tuple(
        _join(one, bins[one.measure], survey.least) if ok else _withhold(one)
        for one, ok in zip(found, free, strict=True)
    )


def _answered(survey: Survey, found: ItemAnswers) -> BoolArray:
    data = survey.study.survey
    if data is None:
        raise ValueError("the study has no survey")
    at = survey.panel.wave_index(found.wave)
    row = survey.panel.row[:, at]
    answers = data.items[found.measure][found.item].to_numpy(np.float64, na_value=np.nan)
    return np.asarray((row >= 0) & np.isfinite(answers[row]) & survey.programme[:, at])


def _is_free(survey: Survey, found: ItemAnswers) -> bool:
    """Whether everybody with an answer may be counted, and their answers added up.

    The means of all items add up to that of the score, so that an item counts as one more sum of
    scores: beside the mean of the matched it must not give the answers of a few others.
    """
    mask = _answered(survey, found)
    label = f"items.{found.measure}.{found.item}.{found.wave}"
    if is_small(int(mask.sum()), survey.least):
        return False
    family = f"item:{found.measure}:{found.item}"
    return survey.auditor.release(
        cell_of(family, label, survey.people, ("n", 1.0, mask)),
        *survey.sums(found.measure, label, (found.wave, 1.0, mask)),
    )


def _choose_bins(survey: Survey, name: str, items: Sequence[ItemAnswers]) -> Bins | None:
    """Choose which answers to join; None when each item hides its small ones instead."""
    measure = survey.study.measure(name)
    lists = {tuple(one.counts) for one in items}
    counts = [[int(n) for n in one.counts.values()] for one in items]
    few = any(is_small(n, survey.least) for row in counts for n in row)
    alike = len(lists) == 1 and len(next(iter(lists))) > 2
    if not few or not alike or measure.kind in ("category", "knowledge", "binary"):
        return None
    bins = join_bins(counts, survey.least)
    values = list(range(len(counts[0])))
    # What is known from elsewhere must leave a joined answer wide: of an item that is the whole
    # score, its mean and interval; of one of several, the sum that the others leave of the score's.
    alone = len(measure.items) == 1
    for row in counts:
        spans = [(values[a], values[b - 1], sum(row[a:b])) for a, b in bins]
        total = sum(value * n for value, n in zip(values, row, strict=True))
        moments = (
            known_moments(values, row, find_unit(1.0, sum(row)))
            if alone
            else ((1, total - 0.5, total + 0.5),)
        )
        if narrow_counts(values, row, spans, survey.least, moments):
            return ()
    return bins


def _join(found: ItemAnswers, bins: Bins | None, least: int) -> ItemAnswers:
    names, counts = list(found.counts), [int(n) for n in found.counts.values()]
    missing = found.n_missing if found.n_missing == 0 else SUPPRESSED
    if bins is None:
        hidden = choose_hidden(counts, least)
        # An item of two answers, or that is a whole score, has a mean that is known.
        if hidden and len(counts) < 3:
            hidden = list(range(len(counts)))
        return replace(
            found,
            n_missing=missing,
            counts={k: SUPPRESSED if i in hidden else n
                    for i, (k, n) in enumerate(zip(names, counts, strict=True))},
            mean=SUPPRESSED if hidden and found.mean is not None else found.mean,
        )  # fmt: skip
    if len(bins) < 2:
        return replace(_withhold(found), n=found.n)
    joined = {
        names[a] if b - a == 1 else f"{names[a]}{JOINED}{names[b - 1]}": sum(counts[a:b])
        for a, b in bins
    }
    whole = not any(is_small(n, least) for n in counts)
    mean = found.mean if whole or found.mean is None else SUPPRESSED
    return replace(found, n_missing=missing, counts=joined, mean=mean)


def _withhold(found: ItemAnswers) -> ItemAnswers:
    return replace(
        found,
        n=SUPPRESSED,
        n_missing=found.n_missing if found.n_missing == 0 else SUPPRESSED,
        counts=dict.fromkeys(found.counts, SUPPRESSED),
        mean=None if found.mean is None else SUPPRESSED,
    )

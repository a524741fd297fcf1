"""The ends of a score beside the answers to its questions.

Who has the lowest score gave the lowest answer to every question: 7 such answers to one question
and 6 such scores are one person who answered another question otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from analysis.disclosure.cells import BoolArray
from analysis.disclosure.items import Bins, answered_item, matched_in
from analysis.disclosure.rules import is_small
from analysis.disclosure.survey import Survey
from analysis.plan import MeasurePlan
from analysis.results import SUPPRESSED, Suppressed
from analysis.study import SurveyData
from analysis.surveys.items import N_BANDS, list_answers
from analysis.surveys.results import ItemAnswers, ScoreSummary
from analysis.surveys.scoring import item_range, score_range


def hide_ends(
    survey: Survey,
    found: ScoreSummary,
    items: Sequence[ItemAnswers],
    bins: Mapping[str, Bins | None],
) -> ScoreSummary:
    """Withhold an end of the scores, and their distribution, where a question tells few beside."""
    measure, data = survey.study.measure(found.measure), survey.study.survey
    limits = score_range(measure)
    if data is None or limits is None or len(measure.items) < 2:
        return found
    shares = (found.floor, found.ceiling)
    points = [value for value, _ in found.counts]
    for at, limit in enumerate(limits):
        told = shares[at] is not None and not isinstance(shares[at], Suppressed)
        if not told and not np.isclose(points, limit).any():
            continue
        ends = survey.scored(found.measure, found.wave) & np.isclose(
            survey.values(found.measure, found.wave), limit
        )
        if any(
            _tells_few(ends, answers, survey.least)
            for one in items
            if (one.measure, one.wave) == (found.measure, found.wave)
            for answers in _shown_end(survey, data, measure, one, bins.get(one.measure), at)
        ):
            hidden = {"floor": SUPPRESSED} if at == 0 else {"ceiling": SUPPRESSED}
            found = replace(found, counts=(), **hidden)
    return found


def _tells_few(one: BoolArray, other: BoolArray, least: int) -> bool:
    """Whether one set lies within the other, and all but a few of that are in it."""
    sides = int((one & ~other).sum()), int((other & ~one).sum())
    return min(sides) == 0 and is_small(max(sides), least)


def _shown_end(
    survey: Survey,
    data: SurveyData,
    measure: MeasurePlan,
    item: ItemAnswers,
    bins: Bins | None,
    at: int,
) -> Sequence[BoolArray]:
    """Who gave the answers to a question that are shown at an end of the score, 0 the lowest."""
    if all(isinstance(n, Suppressed) for n in item.counts.values()):
        return ()
    spans = _spans(data, measure)
    top = (at == 1) != item.reversed
    if bins:
        first, last = bins[-1] if top else bins[0]
        low, high = spans[first][0], spans[last - 1][1]
    else:
        low, high = spans[-1] if top else spans[0]
    people = answered_item(survey, item)
    if item.n != int(people.sum()):
        people &= matched_in(survey, item)
    row = survey.panel.row[:, survey.panel.wave_index(item.wave)]
    given = data.items[item.measure][item.item].to_numpy(np.float64, na_value=np.nan)[row]
    return (people & (given >= low) & (given <= high),)


def _spans(data: SurveyData, measure: MeasurePlan) -> Sequence[tuple[float, float]]:
    """Lowest and highest answer of each count of an item: listed answers, or bands of the range."""
    answers = list_answers(data, measure)
    if answers:
        return [(value, value) for value in answers]
    edges = np.linspace(*item_range(measure), N_BANDS + 1).tolist()
    return list(pairwise(edges))

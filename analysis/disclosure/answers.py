"""Numbers of people by what they answered, beside those of other people in earlier releases.

A part that is shown beside the whole leaves the rest, answer by answer: of twelve people of
another community one said 2. No ledger keeps who answered what. It is worked out anew from the
whole study, also where a part of it is judged; of earlier releases all answers count as told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from analysis.disclosure.cells import BoolArray, Cell, bits_of
from analysis.disclosure.rules import is_small
from analysis.disclosure.suppression import Auditor
from analysis.results import SUPPRESSED, Suppressed
from analysis.surveys.items import N_BANDS, list_answers
from analysis.surveys.scoring import item_range

if TYPE_CHECKING:
    from analysis.disclosure.survey import Survey
    from analysis.surveys.results import ItemAnswers, ScoreSummary

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
#: Sets of people told before that are subtracted all together, the largest; others one by one.
MAX_TOGETHER = 12
#: People of whom nothing is known but that they were in an earlier number: so many times the
#: smallest group for each answer, few will not be alone with one.
MANY = 3


def cut_between(values: FloatArray, sizes: Sequence[int]) -> FloatArray:
    """Find where numbers of people, from the lowest values to the highest, begin and end.

    Examples
    --------
    >>> cut_between(np.array([1.0, 3.0, 2.0, 2.0]), [1, 2, 1])
    array([1.5, 2.5])
    """
    ordered = np.sort(values)
    ends = np.cumsum(sizes)[:-1].astype(np.int64)
    ends = ends[(ends > 0) & (ends < ordered.size)]
    return np.asarray((ordered[ends - 1] + ordered[ends]) / 2)


def keep_scores_apart(survey: Survey, found: ScoreSummary) -> ScoreSummary:
    """Leave out a distribution, and shares at its ends, that beside earlier ones tell a few."""
    mask = survey.scored(found.measure, found.wave)
    n, held = int(mask.sum()), _held(survey, found.measure, "")
    low, high = (
        0 if one is None or isinstance(one, Suppressed) else round(one * n)
        for one in (found.floor, found.ceiling)
    )
    own = survey.values(found.measure, found.wave)[mask]
    told = [[size for _, size in found.counts], [low, n - low - high, high]]
    whole = survey.everyone.values(found.measure, found.wave)
    if not held or all(
        _is_apart(survey, held, _cut(whole, cut_between(own, sizes)), mask) for sizes in told
    ):
        return found
    ends = {name: getattr(found, name) for name in ("floor", "ceiling")}
    hidden = {name: SUPPRESSED for name, share in ends.items() if share is not None}
    return replace(found, counts=(), **hidden)


def gains_are_apart(
    survey: Survey, name: str, contrast: Sequence[str], sizes: Sequence[int]
) -> bool:
    """Whether those who lost, stayed and gained so much tell no few beside earlier ones."""
    first, last = contrast
    mask = survey.pairs(name, contrast)
    own, whole = (
        one.values(name, last) - one.values(name, first) for one in (survey, survey.everyone)
    )
    ways = _cut(whole, cut_between(own[mask], sizes))
    label = f"outcomes.{name}.{first}.{last}"
    held = [who for cell in survey.auditor.held if cell.label == label for *_, who in cell.terms]
    return _is_apart(survey, held, ways, mask)


def item_is_apart(
    survey: Survey, found: ItemAnswers, mask: BoolArray, groups: Sequence[int]
) -> bool:
    """Whether answers to a question, in these groups, tell no few beside earlier ones.

    ``groups`` has a number for each answer of ``found``: those of one number are told together.
    """
    held = _held(survey, found.measure, found.item)
    if not held:
        return True
    place = _place(survey.everyone, survey, found)
    ways = np.where(place >= 0, np.append(np.asarray(groups, dtype=np.int64), -1)[place], -1)
    return _is_apart(survey, held, ways, mask)


def _place(everyone: Survey, survey: Survey, found: ItemAnswers) -> IntArray:
    """Which of the answers of ``found`` each person of the whole study gave; -1 for none."""
    data, own = everyone.study.survey, survey.study.survey
    if data is None or own is None:
        raise ValueError("the study has no survey")
    measure = survey.study.measure(found.measure)
    row = everyone.panel.row[:, everyone.panel.wave_index(found.wave)]
    texts = data.texts.get(measure.name)
    if measure.kind == "knowledge" and texts is not None and found.item in texts:
        names = {name: at for at, name in enumerate(found.counts)}
        written = texts[found.item].astype(object).map(lambda one: names.get(str(one), -1))
        place = written.to_numpy(dtype=np.int64)
    else:
        values = data.items[measure.name][found.item].to_numpy(np.float64, na_value=np.nan)
        answers = np.array(list_answers(own, measure), dtype=np.float64)
        if answers.size:
            at = np.searchsorted(answers, values).clip(max=answers.size - 1)
            place = np.where(answers[at] == values, at, -1)
        else:
            edges = np.linspace(*item_range(measure), N_BANDS + 1)
            place = np.digitize(values, edges[1:-1])
            place = np.where(np.isfinite(values), place, -1)
    return np.where(row >= 0, place[row], -1)


def _cut(values: FloatArray, cuts: FloatArray) -> IntArray:
    return np.where(np.isfinite(values), np.digitize(values, cuts), -1)


def _held(survey: Survey, name: str, item: str) -> list[int]:
    """Sets of people whose answers to a question, or scores, were told before."""
    items = survey.study.measure(name).items
    begins = [f"items.{name}.{item}."] if item else [f"scoring.{name}."]
    if len(items) == 1:
        begins = [f"items.{name}.{items[0]}.", f"scoring.{name}."]
    families = (f"score:{name}", f"item:{name}:{item or items[0]}")
    return [
        who
        for cell in survey.auditor.held
        if cell.family in families and cell.label.startswith(tuple(begins))
        for *_, who in cell.terms
    ]


def _is_apart(survey: Survey, held: Sequence[int], ways: IntArray, mask: BoolArray) -> bool:
    """Whether people counted by ways, beside sets of people counted so before, leave no few."""
    everyone, least = survey.everyone, survey.least
    told, known = bits_of(survey.people[mask]), bits_of(everyone.people)
    # What is told again was judged beside those before it, and those after it beside it.
    before = list(dict.fromkeys([*held, told]))
    before = before[: before.index(told)]
    sets = [bits_of(everyone.people[ways == way]) for way in np.unique(ways[ways >= 0])]
    for who in before:
        others = (who & ~known).bit_count()
        if who & told and 0 < others < MANY * least * len(sets):
            return False
        apart = [((who ^ told) & way).bit_count() for way in sets]
        if any(is_small(n, least) for n in apart):
            return False
    auditor = Auditor(least=least)
    largest = sorted((who for who in before if not who & ~known), key=int.bit_count)
    for who in (who for who in before if who in largest[-MAX_TOGETHER:]):
        for way in sets:
            # What was too few to be told was not told: it is left out, and the rest counts.
            auditor.release(_cell(who & way))
    return all(auditor.release(_cell(told & way)) for way in sets)


def _cell(who: int) -> Cell:
    return Cell(family="answers", label="", terms=(("n", 1.0, who),) if who else ())

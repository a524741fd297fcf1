"""Answers to each item for an audience that may not see those of a few people.

Neighbouring answers of a scale are joined until nobody's answer is one of few, alike for all items
and waves of the measure, so that they can still be compared.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from analysis.disclosure.answers import item_is_apart
from analysis.disclosure.audit import known_moments, narrow_counts
from analysis.disclosure.cells import BoolArray, cell_of
from analysis.disclosure.naming import hide_all_answers, hide_answers, name_declared
from analysis.disclosure.rounding import find_unit
from analysis.disclosure.rules import is_small
from analysis.disclosure.survey import Survey
from analysis.results import SUPPRESSED, Caution, Suppressed
from analysis.surveys.analyses import family_of
from analysis.surveys.contrasts import main_contrast
from analysis.surveys.items import count_item, list_answers
from analysis.surveys.results import ItemAnswers, ScoreSummary
from analysis.surveys.scoring import item_range, reverse, score_answers

#: Stands between the first and the last of answers that are joined.
JOINED = " – "
Bins = Sequence[tuple[int, int]]


def protect_items(
    survey: Survey, found: Sequence[ItemAnswers]
) -> tuple[tuple[ItemAnswers, ...], dict[str, Bins | None], tuple[Caution, ...]]:
    """Protect the answers to each item, measure by measure.

    Returns
    -------
    items, bins, cautions
        ``bins`` as :func:`_choose_bins` for each measure; cautions say whose answers they are.
    """
    for family in list(survey.auditor.families):
        if family.startswith("count:"):
            # In the order of the questions: a ledger written twice is the same.
            for one in dict.fromkeys(i.item for i in found if f"count:{i.measure}" == family):
                survey.auditor.copy(family, f"item:{family.removeprefix('count:')}:{one}")
    # Where few are in one wave alone, all who answered would give them away beside the matched.
    everyone = [_is_free(survey, one, answered_item(survey, one)) for one in found]
    found = [
        one if ok else _of_matched(survey, one) or one
        for one, ok in zip(found, everyone, strict=True)
    ]
    free = [
        ok or _is_free(survey, one, answered_item(survey, one) & matched_in(survey, one))
        for one, ok in zip(found, everyone, strict=True)
    ]
    whose = [
        answered_item(survey, one) & (True if whole else matched_in(survey, one))
        for one, whole in zip(found, everyone, strict=True)
    ]
    bins = {
        measure: _choose_bins(
            survey,
            measure,
            [
                (one, mask)
                for one, mask, ok in zip(found, whose, free, strict=True)
                if ok and one.measure == measure
            ],
        )
        for measure in dict.fromkeys(one.measure for one in found)
    }
    beside = _hide_beside(
        survey, [one for one, ok in zip(found, free, strict=True) if ok and not bins[one.measure]]
    )
    shown = tuple(
        _withhold(survey, one)
        if not ok
        else replace(_withhold(survey, one), n=one.n)
        if (one.measure, one.item, one.wave) in beside
        else _join(survey, one, mask, bins[one.measure])
        for one, mask, ok in zip(found, whose, free, strict=True)
    )
    fewer = dict.fromkeys(
        one.measure
        for one, ok, whole in zip(found, free, everyone, strict=True)
        if ok and not whole
    )
    cautions = tuple(
        Caution(code="answers_of_matched", severity="info", section="items", measure=name)
        for name in fewer
    )
    return shown, bins, cautions


def count_as_asked(
    survey: Survey, found: ScoreSummary, items: Sequence[ItemAnswers], bins: Bins | None
) -> ScoreSummary:
    """Join the scores of a measure of one question as its answers are joined.

    Two ways of joining the same answers, or the answers of a part beside those of all, would tell
    the few between them. Yes/no and categories are judged answer by answer instead.
    """
    measure, data = survey.study.measure(found.measure), survey.study.survey
    item = next((i for i in items if (i.measure, i.wave) == (found.measure, found.wave)), None)
    if data is None or item is None or len(measure.items) > 1 or family_of(measure) != "mean":
        return found
    if all(isinstance(n, Suppressed) for n in item.counts.values()):
        return found
    answers = np.array(list_answers(data, measure), dtype=np.float64)
    if item.n != found.n or (bins is not None and not answers.size):
        return _without_counts(found, floor=True, ceiling=True)
    if bins is None:
        return found
    turned = reverse(answers, item_range(measure)) if item.reversed else answers
    scores = score_answers(turned[:, None], measure)
    joined = [
        (float(scores[[a, b - 1]].mean()), int(n))
        for (a, b), n in zip(bins, item.counts.values(), strict=True)
        if n
    ]
    first, last = (b - a > 1 for a, b in (bins[0], bins[-1]))
    floor, ceiling = (last, first) if item.reversed else (first, last)
    hidden = _without_counts(found, floor=floor, ceiling=ceiling)
    return replace(hidden, counts=tuple(sorted(joined)))


def _without_counts(found: ScoreSummary, *, floor: bool, ceiling: bool) -> ScoreSummary:
    """Leave out the distribution, and the shares at those of its ends."""
    ends = {"floor": found.floor if floor else None, "ceiling": found.ceiling if ceiling else None}
    hidden = {name: SUPPRESSED for name, share in ends.items() if share is not None}
    return replace(found, counts=(), **hidden)


def answered_item(survey: Survey, found: ItemAnswers) -> BoolArray:
    """Who of the programme answered an item in its wave."""
    data = survey.study.survey
    if data is None:
        raise ValueError("the study has no survey")
    at = survey.panel.wave_index(found.wave)
    row = survey.panel.row[:, at]
    answers = data.items[found.measure][found.item].to_numpy(np.float64, na_value=np.nan)
    return np.asarray((row >= 0) & np.isfinite(answers[row]) & survey.programme[:, at])


def matched_in(survey: Survey, found: ItemAnswers) -> BoolArray:
    """Who has a score in both waves of the measure's change; nobody in a wave outside it."""
    contrast = main_contrast(survey.study, survey.panel, found.measure)
    if contrast is None or found.wave not in contrast:
        return np.zeros(len(survey.people), dtype=np.bool_)
    return survey.pairs(found.measure, contrast)


def _of_matched(survey: Survey, found: ItemAnswers) -> ItemAnswers | None:
    """Count the answers of the people of the change alone."""
    data, mask = survey.study.survey, matched_in(survey, found)
    if data is None or not mask.any():
        return None
    measure = survey.study.measure(found.measure)
    rows = np.zeros(len(data.keys), dtype=np.bool_)
    rows[survey.panel.row[mask, survey.panel.wave_index(found.wave)]] = True
    answers = list_answers(data, measure)
    return count_item(data, measure, found.item, found.wave, rows, answers)


def _is_free(survey: Survey, found: ItemAnswers, mask: BoolArray) -> bool:
    """Whether people with an answer may be counted, and their answers added up.

    The means of all items add up to that of the score, so that an item counts as one more sum of
    scores: beside the mean of the matched it must not give the answers of a few others.
    """
    label = f"items.{found.measure}.{found.item}.{found.wave}"
    if int(mask.sum()) < survey.least:  # nobody is nothing to count, and nothing to judge
        return False
    family = f"item:{found.measure}:{found.item}"
    return survey.auditor.release(
        cell_of(family, label, survey.people, ("n", 1.0, mask)),
        *survey.totals(found.measure, label, (found.wave, 1.0, mask)),
        *survey.told_answers(found.measure, label, (found.wave, mask)),
    )


def _choose_bins(
    survey: Survey, name: str, asked: Sequence[tuple[ItemAnswers, BoolArray]]
) -> Bins | None:
    """Choose which answers to join; None when each item hides its small ones instead.

    ``asked`` are questions, with who answered them.
    """
    measure, items = survey.study.measure(name), [one for one, _ in asked]
    lists = {tuple(one.counts) for one in items}
    counts = [[int(n) for n in one.counts.values()] for one in items]
    few = any(is_small(n, survey.least) for row in counts for n in row)
    alike = len(lists) == 1 and len(next(iter(lists))) > 2
    if not alike or measure.kind in ("category", "knowledge", "binary"):
        return None

    def are_apart(bins: Bins) -> bool:
        groups = [at for at, (a, b) in enumerate(bins) for _ in range(a, b)]
        return all(item_is_apart(survey, one, mask, groups) for one, mask in asked)

    if not few and are_apart([(at, at + 1) for at in range(len(counts[0]))]):
        return None
    # What is known from elsewhere must leave a joined answer wide: of an item that is the whole
    # score, its mean and interval; of one of several, the sum that the others leave of the score's.
    alone = len(measure.items) == 1
    for bins in list_joins(len(counts[0])):
        few = any(is_small(sum(row[a:b]), survey.least) for row in counts for a, b in bins)
        narrow = few or any(_is_narrow(one, bins, survey.least, alone=alone) for one in counts)
        if not narrow and are_apart(bins):
            return bins
    return ()


def _hide_beside(survey: Survey, found: Sequence[ItemAnswers]) -> set[tuple[str, str, str]]:
    """Choose questions, right or wrong, to withhold beside those that few got right or wrong.

    The mean of the score tells how often all questions were answered right: less the questions
    that are given, what is left must be open for each that is not.
    """
    least, chosen = survey.least, set()
    for name, wave in dict.fromkeys((one.measure, one.wave) for one in found):
        measure = survey.study.measure(name)
        if measure.kind not in ("knowledge", "binary") or len(measure.items) < 2:
            continue
        asked = [one for one in found if (one.measure, one.wave) == (name, wave)]
        # Those that fewest got right, or wrong, first.
        asked = sorted(
            (one for one in asked if one.mean is not None), key=lambda one: min(_judged(one))
        )
        few = [one for one in asked if any(is_small(n, least) for n in _judged(one))]
        hidden = list(few)
        for other in (one for one in asked if one not in few):
            if not few or not _tells_one(hidden, least):
                break
            hidden.append(other)
            chosen.add((name, other.item, wave))
    return chosen


def _judged(found: ItemAnswers) -> tuple[int, int]:
    """How many answered a question right, and wrong, in whatever words."""
    right = round((found.mean or 0.0) * found.n)
    return right, found.n - right


def _tells_one(hidden: Sequence[ItemAnswers], least: int) -> bool:
    """Whether the right answers to several questions, added up, leave too few numbers for one."""
    firsts = [_judged(one)[0] for one in hidden]
    sizes = [one.n for one in hidden]
    total, everyone = sum(firsts), sum(sizes)
    return any(min(size, total) - max(0, total - (everyone - size)) < least - 1 for size in sizes)


def _is_narrow(row: Sequence[int], bins: Bins, least: int, *, alone: bool) -> bool:
    values = list(range(len(row)))
    spans = [(values[a], values[b - 1], sum(row[a:b])) for a, b in bins]
    total = sum(value * n for value, n in zip(values, row, strict=True))
    moments = (
        known_moments(values, row, find_unit(1.0, sum(row)))
        if alone
        else ((1, total - 0.5, total + 0.5),)
    )
    return narrow_counts(values, row, spans, least, moments)


def list_joins(size: int) -> Iterator[Bins]:
    """List ways to join neighbouring answers, the finest first: from the ends of the scale inward.

    They are the same for every study, and each joins what the one before has joined already. Two
    ways that suit the answers of two waves, or of two measures with the same question, would tell
    by their difference those of a few.

    Examples
    --------
    >>> [list(bins) for bins in list_joins(5)]
    [[(0, 2), (2, 3), (3, 5)], [(0, 3), (3, 5)]]
    """
    cuts = list(range(size + 1))
    while len(cuts) > 3:
        cuts = [cuts[0], *cuts[2:-2], cuts[-1]] if len(cuts) > 4 else [cuts[0], *cuts[2:]]
        yield list(pairwise(cuts))


def _join(survey: Survey, found: ItemAnswers, mask: BoolArray, bins: Bins | None) -> ItemAnswers:
    least = survey.least
    names, counts = list(found.counts), [int(n) for n in found.counts.values()]
    missing = found.n_missing if found.n_missing == 0 else SUPPRESSED
    whole = not any(is_small(n, least) for n in counts)
    mean = found.mean if whole or found.mean is None else SUPPRESSED
    if bins is None:
        # The mean of the score may tell how many were right, whatever the others said.
        right = survey.study.measure(found.measure).kind == "knowledge"
        told = hide_answers(found.counts, _declared(survey, found), least, whole=right)
        # Those that are withheld are told together, as what is left of all.
        given = [not isinstance(told.get(name, SUPPRESSED), Suppressed) for name in names]
        groups = [at if free else len(names) for at, free in enumerate(given)]
        if any(given) and not item_is_apart(survey, found, mask, groups):
            return replace(_withhold(survey, found), n=found.n)
        return replace(found, n_missing=missing, counts=told, mean=mean)
    if len(bins) < 2:
        return replace(_withhold(survey, found), n=found.n)
    joined = {
        names[a] if b - a == 1 else f"{names[a]}{JOINED}{names[b - 1]}": sum(counts[a:b])
        for a, b in bins
    }
    return replace(found, n_missing=missing, counts=joined, mean=mean)


def _declared(survey: Survey, found: ItemAnswers) -> Collection[str]:
    """Answers of an item that keep their names."""
    data = survey.study.survey
    if data is None:
        raise ValueError("the study has no survey")
    names = name_declared(data, survey.study.measure(found.measure), found.item)
    return found.counts if names is None else names


def _withhold(survey: Survey, found: ItemAnswers) -> ItemAnswers:
    return replace(
        found,
        n=SUPPRESSED,
        n_missing=found.n_missing if found.n_missing == 0 else SUPPRESSED,
        counts=hide_all_answers(found.counts, _declared(survey, found)),
        mean=None if found.mean is None else SUPPRESSED,
    )

"""What few people answered, or are, has no name: it is told among the others, together.

The words of one person, and a group of one, are known by their name alone. So are several: where
as many names are withheld as people are left, each is the name of one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from analysis.disclosure.suppression import choose_hidden
from analysis.plan import MeasurePlan
from analysis.results import SUPPRESSED, Estimate, EstimateLike, NotEstimable
from analysis.study import SurveyData
from analysis.surveys.items import answer_names, declared_answers, list_answers
from analysis.surveys.results import AttritionRow, BalanceRow, Group

#: Stands for all answers, groups or levels without a name.
OTHERS = "[others]"
Row = TypeVar("Row", AttritionRow, BalanceRow)


def name_declared(survey: SurveyData, measure: MeasurePlan, item: str) -> frozenset[str] | None:
    """Name the answers that the study file offers, given or not; None when it offers all of them.

    Answers in people's own words, and codes that only the data have, are not among them.
    """
    if measure.kind == "knowledge" and item in survey.texts.get(measure.name, ()):
        return frozenset()
    answers = list_answers(survey, measure)
    if not answers:
        return None  # bands of the declared range
    offered = declared_answers(measure)
    names = answer_names(survey.answer_labels.get(measure.name, {}), answers)
    return frozenset(name for name, value in zip(names, answers, strict=True) if value in offered)


def hide_answers(
    counts: Mapping[str, int], declared: Collection[str], least: int, *, whole: bool
) -> dict[str, int]:
    """Give the answers of many by name, those of few together or not at all.

    Parameters
    ----------
    declared
        Answers that keep their names; where one is withheld, so is which of them nobody gave.
    whole
        Whether it is known from elsewhere how many gave one of the answers: all are withheld then.

    Examples
    --------
    >>> hide_answers({"a": 24, "b": 9, "c": 3, "d": 4}, (), 5, whole=False)
    {'a': 24, 'b': 9, '[others]': 7}
    """
    parts = {k: int(n) for k, n in counts.items() if k in declared or (n >= least and k != OTHERS)}
    few = sum(map(int, counts.values())) - sum(parts.values())
    if few:
        parts[OTHERS] = few
    hidden = choose_hidden(list(parts.values()), least)
    if not hidden:
        return parts
    everything = whole or len(parts) < 3
    return {
        k: SUPPRESSED if everything or i in hidden or n == 0 else n
        for i, (k, n) in enumerate(parts.items())
    }


def hide_all_answers(counts: Mapping[str, int], declared: Collection[str]) -> dict[str, int]:
    """Withhold all answers: only what the study file offers keeps its name."""
    names = [name for name in counts if name in declared]
    return dict.fromkeys(names or ([OTHERS] if counts else []), SUPPRESSED)


def fold_groups(
    found: Sequence[Group], shown: Mapping[str, Group], least: int
) -> tuple[Group, ...]:
    """Give the groups that are shown, withhold the others, and name of these those of many."""
    none = NotEstimable(reason="suppressed")
    told: dict[str, Group] = {}
    for one in found:
        name = one.value if one.value in shown or one.n >= least else OTHERS
        hidden = Group(value=name, n=SUPPRESSED, change=none, shrunken=none)
        told[name] = shown.get(one.value, hidden)
    # Without a name comes last: its place among the others would tell where it belongs.
    return (*(g for name, g in told.items() if name != OTHERS), *filter(None, [told.get(OTHERS)]))


def fold_levels(shown: Sequence[Row], whole: Sequence[Row], least: int) -> tuple[Row, ...]:
    """Leave levels that few people have without their names; both sides of each are withheld."""
    told: dict[tuple[str, str], Row] = {}
    for row, before in zip(shown, whole, strict=True):
        sides = (
            (before.stayed, before.left)
            if isinstance(before, AttritionRow)
            else (before.treated, before.comparison)
        )
        few = bool(row.level) and sum(_count(side) for side in sides) < least
        name = OTHERS if few else row.level
        group = row.group if isinstance(row, AttritionRow) else ""
        told.setdefault((f"{row.variable}|{group}", name), replace(row, level=name))
    return tuple(told.values())


def _count(share: EstimateLike) -> int:
    return round(share.estimate * share.n) if isinstance(share, Estimate) else share.n

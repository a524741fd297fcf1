"""What is counted: the items and scores of the measures, with every answer a whole number."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from analysis.plan import MeasurePlan, StudyPlan
from analysis.surveys.scoring import item_range

MAX_DECIMALS = 6
MAX_WHOLE = 1_000_000
"""Largest answer in whole units: the sum of a million products stays within 64 bits."""
MAX_DISTINCT = 1_000
"""Distinct answers of a measure that are sent to an engine; free numbers have more."""

NotCounted = Literal["many_decimals", "large_numbers", "many_answers", "no_range"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of one measure: a column of whole numbers, ``None`` where nothing was answered.

    Attributes
    ----------
    column
        Its name in every table of rows.
    turned
        For a reversed item the lowest plus the highest answer, in whole units; else None.
    """

    measure: MeasurePlan
    name: str
    column: str
    turned: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Items whose number answered and sum make one score: a measure, or one of its subscales."""

    measure: MeasurePlan
    subscale: str
    items: tuple[Item, ...]
    unit: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire:
    """The measures that are counted, of all communities alike.

    Attributes
    ----------
    measures
        Those counted, in the order of the study file.
    units
        By what the whole numbers of each measure are divided to be answers: a power of ten.
    waves
        Every wave of any community; rows name them by their place here.
    not_counted
        Measures of the study file that are not, with the reason.
    """

    measures: tuple[MeasurePlan, ...]
    units: tuple[int, ...]
    waves: tuple[str, ...]
    not_counted: Mapping[str, NotCounted]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item of every measure; an item of two measures stands twice."""
        return tuple(self._list_items())

    def _list_items(self) -> Iterator[Item]:
        place = 0
        for measure, unit in zip(self.measures, self.units, strict=True):
            whole = round(sum(item_range(measure)) * unit) if measure.reversed else None
            for name in measure.items:
                turned = whole if name in measure.reversed else None
                yield Item(measure=measure, name=name, column=f"a{place}", turned=turned)
                place += 1

    def items_of(self, measure: MeasurePlan) -> tuple[Item, ...]:
        """Items of one measure."""
        return tuple(one for one in self.items if one.measure.name == measure.name)

    @property
    def scales(self) -> tuple[Scale, ...]:
        """One scale for each measure, then those of the subscales; tables name them by place."""
        whole = [
            Scale(measure=measure, subscale="", items=self.items_of(measure), unit=unit)
            for measure, unit in zip(self.measures, self.units, strict=True)
        ]
        parts = [
            Scale(
                measure=scale.measure,
                subscale=name,
                items=tuple(one for item in items for one in scale.items if one.name == item),
                unit=scale.unit,
            )
            for scale in whole
            for name, items in scale.measure.subscales.items()
        ]
        return (*whole, *parts)

    @property
    def linked_scales(self) -> tuple[Scale, ...]:
        """Scales of which the change of one person is counted: measures, not subscales."""
        return self.scales[: len(self.measures)]

    @property
    def consistent(self) -> tuple[Scale, ...]:
        """Scales whose items are compared with each other."""
        return tuple(
            scale
            for scale in self.linked_scales
            if scale.measure.kind in ("scale", "knowledge") and len(scale.items) > 1
        )

    @property
    def wave_pairs(self) -> tuple[tuple[int, int], ...]:
        """Every two waves, the one that comes first in ``waves`` first."""
        n = len(self.waves)
        return tuple((one, two) for one in range(n) for two in range(one + 1, n))


def make_questionnaire(
    plan: StudyPlan, answers: Mapping[str, Sequence[float]], waves: Sequence[str]
) -> Questionnaire:
    """Make the questionnaire of a study file.

    Parameters
    ----------
    answers
        Measure name → every distinct answer given, in any community.
    waves
        Waves found, in any order.
    """
    counted: list[tuple[MeasurePlan, int]] = []
    refused: dict[str, NotCounted] = {}
    for measure in plan.measures:
        unit = choose_unit(measure, answers.get(measure.name, ()))
        if isinstance(unit, int):
            counted.append((measure, unit))
        else:
            refused[measure.name] = unit
    survey = plan.survey
    planned = [*survey.waves, *survey.retrospective] if survey is not None else []
    known = [wave for wave in dict.fromkeys(planned) if wave in set(waves)]
    return Questionnaire(
        measures=tuple(measure for measure, _ in counted),
        units=tuple(unit for _, unit in counted),
        waves=(*known, *sorted(set(waves) - set(known))),
        not_counted=refused,
    )


def choose_unit(measure: MeasurePlan, answers: Sequence[float]) -> int | NotCounted:
    """Choose the power of ten by which every answer becomes a whole number, or say why none does.

    Examples
    --------
    >>> choose_unit(MeasurePlan(name="x", items=["q"], range=(1, 5)), [1.0, 2.5])
    10
    """
    limits = item_range(measure)
    if measure.reversed and math.isnan(limits[0]):
        return "no_range"
    if len(answers) > MAX_DISTINCT:
        return "many_answers"
    found = [*answers, *(limits if measure.reversed else ())]
    decimals = max((_decimals(value) for value in found), default=0)
    if decimals > MAX_DECIMALS:
        return "many_decimals"
    unit = 10**decimals
    return unit if all(abs(value) * unit <= MAX_WHOLE for value in found) else "large_numbers"


def _decimals(value: float) -> int:
    exponent = Decimal(repr(value)).normalize().as_tuple().exponent
    return max(0, -int(exponent))

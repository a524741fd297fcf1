"""Rounds what is made of scores, so that no sum tells which scores it was made of.

A mean of few people at full precision is a sum in disguise: 47.4166… points of 14 people who
answered four questions say that exactly one of them left a question out. Every mean, change,
spread and interval limit is therefore given in steps of 1, 2 or 5 units of a decimal place, at
least so large that the sum of its people stays open by one answer to one question; tests, effect
sizes and coefficients to two decimals, p-values to two digits. Numbers of people are not rounded:
they are withheld or given (:mod:`analysis.disclosure.rules`).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import TypeVar, cast

import numpy as np

from analysis.disclosure.facts import usual_gap
from analysis.disclosure.survey import Survey
from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import Comparison, Estimate, NotEstimable, Suppressed
from analysis.surveys.analyses import family_of
from analysis.surveys.results import AttritionRow, BalanceRow, Improved
from analysis.surveys.scoring import item_range, oriented_items
from analysis.thresholds import SIGNIFICANCE_LEVEL

T = TypeVar("T")
Row = TypeVar("Row", AttritionRow, BalanceRow)
#: Coefficients, effect sizes and test statistics: as many decimals as a report prints.
COEFFICIENT = 0.01
_CHECKED = ("scoring", "outcomes", "comparison", "dose", "bounds", "sensitivity", "trajectory")
_COEFFICIENTS = ("reliability", "measurement")
#: Plain numbers in the unit of the score.
_IN_SCORES = frozenset(
    {
        "sd",
        "median",
        "low",
        "high",
        "counterfactual",
        "lost_mean",
        "delta",
        "limit",
        "prediction_low",
        "prediction_high",
        "reliable_change",
        "smallest_detectable",
        "smallest_detectable_mean",
    }
)
_P_VALUES = frozenset({"p_value", "p_adjusted", "q_p"})
#: Set by people, not worked out from answers; or counts of people, which are audited as such.
_PLAIN = frozenset(
    {
        "important_difference",
        "threshold",
        "margin",
        "ci_level",
        "better",
        "same",
        "worse",
        "net",
        "floor",
        "ceiling",
        "counts",
        "n",
        "n_missing",
        "balance",
        "effective_treated",
        "effective_comparison",
    }
)
#: Analyses whose estimate is not in the unit of the score.
_UNITLESS = frozenset({"mann_whitney", "ordinal", "ordinal_mixed", "sign", "interaction"})


def round_to(value: float, unit: float, *, least: int = 0) -> float:
    """Round to the nearest step, and to no fewer than ``least`` steps from 0.

    With one step at least, a limit keeps its side of no change.

    Examples
    --------
    >>> round_to(3.3869, 0.02), round_to(0.004, 0.02), round_to(-0.004, 0.02, least=1)
    (3.38, 0.0, -0.02)
    """
    if isinstance(value, Suppressed) or not math.isfinite(value) or value == 0:
        return value
    steps = max(round(abs(value) / unit), least)
    # The step is written in decimals, so that 169 × 0.02 is 3.38 and no longer number.
    return math.copysign(float(f"{steps * unit:.12g}"), value) if steps else 0.0


def round_p(p: float) -> float:
    """Round a p-value to two digits, four decimals at most; it stays on its side of .05.

    Examples
    --------
    >>> round_p(0.15069), round_p(0.0496), round_p(0.0000123)
    (0.15, 0.049, 0.0001)
    """
    if isinstance(p, Suppressed) or not 0 < p < 1:
        return p
    place = 10.0 ** max(math.floor(math.log10(p)) - 1, -4)
    rounded = round_to(p, place, least=1)
    if (rounded < SIGNIFICANCE_LEVEL) != (p < SIGNIFICANCE_LEVEL):
        rounded += place if rounded < p else -place
    return float(f"{min(rounded, 1.0):.12g}")


def find_unit(step: float, n: float) -> float:
    """Find the least of 1, 2 and 5 units of a decimal place that leaves a sum open by ``step``.

    Examples
    --------
    >>> find_unit(0.25, 14), find_unit(0.25, 150), find_unit(1, 40)
    (0.02, 0.002, 0.05)
    """
    wanted = step / max(n, 1.0)
    place = 10.0 ** math.floor(math.log10(wanted))
    return next(
        float(f"{k * place:.12g}") for k in (1, 2, 5, 10) if k * place >= wanted * (1 - 1e-9)
    )


def step_of(survey: Survey, measure: MeasurePlan) -> float:
    """By how much one answer to one question moves one person's score."""
    data = survey.study.survey
    if data is None:
        raise ValueError("the study has no survey")
    given = np.unique(oriented_items(data, measure))
    given = given[np.isfinite(given)]
    gap = float(np.diff(given).min(initial=math.inf)) if given.size else math.inf
    if not math.isfinite(gap):
        return 1.0
    k = len(measure.items)
    if measure.score == "sum":
        return gap
    if measure.score == "percent":
        low, high = item_range(measure)
        return 100.0 * gap / (k * (high - low))
    return gap / k


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """How numbers of one measure are rounded.

    Attributes
    ----------
    step
        See :func:`step_of`; None when its numbers are shares, which are counts.
    people
        Fewest people behind a number that does not say of how many it is.
    sides
        Groups that a number compares: each has at least its part of the people.
    other
        Step of numbers that are no scores, such as coefficients; None to leave them.
    """

    step: float | None
    people: int
    sides: int = 1
    other: float | None = None

    def unit(self, n: object = None) -> float | None:
        """Step of a number about so many people; the smallest set when it does not say."""
        if self.step is None:
            return self.other
        known = isinstance(n, int | float) and not isinstance(n, Suppressed) and n > 0
        unit = find_unit(self.step, (n if known else self.people) / self.sides)  # type: ignore[operator]
        # Never finer than pages print: rounded twice, a number would differ from the evaluator's.
        return max(unit, COEFFICIENT)


def steps_of(survey: Survey, measure: MeasurePlan, sides: int = 1) -> Steps:
    """Say how numbers of a measure are rounded."""
    ends = [survey.panel.waves[at] for at in survey.panel.ends] if survey.panel.waves else []
    there = [survey.scored(measure.name, wave) for wave in ends]
    if survey.panel.anonymous:
        people = min((int(one.sum()) for one in there), default=0)
    else:
        people = int(np.logical_and.reduce(there).sum()) if there else 0
    whole = family_of(measure) != "mean"
    step = None if whole else step_of(survey, measure)
    return Steps(step=step, people=max(people, survey.least), sides=sides)


def round_survey(shown: Evaluation, survey: Survey) -> Evaluation:
    """Round every section of the survey."""
    plans = {one.name: one for one in survey.study.plan.measures}
    changed: dict[str, tuple[object, ...]] = {}
    for name in _CHECKED:
        sides = 2 if name == "comparison" else 1
        changed[name] = tuple(
            _round(one, steps_of(survey, plans[one.measure], sides), name)
            for one in getattr(shown, name)
        )
    for name in _COEFFICIENTS:
        changed[name] = tuple(_round_all(one) for one in getattr(shown, name))

    def side_by_side(rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Round means of a measure and of a fact; levels of a fact are numbers of people."""
        return tuple(
            row if row.level else _round(row, steps_of_row(row.variable), "rows") for row in rows
        )

    def steps_of_row(variable: str) -> Steps:
        if variable in plans:
            return steps_of(survey, plans[variable])
        # Facts come in whole steps more often than scores: their sums stay open by two.
        return Steps(step=2 * usual_gap(survey, variable), people=survey.least)

    rounded = replace(shown, **changed)  # type: ignore[arg-type]
    return replace(
        rounded,
        attrition=side_by_side(shown.attrition),
        comparison=tuple(
            replace(one, balance=side_by_side(one.balance)) for one in rounded.comparison
        ),
    )


def _round(value: T, steps: Steps, name: str) -> T:
    """Round a part of the results of one measure; ``name`` is the field it stands in."""
    if name in _PLAIN or value is None or isinstance(value, bool | str | int | NotEstimable):
        return value
    if isinstance(value, float):
        return cast("T", _round_number(value, steps.unit(), name))
    if isinstance(value, Comparison):
        return cast("T", _round_comparison(value, steps))
    if isinstance(value, Estimate):
        # The n of a pooled estimate counts communities.
        unit = steps.unit(None if name == "pooled" else value.n)
        unit = COEFFICIENT if name in ("effect_sizes", "correlation") else unit
        return cast("T", _round_estimate(value, unit))
    if isinstance(value, tuple):
        return cast("T", tuple(_round(one, steps, name) for one in value))
    if isinstance(value, Mapping):
        return cast("T", {k: _round(v, steps, str(k)) for k, v in value.items()})
    if is_dataclass(value) and not isinstance(value, type):
        n = getattr(value, "n", None)
        if isinstance(n, int) and n > 0:
            steps = replace(steps, people=n)
        parts = {f.name: _round(getattr(value, f.name), steps, f.name) for f in fields(value)}
        if isinstance(value, Improved) and value.threshold_source != "important_difference":
            parts["threshold"] = _round(value.threshold, steps, "reliable_change")
        return replace(value, **parts)
    return value


def _round_number(value: float, unit: float | None, name: str) -> float:
    if name in _P_VALUES:
        return round_p(value)
    if name in _IN_SCORES:
        return value if unit is None else round_to(value, unit)
    return round_to(value, COEFFICIENT)


def _round_estimate(value: Estimate, unit: float | None) -> Estimate:
    if unit is None:
        return value
    return replace(
        value,
        estimate=round_to(value.estimate, unit),
        std_error=_step(value.std_error, unit),
        ci_low=_step(value.ci_low, unit),
        ci_high=_step(value.ci_high, unit),
    )


def _step(value: float | None, unit: float | None) -> float | None:
    """Round what stays away from 0: a limit on its side, a standard error."""
    return value if value is None or unit is None else round_to(value, unit, least=1)


def _round_comparison(value: Comparison, steps: Steps) -> Comparison:
    unit = COEFFICIENT if value.name in _UNITLESS else steps.unit(value.n)
    estimate, statistic = value.estimate, value.statistic
    return replace(
        value,
        estimate=estimate if estimate is None or unit is None else round_to(estimate, unit),
        std_error=_step(value.std_error, unit),
        ci_low=_step(value.ci_low, unit),
        ci_high=_step(value.ci_high, unit),
        statistic=None if statistic is None else round_to(statistic, COEFFICIENT),
        df=None if value.df is None else round_to(value.df, 0.1),
        p_value=None if value.p_value is None else round_p(value.p_value),
        details={
            k: round_to(v, COEFFICIENT) if isinstance(v, float) and k not in _PLAIN else v
            for k, v in value.details.items()
        },
    )


def _round_all(value: T) -> T:
    """Round coefficients, which have no unit, throughout."""
    return _round(value, Steps(step=None, people=1, other=COEFFICIENT), "coefficients")

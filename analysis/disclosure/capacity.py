"""Self-assessed capacity for an audience that may not see a few raters' scores.

Raters are few and answer one question or two: means are rounded as scores of surveys are, and
nothing stays from which the sum of their squares could be worked out. Sum and squares of six
raters leave one list of answers only.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.cells import BoolArray, People, cell_of
from analysis.disclosure.rounding import COEFFICIENT, find_unit, round_to
from analysis.disclosure.rules import is_small, withheld
from analysis.disclosure.suppression import Auditor
from analysis.plan_tables import CapacityPlan
from analysis.results import (
    SUPPRESSED,
    Audience,
    Comparison,
    Estimate,
    EstimateLike,
    NotEstimable,
)
from analysis.study import Study
from analysis.sustainability.capacity import complete_scores, list_holders, rater_scores
from analysis.sustainability.results import Capacity, DomainCapacity


def protect_capacity(
    found: Capacity,
    study: Study,
    people: People,
    auditor: Auditor,
    audience: Audience,
    *,
    rounded: bool = True,
) -> Capacity:
    """Protect self-assessments: each mean and change is a sum over its raters, audited jointly.

    Managers, whose colleagues the raters are, see who holds a role, and no answers.
    """
    plan, table = study.plan.capacity, study.capacity
    if plan is None or table is None:
        raise ValueError("the study has no self-assessment")
    scores = rater_scores(table, plan)
    numbers = people.of(scores["rater"].to_numpy())
    raters = np.unique(numbers)

    def of(rows: BoolArray) -> BoolArray:
        return np.isin(raters, numbers[rows])

    def agreed(wave: str, group: str) -> bool:
        """Whether many rated every domain: an ICC counts domains, and may be of two raters."""
        part = scores[(scores["wave"] == wave) & (scores["group"] == group)]
        complete = complete_scores(part).columns
        here = scores.index.isin(part.index[part["rater"].isin(complete)])
        who = of(np.asarray(here))
        return not is_small(int(who.sum()), auditor.least) and auditor.release(
            cell_of("raters", f"capacity.agreement.{group}.{wave}", raters, ("n", 1.0, who))
        )

    everybody = np.ones(raters.size, dtype=np.bool_)
    whole = not is_small(raters.size, auditor.least) and auditor.release(
        cell_of("raters", "capacity.n_raters", raters, ("n", 1.0, everybody))
    )
    rows = {
        key: np.asarray((scores[["domain", "group", "wave"]] == list(key)).all(axis=1))
        for key in dict.fromkeys((d.domain, d.group, d.wave) for d in found.domains)
    }
    waves: dict[tuple[str, str], list[str]] = {}
    for d in found.domains:
        waves.setdefault((d.domain, d.group), []).append(d.wave)
    steps = _find_steps(table, plan)
    domains = tuple(
        _domain(
            d,
            _count_away(d.mean, steps[d.domain], found.range),
            raters,
            auditor,
            of(rows[d.domain, d.group, d.wave]),
            of(rows[d.domain, d.group, waves[d.domain, d.group][0]]),
            waves[d.domain, d.group][0],
            whole=whole,
        )
        for d in found.domains
    )
    agreement = tuple(
        (wave, group, e if whole and agreed(wave, group) else withheld(e))
        for wave, group, e in found.agreement
    )
    if rounded:
        domains = tuple(_round_domain(d, steps[d.domain], auditor.least) for d in domains)
        agreement = tuple((wave, group, _round_agreement(e)) for wave, group, e in agreement)
    return replace(
        found,
        n_raters=found.n_raters if whole else SUPPRESSED,
        domains=domains,
        agreement=agreement,
        leadership=found.leadership
        if audience == "manager"
        else _leadership(found.leadership, study.volunteers, people, auditor),
    )


def _find_steps(table: pd.DataFrame, plan: CapacityPlan) -> dict[str, float]:
    """By how much one answer to one question moves one rater's score, by domain."""
    inside = table[table["score"].between(*plan.scale)]
    gap = float(np.diff(np.unique(inside["score"].to_numpy(float))).min(initial=1.0))
    keys = ["rater", *(name for name in ("group", "wave") if name in inside)]
    asked = {
        str(domain): int(part.groupby(keys, dropna=False).size().max()) if "rater" in part else 1
        for domain, part in inside.groupby("domain")
    }
    return {domain: gap / n for domain, n in asked.items()}


def _count_away(mean: EstimateLike, step: float, scale: tuple[float, float]) -> tuple[float, ...]:
    """Count the answers between a mean and each end of the scale, were all raters there.

    Where they are few, so are the raters who did not give the highest, or the lowest, answer.
    """
    if isinstance(mean, NotEstimable):
        return ()
    return tuple(mean.n * abs(end - mean.estimate) / step for end in scale)


def _round_domain(d: DomainCapacity, step: float, least: int) -> DomainCapacity:
    """Round a mean and a change; the gap to the target follows from the mean."""
    mean, change, gap = d.mean, d.change, d.gap
    if isinstance(mean, Estimate):
        unit, wide = _units(step, mean.n, least)
        mean = replace(
            mean,
            estimate=round_to(mean.estimate, unit),
            std_error=_withhold(mean.std_error),
            ci_low=_round_limit(mean.ci_low, unit, wide, math.floor),
            ci_high=_round_limit(mean.ci_high, unit, wide, math.ceil),
        )
        gap = None if d.target is None else float(f"{d.target - mean.estimate:.12g}")
    if isinstance(change, Comparison) and change.estimate is not None:
        unit, wide = _units(step, change.n, least)
        change = replace(
            change,
            estimate=round_to(change.estimate, unit, least=1),
            std_error=_withhold(change.std_error),
            ci_low=_round_limit(change.ci_low, unit, wide, math.floor),
            ci_high=_round_limit(change.ci_high, unit, wide, math.ceil),
            # Each of these, with the change, gives its standard error.
            statistic=_withhold(change.statistic),
            p_value=_withhold(change.p_value),
            details={},
        )
    return replace(d, mean=mean, change=change, gap=gap)


def _units(step: float, n: int, least: int) -> tuple[float, float]:
    """Find the units of a number about so many raters, and of its limits.

    The sum behind the number stays open by one answer. Limits tell how far raters are apart: they
    stay open by as many answers as the smallest group has people.
    """
    unit, wide = (max(find_unit(k * step, n), COEFFICIENT) for k in (1, least))
    return unit, wide


def _round_limit(
    limit: float | None, unit: float, wide: float, outward: Callable[[float], int]
) -> float | None:
    """Round a limit away from its estimate, and never over 0."""
    if limit is None or limit == 0:
        return limit
    rounded = float(f"{outward(limit / wide) * wide:.12g}")
    return rounded if rounded * limit > 0 else math.copysign(unit, limit)


def _withhold(value: float | None) -> float | None:
    return None if value is None else SUPPRESSED


def _round_agreement(icc: EstimateLike) -> EstimateLike:
    """Give an ICC to two decimals."""
    if isinstance(icc, NotEstimable):
        return icc
    low, high = (None if e is None else round_to(e, COEFFICIENT) for e in (icc.ci_low, icc.ci_high))
    return replace(
        icc,
        estimate=round_to(icc.estimate, COEFFICIENT),
        std_error=_withhold(icc.std_error),
        ci_low=low,
        ci_high=high,
    )


def _domain(
    d: DomainCapacity,
    away: Sequence[float],
    raters: npt.NDArray[np.int64],
    auditor: Auditor,
    now: BoolArray,
    then: BoolArray,
    first: str,
    *,
    whole: bool,
) -> DomainCapacity:
    """Give a domain's mean and change; the raters of one wave only are in neither alone."""
    family, label = f"capacity:{d.domain}:{d.group}", f"capacity.{d.domain}.{d.group}.{d.wave}"
    both = now & then

    def free(name: str, who: BoolArray, *signs: tuple[str, float]) -> bool:
        n = int(who.sum())
        if not whole or is_small(n, auditor.least):
            return False
        terms = [(wave, sign / max(n, 1), who) for wave, sign in signs]
        return auditor.release(
            cell_of(family, f"{label}.{name}", raters, *terms),
            cell_of("raters", f"{label}.{name}.n", raters, ("n", 1.0, who)),
        )

    far = not any(is_small(n, auditor.least) for n in away)
    mean = far and free("mean", now, (d.wave, 1.0))
    change = d.change is None or free("change", both, (d.wave, 1.0), (first, -1.0))
    return replace(
        d,
        mean=d.mean if mean else withheld(d.mean),
        gap=d.gap if mean or d.gap is None else SUPPRESSED,
        change=d.change
        if change or d.change is None
        else NotEstimable(reason="suppressed", name=d.change.name, method=d.change.method),
    )


def _leadership(
    found: Sequence[tuple[str, int, int]],
    roster: pd.DataFrame | None,
    people: People,
    auditor: Auditor,
) -> tuple[tuple[str, int, int], ...]:
    """Give how many hold a role, and have a successor: volunteers, audited with the team."""
    if roster is None or not found:
        return tuple(found)
    serving = list_holders(roster)
    numbers, named = people.of(serving["volunteer"].to_numpy()), np.asarray(serving["covered"])
    told = []
    for role, n, covered in found:
        holders = np.asarray(serving["role"] == role)
        masks = (holders, holders & named)
        small = any(is_small(m, auditor.least) for m in (n, covered, n - covered))
        cells = (
            cell_of("volunteers", f"capacity.leadership.{role}", numbers, ("n", 1.0, mask))
            for mask in masks
        )
        free = not small and auditor.release(*cells)
        told.append((role, n, covered) if free else (role, SUPPRESSED, SUPPRESSED))
    return tuple(told)

"""Questions that mean the same, one ordered answer, beside second software: a part of the book.

The values of R are made by ``tests/golden/reference_measurement.R``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from analysis.results import Comparison
from analysis.statistics.factor_model import (
    FactorFit,
    compare_loadings,
    fit_one_factor,
    sampling_adequacy,
)
from analysis.statistics.item_shift import compare_item
from analysis.statistics.ordinal_mixed import ordered_change

Numbers = Iterator[tuple[str, float | None]]


def compute(data: Mapping[str, Any]) -> Numbers:
    """Give every number of this part by its key, computed by Levee."""
    yield from _factor(data["factor"])
    yield from _shift(data["factor"])
    yield from _ordered(np.array(data["ordered"], dtype=float))


def _factor(data: Mapping[str, Any]) -> Numbers:
    pre, post = (np.array(data[wave], float).T for wave in ("pre", "post"))
    overall, items = sampling_adequacy(pre)
    yield "kmo.overall", overall
    yield from ((f"kmo.item{j + 1}", one) for j, one in enumerate(items))
    person = np.arange(len(pre))
    found = compare_loadings(pre, post, (person, person))
    for key, fit in (
        ("factor.pre", fit_one_factor(pre)),
        ("factor.configural", found.configural),
        ("factor.metric", found.metric),
    ):
        if isinstance(fit, FactorFit):
            yield from ((f"{key}.{n}", getattr(fit, n)) for n in ("chi2", "df", "p_value", "cfi"))
            yield f"{key}.srmr", fit.srmr
            yield f"{key}.rmsea", fit.rmsea.estimate
            yield f"{key}.rmsea_low", fit.rmsea.ci_low
            yield f"{key}.rmsea_high", fit.rmsea.ci_high
            for j, loading in enumerate(fit.loadings[0]):
                yield f"{key}.loading{j + 1}", loading
    if isinstance(found.equal_loadings, Comparison):
        yield "equal_loadings.statistic", found.equal_loadings.statistic
        yield "equal_loadings.p_value", found.equal_loadings.p_value


def _shift(data: Mapping[str, Any]) -> Numbers:
    answers = np.vstack([np.array(data[wave], float).T for wave in ("pre", "post")])
    half = len(answers) // 2
    later, person = np.repeat([0.0, 1.0], half), np.tile(np.arange(half), 2)
    for j in (1, 3):
        found = compare_item(answers[:, j - 1], answers.mean(axis=1), later, person)
        if isinstance(found, Comparison):
            for name in ("estimate", "std_error", "statistic", "p_value"):
                yield f"shift.item{j}.{name}", getattr(found, name)
            yield from ((f"shift.item{j}.{n}", float(v)) for n, v in found.details.items())


def _ordered(answers: np.ndarray) -> Numbers:
    two, three = ordered_change(answers[:, :2]), ordered_change(answers)
    change = two.changes[0]
    if isinstance(change, Comparison):
        yield "ordered.two.estimate", change.estimate
        yield "ordered.two.std_error", change.std_error
        yield "ordered.two.log_likelihood", float(change.details["log_likelihood"])
        yield "ordered.two.spread", two.spread
    for wave, shares in enumerate(two.shares):
        for j, one in enumerate(shares):
            yield f"ordered.share.wave{wave + 1}.answer{j + 1}", one.estimate
            yield f"ordered.share.wave{wave + 1}.answer{j + 1}.std_error", one.std_error
    if isinstance(two.proportional_odds, Comparison):
        yield "ordered.proportional_odds.statistic", two.proportional_odds.statistic
        yield "ordered.proportional_odds.p_value", two.proportional_odds.p_value
    for wave, later in enumerate(three.changes):
        if isinstance(later, Comparison):
            yield f"ordered.three.wave{wave + 2}.estimate", later.estimate
            yield f"ordered.three.wave{wave + 2}.std_error", later.std_error

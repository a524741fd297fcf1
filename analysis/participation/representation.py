"""Whether those who came are like the community."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.participation.results import Representation
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.proportions import wilson


def compare_to_population(
    came: pd.DataFrame, population: Mapping[str, Mapping[str, float]]
) -> tuple[Representation, ...]:
    """Compare the participants' shares with the population's, for each disaggregation.

    Shares of unique people with a known value that the population lists; Wilson interval; the
    ratio is share over population share with the interval scaled alike (the population is
    taken as known).
    """
    told: list[Representation] = []
    for by, margins in population.items():
        if by in came and sum(margins.values()) > 0:
            told += _by_variable(came, by, margins)
    return tuple(told)


def _by_variable(came: pd.DataFrame, by: str, margins: Mapping[str, float]) -> list[Representation]:
    value = came.groupby("person")[by].first().dropna().astype(str)
    counts = {name: int((value == name).sum()) for name in margins}
    total, people = sum(counts.values()), sum(margins.values())
    return [_one(by, name, counts[name], total, margins[name] / people) for name in margins]


def _one(by: str, value: str, n: int, total: int, expected: float) -> Representation:
    share = wilson(n, total)
    return Representation(
        by=by,
        value=value,
        n=n,
        share=share,
        population_share=expected,
        ratio=_ratio(share, expected),
    )


def _ratio(share: EstimateLike, expected: float) -> EstimateLike:
    if not isinstance(share, Estimate):
        return share
    if expected <= 0 or share.ci_low is None or share.ci_high is None:
        return NotEstimable(reason="not_identified", n=share.n, method="share_over_population")
    return Estimate(
        estimate=share.estimate / expected,
        ci_low=share.ci_low / expected,
        ci_high=share.ci_high / expected,
        n=share.n,
        method="share_over_population",
    )

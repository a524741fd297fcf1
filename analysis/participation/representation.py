"""Whether those who came are like the community."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.participation.results import Representation
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.proportions import wilson

_HIDDEN = NotEstimable(reason="suppressed", method="wilson")


def compare_to_population(
    came: pd.DataFrame, population: Mapping[str, Mapping[str, float]], min_group: int
) -> tuple[Representation, ...]:
    """Compare the participants' shares with the population's, for each disaggregation.

    Shares of unique people with a known value that the population lists; Wilson interval; the
    ratio is share over population share with the interval scaled alike (the population is
    taken as known). Groups below ``min_group`` people are hidden, and the next smallest too until
    two groups and ``min_group`` people are, so that none can be worked out; a group nobody came
    from is shown as 0.
    """
    told: list[Representation] = []
    for by, margins in population.items():
        if by in came and sum(margins.values()) > 0:
            told += _by_variable(came, by, margins, min_group)
    return tuple(told)


def _by_variable(
    came: pd.DataFrame, by: str, margins: Mapping[str, float], min_group: int
) -> list[Representation]:
    value = came.groupby("person")[by].first().dropna().astype(str)
    counts = {name: int((value == name).sum()) for name in margins}
    total, people = sum(counts.values()), sum(margins.values())
    hidden = _hidden(counts, min_group)
    return [
        _one(by, name, None if name in hidden else counts[name], total, margins[name] / people)
        for name in margins
    ]


def _hidden(counts: Mapping[str, int], min_group: int) -> set[str]:
    """Groups to hide: the small ones, then the next smallest until two groups and ``min_group``."""
    order = sorted((name for name, n in counts.items() if n > 0), key=lambda name: counts[name])
    hidden = [name for name in order if counts[name] < min_group]
    for name in order[len(hidden) :] if hidden else ():
        if len(hidden) > 1 and sum(counts[one] for one in hidden) >= min_group:
            break
        hidden.append(name)
    return set(hidden)


def _one(by: str, value: str, n: int | None, total: int, expected: float) -> Representation:
    share: EstimateLike = _HIDDEN if n is None else wilson(n, total)
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

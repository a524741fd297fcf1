"""The primary rule: what about 1 to ``min_group`` − 1 people may not be given, cell by cell.

Hundepool et al. 2012, Statistical Disclosure Control, doi:10.1002/9781118348239, chapters 3–5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from analysis.results import (
    SUPPRESSED,
    ComparisonLike,
    Estimate,
    EstimateLike,
    NotEstimable,
    Suppressed,
)

T = TypeVar("T")


def is_small(n: float, least: int) -> bool:
    """Whether a number of people names someone: 1 to ``least`` − 1.

    Examples
    --------
    >>> [n for n in (0, 1, 4, 5) if is_small(n, 5)]
    [1, 4]
    """
    return 0 < round(n) < least


def is_safe_share(share: EstimateLike, least: int) -> bool:
    """Whether neither the people counted by a share nor the others are few.

    A share with its denominator is two counts: 38 of 40 says that 2 did not.
    """
    if isinstance(share, NotEstimable):
        return not is_small(share.n, least)
    counted = round(share.estimate * share.n)
    return not (is_small(counted, least) or is_small(share.n - counted, least))


def sort_given(
    rows: Sequence[T], name: Callable[[T], str], size: Callable[[T], float]
) -> tuple[T, ...]:
    """Sort given rows by size, and withheld ones after them by name: a place tells a size.

    Examples
    --------
    >>> rows = [("calls", 20), ("garden", SUPPRESSED), ("meals", 30), ("art", SUPPRESSED)]
    >>> [name for name, _ in sort_given(rows, lambda row: row[0], lambda row: row[1])]
    ['meals', 'calls', 'art', 'garden']
    """

    def place(row: T) -> tuple[bool, float, str]:
        n = size(row)
        withheld = isinstance(n, Suppressed)
        return withheld, 0.0 if withheld else -n, name(row)

    return tuple(sorted(rows, key=place))


def round_people(n: float | None, least: int) -> int | None:
    """Round to multiples of the smallest group, as statistical offices round tables of counts.

    Examples
    --------
    >>> [round_people(n, 5) for n in (7, 8, None)]
    [5, 10, None]
    """
    return None if n is None else least * round(float(n) / least)


def round_gini(gini: EstimateLike, n: float, least: int) -> EstimateLike:
    """Give a Gini coefficient of many people to two places: all its digits tell single amounts.

    Beside the sum, points of the Lorenz curve and how often people came, an exact one leaves a
    single list of the few who came least.
    """
    if isinstance(gini, NotEstimable) or n < 2 * least:
        return withheld(gini)
    low, high = (None if end is None else round(end, 2) for end in (gini.ci_low, gini.ci_high))
    return replace(
        gini, estimate=round(gini.estimate, 2), ci_low=low, ci_high=high, std_error=SUPPRESSED
    )


def withheld(found: EstimateLike | ComparisonLike) -> NotEstimable:
    """Say that an estimate is withheld, and never why there was none: of a few, that tells."""
    return NotEstimable(reason="suppressed", method=found.method, name=found.name)


def hide_share(share: EstimateLike, least: int) -> EstimateLike:
    """Give a share, or that it is suppressed; see :func:`is_safe_share`."""
    if is_safe_share(share, least):
        return share
    return withheld(share)


def bin_counts(
    values: Sequence[float], counts: Sequence[int], least: int, total: float | None = None
) -> tuple[tuple[float, float, int], ...]:
    """Join neighbouring values until no bin is small and none can be taken apart again.

    Parameters
    ----------
    values, counts
        Distinct values, ascending, and the people with each.
    least
        Smallest bin but an empty one.
    total
        Sum of the people's values when a released mean gives it; it must not narrow a small
        count inside a bin to fewer than ``least`` possible numbers of people.

    Returns
    -------
    tuple of (lowest value, highest value, people)
        Empty when nothing can be given.

    Examples
    --------
    >>> bin_counts([1, 2, 3, 4, 5], [1, 4, 10, 0, 7], 5)
    ((1, 2, 5), (3, 3, 10), (4, 4, 0), (5, 5, 7))
    """
    edges = _first_bins(counts, least)
    while len(edges) > 1 and total is not None:
        narrow = [b for b in edges if _is_narrow(values, counts, edges, b, least, total)]
        if not narrow:
            break
        edges = _join(edges, counts, edges.index(narrow[0]))
    if len(edges) < 2 and len(values) > 1:
        return ()
    return tuple((values[a], values[b - 1], int(sum(counts[a:b]))) for a, b in edges)


def _first_bins(counts: Sequence[int], least: int) -> list[tuple[int, int]]:
    edges = [(i, i + 1) for i in range(len(counts))]
    while len(edges) > 1:
        sizes = [sum(counts[a:b]) for a, b in edges]
        small = [i for i, size in enumerate(sizes) if is_small(size, least)]
        if not small:
            return edges
        edges = _join(edges, counts, min(small, key=lambda i: sizes[i]))
    return [] if edges and is_small(sum(counts), least) else edges


def _join(edges: list[tuple[int, int]], counts: Sequence[int], at: int) -> list[tuple[int, int]]:
    """Join a bin with the smaller of its neighbours that holds anybody, else with the nearest."""
    sides = [i for i in (at - 1, at + 1) if 0 <= i < len(edges)]
    size = {i: sum(counts[slice(*edges[i])]) for i in sides}
    other = min(sides, key=lambda i: (size[i] == 0, size[i]))
    low, high = sorted((at, other))
    return [*edges[:low], (edges[low][0], edges[high][1]), *edges[high + 1 :]]


def _is_narrow(
    values: Sequence[float],
    counts: Sequence[int],
    edges: Sequence[tuple[int, int]],
    bin_: tuple[int, int],
    least: int,
    total: float,
) -> bool:
    """Whether the sum of all narrows a small count in a bin to fewer than ``least`` + 1 numbers."""
    a, b = bin_
    size = sum(counts[a:b])
    if b - a < 2 or size == 0:
        return False
    others = [(edge, sum(counts[slice(*edge)])) for edge in edges if edge != bin_]
    low = sum(n * min(values[s:e]) for (s, e), n in others)
    high = sum(n * max(values[s:e]) for (s, e), n in others)
    for j in range(a, b):
        if not is_small(counts[j], least):
            continue
        rest = [values[i] for i in range(a, b) if i != j]
        possible = [
            t
            for t in range(size + 1)
            if low + t * values[j] + (size - t) * min(rest) <= total + 1e-9
            if high + t * values[j] + (size - t) * max(rest) >= total - 1e-9
        ]
        if not possible or possible[-1] - possible[0] < least:
            return True
    return False


def round_days(estimate: EstimateLike) -> EstimateLike:
    """Round a time to months of 30 days: its exact day is the day on which one person left.

    A time not reached stays so, without the last day: it is that of the one who served longest.
    """
    if not isinstance(estimate, Estimate):
        return replace(estimate, details={})
    low, high = (
        None if end is None or not np.isfinite(end) else 30.0 * round(end / 30.0)
        for end in (estimate.ci_low, estimate.ci_high)
    )
    return Estimate(
        estimate=30.0 * round(estimate.estimate / 30.0),
        ci_low=low,
        ci_high=high,
        ci_level=estimate.ci_level,
        n=estimate.n,
        n_missing=estimate.n_missing,
        method=estimate.method,
        name=estimate.name,
    )

"""Order statistics of all pairwise averages or differences, without listing the pairs.

With k distinct values there are k² pairs; counting those below a bound by bisection needs k
steps only, so the Hodges–Lehmann estimates stay exact for any number of people.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from analysis.statistics.counting import Floats, Tally

_HALVINGS = 80


def walsh_average_at(values: Floats, counts: Floats, position: float) -> float:
    """Return the Walsh average (xᵢ + xⱼ)/2, i ≤ j, at a position counted from 1.

    Parameters
    ----------
    values
        Distinct values, ascending.
    counts
        How often each occurs.
    position
        1 … n(n+1)/2.

    Examples
    --------
    >>> walsh_average_at(np.array([1.0, 4.0]), np.array([1.0, 1.0]), 2)
    2.5
    """
    cumulative = np.concatenate([[0.0], np.cumsum(counts)])

    def reached(bound: float) -> float:
        partners = cumulative[np.searchsorted(values, 2.0 * bound - values, side="right")]
        single = float(counts[values <= bound].sum())
        return (float(counts @ partners) + single) / 2.0

    found = _smallest_bound(reached, float(values[0]), float(values[-1]), position)
    return _nearest(values, values, 2.0 * found) / 2.0


def difference_at(first: Tally, second: Tally, position: float) -> float:
    """Return the difference second − first at a position counted from 1, of n₁n₂.

    Examples
    --------
    >>> from analysis.statistics.counting import tally
    >>> difference_at(tally([1, 2]), tally([4, 9]), 2)
    3.0
    """
    cumulative = np.concatenate([[0.0], np.cumsum(second.counts)])

    def reached(bound: float) -> float:
        place = np.searchsorted(second.values, first.values + bound, side="right")
        return float(first.counts @ cumulative[place])

    lowest = float(second.values[0] - first.values[-1])
    highest = float(second.values[-1] - first.values[0])
    found = _smallest_bound(reached, lowest, highest, position)
    return _nearest(-first.values[::-1], second.values, found)


def _smallest_bound(
    reached: Callable[[float], float], low: float, high: float, position: float
) -> float:
    """Bisect for the smallest bound below which at least ``position`` pairs lie."""
    slack = 1e-9 * max(abs(low), abs(high))
    low, high = low - slack, high + slack
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        if reached(middle) >= position - 1e-9:
            high = middle
        else:
            low = middle
    return high


def _nearest(first: Floats, second: Floats, target: float) -> float:
    """Return the sum first + second nearest to the target."""
    place = np.searchsorted(second, target - first)
    sums = np.concatenate(
        [first + second[np.clip(place + step, 0, second.size - 1)] for step in (-1, 0)]
    )
    return float(sums[np.argmin(np.abs(sums - target))])

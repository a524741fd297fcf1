"""How evenly something is spread over people or sources: Gini, Lorenz, top share, Herfindahl.

Amounts are 0 or more (hours, attendances, money); others are left out and counted. A row may
stand for many people (``counts``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.bootstrap import MIN_FOR_BCA, bca_limits, resample_counts
from analysis.statistics.risk_sets import FloatArray, as_counts

_Statistic: TypeAlias = Callable[[FloatArray, FloatArray], FloatArray]
_LORENZ_POINTS = 200
_LARGE = 20_000


def gini(
    values: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
    seed: int = 20260101,
    n_resamples: int = 2000,
    ci_level: float = 0.95,
) -> EstimateLike:
    """Estimate the Gini coefficient: 0 all alike, near 1 one person does everything.

    G = mean absolute difference / (2 · mean) × n/(n−1). BCa bootstrap interval from multinomial
    counts, the acceleration from the influence function; none below 20 people, and above 20,000
    distinct amounts a normal interval from the influence function.

    Parameters
    ----------
    values
        Amount per person; missing and negative ones are left out.
    counts
        People per row.
    seed, n_resamples
        Of the bootstrap.

    Returns
    -------
    Estimate or NotEstimable
        ``too_few`` below two people, ``no_data`` when all amounts are 0.

    References
    ----------
    Deltas 2003, doi:10.1162/rest.2003.85.1.226; Efron 1987,
    doi:10.1080/01621459.1987.10478410.

    Examples
    --------
    >>> round(gini([1, 2, 3, 4]).estimate, 6)
    0.333333
    """
    return _estimate("gini", values, counts, _gini_of, _gini_influence, seed, n_resamples, ci_level)


def top_share(
    values: npt.ArrayLike,
    share: float = 0.1,
    counts: npt.ArrayLike | None = None,
    seed: int = 20260101,
    n_resamples: int = 2000,
    ci_level: float = 0.95,
) -> EstimateLike:
    """Estimate what share of the total the most active give: 1 − L(1 − share).

    With a fractional number of people (10 % of 18 are 1.8) the last one counts in part, as the
    Lorenz curve does. BCa bootstrap interval as in :func:`gini`.

    Parameters
    ----------
    values, counts, seed, n_resamples, ci_level
        As in :func:`gini`.
    share
        Top share of people, 0–1.

    Examples
    --------
    >>> top_share([6, 1, 1, 1, 1], share=0.2).estimate
    0.6
    """

    def statistic(amounts: FloatArray, people: FloatArray) -> FloatArray:
        return _top_of(amounts, people, share)

    def influence(amounts: FloatArray, people: FloatArray) -> FloatArray:
        return _top_influence(amounts, people, share)

    return _estimate("top_share", values, counts, statistic, influence, seed, n_resamples, ci_level)


def lorenz(
    values: npt.ArrayLike, counts: npt.ArrayLike | None = None
) -> tuple[tuple[float, float], ...]:
    """Give the Lorenz curve: (share of people, share of total), least active first.

    At most 201 points from (0, 0) to (1, 1); empty without a positive amount.

    References
    ----------
    Lorenz 1905, doi:10.2307/2276207.

    Examples
    --------
    >>> lorenz([1, 3])
    ((0.0, 0.0), (0.5, 0.25), (1.0, 1.0))
    """
    amounts, people, _ = _distinct(values, counts)
    total = float(amounts @ people)
    if total <= 0:
        return ()
    x = np.concatenate([[0.0], np.cumsum(people) / people.sum()])
    y = np.concatenate([[0.0], np.cumsum(amounts * people) / total])
    if amounts.size <= _LORENZ_POINTS and people.sum() <= _LORENZ_POINTS:
        grid = np.arange(round(float(people.sum())) + 1) / people.sum()
    elif amounts.size <= _LORENZ_POINTS:
        grid = x
    else:
        grid = np.linspace(0, 1, _LORENZ_POINTS + 1)
    height = np.interp(grid, x, y)
    return tuple((float(a), float(b)) for a, b in zip(grid, height, strict=True))


def count_bus_factor(values: npt.ArrayLike, counts: npt.ArrayLike | None = None) -> int:
    """Count the fewest people who together give at least half of the total; 0 without any.

    Examples
    --------
    >>> count_bus_factor([5, 1, 1, 1, 1])
    1
    """
    amounts, people, _ = _distinct(values, counts)
    amounts, people = amounts[amounts > 0][::-1], people[amounts > 0][::-1]
    if not amounts.size:
        return 0
    held = np.cumsum(amounts * people)
    half = held[-1] / 2 * (1 - 1e-9)
    last = int(np.searchsorted(held, half))
    lacking = half - (held[last] - amounts[last] * people[last])
    return round(float(people[:last].sum() + np.ceil(lacking / amounts[last])))


def hhi(amounts: npt.ArrayLike) -> float | None:
    """Give the Herfindahl index Σ share², 1/N (even) to 1 (one source); None without amounts.

    Only positive amounts count.

    References
    ----------
    Rhoades 1993, https://fraser.stlouisfed.org/title/federal-reserve-bulletin-62 (March).

    Examples
    --------
    >>> hhi([50, 50])
    0.5
    """
    given = _positive(amounts)
    return None if given.size == 0 else float(np.sum((given / given.sum()) ** 2))


def normalised_hhi(amounts: npt.ArrayLike) -> float | None:
    """Give (H − 1/N)/(1 − 1/N): 0 even, 1 one source; None with fewer than two sources."""
    given, index = _positive(amounts), hhi(amounts)
    if index is None or given.size < 2:
        return None
    return float((index - 1 / given.size) / (1 - 1 / given.size))


def effective_number(amounts: npt.ArrayLike) -> float | None:
    """Give 1/H: how many equal sources would be as concentrated; None without amounts.

    References
    ----------
    Laakso & Taagepera 1979, doi:10.1177/001041407901200101.
    """
    index = hhi(amounts)
    return None if index is None else 1 / index


def _positive(amounts: npt.ArrayLike) -> FloatArray:
    given = np.asarray(amounts, dtype=np.float64).ravel()
    return given[np.isfinite(given) & (given > 0)]


def _distinct(
    values: npt.ArrayLike, counts: npt.ArrayLike | None
) -> tuple[FloatArray, FloatArray, int]:
    given = np.asarray(values, dtype=np.float64).ravel()
    weight = as_counts(counts, given.size)
    used = np.isfinite(given) & (given >= 0)
    amounts, row = np.unique(given[used & (weight > 0)], return_inverse=True)
    people = np.bincount(row, weights=weight[used & (weight > 0)], minlength=amounts.size)
    return amounts, people.astype(np.float64), round(float(weight[~used].sum()))


def _estimate(
    name: str,
    values: npt.ArrayLike,
    counts: npt.ArrayLike | None,
    statistic: _Statistic,
    influence: _Statistic,
    seed: int,
    n_resamples: int,
    ci_level: float,
) -> EstimateLike:
    amounts, people, n_missing = _distinct(values, counts)
    n = round(float(people.sum()))
    if n < 2:
        return NotEstimable(reason="too_few", n=n, name=name)
    if float(amounts @ people) <= 0:
        return NotEstimable(reason="no_data", n=n, name=name)
    point = float(statistic(amounts, people[None, :])[0])
    pull = influence(amounts, people)
    std_error = float(np.sqrt(people @ pull**2)) / n
    low: float | None = None
    high: float | None = None
    if n < MIN_FOR_BCA:
        method = "influence"
    elif amounts.size > _LARGE:
        half = float(stats.norm.ppf((1 + ci_level) / 2)) * std_error
        low, high, method = point - half, point + half, "influence_normal"
    else:
        drawn = np.concatenate(
            [statistic(amounts, counts) for counts in resample_counts(people, n_resamples, seed)]
        )
        low, high = _bca(drawn[np.isfinite(drawn)], point, people, pull, ci_level)
        method = f"bootstrap_bca_{n_resamples}_seed_{seed}"
    return Estimate(
        estimate=point,
        ci_low=None if low is None else max(0.0, low),
        ci_high=None if high is None else min(1.0, high),
        ci_level=ci_level,
        std_error=std_error,
        n=n,
        n_missing=n_missing,
        method=method,
        name=name,
    )


def _bca(
    drawn: FloatArray, point: float, people: FloatArray, pull: FloatArray, ci_level: float
) -> tuple[float, float]:
    spread = float(people @ pull**2)
    if spread <= 0 or float(np.ptp(drawn)) == 0:
        return point, point
    acceleration = float(people @ pull**3) / (6 * spread**1.5)
    low, high = bca_limits(drawn, point, acceleration, ci_level)
    return min(low, point), max(high, point)


def _gini_of(amounts: FloatArray, people: FloatArray) -> FloatArray:
    """Gini of each row of counts."""
    n = people.sum(axis=1)
    held = np.cumsum(people * amounts, axis=1)
    total = held[:, -1]
    total = np.where(total > 0, total, np.nan)
    before = held - people * amounts
    area = np.sum(people * (held + before), axis=1) / (n * total)
    return np.asarray((1 - area) * n / (n - 1))


def _gini_influence(amounts: FloatArray, people: FloatArray) -> FloatArray:
    n = people.sum()
    mean = float(amounts @ people) / n
    rank, held = np.cumsum(people) / n, np.cumsum(people * amounts) / n
    distance = amounts * (2 * rank - 1) + mean - 2 * held
    overall = float(distance @ people) / n
    return np.asarray((distance - overall) / mean - overall / (2 * mean**2) * (amounts - mean))


def _top_of(amounts: FloatArray, people: FloatArray, share: float) -> FloatArray:
    n = people.sum(axis=1, keepdims=True)
    above = np.cumsum(people[:, ::-1], axis=1)[:, ::-1] - people
    taken = np.clip(n * share - above, 0, people)
    total = people @ amounts
    return np.asarray((taken @ amounts) / np.where(total > 0, total, np.nan))


def _top_influence(amounts: FloatArray, people: FloatArray, share: float) -> FloatArray:
    mean = float(amounts @ people) / people.sum()
    cut = np.searchsorted(np.cumsum(people), people.sum() * (1 - share) * (1 - 1e-12))
    edge = amounts[min(int(cut), amounts.size - 1)]
    excess = np.maximum(amounts - edge, 0)
    part = float(_top_of(amounts, people[None, :], share)[0])
    centred = excess - float(excess @ people) / people.sum()
    return np.asarray((centred - part * (amounts - mean)) / mean)

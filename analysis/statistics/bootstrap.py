"""Bias-corrected and accelerated bootstrap of statistics that are functions of sums.

Resampling people with replacement draws multinomial counts on the table of distinct rows, so a
resample costs one row of counts, not one draw per person.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from analysis.statistics.counting import Floats

DEFAULT_SEED = 20240229
DEFAULT_RESAMPLES = 9999
_CELLS_AT_ONCE = 4_000_000

#: Takes sums of the features, shape (m, p), and n; returns m values, NaN where undefined.
StatisticOfSums = Callable[[Floats, float], Floats]


def bca_interval(
    features: Floats,
    counts: Floats,
    statistic: StatisticOfSums,
    *,
    ci_level: float,
    n_resamples: int,
    seed: int,
) -> tuple[float, float, float] | None:
    """BCa interval of a statistic that depends on the data through sums.

    Parameters
    ----------
    features
        One row per distinct observation, shape (k, p).
    counts
        How many people share each row, shape (k,).
    statistic
        From sums (m, p) and n to m values.
    ci_level, n_resamples, seed
        Coverage, number of resamples, seed of the generator.

    Returns
    -------
    tuple or None
        (ci_low, ci_high, bootstrap standard error); None when the resamples do not vary.

    Notes
    -----
    Acceleration from the jackknife over people. Efron 1987, doi:10.1080/01621459.1987.10478410.
    """
    n = float(round(float(counts.sum())))
    observed = statistic((counts @ features)[None, :], n)[0]
    drawn = _resampled(features, counts, statistic, n_resamples, seed)
    drawn = drawn[np.isfinite(drawn)]
    if drawn.size < n_resamples / 2 or float(np.ptp(drawn)) <= 1e-12 * max(1.0, abs(observed)):
        return None
    z0 = stats.norm.ppf(share_below(drawn, observed))
    if not np.isfinite(z0):  # every resample lies on one side
        return None
    acceleration = _acceleration(features, counts, statistic)
    tail = (1.0 - ci_level) / 2.0
    z = z0 + stats.norm.ppf(np.array([tail, 1.0 - tail]))
    shares = stats.norm.cdf(z0 + z / (1.0 - acceleration * z))
    if not np.isfinite(shares).all():
        return None
    low, high = np.quantile(drawn, shares)
    return float(low), float(high), float(drawn.std(ddof=1))


def share_below(drawn: Floats, observed: float) -> float:
    """Share of resamples below the estimate; those equal to it count half.

    Equal means to nine digits of the resamples' range: means of a few answers repeat, and sums in
    another order, as on another processor, differ in their last digit. Counted as different, they
    would move the interval by more than one resample.

    Examples
    --------
    >>> share_below(np.array([0.1, 0.3, 0.1 + 0.2, 0.6]), 0.3)
    0.5
    """
    apart = np.where(np.abs(drawn - observed) <= 1e-9 * np.ptp(drawn), 0.0, drawn - observed)
    return float(np.mean(apart < 0) + np.mean(apart == 0) / 2)


def _resampled(
    features: Floats, counts: Floats, statistic: StatisticOfSums, n_resamples: int, seed: int
) -> Floats:
    rng = np.random.default_rng(seed)
    n, shares = round(float(counts.sum())), counts / counts.sum()
    size = max(1, _CELLS_AT_ONCE // counts.size)
    parts = [min(size, n_resamples - start) for start in range(0, n_resamples, size)]
    return np.concatenate(
        [
            statistic(rng.multinomial(n, shares, size=part).astype(np.float64) @ features, float(n))
            for part in parts
        ]
    )


def _acceleration(features: Floats, counts: Floats, statistic: StatisticOfSums) -> float:
    left_out = statistic(counts @ features - features, float(counts.sum()) - 1.0)
    weights = np.where(np.isfinite(left_out), counts, 0.0)
    values = np.where(np.isfinite(left_out), left_out, 0.0)
    if weights.sum() <= 0:
        return 0.0
    deviation = (values @ weights) / weights.sum() - values
    spread = float(deviation**2 @ weights)
    return float(deviation**3 @ weights) / (6.0 * spread**1.5) if spread > 0 else 0.0

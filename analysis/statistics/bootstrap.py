"""The bias-corrected and accelerated bootstrap, from counts of people.

Resampling people with replacement draws multinomial counts on the table of distinct values, so a
resample costs one row of counts, not one draw per person.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy import special

from analysis.statistics.counting import Floats

#: With fewer people the interval is too narrow by much: it is not offered (docs/coverage.md).
MIN_FOR_BCA = 20
_CELLS_AT_ONCE = 4_000_000


def resample_counts(counts: Floats, n_resamples: int, seed: int) -> Iterator[Floats]:
    """Draw whole samples of people again, as many at once as fit in memory.

    Parameters
    ----------
    counts
        People per distinct value, shape (k,).

    Yields
    ------
    array
        Counts of some of the resamples, shape (m, k); each row adds up to all people.
    """
    rng = np.random.default_rng(seed)
    n, shares = round(float(counts.sum())), counts / counts.sum()
    size = max(1, _CELLS_AT_ONCE // counts.size)
    for start in range(0, n_resamples, size):
        drawn = rng.multinomial(n, shares, size=min(size, n_resamples - start))
        yield drawn.astype(np.float64)


def bca_limits(
    drawn: Floats, observed: float, acceleration: float, ci_level: float
) -> tuple[float, float]:
    """Limits of the BCa interval.

    Parameters
    ----------
    drawn, observed
        The statistic of the resamples, not all equal, and of the sample.
    acceleration
        Σl³ / (6·(Σl²)^1.5) over people, l their influence on the statistic.

    Returns
    -------
    tuple of float
        Lower and upper limit.

    Notes
    -----
    Efron 1987, doi:10.1080/01621459.1987.10478410.
    """
    # Where all resamples lie on one side, the next one could have lain on the other.
    edge = 1 / (2 * drawn.size)
    bias = float(special.ndtri(min(max(share_below(drawn, observed), edge), 1 - edge)))
    z = bias + special.ndtri(np.array([(1 - ci_level) / 2, (1 + ci_level) / 2]))
    low, high = np.quantile(drawn, special.ndtr(bias + z / (1 - acceleration * z)))
    return float(low), float(high)


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

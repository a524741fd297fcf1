"""Groups that share one distribution: each drawn towards the mean, and where a new one would lie.

A plug-in of one τ² (empirical Bayes, or τ² + SE² in a prediction) treats the spread between
groups as known. With 4 to 12 groups it is hardly known, and such intervals held the truth in
81–89 % of simulations. Here every τ counts as much as the data and a weak prior allow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from analysis.statistics.risk_sets import FloatArray

_GRID = 800
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class PartialPooling:
    """Posterior of several groups' true values; limits are equal-tailed.

    Attributes
    ----------
    estimates, std_errors, ci_low, ci_high
        Per group, in the order given: posterior mean, SD and limits.
    mean, mean_low, mean_high
        The overall mean.
    prediction_low, prediction_high
        Where the true value of a new group would lie.
    """

    estimates: FloatArray
    std_errors: FloatArray
    ci_low: FloatArray
    ci_high: FloatArray
    mean: float
    mean_low: float
    mean_high: float
    prediction_low: float
    prediction_high: float


def pool_partially(
    estimates: npt.ArrayLike,
    std_errors: npt.ArrayLike,
    df: npt.ArrayLike,
    ci_level: float = 0.95,
) -> PartialPooling:
    """Give the posterior of group values that differ around a common mean.

    Parameters
    ----------
    estimates, std_errors
        Of two or more groups, shape (k,); errors above 0.
    df
        Degrees of freedom of each standard error.
    ci_level
        Coverage, 0–1.

    Notes
    -----
    y_j ~ N(θ_j, v_j), θ_j ~ N(μ, τ²), μ flat, τ half-Cauchy with the SD of one person's value
    (√(mean v · (df + 1))) as its median. v_j is the squared error times (t(df)/z)², so that a
    group alone keeps its t interval. μ and θ are integrated exactly given τ, τ numerically.
    Gelman 2006, doi:10.1214/06-BA117A; Higgins, Thompson & Spiegelhalter 2009,
    doi:10.1111/j.1467-985X.2008.00552.x (prediction).

    Examples
    --------
    >>> pooled = pool_partially([0.0, 1.0], [0.5, 0.5], [20, 20])
    >>> bool(0.0 < pooled.estimates[0] < pooled.estimates[1] < 1.0)
    True
    """
    y = np.asarray(estimates, dtype=np.float64)
    freedom = np.asarray(df, dtype=np.float64)
    stretch = -np.asarray(special.stdtrit(freedom, 0.025)) / _Z
    v = (np.asarray(std_errors, dtype=np.float64) * stretch) ** 2
    typical = 1.0 / float(np.mean(1.0 / v))
    scale = float(np.sqrt(typical * np.mean(freedom + 1.0)))
    # τ = typical SE · x/(1 − x): fine steps where τ is below the error of a group, coarse ones
    # where nothing is drawn anywhere.
    x = (np.arange(_GRID) + 0.5) / _GRID
    tau = np.sqrt(typical) * x / (1.0 - x)
    weight = 1.0 / (v + tau[:, None] ** 2)
    total = weight.sum(axis=1)
    centre = weight @ y / total
    likelihood = (
        np.log(weight).sum(axis=1)
        - np.log(total)
        - (weight * (y - centre[:, None]) ** 2).sum(axis=1)
    ) / 2.0
    log_share = likelihood - np.log1p((tau / scale) ** 2) - 2.0 * np.log1p(-x)
    share = np.exp(log_share - log_share.max())
    share /= share.sum()

    pull = v * weight
    means = pull * centre[:, None] + (1.0 - pull) * y
    spreads = np.sqrt((1.0 - pull) * v + pull**2 / total[:, None])
    middle = share @ means
    variance = share @ (spreads**2 + (means - middle) ** 2)
    tails = (1.0 - ci_level) / 2.0, (1.0 + ci_level) / 2.0
    limits = np.array(
        [
            [_quantile(tail, share, means[:, j], spreads[:, j]) for tail in tails]
            for j in range(y.size)
        ]
    )
    of_mean = [_quantile(tail, share, centre, np.sqrt(1.0 / total)) for tail in tails]
    of_new = [_quantile(tail, share, centre, np.sqrt(1.0 / total + tau**2)) for tail in tails]
    return PartialPooling(
        estimates=middle,
        std_errors=np.sqrt(variance),
        ci_low=limits[:, 0],
        ci_high=limits[:, 1],
        mean=float(share @ centre),
        mean_low=of_mean[0],
        mean_high=of_mean[1],
        prediction_low=of_new[0],
        prediction_high=of_new[1],
    )


def _quantile(tail: float, share: FloatArray, means: FloatArray, spreads: FloatArray) -> float:
    """Quantile of a mixture of normal distributions."""
    # Components of no weight would only widen the bracket.
    used = share > 1e-14
    share, means, spreads = share[used], means[used], spreads[used]
    ends = means - 9.0 * spreads, means + 9.0 * spreads

    def excess(value: float) -> float:
        return float(share @ special.ndtr((value - means) / spreads)) - tail

    low, high = float(ends[0].min()), float(ends[1].max())
    return float(optimize.brentq(excess, low, high, xtol=1e-12 * (high - low), rtol=1e-13))

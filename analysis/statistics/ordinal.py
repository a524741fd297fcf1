"""Change of an ordinal answer between waves: cumulative logit model on a 2 × K table."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.counting import Floats, Tally, tally

_METHOD = "cumulative_logit;wald;waves_as_independent"
_STEPS = 100
_LARGEST_SLOPE = 20.0


def ordinal_change(
    pre_codes: ArrayLike,
    post_codes: ArrayLike,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Log odds ratio of a higher answer at post than at pre (proportional odds).

    Use beside the mean change when the answer is one ordinal item. The waves are modelled as
    independent samples: with the same people in both the interval is usually too wide; read it
    beside the signed-rank test. (No maintained library fits the clustered ordinal model on this
    stack.)

    Parameters
    ----------
    pre_codes, post_codes
        Answer codes in their order; missing ones are left out and counted.
    pre_counts, post_counts
        How often each code occurs; default once.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    Comparison or NotEstimable
        ``estimate`` is the log odds ratio, positive when answers rise; ``details``: odds_ratio
        with limits, n_categories, n_pre, n_post. ``not_identified`` when the two waves do not
        overlap.

    Notes
    -----
    logit P(Y ≤ k) = α_k − β·post, maximum likelihood by Newton steps, Wald interval from the
    observed information. McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.

    Examples
    --------
    >>> round(ordinal_change([1, 2, 2, 3], [2, 3, 3, 3]).details["n_categories"])
    3
    """
    first, second = tally(pre_codes, pre_counts), tally(post_codes, post_counts)
    n = first.n + second.n
    if first.total <= 0 or second.total <= 0:
        return NotEstimable(reason="no_data", n=n, method=_METHOD, name="ordinal")
    table = _table(first, second)
    if table.shape[1] < 2:
        return NotEstimable(reason="no_variance", n=n, method=_METHOD, name="ordinal")
    fitted = _fit(table)
    if fitted is None:
        return NotEstimable(reason="not_identified", n=n, method=_METHOD, name="ordinal")
    slope, error = fitted
    half = float(stats.norm.isf((1.0 - ci_level) / 2.0)) * error
    return Comparison(
        name="ordinal",
        estimate=slope,
        std_error=error,
        ci_low=slope - half,
        ci_high=slope + half,
        ci_level=ci_level,
        statistic=slope / error,
        p_value=float(2.0 * stats.norm.sf(abs(slope / error))),
        n=n,
        n_missing=first.n_missing + second.n_missing,
        method=_METHOD,
        details={
            "odds_ratio": math.exp(slope),
            "odds_ratio_ci_low": math.exp(slope - half),
            "odds_ratio_ci_high": math.exp(slope + half),
            "n_categories": table.shape[1],
            "n_pre": first.n,
            "n_post": second.n,
        },
    )


def _table(first: Tally, second: Tally) -> Floats:
    """2 × K counts over the codes that occur."""
    codes = np.union1d(first.values, second.values)
    table = np.zeros((2, codes.size))
    table[0, np.searchsorted(codes, first.values)] = first.counts
    table[1, np.searchsorted(codes, second.values)] = second.counts
    return table


@dataclass(frozen=True, slots=True, kw_only=True)
class _Likelihood:
    """Log-likelihood of the thresholds and slope, its gradient and Hessian."""

    value: float
    gradient: Floats
    hessian: Floats


def _fit(table: Floats) -> tuple[float, float] | None:
    """Slope and standard error, or None when the maximum is at infinity."""
    cumulative = np.cumsum(table.sum(axis=0))[:-1] / table.sum()
    parameters = np.append(special.logit(cumulative), 0.0)
    current = _likelihood(table, parameters)
    for _ in range(_STEPS):
        step = np.asarray(np.linalg.pinv(-current.hessian) @ current.gradient, dtype=np.float64)
        parameters, following = _advance(table, parameters, step, current)
        gain, current = following.value - current.value, following
        if abs(parameters[-1]) > _LARGEST_SLOPE:
            return None
        if float(np.abs(step).max()) < 1e-10 or gain == 0.0:
            break
    covariance = np.linalg.pinv(-current.hessian, hermitian=True)
    variance = float(covariance[-1, -1])
    overlap = variance > 0 and math.sqrt(variance) < _LARGEST_SLOPE
    return (float(parameters[-1]), math.sqrt(variance)) if overlap else None


def _advance(
    table: Floats, parameters: Floats, step: Floats, current: _Likelihood
) -> tuple[Floats, _Likelihood]:
    """Take the step, halved until the likelihood does not fall."""
    for halving in range(40):
        tried = parameters + step / 2.0**halving
        if bool(np.all(np.diff(tried[:-1]) > 0)):
            following = _likelihood(table, tried)
            if following.value >= current.value:
                return tried, following
    return parameters, current


def _likelihood(table: Floats, parameters: Floats) -> _Likelihood:
    size = parameters.size
    value, gradient, hessian = 0.0, np.zeros(size), np.zeros((size, size))
    for wave, counts in enumerate(table):
        edges = special.expit(parameters[:-1] - wave * parameters[-1])
        chance = np.diff(np.concatenate([[0.0], edges, [1.0]]))
        seen = counts > 0
        if bool((chance[seen] <= 0).any()):
            return _Likelihood(value=-math.inf, gradient=gradient, hessian=hessian)
        design = np.hstack([np.eye(size - 1), np.full((size - 1, 1), -float(wave))])
        density = edges * (1.0 - edges)
        slope_rows = np.vstack([np.zeros(size), density[:, None] * design, np.zeros(size)])
        first = np.diff(slope_rows, axis=0)
        curve = density * (1.0 - 2.0 * edges)
        outer = curve[:, None, None] * design[:, :, None] * design[:, None, :]
        empty = np.zeros((1, size, size))
        second = np.diff(np.concatenate([empty, outer, empty]), axis=0)
        ratio, first, second = counts[seen] / chance[seen], first[seen], second[seen]
        value += float(counts[seen] @ np.log(chance[seen]))
        gradient += ratio @ first
        hessian += np.tensordot(ratio, second, 1) - (first.T * (ratio / chance[seen])) @ first
    return _Likelihood(value=value, gradient=gradient, hessian=hessian)

"""Difference of two anonymous waves with weights: given ones, or ones that make the waves alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.results import ComparisonLike, NotEstimable
from analysis.statistics.counting import ROUNDING
from analysis.statistics.risk_sets import FloatArray, IntArray
from analysis.statistics.t_tests import t_comparison
from analysis.statistics.weights import kish_design_effect, rake

Margins = Sequence[tuple[IntArray, FloatArray]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """Weighted mean of one wave, its squared error, people, and people as much as they carry."""

    mean: float
    variance: float
    n: int
    n_effective: float


def weighted_waves(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    pre_weights: npt.ArrayLike,
    post_weights: npt.ArrayLike,
    name: str = "survey_weights",
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Difference of the weighted means of two independent waves, linearised errors.

    Use for anonymous waves with survey weights. People without a score, or without a weight above
    0, are left out and counted.

    Returns
    -------
    Comparison or NotEstimable
        ``details``: n_pre, n_post, n_effective_pre, n_effective_post (Kish).

    Notes
    -----
    Each wave a stratum drawn with replacement: Var = n/(n − 1)·Σ(w(y − ȳ))²/(Σw)², Satterthwaite
    df of the two. Binder 1983, doi:10.2307/1402588.

    Examples
    --------
    >>> found = weighted_waves([1, 2, 3, 4], [2, 3, 5, 5], [1, 1, 2, 2], [1, 1, 1, 1])
    >>> round(found.estimate, 4), round(found.details["n_effective_pre"], 1)
    (0.9167, 3.6)
    """
    parts, left_out = [], 0
    for scores, weights in ((pre, pre_weights), (post, post_weights)):
        y, w = np.asarray(scores, dtype=np.float64), np.asarray(weights, dtype=np.float64)
        used = np.isfinite(y) & np.isfinite(w) & (w > 0)
        left_out += int((~used).sum())
        parts.append(_part(y[used], w[used], y[used]))
    return _difference(parts, name, "linearised", ci_level, left_out)


def raked_waves(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    pre_margins: Margins,
    post_margins: Margins,
    name: str = "raking",
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Difference of two independent waves, each raked to the same known shares.

    Parameters
    ----------
    pre, post
        Scores, none missing.
    pre_margins, post_margins
        For each variable: the level of each person from 0, and the target shares of the levels.

    Returns
    -------
    Comparison or NotEstimable
        As :func:`weighted_waves`. ``not_identified`` when a level with a target is in no answer.

    Notes
    -----
    The error is that of the residuals from the margins (generalised raking): Deville, Särndal &
    Sautory 1993, doi:10.1080/01621459.1993.10476369.
    """
    parts = []
    for scores, margins in ((pre, pre_margins), (post, post_margins)):
        y = np.asarray(scores, dtype=np.float64)
        raked = rake(margins)
        if raked.reason:
            return NotEstimable(reason="not_identified", n=int(y.size), name=name, method="raked")
        w, x = np.asarray(raked.weights), _dummies(margins)
        parts.append(_part(y, w, y - x @ _coefficients(x, y, w)))
    return _difference(parts, name, "raked;linearised_residuals", ci_level, 0)


def standardised_waves(
    pre: npt.ArrayLike,
    post: npt.ArrayLike,
    pre_levels: Sequence[IntArray],
    post_levels: Sequence[IntArray],
    name: str = "baseline_composition",
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Difference of two independent waves, the later one weighted to the earlier's composition.

    Use for anonymous waves, so that a change of who answered is not read as a change of scores.

    Parameters
    ----------
    pre, post
        Scores, none missing.
    pre_levels, post_levels
        For each variable the level of each person, from 0. One variable: post-stratification;
        several: raking.

    Returns
    -------
    Comparison or NotEstimable
        As :func:`weighted_waves`; the baseline has weights of 1. ``not_identified`` when a level of
        the baseline is in no later answer.

    Notes
    -----
    The composition is that of the baseline's sample, itself drawn: a person of the baseline counts
    in the error with the difference between what people of the same levels score later and their
    own score. People of the later wave count with the residual from their levels.

    Examples
    --------
    >>> found = standardised_waves([1, 2, 3, 4], [2, 3, 5, 6, 5], [np.array([0, 0, 1, 1])],
    ...                            [np.array([0, 0, 1, 1, 1])])
    >>> round(found.estimate, 4)
    1.4167
    """
    before, after = np.asarray(pre, dtype=np.float64), np.asarray(post, dtype=np.float64)
    n = before.size + after.size
    sizes = [
        int(max(a.max(initial=0), b.max(initial=0))) + 1
        for a, b in zip(pre_levels, post_levels, strict=True)
    ]
    if min(before.size, after.size) < 2:
        return NotEstimable(reason="too_few", n=n, name=name, method="raked")
    shares = [
        np.bincount(a, minlength=size) / a.size for a, size in zip(pre_levels, sizes, strict=True)
    ]
    margins = list(zip(post_levels, shares, strict=True))
    raked = rake(margins)
    if raked.reason:
        return NotEstimable(reason="not_identified", n=n, name=name, method="raked")
    w, x = np.asarray(raked.weights), _dummies(margins)
    coefficients = _coefficients(x, after, w)
    expected = _dummies(list(zip(pre_levels, shares, strict=True))) @ coefficients
    start = _part(before, np.ones(before.size), before - expected)
    end = _part(after, w, after - x @ coefficients)
    return _difference([start, end], name, "raked_to_baseline;linearised_residuals", ci_level, 0)


def _part(y: FloatArray, w: FloatArray, rest: FloatArray) -> _Part:
    """Weighted mean of ``y``, with the linearised error of the residuals."""
    n, total = int(y.size), float(w.sum())
    if n < 2:
        return _Part(mean=math.nan, variance=0.0, n=n, n_effective=float(n))
    deviation = w * (rest - float(w @ rest) / total)
    # Of equal scores the weighted mean is another in the last digit: that is no spread.
    if float(np.abs(deviation).max()) <= ROUNDING * float(np.abs(w * y).max()):
        deviation = np.zeros(n)
    return _Part(
        mean=float(w @ y) / total,
        variance=n / (n - 1) * float(deviation @ deviation) / total**2,
        n=n,
        n_effective=n / kish_design_effect(w),
    )


def _difference(
    parts: Sequence[_Part], name: str, method: str, ci_level: float, n_missing: int
) -> ComparisonLike:
    start, end = parts
    n = start.n + end.n
    if min(start.n, end.n) < 2:
        return NotEstimable(reason="too_few", n=n, name=name, method=method)
    variance = start.variance + end.variance
    if variance <= 0:
        return NotEstimable(reason="no_variance", n=n, name=name, method=method)
    df = variance**2 / sum(one.variance**2 / (one.n - 1) for one in parts)
    return t_comparison(
        estimate=end.mean - start.mean,
        std_error=math.sqrt(variance),
        df=df,
        name=name,
        method=method,
        ci_level=ci_level,
        n=n,
        n_missing=n_missing,
        details={
            "n_pre": start.n,
            "n_post": end.n,
            "n_effective_pre": start.n_effective,
            "n_effective_post": end.n_effective,
        },
    )


def _dummies(margins: Margins) -> FloatArray:
    """Indicators of every level of every variable, with their sum as the constant."""
    return np.hstack([np.eye(target.size)[codes] for codes, target in margins])


def _coefficients(x: FloatArray, y: FloatArray, w: FloatArray) -> FloatArray:
    """Weighted least squares; any of the equal solutions when levels add up to the same."""
    root = np.sqrt(w)
    found = np.linalg.lstsq(x * root[:, None], y * root, rcond=None)[0]
    return np.asarray(found, dtype=np.float64)

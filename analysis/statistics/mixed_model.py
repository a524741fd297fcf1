"""Random-intercept model over waves by profile REML, from sums.

y_it = μ_t + b_i + e_it with Var(b) = σ²ρ and Var(e) = σ²(1 − ρ): ρ is the intraclass
correlation. Everything the likelihood needs are sums over people with the same number of waves,
so one search over ρ in [0, 1) fits the model however many people there are.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import optimize, stats

from analysis.results import Comparison, ComparisonLike, NotEstimable, Reason
from analysis.statistics.counting import Floats, as_floats, tally, tally_pairs

_METHOD = "random_intercept;reml;df=satterthwaite"
_GRID = np.concatenate([np.linspace(0.0, 0.9, 19), [0.95, 0.98, 0.99, 0.999, 0.9999]])
_LARGEST = 1.0 - 1e-7
#: Below one degree of freedom t is of no use: its limits run out of all bounds.
LEAST_DF = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomInterceptSums:
    """Sums of the random-intercept model, by number of waves answered.

    Attributes
    ----------
    waves_answered
        m, shape (k,).
    people
        People with m waves, shape (k,).
    together
        Σ zᵢzᵢ' of wave indicators, shape (k, T, T).
    by_wave
        Σ zᵢ sᵢ with sᵢ the person's sum of y, shape (k, T).
    of_squares
        Σ sᵢ², shape (k,).
    n_by_wave, y_by_wave
        Rows and sum of y per wave, shape (T,).
    y_squared
        Σ y².
    """

    waves_answered: Floats
    people: Floats
    together: Floats
    by_wave: Floats
    of_squares: Floats
    n_by_wave: Floats
    y_by_wave: Floats
    y_squared: float

    @property
    def rows(self) -> float:
        """Number of observations."""
        return float(self.n_by_wave.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class _Solution:
    """Generalised least squares at one ρ, variances in units of σ²."""

    means: Floats
    unit_covariance: Floats
    residual: float
    log_terms: float


def mixed_change(
    paired_pre: ArrayLike,
    paired_post: ArrayLike,
    pre_only: ArrayLike,
    post_only: ArrayLike,
    pair_counts: ArrayLike | None = None,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
) -> ComparisonLike:
    """Mean change from everyone who answered at least one of two waves.

    Use as the primary analysis of partly matched waves: unbiased when drop-out depends on the
    baseline answer (missing at random).

    Parameters
    ----------
    paired_pre, paired_post
        Scores of the people in both waves.
    pre_only, post_only
        Scores of the people in one wave only; may be empty.
    pair_counts, pre_counts, post_counts
        Counts of the three groups; default ones.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    Comparison or NotEstimable
        ``details``: icc, var_between, var_within, boundary, n_pairs, n_pre_only, n_post_only.
        Fewer than two pairs: ``not_identified``.

    Notes
    -----
    Restricted likelihood profiled over the intraclass correlation, t interval with
    Satterthwaite's df from the observed information; at ρ = 0 the df are rows − 2. With pairs
    only and ρ > 0 it is the paired t. Laird & Ware 1982, doi:10.2307/2529876; Fai & Cornelius
    1996, doi:10.1080/00949659608811740.

    Examples
    --------
    >>> found = mixed_change([1, 2, 3, 4], [2, 2, 5, 5], [], [])
    >>> round(found.df, 6), round(found.estimate, 6)
    (3.0, 1.0)
    """
    pairs = tally_pairs(paired_pre, paired_post, pair_counts)
    alone = (tally(pre_only, pre_counts), tally(post_only, post_counts))
    n = pairs.n + alone[0].n + alone[1].n
    reason = _why_not(pairs.total, pairs.differences().values.size, n)
    if reason:
        return NotEstimable(reason=reason, n=n, method=_METHOD, name="mixed_model")
    values = np.concatenate([pairs.pre, pairs.post, alone[0].values, alone[1].values])
    weights = np.concatenate([pairs.counts, pairs.counts, alone[0].counts, alone[1].counts])
    k = pairs.counts.size
    sizes = (k, k, alone[0].values.size, alone[1].values.size)
    wave = np.repeat([0, 1, 0, 1], sizes)
    person = np.concatenate([np.arange(k), np.arange(k), k + np.arange(sum(sizes[2:]))])
    sums = sum_rows(values, wave, person, 2, weights)
    return _contrast(
        sums,
        (0, 1),
        ci_level,
        n=n,
        n_missing=pairs.n_missing + alone[0].n_missing + alone[1].n_missing,
        details={"n_pairs": pairs.n, "n_pre_only": alone[0].n, "n_post_only": alone[1].n},
    )


def mixed_waves(
    y: ArrayLike,
    wave_index: ArrayLike,
    person_index: ArrayLike,
    n_waves: int,
    ci_level: float = 0.95,
) -> tuple[ComparisonLike, ...]:
    """Each later wave against the first, from everyone who answered any wave.

    Needs rows (one per person and wave), because a person's waves must be known together.

    Parameters
    ----------
    y
        Scores; missing ones are left out and counted.
    wave_index
        0 … n_waves − 1; 0 is the baseline.
    person_index
        Whole numbers naming people.
    n_waves
        Number of waves, at least 2.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    tuple
        n_waves − 1 comparisons named ``mixed_model``; ``details`` has wave, icc, var_between,
        var_within, boundary, n_people, n_rows.

    Notes
    -----
    As :func:`mixed_change`; one intraclass correlation for all waves.

    Examples
    --------
    >>> found = mixed_waves([1, 2, 2, 2, 3, 5, 4, 5], [0, 1] * 4, [0, 0, 1, 1, 2, 2, 3, 3], 2)
    >>> round(found[0].estimate, 6)
    1.0
    """
    values = as_floats(y)
    kept = np.isfinite(values)
    wave = np.asarray(wave_index, dtype=np.int64).ravel()[kept]
    present, place = np.unique(wave, return_inverse=True)
    _, person = np.unique(np.asarray(person_index).ravel()[kept], return_inverse=True)
    n_people = int(person.max()) + 1 if person.size else 0
    asked_twice = int((np.bincount(person) > 1).sum()) if person.size else 0
    waves = present.tolist()
    reason = _why_not(asked_twice, 2, n_people) if 0 in waves else "no_data"
    sums = sum_rows(values[kept], place, person, len(waves))
    return tuple(
        _contrast(
            sums,
            (0, waves.index(later)),
            ci_level,
            n=n_people,
            n_missing=int((~kept).sum()),
            details={"wave": later, "n_people": n_people, "n_rows": int(wave.size)},
        )
        if reason is None and later in waves
        else NotEstimable(
            reason=reason or "no_data", n=n_people, method=_METHOD, name="mixed_model"
        )
        for later in range(1, n_waves)
    )


def _why_not(pairs: float, distinct_changes: int, n: int) -> Reason | None:
    if n == 0:
        return "no_data"
    if pairs < 2:
        return "not_identified"
    return "no_variance" if distinct_changes < 2 else None


def sum_rows(
    y: Floats,
    wave: NDArray[np.int64],
    person: NDArray[np.int64],
    n_waves: int,
    counts: Floats | None = None,
) -> RandomInterceptSums:
    """Sum rows into what the random-intercept likelihood needs.

    Parameters
    ----------
    y
        Scores, none missing; centred here on their mean.
    wave, person
        0 … n_waves − 1 and 0 … people − 1, one per row.
    n_waves
        Number of waves.
    counts
        How many people a person index stands for, repeated on each of its rows; default one.
    """
    weights = np.ones(y.size) if counts is None else counts
    y = y - float(weights @ y) / max(float(weights.sum()), 1.0)
    shape = (int(person.max()) + 1 if person.size else 0, n_waves)
    seen, values, of_person = np.zeros(shape), np.zeros(shape), np.zeros(shape[0])
    np.add.at(seen, (person, wave), 1.0)
    np.add.at(values, (person, wave), y)
    of_person[person] = weights
    answered, own_sum = seen.sum(axis=1), values.sum(axis=1)
    sizes = np.unique(answered)
    groups = [
        (seen[answered == m], of_person[answered == m], own_sum[answered == m]) for m in sizes
    ]
    return RandomInterceptSums(
        waves_answered=sizes,
        people=np.array([w.sum() for _, w, _ in groups]),
        together=np.array([(z * w[:, None]).T @ z for z, w, _ in groups]),
        by_wave=np.array([z.T @ (w * s) for z, w, s in groups]),
        of_squares=np.array([w @ s**2 for _, w, s in groups]),
        n_by_wave=np.bincount(wave, weights=weights, minlength=n_waves).astype(np.float64),
        y_by_wave=np.bincount(wave, weights=weights * y, minlength=n_waves).astype(np.float64),
        y_squared=float(weights @ y**2),
    )


def _solve(sums: RandomInterceptSums, rho: float) -> _Solution:
    """Generalised least squares at one ρ; inverse of R = (1−ρ)I + ρJ in closed form."""
    spread = 1.0 + (sums.waves_answered - 1.0) * rho
    shared = rho / spread
    scale = 1.0 / (1.0 - rho)
    information = scale * (np.diag(sums.n_by_wave) - np.tensordot(shared, sums.together, 1))
    score = scale * (sums.y_by_wave - shared @ sums.by_wave)
    total = scale * (sums.y_squared - float(shared @ sums.of_squares))
    covariance = np.asarray(np.linalg.inv(information), dtype=np.float64)
    means = covariance @ score
    log_r = float(sums.people @ ((sums.waves_answered - 1.0) * np.log1p(-rho) + np.log(spread)))
    return _Solution(
        means=means,
        unit_covariance=covariance,
        residual=max(total - float(means @ score), 0.0),
        log_terms=log_r + float(np.linalg.slogdet(information)[1]),
    )


def _deviance(sums: RandomInterceptSums, rho: float) -> float:
    """−2 restricted log-likelihood profiled over σ², up to a constant."""
    solution = _solve(sums, rho)
    free = sums.rows - solution.means.size
    return free * math.log(max(solution.residual, 1e-300)) + solution.log_terms


def _best_icc(sums: RandomInterceptSums) -> float:
    """Global minimum of the deviance over ρ: a grid, then a bounded search around its best."""
    heights = [_deviance(sums, float(rho)) for rho in _GRID]
    best = int(np.argmin(heights))
    low = float(_GRID[max(0, best - 1)])
    high = float(_GRID[best + 1]) if best + 1 < _GRID.size else _LARGEST
    found = optimize.minimize_scalar(
        lambda rho: _deviance(sums, rho),
        bounds=(low, high),
        method="bounded",
        options={"xatol": 1e-11},
    )
    return 0.0 if heights[0] <= float(found.fun) else float(found.x)


def _contrast(
    sums: RandomInterceptSums,
    waves: tuple[int, int],
    ci_level: float,
    *,
    n: int,
    n_missing: int,
    details: dict[str, Any],
) -> ComparisonLike:
    """Later wave minus earlier wave at the best ρ."""
    free = sums.rows - sums.n_by_wave.size
    if free <= 0:
        return NotEstimable(reason="too_few", n=n, method=_METHOD, name="mixed_model")
    rho = _best_icc(sums)
    solution = _solve(sums, rho)
    sigma2 = solution.residual / free
    if rho > 1.0 - 1e-6 or sigma2 <= 1e-20 * max(sums.y_squared, 1e-300):
        return NotEstimable(reason="no_variance", n=n, method=_METHOD, name="mixed_model")
    direction = np.zeros(sums.n_by_wave.size)
    direction[[waves[1], waves[0]]] = (1.0, -1.0)
    estimate = float(direction @ solution.means)
    error = math.sqrt(sigma2 * float(direction @ solution.unit_covariance @ direction))
    df = _satterthwaite_df(sums, rho, direction) if rho > 1e-6 else free
    if df < LEAST_DF:
        return NotEstimable(reason="too_few", n=n, method=_METHOD, name="mixed_model")
    half = float(stats.t.isf((1.0 - ci_level) / 2.0, df)) * error
    return Comparison(
        name="mixed_model",
        estimate=estimate,
        std_error=error,
        ci_low=estimate - half,
        ci_high=estimate + half,
        ci_level=ci_level,
        statistic=estimate / error,
        df=df,
        p_value=float(2.0 * stats.t.sf(abs(estimate / error), df)),
        n=n,
        n_missing=n_missing,
        method=_METHOD,
        details={
            "icc": rho,
            "var_between": rho * sigma2,
            "var_within": (1.0 - rho) * sigma2,
            "boundary": rho <= 1e-6,
            **details,
        },
    )


def _satterthwaite_df(sums: RandomInterceptSums, rho: float, direction: Floats) -> float:
    """2 v² / (g' A g), A twice the inverse Hessian of the deviance in (log σ², ρ).

    v is the variance of the contrast, g its gradient; v and A are scaled by σ² = residual / df.
    """
    step = 1e-3 * min(rho, 1.0 - rho)
    solutions = [_solve(sums, rho + shift * step) for shift in (-2, -1, 0, 1, 2)]
    q = np.array([s.residual for s in solutions])
    logs = np.array([s.log_terms for s in solutions])
    unit = np.array([float(direction @ s.unit_covariance @ direction) for s in solutions])
    free = sums.rows - direction.size
    sigma2 = q[2] / free
    first = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / (12.0 * step)
    second = np.array([-1.0, 16.0, -30.0, 16.0, -1.0]) / (12.0 * step**2)
    cross = -float(first @ q) / sigma2
    hessian = np.array([[free, cross], [cross, float(second @ (q / sigma2 + logs))]])
    gradient = np.array([unit[2], float(first @ unit)])
    spread = float(gradient @ np.linalg.solve(hessian, gradient)) * 2.0
    return 2.0 * float(unit[2]) ** 2 / spread if spread > 0 else free

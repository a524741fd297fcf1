"""Change between waves from everyone who answered at least one of them.

The mean of each wave is estimated with the covariance of a person's answers, so that an answer in
one wave says something about the wave that the person missed.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy import optimize

from analysis.results import ComparisonLike, NotEstimable, Reason
from analysis.statistics.counting import Floats, as_floats, tally, tally_pairs
from analysis.statistics.repeated_measures import (
    WaveModel,
    WavePatterns,
    compound_symmetry_basis,
    describe_model,
    fit_uncorrelated,
    fit_unstructured,
    solve_means,
    sum_patterns,
)
from analysis.statistics.t_tests import t_comparison

CovarianceName = Literal["unstructured", "compound_symmetry", "uncorrelated"]

#: Fewer people in both waves say too little about how these go together.
MIN_PAIRS_UNSTRUCTURED = 5
METHOD = "{covariance};reml;df=kenward_roger;se=kenward_roger_observed"
_GRID = np.concatenate([np.linspace(0.0, 0.9, 19), [0.95, 0.98, 0.99, 0.999, 0.9999]])
_LARGEST = 1.0 - 1e-7
#: Below one degree of freedom t is of no use: its limits run out of all bounds.
MIN_DF = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFit:
    """A fitted model and how it was fitted."""

    model: WaveModel
    covariance: CovarianceName
    boundary: bool


def mixed_change(
    paired_pre: ArrayLike,
    paired_post: ArrayLike,
    pre_only: ArrayLike,
    post_only: ArrayLike,
    pair_counts: ArrayLike | None = None,
    pre_counts: ArrayLike | None = None,
    post_counts: ArrayLike | None = None,
    ci_level: float = 0.95,
    covariance: CovarianceName = "unstructured",
) -> ComparisonLike:
    """Mean change from everyone who answered at least one of two waves.

    Use as the primary analysis of partly matched waves. Unbiased when drop-out depends on the
    baseline answer (missing at random), also when the spread differs between the waves.

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
    covariance
        ``unstructured``: a variance for each wave and their covariance. When fewer than
        ``MIN_PAIRS_UNSTRUCTURED`` people answered both waves the covariance is taken as zero
        (``uncorrelated``); when the answers of those in both lie on one line, or on request, one
        variance holds for both waves (``compound_symmetry``).

    Returns
    -------
    Comparison or NotEstimable
        ``method`` names the covariance used. ``details``: level_pre and level_post (the expected
        mean of each wave had everyone answered), each with _std_error and _df;
        sd_pre, sd_post, r; std_error_unadjusted, std_error_kenward_roger; n_pairs, n_pre_only,
        n_post_only. With compound symmetry also icc, var_between, var_within, boundary. Fewer than
        two pairs: ``not_identified``.

    Notes
    -----
    REML; degrees of freedom and standard error of Kenward & Roger 1997, doi:10.2307/2533558. What
    the estimated covariance adds to the error is taken at the residuals observed where that is
    more, as drop-out that depends on the answers requires (Kenward & Molenberghs 1998,
    doi:10.1214/ss/1028905886). With pairs only it is the paired t. Where everyone gave the same
    answer in one wave, the change is that answer minus the mean of the other wave, with its
    t interval: the model's limit.

    Examples
    --------
    >>> change = mixed_change([1, 2, 3, 4], [2, 2, 5, 5], [], [])
    >>> round(change.df, 6), round(change.estimate, 6)
    (3.0, 1.0)
    """
    pairs = tally_pairs(paired_pre, paired_post, pair_counts)
    alone = (tally(pre_only, pre_counts), tally(post_only, post_counts))
    n = pairs.n + alone[0].n + alone[1].n
    reason = _why_not(pairs.total, pairs.differences().values.size, n)
    if reason:
        return _refusal(reason, n, covariance)
    scores = np.vstack(
        [
            np.column_stack([pairs.pre, pairs.post]),
            np.column_stack([alone[0].values, np.full(alone[0].values.size, np.nan)]),
            np.column_stack([np.full(alone[1].values.size, np.nan), alone[1].values]),
        ]
    )
    weights = np.concatenate([pairs.counts, alone[0].counts, alone[1].counts])
    return _contrast(
        scores,
        weights,
        (0, 1),
        ci_level,
        covariance,
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
    covariance: CovarianceName = "unstructured",
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
    covariance
        As in :func:`mixed_change`; with three or more waves compound symmetry is taken when too few
        people answered any two of them.

    Returns
    -------
    tuple
        n_waves − 1 comparisons named ``mixed_model``; ``details`` as in :func:`mixed_change`, with
        wave, n_people and n_rows instead of the numbers of pairs.

    Examples
    --------
    >>> changes = mixed_waves([1, 2, 2, 2, 3, 5, 4, 5], [0, 1] * 4, [0, 0, 1, 1, 2, 2, 3, 3], 2)
    >>> round(changes[0].estimate, 6)
    1.0
    """
    values = as_floats(y)
    known = np.isfinite(values)
    wave = np.asarray(wave_index, dtype=np.int64).ravel()[known]
    present, place = np.unique(wave, return_inverse=True)
    _, person = np.unique(np.asarray(person_index).ravel()[known], return_inverse=True)
    n_people = int(person.max()) + 1 if person.size else 0
    asked_twice = int((np.bincount(person) > 1).sum()) if person.size else 0
    waves = present.tolist()
    reason = _why_not(asked_twice, 2, n_people) if 0 in waves else "no_data"
    scores = np.full((n_people, len(waves)), np.nan)
    scores[person, place] = values[known]
    return tuple(
        _contrast(
            scores,
            np.ones(n_people),
            (0, waves.index(later)),
            ci_level,
            covariance,
            n=n_people,
            n_missing=int((~known).sum()),
            details={"wave": later, "n_people": n_people, "n_rows": int(wave.size)},
        )
        if reason is None and later in waves
        else _refusal(reason or "no_data", n_people, covariance)
        for later in range(1, n_waves)
    )


def _why_not(pairs: float, distinct_changes: int, n: int) -> Reason | None:
    if n == 0:
        return "no_data"
    if pairs < 2:
        return "not_identified"
    return "no_variance" if distinct_changes < 2 else None


def _refusal(reason: Reason, n: int, covariance: CovarianceName) -> NotEstimable:
    method = METHOD.format(covariance=covariance)
    return NotEstimable(reason=reason, n=n, method=method, name="mixed_model")


def _contrast(
    scores: Floats,
    counts: Floats,
    waves: tuple[int, int],
    ci_level: float,
    covariance: CovarianceName,
    *,
    n: int,
    n_missing: int,
    details: dict[str, Any],
) -> ComparisonLike:
    """Later wave minus earlier wave, from a table of people by waves and its counts."""
    rows_per_wave = counts @ np.isfinite(scores)
    centre = float(counts @ np.nansum(scores, axis=1)) / float(rows_per_wave.sum())
    patterns = sum_patterns(scores - centre, counts)
    spread = np.nanmax(scores, axis=0) - np.nanmin(scores, axis=0)
    if scores.shape[1] == 2 and covariance == "unstructured" and min(spread) == 0 < max(spread):
        return _against_constant(
            scores, counts, ci_level, n=n, n_missing=n_missing, details=details
        )
    if float(rows_per_wave.sum()) <= rows_per_wave.size:
        return _refusal("too_few", n, covariance)
    fit = fit_waves(patterns, covariance)
    if fit is None:
        return _refusal("no_variance", n, covariance)
    model, earlier, later = fit.model, *waves
    direction = np.zeros(rows_per_wave.size)
    direction[[later, earlier]] = (1.0, -1.0)
    variance = model.variance(direction)
    df = model.degrees_of_freedom(direction)
    if df < MIN_DF or variance <= 0:
        return _refusal("too_few", n, fit.covariance)
    sd = np.sqrt(np.diag(model.covariance))
    between = float(model.covariance[earlier, later])
    levels = np.eye(rows_per_wave.size)[[earlier, later]]
    described: dict[str, Any] = {
        "level_pre": centre + float(model.means[earlier]),
        "level_post": centre + float(model.means[later]),
        "level_pre_std_error": math.sqrt(model.variance(levels[0])),
        "level_post_std_error": math.sqrt(model.variance(levels[1])),
        "level_pre_df": model.degrees_of_freedom(levels[0]),
        "level_post_df": model.degrees_of_freedom(levels[1]),
        "sd_pre": float(sd[earlier]),
        "sd_post": float(sd[later]),
        "r": between / float(sd[earlier] * sd[later]),
        "std_error_unadjusted": math.sqrt(float(direction @ model.means_covariance @ direction)),
        "std_error_kenward_roger": math.sqrt(max(model.kenward_roger_variance(direction), 0.0)),
    }
    if fit.covariance == "compound_symmetry":
        described |= {
            "icc": described["r"],
            "var_between": between,
            "var_within": float(sd[earlier]) ** 2 - between,
            "boundary": fit.boundary,
        }
    return t_comparison(
        name="mixed_model",
        estimate=float(direction @ model.means),
        std_error=math.sqrt(variance),
        df=df,
        ci_level=ci_level,
        n=n,
        n_missing=n_missing,
        method=METHOD.format(covariance=fit.covariance),
        details={**described, **details},
    )


def _against_constant(
    scores: Floats,
    counts: Floats,
    ci_level: float,
    *,
    n: int,
    n_missing: int,
    details: dict[str, Any],
) -> ComparisonLike:
    """Change where one wave has a single answer: the t interval of the other wave's mean."""
    samples = [tally(column, counts) for column in scores.T]
    errors = [
        math.sqrt(one.variance / one.total) if one.values.size > 1 else 0.0 for one in samples
    ]
    varying = samples[int(np.argmax(errors))]
    if varying.total < 2:
        return _refusal("too_few", n, "unstructured")
    return t_comparison(
        name="mixed_model",
        estimate=samples[1].mean - samples[0].mean,
        std_error=max(errors),
        df=varying.total - 1.0,
        ci_level=ci_level,
        n=n,
        n_missing=n_missing,
        method="unstructured;one_wave_constant;df=n-1",
        details={
            "level_pre": samples[0].mean,
            "level_post": samples[1].mean,
            "level_pre_std_error": errors[0],
            "level_post_std_error": errors[1],
            "level_pre_df": samples[0].total - 1.0,
            "level_post_df": samples[1].total - 1.0,
            **details,
        },
    )


def fit_waves(patterns: WavePatterns, covariance: CovarianceName) -> WaveFit | None:
    """Fit the covariance asked for, or the next simpler one where that cannot be estimated."""
    n_waves = patterns.answered.shape[1]
    # Complete answers need no model of who is missing: the covariance is that of the pairs, and
    # the change the paired t, however few they are.
    few = (
        float(patterns.answered_both().min()) < MIN_PAIRS_UNSTRUCTURED
        and not patterns.answered.all()
    )
    if covariance == "unstructured" and few and n_waves == 2:
        # Equal spread would be a worse guess than no correlation: with 2 pairs, 5 and 40 others
        # and a spread of 1 and .4 the interval of compound symmetry covers .78.
        apart = fit_uncorrelated(patterns)
        return WaveFit(model=apart, covariance="uncorrelated", boundary=False) if apart else None
    if covariance == "unstructured" and not few:
        model = fit_unstructured(patterns)
        if model is not None:
            return WaveFit(model=model, covariance="unstructured", boundary=False)
    return _fit_compound_symmetry(patterns)


def _fit_compound_symmetry(patterns: WavePatterns) -> WaveFit | None:
    """REML profiled over the intraclass correlation ρ in [0, 1), its global maximum.

    Laird & Ware 1982, doi:10.2307/2529876.
    """
    n_waves = patterns.answered.shape[1]
    basis = compound_symmetry_basis(n_waves)
    free = float(patterns.people @ patterns.answered.sum(axis=1)) - n_waves

    def profile(rho: float) -> tuple[float, float]:
        """−2 restricted log-likelihood and the residual sum of squares in units of σ²."""
        point = solve_means(patterns, basis, np.array([1.0 - rho, rho]))
        return free * math.log(max(point.residual, 1e-300)) + point.log_terms, point.residual

    # A grid first: the deviance may have two minima, and a local search stops at the nearer one.
    heights = [profile(float(rho))[0] for rho in _GRID]
    best = int(np.argmin(heights))
    low = float(_GRID[max(0, best - 1)])
    high = float(_GRID[best + 1]) if best + 1 < _GRID.size else _LARGEST
    search = optimize.minimize_scalar(
        lambda rho: profile(rho)[0], bounds=(low, high), method="bounded", options={"xatol": 1e-11}
    )
    rho = 0.0 if heights[0] <= float(search.fun) else float(search.x)
    sigma2 = profile(rho)[1] / free
    scale = float(np.einsum("kii->", patterns.products)) + float(
        patterns.people @ (patterns.means**2).sum(axis=1)
    )
    if rho > 1.0 - 1e-6 or sigma2 <= 1e-20 * max(scale, 1e-300):
        return None
    boundary = rho <= 1e-6
    parameters = sigma2 * np.array([1.0] if boundary else [1.0 - rho, rho])
    model = describe_model(patterns, basis[:1] if boundary else basis, parameters)
    return WaveFit(model=model, covariance="compound_symmetry", boundary=boundary)

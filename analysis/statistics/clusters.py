"""Inference with clusters: intraclass correlation, CR2 with Satterthwaite df, exact sign-flips.

Below five clusters nothing is given: no method is trustworthy there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import stats

from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.counting import ROUNDING
from analysis.statistics.risk_sets import FloatArray, IntArray, as_counts, group_sums
from analysis.statistics.t_tests import t_comparison

MIN_CLUSTERS = 5
EXACT_CLUSTERS = 12
#: Below one degree of freedom t is of no use: its limits run out of all bounds.
MIN_DF = 1.0


def icc(
    values: npt.ArrayLike,
    cluster: npt.ArrayLike,
    counts: npt.ArrayLike | None = None,
    ci_level: float = 0.95,
) -> EstimateLike:
    """Estimate how alike people of one cluster are: ICC(1) from one-way analysis of variance.

    (MSB − MSW) / (MSB + (n₀ − 1)·MSW), n₀ = (N − Σn²/N)/(g − 1); exact F limits of Searle, with
    n₀ for unequal sizes. May be negative.

    Parameters
    ----------
    values, cluster, counts
        One value, cluster label and number of people per row; missing values are left out.

    References
    ----------
    Searle 1971, *Linear Models*; Donner 1986, doi:10.2307/1403259.
    """
    y = np.asarray(values, dtype=np.float64)
    weight = as_counts(counts, y.size)
    labels, known = _labels(cluster)
    used = np.isfinite(y) & known & (weight > 0)
    n, n_missing = round(float(weight[used].sum())), round(float(weight[~used].sum()))
    _, group = np.unique(labels[used], return_inverse=True)
    g = int(group.max()) + 1 if group.size else 0
    if g < 2 or n <= g:
        return NotEstimable(reason="too_few", n=n, name="icc", details={"n_clusters": g})
    between, within, n0 = _anova(y[used], group, weight[used], g)
    if between <= 0 and within <= 0:
        return NotEstimable(reason="no_variance", n=n, name="icc")
    low, high = _searle(between, within, n0, (g - 1, n - g), ci_level)
    return Estimate(
        estimate=(between - within) / (between + (n0 - 1) * within),
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        n=n,
        n_missing=n_missing,
        method="icc_anova_searle",
        name="icc",
    )


def _labels(cluster: npt.ArrayLike) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    given = np.asarray(cluster, dtype=object)
    known = np.array([bool(c is not None and c == c) for c in given], dtype=np.bool_)
    return np.array([str(c) for c in given], dtype=object), known


def _anova(
    y: FloatArray, group: IntArray, weight: FloatArray, g: int
) -> tuple[float, float, float]:
    size = group_sums(group, weight, g)
    n = float(size.sum())
    mean = group_sums(group, weight * y, g) / size
    overall = float(weight @ y) / n
    between = float(size @ (mean - overall) ** 2) / (g - 1)
    within = float(weight @ (y - mean[group]) ** 2) / (n - g)
    return between, within, (n - float(size @ size) / n) / (g - 1)


def _searle(
    between: float, within: float, n0: float, df: tuple[int, int], ci_level: float
) -> tuple[float | None, float | None]:
    if within <= 0:
        return None, None
    f = between / within
    upper, lower = np.asarray(stats.f.ppf([(1 + ci_level) / 2, (1 - ci_level) / 2], *df)).tolist()
    low, high = f / upper, f / lower
    return float((low - 1) / (low + n0 - 1)), float((high - 1) / (high + n0 - 1))


def design_effect(icc: float, mean_size: float) -> float:
    """Give the variance inflation by clusters: 1 + (mean size − 1)·ICC, at least 1 person each.

    References
    ----------
    Kish 1965, *Survey Sampling*, ch. 5.

    Examples
    --------
    >>> design_effect(0.05, 21)
    2.0
    """
    return 1 + (mean_size - 1) * icc


@dataclass(frozen=True, slots=True, kw_only=True)
class _Regression:
    """Least squares: rows scaled by √counts, their residuals, (XᵀX)⁻¹ and row blocks."""

    x: FloatArray
    residual: FloatArray
    bread: FloatArray
    beta: FloatArray
    blocks: tuple[IntArray, ...]


def cr2(
    y: npt.ArrayLike,
    X: npt.ArrayLike,
    cluster: npt.ArrayLike,
    coef_index: int,
    ci_level: float = 0.95,
    name: str = "cr2",
    counts: npt.ArrayLike | None = None,
) -> ComparisonLike:
    """Estimate a least-squares coefficient with a standard error that holds with few clusters.

    Bell–McCaffrey: residuals of cluster g times (I − H_gg)^(−1/2); t with Satterthwaite df
    (Σλ)²/Σλ² under independent errors. Rows with a missing number are left out.

    Parameters
    ----------
    y, X, cluster
        Outcome, design matrix with its intercept, cluster label per row.
    coef_index
        Column of ``X`` wanted.
    name
        Name of the analysis.
    counts
        People per row (same y, X and cluster).

    Returns
    -------
    Comparison or NotEstimable
        ``details``: ``n_clusters``. ``too_few`` below five clusters or one degree of freedom;
        ``not_identified`` when X is collinear; ``no_variance`` without residual variance.

    References
    ----------
    Bell & McCaffrey 2002; Pustejovsky & Tipton 2018, doi:10.1080/07350015.2016.1247004.
    """
    outcome, design = np.asarray(y, dtype=np.float64), np.asarray(X, dtype=np.float64)
    weight = as_counts(counts, outcome.size)
    labels, known = _labels(cluster)
    used = np.isfinite(outcome) & np.isfinite(design).all(axis=1) & known & (weight > 0)
    n, n_missing = round(float(weight[used].sum())), round(float(weight[~used].sum()))
    names, group = np.unique(labels[used], return_inverse=True)
    facts = {"n_clusters": int(names.size)}
    if names.size < MIN_CLUSTERS:
        return NotEstimable(reason="too_few", n=n, name=name, method="cr2", details=facts)
    fit = _least_squares(outcome[used], design[used], weight[used], group)
    if fit is None:
        return NotEstimable(reason="not_identified", n=n, name=name, method="cr2", details=facts)
    scores, df = _cr2_scores(fit, coef_index)
    std_error = float(np.sqrt(np.sum(np.square(scores))))
    rounding = ROUNDING * float(np.abs(outcome[used]).max())
    varies = std_error > 0 and float(np.abs(fit.residual).max()) > rounding
    if not varies or not np.isfinite(df):
        return NotEstimable(reason="no_variance", n=n, name=name, method="cr2", details=facts)
    if df < MIN_DF:
        return NotEstimable(reason="too_few", n=n, name=name, method="cr2", details=facts)
    estimate = float(fit.beta[coef_index])
    return t_comparison(
        name=name,
        estimate=estimate,
        std_error=std_error,
        df=df,
        ci_level=ci_level,
        n=n,
        n_missing=n_missing,
        method="ols_cr2_satterthwaite",
        details=facts,
    )


def _least_squares(
    y: FloatArray, x: FloatArray, weight: FloatArray, group: IntArray
) -> _Regression | None:
    root = np.sqrt(weight)
    x, y = x * root[:, None], (y.T * root).T
    gram = x.T @ x
    if np.linalg.matrix_rank(x) < x.shape[1]:
        return None
    bread = np.asarray(np.linalg.inv(gram), dtype=np.float64)
    beta = np.asarray(np.linalg.lstsq(x, y, rcond=None)[0], dtype=np.float64)
    order = np.argsort(group, kind="stable")
    cuts = np.flatnonzero(np.diff(group[order])) + 1
    blocks = tuple(np.split(order, cuts))
    return _Regression(x=x, residual=y - x @ beta, bread=bread, beta=beta, blocks=blocks)


def _cr2_scores(fit: _Regression, coef_index: int) -> tuple[FloatArray, float]:
    """What each cluster adds to the error, and Satterthwaite's degrees of freedom.

    The squared error is the sum of the squared scores, one column for each outcome.
    """
    half = np.linalg.cholesky(fit.bread)
    pull = fit.bread[coef_index]
    score, own, across = [], [], []
    for rows in fit.blocks:
        block = fit.x[rows]
        u, s, _ = np.linalg.svd(block @ half, full_matrices=False)
        left = 1 - s**2
        inflate = np.where(left > 1e-10, 1 / np.sqrt(np.maximum(left, 1e-10)), 0.0) - 1
        target = block @ pull
        target = target + u @ (inflate * (u.T @ target))
        score.append(target @ fit.residual[rows])
        own.append(float(target @ target))
        across.append(block.T @ target)
    total, spread = gram_moments(np.array(own), np.array(across), fit.bread)
    df = total**2 / spread if spread > 0 else np.inf
    return np.asarray(score, dtype=np.float64), df


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusterScores:
    """A coefficient of several outcomes, and what each cluster adds to the error of each.

    Attributes
    ----------
    estimates
        One for each outcome.
    scores
        Clusters × outcomes; the squared CR2 error of an outcome is the sum of its squares. Linear
        in the outcome, so that the scores of a sum are the sum of the scores.
    df
        Satterthwaite's, which depend on the design alone.
    """

    estimates: FloatArray
    scores: FloatArray
    df: float


def cr2_scores(
    outcomes: npt.ArrayLike, X: npt.ArrayLike, cluster: npt.ArrayLike, coef_index: int
) -> ClusterScores | NotEstimable:
    """Estimate a coefficient of many outcomes at once, as :func:`cr2` does of one.

    Parameters
    ----------
    outcomes
        Rows × outcomes, none missing.
    X, cluster, coef_index
        As in :func:`cr2`, none missing.
    """
    y, design = np.asarray(outcomes, dtype=np.float64), np.asarray(X, dtype=np.float64)
    names, group = np.unique(_labels(cluster)[0], return_inverse=True)
    refusal = NotEstimable(reason="too_few", n=len(y), method="cr2")
    if names.size < MIN_CLUSTERS:
        return refusal
    fit = _least_squares(y, design, np.ones(len(y)), group)
    if fit is None:
        return replace(refusal, reason="not_identified")
    scores, df = _cr2_scores(fit, coef_index)
    if not MIN_DF <= df < np.inf:
        return refusal
    return ClusterScores(estimates=fit.beta[coef_index], scores=scores, df=float(df))


def gram_moments(own: FloatArray, across: FloatArray, bread: FloatArray) -> tuple[float, float]:
    """Trace and sum of squares of diag(own) − across·bread·acrossᵀ.

    Never made whole: clusters × clusters would not fit in memory for a national programme.
    """
    pulled = across @ bread
    shared = np.einsum("gp,gp->g", pulled, across)
    inner = across.T @ pulled
    squares = float(own @ own) - 2 * float(own @ shared) + float(np.sum(inner * inner.T))
    return float(own.sum() - shared.sum()), squares


def sign_flip(
    cluster_effects: npt.ArrayLike,
    ci_level: float = 0.95,
    seed: int = 20260101,
    n_resamples: int = 9999,
) -> ComparisonLike:
    """Test the mean effect over clusters by flipping signs: exact up to twelve clusters.

    Under symmetry about 0 every pattern of signs is as likely. The interval lists the effects
    not rejected: order statistics of the means of all subsets (Hartigan). Above twelve clusters
    random patterns.

    Parameters
    ----------
    cluster_effects
        One change or difference per cluster.

    Returns
    -------
    Comparison or NotEstimable
        ``too_few`` below five clusters; limits None where the level cannot be reached (five
        clusters: smallest p .0625).

    References
    ----------
    Hartigan 1969, doi:10.1080/01621459.1969.10501057; Fisher 1935, *The Design of Experiments*.
    """
    given = np.asarray(cluster_effects, dtype=np.float64).ravel()
    effects = given[np.isfinite(given)]
    n, facts = effects.size, {"n_clusters": int(effects.size)}
    if n < MIN_CLUSTERS:
        return NotEstimable(reason="too_few", n=n, name="sign_flip", details=facts)
    chosen, exact = _patterns(n, seed, n_resamples)
    mean = float(effects.mean())
    flipped = (2 * chosen - 1.0) @ effects / n
    scale = float(np.abs(effects).max()) * 1e-12
    extreme = int(np.sum(np.abs(flipped) >= abs(mean) - scale))
    p_value = extreme / len(chosen) if exact else (extreme + 1) / (len(chosen) + 1)
    low, high = _hartigan(effects, chosen, ci_level)
    return Comparison(
        name="sign_flip",
        estimate=mean,
        ci_low=low,
        ci_high=high,
        ci_level=ci_level,
        p_value=p_value,
        n=n,
        n_missing=given.size - n,
        method="exact" if exact else f"random_{n_resamples}_seed_{seed}",
        details=facts,
    )


def _patterns(n: int, seed: int, n_resamples: int) -> tuple[npt.NDArray[np.int64], bool]:
    if n <= EXACT_CLUSTERS:
        return (np.arange(2**n)[:, None] >> np.arange(n)) & 1, True
    return np.random.default_rng(seed).integers(0, 2, size=(n_resamples, n)), False


def _hartigan(
    effects: FloatArray, chosen: npt.NDArray[np.int64], ci_level: float
) -> tuple[float | None, float | None]:
    size = chosen.sum(axis=1)
    means = np.sort((chosen[size > 0] @ effects) / size[size > 0])
    rank = int(np.floor((1 - ci_level) / 2 * (means.size + 1) + 1e-9))
    if rank < 1:
        return None, None
    return float(means[rank - 1]), float(means[-rank])

"""The cumulative logit model of ordered answers: chances, their derivatives, maximum likelihood.

logit P(Y ≤ k) = α_k − x'β. One kernel for every ordinal model of this package.

References
----------
McCullagh 1980, doi:10.1111/j.2517-6161.1980.tb01109.x.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from analysis.statistics.risk_sets import FloatArray

IntArray = npt.NDArray[np.int64]

_STEPS = 100
_MIN_GAIN = 1e-13
#: A log odds ratio beyond this is a maximum at infinity: the answers do not overlap.
LARGEST_SLOPE = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTerms:
    """Log chance of answers between two cuts, and its derivatives by the upper and lower cut."""

    log_chance: FloatArray
    by_upper: FloatArray
    by_lower: FloatArray
    upper_twice: FloatArray
    lower_twice: FloatArray
    both: FloatArray


def answer_terms(upper: FloatArray, lower: FloatArray) -> AnswerTerms:
    """Log of F(upper) − F(lower) for the logistic F, with first and second derivatives.

    Parameters
    ----------
    upper, lower
        Cuts above and below the answer on the logit scale; infinite at the ends of the scale.
    """
    # Beyond the middle the difference is taken in the other tail, where it does not cancel.
    turned = upper + lower > 0
    chance = special.expit(np.where(turned, -lower, upper)) - special.expit(
        np.where(turned, -upper, lower)
    )
    chance = np.maximum(chance, 1e-300)
    shares = special.expit(upper), special.expit(lower)
    density = [special.expit(cut) * special.expit(-cut) for cut in (upper, lower)]
    slope = [d * (1.0 - 2.0 * share) for d, share in zip(density, shares, strict=True)]
    by_upper, by_lower = density[0] / chance, -density[1] / chance
    return AnswerTerms(
        log_chance=np.log(chance),
        by_upper=by_upper,
        by_lower=by_lower,
        upper_twice=slope[0] / chance - by_upper**2,
        lower_twice=-slope[1] / chance - by_lower**2,
        both=-by_upper * by_lower,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CumulativeFit:
    """A fitted model: cut points first, then slopes.

    Attributes
    ----------
    parameters, log_likelihood
        At the maximum.
    information
        Minus the Hessian of the log-likelihood.
    scores
        Derivative of each row's log-likelihood, rows × parameters, not weighted by counts.
    """

    parameters: FloatArray
    log_likelihood: float
    information: FloatArray
    scores: FloatArray

    @property
    def covariance(self) -> FloatArray:
        """Inverse of the observed information."""
        return np.asarray(np.linalg.pinv(self.information, hermitian=True))


def fit_cumulative_logit(
    answer: IntArray, predictors: FloatArray, counts: FloatArray | None = None
) -> CumulativeFit | None:
    """Fit by Newton steps; None when the maximum is at infinity.

    Parameters
    ----------
    answer
        Codes 0 … K − 1, each of which occurs.
    predictors
        Rows × slopes; without any column only the cut points are fitted.
    counts
        How often each row occurs; default once.
    """
    weight = np.ones(answer.size) if counts is None else counts
    rows = np.bincount(answer, weights=weight)
    n_cuts = rows.size - 1
    start = special.logit(np.cumsum(rows)[:-1] / rows.sum())
    parameters = np.concatenate([start, np.zeros(predictors.shape[1])])
    design = _cut_rows(answer, predictors, n_cuts)
    current = _at(parameters, design, answer, n_cuts)
    value = float(weight @ current.log_chance)
    for _ in range(_STEPS):
        gradient, information = _derivatives(current, design, weight)
        step = np.asarray(np.linalg.pinv(information, hermitian=True) @ gradient)
        # Twice the gain still to be had; smaller ones are lost in rounding.
        if float(gradient @ step) < _MIN_GAIN:
            break
        for halving in range(40):
            tried = parameters + step / 2.0**halving
            if bool(np.all(np.diff(tried[:n_cuts]) > 0)):
                following = _at(tried, design, answer, n_cuts)
                reached = float(weight @ following.log_chance)
                if reached >= value:
                    break
        else:
            break
        parameters, current, value = tried, following, reached
        if float(np.abs(parameters[n_cuts:]).max(initial=0.0)) > LARGEST_SLOPE:
            return None
    terms = current
    _, information = _derivatives(terms, design, weight)
    variance = np.diag(np.linalg.pinv(information, hermitian=True))[n_cuts:]
    if bool(np.any(variance <= 0)) or math.sqrt(variance.max(initial=0.0)) > LARGEST_SLOPE:
        return None
    scores = terms.by_upper[:, None] * design[0] + terms.by_lower[:, None] * design[1]
    return CumulativeFit(
        parameters=parameters, log_likelihood=value, information=information, scores=scores
    )


def answer_chances(cuts: FloatArray, shift: FloatArray) -> FloatArray:
    """Chance of each answer, rows × answers, for linear predictors ``shift``."""
    below = special.expit(cuts[None, :] - shift[:, None])
    ends = np.zeros((shift.size, 1))
    return np.diff(np.hstack([ends, below, ends + 1.0]), axis=1)


def _cut_rows(
    answer: IntArray, predictors: FloatArray, n_cuts: int
) -> tuple[FloatArray, FloatArray]:
    """Rows that make the cuts above and below each answer from the parameters."""
    designs = []
    for cut in (answer, answer - 1):
        inside = (cut >= 0) & (cut < n_cuts)
        design = np.zeros((answer.size, n_cuts + predictors.shape[1]))
        design[np.flatnonzero(inside), cut[inside]] = 1.0
        design[inside, n_cuts:] = -predictors[inside]
        designs.append(design)
    return designs[0], designs[1]


def _at(
    parameters: FloatArray, design: tuple[FloatArray, FloatArray], answer: IntArray, n_cuts: int
) -> AnswerTerms:
    upper = np.where(answer == n_cuts, np.inf, design[0] @ parameters)
    lower = np.where(answer == 0, -np.inf, design[1] @ parameters)
    return answer_terms(upper, lower)


def _derivatives(
    terms: AnswerTerms, design: tuple[FloatArray, FloatArray], weight: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Gradient and minus the Hessian of the weighted log-likelihood."""
    above, below = design
    gradient = above.T @ (weight * terms.by_upper) + below.T @ (weight * terms.by_lower)
    mixed = above.T @ ((weight * terms.both)[:, None] * below)
    hessian = (
        above.T @ ((weight * terms.upper_twice)[:, None] * above)
        + below.T @ ((weight * terms.lower_twice)[:, None] * below)
        + mixed
        + mixed.T
    )
    return np.asarray(gradient), np.asarray(-hessian)

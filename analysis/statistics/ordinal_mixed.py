"""Change of one ordered answer in linked waves: cumulative logit with a person's own level.

logit P(Y ≤ k | u) = α_k − β_wave − σu, u standard normal: maximum likelihood over everyone who
answered any of the waves, so that people who answered once count as well.

References
----------
Tutz & Hennevogl 1996, Computational Statistics & Data Analysis 22, 537–557; the same model as
``clmm`` of the R package ordinal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis.results import Comparison, ComparisonLike, Estimate, NotEstimable
from analysis.statistics.cumulative_logit import (
    LARGEST_SLOPE,
    IntArray,
    answer_terms,
)
from analysis.statistics.risk_sets import FloatArray, as_counts
from analysis.statistics.wald import odds_ratio, wald_comparison

NAME = "ordinal_mixed"
_METHOD = "cumulative_logit;person_intercept;wald"
_STEPS = 200
_MIN_GAIN = 1e-13
#: A person's level this far spread (logits) means that nearly everybody answers alike each time.
_LARGEST_SPREAD = 12.0
# The trapezoid rule over the normal curve: its error falls as exp(−2π²/(σ·step)), below 1e-6 at
# the largest spread. Gauss–Hermite nodes lie too far apart there.
_STEP = 0.1
_NODES = np.arange(-8.0, 8.0 + _STEP / 2, _STEP)
_LOG_WEIGHTS = stats.norm.logpdf(_NODES) + math.log(_STEP)
_BLOCK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedChange:
    """Change of one ordered answer, and the answers it comes to.

    Attributes
    ----------
    changes
        Log odds ratio of a higher answer, each later wave against the first.
    shares
        Expected share of each answer, waves × answers, over the people's own levels.
    proportional_odds
        Likelihood-ratio test of one odds ratio for every step of the scale.
    spread
        σ, the standard deviation of people's own levels on the logit scale; None without a fit.
    """

    changes: tuple[ComparisonLike, ...]
    shares: tuple[tuple[Estimate, ...], ...] = ()
    proportional_odds: ComparisonLike
    spread: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Model:
    """Answer patterns (−1 = not answered) with counts, and how parameters make the cut points.

    ``cuts`` is waves × cuts × parameters; the last parameter is σ.
    """

    patterns: IntArray
    counts: FloatArray
    cuts: FloatArray


@dataclass(frozen=True, slots=True, kw_only=True)
class _Fit:
    parameters: FloatArray
    log_likelihood: float
    information: FloatArray


def ordered_change(
    answers: ArrayLike, counts: ArrayLike | None = None, ci_level: float = 0.95
) -> OrderedChange:
    """Odds of a higher answer in each later wave, for the same person.

    Use for one ordered question asked in waves that can be linked; people who missed a wave are
    in the model with what they answered (unbiased when that depends only on answers seen).

    Parameters
    ----------
    answers
        People × waves, the waves in their order: codes of ordered answers, NaN = not answered.
    counts
        People per row; default one.
    ci_level
        Coverage, 0–1.

    Returns
    -------
    OrderedChange
        Its changes are NotEstimable with ``too_few`` when fewer than two people answered twice,
        ``no_variance`` when one answer is all there is, ``not_identified`` when waves do not
        overlap, when nearly everybody gives one answer each time, or without convergence
        (``details`` says which).

    Examples
    --------
    >>> found = ordered_change([[1, 2], [2, 2], [2, 3], [3, 3], [1, 1], [2, 1]], [4, 9, 6, 5, 7, 2])
    >>> round(found.changes[0].details["odds_ratio"], 1)
    5.6
    """
    given = np.asarray(answers, dtype=np.float64)
    weight = as_counts(counts, len(given))
    model = _model(given, weight)
    n_waves, n_answers = model.cuts.shape[0], model.cuts.shape[1] + 1
    n = round(float(model.counts.sum()))
    twice = float(model.counts[(model.patterns >= 0).sum(axis=1) > 1].sum())
    refusal = NotEstimable(reason="too_few", n=n, method=_METHOD, name=NAME)
    fit: _Fit | None = None
    if twice >= 2 and n_answers < 2:
        refusal = replace(refusal, reason="no_variance")
    elif twice >= 2:
        found = _fit(model, _start(model))
        if isinstance(found, str):
            refusal = replace(refusal, reason="not_identified", details={"why": found})
        else:
            fit = found
    if fit is None:
        untested = replace(refusal, name="proportional_odds")
        return OrderedChange(changes=(refusal,) * (n_waves - 1), proportional_odds=untested)
    covariance = np.asarray(np.linalg.inv(fit.information), dtype=np.float64)
    n_missing = round(float(weight.sum())) - n
    return OrderedChange(
        changes=tuple(
            replace(_change(model, fit, covariance, wave, ci_level), n=n, n_missing=n_missing)
            for wave in range(1, n_waves)
        ),
        shares=_shares(model, fit, covariance, ci_level, n),
        proportional_odds=_test_proportional_odds(model, fit, n),
        spread=abs(float(fit.parameters[-1])),
    )


def _change(
    model: _Model, fit: _Fit, covariance: FloatArray, wave: int, ci_level: float
) -> Comparison:
    """Log odds ratio of one later wave against the first, with Wald's interval."""
    at = model.cuts.shape[1] - 1 + wave
    slope, error = float(fit.parameters[at]), math.sqrt(float(covariance[at, at]))
    first, later = model.patterns[:, 0] >= 0, model.patterns[:, wave] >= 0
    sizes = [round(float(model.counts[mask].sum())) for mask in (first, later, first & later)]
    return wald_comparison(
        name=NAME,
        estimate=slope,
        std_error=error,
        ci_level=ci_level,
        n=0,
        method=_METHOD,
        details={
            **odds_ratio(slope, error, ci_level),
            "n_categories": model.cuts.shape[1] + 1,
            "n_pre": sizes[0],
            "n_post": sizes[1],
            "n_pairs": sizes[2],
            "spread": abs(float(fit.parameters[-1])),
            "log_likelihood": fit.log_likelihood,
        },
    )


def _model(given: FloatArray, weight: FloatArray) -> _Model:
    """Distinct patterns of the answers that occur; one slope for each later wave."""
    known = np.isfinite(given)
    levels = np.unique(given[known & (weight > 0)[:, None]])
    codes = np.where(known, np.searchsorted(levels, np.where(known, given, levels[:1].sum())), -1)
    used = known.any(axis=1) & (weight > 0)
    patterns, place = np.unique(codes[used], axis=0, return_inverse=True)
    counts = np.zeros(len(patterns))
    np.add.at(counts, place.ravel(), weight[used])
    n_waves, n_cuts = given.shape[1], max(levels.size - 1, 0)
    cuts = np.zeros((n_waves, n_cuts, n_cuts + n_waves))
    for wave in range(n_waves):
        cuts[wave, :, :n_cuts] = np.eye(n_cuts)
        if wave:
            cuts[wave, :, n_cuts - 1 + wave] = -1.0
    return _Model(patterns=patterns.astype(np.int64), counts=counts, cuts=cuts)


def _start(model: _Model) -> FloatArray:
    """Cut points of the model without levels, stretched by what a spread of 1 takes away."""
    row, wave = np.nonzero(model.patterns >= 0)
    table = np.zeros(model.cuts.shape[1] + 1)
    np.add.at(table, model.patterns[row, wave], model.counts[row])
    below = np.cumsum(table)[:-1] / table.sum()
    start = np.zeros(model.cuts.shape[2])
    start[: below.size] = special.logit(below) * 1.2
    start[-1] = 1.0
    return start


def _fit(model: _Model, parameters: FloatArray) -> _Fit | str:
    """Newton steps with the exact Hessian; a word that says why when there is no maximum."""
    current = _likelihood(model, parameters)
    for _ in range(_STEPS):
        step = _ascent(current[1], current[2])
        # Twice the gain still to be had; smaller ones are lost in rounding.
        if float(current[1] @ step) < _MIN_GAIN:
            break
        advanced = _advance(model, parameters, step, current[0])
        if advanced is None:
            break
        parameters, current = advanced
        if abs(float(parameters[-1])) > _LARGEST_SPREAD:
            return "everyone_alike"
        if float(np.abs(parameters[:-1]).max()) > 10 * LARGEST_SLOPE:
            return "separation"
    value, gradient, information = current
    if float(np.abs(gradient).max()) > 1e-5 * max(1.0, float(model.counts.sum())):
        return "no_convergence"
    if float(np.linalg.eigvalsh(information)[0]) <= 1e-8:
        return "separation"
    errors = np.sqrt(np.diag(np.linalg.inv(information)))[:-1]
    slopes = parameters[model.cuts.shape[1] : -1]
    if float(errors.max()) > LARGEST_SLOPE or float(np.abs(slopes).max()) > LARGEST_SLOPE:
        return "separation"
    return _Fit(parameters=parameters, log_likelihood=value, information=information)


def _advance(
    model: _Model, parameters: FloatArray, step: FloatArray, value: float
) -> tuple[FloatArray, tuple[float, FloatArray, FloatArray]] | None:
    """Take the step, halved until the likelihood does not fall; None when it always does."""
    for halving in range(40):
        tried = parameters + step / 2.0**halving
        if bool(np.all(np.diff(model.cuts @ tried, axis=1) > 0)):
            following = _likelihood(model, tried)
            if following[0] >= value:
                return tried, following
    return None


def _ascent(gradient: FloatArray, information: FloatArray) -> FloatArray:
    """Newton's step, upwards also where the likelihood is not yet curved downwards."""
    values, vectors = np.linalg.eigh(information)
    floor = max(1e-6 * float(np.abs(values).max()), 1e-10)
    step = vectors @ ((vectors.T @ gradient) / np.maximum(np.abs(values), floor))
    longest = float(np.abs(step).max())
    return np.asarray(step * min(1.0, 3.0 / longest) if longest > 0 else step)


def _likelihood(model: _Model, parameters: FloatArray) -> tuple[float, FloatArray, FloatArray]:
    """Log-likelihood, gradient and minus the Hessian, by Louis's formula over the levels.

    Louis 1982, doi:10.1111/j.2517-6161.1982.tb01203.x.
    """
    n_waves, n_cuts, size = model.cuts.shape
    nodes = _NODES.size
    # Design of every cut at every level: waves × cuts (with both ends) × levels × parameters.
    design = np.zeros((n_waves, n_cuts + 2, nodes, size))
    design[:, 1:-1] = model.cuts[:, :, None, :]
    design[:, 1:-1, :, -1] = -_NODES
    cuts = np.einsum("wcqp,p->wcq", design, parameters)
    cuts[:, 0], cuts[:, -1] = -np.inf, np.inf
    above, below = design[:, 1:], design[:, :-1]
    terms = answer_terms(cuts[:, 1:], cuts[:, :-1])
    score = terms.by_upper[..., None] * above + terms.by_lower[..., None] * below
    value, gradient = 0.0, np.zeros(size)
    outer = np.zeros((size, size))
    # Posterior weight of each (wave, answer, level), for the curvature given the levels.
    mass = np.zeros((n_waves, n_cuts + 1, nodes))
    for first in range(0, len(model.patterns), _BLOCK):
        pattern, count = (x[first : first + _BLOCK] for x in (model.patterns, model.counts))
        log_joint = np.tile(_LOG_WEIGHTS, (len(pattern), 1))
        given = np.zeros((len(pattern), nodes, size))
        for wave in range(n_waves):
            there, answer = pattern[:, wave] >= 0, pattern[:, wave]
            log_joint[there] += terms.log_chance[wave, answer[there]]
            given[there] += score[wave, answer[there]]
        total = special.logsumexp(log_joint, axis=1)
        posterior = np.exp(log_joint - total[:, None])
        mean = np.einsum("iq,iqp->ip", posterior, given)
        weighted = posterior * count[:, None]
        value += float(count @ total)
        gradient += count @ mean
        flat = given.reshape(-1, size)
        outer += (flat * weighted.reshape(-1, 1)).T @ flat - (mean * count[:, None]).T @ mean
        for wave in range(n_waves):
            there = pattern[:, wave] >= 0
            np.add.at(mass[wave], pattern[there, wave], weighted[there])
    mixed = np.einsum("wkq,wkqa,wkqb->ab", mass * terms.both, above, below, optimize=True)
    curve = (
        np.einsum("wkq,wkqa,wkqb->ab", mass * terms.upper_twice, above, above, optimize=True)
        + np.einsum("wkq,wkqa,wkqb->ab", mass * terms.lower_twice, below, below, optimize=True)
        + mixed
        + mixed.T
    )
    return value, gradient, np.asarray(-(curve + outer))


def _shares(
    model: _Model, fit: _Fit, covariance: FloatArray, ci_level: float, n: int
) -> tuple[tuple[Estimate, ...], ...]:
    """Expected share of each answer by wave, over the levels; limits by the delta method."""
    weight = np.exp(_LOG_WEIGHTS)
    z = float(stats.norm.isf((1.0 - ci_level) / 2.0))
    found = []
    for cuts in model.cuts:
        design = np.repeat(cuts[:, None, :], _NODES.size, axis=1)
        design[:, :, -1] = -_NODES
        below = special.expit(design @ fit.parameters)
        cumulative = np.concatenate([[0.0], below @ weight, [1.0]])
        slopes = np.einsum("cq,cqp->cp", below * (1.0 - below) * weight, design)
        ends = np.zeros((1, slopes.shape[1]))
        share = np.diff(cumulative)
        gradient = np.diff(np.vstack([ends, slopes, ends]), axis=0)
        errors = np.sqrt(np.einsum("ka,ab,kb->k", gradient, covariance, gradient))
        found.append(
            tuple(_share(p, e, z, ci_level, n) for p, e in zip(share, errors, strict=True))
        )
    return tuple(found)


def _share(share: float, error: float, z: float, ci_level: float, n: int) -> Estimate:
    """Give a share with limits taken on the logit scale, so that they stay between 0 and 1."""
    middle, half = special.logit(share), z * error / (share * (1.0 - share))
    return Estimate(
        estimate=float(share),
        ci_low=float(special.expit(middle - half)),
        ci_high=float(special.expit(middle + half)),
        ci_level=ci_level,
        std_error=float(error),
        n=n,
        method=f"{_METHOD};standardised_delta",
        name="expected_share",
    )


def _test_proportional_odds(model: _Model, fit: _Fit, n: int) -> ComparisonLike:
    """Likelihood ratio against cut points of each wave's own, the spread of levels shared."""
    name, method = "proportional_odds", "likelihood_ratio"
    n_waves, n_cuts, _ = model.cuts.shape
    seen = np.array([np.bincount(one[one >= 0], minlength=n_cuts + 1) for one in model.patterns.T])
    if n_cuts < 2:
        return NotEstimable(reason="not_asked", n=n, method=method, name=name)
    if bool((seen == 0).any()):
        # A wave without one of the answers has its own cut points at infinity.
        why = {"why": "answer_unused_in_a_wave"}
        return NotEstimable(reason="not_identified", n=n, method=method, name=name, details=why)
    own = np.zeros((n_waves, n_cuts, n_waves * n_cuts + 1))
    for wave in range(n_waves):
        own[wave, :, wave * n_cuts : (wave + 1) * n_cuts] = np.eye(n_cuts)
    start = np.append((model.cuts @ fit.parameters).ravel(), fit.parameters[-1])
    wider = _fit(_Model(patterns=model.patterns, counts=model.counts, cuts=own), start)
    if isinstance(wider, str):
        why = {"why": wider}
        return NotEstimable(reason="not_identified", n=n, method=method, name=name, details=why)
    statistic = max(2.0 * (wider.log_likelihood - fit.log_likelihood), 0.0)
    df = (n_waves - 1) * (n_cuts - 1)
    return Comparison(
        name=name,
        statistic=statistic,
        df=float(df),
        p_value=float(stats.chi2.sf(statistic, df)),
        n=n,
        method=method,
    )

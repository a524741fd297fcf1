"""The mean of each wave and chosen contrasts of them, from everyone who answered any wave."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from analysis.results import ComparisonLike, Estimate, EstimateLike, NotEstimable, Reason
from analysis.statistics.counting import Floats
from analysis.statistics.mean_change import welch_t
from analysis.statistics.mixed_model import METHOD, MIN_DF, fit_waves
from analysis.statistics.proportions import wilson
from analysis.statistics.repeated_measures import WaveModel, sum_patterns
from analysis.statistics.t_tests import mean_t, t_comparison
from analysis.statistics.two_samples import compare_shares

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveEstimates:
    """Levels and contrasts of one model of all waves.

    Attributes
    ----------
    levels
        Expected mean (share) of each wave had everyone answered it.
    contrasts
        Later minus earlier wave, in the order asked for.
    method
        ``unstructured``, ``compound_symmetry``, ``uncorrelated``, ``saturated_shares`` or
        ``separate_samples``.
    """

    levels: tuple[EstimateLike, ...]
    contrasts: tuple[ComparisonLike, ...]
    method: str


def mean_trajectory(
    scores: ArrayLike, contrasts: Sequence[Pair], ci_level: float = 0.95
) -> WaveEstimates:
    """Mean score of each wave and contrasts of waves, one model of everyone's answers.

    Use from three waves on. Unbiased when drop-out depends on earlier answers (missing at random).

    Parameters
    ----------
    scores
        People by waves, NaN where not answered; rows without any answer are left out.
    contrasts
        (earlier, later) columns.
    ci_level
        Coverage, 0–1.

    Notes
    -----
    REML with a variance for each wave and a covariance for each two, standard errors and degrees of
    freedom as :func:`~analysis.statistics.mixed_model.mixed_change`. A wave in which everyone gave
    the same answer has that mean and no error; the others are estimated without it. Fewer than two
    people in two waves: the waves are separate samples.

    Examples
    --------
    >>> table = [[1, 2, 2], [2, 4, 3], [3, 3, 5], [4, 6, 5], [2, 3, 3]]
    >>> found = mean_trajectory(table, [(0, 1), (0, 2)])
    >>> round(found.contrasts[0].estimate, 6), found.method
    (1.2, 'unstructured')
    """
    table = as_table(scores)
    seen = np.isfinite(table)
    spread = np.array([np.ptp(c[np.isfinite(c)]) if np.isfinite(c).any() else 0.0 for c in table.T])
    varying = np.flatnonzero(spread > 0)
    linked = int((seen[:, varying].sum(axis=1) > 1).sum())
    if linked < 2 or varying.size < 2:
        return separate_waves(table, contrasts, ci_level)
    model_rows = table[:, varying][seen[:, varying].any(axis=1)]
    centre = float(np.nanmean(model_rows))
    fit = fit_waves(sum_patterns(model_rows - centre, np.ones(len(model_rows))), "unstructured")
    if fit is None:
        return _refused(table, contrasts, "no_variance")
    place = {int(wave): at for at, wave in enumerate(varying)}
    method = METHOD.format(covariance=fit.covariance)

    def level(wave: int) -> EstimateLike:
        n, known = int(seen[:, wave].sum()), table[seen[:, wave], wave]
        if n == 0:
            return NotEstimable(reason="no_data", method=method, name="level")
        if wave not in place:
            same = float(known[0])
            return Estimate(estimate=same, n=n, method="everyone_alike", name="level")
        direction = np.eye(varying.size)[place[wave]]
        found = _contrast(fit.model, direction, ci_level, method, n=n, offset=centre)
        return _as_level(found)

    def contrast(pair: Pair) -> ComparisonLike:
        if not all(seen[:, wave].any() for wave in pair):
            return NotEstimable(reason="no_data", method=method, name="mixed_model")
        direction, offset = np.zeros(varying.size), 0.0
        for wave, sign in zip(pair, (-1.0, 1.0), strict=True):
            if wave in place:
                direction[place[wave]] += sign
                offset += sign * centre
            else:
                offset += sign * float(table[seen[:, wave], wave][0])
        return _contrast(fit.model, direction, ci_level, method, n=len(table), offset=offset)

    return WaveEstimates(
        levels=tuple(level(wave) for wave in range(table.shape[1])),
        contrasts=tuple(contrast(pair) for pair in contrasts),
        method=fit.covariance,
    )


def separate_waves(
    scores: ArrayLike, contrasts: Sequence[Pair], ci_level: float = 0.95, *, share: bool = False
) -> WaveEstimates:
    """Levels and contrasts of waves whose answers cannot be linked: Welch's t, or two shares.

    Parameters
    ----------
    share
        Whether the scores are yes (1) and no (0): Wilson's interval of each wave, Newcombe's of a
        contrast.
    """
    table = as_table(scores)
    waves = [column[np.isfinite(column)] for column in table.T]

    def contrast(pair: Pair) -> ComparisonLike:
        before, after = (waves[at] for at in pair)
        if share:
            yes = [(float(w.sum()), float(w.size)) for w in (before, after)]
            return compare_shares(*yes[0], *yes[1], ci_level=ci_level)
        return welch_t(before, after, ci_level=ci_level)

    return WaveEstimates(
        levels=tuple(
            replace(wilson(float(w.sum()), w.size, ci_level=ci_level), name="level")
            if share
            else _mean(w, ci_level)
            for w in waves
        ),
        contrasts=tuple(contrast(pair) for pair in contrasts),
        method="separate_samples",
    )


def as_table(scores: ArrayLike) -> Floats:
    """People by waves without the people who never answered."""
    table = np.asarray(scores, dtype=np.float64)
    return np.asarray(table[np.isfinite(table).any(axis=1)])


def _contrast(
    model: WaveModel, direction: Floats, ci_level: float, method: str, *, n: int, offset: float
) -> ComparisonLike:
    variance, df = model.variance(direction), model.degrees_of_freedom(direction)
    if variance <= 0 or df < MIN_DF:
        reason: Reason = "no_variance" if variance <= 0 else "too_few"
        return NotEstimable(reason=reason, n=n, method=method, name="mixed_model")
    return t_comparison(
        name="mixed_model",
        estimate=offset + float(direction @ model.means),
        std_error=math.sqrt(variance),
        df=df,
        ci_level=ci_level,
        n=n,
        method=method,
    )


def _as_level(found: ComparisonLike) -> EstimateLike:
    if isinstance(found, NotEstimable) or found.estimate is None:
        return NotEstimable(reason="too_few", n=found.n, method=found.method, name="level")
    return Estimate(
        estimate=found.estimate,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        ci_level=found.ci_level,
        std_error=found.std_error,
        n=found.n,
        method=found.method,
        name="level",
    )


def _mean(values: Floats, ci_level: float) -> EstimateLike:
    if values.size < 2:
        reason: Reason = "no_data" if values.size == 0 else "too_few"
        return NotEstimable(reason=reason, n=values.size, method="mean_t", name="level")
    return mean_t(values, ci_level=ci_level, name="level")


def _refused(table: Floats, contrasts: Sequence[Pair], reason: Reason) -> WaveEstimates:
    method = METHOD.format(covariance="unstructured")
    none = NotEstimable(reason=reason, n=len(table), method=method, name="mixed_model")
    return WaveEstimates(
        levels=(none,) * table.shape[1], contrasts=(none,) * len(contrasts), method="unstructured"
    )

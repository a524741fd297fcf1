"""How large a change people themselves call better: thresholds from one global question."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from analysis.results import Comparison, Estimate, EstimateLike, NotEstimable
from analysis.statistics.counting import Floats, as_floats
from analysis.statistics.mean_change import paired_t

#: A question that follows the change less than this cannot give a threshold. Revicki et al. 2008,
#: doi:10.1016/j.jclinepi.2007.03.012.
MIN_CORRELATION = 0.3
#: Fewest people who say better, and who do not, for a threshold between them.
MIN_EACH = 10
RESAMPLES = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorDifference:
    """Important difference by a global question on how things changed.

    Attributes
    ----------
    n, n_better
        People with a change and an answer; those of them who say better.
    correlation
        Spearman's, of change and answer.
    strong
        Whether the correlation reaches 0.30; a weaker question sets no threshold.
    mean_change
        Mean gain of those who say "a little better" (the smallest step up).
    predictive
        Gain that speaks as much for better as for not better, adjusted for the share better.
    roc
        Gain that separates the two best (Youden); ``auc`` is the share of pairs in right order.
    """

    n: int
    n_better: int
    correlation: EstimateLike
    strong: bool
    mean_change: EstimateLike
    predictive: EstimateLike
    roc: EstimateLike
    auc: float | None


def anchor_difference(gain: ArrayLike, answer: ArrayLike, seed: int = 20261124) -> AnchorDifference:
    """Estimate the important difference from gains and answers to one global question.

    Parameters
    ----------
    gain
        Change of each person, positive = better, score units.
    answer
        Steps of the global question: 0 = the same, above 0 better, below 0 worse.

    Notes
    -----
    Predictive: logistic regression of better on gain; MIC = (logit p − a)/b at the share better
    p, less (0.090 + 0.103 r)·SD·logit p, r the correlation of gain and better, because p ≠ ½
    biases it. Terluin et al. 2015, doi:10.1016/j.jclinepi.2015.03.015, and 2017,
    doi:10.1016/j.jclinepi.2016.12.015. Intervals of ``predictive`` and ``roc``: percentiles of
    500 resamples of people.

    Examples
    --------
    >>> anchor_difference([1.0, 2.0], [0, 1]).predictive.reason
    'too_few'
    """
    x, step = as_floats(gain), as_floats(answer)
    known = np.isfinite(x) & np.isfinite(step)
    x, step = x[known], step[known]
    better = step > 0
    n, n_better = int(x.size), int(better.sum())
    correlation = _spearman(x, step)
    strong = isinstance(correlation, Estimate) and correlation.estimate >= MIN_CORRELATION
    little = x[better & (step == step[better].min())] if n_better else x[:0]
    none = NotEstimable(
        reason="too_few" if min(n_better, n - n_better) < MIN_EACH else "no_variance",
        n=n,
        details={"needed": MIN_EACH},
    )
    found = AnchorDifference(
        n=n,
        n_better=n_better,
        correlation=correlation,
        strong=strong,
        mean_change=_mean(little),
        predictive=none,
        roc=none,
        auc=None,
    )
    if none.reason == "too_few" or float(np.ptp(x)) <= 0:
        return found
    rng = np.random.default_rng(seed)
    draws = np.array([_thresholds(x, better, rng.integers(0, n, n)) for _ in range(RESAMPLES)])
    predictive, roc = _thresholds(x, better, np.arange(n))
    ranks = stats.rankdata(x)
    auc = (ranks[better].sum() - n_better * (n_better + 1) / 2) / (n_better * (n - n_better))
    return replace(
        found,
        predictive=_with_percentiles(predictive, draws[:, 0], n, "predictive_adjusted"),
        roc=_with_percentiles(roc, draws[:, 1], n, "youden"),
        auc=float(auc),
    )


def _spearman(x: Floats, step: Floats) -> EstimateLike:
    n = int(x.size)
    if n < 4:
        return NotEstimable(reason="too_few", n=n, method="spearman", name="correlation")
    if float(np.ptp(x)) <= 0 or float(np.ptp(step)) <= 0:
        return NotEstimable(reason="no_variance", n=n, method="spearman", name="correlation")
    r = float(np.corrcoef(stats.rankdata(x), stats.rankdata(step))[0, 1])
    # Bonett & Wright 2000, doi:10.1007/BF02294183: ranks need more than Fisher's 1/(n − 3).
    half = 1.959963984540054 * math.sqrt((1 + r * r / 2) / (n - 3))
    z = math.atanh(max(-0.999999, min(0.999999, r)))
    return Estimate(
        estimate=r,
        ci_low=math.tanh(z - half),
        ci_high=math.tanh(z + half),
        n=n,
        method="spearman;bonett_wright",
        name="correlation",
    )


def _mean(gains: Floats) -> EstimateLike:
    found = paired_t(np.zeros(gains.size), gains)
    if not isinstance(found, Comparison) or found.estimate is None:
        reason = found.reason if isinstance(found, NotEstimable) else "no_data"
        return NotEstimable(reason=reason, n=int(gains.size), method="mean_t", name="mean_change")
    return Estimate(
        estimate=found.estimate,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        std_error=found.std_error,
        n=found.n,
        method="mean_t;a_little_better",
        name="mean_change",
    )


def _thresholds(x: Floats, better: np.ndarray, rows: np.ndarray) -> tuple[float, float]:
    """Predictive and ROC threshold of the people in ``rows``; NaN where one side is empty."""
    x, y = x[rows], better[rows].astype(np.float64)
    share = float(y.mean())
    if not 0 < share < 1 or float(np.ptp(x)) <= 0:
        return math.nan, math.nan
    odds = math.log(share / (1 - share))
    intercept, slope = _logistic(x, y)
    correlation = float(np.corrcoef(x, y)[0, 1])
    shift = (0.090 + 0.103 * correlation) * float(x.std(ddof=1)) * odds
    predictive = (odds - intercept) / slope - shift if slope > 1e-8 else math.nan
    cuts = np.unique(x)
    order = np.sort(x[y == 1]), np.sort(x[y == 0])
    hit, wrong = (1 - np.searchsorted(part, cuts, side="left") / part.size for part in order)
    return predictive, float(cuts[int(np.argmax(hit - wrong))])


def _logistic(x: Floats, y: Floats) -> tuple[float, float]:
    """Intercept and slope by Newton's method on standardised gains."""
    centre, scale = float(x.mean()), float(x.std())
    design = np.column_stack([np.ones_like(x), (x - centre) / scale])
    beta = np.zeros(2)
    for _ in range(50):
        p = special.expit(design @ beta)
        weight = np.maximum(p * (1 - p), 1e-10)
        step = np.linalg.solve((design * weight[:, None]).T @ design, design.T @ (y - p))
        # Gains that separate the answers wholly have no finite slope; 30 is steep enough.
        beta = np.clip(beta + step, -30, 30)
        if float(np.abs(step).max()) < 1e-12:
            break
    return float(beta[0] - beta[1] * centre / scale), float(beta[1] / scale)


def _with_percentiles(value: float, draws: Floats, n: int, name: str) -> EstimateLike:
    finite = draws[np.isfinite(draws)]
    if not math.isfinite(value) or finite.size < RESAMPLES / 2:
        return NotEstimable(reason="not_identified", n=n, method=name, name=name)
    low, high = np.quantile(finite, [0.025, 0.975])
    return Estimate(
        estimate=value,
        ci_low=float(low),
        ci_high=float(high),
        std_error=float(finite.std(ddof=1)),
        n=n,
        method=f"{name};percentile_bootstrap_{RESAMPLES}",
        name=name,
    )

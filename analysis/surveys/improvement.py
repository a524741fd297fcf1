"""Who got better, stayed the same, got worse: counts of pairs against a stated threshold."""

from __future__ import annotations

import math

import numpy as np

from analysis.plan import MeasurePlan
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.statistics.anchor import AnchorDifference, anchor_difference
from analysis.statistics.change_reliability import reliable_change_index
from analysis.statistics.paired_categories import tango_limits
from analysis.statistics.proportions import wilson
from analysis.study import Study
from analysis.surveys.analyses import CountedScores, family_of
from analysis.surveys.panel import Panel, has_column
from analysis.surveys.results import Improved, Reliability

_TOLERANCE = 1e-9


def ask_anchor(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]
) -> AnchorDifference | None:
    """Estimate the important difference from the global question asked in the later wave.

    None without such a question, without linked answers, for yes/no items and for categories.
    """
    survey = study.survey
    if survey is None or panel.anonymous or not has_column(study, "anchor"):
        return None
    if family_of(measure) != "mean":
        return None
    pre, post = panel.pair(measure.name, waves)
    row = panel.row[:, panel.wave_index(waves[1])]
    given = survey.keys["anchor"].to_numpy(dtype=np.float64)
    answer = np.where(row >= 0, given[row], np.nan)
    if not np.isfinite(answer).any():
        return None
    sign = 1.0 if measure.better == "higher" else -1.0
    return anchor_difference(sign * (post - pre), answer, seed=study.plan.study.seed)


def count_improved(
    contrast: CountedScores,
    reliability: Reliability | None,
    anchor: AnchorDifference | None = None,
) -> Improved | None:
    """Count pairs better, same, worse; None without pairs or for categories.

    Threshold: the declared important difference; else that of a global question that follows the
    change well enough (Terluin et al. 2017, doi:10.1016/j.jclinepi.2016.12.015); else the reliable
    change (Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12) from the baseline's SD and alpha.
    Without any of them nobody is counted: half of all people move up by measurement error alone.

    Parameters
    ----------
    reliability
        Of the first wave, for the reliable change index.
    anchor
        Important difference by a global question.
    """
    if contrast.n_pairs == 0 or contrast.family == "category":
        return None
    index, n = _reliable_change(contrast, reliability), contrast.n_pairs
    threshold, source = _threshold(contrast, index, anchor)
    beyond = _count_beyond(contrast, index, inclusive=False) if index is not None else (None, None)
    if threshold is None:
        none = NotEstimable(reason="not_identified", n=n, method="needs_threshold")
        return Improved(
            better=none, same=none, worse=none, net=none, threshold=None, threshold_source=source
        )
    inclusive = source in ("important_difference", "anchor")
    better, worse = _count_beyond(contrast, threshold, inclusive=inclusive)
    return Improved(
        better=wilson(better, n),
        same=wilson(n - better - worse, n),
        worse=wilson(worse, n),
        net=_net(better, worse, n),
        threshold=threshold,
        threshold_source=source,
        n_better=better,
        n_same=n - better - worse,
        n_worse=worse,
        reliable_better=beyond[0],
        reliable_worse=beyond[1],
        reliable_change=index,
        smallest_detectable=index,
        smallest_detectable_mean=None if index is None else index / math.sqrt(n),
    )


def _net(better: int, worse: int, n: int) -> EstimateLike:
    """Share better minus share worse: noise moves as many people up as down."""
    low, high = tango_limits(better, worse, n)
    return Estimate(
        estimate=(better - worse) / n,
        ci_low=low,
        ci_high=high,
        n=n,
        method="tango",
        name="net_improved",
    )


def _threshold(
    contrast: CountedScores, index: float | None, anchor: AnchorDifference | None
) -> tuple[float | None, str]:
    declared = contrast.measure.important_difference
    if contrast.family == "binary":
        return 0.0, "yes_no"
    if declared is not None:
        return declared, "important_difference"
    asked = anchor.predictive if anchor is not None and anchor.strong else None
    # A threshold of no change or less would count everyone who did not get worse.
    if isinstance(asked, Estimate) and asked.estimate > 0:
        return asked.estimate, "anchor"
    return (index, "reliable_change") if index is not None else (None, "none")


def _reliable_change(contrast: CountedScores, reliability: Reliability | None) -> float | None:
    if reliability is None or isinstance(reliability.alpha, NotEstimable):
        return None
    start = contrast.start
    if start.total < 2 or not isinstance(reliability.alpha, Estimate):
        return None
    return reliable_change_index(float(start.variance) ** 0.5, reliability.alpha.estimate)


def _count_beyond(contrast: CountedScores, threshold: float, *, inclusive: bool) -> tuple[int, int]:
    pairs = contrast.pairs
    gain = (pairs.post - pairs.pre) * (1 if contrast.measure.better == "higher" else -1)
    edge = threshold - _TOLERANCE if inclusive else threshold + _TOLERANCE
    up, down = (round(float(pairs.counts[side].sum())) for side in (gain > edge, gain < -edge))
    return up, down

"""Who got better, stayed the same, got worse: counts of pairs against a stated threshold."""

from __future__ import annotations

from analysis.results import Estimate, NotEstimable
from analysis.statistics.change_reliability import reliable_change_index
from analysis.statistics.proportions import wilson
from analysis.surveys.analyses import Contrast
from analysis.surveys.results import Improved, Reliability

_TOLERANCE = 1e-9


def count_improved(contrast: Contrast, reliability: Reliability | None) -> Improved | None:
    """Count pairs better, same, worse; None without pairs or for categories.

    Threshold: the important difference; else the reliable change (Jacobson & Truax 1991,
    doi:10.1037/0022-006X.59.1.12) from the baseline's SD and alpha; else any change.

    Parameters
    ----------
    reliability
        Of the first wave, for the reliable change index.
    """
    if contrast.n_pairs == 0 or contrast.family == "category":
        return None
    index = _reliable_change(contrast, reliability)
    threshold, source = _threshold(contrast, index)
    better, worse = _count_beyond(contrast, threshold, inclusive=source == "important_difference")
    n = contrast.n_pairs
    beyond = _count_beyond(contrast, index, inclusive=False) if index is not None else (None, None)
    return Improved(
        better=wilson(better, n),
        same=wilson(n - better - worse, n),
        worse=wilson(worse, n),
        threshold=threshold,
        threshold_source=source,
        n_better=better,
        n_same=n - better - worse,
        n_worse=worse,
        reliable_better=beyond[0],
        reliable_worse=beyond[1],
        reliable_change=index,
    )


def _threshold(contrast: Contrast, index: float | None) -> tuple[float, str]:
    declared = contrast.measure.important_difference
    if contrast.family == "binary":
        return 0.0, "any_change"
    if declared is not None:
        return declared, "important_difference"
    return (index, "reliable_change") if index is not None else (0.0, "any_change")


def _reliable_change(contrast: Contrast, reliability: Reliability | None) -> float | None:
    if reliability is None or isinstance(reliability.alpha, NotEstimable):
        return None
    start = contrast.start
    if start.total < 2 or not isinstance(reliability.alpha, Estimate):
        return None
    return reliable_change_index(float(start.variance) ** 0.5, reliability.alpha.estimate)


def _count_beyond(contrast: Contrast, threshold: float, *, inclusive: bool) -> tuple[int, int]:
    pairs = contrast.pairs
    gain = (pairs.post - pairs.pre) * (1 if contrast.measure.better == "higher" else -1)
    edge = threshold - _TOLERANCE if inclusive else threshold + _TOLERANCE
    up, down = (round(float(pairs.counts[side].sum())) for side in (gain > edge, gain < -edge))
    return up, down

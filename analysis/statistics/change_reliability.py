"""How large a person's own change must be before measurement error cannot explain it."""

from __future__ import annotations

import math

from scipy import stats


def reliable_change_index(
    sd_pre: float | None, reliability: float | None, ci_level: float = 0.95
) -> float | None:
    """Smallest reliable change of one person, in score units.

    Use beside, never instead of, the important difference: it needs a reliability that holds
    for this community and says nothing of the cause.

    Parameters
    ----------
    sd_pre
        Standard deviation of the baseline scores.
    reliability
        Reliability of the score, 0–1 (alpha or retest).
    ci_level
        Certainty wanted, 0–1.

    Returns
    -------
    float or None
        None when either input is missing, or the reliability is below 0 or above 1.

    Notes
    -----
    z √2 · SD √(1 − r). Jacobson & Truax 1991, doi:10.1037/0022-006X.59.1.12.

    Examples
    --------
    >>> round(reliable_change_index(7.5, 0.80), 4)
    9.2969
    """
    if sd_pre is None or reliability is None or sd_pre <= 0 or not 0 <= reliability <= 1:
        return None
    error = sd_pre * math.sqrt(1.0 - reliability)
    return float(stats.norm.isf((1.0 - ci_level) / 2.0)) * math.sqrt(2.0) * error

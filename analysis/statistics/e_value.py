"""E-value: how strong something unmeasured would have to be to explain a difference away."""

from __future__ import annotations

import math


def e_value(risk_ratio: float) -> float:
    """Give the smallest risk ratio with group and outcome that could explain a ratio away.

    E = RR + √(RR(RR − 1)), for RR ≥ 1; below 1 that of 1/RR. VanderWeele & Ding 2017,
    doi:10.7326/M16-2607.

    Examples
    --------
    Maternal breastfeeding and infant death in the paper: RR 3.9, E-value 7.26.

    >>> round(e_value(3.9), 2), e_value(1.0)
    (7.26, 1.0)
    """
    ratio = max(risk_ratio, 1 / risk_ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def e_value_of_limit(estimate: float, low: float, high: float) -> float:
    """E-value of the limit nearer to no effect: 1 when the interval of the ratio holds 1.

    Examples
    --------
    >>> round(e_value_of_limit(3.9, 1.8, 8.7), 2), e_value_of_limit(1.2, 0.9, 1.6)
    (3.0, 1.0)
    """
    if low <= 1 <= high:
        return 1.0
    return e_value(low if estimate > 1 else high)


def ratio_of_difference(difference: float, spread: float) -> float:
    """Risk ratio that a difference of means comes to: exp(0.91 × difference / SD).

    Chinn's and Hasselblad's conversion as used by VanderWeele & Ding 2017.

    Parameters
    ----------
    difference, spread
        In score units; ``spread`` is the standard deviation of the scores.

    Examples
    --------
    >>> round(ratio_of_difference(0.5, 1.0), 3)
    1.576
    """
    return math.exp(0.91 * difference / spread)

"""Noncentral t: interval of a noncentrality, and Hedges' small-sample factor."""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special, stats

_LARGEST_NONCENTRALITY = 37.0


def noncentrality_limits(t: float, df: float, ci_level: float = 0.95) -> tuple[float, float]:
    """Interval of the noncentrality of an observed t.

    Notes
    -----
    Inverts the noncentral t (Steiger & Fouladi 1997); beyond |t| = 37 or df = 100 000, where the
    distribution function loses its digits, the normal approximation Φ((t(1−1/4ν) − δ)/√(1+t²/2ν)).

    Examples
    --------
    >>> [round(limit, 6) for limit in noncentrality_limits(2.569046515733026, 11)]
    [0.295996, 4.753025]
    """
    tail = (1.0 - ci_level) / 2.0
    z, centre = float(stats.norm.isf(tail)), t * (1.0 - 1.0 / (4.0 * df))
    half = z * math.sqrt(1.0 + t * t / (2.0 * df))
    if abs(t) > _LARGEST_NONCENTRALITY or df > 1e5:
        return centre - half, centre + half
    if t < 0:
        low, high = noncentrality_limits(-t, df, ci_level)
        return -high, -low
    return _inverted(1.0 - tail, t, df, centre - half), _inverted(tail, t, df, centre + half)


def _inverted(share: float, t: float, df: float, near: float) -> float:
    """Noncentrality at which P(T ≤ t) = share, searched outwards from a close guess."""

    def excess(ncp: float) -> float:
        reached = float(special.nctdtr(df, ncp, t))
        if math.isnan(reached):  # far in a tail, where the series loses its digits
            reached = 1.0 if ncp < t else 0.0
        return reached - share

    low, high, reach = near, near, 0.25
    while excess(low) < 0:
        low, reach = low - reach, 2.0 * reach
    reach = 0.25
    while excess(high) > 0:
        high, reach = high + reach, 2.0 * reach
    return low if low == high else float(optimize.brentq(excess, low, high, xtol=1e-13, rtol=1e-13))


def hedges_correction(df: float) -> float:
    """Exact small-sample factor J = Γ(ν/2) / (√(ν/2) Γ((ν−1)/2)); Hedges 1981.

    Examples
    --------
    >>> round(hedges_correction(9), 12)
    0.913874891793
    """
    log_ratio = special.gammaln(df / 2.0) - special.gammaln((df - 1.0) / 2.0)
    return float(np.exp(log_ratio - 0.5 * math.log(df / 2.0)))

"""Is a session's rate out of the ordinary? Limits of a p-chart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

MIN_SESSIONS = 6
"""Fewer sessions say too little about how sessions usually differ; from six on one session in
three hundred falls outside by chance (simulated, ``docs/coverage.md``)."""
_MEAN_RANGE_OF_TWO = 1.128
"""d₂: the mean range of two standard normal draws, 2/√π."""


def p_chart_limits(
    attended: npt.ArrayLike, registered: npt.ArrayLike, sigmas: float = 3.0
) -> tuple[tuple[float | None, float | None], ...]:
    """Give the limits within which each session's rate varies by chance alone.

    p̄ ± 3·√(p̄(1 − p̄)/n) with p̄ pooled over sessions, cut to 0–1 (Shewhart). The people of one
    session are as good as drawn anew: see :func:`laney_limits` where they are not. Approximate
    where n·p̄ is below 5.

    Parameters
    ----------
    attended, registered
        Numbers per session.
    sigmas
        Width of the limits.

    Returns
    -------
    tuple of (low, high) per session
        None for a session without a denominator, or when there is none at all.

    References
    ----------
    Montgomery 2012, *Introduction to Statistical Quality Control*, §7.3.

    Examples
    --------
    >>> p_chart_limits([50, 50], [100, 100])[0]
    (0.35, 0.65)
    """
    came = np.asarray(attended, dtype=np.float64)
    size = np.asarray(registered, dtype=np.float64)
    known = np.isfinite(came) & np.isfinite(size) & (size > 0)
    if not bool(known.any()):
        return tuple((None, None) for _ in range(size.size))
    rate = min(float(came[known].sum() / size[known].sum()), 1.0)
    half = sigmas * np.sqrt(rate * (1 - rate) / np.where(known, size, 1.0))
    low, high = np.maximum(rate - half, 0).tolist(), np.minimum(rate + half, 1).tolist()
    return tuple(
        (lo, hi) if ok else (None, None)
        for lo, hi, ok in zip(low, high, known.tolist(), strict=True)
    )


def laney_limits(
    attended: npt.ArrayLike, registered: npt.ArrayLike, sigmas: float = 3.0
) -> tuple[tuple[float | None, float | None], ...]:
    """Give the limits within which each session's rate varies as sessions usually do (p′-chart).

    Use for attendance: the same people come again and again, so that sessions differ less than
    chance would make them, or rain and holidays move everybody, so that they differ more. The
    binomial limits of :func:`p_chart_limits` are multiplied by σ_z, the mean moving range of the
    sessions' z-scores in their order over 1.128. Limits are never narrower than one person.

    Parameters
    ----------
    attended, registered
        Numbers per session, in time order.
    sigmas
        Width of the limits.

    Returns
    -------
    tuple of (low, high) per session
        As :func:`p_chart_limits`, whose limits hold below ``MIN_SESSIONS`` sessions with a
        denominator, and where everybody or nobody came.

    References
    ----------
    Laney 2002, Quality Engineering 14, 531–537, doi:10.1081/QEN-120003555.
    """
    plain = p_chart_limits(attended, registered, sigmas)
    came = np.asarray(attended, dtype=np.float64)
    size = np.asarray(registered, dtype=np.float64)
    known = np.isfinite(came) & np.isfinite(size) & (size > 0)
    if int(known.sum()) < MIN_SESSIONS:
        return plain
    came, size = came[known], size[known]
    rate = min(float(came.sum() / size.sum()), 1.0)
    error = np.sqrt(rate * (1 - rate) / size)
    if rate in (0.0, 1.0):
        return plain
    z = (came / size - rate) / error
    between = float(np.abs(np.diff(z)).mean()) / _MEAN_RANGE_OF_TWO
    half = np.maximum(sigmas * error * between, 1 / size)
    limits = iter(
        zip(np.maximum(rate - half, 0).tolist(), np.minimum(rate + half, 1).tolist(), strict=True)
    )
    return tuple(next(limits) if ok else (None, None) for ok in known.tolist())

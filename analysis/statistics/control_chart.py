"""Is a session's rate out of the ordinary? Limits of a p-chart."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt


def p_chart_limits(
    attended: npt.ArrayLike, registered: npt.ArrayLike, sigmas: float = 3.0
) -> tuple[tuple[float | None, float | None], ...]:
    """Give the limits within which each session's rate varies by chance.

    p̄ ± 3·√(p̄(1 − p̄)/n) with p̄ pooled over sessions, cut to 0–1 (Shewhart); approximate where
    n·p̄ is below 5.

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

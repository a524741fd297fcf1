"""Weights that make a sample look like its community, and what they cost in precision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analysis.statistics.risk_sets import FloatArray, IntArray, as_counts, group_sums


@dataclass(frozen=True, slots=True, kw_only=True)
class RakedWeights:
    """Raking weights.

    Attributes
    ----------
    weights
        One per row, mean 1 over people.
    converged
        Whether every margin is within the tolerance.
    max_error
        Largest gap between a weighted share and its target, 0–1.
    kish_effect
        Loss of precision: n·Σw²/(Σw)², 1 = none.
    n_effective
        n / kish_effect.
    reason
        Empty, or why not possible: ``no_data``, ``empty_category`` (a target above 0 that nobody
        in the sample meets), ``not_converged``.
    """

    weights: tuple[float, ...]
    converged: bool
    max_error: float
    kish_effect: float
    n_effective: float
    reason: str = ""


def rake(
    margins: Sequence[tuple[npt.ArrayLike, npt.ArrayLike]],
    tol: float = 1e-8,
    counts: npt.ArrayLike | None = None,
    max_sweeps: int = 1000,
) -> RakedWeights:
    """Weight rows so that each margin has its target shares (iterative proportional fitting).

    Parameters
    ----------
    margins
        Pairs of (category code per row from 0, −1 unknown; target share per category, scaled to
        sum to 1). Rows of unknown category keep their weight in that margin.
    tol
        Largest gap allowed between weighted share and target.
    counts
        People per row.

    References
    ----------
    Deming & Stephan 1940, doi:10.1214/aoms/1177731829.

    Examples
    --------
    >>> rake([([0, 0, 0, 1], [0.5, 0.5])]).weights[3]
    2.0
    """
    parts = [_margin(codes, target) for codes, target in margins]
    size = parts[0][0].size if parts else 0
    people = as_counts(counts, size)
    if size == 0 or people.sum() <= 0:
        return _raked(np.ones(size), people, parts, "no_data")
    if any(_unreachable(codes, target, people) for codes, target in parts):
        return _raked(np.ones(size), people, parts, "empty_category")
    weights = np.ones(size)
    for _ in range(max_sweeps):
        for codes, target in parts:
            weights = _fit_margin(weights, people, codes, target)
        if _gap(weights, people, parts) <= tol:
            return _raked(weights, people, parts, "")
    return _raked(weights, people, parts, "not_converged")


def kish_design_effect(w: npt.ArrayLike, counts: npt.ArrayLike | None = None) -> float:
    """Give the loss of precision from unequal weights: n·Σw²/(Σw)², 1 when all are equal.

    References
    ----------
    Kish 1965, *Survey Sampling*, §11.7.

    Examples
    --------
    >>> kish_design_effect([1, 3])
    1.25
    """
    given = np.asarray(w, dtype=np.float64)
    people = as_counts(counts, given.size)
    total = float(people @ given)
    return float(people.sum() * (people @ given**2) / total**2) if total > 0 else 1.0


def _margin(codes: npt.ArrayLike, target: npt.ArrayLike) -> tuple[IntArray, FloatArray]:
    shares = np.asarray(target, dtype=np.float64)
    return np.asarray(codes, dtype=np.intp), shares / shares.sum()


def _unreachable(codes: IntArray, target: FloatArray, people: FloatArray) -> bool:
    known = codes >= 0
    there = group_sums(codes[known], people[known], target.size)
    return bool(np.any((target > 0) & (there == 0)))


def _shares(
    weights: FloatArray, people: FloatArray, codes: IntArray, size: int
) -> tuple[FloatArray, float]:
    known = codes >= 0
    held = group_sums(codes[known], (weights * people)[known], size)
    return held, float(held.sum())


def _fit_margin(
    weights: FloatArray, people: FloatArray, codes: IntArray, target: FloatArray
) -> FloatArray:
    held, total = _shares(weights, people, codes, target.size)
    factor = np.append(np.where(held > 0, target * total / np.where(held > 0, held, 1), 1.0), 1.0)
    return np.asarray(weights * factor[codes])


def _gap(
    weights: FloatArray, people: FloatArray, parts: Sequence[tuple[IntArray, FloatArray]]
) -> float:
    gaps = [0.0]
    for codes, target in parts:
        held, total = _shares(weights, people, codes, target.size)
        gaps.append(float(np.abs(held / total - target).max()) if total > 0 else 1.0)
    return max(gaps)


def _raked(
    weights: FloatArray,
    people: FloatArray,
    parts: Sequence[tuple[IntArray, FloatArray]],
    reason: str,
) -> RakedWeights:
    n, total = float(people.sum()), float(people @ weights)
    scaled = weights * (n / total) if total > 0 else weights
    effect = kish_design_effect(scaled, people)
    return RakedWeights(
        weights=tuple(scaled.tolist()),
        converged=reason == "",
        max_error=_gap(scaled, people, parts),
        kish_effect=effect,
        n_effective=n / effect,
        reason=reason,
    )

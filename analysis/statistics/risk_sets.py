"""Who was at risk when: spells cleaned, and counted per distinct time.

Everything in :mod:`analysis.statistics.survival` rests on these counts: a spell takes part in
the risk set at time t when ``entry < t <= duration``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.intp]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Usable spells.

    Attributes
    ----------
    duration, entry
        Days from the start to leaving or censoring, and to entering observation (−inf: from the
        start).
    cause
        0 censored, otherwise the code of the event.
    counts
        How many people each row stands for.
    kept
        Which of the given rows are usable.
    n, n_missing
        People used and left out.
    """

    duration: FloatArray
    entry: FloatArray
    cause: IntArray
    counts: FloatArray
    kept: BoolArray
    n: int
    n_missing: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskTable:
    """Distinct times (first is 0) with people at risk, events and censorings at each."""

    time: FloatArray
    at_risk: FloatArray
    events: FloatArray
    censored: FloatArray


def as_counts(counts: npt.ArrayLike | None, length: int) -> FloatArray:
    """Give the counts as float64, ones when there are none.

    Raises
    ------
    ValueError
        When the lengths differ or a count is negative: a programming mistake.
    """
    if counts is None:
        return np.ones(length)
    given = np.asarray(counts, dtype=np.float64)
    if given.shape != (length,) or bool(np.any(given < 0)):
        raise ValueError(f"counts: want {length} non-negative numbers, got shape {given.shape}")
    return given


def usable_spells(
    duration: npt.ArrayLike,
    cause: npt.ArrayLike,
    entry: npt.ArrayLike | None = None,
    counts: npt.ArrayLike | None = None,
    also: npt.ArrayLike | None = None,
) -> Spells:
    """Keep the spells that can be used: a duration of 0 or more that ends after its entry.

    Parameters
    ----------
    duration, cause, entry, counts
        One value per row; ``cause`` may be bool.
    also
        Further condition per row (for example: covariates known).
    """
    time = np.asarray(duration, dtype=np.float64)
    weight = as_counts(counts, time.size)
    start = np.full(time.size, -np.inf) if entry is None else _entry(entry)
    kept = np.isfinite(time) & (time >= 0) & (start < time) & (weight > 0)
    if also is not None:
        kept = kept & np.asarray(also, dtype=np.bool_)
    return Spells(
        duration=time[kept],
        entry=start[kept],
        cause=np.asarray(cause).astype(np.intp)[kept],
        counts=weight[kept],
        kept=kept,
        n=round(float(weight[kept].sum())),
        n_missing=round(float(weight[~kept].sum())),
    )


def _entry(entry: npt.ArrayLike) -> FloatArray:
    start = np.asarray(entry, dtype=np.float64)
    return np.where(start <= 0, -np.inf, start)


def totals_at_risk(spells: Spells, time: FloatArray, amount: FloatArray) -> FloatArray:
    """Sum ``amount`` (rows × columns) over those at risk at each time (ascending)."""
    leaving = np.searchsorted(time, spells.duration, side="right")
    entering = np.searchsorted(time, spells.entry, side="right")
    change = np.zeros((time.size + 1, amount.shape[1]))
    np.add.at(change, leaving, amount)
    if bool(np.any(entering > 0)):
        np.subtract.at(change, entering, amount)
    return np.asarray(change[::-1].cumsum(axis=0)[::-1][1:])


def risk_table(spells: Spells) -> RiskTable:
    """Count people at risk, leaving and censored at each distinct time, from time 0."""
    time = np.unique(np.concatenate([[0.0], spells.duration]))
    row = np.searchsorted(time, spells.duration)
    event = spells.counts * (spells.cause != 0)
    return RiskTable(
        time=time,
        at_risk=totals_at_risk(spells, time, spells.counts[:, None])[:, 0],
        events=group_sums(row, event, time.size),
        censored=group_sums(row, spells.counts - event, time.size),
    )


def group_sums(row: IntArray, amount: FloatArray, size: int) -> FloatArray:
    """Sum amounts with the same row number, 0 to ``size`` − 1."""
    return np.bincount(row, weights=amount, minlength=size).astype(np.float64)


def safe_divide(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Divide, giving 0 where the denominator is 0."""
    result = np.zeros(np.broadcast_shapes(numerator.shape, denominator.shape))
    return np.asarray(np.divide(numerator, denominator, out=result, where=denominator != 0))

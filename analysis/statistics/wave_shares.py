"""The share saying yes in each of several waves, from everyone who answered any of them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from analysis.results import (
    ComparisonLike,
    Estimate,
    EstimateLike,
    NotEstimable,
    Reason,
)
from analysis.statistics.counting import Floats
from analysis.statistics.proportions import wilson_limits
from analysis.statistics.trajectory import Pair, WaveEstimates, as_table, separate_waves
from analysis.statistics.wald import wald_comparison

_METHOD = "saturated_ml;em;half_a_person_added_to_each_cell_of_two_waves"
_STEPS = 20_000
#: 2⁶ ways of answering; with more waves hardly any of them is seen.
MAX_WAVES = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answers:
    """Distinct rows of answers and which complete ways of answering each may stand for.

    ``ways`` is (cells, waves), ``stands_for`` (rows, cells), ``people`` (rows,).
    """

    ways: Floats
    stands_for: Floats
    people: Floats


def share_trajectory(
    answers: ArrayLike, contrasts: Sequence[Pair], ci_level: float = 0.95
) -> WaveEstimates:
    """Share saying yes in each wave, and contrasts, had everyone answered every wave.

    Use for one yes/no item from three waves on. Nothing is assumed but that drop-out depends on
    answers seen only (missing at random). With two waves it is
    :func:`~analysis.statistics.incomplete_shares.standardised_share`.

    Parameters
    ----------
    answers
        People by waves: 1 yes, 0 no, NaN not answered.
    contrasts
        (earlier, later) columns.
    ci_level
        Coverage, 0–1.

    Notes
    -----
    Maximum likelihood of all 2^T ways of answering by EM (Chen & Fienberg 1974,
    doi:10.2307/2529403). Standard errors from the observed information after two people are spread
    evenly over all ways, half a person for each cell of two waves (Agresti & Min 2005,
    doi:10.1002/sim.1781). A level has Wilson's interval at the number of people that would carry
    its standard error. A contrast is refused where nobody who gave an answer in one wave was seen
    in the other. Fewer than two people in two waves: separate samples.

    Examples
    --------
    >>> table = [[0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 1, 0], [1, 1, float("nan")]] * 4
    >>> found = share_trajectory(table, [(0, 1), (0, 2)])
    >>> round(found.levels[2].estimate, 4), round(found.contrasts[0].estimate, 4)
    (0.8, 0.4)
    """
    table = as_table(answers)
    linked = int((np.isfinite(table).sum(axis=1) > 1).sum())
    if linked < 2 or table.shape[1] > MAX_WAVES:
        return separate_waves(table, contrasts, ci_level, share=True)
    given = _list_answers(table)
    extra = 2.0 / len(given.ways)
    smooth = _maximise(given, np.full(len(given.ways), 1.0 / len(given.ways)), extra)
    cells = _maximise(given, smooth, 0.0)
    covariance = _covariance(given, smooth, extra)

    def level(wave: int) -> EstimateLike:
        n = int(np.isfinite(table[:, wave]).sum())
        if n == 0 or not _is_identified(table, 0, wave):
            reason: Reason = "no_data" if n == 0 else "not_identified"
            return NotEstimable(reason=reason, n=n, method=_METHOD, name="level")
        yes = given.ways[:, wave]
        share, even = float(yes @ cells), float(yes @ smooth)
        error = math.sqrt(float(yes @ covariance @ yes))
        carrying = even * (1.0 - even) / error**2
        low, high = wilson_limits(share * carrying, carrying, ci_level)
        return Estimate(
            estimate=share,
            ci_low=low,
            ci_high=high,
            ci_level=ci_level,
            std_error=error,
            n=n,
            method=_METHOD,
            name="level",
        )

    def contrast(pair: Pair) -> ComparisonLike:
        if not _is_identified(table, *pair):
            return NotEstimable(
                reason="not_identified", n=len(table), method=_METHOD, name="standardised_share"
            )
        step = given.ways[:, pair[1]] - given.ways[:, pair[0]]
        centre, error = float(step @ smooth), math.sqrt(float(step @ covariance @ step))
        return wald_comparison(
            name="standardised_share",
            estimate=float(step @ cells),
            std_error=error,
            centre=centre,
            limit=1.0,
            ci_level=ci_level,
            n=len(table),
            method=_METHOD,
        )

    return WaveEstimates(
        levels=tuple(level(wave) for wave in range(table.shape[1])),
        contrasts=tuple(contrast(pair) for pair in contrasts),
        method="saturated_shares",
    )


def _list_answers(table: Floats) -> _Answers:
    ways = np.array(list(product((0.0, 1.0), repeat=table.shape[1])))
    rows, people = np.unique(np.where(np.isfinite(table), table, -1.0), axis=0, return_counts=True)
    fits = (rows[:, None, :] == ways[None, :, :]) | (rows[:, None, :] < 0)
    return _Answers(
        ways=ways,
        stands_for=fits.all(axis=2).astype(np.float64),
        people=people.astype(np.float64),
    )


def _maximise(given: _Answers, start: Floats, extra: float) -> Floats:
    """Probabilities of the ways of answering by EM, ``extra`` people added to each."""
    total = float(given.people.sum()) + extra * len(given.ways)
    cells = start
    for _ in range(_STEPS):
        weight = given.people / (given.stands_for @ cells)
        following = (cells * (weight @ given.stands_for) + extra) / total
        moved = float(np.abs(following - cells).max())
        cells = following
        if moved < 1e-14:
            break
    return np.asarray(cells)


def _covariance(given: _Answers, cells: Floats, extra: float) -> Floats:
    """Covariance of the cells from the observed information, on the plane where they sum to 1."""
    weight = given.people / (given.stands_for @ cells) ** 2
    information = (given.stands_for.T * weight) @ given.stands_for + np.diag(extra / cells**2)
    plane = np.vstack([np.eye(cells.size - 1), -np.ones((1, cells.size - 1))])
    return np.asarray(plane @ np.linalg.inv(plane.T @ information @ plane) @ plane.T)


def _is_identified(table: Floats, first: int, second: int) -> bool:
    """Whether each answer of those seen in one of two waves was given by someone seen in both."""
    if first == second:
        return True
    for here, there in ((first, second), (second, first)):
        alone = np.isfinite(table[:, here]) & ~np.isfinite(table[:, there])
        both = np.isfinite(table[:, here]) & np.isfinite(table[:, there])
        if not set(table[alone, here]) <= set(table[both, here]) or not both.any():
            return False
    return True

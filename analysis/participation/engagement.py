"""How often the same people came, and how unevenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.results import EstimateLike, NotEstimable
from analysis.statistics.concentration import gini, lorenz, top_share
from analysis.statistics.proportions import share_by_person, wilson
from analysis.thresholds import MIN_SHARE_COMPLETED


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Attendances over people: Lorenz curve, Gini, share of the most active tenth."""

    lorenz: tuple[tuple[float, float], ...]
    gini: EstimateLike
    top10_share: EstimateLike


def estimate_repeat(visits: npt.NDArray[np.int64]) -> EstimateLike:
    """Estimate the share of participants who came at least twice (Wilson)."""
    return wilson(int(np.sum(visits >= 2)), visits.size)


def estimate_completion(
    visits: npt.NDArray[np.int64], sessions: int, share: float = MIN_SHARE_COMPLETED
) -> EstimateLike:
    """Estimate the share of participants present at ``share`` of all sessions or more."""
    if sessions < 2:
        return NotEstimable(reason="too_few", n=visits.size, method="wilson")
    return wilson(int(np.sum(visits >= share * sessions)), visits.size)


def estimate_return(came: pd.DataFrame) -> EstimateLike:
    """Estimate the share of people at one session who came to the next, over all sessions.

    The interval is by person (:func:`share_by_person`). Needs ``person`` and ``at`` (sessions
    numbered in time); attendances of the last session have no next one.
    """
    returned, present = count_return_by_person(came)
    if not present.any():
        return NotEstimable(reason="too_few", method="wilson_by_person")
    return share_by_person(returned, present)


def count_return_by_person(
    came: pd.DataFrame,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count, by person, the sessions followed by the next one, and all before the last."""
    person, at, again = _list_presences(came)
    before_last = at < at.max(initial=0)
    people = int(person.max(initial=-1)) + 1
    return (
        np.bincount(person[before_last & again], minlength=people),
        np.bincount(person[before_last], minlength=people),
    )


def list_return(came: pd.DataFrame) -> dict[int, EstimateLike]:
    """List, by session number ``at``, the share of those present who came to the next one."""
    again, present = _count_return(came)
    last = present.size - 1
    return {
        int(at): wilson(int(again[i]), int(present[i]))
        for i, at in enumerate(np.unique(came["at"].to_numpy()))
        if i < last
    }


def _count_return(
    came: pd.DataFrame,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Count those present at each session held, and those of them at the next, in time order."""
    _, at, again = _list_presences(came)
    sessions = int(at.max()) + 1 if at.size else 0
    return np.bincount(at[again], minlength=sessions), np.bincount(at, minlength=sessions)


def _list_presences(
    came: pd.DataFrame,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """List the presences: person, session held (in time), and whether at the next one too."""
    order = np.unique(came["at"].to_numpy(), return_inverse=True)[1].astype(np.int64)
    sessions = int(order.max()) + 1 if order.size else 0
    key = np.unique(pd.factorize(came["person"])[0].astype(np.int64) * (sessions + 1) + order)
    return key // (sessions + 1), key % (sessions + 1), np.isin(key + 1, key)


def list_engagement(visits: npt.NDArray[np.int64]) -> tuple[tuple[int, int], ...]:
    """List (sessions attended, people), fewest first."""
    number, people = np.unique(visits, return_counts=True)
    return tuple((int(k), int(n)) for k, n in zip(number, people, strict=True))


def estimate_concentration(visits: npt.NDArray[np.int64], seed: int) -> Spread:
    """Estimate how unevenly attendances are spread over those who came at least once."""
    number, people = np.unique(visits, return_counts=True)
    return Spread(
        lorenz=lorenz(number, people),
        gini=gini(number, people, seed=seed),
        top10_share=top_share(number, 0.1, people, seed=seed),
    )

"""Coverage of the intervals about people: the part of ``coverage.py`` for this topic.

Each row is (interval, samples, truth, draw, share of the rounds).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from analysis.results import Estimate
from analysis.statistics.control_chart import laney_limits
from analysis.statistics.proportions import share_by_person, wilson

Draw = Callable[[np.random.Generator], Any]


def _attendance(
    rng: np.random.Generator, people: int, a: float, b: float, least: int, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Draw what each person attended of what they were registered for; own rates Beta(a, b)."""
    trials = rng.integers(least, most + 1, people)
    return rng.binomial(trials, rng.beta(a, b, people)), trials


def _by_rows(came: np.ndarray, registered: np.ndarray) -> Any:
    return wilson(float(came.sum()), float(registered.sum()))


def _return(rng: np.random.Generator, people: int, sessions: int) -> Any:
    """Draw who was at which session; of those at one, who came to the next."""
    there = rng.random((people, sessions)) < rng.beta(1.2, 1.2, people)[:, None]
    again = (there[:, :-1] & there[:, 1:]).sum(axis=1)
    return share_by_person(again, there[:, :-1].sum(axis=1))


def _session(rng: np.random.Generator, day_to_day: float) -> Estimate:
    """Place one ordinary session of twelve between its limits: they should hold it."""
    people, sessions = 30, 12
    if day_to_day:
        rate = 1 / (1 + np.exp(-rng.normal(0.4, day_to_day, sessions)))
        came = rng.binomial(people, rate)
    else:
        came = (rng.random((people, sessions)) < rng.beta(1.2, 1.2, people)[:, None]).sum(axis=0)
    chosen = int(rng.integers(sessions))
    low, high = laney_limits(came, np.full(sessions, people))[chosen]
    rate = came[chosen] / people
    return Estimate(
        estimate=0.0,
        ci_low=(low or 0.0) - rate,
        ci_high=(high or 1.0) - rate,
        n=sessions,
        method="laney",
    )


ROWS: tuple[tuple[str, str, float, Draw, float], ...] = (
    (
        "attendance, Wilson over rows",
        "30 people × 12 sessions, own rates Beta(1.2, 1.2)",
        0.5,
        lambda r: _by_rows(*_attendance(r, 30, 1.2, 1.2, 12, 12)),
        0.4,
    ),
    (
        "attendance, by person",
        "30 people × 12 sessions, own rates Beta(1.2, 1.2)",
        0.5,
        lambda r: share_by_person(*_attendance(r, 30, 1.2, 1.2, 12, 12)),
        1.0,
    ),
    (
        "attendance, by person",
        "30 people × 12 sessions, all alike",
        0.5,
        lambda r: share_by_person(*_attendance(r, 30, 1e6, 1e6, 12, 12)),
        1.0,
    ),
    (
        "reliability, by person",
        "25 people, 2–40 shifts, own rates Beta(6, 1)",
        6 / 7,
        lambda r: share_by_person(*_attendance(r, 25, 6, 1, 2, 40)),
        1.0,
    ),
    (
        "reliability, by person",
        "12 people, 2–40 shifts, own rates Beta(6, 1)",
        6 / 7,
        lambda r: share_by_person(*_attendance(r, 12, 6, 1, 2, 40)),
        1.0,
    ),
    (
        "reliability, by person",
        "15 people, 5–40 shifts, own rates Beta(1.9, 0.1)",
        0.95,
        lambda r: share_by_person(*_attendance(r, 15, 1.9, 0.1, 5, 40)),
        1.0,
    ),
    (
        "reliability, by person",
        "30 people, 5–40 shifts, own rates Beta(1.9, 0.1)",
        0.95,
        lambda r: share_by_person(*_attendance(r, 30, 1.9, 0.1, 5, 40)),
        1.0,
    ),
    (
        "reliability, by person",
        "60 people, 5–40 shifts, own rates Beta(1.9, 0.1)",
        0.95,
        lambda r: share_by_person(*_attendance(r, 60, 1.9, 0.1, 5, 40)),
        1.0,
    ),
    (
        "reliability, by person",
        "20 people, 5–40 shifts, own rates Beta(9.5, 0.5)",
        0.95,
        lambda r: share_by_person(*_attendance(r, 20, 9.5, 0.5, 5, 40)),
        1.0,
    ),
    (
        "return, by person",
        "30 people × 12 sessions, own rates Beta(1.2, 1.2)",
        2.2 / 3.4,
        lambda r: _return(r, 30, 12),
        1.0,
    ),
    (
        "p′-chart (99.7 %)",
        "12 sessions of the same 30 people, own rates Beta(1.2, 1.2)",
        0.0,
        lambda r: _session(r, 0.0),
        1.0,
    ),
    (
        "p′-chart (99.7 %)",
        "12 sessions of 30, log-odds vary by 0.6 from day to day",
        0.0,
        lambda r: _session(r, 0.6),
        1.0,
    ),
)

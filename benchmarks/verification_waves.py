"""Courses over waves and series over months beside second software: the part for this topic.

The values of R are made by ``tests/golden/reference_waves.R``. The data are drawn by a rule:
``python benchmarks/verification_waves.py > tests/golden/datasets_waves.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.results import Comparison, Estimate, NotEstimable
from analysis.statistics.interrupted import (
    SEASON_MONTHS,
    SegmentedFit,
    segmented_regression,
)
from analysis.statistics.trajectory import mean_trajectory
from analysis.statistics.wave_shares import share_trajectory

SEED = 20261131
#: Each later wave against the first, and the last against the one before.
MEANS = ((0, 1), (0, 2), (0, 3), (2, 3))
SHARES = ((0, 1), (0, 2), (1, 2))
#: Series of months: index of the first month after each event, month of the year of the first.
SERIES = {"short": ([9], 3), "season": ([20], 11), "two_events": ([12, 27], 1)}


def draw_datasets() -> dict[str, Any]:
    """Draw the data of this part."""
    rng = np.random.default_rng(SEED)
    spread = np.array([0.6, 0.9, 1.2, 1.4])
    waves = 3 + rng.normal(0, 1, (42, 1)) + rng.normal(0, 1, (42, 4)) * spread
    waves += [0, 0.5, 0.8, 0.7]
    waves[rng.random((42, 4)) < [0.0, 0.15, 0.25, 0.35]] = np.nan
    first = rng.random(90) < 0.45
    second = rng.random(90) < np.where(first, 0.8, 0.45)
    third = rng.random(90) < np.where(second, 0.75, 0.35)
    answers = np.column_stack([first, second, third]).astype(float)
    answers[rng.random((90, 3)) < [0.05, 0.2, 0.35]] = np.nan
    answers = answers[np.isfinite(answers).any(axis=1)]
    return {
        "trajectory": _plain(np.round(waves, 3)),
        "answers": _plain(answers),
        "series": {
            name: {"y": _draw_series(rng, n), "starts": SERIES[name][0], "first": SERIES[name][1]}
            for name, n in (("short", 19), ("season", 40), ("two_events", 44))
        },
    }


def _draw_series(rng: np.random.Generator, n: int) -> list[float]:
    noise = np.zeros(n)
    for month in range(1, n):
        noise[month] = 0.45 * noise[month - 1] + rng.normal(0, 5)
    month = np.arange(n)
    level = 50 + 0.4 * month + 8 * (month >= n // 2)
    if n >= SEASON_MONTHS:
        level += 6 * np.sin(month * np.pi / 6)
    return [float(x) for x in np.round(level + noise, 1)]


def _plain(table: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(x) else float(x) for x in row] for row in table]


def compute(data: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Give every number of this part by its key, computed by Levee."""
    for name, pairs, estimate in (
        ("trajectory", MEANS, mean_trajectory),
        ("answers", SHARES, share_trajectory),
    ):
        found = estimate(np.array(data[name], dtype=np.float64), pairs)
        for wave, level in enumerate(found.levels, 1):
            if not isinstance(level, Estimate):
                raise TypeError(f"{name}: {level}")
            yield f"{name}.level{wave}.estimate", level.estimate
            yield f"{name}.level{wave}.std_error", level.std_error
        for pair, change in zip(pairs, found.contrasts, strict=True):
            yield from _numbers(f"{name}.{pair[0] + 1}_{pair[1] + 1}", change)
    for name, one in data["series"].items():
        yield from _series(name, one)


def _series(name: str, one: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    for rule, adjust in (("newey_west", False), ("adjusted", True)):
        fit = segmented_regression(one["y"], one["starts"], one["first"], adjust=adjust)
        if not isinstance(fit, SegmentedFit):
            raise TypeError(f"{name}: {fit}")
        for number, event in enumerate(fit.events, 1):
            for part in ("level", "slope", "gap"):
                change = getattr(event, part)
                # Months enough for an event, not for the test of its slope.
                if part == "slope" and isinstance(change, NotEstimable):
                    continue
                yield from _numbers(f"{name}.{rule}.{number}.{part}", change)
    yield f"{name}.autocorrelation", fit.autocorrelation
    yield f"{name}.durbin_watson", fit.durbin_watson
    yield f"{name}.ljung_box_p", fit.ljung_box_p
    yield f"{name}.expected_last", fit.events[-1].expected[-1]


def _numbers(key: str, change: Any) -> Iterator[tuple[str, float | None]]:
    if not isinstance(change, Comparison):
        raise TypeError(f"{key} is not estimable: {change}")
    for name in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
        yield f"{key}.{name}", getattr(change, name)


if __name__ == "__main__":
    print(json.dumps(draw_datasets()))

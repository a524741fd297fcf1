"""Type I error of months before and after an event: a part of ``coverage.py``.

``python benchmarks/coverage_series.py [--rounds 500]`` prints this part alone (twenty minutes).
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.statistics.interrupted import SegmentedFit, segmented_regression

SEED = 20261130
ALPHA = 0.05
PARTS = ("level", "slope", "gap")
_WARM_UP = 50
_SHORTFALLS = """
Newey and West's errors as published, with t on n − k, call an event clear that is none in 9 to 48 % of such short series.
Corrected for their bias and with Satterthwaite degrees of freedom the level and the mean distance keep to 2 to 7 %; the
slope calls too much clear where months are strongly correlated (AR(1) .6: 6 to 12 %), most of all in samples whose
estimated correlation is low, so that no threshold of the estimate detects it. With fewer than 30 months before or after an
event the pages therefore say so of every clear slope. The price is a wide interval."""  # noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class Months:
    """A series without any change: its length, the month of the event, and its AR(1)."""

    n: int
    start: int
    correlation: float


SERIES = tuple(
    Months(n=n, start=start, correlation=correlation)
    for n, start in ((16, 8), (24, 12), (36, 18), (36, 27), (60, 30))
    for correlation in (0.0, 0.3, 0.6)
)


def draw_months(rng: np.random.Generator, series: Months) -> np.ndarray:
    """Draw correlated months around a level that never changes."""
    shocks = rng.normal(size=series.n + _WARM_UP)
    months = np.zeros_like(shocks)
    for at in range(1, shocks.size):
        months[at] = series.correlation * months[at - 1] + shocks[at]
    return months[_WARM_UP:]


def count_errors(series: Months, rounds: int, *, adjust: bool) -> dict[str, float]:
    """Share of rounds in which an event is called clear that was none, by quantity."""
    rng = np.random.default_rng(SEED)
    errors = dict.fromkeys(PARTS, 0)
    for _ in range(rounds):
        fit = segmented_regression(draw_months(rng, series), [series.start], adjust=adjust)
        if not isinstance(fit, SegmentedFit):
            raise TypeError(f"no fit: {fit}")
        for part in PARTS:
            errors[part] += getattr(fit.events[0], part).p_value < ALPHA
    return {part: number / rounds for part, number in errors.items()}


def write_part(rounds: int) -> None:
    """Print the table of this part."""
    print("\n## Months before and after an event\n")
    print(f"`benchmarks/coverage_series.py`, seed {SEED}, {rounds} rounds, nothing changed: share")
    print("of events called clear at 5 % (± 2 % at 500 rounds); in brackets as published.\n")
    print("| months before + after | AR(1) | level | slope | mean distance |")
    print("|---|---|---|---|---|")
    for series in SERIES:
        ours = count_errors(series, rounds, adjust=True)
        plain = count_errors(series, rounds, adjust=False)
        cells = " | ".join(f"{ours[part]:.1%} ({plain[part]:.1%})" for part in PARTS)
        after = series.n - series.start
        print(f"| {series.start} + {after} | {series.correlation:g} | {cells} |", flush=True)
    print(_SHORTFALLS)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=500)
    write_part(parser.parse_args().rounds)

"""Coverage over three waves when people drop out: a part of ``coverage.py``.

``python benchmarks/coverage_waves.py [--rounds 2000]`` prints this part alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.results import NotEstimable
from analysis.statistics.trajectory import WaveEstimates, mean_trajectory
from analysis.statistics.wave_shares import share_trajectory

SEED = 20261130
PAIRS = ((0, 1), (0, 2), (1, 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """One kind of sample: its truths (level of wave 3, then the contrasts) and its analysis."""

    sample: str
    truth: tuple[float, ...]
    draw: Callable[[np.random.Generator], np.ndarray]
    analyse: Callable[..., WaveEstimates]


def draw_scores(rng: np.random.Generator, n: int) -> np.ndarray:
    """Spread halves over the waves; who answers low leaves more often, for good."""
    z = rng.normal(size=(n, 1))
    scores = 3 + (z + rng.normal(size=(n, 3))) * [1.0, 0.8, 0.5] + [0.0, 0.4, 0.3]
    return _drop(rng, scores, np.column_stack([scores[:, 0] - 3, scores[:, 1] - 3.4]))


def draw_answers(rng: np.random.Generator, n: int) -> np.ndarray:
    """Yes and no; the share rises from .40 to .60 and falls to .52; who says no leaves more."""
    first = rng.random(n) < 0.4
    second = rng.random(n) < np.where(first, 0.84, 0.44)
    third = rng.random(n) < np.where(second, 0.7, 0.25)
    table = np.column_stack([first, second, third]).astype(float)
    return _drop(rng, table, 2 * table[:, :2] - 0.5)


def _drop(rng: np.random.Generator, table: np.ndarray, stay: np.ndarray) -> np.ndarray:
    """Leave out later waves by the answer before (logit); nobody comes back."""
    n = len(table)
    gone = rng.random(n) > 1 / (1 + np.exp(-1 - stay[:, 0]))
    later = gone | (rng.random(n) > 1 / (1 + np.exp(-1 - stay[:, 1])))
    table[gone, 1] = np.nan
    table[later, 2] = np.nan
    return table


SAMPLES = (
    *(
        Waves(
            sample=f"scores, {n} people",
            truth=(3.3, 0.4, 0.3, -0.1),
            draw=lambda rng, n=n: draw_scores(rng, n),
            analyse=mean_trajectory,
        )
        for n in (30, 60, 150)
    ),
    *(
        Waves(
            sample=f"yes/no, {n} people",
            truth=(0.52, 0.2, 0.12, -0.08),
            draw=lambda rng, n=n: draw_answers(rng, n),
            analyse=share_trajectory,
        )
        for n in (40, 80, 200)
    ),
)


def count_coverage(waves: Waves, rounds: int) -> tuple[list[float], list[float], int]:
    """Share of intervals with each truth, mean error of each estimate, and refusals."""
    rng = np.random.default_rng(SEED)
    held, errors, refused = np.zeros(4), np.zeros(4), 0
    for _ in range(rounds):
        found = waves.analyse(waves.draw(rng), PAIRS)
        numbers = (found.levels[2], *found.contrasts)
        if any(isinstance(one, NotEstimable) for one in numbers):
            refused += 1
            continue
        for at, (one, truth) in enumerate(zip(numbers, waves.truth, strict=True)):
            held[at] += one.ci_low <= truth <= one.ci_high
            errors[at] += one.estimate - truth
    made = max(rounds - refused, 1)
    return (held / made).tolist(), (errors / made).tolist(), refused


def write_part(rounds: int) -> None:
    """Print the table of this part."""
    print("\n## Three waves with drop-out that depends on the answer before\n")
    print(f"`benchmarks/coverage_waves.py`, seed {SEED}, {rounds} rounds: share of 95 % intervals")
    print("that hold the truth, in brackets the mean error.\n")
    print("| samples | level of wave 3 | 1 → 2 | 1 → 3 | 2 → 3 | refused |")
    print("|---|---|---|---|---|---|")
    for waves in SAMPLES:
        held, errors, refused = count_coverage(waves, rounds)
        cells = " | ".join(f"{h:.1%} ({e:+.3f})" for h, e in zip(held, errors, strict=True))
        print(f"| {waves.sample} | {cells} | {refused} |", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    write_part(parser.parse_args().rounds)

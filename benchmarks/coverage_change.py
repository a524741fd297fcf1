"""Coverage, bias and type I error of change between waves: a part of ``coverage.py``.

``python benchmarks/coverage_change.py [--rounds 4000]`` prints this part alone.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.results import Comparison
from analysis.statistics.mean_change import derrick_t
from analysis.statistics.mixed_model import mixed_change

SEED = 20261124
Samples = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of sample, its true change, and the analysis."""

    name: str
    sample: str
    truth: float
    draw: Callable[[np.random.Generator], Samples]
    analyse: Callable[..., Any]


def draw_drop_out(
    rng: np.random.Generator, n: int, before: float, after: float, change: float
) -> Samples:
    """Two waves with r = .6; those who start low leave more often (logit slope 1.2 per SD)."""
    z = rng.normal(size=n)
    pre, post = before * z, change + after * (0.6 * z + 0.8 * rng.normal(size=n))
    stay = rng.random(n) < 1 / (1 + np.exp(-1.2 * z))
    return pre[stay], post[stay], pre[~stay], np.empty(0)


def draw_partly(
    rng: np.random.Generator, sizes: tuple[int, int, int], after: float, change: float
) -> Samples:
    """Pairs, people only before and people only after, at random; SD 1 before, r = .6."""
    both, first, second = sizes
    z = rng.normal(size=both + first + second)
    post = change + after * (0.6 * z + 0.8 * rng.normal(size=z.size))
    return z[:both], post[:both], z[both : both + first], post[both + first :]


def _list_mixed() -> list[Layout]:
    layouts = [
        Layout(
            name="mixed model",
            sample=f"100 people, half leave by baseline, SD {before:g} to {after:g}",
            truth=0.3,
            draw=lambda rng, b=before, a=after: draw_drop_out(rng, 100, b, a, 0.3),
            analyse=mixed_change,
        )
        for before, after in ((1.0, 1.0), (1.0, 0.5), (0.6, 1.0))
    ]
    for sizes, after in (
        ((10, 5, 40), 0.4),
        ((10, 40, 5), 0.4),
        ((5, 10, 10), 1.0),
        ((5, 20, 20), 1.0),
        ((6, 10, 10), 1.0),
        ((6, 20, 20), 1.0),
        ((3, 10, 20), 0.5),
    ):
        both, first, second = sizes
        for name, analysis in (("mixed model", mixed_change), ("Derrick", derrick_t)):
            layouts.append(
                Layout(
                    name=name,
                    sample=f"{both} pairs, {first} only before, {second} only after, "
                    f"SD 1 to {after:g}, no change",
                    truth=0.0,
                    draw=lambda rng, s=sizes, a=after: draw_partly(rng, s, a, 0.0),
                    analyse=analysis,
                )
            )
    return layouts


LAYOUTS = tuple(_list_mixed())


def count_layout(layout: Layout, rounds: int) -> tuple[float, float, int, int]:
    """Share of intervals with the truth, mean error of the estimates, intervals, refusals."""
    rng = np.random.default_rng(SEED)
    inside, errors, refusals = 0, [], 0
    for _ in range(rounds):
        change = layout.analyse(*layout.draw(rng))
        if not isinstance(change, Comparison):
            refusals += 1
            continue
        inside += change.ci_low <= layout.truth <= change.ci_high
        errors.append(change.estimate - layout.truth)
    return inside / len(errors), float(np.mean(errors)), len(errors), refusals


def write_part(rounds: int) -> None:
    """Print the table of this part."""
    print("\n## Change between partly matched waves\n")
    print(f"`benchmarks/coverage_change.py`, seed {SEED}. Type I error is 1 − held where the true")
    print("change is 0.\n")
    print("| interval | samples | truth | held | ± | bias | rounds | refused |")
    print("|---|---|---|---|---|---|---|---|")
    for layout in LAYOUTS:
        share, bias, made, refusals = count_layout(layout, rounds)
        error = 2 * (max(share * (1 - share), 1e-6) / made) ** 0.5
        print(
            f"| {layout.name} | {layout.sample} | {layout.truth:.3g} | {share:.1%} | {error:.1%} "
            f"| {bias:+.3f} | {made} | {refusals} |",
            flush=True,
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4000)
    write_part(parser.parse_args().rounds)

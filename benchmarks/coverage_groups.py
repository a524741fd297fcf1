"""Type I error of comparisons of groups and of dose: a part of docs/coverage.md.

``python benchmarks/coverage_groups.py [--rounds 4000]`` prints it alone (about two minutes).
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.results import Comparison, ComparisonLike
from analysis.statistics.clusters import cr2
from analysis.statistics.group_change import least_squares
from analysis.statistics.overlap_weights import overlap_weights, weighted_difference

SEED = 20261124
LEVEL = 0.05
#: Of the smaller group.
_SPREADS = {0.5: "half", 1.0: "equal", 2.0: "double"}
Draw = Callable[[np.random.Generator], ComparisonLike]
_NOTES = """
Comparisons of two groups reject a true null about as often as they should, also with five people against forty and double
spread (4.6 to 5.6 %). Bell and McCaffrey's degrees of freedom alone, under equal variances, gave 6.1 %, Welch's alone 6.0 % with
equal spread; the smaller count is taken. Where the smaller group has half the spread the test is cautious, and below eight people
the page says so. With n − k degrees of freedom it was 9.5 and 10.6 %. Dose is cautious
with few people, because the few who came often decide the slope: below 40 people it overlooks more than it must. CR2
is cautious where one side has few clusters."""  # noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class Null:
    """A kind of sample without any effect, and the test of it; quick ones have more rounds."""

    test: str
    sample: str
    draw: Draw
    times: int = 1


def _two_groups(treated: int, compared: int, spread: float, *, adjusted: bool) -> Draw:
    arm = np.repeat([1.0, 0.0], [treated, compared])
    scale = np.where(arm == 1, spread, 1.0)
    plain = np.column_stack([np.ones_like(arm), arm])

    def draw(rng: np.random.Generator) -> ComparisonLike:
        pre, noise = rng.normal(size=(2, arm.size))
        post = 0.6 * pre + noise * scale
        if not adjusted:
            return least_squares(post - pre, plain, 1, "did", group=arm)
        design = np.column_stack([plain, pre - pre.mean()])
        return least_squares(post, design, 1, "ancova", group=arm)

    return draw


def _dose(people: int) -> Draw:
    """Sessions as sign-in sheets have them: many came once or not at all, a few to most."""

    def draw(rng: np.random.Generator) -> ComparisonLike:
        sessions = np.minimum(rng.geometric(0.35, people) - 1, 12).astype(float)
        pre = rng.normal(size=people)
        design = np.column_stack([np.ones(people), sessions, pre])
        return least_squares(rng.normal(size=people) - 0.4 * pre, design, 1, "dose_slope")

    return draw


def _clusters(treated: int, compared: int) -> Draw:
    cluster = np.repeat(np.arange(treated + compared), 10)
    arm = (cluster < treated).astype(float)
    design = np.column_stack([np.ones_like(arm), arm])

    def draw(rng: np.random.Generator) -> ComparisonLike:
        y = rng.normal(0, 0.5, treated + compared)[cluster] + rng.normal(size=arm.size)
        return cr2(y, design, cluster, 1, name="did_cr2")

    return draw


def _overlap(people: int) -> Draw:
    """Older people join more often and gain more; beyond that nothing happens."""

    def draw(rng: np.random.Generator) -> ComparisonLike:
        age = rng.normal(size=people)
        arm = (rng.random(people) < 1 / (1 + np.exp(-0.8 * age))).astype(float)
        weights = overlap_weights(arm, age[:, None])
        change = 0.5 * age + rng.normal(size=people)
        if weights is None:
            return least_squares(change[:0], age[:0, None], 0, "did_overlap")
        return weighted_difference(change, arm, weights)

    return draw


NULLS = (
    *(
        Null(
            test="ANCOVA" if adjusted else "difference in differences",
            sample=f"{a} and {b} people, {_SPREADS[spread]} spread",
            draw=_two_groups(a, b, spread, adjusted=adjusted),
            times=10,
        )
        for adjusted in (False, True)
        for a, b, spreads in (
            (5, 40, (0.5, 1.0, 2.0)),
            (8, 60, (0.5, 1.0, 2.0)),
            (10, 100, (1.0, 2.0)),
            (20, 20, (1.0, 2.0)),
        )
        for spread in spreads
    ),
    *(
        Null(test="dose", sample=f"{n} people, skewed sessions", draw=_dose(n))
        for n in (8, 12, 20, 40)
    ),
    *(
        Null(test="CR2", sample=f"{a} and {b} clusters of 10", draw=_clusters(a, b))
        for a, b in ((2, 6), (5, 5), (5, 20))
    ),
    *(
        Null(test="overlap weights", sample=f"{n} people, age explains", draw=_overlap(n))
        for n in (60, 200)
    ),
)


def count_rejections(null: Null, rounds: int) -> tuple[float, float, int, int]:
    """Give shares clear at 5 % and intervals that hold 0, how many there were and were refused."""
    rng = np.random.default_rng(SEED)
    clear = held = made = 0
    for _ in range(rounds):
        found = null.draw(rng)
        if not isinstance(found, Comparison) or found.p_value is None:
            continue
        made += 1
        clear += found.p_value < LEVEL
        held += (found.ci_low or 0.0) <= 0 <= (found.ci_high or 0.0)
    return clear / made, held / made, made, rounds - made


def write_groups(rounds: int) -> None:
    """Print the section."""
    print("\n## Comparisons of groups without an effect\n")
    print("Share of samples called clear at 5 %, and of 95 % intervals that hold 0.\n")
    print("| test | samples | clear | ± | intervals that hold 0 | rounds | refused |")
    print("|---|---|---|---|---|---|---|")
    for null in NULLS:
        clear, held, made, refused = count_rejections(null, rounds * null.times)
        error = 2 * math.sqrt(max(clear * (1 - clear), 1e-6) / made)
        print(
            f"| {null.test} | {null.sample} | {clear:.1%} | {error:.1%} | {held:.1%} "
            f"| {made} | {refused} |",
            flush=True,
        )
    print(_NOTES)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=4000)
    write_groups(parser.parse_args().rounds)

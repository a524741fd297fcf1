"""How often each interval holds the truth: a slow command whose result stands in docs/coverage.md.

``python benchmarks/coverage.py [--rounds 10000] > docs/coverage.md`` (about two hours on an idle
core). Each row draws samples of a stated kind with a known truth and counts the intervals that hold
it. With 10,000 rounds a true coverage of 95 % is counted between 94.6 % and 95.4 % nineteen times
in twenty; the slower parts take 4,000.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from analysis.results import NotEstimable
from analysis.statistics.clusters import cr2
from analysis.statistics.concentration import gini, top_share
from analysis.statistics.effect_size import d_z
from analysis.statistics.mean_change import bca_mean_change, derrick_t, paired_t, welch_t
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.paired_categories import newcombe_paired_difference
from analysis.statistics.proportions import wilson
from analysis.statistics.reliability import cronbach_alpha, omega_total
from analysis.statistics.risk_sets import FloatArray
from analysis.statistics.survival_curve import kaplan_meier, rmst, survival_at
from benchmarks import (
    coverage_change,
    coverage_further,
    coverage_groups,
    coverage_measurement,
    coverage_people,
    coverage_series,
    coverage_subgroups,
    coverage_waves,
)

Draw = Callable[[np.random.Generator], Any]
SEED = 20261123
_SHORTFALLS = """
Where a page shows an interval of which fewer than 93 % or more than 97 % hold, it says so: shares by person
of fewer than 20 people or with fewer than 15 who ever failed or succeeded, a comparison with fewer than 8 people in a group
(where these spread less), its mixed model of fewer than 15 people in both waves,
dose with fewer than 40, a new community from fewer than 8, the mean of fewer than 6 communities or studies, fewer than 10 clusters,
groups drawn towards the whole, strongly skewed changes (pairs ≤ 25·skewness²; 93 % for the t and the BCa interval alike at 40 pairs),
yes/no questions of groups below 40 people, the share who scored higher of fewer than 15 pairs, the difference of mean stay of fewer than
30 people, fewer than 30 months on a side of an event, how unevenly hours or attendance are
shared among fewer than 150 people (below 20 no interval is given: of 5 people 72 % held, of 10 88 %), and, in the methods paragraph, Wilson's
interval near 0. A mixed model with 5 pairs beside 20 single answers holds 93 %: below 20 pairs the pages say that there are few. Over rows instead of people, the attendance rate's interval would hold the truth in
65 %: it is by person. Where nearly everybody is reliable and a few hardly ever are, these few say too little with 15 to 30 people
(90 to 93 %)."""  # noqa: E501


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One kind of sample: its interval, the truth, and a share of the rounds (slow ones fewer)."""

    name: str
    sample: str
    truth: float
    draw: Draw
    share: float = 1.0


def likert(rng: np.random.Generator, mean: float, n: int) -> np.ndarray:
    """Answers 1–5 around a mean, as people tick them."""
    return np.clip(np.round(rng.normal(mean, 1.0, n)), 1, 5)


def _paired(rng: np.random.Generator, n: int, gain: float) -> tuple[np.ndarray, np.ndarray]:
    level = rng.normal(3, 0.8, n)
    return level + rng.normal(0, 0.5, n), level + gain + rng.normal(0, 0.5, n)


def _partly(rng: np.random.Generator, both: int, only: int) -> tuple[np.ndarray, ...]:
    pre, post = _paired(rng, both + 2 * only, 0.3)
    return pre[:both], post[:both], pre[both : both + only], post[both + only :]


def _skewed(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    return np.zeros(n), rng.exponential(1.0, n)


def _clustered(rng: np.random.Generator, clusters: int) -> Any:
    sizes = rng.integers(5, 16, clusters)
    cluster = np.repeat(np.arange(clusters), sizes)
    arm = (cluster % 2).astype(float)
    y = 0.4 * arm + rng.normal(0, 0.4, clusters)[cluster] + rng.normal(0, 1, cluster.size)
    return cr2(y, np.column_stack([np.ones_like(y), arm]), cluster, 1)


def _table(rng: np.random.Generator, n: int) -> Any:
    counts = rng.multinomial(n, [0.35, 0.25, 0.1, 0.3])  # no–no, no–yes, yes–no, yes–yes
    return newcombe_paired_difference(counts.reshape(2, 2))


def _spells(rng: np.random.Generator, n: int) -> Any:
    life, seen = rng.exponential(200, n), rng.uniform(50, 500, n)
    return kaplan_meier(np.minimum(life, seen), life <= seen)


def _alike(rng: np.random.Generator, n: int) -> FloatArray:
    return np.asarray(rng.normal(0, 1, n)[:, None] + rng.normal(0, 1, (n, 4)))


def _uneven(estimate: Callable[..., Any], n: int, rng: np.random.Generator) -> Any:
    return estimate(rng.exponential(10, n), n_resamples=1000)


SCENARIOS = (
    Scenario(
        name="paired t",
        sample="20 pairs, normal",
        truth=0.3,
        draw=lambda r: paired_t(*_paired(r, 20, 0.3)),
    ),
    Scenario(
        name="paired t",
        sample="40 pairs of skewed changes",
        truth=1.0,
        draw=lambda r: paired_t(*_skewed(r, 40)),
    ),
    Scenario(
        name="BCa mean change",
        sample="40 pairs of skewed changes",
        truth=1.0,
        draw=lambda r: bca_mean_change(*_skewed(r, 40)),
        share=0.4,
    ),
    Scenario(
        name="Welch t",
        sample="25 and 60, unequal spread",
        truth=0.5,
        draw=lambda r: welch_t(r.normal(0, 1, 25), r.normal(0.5, 2, 60)),
    ),
    Scenario(
        name="Derrick",
        sample="30 pairs, 15 only before, 15 only after",
        truth=0.3,
        draw=lambda r: derrick_t(*_partly(r, 30, 15)),
    ),
    Scenario(
        name="mixed model",
        sample="30 pairs, 15 only before, 15 only after",
        truth=0.3,
        draw=lambda r: mixed_change(*_partly(r, 30, 15)),
        share=0.5,
    ),
    Scenario(
        name="mixed model",
        sample="8 pairs, 10 only before, 10 only after",
        truth=0.3,
        draw=lambda r: mixed_change(*_partly(r, 8, 10)),
        share=0.5,
    ),
    Scenario(
        name="Newcombe paired",
        sample="60 pairs, 40 % to 55 %",
        truth=0.15,
        draw=lambda r: _table(r, 60),
    ),
    Scenario(
        name="Wilson",
        sample="30 people, 10 %",
        truth=0.1,
        draw=lambda r: wilson(float(r.binomial(30, 0.1)), 30),
    ),
    Scenario(
        name="d_z",
        sample="25 pairs",
        truth=0.3 / math.sqrt(0.5),
        draw=lambda r: d_z(*_paired(r, 25, 0.3)),
    ),
    Scenario(
        name="CR2",
        sample="8 clusters of 5–15",
        truth=0.4,
        draw=lambda r: _clustered(r, 8),
        share=0.5,
    ),
    Scenario(
        name="CR2",
        sample="20 clusters of 5–15",
        truth=0.4,
        draw=lambda r: _clustered(r, 20),
        share=0.5,
    ),
    Scenario(
        name="Kaplan–Meier at 180 days",
        sample="60 spells, a third censored",
        truth=math.exp(-0.9),
        draw=lambda r: survival_at(_spells(r, 60), 180),
    ),
    Scenario(
        name="RMST to 180 days",
        sample="60 spells, a third censored",
        truth=200 * (1 - math.exp(-0.9)),
        draw=lambda r: rmst(_spells(r, 60), 180),
    ),
    *(
        Scenario(
            name=name,
            sample=f"{n} people, exponential amounts",
            truth=truth,
            draw=partial(_uneven, estimate, n),
            share=0.4,
        )
        for name, estimate, truth in (
            ("Gini", gini, 0.5),
            ("share of the most active tenth", top_share, 0.1 * (1 - math.log(0.1))),
        )
        for n in (20, 40, 80, 160)
    ),
    Scenario(
        name="Cronbach's alpha (Feldt)",
        sample="60 people, 4 items",
        truth=0.8,
        draw=lambda r: cronbach_alpha(_alike(r, 60)),
    ),
    Scenario(
        name="omega (jackknife)",
        sample="12 people, 4 items",
        truth=0.8,
        draw=lambda r: omega_total(_alike(r, 12)),
    ),
    Scenario(
        name="omega (jackknife)",
        sample="60 people, 4 items",
        truth=0.8,
        draw=lambda r: omega_total(_alike(r, 60)),
    ),
    Scenario(
        name="omega (influence)",
        sample="600 people, 4 items",
        truth=0.8,
        draw=lambda r: omega_total(_alike(r, 600)),
    ),
)
SCENARIOS += tuple(
    Scenario(name=name, sample=sample, truth=truth, draw=draw, share=share)
    for name, sample, truth, draw, share in (*coverage_people.ROWS, *coverage_further.ROWS)
)


def count_coverage(scenario: Scenario, rounds: int) -> tuple[float, int, int]:
    """Give the share of intervals that hold the truth, how many there were, how many refused."""
    rng = np.random.default_rng(SEED)
    held = made = refused = 0
    for _ in range(max(1, int(rounds * scenario.share))):
        found = scenario.draw(rng)
        if isinstance(found, NotEstimable) or found.ci_low is None or found.ci_high is None:
            refused += 1
            continue
        made += 1
        held += found.ci_low <= scenario.truth <= found.ci_high
    return held / made, made, refused


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10000)
    rounds = parser.parse_args().rounds
    print("# Coverage of 95 % intervals\n")
    print(f"Written by `python benchmarks/coverage.py --rounds {rounds} > docs/coverage.md`, seed")
    print(f"{SEED}. ± is twice the Monte-Carlo error.\n")
    print("| interval | samples | truth | held | ± | rounds | refused |")
    print("|---|---|---|---|---|---|---|")
    for one in SCENARIOS:
        share, made, refused = count_coverage(one, rounds)
        error = 2 * math.sqrt(max(share * (1 - share), 1e-6) / made)
        print(
            f"| {one.name} | {one.sample} | {one.truth:.3g} | {share:.1%} | {error:.1%} "
            f"| {made} | {refused} |",
            flush=True,
        )
    print(_SHORTFALLS)
    # 4,000 of 10,000 rounds: these take minutes each.
    fewer = max(1, int(rounds * 0.4))
    coverage_change.write_part(fewer)
    coverage_subgroups.write_rows(fewer)
    coverage_groups.write_groups(fewer)
    coverage_measurement.write_shifts(fewer)
    coverage_measurement.write_ordered(fewer)
    coverage_waves.write_part(fewer)
    coverage_series.write_part(fewer)


if __name__ == "__main__":
    main()

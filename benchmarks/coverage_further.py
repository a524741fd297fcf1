"""Coverage of intervals of spells, clusters, order, weights, those lost, hours and pooled studies.

A part of ``coverage.py``.

Each row is (interval, samples, truth, draw, share of the rounds).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from analysis.results import Comparison, Estimate, NotEstimable
from analysis.statistics.clusters import icc, sign_flip
from analysis.statistics.cox import cox
from analysis.statistics.effect_size import superiority
from analysis.statistics.group_change import difference_of_estimates
from analysis.statistics.imputation import impute_scores
from analysis.statistics.incidence import cumulative_incidence
from analysis.statistics.incomplete_shares import impute_shares
from analysis.statistics.interrupted import SegmentedFit, segmented_regression
from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.rank_tests import mann_whitney
from analysis.statistics.survival_curve import kaplan_meier, median_time
from analysis.statistics.survival_groups import rmst_difference
from analysis.statistics.tipping import shift_lost
from analysis.statistics.wave_weights import weighted_waves

Draw = Callable[[np.random.Generator], Any]
_HORIZON = 180.0
_STAYS = (200.0, 300.0)


def _mean_to_horizon(mean: float) -> float:
    return mean * (1 - math.exp(-_HORIZON / mean))


def _two_teams(rng: np.random.Generator, n: int) -> tuple[np.ndarray, ...]:
    """Stay of two teams, a third still serving when observation ends."""
    life = np.concatenate([rng.exponential(mean, n) for mean in _STAYS])
    seen = rng.uniform(50, 500, 2 * n)
    return np.minimum(life, seen), life <= seen, np.repeat([0.0, 1.0], n)


def _cox(n: int, rng: np.random.Generator) -> Any:
    time, left, team = _two_teams(rng, n)
    return cox(time, left, team[:, None], ["team"])[0]


def _rmst(n: int, rng: np.random.Generator) -> Any:
    return rmst_difference(*_two_teams(rng, n), _HORIZON)


def _median(n: int, rng: np.random.Generator) -> Any:
    life, seen = rng.exponential(200, n), rng.uniform(50, 500, n)
    found = median_time(kaplan_meier(np.minimum(life, seen), life <= seen))
    if isinstance(found, NotEstimable) or found.ci_high is not None:
        return found
    # The upper band never reaches one half: the interval is open.
    return replace(found, ci_high=math.inf)


def _incidence(n: int, rng: np.random.Generator) -> Any:
    """Share who left for one of two reasons within the horizon."""
    each = np.column_stack([rng.exponential(300, n), rng.exponential(600, n)])
    seen = rng.uniform(50, 500, n)
    time = np.minimum(each.min(axis=1), seen)
    curve = cumulative_incidence(time, np.where(time < seen, each.argmin(axis=1) + 1, 0), 1)
    if isinstance(curve, NotEstimable):
        return curve
    at = int(np.searchsorted(curve.time_days, _HORIZON, side="right")) - 1
    return Estimate(
        estimate=curve.survival[at],
        ci_low=curve.ci_low[at],
        ci_high=curve.ci_high[at],
        n=n,
        method=curve.method,
    )


def _clusters(clusters: int, rng: np.random.Generator) -> Any:
    cluster = np.repeat(np.arange(clusters), 10)
    scores = rng.normal(0, math.sqrt(0.2), clusters)[cluster]
    return icc(scores + rng.normal(0, math.sqrt(0.8), cluster.size), cluster)


def _pairs_up(n: int, rng: np.random.Generator) -> Any:
    return superiority(np.zeros(n), rng.normal(0.5, 1, n))


def _shift(n: int, rng: np.random.Generator) -> Any:
    return mann_whitney(rng.normal(0, 1, n), rng.normal(0.5, 1, n))


def _higher(n: int, rng: np.random.Generator) -> Any:
    found = _shift(n, rng)
    if not isinstance(found, Comparison):
        return found
    told = found.details
    return Estimate(
        estimate=told["superiority"],
        ci_low=told["superiority_ci_low"],
        ci_high=told["superiority_ci_high"],
        n=2 * n,
        method=found.method,
    )


def _weighted(n: int, rng: np.random.Generator) -> Any:
    """Two anonymous waves with weights that go with the score, as where the eager answer more."""
    waves = []
    for mean in (3.0, 3.3):
        score = rng.normal(mean, 1, 40 * n)
        chosen = rng.choice(score.size, n, replace=False, p=(p := np.exp(0.4 * score)) / p.sum())
        waves.append((score[chosen], 1 / np.exp(0.4 * score[chosen])))
    (pre, before), (post, after) = waves
    return weighted_waves(pre, post, before, after)


def _communities(k: int, rng: np.random.Generator) -> Any:
    """Changes of k communities of 12 people each: true ones differ by 0.3 SD."""
    true = rng.normal(0.5, 0.3, k)
    people = true[:, None] + rng.normal(0, 1, (k, 12))
    errors = people.std(axis=1, ddof=1) / math.sqrt(12)
    return random_effects(people.mean(axis=1), errors, df=np.full(k, 11)).pooled


def _seen_twice(
    n: int, after: float, change: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Scores of both waves; half leave, the more the lower they started, a tenth come late."""
    pre = rng.normal(size=n)
    post = change + after * (0.6 * pre + 0.8 * rng.normal(size=n))
    stays = rng.random(n) < 1 / (1 + np.exp(-1.2 * pre))
    late = rng.random(n) < 0.1
    return np.where(late, np.nan, pre), np.where(stays | late, post, np.nan)


def _imputed(n: int, after: float, rng: np.random.Generator) -> Any:
    pre, post = _seen_twice(n, after, 0.3, rng)
    filled = impute_scores(pre, post, seed=int(rng.integers(2**31)))
    return filled if isinstance(filled, NotEstimable) else shift_lost(filled)


def _imputed_shares(n: int, rng: np.random.Generator) -> Any:
    """Yes of half before and of .585 after; of those who said no two in five stay."""
    pre = (rng.random(n) < 0.5).astype(float)
    post = (rng.random(n) < np.where(pre == 1, 0.77, 0.4)).astype(float)
    stays = rng.random(n) < np.where(pre == 1, 0.8, 0.4)
    table = np.histogram2d(pre[stays], post[stays], bins=[[0, 0.5, 1], [0, 0.5, 1]])[0]
    lost = np.bincount(pre[~stays].astype(int), minlength=2)
    filled = impute_shares(table, lost, [0, 0], seed=int(rng.integers(2**31)))
    return filled if isinstance(filled, NotEstimable) else shift_lost(filled)


def _did_mixed(treated: int, compared: int, rng: np.random.Generator) -> Any:
    """Groups that change alike, each by a model of everyone; the treated spread twice as much."""
    sides = []
    for n, after in ((treated, 2.0), (compared, 1.0)):
        pre, post = _seen_twice(n, after, 0.3, rng)
        both = np.isfinite(pre) & np.isfinite(post)
        alone = [s[np.isfinite(s) & ~both] for s in (pre, post)]
        sides.append(mixed_change(pre[both], post[both], *alone))
    return difference_of_estimates(sides[0], sides[1], "did_mixed")


def _matched_clusters(clusters: int, rng: np.random.Generator) -> Any:
    """Clusters of two groups that change alike, matched by the order of their baseline."""
    means = []
    for _ in range(2):
        pre = rng.normal(0, 0.5, clusters)[:, None] + rng.normal(size=(clusters, 10))
        moved = rng.normal(0, 0.4, clusters)[:, None] - 0.4 * pre + rng.normal(size=pre.shape)
        means.append(moved.mean(axis=1)[np.argsort(pre.mean(axis=1))])
    return sign_flip(means[0] - means[1], seed=int(rng.integers(2**31)))


def _hours(before: int, after: int, part: str, rng: np.random.Generator) -> Any:
    """Monthly hours of a team: skewed shifts, a team that drifts in size, nothing at the event."""
    drift = np.zeros(before + after + 50)
    for at, shock in enumerate(rng.normal(0, 0.15, drift.size - 1), 1):
        drift[at] = 0.4 * drift[at - 1] + shock
    shifts = rng.poisson(20 * np.exp(drift[50:]))
    hours = np.array([rng.lognormal(1, 0.6, shift).sum() for shift in shifts])
    fit = segmented_regression(hours, [before])
    return getattr(fit.events[0], part) if isinstance(fit, SegmentedFit) else fit


def _studies(k: int, spread: float, rng: np.random.Generator) -> Any:
    """Changes of k studies of 6 to 60 people, as their results files give them."""
    people = np.round(np.exp(rng.uniform(np.log(6), np.log(60), k))).astype(int)
    true = rng.normal(0.5, spread, k)
    samples = [rng.normal(mean, 1, n) for mean, n in zip(true, people, strict=True)]
    errors = [s.std(ddof=1) / math.sqrt(s.size) for s in samples]
    return random_effects([s.mean() for s in samples], errors, df=people - 1.0).pooled


_P_PAIRS = float(stats.norm.cdf(0.5))
_P_HIGHER = float(stats.norm.cdf(0.5 / math.sqrt(2)))
ROWS: tuple[tuple[str, str, float, Draw, float], ...] = (
    *(
        (
            "median stay",
            f"{n} spells, a third censored",
            200 * math.log(2),
            partial(_median, n),
            0.4,
        )
        for n in (20, 40)
    ),
    *(
        (
            "difference of mean stay to 180 days",
            f"{n} and {n} spells",
            _mean_to_horizon(_STAYS[1]) - _mean_to_horizon(_STAYS[0]),
            partial(_rmst, n),
            0.4,
        )
        for n in (10, 20, 30, 40)
    ),
    *(
        ("Cox log hazard ratio", f"{n} and {n} spells", math.log(2 / 3), partial(_cox, n), 0.4)
        for n in (20, 40)
    ),
    *(
        (
            "share who left for one reason by 180 days",
            f"{n} spells, two reasons",
            2 / 3 * (1 - math.exp(-_HORIZON / 200)),
            partial(_incidence, n),
            0.4,
        )
        for n in (20, 60)
    ),
    *(
        ("intraclass correlation", f"{k} clusters of 10", 0.2, partial(_clusters, k), 0.4)
        for k in (8, 20)
    ),
    *(
        (
            "share who scored higher, pairs",
            f"{n} pairs",
            stats.norm.cdf(0.5),
            partial(_pairs_up, n),
            0.4,
        )
        for n in (10, 15, 20, 30, 40)
    ),
    *(
        ("Hodges–Lehmann shift", f"{n} and {n} people", 0.5, partial(_shift, n), 0.4)
        for n in (10, 25)
    ),
    *(
        ("Brunner–Munzel", f"{n} and {n} people", _P_HIGHER, partial(_higher, n), 0.4)
        for n in (5, 10, 25)
    ),
    *(
        ("weighted anonymous waves", f"{n} and {n} people", 0.3, partial(_weighted, n), 0.4)
        for n in (30, 100)
    ),
    *(
        (
            "mean of communities (Hartung–Knapp)",
            f"{k} communities of 12",
            0.5,
            partial(_communities, k),
            0.4,
        )
        for k in (3, 4, 5, 6, 10)
    ),
    *(
        (
            "multiple imputation",
            f"{n} people, half leave by baseline, SD 1 to {after:g}",
            0.3,
            partial(_imputed, n, after),
            0.4,
        )
        for n, after in ((30, 1.0), (100, 1.0), (100, 0.5))
    ),
    *(
        (
            "multiple imputation, yes/no",
            f"{n} people, two in five leave by baseline",
            0.085,
            partial(_imputed_shares, n),
            0.4,
        )
        for n in (40, 120)
    ),
    *(
        (
            "difference of the groups' mixed models",
            f"{a} and {b} people, half leave by baseline, double spread",
            0.0,
            partial(_did_mixed, a, b),
            0.4,
        )
        for a, b in ((16, 80), (30, 30), (100, 100))
    ),
    *(
        (
            "sign-flip over matched clusters",
            f"{k} and {k} clusters of 10",
            0.0,
            partial(_matched_clusters, k),
            0.4,
        )
        for k in (6, 8, 12, 16)
    ),
    *(
        (
            f"{name} after an event, monthly hours",
            f"{before} + {after} months",
            0.0,
            partial(_hours, before, after, part),
            0.4,
        )
        for part, name in (("level", "level"), ("gap", "mean distance"))
        for before, after in ((12, 12), (24, 12), (36, 24))
    ),
    *(
        (
            "mean of studies (Hartung–Knapp)",
            f"{k} studies of 6 to 60 people, SD of true changes {spread:g}",
            0.5,
            partial(_studies, k, spread),
            0.4,
        )
        for k in (3, 4, 5, 8)
        for spread in (0.0, 0.3)
    ),
)

"""Guards: what to know before quoting a change. Each returns cautions as codes and values."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np
import pandas as pd

from analysis.results import Caution, Comparison, Estimate, Severity
from analysis.statistics.clusters import design_effect, icc
from analysis.study import Study
from analysis.surveys.analyses import AGREEING, CountedScores
from analysis.surveys.groups import clusters_within, has_comparison
from analysis.surveys.panel import Panel
from analysis.surveys.results import Flow, Outcome
from analysis.surveys.scoring import score_range
from analysis.thresholds import (
    MAX_DESIGN_EFFECT,
    MAX_SHARE_AT_END,
    MAX_SHARE_MISSING,
    MAX_SPREAD_RATIO,
    MIN_PAIRS,
    MIN_PAIRS_FOR_HIGHER,
    SIGNIFICANCE_LEVEL,
    SKEWNESS_FACTOR,
)

SEASON_MONTHS = 2

_Found = Iterator[tuple[str, Severity, dict[str, object]]]


def outcome_cautions(
    study: Study, panel: Panel, contrast: CountedScores, waves: tuple[str, str], outcome: Outcome
) -> tuple[Caution, ...]:
    """Collect the cautions of one outcome.

    Parameters
    ----------
    contrast
        Its counted scores.
    outcome
        The outcome so far, with its analyses.
    """
    found = [
        *_guard_scores(study, contrast, waves),
        *_guard_items(contrast, _asked_items(study, contrast, waves)),
        *_guard_memory(study, waves),
        *_guard_season(study, waves),
        *_guard_clusters(study, panel, contrast, waves),
        *_guard_missing(waves, _without_score(panel, contrast, waves)),
        *_guard_agreement(outcome),
        *_guard_higher(outcome),
    ]
    return _cautions(contrast, found)


def counted_cautions(
    study: Study,
    contrast: CountedScores,
    waves: tuple[str, str],
    outcome: Outcome,
    *,
    asked: Sequence[Collection[str]],
    lacking: Sequence[tuple[int, int]],
) -> tuple[Caution, ...]:
    """As :func:`outcome_cautions`, of what counts tell: not of season, and not of clusters.

    Parameters
    ----------
    asked
        Items that anybody answered, in each of the two waves.
    lacking
        People of each of the two waves without a score, and all its people.
    """
    found = [
        *_guard_scores(study, contrast, waves),
        *_guard_items(contrast, asked),
        *_guard_memory(study, waves),
        *_guard_missing(waves, lacking),
        *_guard_agreement(outcome),
        *_guard_higher(outcome),
    ]
    return _cautions(contrast, found)


def _cautions(
    contrast: CountedScores, found: Sequence[tuple[str, Severity, dict[str, object]]]
) -> tuple[Caution, ...]:
    name = contrast.measure.name
    return tuple(
        Caution(code=code, severity=severity, section="outcomes", measure=name, values=values)
        for code, severity, values in found
    )


def _guard_scores(study: Study, contrast: CountedScores, waves: tuple[str, str]) -> _Found:
    """What the counted scores alone tell."""
    yield from _guard_ends(contrast, waves)
    yield from _guard_pairs(study, contrast)
    yield from _guard_skewness(contrast)
    yield from _guard_regression(contrast)


def survey_cautions(study: Study, flow: Flow | None) -> tuple[Caution, ...]:
    """Cautions of the whole survey: small filter, no comparison group, or only treated people."""
    if flow is None:
        return ()
    if any(issue.code == "filter_suppressed" for issue in study.issues):
        values = {"min_group": study.plan.study.min_group}
        return (Caution(code="filter_suppressed", severity="serious", values=values),)
    return design_cautions(flow, compared=has_comparison(study))


def design_cautions(flow: Flow, *, compared: bool) -> tuple[Caution, ...]:
    """Caution that changes are without a comparison group, or of the treated only."""
    found: list[tuple[str, Severity]] = []
    if len(flow.waves) > 1 and compared:
        found.append(("treated_only", "info"))
    elif len(flow.waves) > 1:
        found.append(("no_comparison_group", "caution"))
    return tuple(Caution(code=c, severity=s, section="outcomes") for c, s in found)


def is_counted(study: Study) -> bool:
    """Whether the answers were read from tables of counts: nobody can be matched in them."""
    plan = study.plan.survey
    return plan is not None and any(one.counts is not None for one in plan.files)


def _guard_ends(c: CountedScores, waves: tuple[str, str]) -> _Found:
    """Floor or ceiling above 15 %: the scale cannot show more change.

    At the start only the end that the programme works towards matters: many at the floor of a
    score that is to rise leave all the room there is.
    """
    limits = score_range(c.measure)
    if limits is None or c.family != "mean":
        return
    ends = tuple(zip(("floor", "ceiling"), limits, strict=True))
    hoped = ends[:1] if c.measure.better == "lower" else ends[1:]
    for wave, scores, shown in zip(waves, (c.start, c.end), (hoped, ends), strict=True):
        for code, end in shown:
            at_end = float(scores.counts[np.abs(scores.values - end) < 1e-9].sum())
            if scores.n and at_end / scores.n > MAX_SHARE_AT_END:
                yield code, "caution", {"wave": wave, "share": at_end / scores.n}


def _guard_pairs(study: Study, c: CountedScores) -> _Found:
    if c.unlinked and is_counted(study):
        yield "counts_only", "info", {}
    elif c.unlinked:
        yield "anonymous", "info", {}
    elif c.n_pairs == 0:
        yield "nobody_matched", "serious", {"n": c.start.n + c.end.n}
    elif c.n_pairs < MIN_PAIRS:
        yield "few_pairs", "caution", {"n": c.n_pairs}


def _guard_skewness(c: CountedScores) -> _Found:
    """So skewed for so few pairs that fewer than 95 % of intervals of the mean hold it.

    n ≤ 25·G², G the skewness of the changes. Cochran 1977, *Sampling Techniques*, 3rd ed., 2.15;
    at 40 pairs and G = 2 93 % hold (docs/coverage.md). Below 20 pairs ``few_pairs`` is said.
    """
    if c.family != "mean" or c.n_pairs < MIN_PAIRS:
        return
    changes = c.pairs.differences()
    if changes.sum_squares > 0 and changes.total <= SKEWNESS_FACTOR * changes.skewness**2:
        yield "skewed_changes", "info", {"n": c.n_pairs}


def _guard_higher(outcome: Outcome) -> _Found:
    """The chance that a later score is higher, in so few pairs that its interval is too narrow."""
    for size in outcome.effect_sizes:
        few = isinstance(size, Estimate) and size.n < MIN_PAIRS_FOR_HIGHER
        if few and size.name == "superiority":
            yield "higher_of_few", "info", {"n": size.n}


def _guard_regression(c: CountedScores) -> _Found:
    """Baseline scores much closer together than later ones, and the mean moving out: selection.

    Choosing the worst-off cuts the baseline's spread; without any effect the next wave spreads
    again and its mean returns.
    """
    if c.family != "mean" or c.n_pairs < MIN_PAIRS:
        return
    before, after = c.pairs.margin("pre"), c.pairs.margin("post")
    ratio = after.variance / before.variance if before.variance > 0 else np.inf
    better = 1 if c.measure.better == "higher" else -1
    if ratio > MAX_SPREAD_RATIO and (after.mean - before.mean) * better > 0:
        yield "regression_to_mean", "caution", {"ratio": float(ratio)}


def _asked_items(study: Study, c: CountedScores, waves: tuple[str, str]) -> list[list[str]]:
    survey = study.survey
    if survey is None:
        return [[], []]
    answered = survey.items[c.measure.name][c.measure.items].notna()
    found = [answered[survey.keys["wave"].eq(wave)].any() for wave in waves]
    return [[item for item in c.measure.items if one[item]] for one in found]


def _guard_items(c: CountedScores, asked: Sequence[Collection[str]]) -> _Found:
    """An item asked in one wave only makes the two scores different things."""
    changed = [item for item in c.measure.items if (item in asked[0]) != (item in asked[1])]
    if changed and len(changed) < len(c.measure.items):
        yield "changed_items", "serious", {"items": tuple(changed), "n": len(changed)}


def _guard_memory(study: Study, waves: tuple[str, str]) -> _Found:
    """A wave told from memory."""
    plan = study.plan.survey
    if plan is not None and set(waves) & set(plan.retrospective):
        yield "retrospective", "caution", {"wave": waves[0]}


def _guard_season(study: Study, waves: tuple[str, str]) -> _Found:
    survey = study.survey
    if survey is None:
        return
    months = [_middle_month(survey.keys, wave) for wave in waves]
    if months[0] is not None and months[1] is not None:
        apart = abs(months[0] - months[1]) % 12
        if min(apart, 12 - apart) >= SEASON_MONTHS:
            yield "seasonality", "info", {"from_month": months[0], "to_month": months[1]}


def _middle_month(keys: pd.DataFrame, wave: str) -> int | None:
    column = next((name for name in ("finished", "started") if name in keys), None)
    if column is None:
        return None
    days = pd.to_datetime(keys.loc[keys["wave"].eq(wave), column]).dropna()
    return int(days.median().month) if len(days) else None


def _guard_clusters(study: Study, panel: Panel, c: CountedScores, waves: tuple[str, str]) -> _Found:
    """People of one cluster answer alike: the plain interval is too narrow."""
    cluster = clusters_within(study, panel)
    if cluster is None or c.family == "category":
        return
    pre, post = panel.pair(c.measure.name, waves)
    scores = pre if c.design == "anonymous" else post - pre
    used = np.isfinite(scores) & ~pd.isna(cluster)
    found = icc(scores[used], cluster[used])
    n_clusters = len(set(cluster[used]))
    if isinstance(found, Estimate) and n_clusters > 1:
        effect = design_effect(max(found.estimate, 0.0), float(used.sum()) / n_clusters)
        if effect > MAX_DESIGN_EFFECT:
            yield (
                "clustering",
                "caution",
                {
                    "icc": found.estimate,
                    "design_effect": effect,
                    "n_clusters": n_clusters,
                },
            )


def _without_score(panel: Panel, c: CountedScores, waves: tuple[str, str]) -> list[tuple[int, int]]:
    """People of each wave without a score, and all its people."""
    found = []
    for wave, scores in zip(waves, panel.pair(c.measure.name, waves), strict=True):
        there = panel.row[:, panel.wave_index(wave)] >= 0
        found.append((int((there & ~np.isfinite(scores)).sum()), int(there.sum())))
    return found


def _guard_missing(waves: tuple[str, str], lacking: Sequence[tuple[int, int]]) -> _Found:
    """Many people answered a wave but too few of the items for a score."""
    for wave, (n, there) in zip(waves, lacking, strict=True):
        if there and n / there > MAX_SHARE_MISSING:
            yield "missing_scores", "caution", {"wave": wave, "n": n, "share": n / there}


def _guard_agreement(outcome: Outcome) -> _Found:
    if outcome.agreement == "disagree":
        clear = [
            a.name
            for a in outcome.analyses
            if isinstance(a, Comparison) and a.name in AGREEING[outcome.design]
            if a.p_value is not None and a.p_value < SIGNIFICANCE_LEVEL
        ]
        yield "analyses_disagree", "caution", {"clear": tuple(clear)}

"""Change by subgroup: one interaction test, then the groups with shrinkage.

Everything is given here, to whoever holds the data; :mod:`analysis.disclosure` withholds groups
that are small, and others beside them, from everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.mean_change import paired_t, welch_t
from analysis.statistics.meta_analysis import MetaAnalysis, random_effects
from analysis.statistics.partial_pooling import pool_partially
from analysis.statistics.subgroup_change import compare_estimates, welch_anova
from analysis.study import Study
from analysis.study_file import MeasurePlan
from analysis.surveys.panel import Panel, has_column, person_values
from analysis.surveys.results import Group, Subgroups
from analysis.surveys.scoring import FloatArray

SITE = "site"
MOST_LEVELS = 20
MOST_SITES = 100
#: With fewer communities neither their spread nor a prediction can be told.
FEWEST_POOLED = 3


def evaluate_subgroups(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str], design: str
) -> tuple[Subgroups, ...]:
    """Evaluate the change by community and by every declared demographic with 2 to 20 levels.

    Pairs only (paired t per group, Welch's ANOVA of the changes); anonymous waves: Welch per
    group, and a Welch-type test of the differences. A group below ``min_group`` people has its
    own change only: it takes no part in the test and is not drawn towards the others.
    """
    survey = study.survey
    names = [SITE] if has_column(study, SITE) else []
    names += list(map(str, survey.categories)) if survey is not None else []
    found = [_by(study, panel, measure, waves, design, name) for name in names]
    return tuple(one for one in found if one is not None)


def _by(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str], design: str, by: str
) -> Subgroups | None:
    pre, post = panel.pair(measure.name, waves)
    level = person_values(study, panel, by)
    used = ~pd.isna(level) & np.isfinite(pre if design == "anonymous" else pre + post)
    if design == "anonymous":
        used = ~pd.isna(level) & (np.isfinite(pre) | np.isfinite(post))
    names = sorted({str(v) for v in level[used]})
    if not 2 <= len(names) <= (MOST_SITES if by == SITE else MOST_LEVELS):
        return None
    group = level[used].astype(str)
    start, end = pre[used], post[used]
    sizes = {name: _size(start, end, group == name, design) for name in names}
    changes = {name: _change(start, end, group == name, design) for name in names}
    large = {name: one for name, one in changes.items()
             if sizes[name] >= study.plan.study.min_group}  # fmt: skip
    kept = np.isin(group, list(large))
    return Subgroups(
        by=by,
        interaction=_interaction(end[kept] - start[kept], group[kept], large, design),
        groups=_groups(sizes, changes, large),
        across=_across(large) if by == SITE else None,
    )


def _across(changes: Mapping[str, ComparisonLike]) -> MetaAnalysis | None:
    """Pool the communities with enough people, allowing their true changes to differ."""
    known = _known(changes)
    if len(known) < FEWEST_POOLED:
        return None
    estimates, errors, df = _columns(known)
    return random_effects(estimates, errors, df=df)


def _size(start: FloatArray, end: FloatArray, here: np.ndarray, design: str) -> int:
    """People behind a group's change: pairs, or the smaller wave when anonymous."""
    if design != "anonymous":
        return int(here.sum())
    return min(int(np.isfinite(start[here]).sum()), int(np.isfinite(end[here]).sum()))


def _change(start: FloatArray, end: FloatArray, here: np.ndarray, design: str) -> ComparisonLike:
    return (welch_t if design == "anonymous" else paired_t)(start[here], end[here])


def _interaction(
    change: FloatArray, group: np.ndarray, changes: Mapping[str, ComparisonLike], design: str
) -> Comparison | NotEstimable:
    if design != "anonymous":
        return welch_anova(change, group)
    known = _known(changes)
    return compare_estimates(*_columns(known), n=sum(one.n for one in known.values()))


def _known(changes: Mapping[str, ComparisonLike]) -> dict[str, Comparison]:
    return {
        name: one
        for name, one in changes.items()
        if isinstance(one, Comparison) and one.std_error is not None and one.std_error > 0
    }


def _columns(known: Mapping[str, Comparison]) -> tuple[list[float], list[float], list[float]]:
    """Estimates, standard errors and degrees of freedom of groups."""
    return (
        [one.estimate or 0.0 for one in known.values()],
        [one.std_error or 0.0 for one in known.values()],
        [one.df or 1.0 for one in known.values()],
    )


def _groups(
    sizes: Mapping[str, int],
    changes: Mapping[str, ComparisonLike],
    large: Mapping[str, ComparisonLike],
) -> tuple[Group, ...]:
    own = {name: _as_estimate(one) for name, one in changes.items()}
    known = _known(large)
    drawn: dict[str, EstimateLike] = {}
    if len(known) > 1:
        pooled = pool_partially(*_columns(known))
        for index, (name, one) in enumerate(known.items()):
            drawn[name] = Estimate(
                estimate=float(pooled.estimates[index]),
                ci_low=float(pooled.ci_low[index]),
                ci_high=float(pooled.ci_high[index]),
                std_error=float(pooled.std_errors[index]),
                n=one.n,
                method="partial_pooling;tau=half_cauchy",
            )
    return tuple(
        Group(
            value=name,
            n=sizes[name],
            change=own[name],
            shrunken=drawn.get(name, own[name])
            if name in large
            else NotEstimable(reason="too_few", n=sizes[name]),
        )
        for name in changes
    )


def _as_estimate(change: ComparisonLike) -> EstimateLike:
    if not isinstance(change, Comparison) or change.estimate is None:
        return change if isinstance(change, NotEstimable) else NotEstimable(reason="no_data")
    return Estimate(
        estimate=change.estimate,
        ci_low=change.ci_low,
        ci_high=change.ci_high,
        std_error=change.std_error,
        n=change.n,
        method=change.name,
    )

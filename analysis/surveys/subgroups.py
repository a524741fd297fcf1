"""Change by subgroup: one interaction test, then the groups with shrinkage; small ones hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
    group, and a Welch-type test of the differences. A group below ``min_group`` people is
    suppressed; when it is the only one hidden, the next smallest is hidden too, so that it cannot
    be worked out.
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
    hidden = hide_small(sizes, study.plan.study.min_group)
    shown = [name for name in names if name not in hidden]
    changes = {name: _change(start, end, group == name, design) for name in shown}
    kept = np.isin(group, shown)
    return Subgroups(
        by=by,
        interaction=_interaction(end[kept] - start[kept], group[kept], changes, design),
        groups=_groups(names, sizes, changes),
        across=_across(changes) if by == SITE else None,
    )


def _across(changes: Mapping[str, ComparisonLike]) -> MetaAnalysis | None:
    """Pool the communities that may be shown, allowing their true changes to differ."""
    known = _known(changes)
    if len(known) < FEWEST_POOLED:
        return None
    estimates, errors, df = _columns(known)
    return random_effects(estimates, errors, df=df)


def hide_small(sizes: Mapping[str, int], min_group: int) -> set[str]:
    """Names of groups to hide, so that none can be worked out from the total.

    The small ones, then the next smallest until two groups and ``min_group`` people are hidden.

    Examples
    --------
    >>> sorted(hide_small({"a": 3, "b": 9, "c": 20}, 5))
    ['a', 'b']
    >>> sorted(hide_small({"a": 1, "b": 2, "c": 20, "d": 30}, 5))
    ['a', 'b', 'c']
    """
    order = sorted(sizes, key=lambda name: (sizes[name], name))
    hidden = [name for name in order if sizes[name] < min_group]
    for name in order[len(hidden) :] if hidden else ():
        if len(hidden) > 1 and sum(sizes[one] for one in hidden) >= min_group:
            break
        hidden.append(name)
    return set(hidden)


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
    names: Sequence[str], sizes: Mapping[str, int], changes: Mapping[str, ComparisonLike]
) -> tuple[Group, ...]:
    own = {name: _as_estimate(one) for name, one in changes.items()}
    known = _known(changes)
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
    hidden = NotEstimable(reason="suppressed")
    return tuple(
        Group(
            value=name,
            n=sizes[name] if name in changes else 0,
            change=own.get(name, hidden),
            shrunken=drawn.get(name, own.get(name, hidden)),
        )
        for name in names
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

"""Change by subgroup: one interaction test, then the groups with shrinkage; small ones hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from analysis.results import Comparison, Estimate, EstimateLike, NotEstimable
from analysis.statistics.mean_change import paired_t, welch_t
from analysis.statistics.meta_analysis import MetaAnalysis, random_effects
from analysis.statistics.subgroup_change import heterogeneity, shrink, welch_anova
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
    group, Cochran's Q. A group below ``min_group`` people is suppressed; when it is the only one
    hidden, the next smallest is hidden too, so that it cannot be worked out.
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


def _across(changes: Mapping[str, EstimateLike]) -> MetaAnalysis | None:
    """Pool the communities that may be shown, allowing their true changes to differ."""
    known = _known(changes)
    if len(known) < FEWEST_POOLED:
        return None
    return random_effects([one.estimate for one in known.values()], _errors(known.values()))


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


def _change(start: FloatArray, end: FloatArray, here: np.ndarray, design: str) -> EstimateLike:
    found = (welch_t if design == "anonymous" else paired_t)(start[here], end[here])
    if not isinstance(found, Comparison) or found.estimate is None:
        return found if isinstance(found, NotEstimable) else NotEstimable(reason="no_data")
    return Estimate(
        estimate=found.estimate,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        std_error=found.std_error,
        n=found.n,
        method=found.name,
    )


def _interaction(
    change: FloatArray, group: np.ndarray, changes: Mapping[str, EstimateLike], design: str
) -> Comparison | NotEstimable:
    if design != "anonymous":
        return welch_anova(change, group)
    known = _known(changes)
    n = sum(one.n for one in known.values())
    return heterogeneity([k.estimate for k in known.values()], _errors(known.values()), n)


def _known(changes: Mapping[str, EstimateLike]) -> dict[str, Estimate]:
    return {
        name: one
        for name, one in changes.items()
        if isinstance(one, Estimate) and one.std_error is not None and one.std_error > 0
    }


def _errors(estimates: object) -> list[float]:
    return [float(e.std_error) for e in estimates]  # type: ignore[attr-defined]


def _groups(
    names: Sequence[str], sizes: Mapping[str, int], changes: Mapping[str, EstimateLike]
) -> tuple[Group, ...]:
    known = _known(changes)
    drawn: dict[str, Estimate] = {}
    if known:
        found = shrink([k.estimate for k in known.values()], _errors(known.values()))
        for index, (name, one) in enumerate(known.items()):
            middle, error = float(found.estimates[index]), float(found.std_errors[index])
            drawn[name] = Estimate(
                estimate=middle,
                ci_low=middle - 1.959963984540054 * error,
                ci_high=middle + 1.959963984540054 * error,
                std_error=error,
                n=one.n,
                method="empirical_bayes",
            )
    hidden = NotEstimable(reason="suppressed")
    return tuple(
        Group(
            value=name,
            n=sizes[name] if name in changes else 0,
            change=changes.get(name, hidden),
            shrunken=drawn.get(name, changes.get(name, hidden)),
        )
        for name in names
    )

"""Change by subgroup: one interaction test, then the groups with shrinkage.

Everything is given here, to whoever holds the data; :mod:`analysis.disclosure` withholds groups
that are small, and others beside them, from everybody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.incomplete_shares import standardised_share
from analysis.statistics.mean_change import paired_t, welch_t
from analysis.statistics.meta_analysis import MetaAnalysis, random_effects
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.partial_pooling import pool_partially
from analysis.statistics.subgroup_change import compare_estimates, welch_anova
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.groups import both_waves
from analysis.surveys.panel import Panel, has_column, person_values
from analysis.surveys.results import Group, Subgroups
from analysis.surveys.scoring import FloatArray

SITE = "site"
MAX_LEVELS = 20
MAX_SITES = 100
#: With fewer communities neither their spread nor a prediction can be told.
MIN_POOLED = 3


def evaluate_subgroups(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str], design: str
) -> tuple[Subgroups, ...]:
    """Evaluate the change by community and by every declared demographic with 2 to 20 levels.

    The model of the whole within each group: everyone matched, paired t and Welch's ANOVA of the
    changes; partly matched, everyone who answered (mixed model, or the standardised share of a
    yes/no item); anonymous waves, Welch. The last two are compared by a Welch-type test of the
    estimates. Where a group is too small for the model its pairs remain, and ``only_pairs`` says
    why. A group below ``min_group`` people has its
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
    used = ~pd.isna(level) & np.isfinite(pre + post)
    if design != "paired":
        used = ~pd.isna(level) & (np.isfinite(pre) | np.isfinite(post))
    names = sorted({str(v) for v in level[used]})
    if not 2 <= len(names) <= (MAX_SITES if by == SITE else MAX_LEVELS):
        return None
    group = level[used].astype(str)
    start, end = pre[used], post[used]
    share = family_of(measure) == "binary"
    estimated = {name: _change(start, end, group == name, design, share=share) for name in names}
    changes = {name: change for name, (change, _) in estimated.items()}
    sizes = {name: _size(start, end, group == name, design) for name in names}
    sizes |= {name: changes[name].n for name, (_, reason) in estimated.items() if reason}
    large = {
        name: one for name, one in changes.items() if sizes[name] >= study.plan.study.min_group
    }
    kept = np.isin(group, list(large))
    return Subgroups(
        by=by,
        interaction=_interaction(end[kept] - start[kept], group[kept], large, design),
        groups=tuple(
            replace(one, only_pairs=estimated[one.value][1])
            for one in _groups(sizes, changes, large)
        ),
        across=_across(large) if by == SITE else None,
    )


def _across(changes: Mapping[str, ComparisonLike]) -> MetaAnalysis | None:
    """Pool the communities with enough people, allowing their true changes to differ."""
    known = _known(changes)
    if len(known) < MIN_POOLED:
        return None
    estimates, errors, df = _columns(known)
    return random_effects(estimates, errors, df=df)


def _size(start: FloatArray, end: FloatArray, here: np.ndarray, design: str) -> int:
    """People behind a group's change: all of them, or the smaller wave when anonymous."""
    if design != "anonymous":
        return int(here.sum())
    return min(int(np.isfinite(start[here]).sum()), int(np.isfinite(end[here]).sum()))


def _change(
    start: FloatArray, end: FloatArray, here: np.ndarray, design: str, *, share: bool
) -> tuple[ComparisonLike, str]:
    """Change of one group by the model of the whole; and why only its pairs, where that failed."""
    start, end = start[here], end[here]
    if design == "anonymous":
        return welch_t(start, end), ""
    both = both_waves(start, end)
    if design == "paired" or bool(both.all()):
        return paired_t(start, end), ""
    before, after = start[~both & np.isfinite(start)], end[~both & np.isfinite(end)]
    if share:
        ways = [[0, 0.5, 1], [0, 0.5, 1]]
        table = np.histogram2d(start[both], end[both], bins=ways)[0]
        lost, new = ([float((x == answer).sum()) for answer in (0, 1)] for x in (before, after))
        everyone = standardised_share(table, lost, new)
        if isinstance(everyone, Comparison):
            # Its error is learnt from the pairs; the groups' intervals and test count with that.
            everyone = replace(everyone, df=float(both.sum() - 1))
    else:
        everyone = mixed_change(start[both], end[both], before, after)
    if isinstance(everyone, Comparison):
        return everyone, ""
    return paired_t(start[both], end[both]), everyone.reason


def _interaction(
    change: FloatArray, group: np.ndarray, changes: Mapping[str, ComparisonLike], design: str
) -> Comparison | NotEstimable:
    if design == "paired":
        return welch_anova(change, group)
    known = _known(changes)
    estimates, errors, df = _columns(known)
    # The error of a small group is learnt from its pairs, whatever the model's degrees of freedom
    # for the change: with those, 11 % of tests of 20 alike groups of 6 pairs found a difference.
    pairs = [float(one.details.get("n_pairs") or np.inf) for one in known.values()]
    df = [min(own, max(n - 1.0, 1.0)) for own, n in zip(df, pairs, strict=True)]
    return compare_estimates(estimates, errors, df, n=sum(one.n for one in known.values()))


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

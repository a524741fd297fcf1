"""Those lost filled in many times, and how much worse they would have to be: for each change."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.counting import sample_variance
from analysis.statistics.imputation import fill_changes, impute_scores
from analysis.statistics.incomplete_shares import impute_shares
from analysis.statistics.tipping import (
    Imputed,
    ImputedClusters,
    ImputedDifference,
    find_tipping_point,
    impute_clusters,
    shift_lost,
)
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.auxiliary import Auxiliary, choose_auxiliary
from analysis.surveys.contrasts import list_contrasts
from analysis.surveys.groups import (
    both_waves,
    clusters_compared,
    is_one_community,
    treated_people,
)
from analysis.surveys.panel import BoolArray, Panel
from analysis.surveys.results import Sensitivity, TippingPoint
from analysis.surveys.scoring import FloatArray, outcome_measures, score_range

IMPUTATIONS = 20


def impute_change(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]
) -> Sensitivity | None:
    """Estimate a change with those lost filled in; None when nobody is missing a wave.

    Scores are filled from the other wave and the auxiliary variables, yes and no from the other
    wave alone. ``tipping`` says how far those lost would have to differ from that.
    """
    pre, post = panel.pair(measure.name, waves)
    if not _somebody_lost(pre, post) or int(both_waves(pre, post).sum()) < 2:
        return None
    auxiliary = _auxiliary(study, panel, measure, waves)
    everyone = np.ones(pre.size, dtype=bool)
    imputed = _impute(measure, pre, post, auxiliary, everyone, study.plan.study.seed)
    return _describe(measure, "multiple_imputation", imputed, waves, auxiliary, (pre, post))


def impute_comparison(study: Study, panel: Panel) -> tuple[Sensitivity, ...]:
    """Estimate each difference from the comparison group with those lost of both filled in.

    Each group is filled by itself, so that nothing of the comparison is assumed of the programme.
    With clusters the error is theirs, as in the comparison itself; yes and no are then not filled,
    because the model of their counts knows of no person, and the bounds of the difference, which
    need no error, stand alone.
    """
    treated = treated_people(study, panel)
    if treated is None or panel.anonymous or len(panel.waves) < 2:
        return ()
    cluster = clusters_compared(study, panel, treated)
    if cluster is not None and is_one_community(study, panel, treated):
        # As the comparison: where no clustered form exists, the plain one speaks of two groups.
        sides = [set(cluster[(treated == arm) & ~pd.isna(cluster)]) for arm in (1, 0)]
        cluster = cluster if min(map(len, sides)) > 1 else None
    found = []
    for measure in outcome_measures(study):
        family = family_of(measure)
        if family == "category" or (family == "binary" and cluster is not None):
            continue
        for waves in list_contrasts(study, panel):
            one = _impute_difference(study, panel, measure, waves, treated, cluster)
            found += [] if one is None else [one]
    return tuple(found)


def _impute_difference(
    study: Study,
    panel: Panel,
    measure: MeasurePlan,
    waves: tuple[str, str],
    treated: FloatArray,
    cluster: np.ndarray | None,
) -> Sensitivity | None:
    pre, post = panel.pair(measure.name, waves)
    if not _somebody_lost(pre[treated == 1], post[treated == 1]):
        return None
    auxiliary = _auxiliary(study, panel, measure, waves)
    # A seed of its own for each group: the same draws in both would not be independent.
    asked = [(treated == arm, study.plan.study.seed + 1 - arm) for arm in (1, 0)]
    both: Imputed | NotEstimable
    if cluster is not None:
        both = _fill_clusters(pre, post, auxiliary, asked, cluster)
    else:
        sides = [_impute(measure, pre, post, auxiliary, *one) for one in asked]
        arms = [one for one in sides if not isinstance(one, NotEstimable)]
        refusals = [one for one in sides if isinstance(one, NotEstimable)]
        both = refusals[0] if refusals else ImputedDifference(treated=arms[0], comparison=arms[1])
    name = "did_multiple_imputation"
    both = replace(both, name=name) if isinstance(both, NotEstimable) else both
    own = treated == 1
    return _describe(measure, name, both, waves, auxiliary, (pre[own], post[own]))


def _fill_clusters(
    pre: FloatArray,
    post: FloatArray,
    auxiliary: Auxiliary | None,
    asked: Sequence[tuple[BoolArray, int]],
    cluster: np.ndarray,
) -> ImputedClusters | NotEstimable:
    """Fill the scores of each group by itself and compare them with errors by cluster."""
    filled, labels = [], []
    for among, seed in asked:
        known = None if auxiliary is None else auxiliary.values[among]
        one = fill_changes(pre[among], post[among], known, m=IMPUTATIONS, seed=seed)
        if isinstance(one, NotEstimable):
            return one
        filled.append(one)
        labels.append(cluster[among][one.rows])
    return impute_clusters(filled[0], filled[1], (labels[0], labels[1]))


def _somebody_lost(pre: FloatArray, post: FloatArray) -> bool:
    return bool((np.isfinite(pre) != np.isfinite(post)).any())


def _auxiliary(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]
) -> Auxiliary | None:
    if family_of(measure) == "binary":
        return None
    return choose_auxiliary(study, panel, measure.name, waves)


def _impute(
    measure: MeasurePlan,
    pre: FloatArray,
    post: FloatArray,
    auxiliary: Auxiliary | None,
    among: BoolArray,
    seed: int,
) -> Imputed | NotEstimable:
    """Fill the gaps of some people by the model that fits the measure."""
    start, end = pre[among], post[among]
    if family_of(measure) != "binary":
        known = None if auxiliary is None else auxiliary.values[among]
        return impute_scores(start, end, known, m=IMPUTATIONS, seed=seed)
    both = both_waves(start, end)
    table = np.histogram2d(start[both], end[both], bins=[[0, 0.5, 1], [0, 0.5, 1]])[0]
    before, after = (
        np.bincount(one[np.isfinite(one) & ~both].astype(np.int64), minlength=2)
        for one in (start, end)
    )
    return impute_shares(table, before, after, m=IMPUTATIONS, seed=seed)


def _describe(
    measure: MeasurePlan,
    name: str,
    imputed: Imputed | NotEstimable,
    waves: tuple[str, str],
    auxiliary: Auxiliary | None,
    scores: Sequence[FloatArray],
) -> Sensitivity:
    if isinstance(imputed, NotEstimable):
        return describe_change(measure, name, imputed, waves)
    change = shift_lost(imputed)
    if isinstance(change, Comparison):
        change = replace(change, name=name)
    row = describe_change(measure, name, change, waves)
    return replace(
        row,
        auxiliary=() if auxiliary is None else auxiliary.names,
        tipping=_tip(measure, imputed, scores) if imputed.n_lost else None,
    )


def _tip(measure: MeasurePlan, imputed: Imputed, scores: Sequence[FloatArray]) -> TippingPoint:
    """Find where the result vanishes, in score units and in SDs of the scores at the start."""
    known = np.concatenate([one[np.isfinite(one)] for one in scores])
    low, high = score_range(measure) or (float(known.min()), float(known.max()))
    found = find_tipping_point(
        lambda delta: shift_lost(imputed, delta), imputed.lost_mean, low, high
    )
    start = scores[0][np.isfinite(scores[0])]
    spread = math.sqrt(sample_variance(start)) if start.size > 1 else 0.0
    in_sds = spread > 0 and found.delta is not None and family_of(measure) != "binary"
    return TippingPoint(
        status=found.status,
        n_lost=imputed.n_lost,
        lost_mean=imputed.lost_mean,
        delta=found.delta,
        delta_sd=(found.delta or 0.0) / spread if in_sds else None,
        limit=found.limit,
        shown=found.shown,
    )


def describe_change(
    measure: MeasurePlan,
    name: str,
    change: ComparisonLike,
    waves: tuple[str, str],
    kish_effect: float | None = None,
) -> Sensitivity:
    """Name a change by another rule, with its waves and method."""
    details: dict[str, float | str | None] = {"from": waves[0], "to": waves[1]}
    if kish_effect is not None:
        details["kish_effect"] = kish_effect
    if isinstance(change, Comparison):
        details["method"] = change.method
        details |= {key: n for key, n in change.details.items() if key.startswith("n_effective")}
    return Sensitivity(measure=measure.name, name=name, change=change, details=details)

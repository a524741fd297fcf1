"""The same change by another rule: imputation, weights, and a model over all waves."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.clusters import cr2
from analysis.statistics.group_change import weighted_mean_change
from analysis.statistics.incomplete_shares import impute_share_change
from analysis.statistics.missing import multiple_imputation_change
from analysis.statistics.mixed_model import mixed_waves
from analysis.statistics.weights import kish_design_effect, rake
from analysis.study import Study
from analysis.study_file import MeasurePlan
from analysis.surveys.analyses import family_of
from analysis.surveys.contrasts import list_contrasts
from analysis.surveys.groups import both_waves, clusters_within
from analysis.surveys.panel import Panel, build_panel, has_column, person_values
from analysis.surveys.results import Sensitivity
from analysis.surveys.scoring import FloatArray, outcome_measures

IMPUTATIONS = 20


def evaluate_sensitivity(study: Study, panel: Panel | None = None) -> tuple[Sensitivity, ...]:
    """Estimate each change again by other rules; empty when answers are anonymous.

    ``multiple_imputation`` of the scores of people who missed a wave; ``mean_cr2`` with people of
    one cluster (else community) alike; ``survey_weights`` with the
    weights given; ``raking`` to the population's shares; ``mixed_waves`` from three waves on.
    """
    panel = build_panel(study) if panel is None else panel
    if panel.anonymous or len(panel.waves) < 2:
        return ()
    measures = [m for m in outcome_measures(study) if family_of(m) != "category"]
    found = []
    for measure in measures:
        for waves in list_contrasts(study, panel):
            found += _of_contrast(study, panel, measure, waves)
        found += _over_waves(panel, measure)
    return tuple(found)


def _of_contrast(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]
) -> list[Sensitivity]:
    pre, post = panel.pair(measure.name, waves)
    both = both_waves(pre, post)
    found = []
    if (np.isfinite(pre) != np.isfinite(post)).any() and int(both.sum()) > 1:
        change = _imputed(study, measure, pre, post)
        found.append(_sensitivity(measure, "multiple_imputation", change, waves))
    cluster = clusters_within(study, panel)
    if cluster is not None and int(both.sum()) > 1:
        alone = np.ones((int(both.sum()), 1))
        change = cr2((post - pre)[both], alone, cluster[both], 0, name="mean_cr2")
        found.append(_sensitivity(measure, "mean_cr2", change, waves))
    if has_column(study, "weight"):
        given = pd.to_numeric(pd.Series(person_values(study, panel, "weight")), errors="coerce")
        weights = given.to_numpy(dtype=np.float64)[both]
        change = weighted_mean_change((post - pre)[both], weights, "survey_weights")
        found.append(_sensitivity(measure, "survey_weights", change, waves, _kish(weights)))
    population = study.plan.survey.population if study.plan.survey is not None else {}
    if population and int(both.sum()) > 1:
        found.append(_raked(study, panel, measure, waves, population))
    return found


def _imputed(
    study: Study, measure: MeasurePlan, pre: FloatArray, post: FloatArray
) -> ComparisonLike:
    seed = study.plan.study.seed
    if family_of(measure) != "binary":
        return multiple_imputation_change(pre, post, m=IMPUTATIONS, seed=seed)
    both = both_waves(pre, post)
    table = np.histogram2d(pre[both], post[both], bins=[[0, 0.5, 1], [0, 0.5, 1]])[0]
    before, after = (
        np.bincount(one[np.isfinite(one) & ~both].astype(np.int64), minlength=2)
        for one in (pre, post)
    )
    return impute_share_change(table, before, after, m=IMPUTATIONS, seed=seed)


def _raked(
    study: Study,
    panel: Panel,
    measure: MeasurePlan,
    waves: tuple[str, str],
    population: dict[str, dict[str, float]],
) -> Sensitivity:
    pre, post = panel.pair(measure.name, waves)
    used = both_waves(pre, post)
    levels = {
        name: person_values(study, panel, name) for name in population if has_column(study, name)
    }
    for name, level in levels.items():
        used &= np.isin(level.astype(str), list(population[name]))
    margins = [_margin(level[used].astype(str), population[name]) for name, level in levels.items()]
    refused = NotEstimable(reason="no_data", n=int(used.sum()), name="raking")
    if not margins or not used.any():
        return _sensitivity(measure, "raking", refused, waves)
    raked = rake(margins)
    if raked.reason:
        refused = NotEstimable(reason="not_identified", n=int(used.sum()), name="raking")
        return _sensitivity(measure, "raking", refused, waves)
    change = weighted_mean_change((post - pre)[used], raked.weights, "raking")
    return _sensitivity(measure, "raking", change, waves, raked.kish_effect)


def _margin(level: np.ndarray, shares: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Position of each person's level, and the target shares of the levels that occur."""
    present = [name for name in shares if (level == name).any()]
    target = np.array([shares[name] for name in present], dtype=np.float64)
    return np.array([present.index(one) for one in level]), target / target.sum()


def _over_waves(panel: Panel, measure: MeasurePlan) -> list[Sensitivity]:
    """One model over all waves, each against the first."""
    columns = panel.told_then
    if len(columns) < 3:
        return []
    scores = panel.scores[measure.name][:, columns]
    person, wave = np.nonzero(np.isfinite(scores))
    found = mixed_waves(scores[person, wave], wave, person, len(columns))
    return [
        _sensitivity(measure, "mixed_waves", one, (panel.waves[columns[0]], panel.waves[later]))
        for later, one in zip(columns[1:], found, strict=True)
    ]


def _kish(weights: FloatArray) -> float | None:
    kept = weights[np.isfinite(weights) & (weights > 0)]
    return float(kish_design_effect(kept)) if kept.size else None


def _sensitivity(
    measure: MeasurePlan,
    name: str,
    change: ComparisonLike,
    waves: tuple[str, str],
    kish_effect: float | None = None,
) -> Sensitivity:
    details: dict[str, float | str | None] = {"from": waves[0], "to": waves[1]}
    if kish_effect is not None:
        details["kish_effect"] = kish_effect
    if isinstance(change, Comparison):
        details["method"] = change.method
    return Sensitivity(measure=measure.name, name=name, change=change, details=details)

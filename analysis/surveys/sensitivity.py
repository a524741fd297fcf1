"""The same change by another rule: weights, clusters, and a model over all waves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import Comparison, ComparisonLike, NotEstimable
from analysis.statistics.clusters import cr2
from analysis.statistics.group_change import weighted_mean_change
from analysis.statistics.ordinal_mixed import ordered_change
from analysis.statistics.trajectory import mean_trajectory
from analysis.statistics.wave_weights import raked_waves, standardised_waves, weighted_waves
from analysis.statistics.weights import RakedWeights, kish_design_effect, rake
from analysis.study import Study
from analysis.surveys.analyses import MAX_ORDERED, family_of
from analysis.surveys.contrasts import list_contrasts
from analysis.surveys.groups import both_waves, clusters_within
from analysis.surveys.imputation import describe_change, impute_change
from analysis.surveys.panel import BoolArray, Panel, build_panel, has_column, person_values
from analysis.surveys.results import Sensitivity
from analysis.surveys.scoring import FloatArray, outcome_measures
from analysis.surveys.subgroups import SITE
from analysis.surveys.trajectory import MIN_WAVES, trajectory_waves


def evaluate_sensitivity(study: Study, panel: Panel | None = None) -> tuple[Sensitivity, ...]:
    """Estimate each change again by other rules.

    ``multiple_imputation`` of the scores of people who missed a wave; ``mean_cr2`` with people of
    one cluster (else community) alike; ``survey_weights`` with the
    weights given; ``raking`` to the population's shares; ``mixed_waves`` from three waves on,
    and for one ordered question ``ordinal_waves``.
    Anonymous waves: ``survey_weights``, ``raking``, and ``baseline_composition``, the later wave
    weighted to the demographics of the first.
    """
    panel = build_panel(study) if panel is None else panel
    if len(panel.waves) < 2:
        return ()
    measures = [m for m in outcome_measures(study) if family_of(m) != "category"]
    found = []
    for measure in measures:
        rules = _of_waves if panel.anonymous else _of_contrast
        for waves in list_contrasts(study, panel):
            found += rules(study, panel, measure, waves)
        found += [] if panel.anonymous else _over_waves(panel, measure)
    return tuple(found)


def _of_contrast(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]
) -> list[Sensitivity]:
    pre, post = panel.pair(measure.name, waves)
    both = both_waves(pre, post)
    imputed = impute_change(study, panel, measure, waves)
    found = [] if imputed is None else [imputed]
    cluster = clusters_within(study, panel)
    if cluster is not None and int(both.sum()) > 1:
        alone = np.ones((int(both.sum()), 1))
        change = cr2((post - pre)[both], alone, cluster[both], 0, name="mean_cr2")
        found.append(describe_change(measure, "mean_cr2", change, waves))
    if has_column(study, "weight"):
        weights = given_weights(study, panel)[both]
        change = weighted_mean_change((post - pre)[both], weights, "survey_weights")
        found.append(describe_change(measure, "survey_weights", change, waves, _kish(weights)))
    population = study.plan.survey.population if study.plan.survey is not None else {}
    if population and int(both.sum()) > 1:
        found.append(_raked(study, panel, measure, waves))
    return found


def _of_waves(
    study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]
) -> list[Sensitivity]:
    """Difference of two anonymous waves with weights, as far as there are any."""
    pre, post = panel.pair(measure.name, waves)
    there = [np.isfinite(scores) for scores in (pre, post)]
    found: list[ComparisonLike] = []
    if has_column(study, "weight"):
        w = given_weights(study, panel)
        found.append(weighted_waves(pre[there[0]], post[there[1]], w[there[0]], w[there[1]]))
    population = study.plan.survey.population if study.plan.survey is not None else {}
    known = [name for name in population if has_column(study, name)]
    if known:
        used, levels = _with_levels(study, panel, there, known, population)
        # Levels that neither wave has cannot be weighted to; one that a wave lacks is a refusal.
        answered = used[0] | used[1]
        starts, ends = (
            [
                _codes(level[side].astype(str), set(level[answered].astype(str)), population[name])
                for name, level in zip(known, levels, strict=True)
            ]
            for side in used
        )
        raked = raked_waves(pre[used[0]], post[used[1]], starts, ends)
        found.append(_counting(raked, there, used))
    names = list(map(str, study.survey.categories)) if study.survey is not None else []
    names = [SITE, *names] if has_column(study, SITE) and SITE not in names else names
    if names:
        used, levels = _with_levels(study, panel, there, names, {})
        either = used[0] | used[1]
        codes = [np.unique(one[either].astype(str), return_inverse=True)[1] for one in levels]
        first, later = ([code[side[either]] for code in codes] for side in used)
        alike = standardised_waves(pre[used[0]], post[used[1]], first, later)
        found.append(_counting(alike, there, used))
    return [describe_change(measure, one.name, one, waves) for one in found]


def _with_levels(
    study: Study,
    panel: Panel,
    there: Sequence[BoolArray],
    names: Sequence[str],
    allowed: Mapping[str, Mapping[str, float]],
) -> tuple[list[BoolArray], list[np.ndarray]]:
    """People of each wave whose levels of every variable are known (and have a target)."""
    levels = [person_values(study, panel, name) for name in names]
    known = np.ones(len(panel.row), dtype=bool)
    for name, level in zip(names, levels, strict=True):
        known &= ~pd.isna(level)
        if name in allowed:
            known &= np.isin(level.astype(str), list(allowed[name]))
    return [side & known for side in there], levels


def _counting(
    found: ComparisonLike, there: Sequence[BoolArray], used: Sequence[BoolArray]
) -> ComparisonLike:
    """Count those left out because a level of theirs is not known."""
    left_out = sum(int(side.sum()) for side in there) - sum(int(side.sum()) for side in used)
    return replace(found, n_missing=left_out) if isinstance(found, Comparison) else found


def _raked(study: Study, panel: Panel, measure: MeasurePlan, waves: tuple[str, str]) -> Sensitivity:
    pre, post = panel.pair(measure.name, waves)
    used, levels = raked_people(study, panel, both_waves(pre, post))
    refused = NotEstimable(reason="no_data", n=int(used.sum()), name="raking")
    if not levels or not used.any():
        return describe_change(measure, "raking", refused, waves)
    raked = rake_people(study, used, levels)
    if raked.reason:
        refused = NotEstimable(reason="not_identified", n=int(used.sum()), name="raking")
        return describe_change(measure, "raking", refused, waves)
    change = weighted_mean_change((post - pre)[used], raked.weights, "raking")
    return describe_change(measure, "raking", change, waves, raked.kish_effect)


def raked_people(
    study: Study, panel: Panel, among: BoolArray
) -> tuple[BoolArray, dict[str, npt.NDArray[np.str_]]]:
    """Find those who have a level with a share of every variable, and everybody's levels."""
    population = study.plan.survey.population if study.plan.survey is not None else {}
    levels = {
        name: person_values(study, panel, name).astype(str)
        for name in population
        if has_column(study, name)
    }
    known = [np.isin(level, list(population[name])) for name, level in levels.items()]
    return np.logical_and.reduce([among, *known]), levels


def rake_people(
    study: Study, used: BoolArray, levels: Mapping[str, npt.NDArray[np.str_]]
) -> RakedWeights:
    """Weigh people, found by :func:`raked_people`, to the shares of the population."""
    population = study.plan.survey.population if study.plan.survey is not None else {}
    return rake([_margin(level[used], population[name]) for name, level in levels.items()])


def given_weights(study: Study, panel: Panel) -> FloatArray:
    """Weight of each person as given; NaN where it is no number."""
    given = pd.to_numeric(pd.Series(person_values(study, panel, "weight")), errors="coerce")
    return given.to_numpy(dtype=np.float64)


def _margin(level: np.ndarray, shares: dict[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Position of each person's level, and the target shares of the levels that occur."""
    return _codes(level, set(level), shares)


def _codes(
    level: np.ndarray, occurring: set[str], shares: Mapping[str, float]
) -> tuple[np.ndarray, np.ndarray]:
    """Position of each person's level among those with a share that occur, and the shares."""
    present = [name for name in shares if name in occurring]
    target = np.array([shares[name] for name in present], dtype=np.float64)
    places = np.array([present.index(one) for one in level], dtype=np.int64)
    return places, target / target.sum()


def _over_waves(panel: Panel, measure: MeasurePlan) -> list[Sensitivity]:
    """One model over all waves, each against the first; a yes/no item has its own trajectory."""
    columns = trajectory_waves(panel)
    if len(columns) < MIN_WAVES or family_of(measure) != "mean":
        return []
    scores = panel.scores[measure.name][:, columns]
    pairs = [(0, later) for later in range(1, len(columns))]
    models = {"mixed_waves": mean_trajectory(scores, pairs).contrasts}
    distinct = np.unique(scores[np.isfinite(scores)]).size
    if measure.kind == "scale" and len(measure.items) == 1 and 3 <= distinct <= MAX_ORDERED:
        models["ordinal_waves"] = ordered_change(scores).changes
    return [
        describe_change(measure, name, one, (panel.waves[columns[0]], panel.waves[later]))
        for name, found in models.items()
        for later, one in zip(columns[1:], found, strict=True)
    ]


def _kish(weights: FloatArray) -> float | None:
    kept = weights[np.isfinite(weights) & (weights > 0)]
    return float(kish_design_effect(kept)) if kept.size else None

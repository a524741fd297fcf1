"""Treated minus comparison: difference in differences and ANCOVA side by side."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.plan import MeasurePlan
from analysis.results import Caution, Comparison, ComparisonLike, Estimate, NotEstimable
from analysis.statistics.clusters import MIN_CLUSTERS, cr2, sign_flip
from analysis.statistics.counting import sample_variance
from analysis.statistics.e_value import e_value, e_value_of_limit, ratio_of_difference
from analysis.statistics.group_change import (
    difference_of_changes,
    difference_of_estimates,
    least_squares,
)
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.multiplicity import adjust_by_family
from analysis.statistics.overlap_weights import kish_size, overlap_weights, weighted_difference
from analysis.study import Study
from analysis.surveys.analyses import family_of
from analysis.surveys.attrition import is_differential
from analysis.surveys.balance import compare_baselines, standardised_difference
from analysis.surveys.contrasts import (
    family_of_contrast,
    list_contrasts,
    main_contrast,
    waves_before,
)
from analysis.surveys.covariates import Covariates, read_covariates
from analysis.surveys.groups import (
    assignment_of,
    both_waves,
    clusters_compared,
    is_one_community,
    start_dates,
    treated_people,
)
from analysis.surveys.panel import BoolArray, Panel, build_panel
from analysis.surveys.results import (
    BalanceRow,
    EValue,
    EventStudyPoint,
    GroupComparison,
    Overlap,
    WeightedBalance,
)
from analysis.surveys.scoring import FloatArray, mean_of, outcome_measures
from analysis.thresholds import MAX_BASELINE_SMD, SIGNIFICANCE_LEVEL

#: With fewer in a group of half the spread more than 97 % of intervals hold (docs/coverage.md).
MIN_IN_GROUP = 8
#: With fewer in both waves 92 to 93 % of the intervals of ``did_mixed`` hold (docs/coverage.md).
MIN_PAIRS_FOR_MIXED = 15


def evaluate_comparison(study: Study, panel: Panel | None = None) -> tuple[GroupComparison, ...]:
    """Compare the change of treated people with that of the comparison group.

    Returns
    -------
    tuple of GroupComparison
        One per measure and contrast; empty without a comparison group.
    """
    panel = build_panel(study) if panel is None else panel
    treated = treated_people(study, panel)
    if treated is None:
        return ()
    balance = compare_baselines(study, panel, treated)
    asked = [
        (measure, waves)
        for measure in outcome_measures(study)
        if family_of(measure) != "category"
        for waves in list_contrasts(study, panel)
    ]
    found = [compare_groups(study, panel, *one, treated, balance) for one in asked]
    return _adjust(study, found)


def _adjust(study: Study, found: Sequence[GroupComparison]) -> tuple[GroupComparison, ...]:
    p_values = [c.effect.p_value if isinstance(c.effect, Comparison) else None for c in found]
    families = [family_of_contrast(study.measure(c.measure).role, main=c.main) for c in found]
    adjusted = adjust_by_family(p_values, families, confirmatory="primary")
    return tuple(replace(c, p_adjusted=p) for c, p in zip(found, adjusted, strict=True))


def compare_groups(
    study: Study,
    panel: Panel,
    measure: MeasurePlan,
    waves: tuple[str, str],
    treated: FloatArray,
    balance: tuple[BalanceRow, ...],
) -> GroupComparison:
    """Compare the groups on one measure and contrast."""
    pre, post = panel.pair(measure.name, waves)
    cluster = clusters_compared(study, panel, treated)
    covariates = read_covariates(study, panel) if not panel.anonymous else None
    analyses = _analyses(panel, pre, post, treated, cluster, covariates)
    placebo = _placebo(panel, measure, treated)
    cautions = _cautions(study, panel, measure, treated, balance, cluster, placebo)
    assignment = assignment_of(study)
    agreement = agreement_of_groups(analyses)
    doubts = _doubts(
        assignment,
        agreement,
        {c.code for c in cautions},
        alike=_are_alike(pre, post, treated, covariates),
        differential=is_differential(panel, treated),
    )
    effect = _effect(analyses, cautions, assignment)
    share = family_of(measure) == "binary"
    return GroupComparison(
        measure=measure.name,
        contrast=waves,
        main=waves == main_contrast(study, panel, measure.name),
        assignment=assignment,
        agreement=agreement,
        causal=not doubts,
        doubts=doubts,
        effect=effect,
        p_adjusted=None,
        analyses=analyses,
        means=_means(panel, measure, treated),
        counterfactual=_counterfactual(pre, post, treated, panel.anonymous),
        n_clusters=len(set(cluster[~pd.isna(cluster)])) if cluster is not None else 0,
        event_study=_event_study(panel, measure, treated),
        placebo=placebo,
        balance=balance,
        overlap=_overlap(pre, post, treated, covariates, measure.name),
        e_value=None if assignment == "random" else _e_value(effect, post, treated, share=share),
        cautions=cautions,
    )


def compare_methods(analyses: Sequence[ComparisonLike]) -> tuple[Comparison, Comparison] | None:
    """Difference in differences and ANCOVA of the same form; None when one is missing.

    With declared covariates ANCOVA adjusts for them, or there is none: where the groups share no
    level of a covariate, the plain one says nothing of it. With clusters both are the clustered
    forms.
    """
    by_name = {one.name: one for one in analyses if isinstance(one, Comparison)}
    adjusted = any(one.name.startswith("ancova_covariates") for one in analyses)
    form = "_cr2" if any(one.name == "did_cr2" for one in analyses) else ""
    did = by_name.get(f"did{form}") or by_name.get("did")
    form = "_cr2" if did is not None and did.name.endswith("_cr2") else ""
    ancova = by_name.get(f"ancova_covariates{form}" if adjusted else f"ancova{form}")
    return None if did is None or ancova is None else (did, ancova)


def agreement_of_groups(analyses: Sequence[ComparisonLike]) -> str:
    """Whether difference in differences and ANCOVA agree in sign and in being clear at 5 %.

    ``single`` when one is missing. Both being unclear is agreement: neither makes a claim.
    """
    pair = compare_methods(analyses)
    if pair is None:
        return "single"
    did, ancova = pair
    clear = [one.p_value is not None and one.p_value < SIGNIFICANCE_LEVEL for one in pair]
    if not any(clear):
        return "agree"
    same_sign = (did.estimate or 0.0) * (ancova.estimate or 0.0) > 0
    return "agree" if all(clear) and same_sign else "disagree"


def _are_alike(
    pre: FloatArray, post: FloatArray, treated: FloatArray, covariates: Covariates | None
) -> bool:
    """Whether the baselines of the two groups lie within 0.25 SD: of all, and of those analysed.

    Declared covariates count too, rare levels among them: what is not shown may still differ. 0.25
    is the limit of the What Works Clearinghouse for a baseline that adjustment can still repair
    (Standards Handbook 4.1, 2020).
    """
    columns = [pre, *(covariates.values.T if covariates is not None else ())]
    # Of anonymous waves nobody is in both: only all of the baseline can be compared.
    for rows in (np.isfinite(pre), both_waves(pre, post)):
        for column in columns if rows.any() else ():
            known = rows & np.isfinite(column)
            sides = [column[known & (treated == arm)] for arm in (0, 1)]
            if min(side.size for side in sides) < 2:
                return False
            difference = standardised_difference(*sides)
            if difference is not None and abs(difference) > MAX_BASELINE_SMD:
                return False
    return bool(np.isfinite(pre).any())


def _doubts(
    assignment: str, agreement: str, cautions: Set[str], *, alike: bool, differential: bool
) -> tuple[str, ...]:
    """Why the design does not earn a causal verb; nothing when it does.

    People drawn by lot need no likeness at the start and no second method: what chance left is
    in the interval. Everybody else needs both; nobody may have lost one group more than another.
    """
    found = {
        "one_community": "one_treated_community" in cautions,
        "methods_disagree": agreement == "disagree",
        "attrition_differs": differential,
        "groups_differ": assignment != "random" and not alike,
        "one_method": assignment != "random" and agreement == "single",
        "trends_differ": "trends_differ" in cautions,
    }
    by_lot = ("methods_disagree", "trends_differ") if assignment == "random" else ()
    return tuple(code for code, doubted in found.items() if doubted and code not in by_lot)


def _effect(
    analyses: Sequence[ComparisonLike], cautions: Sequence[Caution], assignment: str
) -> ComparisonLike:
    """Pick the estimate by design, before any number is seen.

    ANCOVA where people were drawn by lot: it is unbiased there and the most precise (Van Breukelen
    2006, doi:10.1016/j.jclinepi.2006.02.007); else difference in differences, which does not
    take the groups to be alike. With clusters their form or its refusal: the plain interval would
    claim too much. With one treated community no clustered form exists; the plain one then speaks
    of the two groups only.
    """
    by_name = {one.name: one for one in analyses}
    wanted = "did"
    if assignment == "random" and "ancova" in by_name:
        wanted = "ancova_covariates" if "ancova_covariates" in by_name else "ancova"
    clustered = by_name.get(f"{wanted}_cr2")
    alone = any(caution.code == "one_treated_community" for caution in cautions)
    if clustered is None or (alone and isinstance(clustered, NotEstimable)):
        return by_name[wanted]
    return clustered


def _analyses(
    panel: Panel,
    pre: FloatArray,
    post: FloatArray,
    treated: FloatArray,
    cluster: np.ndarray | None,
    covariates: Covariates | None,
) -> tuple[ComparisonLike, ...]:
    if panel.anonymous:
        return (_did_of_all(pre, post, treated, "did"),)
    used = both_waves(pre, post) & np.isfinite(treated)
    change, arm, start = (post - pre)[used], treated[used], pre[used]
    one = np.ones_like(arm)
    adjusted = np.column_stack([one, arm, start - start.mean() if start.size else start])
    found: list[ComparisonLike] = [
        least_squares(change, np.column_stack([one, arm]), 1, "did", group=arm),
        least_squares(post[used], adjusted, 1, "ancova", group=arm),
        _did_of_all(pre, post, treated, "did_everyone"),
    ]
    if (np.isfinite(pre) != np.isfinite(post)).any():
        found.append(_did_mixed(pre, post, treated))
    if covariates is not None:
        known = used & np.isfinite(covariates.values).all(axis=1)
        wide = _with_covariates(covariates, pre, treated, known)
        missing = int(used.sum() - known.sum())
        plain = least_squares(post[known], wide, 1, "ancova_covariates", group=treated[known])
        found.append(_leaving_out(plain, missing))
        weights = overlap_weights(treated[known], wide[:, 2:]) if known.any() else None
        found.append(_did_overlap((post - pre)[known], treated[known], weights, cluster, known))
    if cluster is not None:
        found += _clustered(change, post[used], adjusted, cluster[used])
        if covariates is not None:
            found.append(_ancova_of_clusters(post[known], wide, cluster[known]))
    return tuple(found)


def _with_covariates(
    covariates: Covariates, pre: FloatArray, treated: FloatArray, rows: BoolArray
) -> FloatArray:
    """Intercept, group, score at the start and covariates; all but the group centred."""
    beside = np.column_stack([pre, covariates.values])[rows]
    # A level that none of these people has would make the design singular.
    beside = beside[:, np.ptp(beside, axis=0) > 0] if len(beside) else beside
    arm = treated[rows]
    centred = beside - beside.mean(axis=0) if len(beside) else beside
    return np.column_stack([np.ones_like(arm), arm, centred])


def _leaving_out(found: ComparisonLike, missing: int) -> ComparisonLike:
    """Count the people whose covariates are not known as left out."""
    if isinstance(found, NotEstimable):
        return found
    return replace(found, n_missing=found.n_missing + missing)


def _did_mixed(pre: FloatArray, post: FloatArray, treated: FloatArray) -> ComparisonLike:
    """Difference of the groups' changes, each by a model of everyone who answered either wave.

    The two groups share no parameter: each has its own means, variances and correlation, so the
    likelihood falls into two and so may the estimate.
    """
    sides = []
    for arm in (1, 0):
        first, last = pre[treated == arm], post[treated == arm]
        both = both_waves(first, last)
        alone = [s[np.isfinite(s) & ~both] for s in (first, last)]
        sides.append(mixed_change(first[both], last[both], *alone))
    return difference_of_estimates(sides[0], sides[1], "did_mixed")


def _did_overlap(
    change: FloatArray,
    arm: FloatArray,
    weights: FloatArray | None,
    cluster: np.ndarray | None,
    rows: BoolArray,
) -> ComparisonLike:
    if weights is None:
        return NotEstimable(reason="not_identified", n=int(change.size), name="did_overlap")
    if cluster is None:
        return weighted_difference(change, arm, weights)
    labels = cluster[rows]
    there = ~pd.isna(labels)
    sides = [len(set(labels[there & (arm == side)])) for side in (1, 0)]
    if min(sides) < 2 or len(set(labels[there])) < MIN_CLUSTERS:
        details = {"n_treated_clusters": sides[0], "n_comparison_clusters": sides[1]}
        return NotEstimable(
            reason="not_identified", n=int(change.size), name="did_overlap", details=details
        )
    return weighted_difference(change[there], arm[there], weights[there], labels[there])


def _ancova_of_clusters(
    post: FloatArray, design: FloatArray, cluster: np.ndarray
) -> ComparisonLike:
    """CR2 of the adjusted difference; refused where one group has fewer than two clusters."""
    name, known = "ancova_covariates_cr2", ~pd.isna(cluster)
    post, design, cluster = post[known], design[known], cluster[known]
    sides = [len(set(cluster[design[:, 1] == arm])) for arm in (1, 0)]
    if min(sides) < 2:
        details = {"n_treated_clusters": sides[0], "n_comparison_clusters": sides[1]}
        return NotEstimable(reason="not_identified", n=post.size, name=name, details=details)
    return cr2(post, design, cluster, 1, name=name)


def _overlap(
    pre: FloatArray,
    post: FloatArray,
    treated: FloatArray,
    covariates: Covariates | None,
    measure: str,
) -> Overlap | None:
    """How alike the groups are before and after weighting; None without covariates or weights."""
    if covariates is None:
        return None
    known = (
        both_waves(pre, post) & np.isfinite(treated) & np.isfinite(covariates.values).all(axis=1)
    )
    wide = _with_covariates(covariates, pre, treated, known)
    weights = overlap_weights(treated[known], wide[:, 2:]) if known.any() else None
    if weights is None:
        return None
    arm, beside = treated[known] == 1, np.column_stack([pre, covariates.values])[known]
    rows = []
    for (name, level), values in zip([(measure, ""), *covariates.names], beside.T, strict=True):
        a, b = values[arm], values[~arm]
        if min(a.size, b.size) < 2:
            continue
        spread = math.sqrt((sample_variance(a) + sample_variance(b)) / 2)
        if spread == 0:
            continue
        gap = float(np.average(a, weights=weights[arm]) - np.average(b, weights=weights[~arm]))
        rows.append(
            WeightedBalance(
                variable=name,
                level=level,
                before=float(a.mean() - b.mean()) / spread,
                after=gap / spread,
            )
        )
    return Overlap(
        n=int(known.sum()),
        effective_treated=kish_size(weights[arm]),
        effective_comparison=kish_size(weights[~arm]),
        balance=tuple(rows),
    )


def _e_value(
    effect: ComparisonLike, post: FloatArray, treated: FloatArray, *, share: bool
) -> EValue | None:
    """E-value of the difference: of a ratio of shares, or of a difference in SD of the scores."""
    if not isinstance(effect, Comparison) or effect.estimate is None:
        return None
    if effect.ci_low is None or effect.ci_high is None:
        return None
    sides = [post[(treated == arm) & np.isfinite(post)] for arm in (1, 0)]
    if min(side.size for side in sides) < 2:
        return None
    ends = (effect.estimate, effect.ci_low, effect.ci_high)
    if share:
        level = float(sides[0].mean())
        if any(level - end <= 0 for end in ends) or level <= 0:
            return None
        ratios = [level / (level - end) for end in ends]
    else:
        spread = math.sqrt(
            sum(sample_variance(s) * (s.size - 1) for s in sides) / (sum(s.size for s in sides) - 2)
        )
        if spread == 0:
            return None
        ratios = [ratio_of_difference(end, spread) for end in ends]
    return EValue(
        risk_ratio=ratios[0],
        estimate=e_value(ratios[0]),
        limit=e_value_of_limit(*ratios),
    )


def _did_of_all(
    pre: FloatArray, post: FloatArray, treated: FloatArray, name: str
) -> ComparisonLike:
    """Difference of the four means, everyone who answered, as independent samples."""
    no, yes = treated == 0, treated == 1
    return difference_of_changes((pre[no], post[no], pre[yes], post[yes]), name)


def _clustered(
    change: FloatArray, post: FloatArray, adjusted: FloatArray, cluster: np.ndarray
) -> list[ComparisonLike]:
    """CR2 for both estimands and the exact sign-flip; refused when the design cannot tell."""
    known = ~pd.isna(cluster)
    change, post, adjusted, cluster = change[known], post[known], adjusted[known], cluster[known]
    names = ("did_cr2", "ancova_cr2", "sign_flip")
    sides = [len(set(cluster[adjusted[:, 1] == arm])) for arm in (1, 0)]
    if min(sides) < 2:
        details = {"n_treated_clusters": sides[0], "n_comparison_clusters": sides[1]}
        return [
            NotEstimable(reason="not_identified", n=change.size, name=name, details=details)
            for name in names
        ]
    return [
        cr2(change, adjusted[:, :2], cluster, 1, name="did_cr2"),
        cr2(post, adjusted, cluster, 1, name="ancova_cr2"),
        _sign_flip(change, adjusted, cluster),
    ]


def _sign_flip(change: FloatArray, adjusted: FloatArray, cluster: np.ndarray) -> ComparisonLike:
    """Sign-flip over pairs of clusters matched by their baseline order (treated minus comparison).

    Canay, Romano & Shaikh 2017, doi:10.3982/ECTA13081.
    """
    sides = [
        _by_baseline(change[at], adjusted[at, 2], cluster[at])
        for at in (adjusted[:, 1] == arm for arm in (1, 0))
    ]
    n = min(len(side) for side in sides)
    if n < MIN_CLUSTERS:
        return NotEstimable(reason="too_few", n=n, name="sign_flip", details={"n_cluster_pairs": n})
    chosen = [side[np.linspace(0, len(side) - 1, n).round().astype(int)] for side in sides]
    found = sign_flip(chosen[0] - chosen[1])
    left_out = sum(len(side) for side in sides) - 2 * n
    if isinstance(found, NotEstimable):
        return found
    details = dict(found.details) | {"n_clusters_left_out": left_out}
    return replace(found, n_missing=found.n_missing + left_out, details=details)


def _by_baseline(change: FloatArray, start: FloatArray, cluster: np.ndarray) -> FloatArray:
    """Mean change of each cluster, those that started lowest first."""
    _, place, n = np.unique(cluster.astype(str), return_inverse=True, return_counts=True)
    first, moved = (np.bincount(place, values) / n for values in (start, change))
    return np.asarray(moved[np.argsort(first, kind="stable")])


def _means(
    panel: Panel, measure: MeasurePlan, treated: FloatArray
) -> tuple[tuple[str, str, Estimate | NotEstimable], ...]:
    scores = panel.scores[measure.name]
    return tuple(
        (
            name,
            wave,
            mean_of(
                column[np.isfinite(column)],
                measure.kind if family_of(measure) == "binary" else "scale",
            ),
        )
        for name, arm in (("treated", 1), ("comparison", 0))
        for index, wave in enumerate(panel.waves)
        for column in [scores[treated == arm, index]]
    )


def _counterfactual(
    pre: FloatArray, post: FloatArray, treated: FloatArray, anonymous: bool
) -> float | None:
    """Where the treated would be had they changed as the comparison group did (pairs)."""
    used = np.isfinite(treated) if anonymous else both_waves(pre, post)
    values = [
        side[np.isfinite(side)]
        for side in (
            pre[used & (treated == 1)],
            pre[used & (treated == 0)],
            post[used & (treated == 0)],
        )
    ]
    if min(v.size for v in values) == 0:
        return None
    return float(values[0].mean() + values[2].mean() - values[1].mean())


def _event_study(
    panel: Panel, measure: MeasurePlan, treated: FloatArray
) -> tuple[EventStudyPoint, ...]:
    """Treated minus comparison in each wave against the baseline; from three waves on.

    Placebo waves, asked before the baseline, are points of their own: they should lie at 0.
    """
    asked = [at for at, wave in enumerate(panel.waves) if wave not in panel.looked_back]
    if len(asked) < 3:
        return ()
    start = panel.ends[0]
    return tuple(
        EventStudyPoint(
            wave=panel.waves[at],
            difference=_as_estimate(_simple_did(panel, measure, treated, start, at)),
        )
        for at in asked
        if at != start
    )


def _placebo(panel: Panel, measure: MeasurePlan, treated: FloatArray) -> ComparisonLike | None:
    """The same contrast between two waves before the start: should be nothing."""
    before = waves_before(panel)
    if len(before) < 2:
        return None
    return replace(_simple_did(panel, measure, treated, before[0], before[-1]), name="placebo")


def _simple_did(
    panel: Panel, measure: MeasurePlan, treated: FloatArray, start: int, end: int
) -> ComparisonLike:
    scores = panel.scores[measure.name]
    pre, post = scores[:, start], scores[:, end]
    if panel.anonymous:
        return _did_of_all(pre, post, treated, "did")
    design = np.column_stack([np.ones_like(treated), treated])
    return least_squares(post - pre, design, 1, "did", group=treated)


def _as_estimate(found: ComparisonLike) -> Estimate | NotEstimable:
    if not isinstance(found, Comparison) or found.estimate is None:
        return found if isinstance(found, NotEstimable) else NotEstimable(reason="no_data")
    return Estimate(
        estimate=found.estimate,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        std_error=found.std_error,
        n=found.n,
        n_missing=found.n_missing,
        method=found.method,
    )


def _cautions(
    study: Study,
    panel: Panel,
    measure: MeasurePlan,
    treated: FloatArray,
    balance: tuple[BalanceRow, ...],
    cluster: np.ndarray | None,
    placebo: ComparisonLike | None,
) -> tuple[Caution, ...]:
    found: list[tuple[str, dict[str, object]]] = []
    if placebo is None:
        found.append(("parallel_trends_unchecked", {}))
    elif isinstance(placebo, Comparison) and (placebo.p_value or 1.0) < SIGNIFICANCE_LEVEL:
        found.append(("trends_differ", {"change": placebo.estimate}))
    if is_one_community(study, panel, treated):
        found.append(("one_treated_community", {}))
    if len(start_dates(study, panel, treated)) > 1:
        found.append(("staggered_starts", {"n": len(start_dates(study, panel, treated))}))
    scores = [panel.scores[measure.name][:, at] for at in panel.ends]
    before, after = (np.isfinite(column) for column in scores)
    once, both = before | after, before & after
    smaller, pairs = (
        min(int((rows & (treated == arm)).sum()) for arm in (1, 0))
        for rows in (once if panel.anonymous else both, both)
    )
    if cluster is None and 1 < smaller < MIN_IN_GROUP:
        found.append(("few_in_group", {"n": smaller}))
    lost = not panel.anonymous and bool((once & ~both & np.isfinite(treated)).any())
    if lost and 1 < pairs < MIN_PAIRS_FOR_MIXED:
        found.append(("mixed_of_few", {"n": pairs}))
    if cluster is not None and len(set(cluster[~pd.isna(cluster)])) < 10:
        found.append(("few_clusters", {"n": len(set(cluster[~pd.isna(cluster)]))}))
    start = next((b.smd for b in balance if b.variable == measure.name), None)
    if start is not None and abs(start) > MAX_BASELINE_SMD:
        found.append(("groups_differ_at_start", {"smd": start}))
        worse = start < 0 if measure.better == "higher" else start > 0
        if worse:
            found.append(("regression_to_mean", {"smd": start}))
    return tuple(
        Caution(code=code, section="comparison", measure=measure.name, values=values)
        for code, values in found
    )

"""Treated minus comparison: difference in differences and ANCOVA side by side."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import replace

import numpy as np
import pandas as pd

from analysis.results import Caution, Comparison, ComparisonLike, Estimate, NotEstimable
from analysis.statistics.clusters import LEAST_CLUSTERS, cr2, sign_flip
from analysis.statistics.effect_size import smd
from analysis.statistics.group_change import difference_of_changes, least_squares
from analysis.statistics.multiplicity import adjust_by_family
from analysis.study import Study
from analysis.study_file import MeasurePlan
from analysis.surveys.analyses import family_of
from analysis.surveys.attrition import is_differential
from analysis.surveys.balance import compare_baselines
from analysis.surveys.contrasts import (
    family_of_contrast,
    list_contrasts,
    main_contrast,
    waves_before,
)
from analysis.surveys.groups import (
    assignment_of,
    both_waves,
    clusters_compared,
    is_one_community,
    start_dates,
    treated_people,
)
from analysis.surveys.panel import Panel, build_panel
from analysis.surveys.results import BalanceRow, EventStudyPoint, GroupComparison
from analysis.surveys.scoring import FloatArray, mean_of, outcome_measures

LARGE_SMD = 0.25
CLEAR = 0.05


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
    analyses = _analyses(panel, pre, post, treated, cluster)
    placebo = _placebo(panel, measure, treated)
    cautions = _cautions(study, panel, measure, treated, balance, cluster, placebo)
    assignment = assignment_of(study)
    agreement = agreement_of_groups(analyses)
    doubts = _doubts(
        assignment, agreement, {c.code for c in cautions},
        alike=_are_alike(study, measure, balance, pre, post, treated),
        differential=is_differential(panel, treated),
    )  # fmt: skip
    return GroupComparison(
        measure=measure.name,
        contrast=waves,
        main=waves == main_contrast(study, panel, measure.name),
        assignment=assignment,
        agreement=agreement,
        causal=not doubts,
        doubts=doubts,
        effect=_effect(analyses, cautions, assignment),
        p_adjusted=None,
        analyses=analyses,
        means=_means(panel, measure, treated),
        counterfactual=_counterfactual(pre, post, treated, panel.anonymous),
        n_clusters=len(set(cluster[~pd.isna(cluster)])) if cluster is not None else 0,
        event_study=_event_study(panel, measure, treated),
        placebo=placebo,
        balance=balance,
        cautions=cautions,
    )


def agreement_of_groups(analyses: Sequence[ComparisonLike]) -> str:
    """Whether difference in differences and ANCOVA agree in sign and in being clear at 5 %.

    The clustered forms where both exist, else the plain ones; ``single`` when one is missing.
    Both being unclear is agreement: neither makes a claim.
    """
    by_name = {one.name: one for one in analyses if isinstance(one, Comparison)}
    pairs = (("did_cr2", "ancova_cr2"), ("did", "ancova"))
    pair = next((p for p in pairs if set(p) <= set(by_name)), None)
    if pair is None:
        return "single"
    did, ancova = (by_name[name] for name in pair)
    clear = [one.p_value is not None and one.p_value < CLEAR for one in (did, ancova)]
    if not any(clear):
        return "agree"
    same_sign = (did.estimate or 0.0) * (ancova.estimate or 0.0) > 0
    return "agree" if all(clear) and same_sign else "disagree"


def _are_alike(
    study: Study,
    measure: MeasurePlan,
    balance: Sequence[BalanceRow],
    pre: FloatArray,
    post: FloatArray,
    treated: FloatArray,
) -> bool:
    """Whether the baselines of the two groups lie within 0.25 SD: of all, and of those analysed.

    Declared covariates count too. 0.25 is the limit of the What Works Clearinghouse for a
    baseline that adjustment can still repair (Standards Handbook 4.1, 2020).
    """
    named = {measure.name, *(study.plan.survey.covariates if study.plan.survey else ())}
    differences = [row.smd for row in balance if row.variable in named]
    used = both_waves(pre, post)
    sides = [pre[used & (treated == arm)] for arm in (1, 0)]
    if min(side.size for side in sides) > 1:
        spread = [(s.mean(), s.std(ddof=1), s.size) for s in sides]
        differences.append(smd(*spread[1], *spread[0]))
    known = [abs(d) for d in differences if d is not None]
    return bool(known) and max(known) <= LARGE_SMD


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
    by_lot = ("methods_disagree",) if assignment == "random" else ()
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
    wanted = "ancova" if assignment == "random" and "ancova" in by_name else "did"
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
) -> tuple[ComparisonLike, ...]:
    if panel.anonymous:
        return (_did_of_all(pre, post, treated, "did"),)
    used = both_waves(pre, post) & np.isfinite(treated)
    change, arm, start = (post - pre)[used], treated[used], pre[used]
    one = np.ones_like(arm)
    adjusted = np.column_stack([one, arm, start - start.mean() if start.size else start])
    found: list[ComparisonLike] = [
        least_squares(change, np.column_stack([one, arm]), 1, "did"),
        least_squares(post[used], adjusted, 1, "ancova"),
        _did_of_all(pre, post, treated, "did_everyone"),
    ]
    if cluster is not None:
        found += _clustered(change, post[used], adjusted, cluster[used])
    return tuple(found)


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
    if n < LEAST_CLUSTERS:
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
    return least_squares(post - pre, np.column_stack([np.ones_like(treated), treated]), 1, "did")


def _as_estimate(found: ComparisonLike) -> Estimate | NotEstimable:
    if not isinstance(found, Comparison) or found.estimate is None:
        return found if isinstance(found, NotEstimable) else NotEstimable(reason="no_data")
    return Estimate(
        estimate=found.estimate, ci_low=found.ci_low, ci_high=found.ci_high,
        std_error=found.std_error, n=found.n, n_missing=found.n_missing, method=found.method,
    )  # fmt: skip


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
    elif isinstance(placebo, Comparison) and (placebo.p_value or 1.0) < CLEAR:
        found.append(("trends_differ", {"change": placebo.estimate}))
    if is_one_community(study, panel, treated):
        found.append(("one_treated_community", {}))
    if len(start_dates(study, panel, treated)) > 1:
        found.append(("staggered_starts", {"n": len(start_dates(study, panel, treated))}))
    if cluster is not None and len(set(cluster[~pd.isna(cluster)])) < 10:
        found.append(("few_clusters", {"n": len(set(cluster[~pd.isna(cluster)]))}))
    start = next((b.smd for b in balance if b.variable == measure.name), None)
    if start is not None and abs(start) > LARGE_SMD:
        found.append(("groups_differ_at_start", {"smd": start}))
        worse = start < 0 if measure.better == "higher" else start > 0
        if worse:
            found.append(("regression_to_mean", {"smd": start}))
    return tuple(
        Caution(code=code, section="comparison", measure=measure.name, values=values)
        for code, values in found
    )

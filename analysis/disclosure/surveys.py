"""The survey's results for an audience that may not see single people's answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.disclosure.anchor import protect_anchor, protect_overlap
from analysis.disclosure.answers import gains_are_apart, keep_scores_apart
from analysis.disclosure.audit import known_moments, narrow_counts
from analysis.disclosure.cells import BoolArray, People, cell_of
from analysis.disclosure.facts import compare_numbers
from analysis.disclosure.items import count_as_asked, protect_items
from analysis.disclosure.measurement import protect_measurement
from analysis.disclosure.naming import fold_groups, fold_levels
from analysis.disclosure.reliability import (
    find_tests_of_few,
    hide_reliable_change,
    hide_shape,
    protect_reliability,
)
from analysis.disclosure.rounding import find_unit, step_of
from analysis.disclosure.rules import bin_counts, is_safe_share, is_small, withheld
from analysis.disclosure.score_ends import hide_ends
from analysis.disclosure.sizes import hide_people, leaves_few
from analysis.disclosure.suppression import choose_hidden
from analysis.disclosure.survey import Survey
from analysis.disclosure.trajectory import protect_trajectory
from analysis.disclosure.weights import WEIGHTED, release_weighted
from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import (
    SUPPRESSED,
    Caution,
    Comparison,
    ComparisonLike,
    Estimate,
    EstimateLike,
    NotEstimable,
    Suppressed,
)
from analysis.statistics.multiplicity import adjust_by_family
from analysis.surveys.analyses import PRIMARY, family_of
from analysis.surveys.attrition import lost_people
from analysis.surveys.balance import balance_table
from analysis.surveys.contrasts import family_of_contrast, main_contrast, waves_before
from analysis.surveys.dose import count_sessions, dose_of_people, join_doses
from analysis.surveys.groups import (
    clusters_compared,
    has_comparison,
    programme_part,
    treated_people,
)
from analysis.surveys.panel import build_panel, has_column, person_values
from analysis.surveys.results import (
    AttritionRow,
    AttritionVerdict,
    BalanceRow,
    Bounds,
    Dose,
    EventStudyPoint,
    ExcludedRows,
    Flow,
    Group,
    GroupComparison,
    Improved,
    Outcome,
    Overlap,
    SampleSizes,
    ScoreSummary,
    Sensitivity,
    Subgroups,
    WaveFlow,
)
from analysis.surveys.scoring import mean_of
from analysis.surveys.subgroups import evaluate_subgroups

#: Analyses of the same people in both waves; their sums are those of the matched.
OF_PAIRS = frozenset(
    {
        "paired_t",
        "wilcoxon",
        "bca_mean",
        "mcnemar_midp",
        "mcnemar_exact",
        "stuart_maxwell",
        "bowker",
    }
)
#: Analyses of everybody who answered, matched or not.
OF_ALL = frozenset(
    {
        "mixed_model",
        "derrick",
        "welch_t",
        "mann_whitney",
        "ordinal",
        "ordinal_mixed",
        "two_proportions_z",
        "chi_square",
    }
)
#: Statistics that are ranks or counts of people: exact values give the counts back.
_COUNTING = frozenset({"wilcoxon", "mann_whitney", "mcnemar_midp", "mcnemar_exact"})
_DETAILS = frozenset({"n_clusters", "icc", "margin", "equivalent"})
_CLUSTERED = frozenset({"did_cr2", "ancova_cr2", "sign_flip"})
_COMPARED = frozenset({"did", "ancova"}) | _CLUSTERED


def protect_surveys(evaluation: Evaluation, survey: Survey) -> Evaluation:
    """Protect every section of the survey, the most important numbers first."""
    order = sorted(
        range(len(evaluation.outcomes)),
        key=lambda i: (not evaluation.outcomes[i].main, evaluation.outcomes[i].role != "primary"),
    )
    outcomes = list(evaluation.outcomes)
    for i in order:
        outcomes[i] = _change(survey, outcomes[i])
    comparison = tuple(_compare(survey, one) for one in evaluation.comparison)
    for i in order:
        whole = evaluation.outcomes[i]
        outcomes[i] = _say_pairs(whole, _everyone(survey, whole, outcomes[i]))
    for i in order:
        matched = _matched_groups(survey, outcomes[i])
        groups = tuple(_groups(survey, outcomes[i], one, matched) for one in outcomes[i].subgroups)
        outcomes[i] = replace(outcomes[i], subgroups=groups)
    outcomes = _adjust_again(evaluation.outcomes, outcomes)
    trajectory = tuple(protect_trajectory(survey, one) for one in evaluation.trajectory)
    dose = tuple(_dose(survey, one) for one in evaluation.dose)
    comparison = tuple(_means(survey, one) for one in comparison)
    rows = tuple(_attrition(survey, one) for one in evaluation.attrition)
    attrition = fold_levels(rows, evaluation.attrition, survey.least)
    levels = {
        (o.measure, wave): level
        for o in outcomes
        if o.main
        for wave, level in zip(o.contrast, o.levels, strict=False)
    }
    scoring = tuple(_scores(survey, one, levels) for one in evaluation.scoring)
    bounds = tuple(_bounds(survey, one) for one in evaluation.bounds)
    sensitivity = tuple(_sensitivity(survey, outcomes, one) for one in evaluation.sensitivity)
    items, bins, whose = protect_items(survey, evaluation.items)
    scoring = tuple(count_as_asked(survey, one, items, bins.get(one.measure)) for one in scoring)
    scoring = tuple(keep_scores_apart(survey, one) for one in scoring)
    of_few = find_tests_of_few(survey, evaluation.items, items)
    scoring = tuple(hide_ends(survey, hide_shape(one, of_few), items, bins) for one in scoring)
    for i in order:
        told = replace(outcomes[i], n=_sizes(survey, outcomes[i]))
        outcomes[i] = hide_reliable_change(told, of_few)
    flow = None if evaluation.flow is None else _flow(survey, evaluation.flow)
    verdict = _verdict(survey, evaluation.attrition_verdict)
    return replace(
        evaluation,
        outcomes=tuple(outcomes),
        trajectory=trajectory,
        comparison=comparison,
        dose=dose,
        attrition=attrition,
        attrition_verdict=verdict,
        scoring=scoring,
        bounds=bounds,
        sensitivity=sensitivity,
        items=items,
        cautions=(*evaluation.cautions, *whose),
        # Last of the survey: what is counted otherwise comes before limits of coefficients.
        reliability=tuple(
            protect_reliability(survey, one, of_few) for one in evaluation.reliability
        ),
        measurement=tuple(
            protect_measurement(one)
            for one in evaluation.measurement
            if min(one.n_from, one.n_to) >= 2 * survey.least
            and not any((one.measure, wave) in of_few for wave in one.contrast)
        ),
        flow=flow,
    )


def _trim(found: ComparisonLike, n: frozenset[int]) -> ComparisonLike:
    """Leave of a test what speaks of all its people: no counts of some of them."""
    size = found.n if found.n in n else SUPPRESSED
    if isinstance(found, NotEstimable):
        details = {k: v for k, v in found.details.items() if k in _DETAILS}
        return replace(found, n=found.n if found.n in n else 0, details=details)
    return replace(
        found,
        n=size,
        n_missing=found.n_missing if found.n_missing == 0 else SUPPRESSED,
        statistic=SUPPRESSED if found.name in _COUNTING else found.statistic,
        estimate=SUPPRESSED if found.name in ("mann_whitney",) else found.estimate,
        details={k: v for k, v in found.details.items() if k in _DETAILS},
    )


def _change(survey: Survey, o: Outcome) -> Outcome:
    """Protect what is about the matched (or, anonymous, about everyone of the two waves)."""
    measure, (first, last) = survey.study.measure(o.measure), o.contrast
    label = f"outcomes.{o.measure}.{first}.{last}"
    if o.design == "anonymous":
        start, end = (survey.scored(o.measure, w, programme=True) for w in o.contrast)
        released = (
            survey.is_fine_wave(measure, first, start)
            and survey.is_fine_wave(measure, last, end)
            and min(start.sum(), end.sum()) >= survey.least
            and survey.auditor.release(
                *survey.sums(o.measure, f"{label}.from", (first, 1.0, start)),
                *survey.sums(o.measure, f"{label}.to", (last, 1.0, end)),
            )
        )
        return (
            _shown(survey, o, frozenset({int(start.sum() + end.sum())}))
            if released
            else (_hidden(o))
        )
    both = survey.pairs(o.measure, o.contrast)
    released = survey.is_fine(measure, o.contrast, both) and survey.release(
        o.measure, label, (last, 1.0, both), (first, -1.0, both)
    )
    if not released or not both.any():
        return _hidden(o)
    shown = _shown(survey, o, frozenset({int(both.sum())}))
    levels = [
        survey.is_fine_wave(measure, wave, both)
        and survey.release(o.measure, f"{label}.levels.{wave}", (wave, 1.0, both))
        for wave in o.contrast
    ]
    hidden = NotEstimable(reason="suppressed", method="mean")
    means = o.levels
    if any(e.n != int(both.sum()) for e in o.levels):
        # A model's levels are those of everybody in either wave; the matched have their own.
        given = [survey.values(o.measure, wave)[both] for wave in o.contrast]
        means = tuple(mean_of(scores, measure.kind) for scores in given)
    return replace(
        shown,
        levels=tuple(e if ok else hidden for e, ok in zip(means, levels, strict=False)),
        improved=_improved(survey, o),
        anchor=protect_anchor(survey, o),
    )


def _hidden(o: Outcome) -> Outcome:
    """Give an outcome of which nothing may be known."""
    return replace(
        o,
        change=withheld(o.change),
        p_adjusted=None,
        analyses=tuple(withheld(one) for one in o.analyses),
        effect_sizes=tuple(
            NotEstimable(reason="suppressed", name=e.name, method=e.method) for e in o.effect_sizes
        ),
        improved=None,
        subgroups=(),
        pairs=None,
        anchor=None,
        ordered=None,
        equivalence=None if o.equivalence is None else withheld(o.equivalence),
        transitions=(),
        agreement="single",
        levels=tuple(NotEstimable(reason="suppressed", method=e.method) for e in o.levels),
        cautions=(),
    )


def _shown(survey: Survey, o: Outcome, n: frozenset[int]) -> Outcome:
    """Give an outcome whose people are many enough; single people's pairs of scores stay out."""
    known = OF_PAIRS if o.design != "anonymous" else OF_PAIRS | OF_ALL
    analyses = tuple(_trim(a, n) if a.name in known else withheld(a) for a in o.analyses)
    change = _trim(o.change, n)
    if o.change.name not in known:
        usual = PRIMARY[family_of(survey.study.measure(o.measure)), "paired"]
        change = next(a for a in analyses if a.name == usual)
    return replace(
        o,
        change=change,
        analyses=analyses,
        effect_sizes=tuple(_effect(survey, o, e, n) for e in o.effect_sizes),
        pairs=None,
        anchor=None,
        # Shares of answers would give the few who chose one of them.
        ordered=None,
        equivalence=None if o.equivalence is None else _trim(o.equivalence, n),
        agreement=o.agreement if o.change.name in known else "single",
    )


def _effect(survey: Survey, o: Outcome, effect: EstimateLike, n: frozenset[int]) -> EstimateLike:
    """Give an effect size; those that count people better and worse only when neither are few.

    Nor may those be few who are better by less than it takes to be counted as improved.
    """
    if effect.name in ("superiority", "rank_biserial") and o.pairs is not None:
        steps = np.sign(np.subtract(o.pairs.to_score, o.pairs.from_score))
        ways = [int(np.sum(np.asarray(o.pairs.count)[steps == way])) for way in (-1, 0, 1)]
        beside = () if o.improved is None else _changed(o.improved)
        between = [abs(ways[way] - n) for way, n in beside if n is not None]
        few = any(is_small(one, survey.least) for one in (*ways, *between))
        if few or not gains_are_apart(survey, o.measure, o.contrast, ways):
            return NotEstimable(reason="suppressed", name=effect.name, method=effect.method)
    if leaves_few(effect.n, n, survey.least):
        return hide_people(effect)
    return effect if effect.n in n else replace(effect, n=SUPPRESSED)


def _changed(found: Improved) -> tuple[tuple[int, int | None], ...]:
    """List how many are counted as worse (0) and better (2), by either threshold."""
    better, worse = (found.n_better, found.reliable_better), (found.n_worse, found.reliable_worse)
    return (*((0, n) for n in worse), *((2, n) for n in better))


def _improved(survey: Survey, o: Outcome) -> Improved | None:
    found = o.improved
    if found is None or found.n_better is None:
        return None
    ways = [int(n or 0) for n in (found.n_better, found.n_same, found.n_worse)]
    hidden = choose_hidden(ways, survey.least)
    shares = [found.better, found.same, found.worse]
    for i in hidden:
        shares[i] = NotEstimable(reason="suppressed", method=shares[i].method)
    counts = [SUPPRESSED if i in hidden else n for i, n in enumerate(ways)]
    beyond = [found.reliable_better, found.reliable_worse]
    counted = [(ways[0], ways[2]), tuple(int(n or 0) for n in beyond)]
    if not all(_are_apart(survey, o, better, worse) for better, worse in counted):
        return None
    # A second way of counting the same people: beside the first it gives those between the two.
    differ = [
        b is not None and (is_small(b, survey.least) or is_small(abs(b - w), survey.least))
        for b, w in zip(beyond, (ways[0], ways[2]), strict=True)
    ]
    if any(differ) or hidden:
        beyond = [None if b is None else SUPPRESSED for b in beyond]
    net = NotEstimable(reason="suppressed", method=found.net.method) if hidden else found.net
    return replace(
        found,
        net=net,
        better=shares[0],
        same=shares[1],
        worse=shares[2],
        n_better=counts[0],
        n_same=counts[1],
        n_worse=counts[2],
        reliable_better=beyond[0],
        reliable_worse=beyond[1],
    )


def _are_apart(survey: Survey, o: Outcome, better: int, worse: int) -> bool:
    """Whether those better and worse tell no few beside an earlier release."""
    same = int(survey.pairs(o.measure, o.contrast).sum()) - better - worse
    sizes = (worse, same, better) if o.better == "higher" else (better, same, worse)
    return gains_are_apart(survey, o.measure, o.contrast, sizes)


def _everyone(survey: Survey, whole: Outcome, shown: Outcome) -> Outcome:
    """Add the analyses of everybody where the unmatched are many enough, or none."""
    if whole.design != "partly_paired" or isinstance(shown.change, NotEstimable):
        return shown
    first, last = whole.contrast
    start, end = (survey.scored(whole.measure, w, programme=True) for w in whole.contrast)
    alone = [int(n) for n in ((start & ~end).sum(), (end & ~start).sum())]
    label = f"outcomes.{whole.measure}.{first}.{last}.everyone"
    fine = survey.is_fine_wave(survey.study.measure(whole.measure), first, start & ~end)
    fine &= survey.is_fine_wave(survey.study.measure(whole.measure), last, end & ~start)
    if not fine or any(is_small(n, survey.least) for n in alone):
        return shown
    if not survey.release(whole.measure, label, (last, 1.0, end), (first, -1.0, start)):
        return shown
    n = frozenset({int((start & end).sum())})
    analyses = tuple(
        _trim(a, n) if a.name in OF_ALL else b
        for a, b in zip(whole.analyses, shown.analyses, strict=True)
    )
    primary = whole.change.name in OF_ALL
    return replace(
        shown,
        analyses=analyses,
        change=_trim(whole.change, n) if primary else shown.change,
        levels=tuple(_sizeless(e) for e in whole.levels) if primary else shown.levels,
        agreement=whole.agreement,
    )


def _say_pairs(whole: Outcome, shown: Outcome) -> Outcome:
    """Say that a change is of the matched where the evaluator's is of everybody who answered."""
    if isinstance(shown.change, NotEstimable) or shown.change.name == whole.change.name:
        return shown
    why = Caution(
        code="matched_only_shown", severity="info", section="outcomes", measure=whole.measure
    )
    return replace(shown, cautions=(*shown.cautions, why))


def _adjust_again(whole: Sequence[Outcome], shown: Sequence[Outcome]) -> list[Outcome]:
    """Adjust p-values anew where a change that is shown is of the matched alone.

    The p-value of everybody would tell the scores of the few who are left out. A change that is
    hidden counts as the least clear one of its family, so that nothing of it is told.
    """
    families = [family_of_contrast(o.role, main=o.main) for o in whole]
    pairs = list(zip(whole, shown, strict=True))
    others = {
        family
        for family, (a, b) in zip(families, pairs, strict=True)
        if isinstance(b.change, Comparison) and b.change.name != a.change.name
    }
    p_values = [
        b.change.p_value
        if isinstance(b.change, Comparison)
        else (1.0 if isinstance(a.change, Comparison) else None)
        for a, b in pairs
    ]
    adjusted = adjust_by_family(p_values, families, confirmatory="primary")
    return [
        replace(b, p_adjusted=p) if family in others and isinstance(b.change, Comparison) else b
        for family, p, (_, b) in zip(families, adjusted, pairs, strict=True)
    ]


def _verdict(survey: Survey, found: AttritionVerdict | None) -> AttritionVerdict | None:
    """Give the losses of both groups where many, or none, were lost and stayed in each."""
    if found is None:
        return None
    first, last = (survey.panel.row[:, at] >= 0 for at in survey.panel.ends)
    arms = _arms(survey)
    lost, stayed = ([first & here & arm for arm in arms] for here in (~last, last))
    return found if survey.release_count("attrition_verdict", *lost, *stayed) else None


def _sizes(survey: Survey, o: Outcome) -> SampleSizes:
    """Give the numbers of people behind a contrast that do not give a small one."""
    start, end = (survey.scored(o.measure, w, programme=True) for w in o.contrast)
    both = survey.pairs(o.measure, o.contrast)
    masks = {
        "matched": both,
        "from_wave": start,
        "to_wave": end,
        "from_only": start & ~both,
        "to_only": end & ~both,
    }
    family = f"count:{o.measure}"
    told = {}
    for name, mask in masks.items():
        cell = cell_of(family, f"outcomes.{o.measure}.n.{name}", survey.people, ("n", 1.0, mask))
        small = is_small(int(mask.sum()), survey.least)
        free = not small and survey.auditor.release(cell)
        told[name] = getattr(o.n, name) if free else SUPPRESSED
    return replace(o.n, **told)


def _matched_groups(survey: Survey, o: Outcome) -> dict[str, Subgroups]:
    """Groups of the matched alone, for readers who may not see everybody's."""
    if o.design != "partly_paired" or not o.subgroups:
        return {}
    programme = programme_part(survey.study)
    measure, waves = survey.study.measure(o.measure), o.contrast
    found = evaluate_subgroups(programme, build_panel(programme), measure, waves, "paired")
    return {one.by: one for one in found}


def _no_groups(found: Subgroups, least: int) -> Subgroups:
    return replace(
        found,
        interaction=withheld(found.interaction),
        across=None,
        groups=fold_groups(found.groups, {}, least),
    )


def _groups(
    survey: Survey, o: Outcome, found: Subgroups, matched: Mapping[str, Subgroups]
) -> Subgroups:
    """Show the largest groups first; one that the total and those shown would single out is not."""
    level = _text_of(survey, found.by)
    measure, (first, last) = survey.study.measure(o.measure), o.contrast
    linked = o.design != "anonymous"
    both = survey.pairs(o.measure, o.contrast)
    everyone = o.design == "partly_paired" and _may_use_everyone(survey, o, found, level)
    if o.design == "partly_paired" and not everyone:
        # Few of a group are in one wave only: beside the matched they would be known.
        if found.by not in matched:
            return _no_groups(found, survey.least)
        found = matched[found.by]
    shown: dict[str, Group] = {}
    larger_hidden = False
    for group in sorted(found.groups, key=lambda g: -g.n):
        here = level == group.value
        label = f"outcomes.{o.measure}.{found.by}.{group.value}"
        if linked and not everyone:
            free = survey.is_fine(measure, o.contrast, both & here) and survey.release(
                o.measure, label, (last, 1.0, both & here), (first, -1.0, both & here)
            )
        else:
            start, end = (survey.scored(o.measure, w, programme=True) & here for w in o.contrast)
            free = (
                survey.is_fine_wave(measure, first, start)
                and survey.is_fine_wave(measure, last, end)
                and survey.release(o.measure, label, (last, 1.0, end), (first, -1.0, start))
            )
        if free and isinstance(group.change, Estimate):
            shown[group.value] = replace(group, n=SUPPRESSED) if everyone else group
        elif group.n >= survey.least:
            larger_hidden = True
    groups = fold_groups(found.groups, shown, survey.least)
    if everyone:
        # How many were compared, with how many were matched, gives those of one wave alone.
        found = replace(found, interaction=_trim(found.interaction, frozenset()))
    if not larger_hidden:
        return replace(found, groups=groups)
    # Test, prior and pooled mean were made with a group that is hidden now, and could give it back.
    return replace(
        found,
        interaction=withheld(found.interaction),
        across=None,
        groups=tuple(replace(g, shrunken=NotEstimable(reason="suppressed")) for g in groups),
    )


def _may_use_everyone(
    survey: Survey, o: Outcome, found: Subgroups, level: npt.NDArray[np.object_]
) -> bool:
    """Whether the whole is shown of everybody, and no group has few people in one wave only."""
    if o.change.name not in OF_ALL:
        return False
    start, end = (survey.scored(o.measure, w, programme=True) for w in o.contrast)
    large = [level == one.value for one in found.groups if one.n >= survey.least]
    sets = [side & here for here in large for side in (start & ~end, end & ~start, start & end)]
    return not any(is_small(int(one.sum()), survey.least) for one in sets)


def _text_of(survey: Survey, column: str) -> npt.NDArray[np.object_]:
    """Give a fixed fact of each person as text; "" where unknown."""
    if not has_column(survey.study, column):
        return np.full(len(survey.people), "", dtype=object)
    value = person_values(survey.study, survey.panel, column)
    return np.array(["" if pd.isna(one) else str(one) for one in value], dtype=object)


def _arms(survey: Survey) -> tuple[BoolArray, BoolArray]:
    treated = treated_people(survey.study, survey.panel)
    if treated is None:
        nobody = np.zeros(len(survey.people), dtype=bool)
        return nobody, nobody
    return treated == 1, treated == 0


def _contrast_terms(
    survey: Survey, measure: str, contrast: Sequence[str], *, everyone: bool
) -> list[tuple[str, float, BoolArray]]:
    """Terms of a difference in changes: of the matched, or of everybody in each wave."""
    first, last = contrast
    start, end = (survey.scored(measure, w) for w in contrast)
    if not everyone:
        start = end = start & end
    return [
        (wave, sign * side, mask & arm)
        for side, arm in zip((1.0, -1.0), _arms(survey), strict=True)
        for wave, sign, mask in ((last, 1.0, end), (first, -1.0, start))
    ]


def _compare(survey: Survey, found: GroupComparison) -> GroupComparison:
    """Protect the contrast of the groups: either arm's change must be of many people."""
    measure, label = survey.study.measure(found.measure), f"comparison.{found.measure}"
    everyone = survey.panel.anonymous
    terms = _contrast_terms(survey, found.measure, found.contrast, everyone=everyone)
    arms = [mask for _, _, mask in terms[::2]]
    fine = all(
        survey.is_fine_wave(measure, w, mask)
        if everyone
        else survey.is_fine(measure, found.contrast, mask)
        for w, _, mask in terms
    )
    fine &= min(int(mask.sum()) for _, _, mask in terms) >= survey.least
    released = fine and survey.release(found.measure, f"{label}.did", *terms)
    whole = _contrast_terms(survey, found.measure, found.contrast, everyone=True)
    also = released and all(survey.is_fine_wave(measure, w, mask) for w, _, mask in whole)
    also = also and survey.release(found.measure, f"{label}.did_everyone", *whole)
    n = frozenset({int(arms[0].sum() + arms[1].sum())})
    allowed = (_COMPARED if released else frozenset()) | ({"did_everyone"} if also else set())
    if released and not _release_clusters(survey, found, terms):
        allowed = frozenset(allowed) - _CLUSTERED

    def protect(one: ComparisonLike) -> ComparisonLike:
        return _trim(one, n) if one.name in allowed else withheld(one)

    first, last = found.contrast
    treated, compared = arms
    against = released and survey.release(
        found.measure,
        f"{label}.counterfactual",
        (first, 1.0, treated),
        (last, 1.0, compared),
        (first, -1.0, compared),
    )
    return replace(
        found,
        effect=protect(found.effect),
        p_adjusted=found.p_adjusted if released else None,
        analyses=tuple(protect(one) for one in found.analyses),
        counterfactual=(
            found.counterfactual if against or found.counterfactual is None else SUPPRESSED
        ),
    )


def _release_clusters(
    survey: Survey, found: GroupComparison, terms: Sequence[tuple[str, float, BoolArray]]
) -> bool:
    """Release the contrast of those whose cluster is known; it leaves out who is of none."""
    treated = treated_people(survey.study, survey.panel)
    if treated is None:
        return True
    cluster = clusters_compared(survey.study, survey.panel, treated)
    if cluster is None:
        return True
    known = ~pd.isna(cluster)
    label = f"comparison.{found.measure}.clusters"
    return survey.release(found.measure, label, *((w, k, mask & known) for w, k, mask in terms))


def _means(survey: Survey, found: GroupComparison) -> GroupComparison:
    """Protect the means of each group and wave, the event study, and the table at baseline."""
    measure, arms = survey.study.measure(found.measure), _arms(survey)
    means = []
    for group, wave, mean in found.means:
        mask = survey.scored(found.measure, wave) & arms[group != "treated"]
        free = survey.is_fine_wave(measure, wave, mask) and survey.release(
            found.measure, f"comparison.{found.measure}.{group}.{wave}", (wave, 1.0, mask)
        )
        means.append((group, wave, mean if free else withheld(mean)))
    reference = survey.panel.waves[survey.panel.ends[0]] if survey.panel.waves else ""
    study = tuple(
        replace(point, difference=_event(survey, measure, reference, point))
        for point in found.event_study
    )
    balance, of_matched = _balance(survey, found, arms)
    return replace(
        found,
        means=tuple(means),
        event_study=study,
        placebo=_placebo(survey, measure, found),
        overlap=_overlap(survey, found, arms, balance),
        e_value=found.e_value if _has_spread(found, means) else None,
        balance=balance,
        cautions=(*found.cautions, *of_matched),
    )


def _overlap(
    survey: Survey,
    found: GroupComparison,
    arms: Sequence[BoolArray],
    balance: Sequence[BalanceRow],
) -> Overlap | None:
    """Give how alike the weighted groups are: it is of the matched, who are judged once more."""
    if found.overlap is None:
        return None
    both = np.logical_and.reduce([survey.scored(found.measure, wave) for wave in found.contrast])
    told = {
        (row.variable, row.level)
        for row in balance
        if isinstance(row.treated, Estimate)
        and _side_by_side(
            survey,
            row.variable,
            row.level,
            [arm & both for arm in arms],
            f"overlap.{found.measure}.{row.variable}.{row.level}",
        )
    }
    return protect_overlap(found.overlap, told, survey.least)


def _placebo(survey: Survey, measure: MeasurePlan, found: GroupComparison) -> ComparisonLike | None:
    """Give the contrast before the start like any other between two waves."""
    if found.placebo is None:
        return None
    before = [survey.panel.waves[at] for at in waves_before(survey.panel)]
    terms = _contrast_terms(
        survey, measure.name, (before[0], before[-1]), everyone=survey.panel.anonymous
    )
    fine = all(survey.is_fine_wave(measure, w, mask) for w, _, mask in terms)
    if not fine or not survey.release(measure.name, f"comparison.{measure.name}.placebo", *terms):
        return withheld(found.placebo)
    return _trim(found.placebo, frozenset({sum(int(mask.sum()) for _, _, mask in terms[::2])}))


def _has_spread(found: GroupComparison, means: Sequence[tuple[str, str, EstimateLike]]) -> bool:
    """Whether effect and both groups' last scores are given: an E-value is made of these."""
    last = [mean for _, wave, mean in means if wave == found.contrast[1]]
    known = len(last) == 2 and not any(isinstance(mean, NotEstimable) for mean in last)
    return known and not isinstance(found.effect, NotEstimable)


def _event(
    survey: Survey, measure: MeasurePlan, reference: str, point: EventStudyPoint
) -> EstimateLike:
    waves = (reference, point.wave)
    terms = _contrast_terms(survey, measure.name, waves, everyone=survey.panel.anonymous)
    fine = all(survey.is_fine_wave(measure, w, mask) for w, _, mask in terms)
    label = f"comparison.{measure.name}.event_study.{point.wave}"
    if fine and survey.release(measure.name, label, *terms):
        return _without_missing(point.difference)
    return withheld(point.difference)


def _without_missing(mean: EstimateLike) -> EstimateLike:
    """Leave out how many had no score: with the number of respondents it is a small group."""
    if isinstance(mean, Estimate) and mean.n_missing:
        return replace(mean, n_missing=SUPPRESSED)
    return mean


def _side_by_side(
    survey: Survey, variable: str, level: str, sides: Sequence[BoolArray], label: str
) -> bool:
    """Whether two sets of people may be put side by side at baseline on one variable."""
    first = survey.panel.waves[survey.panel.ends[0]]
    here = survey.answered(first)
    if not level and variable in survey.panel.scores:
        measure = survey.study.measure(variable)
        masks = [side & survey.scored(variable, first) for side in sides]
        if min(int(mask.sum()) for mask in masks) < survey.least:
            return False
        fine = all(survey.is_fine_wave(measure, first, mask) for mask in masks)
        cells = [
            c
            for i, mask in enumerate(masks)
            for c in survey.sums(variable, f"{label}.{i}", (first, 1.0, mask))
        ]
        return fine and survey.auditor.release(*cells)
    if not level:
        return compare_numbers(survey, variable, [side & here for side in sides], label)
    value = _text_of(survey, variable)
    totals = [side & here & (value != "") for side in sides]
    masks = [total & (value == level) for total in totals]
    rest = [total & ~mask for total, mask in zip(totals, masks, strict=True)]
    return survey.release_count(label, *masks, *rest)


def _attrition(survey: Survey, row: AttritionRow) -> AttritionRow:
    lost = lost_people(survey.panel)
    arms = dict(zip(("treated", "comparison"), _arms(survey), strict=True))
    label = f"attrition.{row.variable}.{row.level}.{row.group}"
    if lost is not None:
        sides = [side & arms[row.group] if row.group else side for side in lost]
        if _side_by_side(survey, row.variable, row.level, sides, label):
            return row
    return replace(
        row,
        stayed=withheld(row.stayed),
        left=withheld(row.left),
        # Also where there was none: that nobody, or everybody, is of a level is told by it.
        smd=SUPPRESSED,
        p_value=SUPPRESSED,
    )


def _balance(
    survey: Survey, found: GroupComparison, arms: Sequence[BoolArray]
) -> tuple[tuple[BalanceRow, ...], tuple[Caution, ...]]:
    """Give each row of everybody at the start, else of the matched, else neither; say of whom."""
    contrast = found.contrast
    both = np.logical_and.reduce([survey.scored(found.measure, wave) for wave in contrast])
    sides = [arm & both for arm in arms]
    matched = (
        {
            (variable, level): BalanceRow(
                variable=variable, level=level, treated=a, comparison=b, smd=difference
            )
            for variable, level, a, b, difference, _ in balance_table(
                survey.study, survey.panel, *sides
            )
        }
        if not survey.panel.anonymous
        else {}
    )
    rows, fewer = [], False
    for row in found.balance:
        label, other = f"balance.{row.variable}.{row.level}", matched.get((row.variable, row.level))
        if _side_by_side(survey, row.variable, row.level, arms, label):
            rows.append(row)
        elif other is not None and _side_by_side(
            survey, row.variable, row.level, sides, f"{label}.{found.measure}"
        ):
            rows.append(other)
            fewer = True
        else:
            rows.append(
                replace(
                    row,
                    treated=withheld(row.treated),
                    comparison=withheld(row.comparison),
                    smd=SUPPRESSED,
                )
            )
    why = Caution(
        code="balance_of_matched", severity="info", section="comparison", measure=found.measure
    )
    return fold_levels(rows, found.balance, survey.least), (why,) if fewer else ()


def _scores(
    survey: Survey, found: ScoreSummary, levels: dict[tuple[str, str], EstimateLike]
) -> ScoreSummary:
    """Give a wave's mean for the people of the change, its distribution in bins, never its ends."""
    measure = survey.study.measure(found.measure)
    everyone = survey.scored(found.measure, found.wave)
    label = f"scoring.{found.measure}.{found.wave}"
    fine = survey.is_fine_wave(measure, found.wave, everyone)
    free = fine and survey.release(found.measure, label, (found.wave, 1.0, everyone))
    level = levels.get((found.measure, found.wave))
    same = level is not None and level.n == found.n
    mean = found.mean
    if level is not None and not has_comparison(survey.study):
        mean = level
    elif not free or (not same and not isinstance(mean, NotEstimable) and level is not None):
        mean = withheld(mean)
    bins: tuple[tuple[float, float, int], ...] = ()
    if free and found.counts:
        values, counts = zip(*found.counts, strict=True)
        # Also where the mean given is another: those who stayed and left add up to all.
        unit = find_unit(step_of(survey, measure), found.n)
        moments = known_moments(values, counts, unit, exact=_has_whole_items(survey, measure))
        # Where mean and spread narrow a small count, wider bins are tried.
        for size in (survey.least, 2 * survey.least, 4 * survey.least):
            bins = bin_counts(values, counts, size)
            if not narrow_counts(values, counts, bins, survey.least, moments):
                break
        else:
            bins = ()
    whole = bool(bins) and len(bins) == len(found.counts)
    # Those at an end, beside a bin that holds more scores, give the people of the others in it.
    ends = [free and (not bins or bins[at][0] == bins[at][1]) for at in (0, -1)]
    hidden_mean = isinstance(mean, NotEstimable)
    return replace(
        found,
        n=found.n if free else SUPPRESSED,
        n_missing=found.n_missing if found.n_missing == 0 else SUPPRESSED,
        mean=_without_missing(mean),
        # A mean and its interval tell the spread; the bins were judged beside both.
        sd=_keep(found.sd, not hidden_mean and (whole or same)),
        median=_keep(found.median, free and found.n >= 2 * survey.least and fine),
        min=_keep(found.min, False),
        max=_keep(found.max, False),
        floor=_keep(
            found.floor, free and ends[0] and _is_safe_end(found.floor, found.n, survey.least)
        ),
        ceiling=_keep(
            found.ceiling, free and ends[1] and _is_safe_end(found.ceiling, found.n, survey.least)
        ),
        counts=tuple(((low + high) / 2, n) for low, high, n in bins),
        subscales={name: withheld(one) for name, one in found.subscales.items()},
    )


def _has_whole_items(survey: Survey, measure: MeasurePlan) -> bool:
    """Whether every answer to every item is counted: their sums are then known exactly."""
    data = survey.study.survey
    if data is None:
        raise ValueError("the study has no survey")
    for item in measure.items:
        answers = data.items[measure.name][item].to_numpy(np.float64, na_value=np.nan)
        for at in range(len(survey.panel.waves)):
            row = survey.panel.row[:, at]
            given = answers[row[(row >= 0) & survey.programme[:, at]]]
            counts = np.unique(given[np.isfinite(given)], return_counts=True)[1]
            if any(is_small(int(n), survey.least) for n in counts):
                return False
    return True


def _keep(value: float | None, free: bool) -> float | None:
    return value if free or value is None else SUPPRESSED


def _is_safe_end(share: float | None, n: int, least: int) -> bool:
    if share is None:
        return True
    return is_safe_share(Estimate(estimate=share, n=n, method="share"), least)


def _dose(survey: Survey, found: Dose) -> Dose:
    """Protect change by sessions: points that the total would single out are not given."""
    study, panel = survey.study, survey.panel
    dose = dose_of_people(study, panel)
    contrast = main_contrast(study, panel, found.measure)
    if dose is None or contrast is None:
        return _no_dose(found)
    used = survey.pairs(found.measure, contrast) & np.isfinite(dose)
    measure = study.measure(found.measure)
    label = f"dose.{found.measure}"
    first, last = contrast
    slope = found.slope
    enough = int(used.sum()) >= 2 * survey.least and survey.is_fine(measure, contrast, used)
    if not enough or not survey.release(
        found.measure, f"{label}.slope", (last, 1.0, used), (first, -1.0, used)
    ):
        return _no_dose(found)
    where = np.flatnonzero(used)
    points = []
    for point, inside in zip(found.points, join_doses(dose[used], survey.least), strict=False):
        mask = np.zeros(used.size, dtype=bool)
        mask[where[inside]] = True
        free = survey.is_fine(measure, contrast, mask) and survey.release(
            found.measure, f"{label}.points", (last, 1.0, mask), (first, -1.0, mask)
        )
        if free:
            points.append(point)
    ends = (points[0][0], points[-1][0]) if points else (0.0, -1.0)
    return replace(
        found,
        slope=_trim(slope, frozenset({int(used.sum())})),
        # In whole sessions: 0.6 of those who came once or never says how many never did.
        points=tuple((float(round(x)), n, change) for x, n, change in points),
        # The line's ends are the fewest and the most sessions of anybody: of single people.
        line=tuple((x, e) for x, e in found.line if ends[0] <= x <= ends[1]),
    )


def protect_links(survey: Survey, found: Sequence[Dose], people: People) -> tuple[Dose, ...]:
    """Give how many answered and came, and how many only came, where few did one of the two.

    Judged last, beside the people of the survey and those of the attendance: what is left of
    either is who did not answer, or never came.
    """
    sessions = count_sessions(survey.study)
    if sessions is None:
        return tuple(found)
    came = people.of(sessions.index)
    linked = np.isin(survey.people, came)
    everyone = np.union1d(came, survey.people)
    sets = [survey.people[linked], came[~np.isin(came, survey.people)]]
    families = [f for f in survey.auditor.families if f.startswith(("count:", "item:"))]
    cells = [
        cell_of(family, f"dose.{name}", everyone, ("n", 1.0, np.isin(everyone, who)))
        for family in (*families, "people")
        for name, who in zip(("n_linked", "n_unlinked"), sets, strict=True)
    ]
    sizes = [*(who.size for who in sets), int((~linked).sum())]
    if not any(is_small(n, survey.least) for n in sizes) and survey.auditor.release(*cells):
        return tuple(found)
    return tuple(replace(one, n_linked=SUPPRESSED, n_unlinked=SUPPRESSED) for one in found)


def _no_dose(found: Dose) -> Dose:
    return replace(
        found,
        slope=withheld(found.slope),
        points=(),
        line=(),
        n_linked=SUPPRESSED,
        n_unlinked=SUPPRESSED,
    )


def _bounds(survey: Survey, found: Bounds) -> Bounds:
    """Protect worst and best case: they add up the scores of those who stayed and of all at first.

    Lee's bounds leave out as many of one group as the other lost more, often a few: they are
    withheld.
    """
    hidden = replace(
        found, low=_keep(found.low, False), high=_keep(found.high, False), n=SUPPRESSED
    )
    if found.name == "lee":
        return hidden
    first, last = (survey.panel.waves[at] for at in survey.panel.ends)
    measure = survey.study.measure(found.measure)
    start, end = survey.scored(found.measure, first), survey.scored(found.measure, last)
    treated, compared = _arms(survey)
    own = treated if treated.any() else np.ones(start.size, dtype=bool)
    sides = [(1.0, own)] if found.name == "worst_best" else [(1.0, treated), (-1.0, compared)]
    for _, side in sides:
        if is_small(int((start & ~end & side).sum()), survey.least):
            return hidden
        # A bound less the first wave's mean is the last wave's: neither may be of few answers.
        ends = ((first, start), (last, start & end))
        if not all(survey.is_fine_wave(measure, wave, who & side) for wave, who in ends):
            return hidden
    label = f"{found.name}.{found.measure}"
    terms = [
        term
        for sign, side in sides
        for term in (
            (last, sign / max(int((start & side).sum()), 1), start & end & side),
            (first, -sign / max(int((start & side).sum()), 1), start & side),
        )
    ]
    sets = [(wave, mask) for wave, _, mask in terms]
    cells = [
        cell_of(f"score:{found.measure}", label, survey.people, *terms),
        *survey.answers(found.measure, label, *sets),
    ]
    if found.name == "worst_best":
        everyone = ("n", 1.0, start & own)
        cells.append(cell_of(f"count:{found.measure}", f"{label}.n", survey.people, everyone))
    if not survey.auditor.release(*cells):
        return hidden
    return found if found.name == "worst_best" else replace(found, n=SUPPRESSED)


def _sensitivity(survey: Survey, outcomes: Sequence[Outcome], found: Sensitivity) -> Sensitivity:
    """Keep a second estimate only where those in one wave alone are many, or none, throughout."""
    measure = survey.study.measure(found.measure)
    # Anonymous waves have weighted means only: with the plain ones they give those of few people.
    free = family_of(measure) == "mean" and not survey.panel.anonymous
    waves = {key: found.details[key] for key in ("from", "to") if key in found.details}
    sides = [np.ones(len(survey.people), dtype=bool)]
    if found.name.startswith("did_"):
        sides += list(_arms(survey))
    for o in outcomes:
        if o.measure == found.measure:
            for side in sides:
                own = len(sides) == 1
                start, end = (survey.scored(o.measure, w, programme=own) & side for w in o.contrast)
                sets = (start & ~end, end & ~start, start & end)
                free &= not any(is_small(int(s.sum()), survey.least) for s in sets)
            free &= not isinstance(o.change, NotEstimable)
    if free and found.name in WEIGHTED and isinstance(found.change, Comparison):
        free = release_weighted(survey, found)
    if not free:
        hidden = withheld(found.change)
        return replace(found, change=hidden, details=waves, auxiliary=(), tipping=None)
    # How many were lost, and where they would have ended, is about them alone.
    tipping = found.tipping and replace(
        found.tipping,
        n_lost=SUPPRESSED,
        lost_mean=SUPPRESSED,
        limit=_keep(found.tipping.limit, False),
        shown=(),
    )
    change = _trim(found.change, frozenset())
    return replace(found, change=change, details=waves, tipping=tipping)


def _sizeless(found: EstimateLike) -> EstimateLike:
    if isinstance(found, NotEstimable):
        return replace(found, n=0)
    return replace(found, n=SUPPRESSED, n_missing=SUPPRESSED if found.n_missing else 0)


def _flow(survey: Survey, flow: Flow) -> Flow:
    """Give the numbers of people that no other number turns into a small one."""
    panel, least = survey.panel, survey.least
    excluded = _excluded(survey, flow.excluded)
    lacking = {e.wave for e in excluded if e.table == "survey" and isinstance(e.n, Suppressed)}
    there = panel.row >= 0
    first, last = (there[:, at] for at in panel.ends) if panel.waves else (np.zeros(0, bool),) * 2
    both = first & last if not panel.anonymous and len(panel.waves) > 1 else first & ~first

    def count(name: str, mask: BoolArray, n: int) -> int:
        return n if survey.release_count(f"flow.{name}", mask) else SUPPRESSED

    matched = count("matched", both, flow.matched)
    pre_only = count("pre_only", first & ~last, flow.pre_only)
    post_only = count("post_only", last & ~first, flow.post_only)
    waves: dict[str, WaveFlow] = {}
    for wave, one in flow.waves.items():
        if not wave:
            waves[wave] = WaveFlow(rows=SUPPRESSED, respondents=0)
            continue
        n = count(f"waves.{wave}", survey.answered(wave), one.respondents)
        more = wave not in lacking and survey.release_rows(
            f"flow.{wave}.rows", one.rows - one.respondents
        )
        rows = one.rows if isinstance(n, int) and more else SUPPRESSED
        waves[wave] = WaveFlow(rows=rows, respondents=n)
    return replace(
        flow,
        waves=waves,
        matched=matched,
        pre_only=pre_only,
        post_only=post_only,
        duplicates=SUPPRESSED if lacking or is_small(flow.duplicates, least) else flow.duplicates,
        excluded=excluded,
    )


def _excluded(survey: Survey, found: Sequence[ExcludedRows]) -> tuple[ExcludedRows, ...]:
    """Hide small reasons, and a second one of the same table and wave: they add up to its rows.

    So are all of a table and wave of which one has a few more than an earlier release said.
    """
    told = [e.n for e in found]
    for part in {(e.table, e.wave) for e in found}:
        places = [i for i, e in enumerate(found) if (e.table, e.wave) == part]
        hidden = choose_hidden([found[i].n for i in places], survey.least)
        kept = [i for at, i in enumerate(places) if at not in hidden]
        labels = {i: f"flow.excluded.{'.'.join(part)}.{found[i].reason}" for i in kept}
        same = all([survey.release_rows(labels[i], found[i].n) for i in kept])
        for i in [places[at] for at in hidden] if same else places:
            told[i] = SUPPRESSED
    return tuple(replace(e, n=n) for e, n in zip(found, told, strict=True))

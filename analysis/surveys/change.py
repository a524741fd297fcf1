"""Change between waves: every measure, every contrast, every analysis, and its cautions."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import stats

from analysis.plan import MeasurePlan
from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics.anchor import AnchorDifference
from analysis.statistics.mean_change import equivalence
from analysis.statistics.multiplicity import adjust_by_family
from analysis.statistics.ordinal_mixed import OrderedChange
from analysis.study import Study
from analysis.surveys.analyses import (
    CountedScores,
    agreement_of,
    analyse,
    count_contrast,
    estimate_effect_sizes,
    model_answers,
    n_categories,
    pair_table,
)
from analysis.surveys.cautions import outcome_cautions
from analysis.surveys.contrasts import family_of_contrast, list_contrasts, main_contrast
from analysis.surveys.groups import both_waves
from analysis.surveys.improvement import ask_anchor, count_improved
from analysis.surveys.items import answer_names
from analysis.surveys.panel import Panel, build_panel
from analysis.surveys.reliability import evaluate_reliability
from analysis.surveys.results import (
    OrderedAnswers,
    Outcome,
    PairCounts,
    Reliability,
    SampleSizes,
    Subgroups,
)
from analysis.surveys.scoring import (
    FloatArray,
    item_range,
    mean_of,
    outcome_measures,
    reverse,
)
from analysis.surveys.subgroups import evaluate_subgroups

MAX_CELLS = 2500


def evaluate_outcomes(
    study: Study,
    panel: Panel | None = None,
    reliability: Sequence[Reliability] | None = None,
    tell: Callable[[float], None] | None = None,
) -> tuple[Outcome, ...]:
    """Evaluate the change of every measure: each later wave against the first.

    Parameters
    ----------
    study
        With answers in two or more waves.
    panel, reliability
        Already built ones, to save time.
    tell
        Called with the share done, 0–1.

    Returns
    -------
    tuple of Outcome
        p-values adjusted over the main contrasts: Holm over the primary measures,
        Benjamini–Hochberg over the others; further contrasts are a family of their own.
    """
    panel = build_panel(study) if panel is None else panel
    known = evaluate_reliability(study) if reliability is None else reliability
    tasks = [(m, c) for m in outcome_measures(study) for c in list_contrasts(study, panel)]
    found = []
    for done, (measure, contrast) in enumerate(tasks):
        found.append(evaluate_outcome(study, panel, measure, contrast, known))
        if tell is not None:
            tell((done + 1) / len(tasks))
    return adjust_outcomes(found)


def evaluate_outcome(
    study: Study,
    panel: Panel,
    measure: MeasurePlan,
    waves: tuple[str, str],
    reliability: Sequence[Reliability] = (),
) -> Outcome:
    """Evaluate the change of one measure between two waves."""
    pre, post = panel.pair(measure.name, waves)
    seed = study.plan.study.seed
    contrast = count_contrast(measure, pre, post, anonymous=panel.anonymous, seed=seed)
    survey = study.survey
    outcome = estimate_outcome(
        contrast,
        waves,
        (pre, post),
        main=waves == main_contrast(study, panel, measure.name),
        reliability=reliability,
        anchor=ask_anchor(study, panel, measure, waves),
        labels=survey.answer_labels.get(measure.name, {}) if survey is not None else {},
    )
    outcome = replace(outcome, subgroups=_subgroups(study, panel, contrast, waves))
    return replace(outcome, cautions=outcome_cautions(study, panel, contrast, waves, outcome))


def estimate_outcome(
    contrast: CountedScores,
    waves: tuple[str, str],
    scores: tuple[FloatArray, FloatArray],
    *,
    main: bool,
    reliability: Sequence[Reliability] = (),
    anchor: AnchorDifference | None = None,
    labels: Mapping[float, str] | None = None,
) -> Outcome:
    """Estimate everything about a change that follows from counted scores.

    Parameters
    ----------
    contrast
        The counted scores.
    scores
        The same scores, one place for each person in both waves; NaN = none.
    main
        Whether this contrast speaks for the measure.
    labels
        Words of the answers of an ordered question.

    Returns
    -------
    Outcome
        Without subgroups and cautions: these need more than the scores.
    """
    measure = contrast.measure
    model = model_answers(contrast)
    analyses = (*analyse(contrast), *(model.changes if model is not None else ()))
    at_start = [r for r in reliability if (r.measure, r.wave) == (measure.name, waves[0])]
    return Outcome(
        measure=measure.name,
        role=measure.role if main else "exploratory",
        contrast=waves,
        main=main,
        design=contrast.design,
        n=_sizes(contrast),
        change=analyses[0],
        p_adjusted=None,
        analyses=analyses,
        effect_sizes=estimate_effect_sizes(contrast),
        improved=count_improved(contrast, at_start[0] if at_start else None, anchor),
        anchor=anchor,
        pairs=_pair_counts(contrast),
        equivalence=_equivalence(contrast),
        transitions=_transitions(contrast),
        categories=_category_names(contrast),
        agreement=agreement_of(analyses, contrast.design),
        better=measure.better,
        important_difference=measure.important_difference,
        levels=_levels(measure, *scores, analyses[0], linked=not contrast.unlinked),
        ordered=_ordered_answers(contrast, model, labels or {}),
    )


def _levels(
    measure: MeasurePlan, pre: FloatArray, post: FloatArray, change: ComparisonLike, *, linked: bool
) -> tuple[EstimateLike, ...]:
    """Mean of each wave, of the same people and from the same model as the change."""
    if isinstance(change, Comparison) and "level_pre" in change.details:
        return tuple(level_of_model(change, wave) for wave in ("pre", "post"))
    both = both_waves(pre, post)
    if linked and both.any():
        pre, post = pre[both], post[both]
    kind = measure.kind
    return tuple(mean_of(scores[np.isfinite(scores)], kind) for scores in (pre, post))


def level_of_model(change: Comparison, wave: str) -> Estimate:
    """Mean of one wave, ``pre`` or ``post``, that a model of both waves expects of everyone."""
    level = float(change.details[f"level_{wave}"])
    error = float(change.details[f"level_{wave}_std_error"])
    # A share has no degrees of freedom, and its limits stay between 0 and 1.
    share = change.name == "standardised_share"
    df = math.inf if share else float(change.details[f"level_{wave}_df"])
    half = float(stats.t.isf((1.0 - change.ci_level) / 2.0, df)) * error if error > 0 else 0.0
    low, high = level - half, level + half
    return Estimate(
        estimate=level,
        ci_low=max(low, 0.0) if share else low,
        ci_high=min(high, 1.0) if share else high,
        ci_level=change.ci_level,
        std_error=error,
        n=change.n,
        n_missing=change.n_missing,
        method=change.method,
        name="level",
    )


def _ordered_answers(
    c: CountedScores, model: OrderedChange | None, labels: Mapping[float, str]
) -> OrderedAnswers | None:
    """Give the model of one ordered question with the words of its answers, low to high."""
    measure = c.measure
    if model is None or len(measure.items) > 1:
        return None
    scores = np.union1d(c.start.values, c.end.values)
    low, high = item_range(measure)
    values = low + scores / 100.0 * (high - low) if measure.score == "percent" else scores
    if measure.reversed:
        values = reverse(values, (low, high))
    first, last = model.shares if model.shares else ((), ())
    return OrderedAnswers(
        answers=answer_names(labels, np.round(values, 9).tolist()),
        change=model.changes[0],
        from_shares=first,
        to_shares=last,
        proportional_odds=model.proportional_odds,
        spread=model.spread,
    )


def adjust_outcomes(outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Adjust the p-values of the main contrasts: Holm (primary measures), BH (the others).

    Further contrasts are adjusted among themselves: they take nothing from the main ones.
    """
    adjusted = adjust_by_family(
        [o.change.p_value if isinstance(o.change, Comparison) else None for o in outcomes],
        [family_of_contrast(o.role, main=o.main) for o in outcomes],
        confirmatory="primary",
    )
    return tuple(replace(o, p_adjusted=p) for o, p in zip(outcomes, adjusted, strict=True))


def _sizes(c: CountedScores) -> SampleSizes:
    return SampleSizes(
        from_wave=c.start.n,
        to_wave=c.end.n,
        matched=c.n_pairs,
        from_only=c.from_only.n,
        to_only=c.to_only.n,
    )


def _subgroups(
    study: Study, panel: Panel, contrast: CountedScores, waves: tuple[str, str]
) -> tuple[Subgroups, ...]:
    if contrast.family == "category":
        return ()
    return evaluate_subgroups(study, panel, contrast.measure, waves, contrast.design)


def _pair_counts(c: CountedScores) -> PairCounts | None:
    """Joint counts for pictures; None without pairs, or when scores hardly repeat."""
    if c.n_pairs == 0 or c.pairs.counts.size > MAX_CELLS:
        return None
    return PairCounts(
        from_score=tuple(c.pairs.pre.tolist()),
        to_score=tuple(c.pairs.post.tolist()),
        count=tuple(int(n) for n in np.rint(c.pairs.counts)),
    )


def _equivalence(c: CountedScores) -> ComparisonLike | None:
    margin = c.measure.important_difference
    if margin is None or c.family == "category":
        return None
    if c.n_pairs == 0:
        return NotEstimable(reason="not_identified", name="equivalence", method="needs_pairs")
    return equivalence(c.pairs.pre, c.pairs.post, margin, c.pairs.counts)


def _transitions(c: CountedScores) -> tuple[tuple[int, ...], ...]:
    if c.family == "mean" or c.n_pairs == 0:
        return ()
    size = 2 if c.family == "binary" else n_categories(c)
    return tuple(tuple(int(n) for n in np.rint(row)) for row in pair_table(c, size))


def _category_names(c: CountedScores) -> tuple[str, ...]:
    if c.family == "mean":
        return ()
    if c.family == "binary":
        return ("0", "1")
    order = list(c.measure.order)
    return tuple(order + [str(i) for i in range(len(order), n_categories(c))])

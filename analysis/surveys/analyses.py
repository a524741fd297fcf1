"""All analyses and effect sizes of one contrast, by the kind of measure and the design."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.plan import MeasurePlan
from analysis.results import Comparison, ComparisonLike, Estimate, EstimateLike, NotEstimable
from analysis.statistics import effect_size as effects
from analysis.statistics.counting import PairTally, Tally, tally, tally_both, tally_pairs
from analysis.statistics.incomplete_shares import standardised_share
from analysis.statistics.mean_change import bca_mean_change, derrick_t, paired_t, welch_t
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.ordinal import ordinal_change
from analysis.statistics.ordinal_mixed import OrderedChange, ordered_change
from analysis.statistics.paired_categories import (
    bowker,
    mcnemar_exact,
    mcnemar_midp,
    newcombe_paired_difference,
    stuart_maxwell,
)
from analysis.statistics.proportions import newcombe_independent
from analysis.statistics.rank_tests import mann_whitney, sign_test, wilcoxon_signed_rank
from analysis.statistics.two_samples import (
    compare_distributions,
    compare_shares,
    hedges_g_independent,
)
from analysis.surveys.scoring import FloatArray
from analysis.thresholds import SIGNIFICANCE_LEVEL

RESAMPLES = 2000
MAX_ORDERED = 11
PRIMARY: Mapping[tuple[str, str], str] = {
    ("mean", "paired"): "paired_t",
    ("mean", "partly_paired"): "mixed_model",
    ("mean", "anonymous"): "welch_t",
    ("binary", "paired"): "mcnemar_midp",
    ("binary", "partly_paired"): "standardised_share",
    ("binary", "anonymous"): "two_proportions_z",
    ("category", "paired"): "stuart_maxwell",
    ("category", "partly_paired"): "stuart_maxwell",
    ("category", "anonymous"): "chi_square",
}
AGREEING: Mapping[str, frozenset[str]] = {
    "paired": frozenset({"paired_t", "wilcoxon", "mcnemar_midp", "mcnemar_exact"}),
    "partly_paired": frozenset(
        {
            "mixed_model",
            "standardised_share",
            "derrick",
            "paired_t",
            "wilcoxon",
            "mcnemar_midp",
            "mcnemar_exact",
        }
    ),
    "anonymous": frozenset({"welch_t", "mann_whitney"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedScores:
    """Counted scores of one measure in two waves, and the design.

    Attributes
    ----------
    pairs, from_only, to_only
        Distinct scores with counts: of people in both waves, in one only.
    start, end
        Distinct scores of everyone in each wave.
    unlinked
        Whether codes were not collected, so that nobody could be matched.
    """

    measure: MeasurePlan
    design: str
    pairs: PairTally
    from_only: Tally
    to_only: Tally
    start: Tally
    end: Tally
    seed: int
    unlinked: bool = False

    @property
    def family(self) -> str:
        """``mean``, ``binary`` (one yes/no item) or ``category``."""
        return family_of(self.measure)

    @property
    def n_pairs(self) -> int:
        """People with a score in both waves."""
        return round(float(self.pairs.counts.sum()))


def family_of(measure: MeasurePlan) -> str:
    """Which analyses fit a measure: ``mean``, ``binary`` (one yes/no item) or ``category``."""
    if measure.kind == "category":
        return "category"
    single = measure.kind == "binary" and len(measure.items) == 1 and measure.score == "mean"
    return "binary" if single else "mean"


def count_contrast(
    measure: MeasurePlan, pre: FloatArray, post: FloatArray, *, anonymous: bool, seed: int
) -> CountedScores:
    """Count the scores of two waves once; everything else follows from the counts.

    Parameters
    ----------
    pre, post
        Scores of the same people in both waves, NaN = none.

    Notes
    -----
    Design: ``anonymous`` when codes were not collected or fewer than two people are matched;
    ``paired`` when everyone with a score is matched; else ``partly_paired``.
    """
    has_pre, has_post = np.isfinite(pre), np.isfinite(post)
    both = has_pre & has_post
    if anonymous or int(both.sum()) < 2:
        design, both = "anonymous", np.zeros_like(both)
    else:
        design = "paired" if bool((has_pre == has_post).all()) else "partly_paired"
    start, end = tally_both(pre[has_pre], post[has_post])
    return CountedScores(
        measure=measure,
        design=design,
        pairs=tally_pairs(pre[both], post[both]),
        from_only=tally(pre[has_pre & ~both]),
        to_only=tally(post[has_post & ~both]),
        start=start,
        end=end,
        seed=seed,
        unlinked=anonymous,
    )


def analyse(contrast: CountedScores) -> tuple[ComparisonLike, ...]:
    """Run every analysis that fits the measure and design; the primary one first."""
    runs = {"mean": _mean_analyses, "binary": _binary_analyses, "category": _category_analyses}
    found = runs[contrast.family](contrast)
    first = PRIMARY[(contrast.family, contrast.design)]
    refused = {one.name for one in found if isinstance(one, NotEstimable)}
    if first == "standardised_share" and first in refused:
        # Nobody in both waves began like some of those lost: the change of the matched remains.
        first = "mcnemar_midp"
    return tuple(sorted(found, key=lambda one: one.name != first))


def estimate_effect_sizes(contrast: CountedScores) -> tuple[EstimateLike, ...]:
    """Give every effect size that fits the measure and design, each by its name."""
    if contrast.family == "category":
        return ()
    if contrast.family == "binary":
        return _binary_effects(contrast)
    if contrast.design == "anonymous":
        a, b = contrast.start, contrast.end
        return (hedges_g_independent(a.values, b.values, a.counts, b.counts),)
    p = contrast.pairs
    plain: list[Callable[..., EstimateLike]] = [
        effects.d_z,
        effects.hedges_g_z,
        effects.rank_biserial,
        effects.superiority,
    ]
    average = effects.d_av(p.pre, p.post, p.counts)
    return (
        *(size(p.pre, p.post, p.counts) for size in plain),
        average,
        effects.corrected_d_av(average),
    )


def agreement_of(analyses: tuple[ComparisonLike, ...], design: str) -> str:
    """Whether the analyses that suit the design point the same way at 5 %.

    ``agree``, ``disagree``, or ``single`` with fewer than two. A clear test whose estimate is
    exactly zero (a shift of tied ranks) names no direction and is left out.
    """
    verdicts = [
        0 if a.p_value >= SIGNIFICANCE_LEVEL else int(np.sign(a.estimate))
        for a in analyses
        if isinstance(a, Comparison) and a.name in AGREEING[design]
        if a.p_value is not None and a.estimate is not None
        if a.estimate != 0 or a.p_value >= SIGNIFICANCE_LEVEL
    ]
    if len(verdicts) < 2:
        return "single"
    return "agree" if len(set(verdicts)) == 1 else "disagree"


def pair_table(contrast: CountedScores, size: int) -> FloatArray:
    """Table of counts, rows from, columns to, of codes 0 … size − 1."""
    p = contrast.pairs
    table = np.zeros((size, size))
    np.add.at(table, (p.pre.astype(np.int64), p.post.astype(np.int64)), p.counts)
    return table


def n_categories(contrast: CountedScores) -> int:
    """Number of categories: the declared ones, or up to the highest code found."""
    found = np.concatenate([contrast.start.values, contrast.end.values])
    return max(len(contrast.measure.order), int(found.max(initial=-1)) + 1)


def _mean_analyses(c: CountedScores) -> list[ComparisonLike]:
    a, b, p = c.start, c.end, c.pairs
    apart = [
        welch_t(a.values, b.values, a.counts, b.counts),
        mann_whitney(a.values, b.values, a.counts, b.counts),
    ]
    if c.design == "anonymous":
        return [*apart, *_proportional_odds(c)]
    change = p.post - p.pre
    together: list[ComparisonLike] = [
        paired_t(p.pre, p.post, p.counts),
        wilcoxon_signed_rank(change, p.counts),
        sign_test(change, p.counts),
        _as_comparison(
            bca_mean_change(p.pre, p.post, p.counts, n_resamples=RESAMPLES, seed=c.seed), "bca_mean"
        ),
    ]
    return together if c.design == "paired" else together + _partly_paired_analyses(c) + apart


def _partly_paired_analyses(c: CountedScores) -> list[ComparisonLike]:
    p, a, b = c.pairs, c.from_only, c.to_only
    counts = p.counts, a.counts, b.counts
    return [
        mixed_change(p.pre, p.post, a.values, b.values, *counts),
        derrick_t(
            p.pre,
            p.post,
            a.values,
            b.values,
            pair_counts=counts[0],
            pre_counts=counts[1],
            post_counts=counts[2],
        ),
    ]


def is_ordered(c: CountedScores) -> bool:
    """Whether an ordinal model fits: scores of few distinct values on a declared scale."""
    distinct = np.union1d(c.start.values, c.end.values)
    return c.measure.kind == "scale" and 3 <= distinct.size <= MAX_ORDERED


def model_answers(c: CountedScores) -> OrderedChange | None:
    """Ordinal model of linked waves with a person's own level; None where none fits."""
    if c.design == "anonymous" or not is_ordered(c):
        return None
    before, both, after = c.from_only, c.pairs, c.to_only
    gap = [np.full(one.values.size, np.nan) for one in (before, after)]
    return ordered_change(
        np.column_stack(
            [
                np.concatenate([both.pre, before.values, gap[1]]),
                np.concatenate([both.post, gap[0], after.values]),
            ]
        ),
        np.concatenate([both.counts, before.counts, after.counts]),
    )


def _proportional_odds(c: CountedScores) -> list[ComparisonLike]:
    """Proportional odds of anonymous waves."""
    if not is_ordered(c):
        return []
    distinct = np.union1d(c.start.values, c.end.values)
    a, b = (np.searchsorted(distinct, t.values).astype(np.float64) for t in (c.start, c.end))
    return [ordinal_change(a, b, c.start.counts, c.end.counts)]


def _binary_analyses(c: CountedScores) -> list[ComparisonLike]:
    (x1, n1), (x2, n2) = _count_successes(c.start), _count_successes(c.end)
    apart = compare_shares(x1, n1, x2, n2)
    if c.design == "anonymous":
        return [apart]
    table = pair_table(c, 2)
    paired = [mcnemar_midp(table), mcnemar_exact(table)]
    if c.design == "paired":
        return paired
    share = standardised_share(table, _no_and_yes(c.from_only), _no_and_yes(c.to_only))
    return [share, *paired, *_partly_paired_analyses(c), apart]


def _category_analyses(c: CountedScores) -> list[ComparisonLike]:
    size = n_categories(c)
    if c.design != "anonymous":
        table = pair_table(c, size)
        return [stuart_maxwell(table), bowker(table)]
    counts = np.zeros((2, size))
    for row, one in enumerate((c.start, c.end)):
        counts[row, one.values.astype(np.int64)] = one.counts
    return [compare_distributions(counts)]


def _binary_effects(c: CountedScores) -> tuple[EstimateLike, ...]:
    (x1, n1), (x2, n2) = _count_successes(c.start), _count_successes(c.end)
    if c.design != "anonymous":
        table = pair_table(c, 2)
        difference = newcombe_paired_difference(table)
        return effects.cohen_h_paired(table), replace(difference, name="risk_difference")
    if min(n1, n2) < 1:
        return ()
    difference = newcombe_independent(x1, n1, x2, n2)
    return (
        effects.cohen_h(x1 / n1, x2 / n2, n1, n2),
        replace(difference, name="risk_difference"),
    )


def _count_successes(sample: Tally) -> tuple[float, float]:
    return float(sample.counts @ sample.values), float(sample.counts.sum())


def _no_and_yes(sample: Tally) -> tuple[float, float]:
    yes, n = _count_successes(sample)
    return n - yes, yes


def _as_comparison(found: EstimateLike, name: str) -> ComparisonLike:
    """Show an estimate with its interval among the analyses."""
    if not isinstance(found, Estimate):
        return replace(found, name=name)
    return Comparison(
        name=name,
        estimate=found.estimate,
        std_error=found.std_error,
        ci_low=found.ci_low,
        ci_high=found.ci_high,
        ci_level=found.ci_level,
        n=found.n,
        n_missing=found.n_missing,
        method=found.method,
    )

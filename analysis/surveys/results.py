"""Result objects of the survey sections; field names are the keys of the results file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from analysis.results import Caution, ComparisonLike, EstimateLike, NotEstimable
from analysis.statistics.anchor import AnchorDifference
from analysis.statistics.factor_model import FactorFit
from analysis.statistics.meta_analysis import MetaAnalysis


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveFlow:
    """Rows received and respondents kept in one wave."""

    rows: int
    respondents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcludedRows:
    """Rows left out of one table for one reason."""

    reason: str
    n: int
    table: str = "survey"
    wave: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Who is in the survey: per wave, matched first → last wave, duplicates, exclusions.

    ``rows`` of all waves = respondents of all waves + sum of ``excluded`` (table ``survey``).
    """

    waves: Mapping[str, WaveFlow]
    matched: int
    pre_only: int
    post_only: int
    duplicates: int
    excluded: tuple[ExcludedRows, ...]
    anonymous: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSummary:
    """Distribution of one measure in one wave. floor/ceiling are shares 0–1 at the range's ends.

    ``counts`` lists (score, n), ascending, for pictures.
    """

    measure: str
    wave: str
    n: int
    n_missing: int
    mean: EstimateLike
    sd: float | None
    median: float | None
    min: float | None
    max: float | None
    floor: float | None
    ceiling: float | None
    counts: tuple[tuple[float, int], ...] = ()
    subscales: Mapping[str, EstimateLike] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """Internal consistency of one measure in one wave.

    ``kmo`` is the sampling adequacy, overall and by item; ``one_factor`` how well one common factor
    gives the answers' covariances back (scales only).
    """

    measure: str
    wave: str
    n: int
    n_items: int
    alpha: EstimateLike
    omega: EstimateLike
    item_rest: Mapping[str, float | None]
    alpha_if_dropped: Mapping[str, float | None]
    first_factor_share: float | None
    unreversed_suspects: tuple[str, ...] = ()
    kmo: float | None = None
    kmo_items: Mapping[str, float | None] = field(default_factory=dict)
    one_factor: FactorFit | NotEstimable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSizes:
    """People behind one contrast with a score: per wave, both, only one."""

    from_wave: int
    to_wave: int
    matched: int
    from_only: int
    to_only: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Improved:
    """Shares (0–1, Wilson) of pairs better, same, worse by at least ``threshold`` score units.

    ``threshold_source`` is ``important_difference`` (declared), ``anchor``, ``reliable_change`` or
    ``yes_no`` (another answer); with ``none`` nobody is counted and ``threshold`` is None.
    ``net`` is better minus worse with Tango's interval. ``reliable_*`` count pairs beyond the
    reliable change index, None when no reliability. ``smallest_detectable`` is the same index: the
    smallest change of one person beyond measurement error; ``smallest_detectable_mean`` that of
    the mean of the pairs.
    """

    better: EstimateLike
    same: EstimateLike
    worse: EstimateLike
    net: EstimateLike
    threshold: float | None
    threshold_source: str
    n_better: int | None = None
    n_same: int | None = None
    n_worse: int | None = None
    reliable_better: int | None = None
    reliable_worse: int | None = None
    reliable_change: float | None = None
    smallest_detectable: float | None = None
    smallest_detectable_mean: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Change in one subgroup: raw and shrunken towards the overall change.

    ``n`` people are in ``change``: everyone who answered where that is the model of the whole.
    ``only_pairs`` tells why it is only those of both waves there; else empty.
    """

    value: str
    n: int
    change: EstimateLike
    shrunken: EstimateLike
    only_pairs: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subgroups:
    """One interaction test, then the groups; small ones are suppressed.

    ``by`` is a demographic column or ``site``; by site, from three communities on, ``across`` is
    their random-effects summary with prediction interval.
    """

    by: str
    interaction: ComparisonLike
    groups: tuple[Group, ...]
    across: MetaAnalysis | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairCounts:
    """Joint counts of (from score, to score): carries every paired picture and test."""

    from_score: tuple[float, ...]
    to_score: tuple[float, ...]
    count: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderedAnswers:
    """One ordered question in two linked waves, by the model with a person's own level.

    ``from_shares`` and ``to_shares`` are the expected shares of ``answers``, low to high, over
    everyone's own levels; ``spread`` the standard deviation of these on the logit scale. Without a
    fit there are no shares, and ``change`` says why.
    """

    answers: tuple[str, ...]
    change: ComparisonLike
    from_shares: tuple[EstimateLike, ...]
    to_shares: tuple[EstimateLike, ...]
    proportional_odds: ComparisonLike
    spread: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Change of one measure between two waves.

    ``design`` is ``paired``, ``partly_paired`` or ``anonymous``; ``change`` is the primary
    analysis; ``analyses`` all of them, the primary among them; ``agreement`` says whether they
    point the same way (``agree``, ``disagree``, ``single``). ``among`` is ``treated`` when a
    comparison group is declared (its change stands in ``comparison``), else ``everyone``.
    ``levels`` are the mean scores (shares for binary) in the two waves that belong to ``change``:
    expected of everyone where a model of both waves is primary, else of the matched, or of everyone
    where answers cannot be linked. ``main`` marks the contrast that speaks for the
    measure: first to last wave asked at its time. ``ordered`` is there for one ordered question.
    """

    measure: str
    role: str
    contrast: tuple[str, str]
    main: bool = True
    design: str
    n: SampleSizes
    change: ComparisonLike
    p_adjusted: float | None
    analyses: tuple[ComparisonLike, ...]
    effect_sizes: tuple[EstimateLike, ...]
    improved: Improved | None
    anchor: AnchorDifference | None = None
    subgroups: tuple[Subgroups, ...] = ()
    pairs: PairCounts | None = None
    equivalence: ComparisonLike | None = None
    transitions: tuple[tuple[int, ...], ...] = ()
    categories: tuple[str, ...] = ()
    agreement: str = "single"
    better: str = "higher"
    important_difference: float | None = None
    among: str = "everyone"
    levels: tuple[EstimateLike, ...] = ()
    ordered: OrderedAnswers | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemAnswers:
    """Counts of the answers to one item in one wave; keys are answers as text."""

    measure: str
    item: str
    wave: str
    n: int
    n_missing: int
    counts: Mapping[str, int]
    mean: float | None = None
    reversed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AttritionRow:
    """Those who stayed against those lost, on one baseline variable (category: per level)."""

    variable: str
    level: str
    stayed: EstimateLike
    left: EstimateLike
    smd: float | None
    p_value: float | None
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """Range of the change if those lost had changed less or more than those who stayed."""

    measure: str
    name: str
    low: float | None
    high: float | None
    n: int
    method: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttritionVerdict:
    """Losses of both groups against the boundary of the What Works Clearinghouse.

    Shares 0–1. ``differential`` is treated minus comparison. ``cautious_limit`` and
    ``optimistic_limit`` are the highest differences that count as low at this overall loss; None
    beyond the standard's table. ``verdict`` is ``low``, ``low_if_unrelated`` (only if the
    programme can hardly decide who is lost) or ``high``.
    """

    overall: float
    differential: float
    treated: EstimateLike
    comparison: EstimateLike
    cautious_limit: float | None
    optimistic_limit: float | None
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceRow:
    """Treated against comparison at baseline on one variable."""

    variable: str
    level: str
    treated: EstimateLike
    comparison: EstimateLike
    smd: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudyPoint:
    """Treated-minus-comparison difference in one wave, against the reference wave."""

    wave: str
    difference: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightedBalance:
    """Standardised difference of one covariate, before and after weighting."""

    variable: str
    level: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """The groups made alike by overlap weights: who still counts, and how alike they are.

    ``effective_treated`` and ``effective_comparison`` are Kish's numbers of people that carry as
    much as the weighted ones; ``balance`` has the score at the start and each covariate.
    """

    n: int
    effective_treated: float
    effective_comparison: float
    balance: tuple[WeightedBalance, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EValue:
    """How strong something unmeasured would have to be to explain the difference away.

    As a risk ratio with both the group and the outcome; ``limit`` for moving the interval to no
    difference. ``risk_ratio`` is what the difference comes to.
    """

    risk_ratio: float
    estimate: float
    limit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupComparison:
    """Treated minus comparison for one measure: DiD and ANCOVA side by side.

    ``effect`` is the one of ``analyses`` the design calls for: with clusters their CR2 interval or
    its refusal, otherwise the plain one. ``p_adjusted`` counts the tests of all measures.
    ``means`` rows are (group "treated"/"comparison", wave, Estimate). ``main`` marks the contrast
    that speaks for the measure. ``assignment`` is how people came into the groups; ``agreement``
    whether difference in differences and ANCOVA agree in sign and clarity (``agree``,
    ``disagree``, ``single``). ``causal`` says that the design earns a causal verb; else ``doubts``
    tell why not: ``one_community``, ``methods_disagree``, ``attrition_differs``,
    ``groups_differ``, ``one_method``, ``trends_differ``.
    """

    measure: str
    contrast: tuple[str, str]
    main: bool = True
    assignment: str = "self_selected"
    agreement: str = "single"
    causal: bool = False
    doubts: tuple[str, ...] = ()
    effect: ComparisonLike
    p_adjusted: float | None
    analyses: tuple[ComparisonLike, ...]
    means: tuple[tuple[str, str, EstimateLike], ...]
    counterfactual: float | None
    n_clusters: int
    event_study: tuple[EventStudyPoint, ...] = ()
    placebo: ComparisonLike | None = None
    balance: tuple[BalanceRow, ...] = ()
    overlap: Overlap | None = None
    e_value: EValue | None = None
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """Change against sessions attended, adjusted for baseline: an association.

    ``slope`` is score units per session; ``points`` are (dose, n, mean change); ``line`` is the
    fitted change at some numbers of sessions, for someone with the average baseline.
    """

    measure: str
    slope: ComparisonLike
    points: tuple[tuple[float, int, EstimateLike], ...]
    n_linked: int
    n_unlinked: int
    line: tuple[tuple[float, EstimateLike], ...] = ()
    cautions: tuple[Caution, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TippingPoint:
    """How much worse those lost would have to have ended for a clear result to vanish.

    ``status`` is ``reached``; ``not_reached``: clear even with those lost at the end of the scale
    on average; ``not_clear``: not clear as imputed. ``delta`` is added to the follow-up of the
    ``n_lost`` people without one (with a comparison group: of the programme), whose imputed mean
    is ``lost_mean``; score units, shares 0–1. ``delta_sd`` is in SDs of the scores at the start.
    ``limit`` is the shift that puts them at the end of the scale. ``shown`` are (delta, change) on
    the way there.
    """

    status: str
    n_lost: int
    lost_mean: float
    delta: float | None
    delta_sd: float | None
    limit: float | None
    shown: tuple[tuple[float, ComparisonLike], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensitivity:
    """The same change by another rule: imputation, weights, mixed model over all waves.

    ``auxiliary`` names what imputation knew beside the score of the other wave.
    """

    measure: str
    name: str
    change: ComparisonLike
    details: Mapping[str, float | str | None] = field(default_factory=dict)
    auxiliary: tuple[str, ...] = ()
    tipping: TippingPoint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePoint:
    """One wave of a trajectory: the mean (share) expected had everyone answered.

    ``answered_on`` is the median day of the answers, where known. ``n`` people have a score in this
    wave; ``lost`` of those with one at baseline have none.
    """

    wave: str
    answered_on: date | None
    n: int
    lost: int
    level: EstimateLike


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveContrast:
    """Later minus earlier wave; ``against`` says which: ``baseline`` or ``previous``."""

    from_wave: str
    to_wave: str
    against: str
    change: ComparisonLike
    p_adjusted: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePattern:
    """People with a score in exactly these waves."""

    waves: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trajectory:
    """The course of one measure over three or more waves, one model of everyone's answers.

    ``group`` is empty, or ``treated`` and ``comparison`` side by side. ``contrasts`` are each later
    wave against baseline, then the last against the one before. ``p_adjusted``: Holm over the
    contrasts of all primary measures, Benjamini–Hochberg over the others. ``covariance`` names the
    model: ``unstructured``, ``compound_symmetry``, ``uncorrelated``, ``saturated_shares`` or
    ``separate_samples``. Waves looked back at and placebo waves are in none of it.
    """

    measure: str
    role: str
    group: str
    n: int
    covariance: str
    points: tuple[WavePoint, ...]
    contrasts: tuple[WaveContrast, ...]
    patterns: tuple[WavePattern, ...]
    important_difference: float | None = None
    cautions: tuple[Caution, ...] = ()

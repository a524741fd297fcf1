"""Every field of the results that somebody has looked at with a reader's eyes.

A field that is not listed here is withheld from every audience but the evaluator, and a test
fails: whoever adds a number says here that :mod:`analysis.disclosure` deals with it. Fields that
are never about few people (names, settings, money, sessions) are listed too.
"""

from __future__ import annotations

from collections.abc import Mapping

_LISTED = """\
Snapshot: as_of participants expense values
Evaluation: fingerprint title settings provenance flow scoring reliability measurement outcomes
    trajectory items attrition attrition_verdict bounds comparison dose sensitivity participation
    delivery time_series volunteers sustainability earlier targets findings cautions issues audience
    disclosure
Provenance: versions created seed files
Issue: code severity file sheet column rows details
Delivery: overall phases sessions cautions
FunnelStep: step n of share
Participation: eligible participants contacts sessions households reach attendance_rate
    repeat_rate completion_rate return_rate funnel per_session per_period engagement lorenz gini
    top10_share representation fill_rate by_kind by_level events cautions
PeriodParticipation: month participants contacts sessions rate
PhaseDelivery: phase planned held moved cancelled pending held_share on_time fidelity
    staff_hours volunteer_hours
Representation: by value n share population_share ratio
InterruptedSeries: name months values fitted events left_out empty lag season autocorrelation
    durbin_watson ljung_box_p ljung_box_lags cautions
SeriesEvent: on label first_month months_before months_after refused level slope gap p_adjusted
    expected
SessionAttendance: session date kind level attended registered rate no_show limit_low limit_high
    outside returned
Caution: code severity section measure values
Comparison: name estimate std_error ci_low ci_high ci_level statistic df p_value n n_missing
    method details
Curve: time_days at_risk events censored survival ci_low ci_high ci_level n n_missing method
Disclosure: cells hidden smallest_interval costs
Estimate: estimate ci_low ci_high ci_level std_error n n_missing method name
Finding: code section measure values
NotEstimable: reason n method name details
AnchorDifference: n n_better correlation strong mean_change predictive roc auc
MetaAnalysis: pooled tau2 i2 q q_p prediction_low prediction_high weights
AttritionVerdict: overall differential treated comparison cautious_limit optimistic_limit verdict
AttritionRow: variable level stayed left smd p_value group
BalanceRow: variable level treated comparison smd
Bounds: measure name low high n method reason
Dose: measure slope points n_linked n_unlinked line cautions
EValue: estimate limit risk_ratio
EventStudyPoint: wave difference
ExcludedRows: reason n table wave
Flow: waves matched pre_only post_only duplicates excluded anonymous
Group: value n change shrunken only_pairs
GroupComparison: measure contrast main assignment agreement causal doubts effect p_adjusted
    analyses means counterfactual n_clusters event_study placebo balance
    overlap e_value cautions
Improved: better same worse net threshold threshold_source n_better n_same n_worse
    reliable_better reliable_worse reliable_change smallest_detectable smallest_detectable_mean
ItemAnswers: measure item wave n n_missing counts mean reversed
Overlap: balance effective_comparison effective_treated n
WeightedBalance: variable level before after
Outcome: measure role contrast main design n change p_adjusted analyses effect_sizes improved
    anchor subgroups pairs equivalence transitions categories agreement better
    important_difference among levels ordered cautions
PairCounts: from_score to_score count
Reliability: measure wave n n_items alpha omega item_rest alpha_if_dropped first_factor_share
    unreversed_suspects kmo kmo_items one_factor
Measurement: measure contrast n_from n_to n_both n_incomplete n_drawn verdict items invariance
ItemShift: item test p_adjusted shifted
Invariance: configural metric equal_loadings cfi_change
FactorFit: chi2 df p_value cfi rmsea srmr loadings n method
OrderedAnswers: answers change from_shares to_shares proportional_odds spread
SampleSizes: from_wave to_wave matched from_only to_only
ScoreSummary: measure wave n n_missing mean sd median min max floor ceiling counts subscales
Sensitivity: measure name change details auxiliary tipping
Subgroups: by interaction groups across
TippingPoint: status n_lost lost_mean delta delta_sd limit shown
Trajectory: measure role group n covariance points contrasts patterns important_difference cautions
WaveContrast: from_wave to_wave against change p_adjusted
WaveFlow: rows respondents
WavePattern: waves n
WavePoint: wave answered_on n lost level
Capacity: range n_raters domains agreement leadership resident_led cautions
Concentration: by n_sources shares largest largest_share hhi hhi_normalised effective_sources
Consultation: raised agreed done declined open overdue follow_through done_share on_time
    told_back curve median_days matrix level_gaps issues as_of cautions lacking
DomainCapacity: domain wave group mean change target gap
EarlyWarning: code days values
Funding: currency first_date last_date income expense surplus by_month by_year concentration hhi
    effective_sources largest_share recurring_share community_share restricted_share balance
    monthly_expense runway_months stress expiries waterfall n_rows n_left_out programme_cost
    months_counted unnamed_share cautions
FundingPeriod: period income expense surplus
GrantExpiry: source ends amount months_left
IssueRow: issue raised_by raised agreed due done status days_open days_overdue told_back
ScorecardRow: code value unit previous trend status status_range bands higher_is_better rule_source
    next_step urgency previous_at
Strengths: wave_from wave_to kinds
StrengthsByKind: kind before after kept gained lost
StressTest: name income_left runway_months
Sustainability: funding capacity strengths consultation scorecard warnings
WaterfallStep: year_from year_to source change
TargetProgress: indicator level baseline target actual progress expected band status due
    direction evidence periods uncertain progress_low progress_high
Cause: reason n incidence at_365
Cohort: label n active
GroupRetention: value n curve median_days rmst
Hours: unit total per_active gini top10_share bus_factor reliability lorenz per_person
    by_activity
LapseSensitivity: lapse_after_days left median_days retention_365
Month: month active new returning lapsed hours retention team
OutlookCheck: made month months_ahead expected low high actual inside today
OutlookChoice: basis reason n error_flow error_as_today inside
OutlookPoint: month active low high
Overdue: volunteer last_service days_since rhythm_days ratio survival_given_absence urgency
RetentionByGroup: by logrank rmst_difference cox proportional_hazards groups horizon_days
    landmark_days
Volunteers: n active active_year_ago joined left rule lapse_after_days observed_from
    observed_until curve retention median_days rmst rmst_horizon_days returned sensitivity
    by_group landmark causes cohorts monthly period_retention commitment_retention
    mean_cumulative_returns hours roles overdue outlook outlook_choice backtest
    events cautions notes
"""


def _read(listed: str) -> Mapping[str, frozenset[str]]:
    """Read lines of ``Class: field field …``; a line that goes on is indented."""
    rows = listed.replace("\n    ", " ").strip().split("\n")
    parts = (row.partition(": ") for row in rows)
    return {name: frozenset(listed_fields.split()) for name, _, listed_fields in parts}


FIELDS = _read(_LISTED)

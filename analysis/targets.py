"""Indicators against baselines and targets: the logframe's arithmetic."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import pandas as pd

from analysis.participation.results import Delivery, Participation
from analysis.plan import TargetPlan
from analysis.results import Comparison, Estimate, EstimateLike, NotEstimable, Suppressed
from analysis.study import Study
from analysis.surveys.contrasts import main_rows
from analysis.surveys.results import AttritionVerdict, Flow, Outcome, ScoreSummary
from analysis.sustainability.results import Sustainability
from analysis.volunteers.results import Volunteers

_PERIOD = re.compile(r"(?P<year>\d{4})(?:-?[Qq](?P<quarter>[1-4])|-(?P<month>\d{1,2}))?")
#: Sections that an indicator's path may begin with, and those it may leave out.
_NAMED = (
    "flow",
    "attrition_verdict",
    "participation",
    "delivery",
    "volunteers",
    "sustainability",
)
_IMPLIED = ("sustainability", "participation", "delivery", "volunteers")
_ROUNDING = 1e-9


class Measured(Protocol):
    """Sections that targets are held against: those of an evaluation, computed when read."""

    @property
    def scoring(self) -> Sequence[ScoreSummary]:
        """Each measure in each wave."""

    @property
    def outcomes(self) -> Sequence[Outcome]:
        """The changes."""

    @property
    def flow(self) -> Flow | None:
        """Who answered when."""

    @property
    def attrition_verdict(self) -> AttritionVerdict | None:
        """Whether those lost matter."""

    @property
    def participation(self) -> Participation | None:
        """Who took part."""

    @property
    def delivery(self) -> Delivery | None:
        """What was carried out."""

    @property
    def volunteers(self) -> Volunteers | None:
        """Who stays."""

    @property
    def sustainability(self) -> Sustainability | None:
        """Money, capacity, promises."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetProgress:
    """One indicator: progress = (actual − baseline) / (target − baseline).

    Without a baseline an indicator that shall rise counts from zero; one that shall fall, or stay
    where it is, has no progress and is only met or not. So is one whose measured baseline lies on
    the other side of the target than its declared direction: it was met before the start.
    ``status`` is met, ahead, on_track, behind, not_started or no_data; ``expected`` the progress
    due by the data's date; ``band`` the tolerated share either side of it; ``progress_low`` and
    ``progress_high`` are the ends of the actual value's interval on the same way; ``uncertain`` is
    True when they reach another status. ``periods`` are (period, target, actual).
    """

    indicator: str
    level: str
    baseline: float | None
    target: float
    actual: EstimateLike
    progress: float | None
    expected: float | None
    band: float
    status: str
    due: date | None
    direction: str
    evidence: str = ""
    periods: tuple[tuple[str, float, float | None], ...] = ()
    uncertain: bool = False
    progress_low: float | None = None
    progress_high: float | None = None


def evaluate_targets(
    study: Study, found: Measured, scoring: Sequence[ScoreSummary] | None = None
) -> tuple[TargetProgress, ...]:
    """Put each target of the plan against its value in the sections of an evaluation.

    Parameters
    ----------
    scoring
        Scores of those the targets are about, where these are not all who answered.

    Notes
    -----
    An indicator is ``measure.wave.mean`` (or ``.median``), ``measure.change``, or a dotted path in
    a section, such as ``participation.participants`` or ``consultation.follow_through``.
    """
    as_of, scores = data_date(study), found.scoring if scoring is None else scoring
    return tuple(target_progress(plan, found, scores, as_of) for plan in study.plan.targets)


def target_progress(
    plan: TargetPlan, found: Measured, scoring: Sequence[ScoreSummary], as_of: date | None
) -> TargetProgress:
    """Progress of one indicator at ``as_of``; see :class:`TargetProgress` for the formula."""
    typed = plan.actual if plan.actual is not None else cumulate(plan)
    actual = (
        find_indicator(plan.indicator, found, scoring)
        if typed is None
        else Estimate(estimate=typed, n=1, method="typed_in")
    )
    baseline = plan.baseline if plan.baseline is not None else _baseline(plan.indicator, scoring)
    start = 0.0 if baseline is None and plan.direction == "increase" else baseline
    progress = _progress(plan, start, _point(actual))
    expected = _expected(plan, start, as_of)
    early = as_of is not None and plan.start is not None and as_of <= plan.start
    low, high = _progress_ends(plan, start, actual)
    ends = [end for end in (low, high) if end is not None]
    reached = {_status(plan, end, expected, early=early) for end in ends}
    status = _status(plan, progress, expected, early=early)
    if progress is None and isinstance(actual, Estimate):
        status = _status_of_value(plan, actual.estimate, as_of)
    return TargetProgress(
        indicator=plan.indicator,
        level=plan.level,
        baseline=baseline,
        target=plan.target,
        actual=actual,
        progress=progress,
        expected=expected,
        band=plan.band,
        status=status,
        due=plan.due,
        direction=plan.direction,
        evidence=plan.evidence,
        periods=tuple((p, t, plan.actuals.get(p)) for p, t in sorted(plan.periods.items())),
        uncertain=bool(reached - {status}),
        progress_low=low,
        progress_high=high,
    )


def cumulate(plan: TargetPlan) -> float | None:
    """Actual to date from typed period values, by the plan's cumulation rule.

    ``non_cumulative`` and ``cumulative_level``: the latest value; ``cumulative_sum``: the sum.
    """
    values = [plan.actuals[period] for period in sorted(plan.actuals)]
    if not values:
        return None
    return sum(values) if plan.cumulation == "cumulative_sum" else values[-1]


def data_date(study: Study) -> date | None:
    """The last date in the data: the declared end of observation, else the latest entry."""
    if study.plan.retention.observed_until:
        return study.plan.retention.observed_until
    columns = {
        "attendance": "date",
        "attendance_counts": "date",
        "service": "date",
        "funding": "date",
        "delivery": "held",
    }
    latest = [
        getattr(study, name)[column].max()
        for name, column in columns.items()
        if getattr(study, name) is not None and column in getattr(study, name)
    ]
    known = [pd.Timestamp(day) for day in latest if not pd.isna(day)]
    return max(known).date() if known else None


def find_indicator(
    indicator: str, found: Measured, scoring: Sequence[ScoreSummary]
) -> EstimateLike:
    """Value of an indicator; ``no_data`` where no section has it."""
    parts = indicator.split(".")
    scores = [row for row in scoring if row.measure == parts[0]]
    if scores and len(parts) == 3:
        row = next((row for row in scores if row.wave == parts[1]), None)
        return _as_estimate(_walk(row, parts[2:]))
    if scores and parts[-1] == "change":
        main = main_rows(found.outcomes)
        return _as_estimate(next((o.change for o in main if o.measure == parts[0]), None))
    if parts[0] in _NAMED:
        return _as_estimate(_walk(found, parts))
    values = (_walk(getattr(found, name), parts) for name in _IMPLIED)
    return _as_estimate(next((value for value in values if value is not None), None))


def _walk(value: object, parts: Sequence[str]) -> object:
    """Follow a path through fields of results and keys of mappings; None where it ends early."""
    for part in parts:
        if isinstance(value, Mapping):
            value = next((one for key, one in value.items() if str(key) == part), None)
        else:
            value = None if part.startswith("_") else getattr(value, part, None)
    return value


def _as_estimate(value: object) -> EstimateLike:
    if isinstance(value, NotEstimable):
        return NotEstimable(reason=value.reason, method="results")
    if isinstance(value, Suppressed):
        return NotEstimable(reason="suppressed", method="results")
    if isinstance(value, Estimate | Comparison) and value.estimate is not None:
        return Estimate(
            estimate=float(value.estimate),
            ci_low=value.ci_low,
            ci_high=value.ci_high,
            n=value.n,
            method=value.method or "results",
        )
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return Estimate(estimate=float(value), n=1, method="results")
    return NotEstimable(reason="no_data", method="results")


def _baseline(indicator: str, scoring: Sequence[ScoreSummary]) -> float | None:
    parts = indicator.split(".")
    scores = [row for row in scoring if row.measure == parts[0]]
    if len(parts) != 3 or not scores or scores[0].wave == parts[1]:
        return None
    return _point(_as_estimate(_walk(scores[0], parts[2:])))


def _point(value: EstimateLike) -> float | None:
    return value.estimate if isinstance(value, Estimate) else None


def _progress(plan: TargetPlan, baseline: float | None, actual: float | None) -> float | None:
    if actual is None or baseline is None or plan.target == baseline:
        return None
    # A measured baseline beyond the target: the way between them would count backwards.
    declared = "direction" in plan.model_fields_set
    if declared and (plan.target < baseline) == (plan.direction == "increase"):
        return None
    return (actual - baseline) / (plan.target - baseline)


def _progress_ends(
    plan: TargetPlan, baseline: float | None, actual: EstimateLike
) -> tuple[float | None, float | None]:
    """Progress at the two ends of the interval, the lesser first (a target may fall)."""
    if not isinstance(actual, Estimate) or actual.ci_low is None or actual.ci_high is None:
        return None, None
    ends = [_progress(plan, baseline, end) for end in (actual.ci_low, actual.ci_high)]
    known = sorted(end for end in ends if end is not None)
    return (known[0], known[1]) if len(known) == 2 else (None, None)


def _expected(plan: TargetPlan, baseline: float | None, as_of: date | None) -> float | None:
    """Progress due by ``as_of``: by the periodic targets where there are any, else by time."""
    if as_of is None:
        return None
    by_period = _expected_of_periods(plan, as_of)
    if by_period is not None:
        return _progress(plan, baseline, by_period)
    if plan.due is None or plan.start is None or plan.due <= plan.start:
        return None
    return min(1.0, max(0.0, (as_of - plan.start).days / (plan.due - plan.start).days))


def _expected_of_periods(plan: TargetPlan, as_of: date) -> float | None:
    """Value due by ``as_of``: the sum of ended periods' targets, or the latest ended one's."""
    ends = {period: period_end(period) for period in sorted(plan.periods)}
    if not ends or any(end is None for end in ends.values()):
        return None
    over = [plan.periods[period] for period, end in ends.items() if end and end <= as_of]
    if plan.cumulation == "cumulative_sum":
        return sum(over)
    return over[-1] if over else None


def period_end(period: str) -> date | None:
    """Last day of a period written ``2026``, ``2026-Q1`` or ``2026-03``; None for other words.

    Examples
    --------
    >>> period_end("2026-Q1"), period_end("2026-12"), period_end("spring")
    (datetime.date(2026, 3, 31), datetime.date(2026, 12, 31), None)
    """
    found = _PERIOD.fullmatch(period.strip())
    if found is None:
        return None
    month = 3 * int(found["quarter"]) if found["quarter"] else int(found["month"] or 12)
    if not 1 <= month <= 12:
        return None
    following = date(int(found["year"]) + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _status_of_value(plan: TargetPlan, actual: float, as_of: date | None) -> str:
    """Met or not, where no way from a baseline can be told; before it is due nothing is late."""
    falls = plan.direction == "decrease"
    if actual <= plan.target if falls else actual >= plan.target:
        return "met"
    early = plan.due is not None and as_of is not None and as_of < plan.due
    return "no_data" if early else "behind"


def _status(
    plan: TargetPlan, progress: float | None, expected: float | None, *, early: bool
) -> str:
    """Status by the band: the tolerated share of the progress expected, either side of it.

    Expected progress is below zero where a periodic target lies behind the baseline: a rise that
    is to begin with a fall. The band then reaches as far as it does above zero.
    """
    if progress is None:
        return "no_data"
    if progress >= 1:
        return "met"
    if expected is None:
        return "on_track" if progress >= 1 - plan.band else "behind"
    if early and expected == 0:
        return "not_started"
    room = plan.band * abs(expected) + _ROUNDING
    if progress > expected + room:
        return "ahead"
    return "on_track" if progress >= expected - room else "behind"

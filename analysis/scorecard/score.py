"""The few measures a manager needs, with band, trend and next step; early warnings by urgency."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from analysis.participation.results import Delivery, Participation
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.scorecard.history import Snapshot
from analysis.scorecard.indicators import (
    ScorecardInputs,
    collect_indicators,
    domain_before,
    share_of_range,
    weakest_domain,
)
from analysis.study import Study
from analysis.sustainability.capacity import evaluate_capacity
from analysis.sustainability.consultation import evaluate_consultation
from analysis.sustainability.funding import evaluate_funding
from analysis.sustainability.results import (
    Consultation,
    EarlyWarning,
    Funding,
    ScorecardRow,
    Strengths,
    Sustainability,
)
from analysis.sustainability.strengths import evaluate_strengths
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import Volunteers


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule of thumb: ``act`` and ``watch`` are the thresholds, in the value's unit.

    For ``higher_is_better`` a value below ``act`` is act, below ``watch`` watch; else above.
    """

    unit: str
    act: float
    watch: float
    higher_is_better: bool
    source: str


_OWN = "levee_rule_of_thumb"
RULES: dict[str, Rule] = {
    "active_change": Rule(unit="ratio", act=0.75, watch=0.95, higher_is_better=True, source=_OWN),
    "retention_365": Rule(unit="rate", act=0.4, watch=0.6, higher_is_better=True, source=_OWN),
    "bus_factor": Rule(unit="people", act=3, watch=6, higher_is_better=True, source=_OWN),
    "overdue_volunteers": Rule(
        unit="rate", act=0.3, watch=0.15, higher_is_better=False, source=_OWN
    ),
    "runway_months": Rule(
        unit="months", act=3, watch=6, higher_is_better=True, source="operating_reserves_2008"
    ),
    "largest_share": Rule(unit="rate", act=0.7, watch=0.5, higher_is_better=False, source=_OWN),
    "effective_sources": Rule(
        unit="sources", act=2, watch=3, higher_is_better=True, source="carroll_stater_2009"
    ),
    "community_share": Rule(unit="rate", act=0.05, watch=0.1, higher_is_better=True, source=_OWN),
    "weakest_domain": Rule(
        unit="share_of_range", act=0.4, watch=0.6, higher_is_better=True, source=_OWN
    ),
    "follow_through": Rule(unit="rate", act=0.5, watch=0.8, higher_is_better=True, source=_OWN),
    "told_back": Rule(unit="rate", act=0.5, watch=0.8, higher_is_better=True, source=_OWN),
    "repeat_rate": Rule(unit="rate", act=0.3, watch=0.5, higher_is_better=True, source=_OWN),
    "held_share": Rule(unit="rate", act=0.7, watch=0.85, higher_is_better=True, source=_OWN),
}

_NO_DATA = NotEstimable(reason="no_data")


def evaluate_sustainability(
    study: Study,
    volunteers: Volunteers | None = None,
    participation: Participation | None = None,
    delivery: Delivery | None = None,
    earlier: Sequence[Snapshot] = (),
) -> Sustainability | None:
    """Evaluate funding, capacity, strengths, consultation, and the scorecard over all.

    None when the study has none of these data. Thresholds in ``plan.scorecard``
    (``{code: [act, watch]}``) replace the rules of thumb. ``earlier`` gives the trends.
    """
    funding, capacity = evaluate_funding(study), evaluate_capacity(study)
    strengths: Strengths | None = evaluate_strengths(study)
    consultation = evaluate_consultation(study)
    if all(p is None for p in (funding, capacity, strengths, consultation, volunteers)):
        return None
    sections = ScorecardInputs(
        volunteers=volunteers,
        participation=participation,
        delivery=delivery,
        funding=funding,
        capacity=capacity,
        consultation=consultation,
    )
    return Sustainability(
        funding=funding,
        capacity=capacity,
        strengths=strengths,
        consultation=consultation,
        scorecard=score_sustainability(sections, study.plan.scorecard, earlier),
        warnings=find_warnings(sections),
    )


def score_again(
    study: Study,
    known: Sustainability,
    volunteers: Volunteers | None,
    participation: Participation | None,
    delivery: Delivery | None,
    earlier: Sequence[Snapshot],
) -> Sustainability:
    """Score what is known once more beside other sections, such as protected ones."""
    sections = ScorecardInputs(
        volunteers=volunteers,
        participation=participation,
        delivery=delivery,
        funding=known.funding,
        capacity=known.capacity,
        consultation=known.consultation,
    )
    return replace(
        known,
        scorecard=score_sustainability(sections, study.plan.scorecard, earlier),
        warnings=find_warnings(sections),
    )


def score_sustainability(
    sections: ScorecardInputs,
    thresholds: Mapping[str, Sequence[float]],
    earlier: Sequence[Snapshot] = (),
) -> tuple[ScorecardRow, ...]:
    """Put each measure against its band; most urgent first, "data needed" last."""
    values, before = collect_indicators(sections), _collect_before(sections, earlier)
    rows = [
        _row(code, rule, values.get(code, _NO_DATA), before.get(code), thresholds.get(code))
        for code, rule in RULES.items()
    ]
    return tuple(sorted(rows, key=lambda row: -row.urgency))


def _collect_before(
    s: ScorecardInputs, earlier: Sequence[Snapshot]
) -> dict[str, tuple[EstimateLike, str]]:
    """Value and day (or wave) of each measure before: the furthest look back that knows it."""
    found: dict[str, tuple[EstimateLike, str]] = {
        code: (value, one.as_of.isoformat())
        for one in reversed(earlier)
        for code, value in one.values.items()
        if isinstance(value, Estimate)
    }
    weakest = weakest_domain(s.capacity) if s.capacity is not None else None
    if s.capacity is not None and weakest is not None:
        domain = domain_before(s.capacity, weakest)
        if domain is not None:
            found["weakest_domain"] = (share_of_range(s.capacity, domain), domain.wave)
    return found


def _row(
    code: str,
    rule: Rule,
    value: EstimateLike,
    before: tuple[EstimateLike, str] | None,
    chosen: Sequence[float] | None,
) -> ScorecardRow:
    act, watch = (chosen[0], chosen[1]) if chosen and len(chosen) >= 2 else (rule.act, rule.watch)
    status = _status(value, act, watch, rule.higher_is_better)
    past, when = before if before is not None else (_NO_DATA, "")
    return ScorecardRow(
        code=code,
        value=value,
        unit=rule.unit,
        previous=past.estimate if isinstance(past, Estimate) else None,
        previous_at=when if isinstance(past, Estimate) else "",
        trend=_trend(value, past),
        status=status,
        bands=(act, watch),
        higher_is_better=rule.higher_is_better,
        rule_source="study_file" if chosen else rule.source,
        next_step=f"{code}_{status}",
        urgency={"act": 3.0, "watch": 2.0, "good": 1.0, "no_data": 0.0}[status],
        status_range=_status_range(value, status, act, watch, rule.higher_is_better),
    )


def _status(value: EstimateLike, act: float, watch: float, higher_is_better: bool) -> str:
    if not isinstance(value, Estimate):
        # A runway that is not reached means the inflow covers the expense.
        return "good" if value.reason == "not_reached" else "no_data"
    sign = 1.0 if higher_is_better else -1.0
    if sign * value.estimate < sign * act:
        return "act"
    return "watch" if sign * value.estimate < sign * watch else "good"


def _status_range(
    value: EstimateLike, status: str, act: float, watch: float, higher_is_better: bool
) -> tuple[str, str]:
    """Worst and best status within the 95 % interval."""
    if not isinstance(value, Estimate) or value.ci_low is None or value.ci_high is None:
        return status, status
    ends = [
        _status(replace(value, estimate=end), act, watch, higher_is_better)
        for end in (value.ci_low, value.ci_high)
    ]
    return (ends[0], ends[1]) if higher_is_better else (ends[1], ends[0])


def _trend(value: EstimateLike, previous: EstimateLike) -> str:
    """Up or down beyond 2 % of before, and beyond the intervals of both where they have them."""
    if not isinstance(previous, Estimate) or not isinstance(value, Estimate):
        return "unknown"
    step = value.estimate - previous.estimate
    if abs(step) < 0.02 * max(abs(previous.estimate), 1e-9):
        return "flat"
    # Square-and-add of the two half-intervals that face each other (Zou & Donner 2008,
    # doi:10.1002/sim.3095): shares of few people move by chance.
    reach = math.hypot(_half(value, below=step > 0), _half(previous, below=step < 0))
    if abs(step) <= reach:
        return "flat"
    return "up" if step > 0 else "down"


def _half(value: Estimate, *, below: bool) -> float:
    """Distance to the lower or upper limit; 0 for a count or ratio without an interval."""
    limit = value.ci_low if below else value.ci_high
    return 0.0 if limit is None else abs(value.estimate - limit)


def find_warnings(s: ScorecardInputs) -> tuple[EarlyWarning, ...]:
    """What is about to fail, soonest first (``days`` until it bites; 0 = now)."""
    found = [*_funding_warnings(s.funding), *_promise_warnings(s.consultation)]
    found += _volunteer_warnings(s.volunteers)
    return tuple(sorted(found, key=lambda warning: warning.days))


def _funding_warnings(f: Funding | None) -> list[EarlyWarning]:
    if f is None:
        return []
    found = []
    running = [g for g in f.expiries if g.months_left > 0]
    if running:
        largest = max(running, key=lambda grant: grant.amount)
        left = largest.months_left
        told = (("source", largest.source), ("months", left), ("amount", largest.amount))
        if left <= 12:
            found.append(EarlyWarning(code="largest_grant_ends", days=30.4 * left, values=told))
    if isinstance(f.runway_months, Estimate) and f.runway_months.estimate < 6:
        months = f.runway_months.estimate
        found.append(
            EarlyWarning(code="runway_short", days=30.4 * months, values=(("months", months),))
        )
    return found


def _promise_warnings(c: Consultation | None) -> list[EarlyWarning]:
    if c is None or c.overdue == 0:
        return []
    longest = max((row.days_overdue or 0) for row in c.issues)
    told = (("n", c.overdue), ("agreed", c.agreed), ("longest", longest))
    return [EarlyWarning(code="issues_overdue", days=0.0, values=told)]


def _volunteer_warnings(v: Volunteers | None) -> list[EarlyWarning]:
    if v is None:
        return []
    found = []
    if v.active_year_ago and v.active < 0.9 * v.active_year_ago:
        told = (("active", v.active), ("before", v.active_year_ago))
        found.append(EarlyWarning(code="team_shrinking", days=0.0, values=told))
    late = len(people_overdue(v.overdue or ()))
    if late:
        found.append(EarlyWarning(code="volunteers_overdue", days=0.0, values=(("n", late),)))
    if v.outlook and v.outlook[-1].active < 0.85 * v.active:
        falling = (("active", v.active), ("expected", v.outlook[-1].active))
        days = 30.4 * len(v.outlook)
        found.append(EarlyWarning(code="outlook_falling", days=days, values=falling))
    return found

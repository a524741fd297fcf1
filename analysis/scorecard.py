"""The few measures a manager needs, with band, trend and next step; early warnings by urgency."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from analysis.participation.results import Delivery, Participation
from analysis.results import Estimate, EstimateLike, NotEstimable
from analysis.study import Study
from analysis.sustainability.capacity import evaluate_capacity
from analysis.sustainability.consultation import evaluate_consultation
from analysis.sustainability.funding import evaluate_funding
from analysis.sustainability.results import (
    Capacity,
    Consultation,
    EarlyWarning,
    Funding,
    ScorecardRow,
    Strengths,
    Sustainability,
)
from analysis.sustainability.strengths import evaluate_strengths
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Sections:
    """What the scorecard looks at; parts are None when the study has no such data."""

    volunteers: Volunteers | None = None
    participation: Participation | None = None
    delivery: Delivery | None = None
    funding: Funding | None = None
    capacity: Capacity | None = None
    consultation: Consultation | None = None


def evaluate_sustainability(
    study: Study,
    volunteers: Volunteers | None = None,
    participation: Participation | None = None,
    delivery: Delivery | None = None,
) -> Sustainability | None:
    """Evaluate funding, capacity, strengths, consultation, and the scorecard over all.

    None when the study has none of these data. Thresholds in ``plan.scorecard``
    (``{code: [act, watch]}``) replace the rules of thumb.
    """
    funding, capacity = evaluate_funding(study), evaluate_capacity(study)
    strengths: Strengths | None = evaluate_strengths(study)
    consultation = evaluate_consultation(study)
    if all(p is None for p in (funding, capacity, strengths, consultation, volunteers)):
        return None
    sections = Sections(
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
        scorecard=score_sustainability(sections, study.plan.scorecard),
        warnings=find_warnings(sections),
    )


def score_sustainability(
    sections: Sections, thresholds: dict[str, list[float]]
) -> tuple[ScorecardRow, ...]:
    """Put each measure against its band; most urgent first, "data needed" last."""
    values = dict(_values(sections))
    rows = [_row(code, rule, *values.get(code, (_NO_DATA, None)), thresholds.get(code))
            for code, rule in RULES.items()]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: -row.urgency))


def _values(s: Sections) -> Iterator[tuple[str, tuple[EstimateLike, float | None]]]:
    if s.volunteers is not None:
        yield from _volunteer_values(s.volunteers)
    if s.funding is not None:
        yield from _funding_values(s.funding)
    if s.capacity is not None:
        yield "weakest_domain", _weakest_domain(s.capacity)
    if s.consultation is not None:
        yield "follow_through", (s.consultation.follow_through, None)
        yield "told_back", (s.consultation.told_back, None)
    if s.participation is not None:
        yield "repeat_rate", (s.participation.repeat_rate, None)
    if s.delivery is not None:
        yield "held_share", (s.delivery.overall.held_share, None)


def _volunteer_values(v: Volunteers) -> Iterator[tuple[str, tuple[EstimateLike, float | None]]]:
    if v.active_year_ago:
        ratio = v.active / v.active_year_ago
        yield "active_change", (Estimate(estimate=ratio, n=v.n, method="active_now_over_then"), 1.0)
    if "365" in v.retention:
        yield "retention_365", (v.retention["365"], None)
    if v.hours is not None:
        people = Estimate(
            estimate=float(v.hours.bus_factor), n=len(v.hours.per_person), method="bus_factor"
        )
        yield "bus_factor", (people, None)
    if v.active:
        from analysis.statistics.proportions import wilson

        late = sum(person.urgency == "act" for person in v.overdue)
        yield "overdue_volunteers", (wilson(min(late, v.active), v.active), None)


def _funding_values(f: Funding) -> Iterator[tuple[str, tuple[EstimateLike, float | None]]]:
    yield "runway_months", (f.runway_months, None)
    for code in ("largest_share", "effective_sources", "community_share"):
        value = getattr(f, code)
        if value is not None:
            yield code, (Estimate(estimate=value, n=f.n_rows, method="ledger"), None)


def _weakest_domain(c: Capacity) -> tuple[EstimateLike, float | None]:
    """Lowest latest domain mean as a share of the range, and the same domain before."""
    latest = [d for d in c.domains if isinstance(d.mean, Estimate)]
    if not latest:
        return _NO_DATA, None
    last_wave = latest[-1].wave
    final = [d for d in latest if d.wave == last_wave]
    worst = min(final, key=lambda d: _value(d.mean))
    before = next(d for d in latest if (d.domain, d.group) == (worst.domain, worst.group))
    previous = _of_range(c, _value(before.mean)) if before.wave != last_wave else None
    mean = worst.mean
    ends = (mean.ci_low, mean.ci_high) if isinstance(mean, Estimate) else (None, None)
    low, high = (None if end is None else _of_range(c, end) for end in ends)
    found = Estimate(
        estimate=_of_range(c, _value(mean)),
        ci_low=None if low is None else max(0.0, low),
        ci_high=None if high is None else min(1.0, high),
        n=mean.n,
        method="weakest_domain",
        name=worst.domain,
    )
    return found, previous


def _of_range(c: Capacity, score: float) -> float:
    low, high = c.range
    return (score - low) / (high - low)


def _value(estimate: EstimateLike) -> float:
    return estimate.estimate if isinstance(estimate, Estimate) else float("nan")


def _row(
    code: str,
    rule: Rule,
    value: EstimateLike,
    previous: float | None,
    chosen: list[float] | None,
) -> ScorecardRow:
    act, watch = (chosen[0], chosen[1]) if chosen and len(chosen) >= 2 else (rule.act, rule.watch)
    status = _status(value, act, watch, rule.higher_is_better)
    return ScorecardRow(
        code=code,
        value=value,
        unit=rule.unit,
        previous=previous,
        trend=_trend(value, previous),
        status=status,
        bands=(act, watch),
        higher_is_better=rule.higher_is_better,
        rule_source="study_file" if chosen else rule.source,
        next_step=f"{code}_{status}",
        urgency={"act": 3.0, "watch": 2.0, "good": 1.0, "no_data": 0.0}[status],
    )


def _status(value: EstimateLike, act: float, watch: float, higher_is_better: bool) -> str:
    if not isinstance(value, Estimate):
        # A runway that is not reached means the inflow covers the expense.
        return "good" if value.reason == "not_reached" else "no_data"
    sign = 1.0 if higher_is_better else -1.0
    if sign * value.estimate < sign * act:
        return "act"
    return "watch" if sign * value.estimate < sign * watch else "good"


def _trend(value: EstimateLike, previous: float | None) -> str:
    if previous is None or not isinstance(value, Estimate):
        return "unknown"
    step = value.estimate - previous
    if abs(step) < 0.02 * max(abs(previous), 1e-9):
        return "flat"
    return "up" if step > 0 else "down"


def find_warnings(s: Sections) -> tuple[EarlyWarning, ...]:
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
    late = sum(person.urgency == "act" for person in v.overdue)
    if late:
        found.append(EarlyWarning(code="volunteers_overdue", days=0.0, values=(("n", late),)))
    if v.outlook and v.outlook[-1].active < 0.85 * v.active:
        falling = (("active", v.active), ("expected", v.outlook[-1].active))
        days = 30.4 * len(v.outlook)
        found.append(EarlyWarning(code="outlook_falling", days=days, values=falling))
    return found

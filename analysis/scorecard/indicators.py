"""What the scorecard watches: each measure's value as the sections give it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from analysis.participation.results import Delivery, Participation
from analysis.results import Estimate, EstimateLike, NotEstimable, Suppressed
from analysis.statistics.proportions import wilson
from analysis.sustainability.results import Capacity, Consultation, DomainCapacity, Funding
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import Volunteers

PERSON_LEVEL = ("active_change", "retention_365", "bus_factor", "overdue_volunteers", "repeat_rate")
"""Measures whose n counts people: under ``min_group`` they say nothing of an earlier day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorecardInputs:
    """What the scorecard looks at; parts are None when the study has no such data."""

    volunteers: Volunteers | None = None
    participation: Participation | None = None
    delivery: Delivery | None = None
    funding: Funding | None = None
    capacity: Capacity | None = None
    consultation: Consultation | None = None


def collect_indicators(sections: ScorecardInputs) -> Mapping[str, EstimateLike]:
    """Collect the value of each measure of the scorecard that the sections have data for."""
    return dict(_values(sections))


def _values(s: ScorecardInputs) -> Iterator[tuple[str, EstimateLike]]:
    if s.volunteers is not None:
        yield from _volunteer_values(s.volunteers)
    if s.funding is not None:
        yield from _funding_values(s.funding)
    if s.capacity is not None:
        domain = weakest_domain(s.capacity)
        if domain is not None:
            yield "weakest_domain", share_of_range(s.capacity, domain)
    if s.consultation is not None:
        yield "follow_through", s.consultation.follow_through
        yield "told_back", s.consultation.told_back
    if s.participation is not None:
        yield "repeat_rate", s.participation.repeat_rate
    if s.delivery is not None:
        yield "held_share", s.delivery.overall.held_share


def _volunteer_values(v: Volunteers) -> Iterator[tuple[str, EstimateLike]]:
    if v.active_year_ago and not isinstance(v.active_year_ago + v.active, Suppressed):
        ratio = v.active / v.active_year_ago
        yield "active_change", Estimate(estimate=ratio, n=v.n, method="active_now_over_then")
    if "365" in v.retention:
        yield "retention_365", v.retention["365"]
    if v.hours is not None and isinstance(v.hours.bus_factor, Suppressed):
        yield "bus_factor", NotEstimable(reason="suppressed", method="bus_factor")
    elif v.hours is not None:
        carriers = float(v.hours.bus_factor)
        people = len(v.hours.per_person)
        yield "bus_factor", Estimate(estimate=carriers, n=people, method="bus_factor")
    # Without a service log nobody has a rhythm to be overdue against.
    if v.lapse_after_days and v.overdue is None:
        yield "overdue_volunteers", NotEstimable(reason="suppressed", method="wilson")
    elif v.lapse_after_days and v.active and not isinstance(v.active, Suppressed):
        late = len(people_overdue(v.overdue or ()))
        yield "overdue_volunteers", wilson(min(late, v.active), v.active)


def _funding_values(f: Funding) -> Iterator[tuple[str, EstimateLike]]:
    yield "runway_months", f.runway_months
    for code in ("largest_share", "effective_sources", "community_share"):
        value = getattr(f, code)
        if value is not None:
            yield code, Estimate(estimate=value, n=f.n_rows, method="ledger")


def weakest_domain(capacity: Capacity) -> DomainCapacity | None:
    """Find the domain rated lowest in the last wave; None when none is rated."""
    rated = [d for d in capacity.domains if isinstance(d.mean, Estimate)]
    last = [d for d in rated if d.wave == rated[-1].wave]
    return min(last, key=lambda d: _value(d.mean)) if last else None


def domain_before(capacity: Capacity, domain: DomainCapacity) -> DomainCapacity | None:
    """Find the same domain in the wave before; None when it was not rated before."""
    same = [
        d
        for d in capacity.domains
        if (d.domain, d.group) == (domain.domain, domain.group) and isinstance(d.mean, Estimate)
    ]
    at = same.index(domain)
    return same[at - 1] if at else None


def share_of_range(capacity: Capacity, domain: DomainCapacity) -> Estimate:
    """Give a domain's mean and its interval as shares of the scale's range, 0–1."""
    low, high = capacity.range
    mean = domain.mean
    ends = (mean.ci_low, mean.ci_high) if isinstance(mean, Estimate) else (None, None)
    shares = [None if e is None else min(1.0, max(0.0, (e - low) / (high - low))) for e in ends]
    return Estimate(
        estimate=(_value(mean) - low) / (high - low),
        ci_low=shares[0],
        ci_high=shares[1],
        n=mean.n,
        method="weakest_domain",
        name=domain.domain,
    )


def _value(estimate: EstimateLike) -> float:
    if isinstance(estimate, NotEstimable):
        raise ValueError(estimate.reason)
    return estimate.estimate

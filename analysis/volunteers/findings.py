"""Which sentences the volunteers section deserves: codes and values, no words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from analysis.results import SUPPRESSED, Estimate, Finding, NotEstimable, Suppressed
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import Volunteers

SHRINKING, GROWING = 0.85, 1.15
#: The share active of a smaller intake is chance.
MIN_IN_INTAKE = 5


def find_volunteers(v: Volunteers) -> tuple[Finding, ...]:
    """Findings in order of weight: how long people stay, team, hours, overdue, outlook."""
    return tuple(_all(v))


def _all(v: Volunteers) -> Iterator[Finding]:
    yield find_stay(v)
    yield find_team(v)
    if v.hours is not None:
        yield find_hours(v)
    late = len(people_overdue(v.overdue or ()))
    if late:
        yield _finding("volunteers_overdue", n=late)
    outlook = find_outlook(v)
    if outlook is not None:
        yield outlook


def _finding(code: str, **values: Any) -> Finding:  # noqa: ANN401
    return Finding(code=code, section="volunteers", values=values)


def find_stay(v: Volunteers) -> Finding:
    """The median length of service beside who has left so far, else the share that stays a year."""
    if isinstance(v.median_days, Estimate):
        values = {
            "days": v.median_days.estimate,
            "low": v.median_days.ci_low,
            "high": v.median_days.ci_high,
            "n": v.n,
            "left": v.left,
        }
        return _finding("volunteers_half_left", **values)
    year = v.retention.get("365")
    if isinstance(year, Estimate):
        code = "volunteers_stay_year" if v.left else "volunteers_none_left"
        return _finding(code, share=year.estimate, n=year.n)
    return _finding("volunteers_counted", n=v.n, active=v.active, left=v.left)


def find_team(v: Volunteers) -> Finding:
    """The team today against a year ago."""
    if not v.active_year_ago:
        return _finding("volunteers_active", active=v.active, n=v.n)
    ratio = v.active / v.active_year_ago
    if isinstance(ratio, Suppressed):
        return _finding("volunteers_active", active=v.active, n=v.n)
    code = "volunteers_same" if SHRINKING <= ratio <= GROWING else "volunteers_grew"
    code = "volunteers_shrank" if ratio < SHRINKING else code
    return _finding(code, active=v.active, before=v.active_year_ago)


def find_hours(v: Volunteers) -> Finding:
    """How few people give half of the work."""
    hours = v.hours
    if hours is None:
        return _finding("volunteers_active", active=v.active, n=v.n)
    spread = hours.gini
    withheld = isinstance(spread, NotEstimable) and spread.reason == "suppressed"
    people = SUPPRESSED if withheld else spread.n
    return _finding(
        "hours_concentrated", n=hours.bus_factor, people=people, total=hours.total, unit=hours.unit
    )


def find_outlook(v: Volunteers) -> Finding | None:
    """Where the team is heading; None without an outlook."""
    if not v.outlook:
        return None
    last = v.outlook[-1]
    if v.outlook_choice is not None and v.outlook_choice.basis == "as_today":
        return _finding(
            "outlook_as_today",
            active=v.active,
            low=last.low,
            high=last.high,
            month=last.month,
            months=len(v.outlook),
        )
    values = {"active": v.active, "expected": last.active, "low": last.low, "high": last.high}
    if last.high < v.active:
        code = "outlook_shrinks"
    else:
        code = "outlook_grows" if last.low > v.active else "outlook_holds"
    return _finding(code, **values, month=last.month, months=len(v.outlook))


def find_cohorts(v: Volunteers) -> Finding | None:
    """The intake that left fastest by the quarter after next; None when too few are known."""
    known = [(c, c.active[1][2]) for c in v.cohorts if len(c.active) > 1]
    shown = [(c, share) for c, share in known if share is not None and c.n >= MIN_IN_INTAKE]
    if len(shown) < 2:
        return None
    worst, low = min(shown, key=lambda pair: pair[1])
    best, high = max(shown, key=lambda pair: pair[1])
    return _finding("cohorts_differ", worst=worst.label, low=low, best=best.label, high=high)

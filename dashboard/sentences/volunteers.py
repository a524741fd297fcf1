"""Words that the topics about volunteers share: times, names, who is in the team."""

from __future__ import annotations

from analysis.volunteers.results import (
    Volunteers,
)
from dashboard.sentences import say_caution
from dashboard.text import Text

MONTH_DAYS = 365.25 / 12


def say_months(text: Text, days: float | None) -> str:
    """Say a time in months, one decimal below a year."""
    if days is None:
        return text("longer than the data")
    months = days / MONTH_DAYS
    if months < 2:
        return text.count("{n} day", "{n} days", round(days))
    return text("{months} months", months=text.number(months, 1 if months < 12 else 0))


def say_quarter(text: Text, label: str) -> str:
    """Say a quarter such as ``2025-Q3``."""
    return text("Q{quarter} {year}", quarter=label[-1], year=label[:4])


_OF_GROUPS = {
    "groups_as_of_today",
    "hazards_not_proportional",
    "stays_of_few",
    "trained_not_random",
}
_OF_CURVE = {"censored_at_last_service", "lapse_window_matters", "volunteers_too_recent"}
_ELSEWHERE = {
    "volunteers": {"outlook_missed"},
    "cohorts": _OF_GROUPS | _OF_CURVE | {"outlook_missed"},
    "hours": _OF_GROUPS | _OF_CURVE | {"outlook_missed", "register_started_late"},
    "outlook": _OF_GROUPS,
}


def list_cautions(text: Text, v: Volunteers, page: str) -> list[str]:
    """Say what to know before quoting one page's numbers; what concerns other pages is left out."""
    shown = [c for c in v.cautions if c.code not in _ELSEWHERE[page]]
    return [say_caution(text, c) for c in shown]


def say_rule(text: Text, rule: str, lapse_after_days: int) -> str:
    """Say what counts as having left."""
    if rule == "roster":
        return text("Left means a leaving date in the roster.")
    if rule.startswith("roster_and_service"):
        return text(
            "Left means a leaving date, or no service for {days} days.", days=lapse_after_days
        )
    return text("Left means no service for {days} days.", days=lapse_after_days)


def name_reason(text: Text, reason: str) -> str:
    """Name a reason for leaving; the organisation's own words stay as they are."""
    own = {"lapsed": text("stopped without a word"), "other": text("other or unknown")}
    return own.get(reason, reason)


def name_group(text: Text, value: str) -> str:
    """Name a group of volunteers; the organisation's own words stay as they are."""
    own = {"trained": text("trained"), "untrained": text("not trained")}
    return own.get(value, value)


def say_team(text: Text, v: Volunteers) -> str:
    """Say who is in the numbers, and what counts as having left."""
    who = text(
        "{n} volunteers from {first} to {last}; {active} serve today, {left} have left.",
        n=text.number(v.n, 0),
        first=text.month(v.observed_from),
        last=text.month(v.observed_until),
        active=text.number(v.active, 0),
        left=text.number(v.left, 0),
    )
    return text.join([who, say_rule(text, v.rule, v.lapse_after_days)])

"""Sentences about how long volunteers stay, who carries the work and what comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.results import SUPPRESSED, Caution, Comparison, Estimate, EstimateLike, Finding
from analysis.thresholds import MIN_FOR_STAYS
from analysis.volunteers.findings import find_cohorts
from analysis.volunteers.groups import is_clear
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import (
    OutlookCheck,
    OutlookChoice,
    RetentionByGroup,
    Volunteers,
)
from dashboard.sentences import say_caution
from dashboard.text import Text

MONTH_DAYS = 365.25 / 12
FEW_CARRY = 12


def say_months(text: Text, days: float | None) -> str:
    """Say a time in months, one decimal below a year."""
    if days is None:
        return text("longer than the data")
    months = days / MONTH_DAYS
    if months < 2:
        return text.count("{n} day", "{n} days", round(days))
    return text("{months} months", months=text.number(months, 1 if months < 12 else 0))


def _number(text: Text, told: Finding | Caution, name: str) -> str:
    return text.number(told.values[name], 0)


def _half_left(text: Text, f: Finding) -> str:
    told = {
        "months": say_months(text, f.values["days"]),
        "left": _number(text, f, "left"),
        "n": _number(text, f, "n"),
    }
    low, high = f.values["low"], f.values["high"]
    if low is None:
        return text("Median length of service: {months}; {left} of {n} have left so far.", **told)
    if high is None:
        return text(
            "Median length of service: {months} (95% CI from {low}); {left} of {n} have left so "
            "far.",
            low=say_months(text, low),
            **told,
        )
    return text(
        "Median length of service: {months} (95% CI {low} to {high}); {left} of {n} have left so "
        "far.",
        low=say_months(text, low),
        high=say_months(text, high),
        **told,
    )


def _as_today(text: Text, f: Finding) -> str:
    told = {name: _number(text, f, name) for name in ("active", "low", "high")}
    return text(
        "Expect about as many volunteers as today: {active} ({low} to {high}) by {month}.",
        month=text.month(f.values["month"]),
        **told,
    )


def _outlook(text: Text, f: Finding) -> str:
    told = {name: _number(text, f, name) for name in ("active", "expected", "low", "high")}
    told["month"] = text.month(f.values["month"])
    if f.code == "outlook_shrinks":
        return text(
            "The team of {active} is likely to shrink to {expected} ({low} to {high}) by {month}.",
            **told,
        )
    if f.code == "outlook_grows":
        return text(
            "The team of {active} is likely to grow to {expected} ({low} to {high}) by {month}.",
            **told,
        )
    return text(
        "No clear change ahead: {active} volunteers today, about {expected} "
        "({low} to {high}) by {month}.",
        **told,
    )


def _team(text: Text, f: Finding) -> str:
    told = {name: _number(text, f, name) for name in ("active", "before")}
    if f.code == "volunteers_shrank":
        return text("The team shrank from {before} to {active} within a year.", **told)
    if f.code == "volunteers_grew":
        return text("The team grew from {before} to {active} within a year.", **told)
    return text("The team is about as large as a year ago: {before} then, {active} now.", **told)


FINDINGS: dict[str, Callable[[Text, Finding], str]] = {
    "volunteers_half_left": _half_left,
    "outlook_as_today": _as_today,
    "volunteers_stay_year": lambda text, f: text(
        "{share} of volunteers stay a year; fewer than half have left so far.",
        share=text.percent(f.values["share"]),
    ),
    "volunteers_none_left": lambda text, f: text(
        "{share} of volunteers stay a year; nobody has left so far.",
        share=text.percent(f.values["share"]),
    ),
    "volunteers_counted": lambda text, f: text(
        "{n} people have volunteered; {active} are active and {left} have left.",
        **{name: _number(text, f, name) for name in ("n", "active", "left")},
    ),
    "volunteers_active": lambda text, f: text(
        "{active} of {n} volunteers are active now.",
        active=_number(text, f, "active"),
        n=_number(text, f, "n"),
    ),
    "volunteers_shrank": _team,
    "volunteers_grew": _team,
    "volunteers_same": _team,
    "volunteers_overdue": lambda text, f: text.count(
        "{n} volunteer is long overdue against their own rhythm.",
        "{n} volunteers are long overdue against their own rhythm.",
        f.values["n"],
    ),
    "outlook_shrinks": _outlook,
    "outlook_grows": _outlook,
    "outlook_holds": _outlook,
}


def say_quarter(text: Text, label: str) -> str:
    """Say a quarter such as ``2025-Q3``."""
    return text("Q{quarter} {year}", quarter=label[-1], year=label[:4])


CAUTIONS: dict[str, Callable[[Text, Caution], str]] = {
    "volunteers_not_compared": lambda text, _: text(
        "Volunteers are left out: an older version of Levee wrote the ledger of an earlier "
        "release, and the two cannot be compared."
    ),
    "volunteers_left_out": lambda text, c: text(
        "Volunteers are left out: beside an earlier release they would "
        "single out fewer than {least} people.",
        least=text.number(c.values["least"], 0),
    ),
    "stays_of_few": lambda text, _: text(
        "Mean times of groups of fewer than {least} people: the 95% interval of their difference "
        "is slightly too narrow (about 93% hold), and p a little too small.",
        least=text.number(MIN_FOR_STAYS, 0),
    ),
    "volunteers_few": lambda text, c: text.count(
        "Only {n} volunteer can be followed: one more leaving would change the picture.",
        "Only {n} volunteers can be followed: one more leaving would change the picture.",
        c.values["n"],
    ),
    "volunteers_too_recent": lambda text, c: text(
        "{n} joined in the last {days} days and cannot be judged yet; the curve leaves them out.",
        n=_number(text, c, "n"),
        days=_number(text, c, "days"),
    ),
    "register_started_late": lambda text, c: text.count(
        "{n} volunteer joined before the register began and counts from then on.",
        "{n} volunteers joined before the register began and count from then on.",
        c.values["n"],
    ),
    "censored_at_last_service": lambda text, _: text(
        "Those still serving are followed to their last service only, which shortens their time."
    ),
    "lapse_window_matters": lambda text, c: text(
        "The share staying a year depends on what counts as left: {low} to {high}.",
        low=text.percent(c.values["low"]),
        high=text.percent(c.values["high"]),
    ),
    "groups_as_of_today": lambda text, _: text(
        "Groups are those in the roster today; people may have changed group."
    ),
    "outlook_missed": lambda text, c: text(
        "Earlier outlooks missed: their intervals held only {share} of the team sizes that came.",
        share=text.percent(c.values["share"]),
    ),
    "hazards_not_proportional": lambda text, c: text(
        "The groups of {by} do not differ evenly over time: compare mean times, not ratios.",
        by=c.values["by"],
    ),
    "trained_not_random": lambda text, c: text(
        "Trained and untrained are compared from day {days} on; who was trained was not random.",
        days=_number(text, c, "days"),
    ),
    "volunteers_left_before_joined": lambda text, c: text.count(
        "{n} roster row says left before joined; it is left out.",
        "{n} roster rows say left before joined; they are left out.",
        c.values["n"],
    ),
    "volunteers_service_after_left": lambda text, c: text.count(
        "{n} volunteer served after leaving; the leaving was set aside.",
        "{n} volunteers served after leaving; their leaving was set aside.",
        c.values["n"],
    ),
    "volunteers_service_before_joined": lambda text, c: text.count(
        "{n} volunteer served before joining; time counts from the first service.",
        "{n} volunteers served before joining; their time counts from the first service.",
        c.values["n"],
    ),
    "volunteers_service_after_observation": lambda text, c: text.count(
        "{n} service row lies after the end of observation and is left out.",
        "{n} service rows lie after the end of observation and are left out.",
        c.values["n"],
    ),
    "volunteers_joined_after_observation": lambda text, c: text.count(
        "{n} volunteer joined after the end of observation and is left out.",
        "{n} volunteers joined after the end of observation and are left out.",
        c.values["n"],
    ),
    "volunteers_service_not_on_roster": lambda text, c: text.count(
        "{n} person in the service log is not on the roster; counted all the same.",
        "{n} people in the service log are not on the roster; counted all the same.",
        c.values["n"],
    ),
    "volunteers_service_row_incomplete": lambda text, c: text.count(
        "{n} service row lacks a person or a date and is left out.",
        "{n} service rows lack a person or a date and are left out.",
        c.values["n"],
    ),
    "volunteers_roster_row_repeated": lambda text, c: text.count(
        "{n} person stands in the roster twice; the first joining and last leaving count.",
        "{n} people stand in the roster twice; the first joining and last leaving count.",
        c.values["n"],
    ),
    "volunteers_joined_unknown": lambda text, c: text.count(
        "{n} volunteer has neither a joining date nor service and is left out.",
        "{n} volunteers have neither a joining date nor service and are left out.",
        c.values["n"],
    ),
    "volunteers_never_served": lambda text, c: text.count(
        "{n} volunteer on the roster never served; joining counts as their only day.",
        "{n} volunteers on the roster never served; joining counts as their only day.",
        c.values["n"],
    ),
}


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


def say_median(text: Text, median: EstimateLike) -> str:
    """Say the time by which half have left, with its interval."""
    if not isinstance(median, Estimate):
        return text("fewer than half have left so far")
    return text(
        "median length of service {median} ({low} to {high})",
        median=say_months(text, median.estimate),
        low=say_months(text, median.ci_low),
        high=say_months(text, median.ci_high),
    )


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


def say_backtest(text: Text, checks: Sequence[OutlookCheck]) -> str:
    """Say how well outlooks made earlier, from the data known then, foresaw what came."""
    error = sum(abs(check.expected - check.actual) for check in checks) / len(checks)
    return text(
        "Back-test: made at {made} earlier months' ends with the data known then, the interval "
        "held {inside} of {n} team sizes that came; on average it was {error} people off.",
        made=text.number(len({check.made for check in checks}), 0),
        inside=text.number(sum(check.inside for check in checks), 0),
        n=text.number(len(checks), 0),
        error=text.number(error, 1),
    )


def say_outlook_choice(text: Text, choice: OutlookChoice) -> str:
    """Say which forecast the outlook gives, and why."""
    if choice.reason == "untried":
        return text(
            "The outlook is the team of today: there are too few months to test a forecast by "
            "how long people stay and how many join."
        )
    told = {
        "flow": text.number(choice.error_flow, 1),
        "naive": text.number(choice.error_as_today, 1),
    }
    if choice.reason == "not_better":
        return text(
            "The outlook is the team of today: forecasts from stays and joinings missed by {flow} "
            "people on average, “as today” by {naive}.",
            **told,
        )
    return text(
        "The outlook follows stays and joinings: it missed by {flow} people on average, “as "
        "today” by {naive}.",
        **told,
    )


def list_volunteer_cards(text: Text, v: Volunteers) -> list[tuple[str, str]]:
    """The four numbers of the page: value and meaning."""
    cards = [(text.number(v.active, 0), _active_card(text, v))]
    year = v.retention.get("365")
    if isinstance(year, Estimate):
        meaning = text(
            "of those who joined stay a year ({low} to {high})",
            low=text.percent(year.ci_low),
            high=text.percent(year.ci_high),
        )
        cards.append((text.percent(year.estimate), meaning))
    if v.hours is not None:
        people = text.count("{n} person", "{n} people", v.hours.bus_factor)
        hours = v.hours.unit == "hours"
        cards.append(
            (people, text("give half of all hours") if hours else text("give half of it all"))
        )
    if v.lapse_after_days:
        late = SUPPRESSED if v.overdue is None else len(people_overdue(v.overdue))
        cards.append((text.number(late, 0), text("overdue against their own rhythm")))
    return cards


def _active_card(text: Text, v: Volunteers) -> str:
    if v.active_year_ago is None:
        return text("active now")
    return text("active now; {before} a year ago", before=text.number(v.active_year_ago, 0))


def list_next_steps(text: Text, v: Volunteers) -> list[str]:
    """Say what the data suggest to do, most pressing first."""
    steps = []
    late = len(people_overdue(v.overdue or ()))
    if late:
        steps.append(
            text.count(
                "Call {n} overdue volunteer: see the list on the Outlook page.",
                "Call the {n} overdue volunteers: see the list on the Outlook page.",
                late,
            )
        )
    if v.hours is not None and v.hours.bus_factor <= FEW_CARRY:
        steps.append(
            text.count(
                "{n} person gives half of the work: name and train a successor.",
                "{n} people give half of the work: name and train successors.",
                v.hours.bus_factor,
            )
        )
    differ = find_cohorts(v)
    if differ is not None:
        worst = say_quarter(text, differ.values["worst"])
        steps.append(text("The {worst} intake left fastest: ask why.", worst=worst))
    return steps


def name_comparison(text: Text, comparison: RetentionByGroup) -> str:
    """Name what groups differ by."""
    if comparison.landmark_days is not None:
        return text("trained or not")
    return text("role") if comparison.by == "role" else comparison.by


def say_comparison(text: Text, comparison: RetentionByGroup) -> str:
    """Say whether groups leave at a different pace."""
    by, test = name_comparison(text, comparison), comparison.logrank
    if not isinstance(test, Comparison) or test.p_value is None:
        return text("Too few people to compare by {by}", by=by)
    told = {"by": by, "p": text.p_value(test.p_value), "n": text.number(test.n, 0)}
    if is_clear(test):
        return text("The groups leave at a clearly different pace, by {by} ({p}, n = {n})", **told)
    return text("No clear difference in how long they stay, by {by} ({p}, n = {n})", **told)

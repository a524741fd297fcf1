"""Tables of volunteers: curve, retention, groups, cohorts, months, hours, outlook."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.disclosure.volunteers import CHOSEN_DAYS
from analysis.results import (
    SUPPRESSED,
    SUPPRESSED_MARK,
    Comparison,
    Curve,
    Estimate,
    EstimateLike,
)
from analysis.volunteers.results import (
    OutlookChoice,
    Overdue,
    RetentionByGroup,
    Volunteers,
)
from dashboard.sentences.few import mark_counts, say_missing
from dashboard.sentences.statistics import share_with_interval
from dashboard.sentences.volunteers import (
    MONTH_DAYS,
    name_group,
    name_reason,
    say_months,
)
from dashboard.text import Text


def list_curve(v: Volunteers, text: Text) -> pd.DataFrame:
    """The curve at whole months with who is still followed."""
    last = v.curve.time_days[-1] / MONTH_DAYS
    months = list(range(0, int(last) + 1, 1 if last <= 24 else 3))
    days = [m * MONTH_DAYS for m in months]
    index = [max(i for i, t in enumerate(v.curve.time_days) if t <= day) for day in days]
    rows = [
        (m, *counts, text.percent(v.curve.survival[i]), _limits(text, v.curve, i))
        if is_told(v.curve, m)
        else (m, *counts, SUPPRESSED_MARK, SUPPRESSED_MARK)
        for m, counts, i in zip(months, count_at(v.curve, months), index, strict=True)
    ]
    names = [text("Months"), text("Still serving"), text("Left so far")]
    names += [text("Not observed further"), text("Share serving"), text("Likely between")]
    return pd.DataFrame(rows, columns=names)


def count_at(curve: Curve, months: list[int]) -> list[tuple[int, int, int]]:
    """Count (still followed, left so far, not observed further) at whole months."""
    index = np.searchsorted(curve.time_days, np.array(months) * MONTH_DAYS, side="right") - 1
    events, censored = np.cumsum(curve.events), np.cumsum(curve.censored)
    staying = np.array(curve.at_risk) - np.array(curve.events) - np.array(curve.censored)
    return [
        (round(staying[i]), round(events[i]), round(censored[i]))
        if is_told(curve, month)
        else (SUPPRESSED, SUPPRESSED, SUPPRESSED)
        for month, i in zip(months, index, strict=True)
    ]


def is_told(curve: Curve, month: float) -> bool:
    """Whether a curve is known at a month: one protected is, soon after its chosen days only."""
    since = min(month * MONTH_DAYS - day for day in curve.time_days if day <= month * MONTH_DAYS)
    return not curve.method.endswith(CHOSEN_DAYS) or since < MONTH_DAYS / 2


def _limits(text: Text, curve: Curve, i: int) -> str:
    low, high = curve.ci_low[i], curve.ci_high[i]
    return text("{low} to {high}", low=text.percent(low), high=text.percent(high))


def say_time(text: Text, found: EstimateLike) -> str:
    """Say a time with its interval."""
    if not isinstance(found, Estimate):
        return say_missing(text, found)
    return text(
        "{value} ({low} to {high})",
        value=say_months(text, found.estimate),
        low=say_months(text, found.ci_low),
        high=say_months(text, found.ci_high),
    )


def list_retention(v: Volunteers, text: Text) -> pd.DataFrame:
    """Retention by three definitions side by side."""
    rows = [
        (text("Still serving {n} days after joining", n=days), share_with_interval(text, share))
        for days, share in v.retention.items()
    ]
    rows += [
        (
            text("Seen again {n} days or more after joining", n=days),
            share_with_interval(text, share),
        )
        for days, share in v.returned.items()
    ]
    if v.period_retention is not None:
        told = share_with_interval(text, v.period_retention)
        rows.append((text("In the team a year ago and still today"), told))
    if v.mean_cumulative_returns:
        told = say_returns(text, v.mean_cumulative_returns)
        rows.append((text("Returns after a lapse within a year of joining, per volunteer"), told))
    mean = text("Mean time served within {days} days", days=text.number(v.rmst_horizon_days, 0))
    rows += [(text("Median length of service"), say_time(text, v.median_days))]
    rows += [(mean, say_time(text, v.rmst))]
    return pd.DataFrame(rows, columns=[text("Definition"), text("Value")])


def say_returns(text: Text, curve: tuple[tuple[float, float, float, float], ...]) -> str:
    """Say the mean number of returns by one year after joining, with its interval."""
    known = [point for point in curve if point[0] <= 365]
    if not known:
        return text.number(0)
    _, mean, low, high = known[-1]
    return f"{text.number(mean)} ({text.interval(low, high)})"


def list_sensitivity(v: Volunteers, text: Text) -> pd.DataFrame:
    """The same under other lapse windows."""
    rows = [
        (
            s.lapse_after_days,
            s.left,
            say_time(text, s.median_days),
            share_with_interval(text, s.retention_365),
        )
        for s in v.sensitivity
    ]
    names = [text("Days without service"), text("Left"), text("Half have left after")]
    return pd.DataFrame(rows, columns=[*names, text("Stay a year")], dtype=object)


def list_groups(g: RetentionByGroup, text: Text) -> pd.DataFrame:
    """Groups with median and mean time."""
    rows = [
        (
            name_group(text, group.value),
            text.number(group.n, 0),
            say_time(text, group.median_days),
            say_time(text, group.rmst),
        )
        for group in g.groups
    ]
    names = [text("Group"), text("n"), text("Half have left after"), text("Mean time served")]
    return pd.DataFrame(rows, columns=names)


def list_tests(g: RetentionByGroup, text: Text) -> pd.DataFrame:
    """Log-rank, difference of means, hazard ratios and their check."""
    named = [
        (text("Log-rank test"), g.logrank),
        (text("Difference of mean times"), g.rmst_difference),
    ]
    named += [
        (text("Hazard ratio, {group}", group=getattr(c, "name", "").removeprefix("cox:")), c)
        for c in g.cox
    ]
    named += [(text("Ratios constant over time?"), g.proportional_hazards)]
    rows = [
        (name, _say_value(text, c), text.p_cell(c.p_value))
        for name, c in named
        if isinstance(c, Comparison)
    ]
    return pd.DataFrame(rows, columns=[text("Test"), text("Value"), "p"])


def _say_value(text: Text, c: Comparison) -> str:
    if c.name.startswith("cox:"):
        return text.number(c.details.get("hazard_ratio"))
    if c.name == "rmst_difference":
        return text("{n} days", n=text.signed(c.estimate, 0))
    return f"χ² = {text.number(c.statistic)}, df = {text.number(c.df, 0)}"


def list_causes(v: Volunteers, text: Text) -> pd.DataFrame:
    """Reasons for leaving with the share who left for each within a year."""
    rows = [
        (name_reason(text, c.reason), c.n, share_with_interval(text, c.at_365)) for c in v.causes
    ]
    names = [text("Reason"), text("Left"), text("Within a year")]
    return pd.DataFrame(rows, columns=names, dtype=object)


_OF_MONTHS = ("active", "new", "returning", "lapsed", "team")


def list_months(v: Volunteers, text: Text, least: int) -> pd.DataFrame:
    """Month by month: active, new, returning, lapsed, team."""
    # A team that another reader could work out is left out: see analysis.disclosure.months.
    columns = [[getattr(m, name) for m in v.monthly] for name in _OF_MONTHS]
    counts = [
        mark_counts(text, [SUPPRESSED if n is None else n for n in column], least)
        for column in columns
    ]
    rows = [
        (text.month(m.month), *numbers, text.percent(m.retention), text.number(m.hours, 0))
        for m, *numbers in zip(v.monthly, *counts, strict=True)
    ]
    names = [text("Month"), text("Served"), text("New"), text("Returning"), text("Lapsed")]
    names += [text("In the team"), text("Active again"), text("Hours")]
    return pd.DataFrame(rows, columns=names)


def list_overdue(listed: Sequence[Overdue], text: Text) -> pd.DataFrame:
    """People absent for long, the longest against their rhythm first; for the organisation only."""
    rows = [
        (
            o.volunteer,
            text.date(o.last_service),
            o.days_since,
            text.number(o.rhythm_days, 0),
            text.percent(o.survival_given_absence),
        )
        for o in listed
    ]
    names = [text("Volunteer"), text("Last seen"), text("Days since"), text("Usual gap, days")]
    names += [text("Came back after such a gap")]
    return pd.DataFrame(rows, columns=names)


def list_outlook(v: Volunteers, text: Text) -> pd.DataFrame:
    """Expected team by month with interval."""
    rows = [
        (text.month(p.month), text.number(p.active, 0), text.interval(p.low, p.high, 0))
        for p in v.outlook
    ]
    return pd.DataFrame(rows, columns=[text("Month"), text("Expected"), text("Likely between")])


def list_outlook_choice(choice: OutlookChoice, text: Text) -> pd.DataFrame:
    """How far two forecasts of earlier months' ends were off, and which one is given."""
    rows = [
        (
            text("From stays and joinings"),
            text.number(choice.error_flow, 1),
            text.percent(choice.inside) if choice.basis == "flow" else "–",
            _tick(text, choice.basis == "flow"),
        ),
        (
            text("As today"),
            text.number(choice.error_as_today, 1),
            text.percent(choice.inside) if choice.basis == "as_today" else "–",
            _tick(text, choice.basis == "as_today"),
        ),
    ]
    names = (text("Forecast"), text("People off on average"), text("Within the interval"))
    return pd.DataFrame(rows, columns=[*names, text("Given")])


def _tick(text: Text, given: bool) -> str:
    return text("yes") if given else text("no")


def list_backtest(v: Volunteers, text: Text) -> pd.DataFrame:
    """Earlier outlooks beside what came, latest first."""
    rows = [
        (
            text.month(check.made),
            text.month(check.month),
            text.number(check.expected, 0),
            text.interval(check.low, check.high, 0),
            check.actual,
            text("yes") if check.inside else text("no"),
        )
        for check in reversed(v.backtest)
    ]
    names = [text("Made"), text("Month"), text("Expected"), text("Likely between")]
    return pd.DataFrame(rows, columns=[*names, text("Came true"), text("Within")])


def list_roles(v: Volunteers, text: Text) -> pd.DataFrame:
    """Active people by role."""
    # As objects: in a column of numbers a withheld one would look like none.
    return pd.DataFrame(list(v.roles), columns=[text("Role"), text("Active")], dtype=object)

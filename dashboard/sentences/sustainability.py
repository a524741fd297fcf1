"""Sentences about the scorecard, and words that money and scorecard share."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import Estimate, EstimateLike
from analysis.sustainability.results import EarlyWarning, ScorecardRow
from dashboard.sentences.names import wave_name
from dashboard.status import STATUSES
from dashboard.text import Text


def source_name(text: Text, name: str) -> str:
    """Name of a source or kind of income, where the ledger names one."""
    return name or text("no source")


def say_runway(text: Text, runway: EstimateLike) -> str:
    """Say a runway in months, or that income covers expense."""
    if isinstance(runway, Estimate):
        return text("{n} months", n=text.number(runway.estimate, 1))
    covered = runway.reason == "not_reached"
    return text("income covers expense") if covered else text("data needed")


def score_name(text: Text, code: str) -> str:
    """Name of a scorecard measure."""
    return {
        "active_change": text("Active volunteers against a year ago"),
        "retention_365": text("Volunteers who stay a year"),
        "bus_factor": text("People who give half the hours"),
        "overdue_volunteers": text("Volunteers overdue against their own rhythm"),
        "runway_months": text("Months the cash lasts"),
        "largest_share": text("Share of the largest funder"),
        "effective_sources": text("Effective number of funders"),
        "community_share": text("Share raised in the community"),
        "weakest_domain": text("Weakest capacity domain"),
        "follow_through": text("Agreed issues followed through"),
        "told_back": text("Done issues reported back"),
        "repeat_rate": text("Participants who came again"),
        "held_share": text("Planned sessions held"),
    }[code]


def score_title(text: Text, row: ScorecardRow) -> str:
    """Name a scorecard measure, and the domain it speaks of where there is one."""
    name = score_name(text, row.code)
    named = row.code == "weakest_domain" and isinstance(row.value, Estimate)
    return text("{name}: {detail}", name=name, detail=row.value.name) if named else name


def say_score(text: Text, row: ScorecardRow) -> str:
    """Say a scorecard value in its unit."""
    if not isinstance(row.value, Estimate):
        not_reached = row.value.reason == "not_reached"
        return text("income covers expense") if not_reached else text("data needed")
    return format_unit(text, row.value.estimate, row.unit)


def is_percent(unit: str) -> bool:
    """Whether a unit of the scorecard is told in percent."""
    return unit in ("rate", "ratio", "share_of_range")


def format_unit(text: Text, value: float, unit: str) -> str:
    """Format a value of the scorecard in its unit."""
    if is_percent(unit):
        return text.percent(value)
    if unit == "months":
        return text("{n} months", n=text.number(value, 1))
    return text.number(value, 1 if unit == "sources" else 0)


def say_trend(text: Text, row: ScorecardRow) -> str:
    """Say where a measure came from and when that was, or which data would tell."""
    arrow = {"up": "↑", "down": "↓", "flat": "→"}.get(row.trend)
    if arrow is None or row.previous is None:
        return _say_no_trend(text, row)
    return text(
        "{arrow} {when}: {value}",
        arrow=arrow,
        when=say_when(text, row.previous_at),
        value=format_unit(text, row.previous, row.unit),
    )


def say_when(text: Text, at: str) -> str:
    """Say a day by its month, and a wave by its name."""
    if len(at) == 10 and at[4] == at[7] == "-":
        return text.month(at)
    return wave_name(text, at)


def _say_no_trend(text: Text, row: ScorecardRow) -> str:
    if not isinstance(row.value, Estimate):
        return ""
    if row.code == "runway_months":
        return text("Trend: data needed (cash at an earlier day)")
    if row.code == "weakest_domain":
        return text("Trend: data needed (an earlier assessment)")
    return text("Trend: data needed (longer records)")


def say_sureness(text: Text, row: ScorecardRow) -> str:
    """Say how sure a value is: its interval and n, or that it was counted."""
    value = row.value
    if not isinstance(value, Estimate):
        return ""
    if value.ci_low is None or value.ci_high is None:
        return text("counted, not estimated")
    return text(
        "likely between {low} and {high} (n = {n})",
        low=format_unit(text, value.ci_low, row.unit),
        high=format_unit(text, value.ci_high, row.unit),
        n=text.number(value.n, 0),
    )


def say_status_range(text: Text, row: ScorecardRow) -> str:
    """Say that the interval reaches into another band than the value; empty where it does not."""
    worst, best = row.status_range
    if worst == best:
        return ""
    return text(
        "Between “{worst}” and “{best}”: the 95% CI reaches over a threshold.",
        worst=text(STATUSES[worst].word),
        best=text(STATUSES[best].word),
    )


def say_unsure(text: Text, rows: Sequence[ScorecardRow]) -> str:
    """Say of how many measures the status is not certain; empty where of none."""
    unsure = sum(row.status_range[0] != row.status_range[1] for row in rows)
    if not unsure:
        return ""
    return text.count(
        "The status of {n} measure is not certain: its 95% CI reaches into another band.",
        "The status of {n} measures is not certain: their 95% CI reaches into another band.",
        unsure,
    )


def say_band(text: Text, row: ScorecardRow) -> str:
    """Say which band applies, and where the rule comes from."""
    act, watch = (format_unit(text, limit, row.unit) for limit in row.bands)
    band = (
        text("below {act} act, below {watch} watch", act=act, watch=watch)
        if row.higher_is_better
        else text("above {act} act, above {watch} watch", act=act, watch=watch)
    )
    source = {
        "study_file": text("set for this study"),
        "levee_rule_of_thumb": text("rule of thumb"),
        "operating_reserves_2008": text("rule of thumb, Nonprofit Operating Reserves 2008"),
        "carroll_stater_2009": text("rule of thumb after Carroll & Stater 2009"),
    }[row.rule_source]
    return text("{band} ({source})", band=band, source=source)


def say_next_step(text: Text, row: ScorecardRow) -> str:
    """Say what to do next."""
    if row.status == "good":
        return text("Keep going; look again next quarter.")
    if row.status == "no_data":
        return _data_needed(text, row.code)
    return {
        "active_change": text("Recruit before the next flood season and ask leavers why."),
        "retention_365": text("Talk to volunteers in their third month, before most leave."),
        "bus_factor": text("Name a successor for each person who carries the hours."),
        "overdue_volunteers": text("Call those overdue this week; the list is on Outlook."),
        "runway_months": text("Secure bridging money and put off what can wait."),
        "largest_share": text("Apply to a second funder before the largest grant ends."),
        "effective_sources": text("Open one new source this year, however small."),
        "community_share": text("Plan one community fundraising event each quarter."),
        "weakest_domain": text("Plan training for the weakest domain with the members."),
        "follow_through": text("Go through the open issues at the next meeting, oldest first."),
        "told_back": text("Report each finished issue to those who raised it."),
        "repeat_rate": text("Ask first-time participants what would bring them back."),
        "held_share": text("Agree a fallback date with each planned session."),
    }[row.code]


def _data_needed(text: Text, code: str) -> str:
    if code in ("largest_share", "effective_sources"):
        return text("Data needed: a ledger that names its sources.")
    if code == "runway_months":
        return text("Data needed: a ledger, and the cash free to spend (asked on Funding).")
    if code == "community_share":
        return text(
            "Data needed: kinds of income, and which of them the community raises (asked on "
            "Funding)."
        )
    if code in ("follow_through", "told_back"):
        return text(
            "Data needed: a log of issues with the days they were due, done and reported back."
        )
    if code == "weakest_domain":
        return text("Data needed: a capacity self-assessment.")
    if code in ("repeat_rate", "held_share"):
        return text("Data needed: sign-in sheets and the plan of activities.")
    return text("Data needed: a volunteer roster or service log of a year or more.")


def say_warning(text: Text, warning: EarlyWarning) -> str:
    """Say an early warning: what is about to fail, and when."""
    values = dict(warning.values)
    if warning.code == "largest_grant_ends" and not values["source"]:
        return text(
            "The largest grant ends in {months} months.",
            months=text.number(float(values["months"]), 0),
        )
    if warning.code == "largest_grant_ends":
        return text(
            "The largest grant, {source}, ends in {months} months.",
            source=values["source"],
            months=text.number(float(values["months"]), 0),
        )
    if warning.code == "runway_short":
        return text("Cash lasts {months} months.", months=text.number(float(values["months"]), 1))
    if warning.code == "issues_overdue":
        return text(
            "{n} agreed issues are overdue, the longest by {longest} days.",
            n=values["n"],
            longest=values["longest"],
        )
    if warning.code == "team_shrinking":
        return text(
            "{active} volunteers are active now; a year ago {before} were.",
            active=values["active"],
            before=values["before"],
        )
    if warning.code == "volunteers_overdue":
        return text("{n} volunteers are overdue against their own rhythm.", n=values["n"])
    return text(
        "The team is expected to shrink to {expected} in six months.",
        expected=text.number(float(values["expected"]), 0),
    )

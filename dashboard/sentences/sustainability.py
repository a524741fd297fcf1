"""Words that money, scorecard and the funder's page share."""

from __future__ import annotations

from analysis.results import Estimate, EstimateLike
from analysis.sustainability.results import ScorecardRow
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

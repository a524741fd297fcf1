"""Tables of money, capacity, promises, scorecard, targets and portfolio."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.portfolio import Portfolio
from analysis.results import Estimate, EstimateLike
from analysis.sustainability.results import Funding, ScorecardRow
from analysis.targets import TargetProgress
from dashboard.sentences.statistics import share_with_interval
from dashboard.sentences.sustainability import (
    say_band,
    say_next_step,
    say_score,
    say_status_range,
    say_sureness,
    say_trend,
    score_title,
    source_name,
)
from dashboard.sentences.targets import format_indicator, say_status
from dashboard.status import STATUSES
from dashboard.text import Text


def list_sources(funding: Funding, text: Text) -> pd.DataFrame:
    """Sources with amount and share, at both granularities."""
    rows = [
        (
            text("Funder") if c.by == "source" else text("Kind"),
            source_name(text, name),
            amount,
            text.percent(share, 1),
        )
        for c in funding.concentration
        for name, amount, share in c.shares
    ]
    columns = [text("By"), text("Source"), text("Amount"), text("Share")]
    return pd.DataFrame(rows, columns=columns)


def list_concentration(funding: Funding, text: Text) -> pd.DataFrame:
    """Concentration at each granularity."""
    rows = [
        (
            text("Funder") if c.by == "source" else text("Kind"),
            c.n_sources,
            text.number(c.hhi, 3),
            text.number(c.hhi_normalised, 3),
            text.number(c.effective_sources, 2),
        )
        for c in funding.concentration
    ]
    names = [
        text("By"),
        text("Sources"),
        text("HHI (0–1)"),
        text("Normalised HHI"),
        text("Effective number"),
    ]
    return pd.DataFrame(rows, columns=names)


def list_shares(funding: Funding, text: Text) -> pd.DataFrame:
    """Shares of the income that tell how free and how lasting it is; a dash where not recorded."""
    rows = [
        (text("Raised in the community"), text.percent(funding.community_share)),
        (text("Comes again each year"), text.percent(funding.recurring_share)),
        (text("Tied to a purpose"), text.percent(funding.restricted_share)),
    ]
    return pd.DataFrame(rows, columns=[text("Income"), text("Share")])


def list_periods(funding: Funding, text: Text) -> pd.DataFrame:
    """Income, expense and surplus by month."""
    rows = [(text.month(p.period), p.income, p.expense, p.surplus) for p in funding.by_month]
    names = [text("Month"), text("Income"), text("Expense"), text("Surplus")]
    return pd.DataFrame(rows, columns=names)


def list_years(funding: Funding, text: Text) -> pd.DataFrame:
    """Income, expense and surplus by calendar year."""
    rows = [(p.period, p.income, p.expense, p.surplus) for p in funding.by_year]
    names = [text("Year"), text("Income"), text("Expense"), text("Surplus")]
    return pd.DataFrame(rows, columns=names)


def list_stress(funding: Funding, text: Text) -> pd.DataFrame:
    """Runway as it is and under each stress test."""
    names = {
        "largest_leaves": text("The largest funder leaves"),
        "income_down_30": text("Income falls by 30 %"),
    }
    rows = [(text("No more income at all"), say_months(text, funding.runway_months))]
    rows += [(names[s.name], say_months(text, s.runway_months)) for s in funding.stress]
    return pd.DataFrame(rows, columns=[text("If"), text("Cash lasts")])


def say_months(text: Text, runway: EstimateLike) -> str:
    """Say a runway in months, or that income covers expense."""
    if isinstance(runway, Estimate):
        return text("{n} months", n=text.number(runway.estimate, 1))
    covered = runway.reason == "not_reached"
    return text("income covers expense") if covered else text("data needed")


def list_expiries(funding: Funding, text: Text) -> pd.DataFrame:
    """Grants with an end date, soonest first."""
    rows = [
        (
            source_name(text, g.source),
            text.date(g.ends),
            text.money(g.amount, funding.currency),
            text("ended") if g.months_left <= 0 else text.number(g.months_left, 1),
        )
        for g in funding.expiries
    ]
    names = [text("Source"), text("Ends"), text("Amount"), text("Months left")]
    return pd.DataFrame(rows, columns=names)


def list_scorecard(rows: Sequence[ScorecardRow], text: Text) -> pd.DataFrame:
    """The scorecard: value, trend, band, next step."""
    told = [
        (
            f"{STATUSES[r.status].icon} {text(STATUSES[r.status].word)}",
            score_title(text, r),
            say_score(text, r),
            say_trend(text, r) or "–",
            text.join([say_sureness(text, r), say_status_range(text, r)]) or "–",
            say_band(text, r),
            say_next_step(text, r),
        )
        for r in rows
    ]
    names = [
        text("Status"),
        text("Measure"),
        text("Value"),
        text("Trend"),
        text("How sure"),
        text("Band"),
        text("What to do next"),
    ]
    return pd.DataFrame(told, columns=names)


def list_targets(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> pd.DataFrame:
    """Indicators with baseline, target, actual, progress and status."""
    levels = {
        "goal": text("Goal"),
        "outcome": text("Outcome"),
        "output": text("Output"),
        "activity": text("Activity"),
    }
    rows = [
        (
            levels[t.level],
            label,
            format_indicator(text, t, t.baseline),
            format_indicator(text, t, t.target),
            format_indicator(
                text, t, t.actual.estimate if isinstance(t.actual, Estimate) else None
            ),
            text.percent(t.progress),
            text.percent(t.expected),
            say_status(text, t),
            text.date(t.due),
            t.evidence,
        )
        for label, t in targets
    ]
    names = [
        text("Level"),
        text("Indicator"),
        text("Baseline"),
        text("Target"),
        text("Actual"),
        text("Progress"),
        text("Expected by now"),
        text("Status"),
        text("Due"),
        text("Evidence"),
    ]
    return pd.DataFrame(rows, columns=names)


def list_portfolio(portfolio: Portfolio, text: Text) -> pd.DataFrame:
    """Studies with reach, retention, runway and targets met, as aligned columns."""
    rows = [
        (
            text.of(dict(s.title)),
            text("simulated") if s.simulated else "",
            s.n_matched,
            share_with_interval(text, s.reach),
            share_with_interval(text, s.retention_365),
            say_months(text, s.runway_months),
            text("{met} of {n}", met=s.targets_met, n=s.targets) if s.targets else "–",
        )
        for s in portfolio.studies
    ]
    names = [
        text("Study"),
        text("Note"),
        text("Matched"),
        text("Reach"),
        text("Stay a year"),
        text("Cash lasts"),
        text("Targets met"),
    ]
    return pd.DataFrame(rows, columns=names)

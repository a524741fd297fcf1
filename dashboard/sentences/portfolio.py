"""Sentences about many studies."""

from __future__ import annotations

from analysis.portfolio import Portfolio
from analysis.results import Estimate, NotEstimable
from dashboard.text import Text


def say_together(text: Text, portfolio: Portfolio) -> str:
    """Say how the first shared measure changed over all studies; empty where none is shared."""
    if not portfolio.measures:
        return ""
    summary = portfolio.measures[0].summary
    if isinstance(summary, NotEstimable) or not isinstance(summary.pooled, Estimate):
        return ""
    pooled = summary.pooled
    return text(
        "Across studies {measure} changed by {change}, likely between {likely}.",
        measure=text.of(portfolio.measures[0].label, portfolio.measures[0].measure),
        change=text.signed(pooled.estimate),
        likely=text.interval(pooled.ci_low, pooled.ci_high),
    )

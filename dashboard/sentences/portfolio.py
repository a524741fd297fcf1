"""Sentences about many studies."""

from __future__ import annotations

from analysis.portfolio import PooledMeasure, Portfolio
from analysis.results import Estimate, NotEstimable
from analysis.thresholds import MIN_FOR_MEAN_OF_STUDIES
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


def say_few_studies(text: Text, pooled: PooledMeasure) -> str:
    """Say that the intervals of few studies together are wide; empty where there are enough."""
    summary = pooled.summary
    if isinstance(summary, NotEstimable) or not isinstance(summary.pooled, Estimate):
        return ""
    if summary.pooled.n >= MIN_FOR_MEAN_OF_STUDIES:
        return ""
    return text(
        "Of fewer than {least} studies the 95% interval of all together is wider than need be "
        "(98% hold).",
        least=text.number(MIN_FOR_MEAN_OF_STUDIES, 0),
    )

"""Tables of the scorecard and of the portfolio."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analysis.portfolio import Portfolio
from analysis.sustainability.results import ScorecardRow
from dashboard.sentences.statistics import share_with_interval
from dashboard.sentences.sustainability import (
    say_band,
    say_next_step,
    say_runway,
    say_score,
    say_status_range,
    say_sureness,
    say_trend,
    score_title,
)
from dashboard.status import STATUSES
from dashboard.text import Text


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


def list_portfolio(portfolio: Portfolio, text: Text) -> pd.DataFrame:
    """Studies with reach, retention, runway and targets met, as aligned columns."""
    rows = [
        (
            text.of(dict(s.title)),
            text("simulated") if s.simulated else "",
            s.n_matched,
            share_with_interval(text, s.reach),
            share_with_interval(text, s.retention_365),
            say_runway(text, s.runway_months),
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

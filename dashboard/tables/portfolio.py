"""The table of a portfolio."""

from __future__ import annotations

import pandas as pd

from analysis.portfolio import Portfolio
from dashboard.sentences.statistics import share_with_interval
from dashboard.sentences.sustainability import say_runway
from dashboard.text import Text


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

"""Portfolio: many studies side by side, never a league table."""

from __future__ import annotations

import streamlit as st

from analysis.portfolio import PooledMeasure, Portfolio
from dashboard.cache import current_portfolio
from dashboard.figures.portfolio import (
    count_outside,
    draw_columns,
    draw_forest_of_studies,
    draw_funnel,
)
from dashboard.sentences.portfolio import say_few_studies, say_together
from dashboard.state import current_audience, current_text
from dashboard.tables.portfolio import list_portfolio
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_empty, show_figure, show_page
from dashboard.widgets.portfolio import show_add_results
from dashboard.widgets.portfolio_mapping import show_duplicates, show_mapping
from dashboard.workspace.definitions import list_definitions, list_different
from dashboard.workspace.results import is_for, list_results


def show() -> None:
    """Show the portfolio."""
    text, added = current_text(), list_results()
    saved, different = list_definitions(), list_different()
    given = [result for result in added if is_for(current_audience(), result)]
    if len(given) < len(added):
        st.info(
            text.count(
                "{n} results file is left out: it was not made for this reader.",
                "{n} results files are left out: they were not made for this reader.",
                len(added) - len(given),
            )
        )
    portfolio = current_portfolio(given, [one.definition for one in saved], different)
    if portfolio is None or len(portfolio.studies) < 2:
        show_empty(
            text("Only one study so far"),
            text("Save a second study with the same measures to see them side by side."),
        )
        show_duplicates(text, portfolio.duplicates if portfolio else (), different)
        show_add_results(text, added, expanded=True)
        return
    titles = {s.fingerprint: text.of(dict(s.title), s.fingerprint[:8]) for s in portfolio.studies}
    title = text.count("{n} study side by side", "{n} studies side by side", len(portfolio.studies))
    show_page(say_together(text, portfolio) or title, title)
    show_duplicates(text, portfolio.duplicates, different)
    if any(pooled.studies for pooled in portfolio.measures):
        _show_measure(text, _pick(text, portfolio), titles)
    show_mapping(text, portfolio, saved)
    show_figure(
        draw_columns(portfolio.studies, titles, text),
        title=text("Reach, volunteers and money"),
        subtitle=text("One line for each study, with 95 % interval where there is one."),
        alt=text("Dots of reach, retention and runway, one line for each study."),
        table=list_portfolio(portfolio, text),
        key="portfolio_columns",
    )
    show_add_results(text, added, expanded=False)


def _pick(text: Text, portfolio: Portfolio) -> PooledMeasure:
    measures = [pooled for pooled in portfolio.measures if pooled.studies]
    chosen = st.selectbox(
        text("Measure"),
        list(range(len(measures))),
        format_func=lambda i: escape_markdown(text.of(measures[i].label, measures[i].measure)),
        key="portfolio_measure",
    )
    return measures[chosen]


def _show_measure(text: Text, pooled: PooledMeasure, titles: dict[str, str]) -> None:
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_figure(
            draw_forest_of_studies(pooled, titles, text),
            title=text("Change in each study"),
            subtitle=text("With 95 % interval, the most certain first; on top, all together."),
            alt=text("Forest plot of the change in each study with the summary."),
            key="portfolio_forest",
        )
        few = say_few_studies(text, pooled)
        if few:
            st.caption(few)
    with right:
        show_figure(
            draw_funnel(pooled, titles, text),
            title=_title_funnel(text, pooled),
            subtitle=text("Change against its standard error."),
            alt=text("Funnel plot of change against standard error."),
            key="portfolio_funnel",
        )


def _title_funnel(text: Text, pooled: PooledMeasure) -> str:
    """Say how many studies differ by more than chance; without a summary nothing can be said."""
    counted = count_outside(pooled)
    if counted is None:
        return text("Change and precision of each study")
    outside, drawn = counted
    if not outside:
        return text("All {n} studies lie within the limits of chance", n=text.number(drawn, 0))
    return text(
        "{k} of {n} studies differ by more than chance",
        k=text.number(outside, 0),
        n=text.number(drawn, 0),
    )

"""Reliability: do the questions of a measure belong together."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.figures.reliability import draw_reliability
from dashboard.sentences import say_finding
from dashboard.sentences.reliability import say_how_measured, say_suspects
from dashboard.state import current_text
from dashboard.tables.reliability import list_items, list_reliability
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_cautions, show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the reliability page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.reliability:
        needed = text(
            "A measure of two or more questions is needed to tell how they hang together."
        )
        show_empty(text("No scale to judge yet"), needed)
        return
    found = [f for f in evaluation.findings if f.section == "reliability"]
    title = say_finding(text, found[0]) if found else text("Reliability")
    show_page(title, say_how_measured(text))
    show_filters()
    show_figure(
        draw_reliability(evaluation.reliability, study.plan, text),
        title=text("How well the questions hang together"),
        subtitle=text("Alpha with 95 % interval; hollow: before, solid: after; line: 0.70."),
        alt=text("Dots of alpha with intervals for each measure and wave."),
        table=list_reliability(evaluation.reliability, study.plan, text),
        key="reliability",
    )
    show_cautions(say_suspects(text, evaluation.reliability, study.plan))
    st.header(text("Question by question"), anchor=False)
    names = list(dict.fromkeys(one.measure for one in evaluation.reliability))
    chosen = choose_measure(text, study, names)
    rows = [one for one in evaluation.reliability if one.measure == chosen]
    show_table(list_items(rows, study.plan, text), key="reliability_items")

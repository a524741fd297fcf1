"""Scorecard: what a manager looks at first, the most urgent on top."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation
from dashboard.content.topics import scorecard
from dashboard.state import current_text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_cautions, show_empty, show_page, show_table
from dashboard.widgets.scorecard import show_day, show_measure, show_missing
from dashboard.widgets.thresholds import show_thresholds


def show() -> None:
    """Show the scorecard."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    missing = scorecard.find_missing(evaluation, text)
    if missing is not None or evaluation is None or found is None:
        if missing is not None:
            show_empty(missing.title, missing.needed)
        return
    section = scorecard.make_section(evaluation, found, text)
    show_page(section.title, section.sample)
    for warnings in section.passages:
        lines = "\n".join(f"- {escape_markdown(line)}" for line in warnings.lines)
        st.warning(f"**{warnings.title}**\n\n{lines}")
    unsure = scorecard.say_unsure(text, found.scorecard)
    if unsure:
        st.caption(unsure)
    with st.grid(3, min_column_width=220):
        for row in found.scorecard:
            if row.status != "no_data":
                show_measure(text, row)
    show_missing(text, found.scorecard)
    show_day(text, evaluation)
    show_cautions(section.cautions)
    with st.expander(text("Everything in one table")):
        for table in section.tables:
            show_table(table.frame, key=table.key)
    show_thresholds(text, found.scorecard)

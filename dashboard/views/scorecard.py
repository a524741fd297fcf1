"""Scorecard: what a manager looks at first, the most urgent on top."""

from __future__ import annotations

from collections import Counter

import streamlit as st

from dashboard.cache import current_evaluation
from dashboard.sentences.sustainability import say_unsure, say_warning
from dashboard.state import current_text
from dashboard.tables.sustainability import list_scorecard
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_empty, show_page, show_table
from dashboard.widgets.scorecard import show_day, show_measure, show_missing
from dashboard.widgets.thresholds import show_thresholds


def show() -> None:
    """Show the scorecard."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    if evaluation is None or found is None:
        show_empty(
            text("Nothing to watch yet"),
            text("Upload a volunteer roster, a ledger or a consultation log."),
        )
        return
    count = Counter(row.status for row in found.scorecard)
    known = len(found.scorecard) - count["no_data"]
    show_page(
        text(
            "{act} of {n} measures need action now; {good} are in good order.",
            act=count["act"],
            n=known,
            good=count["good"],
        )
        if known
        else text("No measure can be told yet: what is missing stands below."),
        text(
            "Bands are rules of thumb; you can set your own below. Arrows compare with the same "
            "data as they stood half a year earlier, or a quarter where records are short."
        ),
    )
    if found.warnings:
        lines = [f"- {escape_markdown(say_warning(text, w))}" for w in found.warnings]
        title = text("Early warnings")
        st.warning(f"**{title}**\n\n" + "\n".join(lines))
    unsure = say_unsure(text, found.scorecard)
    if unsure:
        st.caption(unsure)
    with st.grid(3, min_column_width=220):
        for row in found.scorecard:
            if row.status != "no_data":
                show_measure(text, row)
    show_missing(text, found.scorecard)
    show_day(text, evaluation)
    with st.expander(text("Everything in one table")):
        show_table(list_scorecard(found.scorecard, text), key="scorecard")
    show_thresholds(text, found.scorecard)

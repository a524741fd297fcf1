"""The page of reliability."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import reliability
from dashboard.state import current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_empty, show_section, show_table


def show() -> None:
    """Show the reliability page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = reliability.find_missing(evaluation, text)
    if missing is not None:
        show_empty(missing.title, missing.needed)
    if missing is not None or evaluation is None or study is None:
        return
    head = st.container()
    show_filters()
    show_section(reliability.make_section(evaluation, study, text), head)
    names = list(dict.fromkeys(one.measure for one in evaluation.reliability))
    place = st.container()
    chosen = choose_measure(text, study, names)
    rows = [one for one in evaluation.reliability if one.measure == chosen]
    table = reliability.list_items(rows, study.plan, text)
    place.header(escape_markdown(table.title), anchor=False)
    show_table(table.frame, key=table.key)

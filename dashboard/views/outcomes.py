"""The page of outcomes."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import outcomes
from dashboard.state import current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_outcome
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the outcomes page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = outcomes.find_missing(evaluation, text)
    head = st.container()
    if missing is not None:
        with head:
            show_empty(missing.title, missing.needed)
    show_filters()
    if missing is not None or evaluation is None or study is None:
        return
    outcome = choose_outcome(text, evaluation, study)
    show_section(outcomes.make_section(evaluation, study, text, outcome), head)

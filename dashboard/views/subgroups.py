"""The page of subgroups."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import subgroups
from dashboard.state import current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_outcome
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the subgroups page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = subgroups.find_missing(evaluation, text)
    if missing is not None:
        show_empty(missing.title, missing.needed)
    if missing is not None or evaluation is None or study is None:
        return
    head = st.container()
    show_filters()
    outcome = choose_outcome(text, evaluation, study)
    show_section(subgroups.make_section(evaluation, study, text, outcome), head)

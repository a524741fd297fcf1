"""The page of the comparison."""

from __future__ import annotations

import streamlit as st

from analysis.surveys.contrasts import main_rows
from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import comparison
from dashboard.state import current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the comparison page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = comparison.find_missing(evaluation, text)
    head = st.container()
    show_filters()
    if missing is not None:
        with head:
            show_empty(missing.title, missing.needed)
    if missing is not None or evaluation is None or study is None:
        return
    names = [one.measure for one in main_rows(evaluation.comparison)]
    measure = choose_measure(text, study, names)
    show_section(comparison.make_section(evaluation, study, text, measure), head)

"""The page of the trajectory."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import trajectory
from dashboard.state import current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the trajectory page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = trajectory.find_missing(evaluation, text)
    head = st.container()
    show_filters()
    if missing is not None:
        with head:
            show_empty(missing.title, missing.needed)
    if missing is not None or evaluation is None or study is None:
        return
    names = list(dict.fromkeys(course.measure for course in evaluation.trajectory))
    measure = choose_measure(text, study, names)
    show_section(trajectory.make_section(evaluation, study, text, measure), head)

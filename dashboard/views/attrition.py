"""The page of attrition."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import attrition
from dashboard.state import current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show who was lost."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = attrition.find_missing(evaluation, text)
    if missing is not None:
        show_empty(missing.title, missing.needed)
    if evaluation is None or study is None or evaluation.flow is None:
        return
    head = st.container()
    show_filters()
    show_section(attrition.make_section(evaluation, study, text, evaluation.flow), head)

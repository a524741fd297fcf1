"""The page of targets."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import targets
from dashboard.state import current_audience, current_text
from dashboard.widgets.indicators import show_indicator_file
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the targets page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = targets.find_missing(evaluation, text)
    if missing is not None:
        show_empty(missing.title, missing.needed)
    if evaluation is None or study is None:
        return
    if missing is None:
        show_section(targets.make_section(evaluation, study.plan, text), st.container())
    # Targets are set by who holds the data; what leaves for others does so on the Export page.
    if current_audience() == "evaluator":
        show_indicator_file(text, evaluation, study)

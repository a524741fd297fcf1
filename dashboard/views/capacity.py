"""The page of capacity and strengths."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation
from dashboard.content.topics import capacity
from dashboard.state import current_text
from dashboard.widgets.money_settings import show_capacity_settings
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the capacity page."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    if evaluation is None or found is None or not (found.capacity or found.strengths):
        show_empty(
            text("No capacity assessment yet"),
            text("Fill in the capacity sheet of the template: rater, domain, wave, score."),
        )
        return
    show_section(capacity.make_section(evaluation, found, text), st.container())
    if found.capacity is not None:
        show_capacity_settings(text)

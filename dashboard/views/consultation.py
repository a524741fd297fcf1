"""The page of consultation."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation
from dashboard.content.topics import consultation
from dashboard.state import current_text
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the consultation page."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    if evaluation is None or found is None or found.consultation is None:
        show_empty(
            text("No consultation log yet"),
            text("Fill in one row per issue raised: raised, agreed, due, done, told back."),
        )
        return
    section = consultation.make_section(evaluation, found.consultation, text)
    show_section(section, st.container())

"""Methods: a paragraph to paste into a report, the checklist, and the flow of people."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import methods
from dashboard.state import current_text
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the methods page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = methods.find_missing(evaluation, text)
    if missing is not None:
        show_empty(missing.title, missing.needed)
    if evaluation is None or study is None:
        return
    head = st.container()
    section = methods.make_section(evaluation, study, text)
    st.code("\n\n".join(section.findings), language=None, wrap_lines=True)
    show_section(section, head)

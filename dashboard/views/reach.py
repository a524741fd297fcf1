"""The page of reach."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_study
from dashboard.content.topics import participation, reach
from dashboard.state import current_text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_section
from dashboard.widgets.people_filters import ATTENDED, show_missing, show_people_filters


def show() -> None:
    """Show the reach page."""
    text, head = current_text(), st.container()
    evaluation, study = show_people_filters(ATTENDED), current_study()
    found = evaluation.participation if evaluation else None
    if evaluation is None or found is None or study is None:
        missing = participation.name_missing(text)
        show_missing(missing.title, missing.needed, evaluation, "participation")
        return
    show_section(reach.make_section(evaluation, found, study.plan, text), head)
    show_file_notes(ATTENDED)

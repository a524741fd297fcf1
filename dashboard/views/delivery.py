"""The page of delivery."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import whole_study
from dashboard.content.topics import delivery
from dashboard.state import current_text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_section
from dashboard.widgets.people_filters import PLANNED, show_missing, show_people_filters


def show() -> None:
    """Show the delivery page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(PLANNED)
    missing = delivery.find_missing(evaluation, whole_study(), text)
    if missing is not None:
        show_missing(missing.title, missing.needed)
    elif evaluation is not None and evaluation.delivery is not None:
        show_section(
            delivery.make_section(evaluation, evaluation.delivery, text, chosen=True), head
        )
        show_file_notes(PLANNED)

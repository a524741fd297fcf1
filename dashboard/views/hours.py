"""The page of hours."""

from __future__ import annotations

import streamlit as st

from dashboard.content.topics import hours, series
from dashboard.state import current_text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_parts, show_section
from dashboard.widgets.people_filters import SERVED, show_missing, show_people_filters
from dashboard.widgets.series import show_event_settings


def show() -> None:
    """Show the hours page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    missing = hours.find_missing(evaluation, text)
    if missing is not None:
        show_missing(missing.title, missing.needed, evaluation, "volunteers")
    team = evaluation.volunteers if evaluation is not None else None
    if evaluation is None or team is None or team.hours is None:
        return
    show_section(hours.make_section(evaluation, team, team.hours, text), head)
    show_parts(series.make_section(evaluation, series.SERVICE, text))
    show_event_settings(text)
    show_file_notes(SERVED)

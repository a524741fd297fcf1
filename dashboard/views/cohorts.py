"""The page of cohorts."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import smallest_group
from dashboard.content.topics import cohorts
from dashboard.state import current_text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_section
from dashboard.widgets.people_filters import SERVED, show_people_filters
from dashboard.widgets.volunteers import show_no_team


def show() -> None:
    """Show the cohorts page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    team = evaluation.volunteers if evaluation else None
    if team is None or not team.cohorts:
        show_no_team(text, evaluation)
        return
    show_section(cohorts.make_section(team, text, smallest_group()), head)
    show_file_notes(SERVED)

"""The page of volunteers."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import smallest_group
from dashboard.content.topics import volunteers
from dashboard.sentences.few import mark_team
from dashboard.state import current_text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_section
from dashboard.widgets.people_filters import SERVED, show_people_filters
from dashboard.widgets.volunteers import show_comparisons, show_next_steps, show_no_team


def show() -> None:
    """Show the volunteers page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    team = evaluation.volunteers if evaluation else None
    if evaluation is None or team is None:
        show_no_team(text, evaluation)
        return
    least = smallest_group()
    show_section(volunteers.make_section(evaluation, team, text, least, chosen=True), head)
    with head:
        show_next_steps(volunteers.list_next_steps(text, team))
    show_comparisons(text, mark_team(text, team, least))
    show_file_notes(SERVED)

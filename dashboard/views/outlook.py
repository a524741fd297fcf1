"""The page of the outlook, and below it whom to call."""

from __future__ import annotations

import streamlit as st

from analysis.volunteers.overdue import people_overdue, people_to_watch
from analysis.volunteers.results import Volunteers
from dashboard.cache import current_saved, smallest_group
from dashboard.content.topics import outlook
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_section, show_table
from dashboard.widgets.people_filters import SERVED, show_people_filters
from dashboard.widgets.personal import name_of, show_names
from dashboard.widgets.volunteers import show_no_team


def show() -> None:
    """Show the outlook page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    found = evaluation.volunteers if evaluation else None
    if evaluation is None or found is None:
        show_no_team(text, evaluation)
        return
    show_section(outlook.make_section(evaluation, found, text, smallest_group()), head)
    _show_absent(text, found)
    show_file_notes(SERVED)


def _show_absent(text: Text, found: Volunteers) -> None:
    """Show whom to call, by name where the names were given for this session only."""
    if not found.overdue:
        return
    saved = current_saved()
    st.header(text("Overdue volunteers"), anchor=False)
    # A key file loaded here names the people of the tables below.
    show_names(text, saved)
    late, soon = (
        outlook.list_overdue(people, lambda code: name_of(saved, code), text)
        for people in (people_overdue(found.overdue), people_to_watch(found.overdue))
    )
    st.caption(text("Absent for three times their usual gap or longer. For the organisation only."))
    if late.rows:
        show_table(late.frame, key="overdue")
    else:
        st.markdown(text("Nobody is overdue against their own rhythm."))
    if soon.rows:
        with st.expander(text("Not overdue yet: absent for twice their usual gap")):
            show_table(soon.frame, key="overdue_soon")

"""Cohorts: which intake stays."""

from __future__ import annotations

import streamlit as st

from analysis.volunteers.findings import find_cohorts, find_stay
from dashboard.cache import smallest_group
from dashboard.figures.cohorts import draw_cohorts
from dashboard.sentences import say_finding
from dashboard.sentences.few import has_few, say_marked
from dashboard.sentences.volunteers import list_cautions, say_team
from dashboard.state import current_text
from dashboard.tables import volunteers as tables
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_cautions, show_figure, show_page
from dashboard.widgets.people_filters import SERVED, show_people_filters
from dashboard.widgets.volunteers import show_no_team


def show() -> None:
    """Show the cohorts page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    found = evaluation.volunteers if evaluation else None
    if found is None or not found.cohorts:
        show_no_team(text, evaluation)
        return
    with head:
        show_page(say_finding(text, find_cohorts(found) or find_stay(found)), say_team(text, found))
    least = smallest_group()
    show_figure(
        draw_cohorts(found, text, least),
        title=text("Who joined when, and who is still active"),
        subtitle=text(
            "Share of each quarter's intake active 1, 2, 3 … quarters later; people below it."
        ),
        alt=text("Triangle of cells: intakes down, quarters later across, darker for more active."),
        table=tables.list_cohorts(found, text, least),
        key="cohorts",
    )
    if has_few((n for c in found.cohorts for _, n, _ in c.active), least):
        st.caption(say_marked(text, least))
    show_cautions(list_cautions(text, found, "cohorts"))
    show_file_notes(SERVED)

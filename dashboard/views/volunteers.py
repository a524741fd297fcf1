"""Volunteers: how long they stay, who leaves and why, whom to call."""

from __future__ import annotations

import streamlit as st

from analysis.volunteers.findings import find_stay
from analysis.volunteers.results import Volunteers
from dashboard.cache import smallest_group
from dashboard.content.model import Card
from dashboard.figures.retention import draw_causes, draw_months, draw_retention
from dashboard.sentences import say_finding
from dashboard.sentences.few import has_few, mark_team, say_marked
from dashboard.sentences.volunteers import (
    list_cautions,
    list_next_steps,
    list_volunteer_cards,
    say_team,
)
from dashboard.state import current_text
from dashboard.tables import volunteers as tables
from dashboard.text import Text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_cards, show_cautions, show_figure, show_page
from dashboard.widgets.people_filters import SERVED, show_people_filters
from dashboard.widgets.volunteers import (
    show_comparisons,
    show_definitions,
    show_next_steps,
    show_no_team,
)


def show() -> None:
    """Show the volunteers page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    found = evaluation.volunteers if evaluation else None
    if found is None:
        show_no_team(text, evaluation)
        return
    with head:
        show_page(say_finding(text, find_stay(found)), say_team(text, found))
    show_cards(
        [Card(value=value, meaning=what) for value, what in list_volunteer_cards(text, found)]
    )
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_curve(text, found)
    with right:
        show_next_steps(list_next_steps(text, found))
        show_cautions(list_cautions(text, found, "volunteers"))
    least = smallest_group()
    found = mark_team(text, found, least)
    show_figure(
        draw_months(found, text, least),
        title=text("Who came into the team, and who lapsed"),
        subtitle=text("People per month; the line is the team on the last day of the month."),
        alt=text("Bars of new, returning and lapsed volunteers by month, the team as a line."),
        table=tables.list_months(found, text, least),
        key="volunteer_months",
    )
    if has_few((n for m in found.monthly for n in (m.new, m.returning, m.lapsed)), least):
        st.caption(say_marked(text, least))
    show_comparisons(text, found)
    if found.causes:
        show_figure(
            draw_causes(found, text),
            title=text("Why they left"),
            subtitle=text("Share who left for each reason within a year of joining."),
            alt=text("Bars of the share who left for each reason within a year."),
            table=tables.list_causes(found, text),
            key="causes",
        )
    show_definitions(text, found)
    show_file_notes(SERVED)


def _show_curve(text: Text, found: Volunteers) -> None:
    show_figure(
        draw_retention(found, text),
        title=text("How long volunteers stay"),
        subtitle=text("Share still serving by months since joining, with 95 % interval."),
        alt=text("Falling step curve of the share still serving; who is followed stands below."),
        table=tables.list_curve(found, text),
        key="retention_curve",
    )

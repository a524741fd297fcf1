"""Reach: how far into the community, and whom it missed."""

from __future__ import annotations

import streamlit as st

from analysis.participation.findings import find_attendance, find_underrepresented
from analysis.participation.results import Participation
from dashboard.cache import current_study
from dashboard.figures.reach import draw_funnel, draw_representation
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.few import mark_people
from dashboard.sentences.names import with_names
from dashboard.sentences.participation import say_sessions
from dashboard.state import current_text
from dashboard.tables import participation as tables
from dashboard.text import Text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import (
    show_cautions,
    show_figure,
    show_page,
    show_table,
)
from dashboard.widgets.people_filters import ATTENDED, show_missing, show_people_filters


def show() -> None:
    """Show the reach page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(ATTENDED)
    found = evaluation.participation if evaluation else None
    study = current_study()
    if found is None or study is None:
        needed = text("Upload a sign-in sheet: one row per person and session, or a ticked list.")
        show_missing(text("No sign-in sheet yet"), needed, evaluation, "participation")
        return
    found = with_names(text, study.plan, found)
    finding = find_underrepresented(found) or find_attendance(found)
    with head:
        show_page(say_finding(text, finding), say_sessions(text, found))
    found = mark_people(text, found, study.plan.study.min_group)
    if found.funnel:
        show_figure(
            draw_funnel(found, text),
            title=text("From the community to the core"),
            subtitle=text("People at each step, and the share of the step named."),
            alt=text("Bars of people at each step from the community to volunteers."),
            table=tables.list_funnel(found, text),
            key="funnel",
        )
    _show_groups(text, found)
    show_cautions([say_caution(text, caution) for caution in found.cautions])
    show_file_notes(ATTENDED)


def _show_groups(text: Text, found: Participation) -> None:
    variables = list(dict.fromkeys(r.by for r in found.representation))
    columns = st.columns(min(2, len(variables)), gap="large") if variables else []
    for i, by in enumerate(variables):
        with columns[i % len(columns)]:
            show_figure(
                draw_representation(found, by, text),
                title=text("Who came, by {by}", by=by),
                subtitle=text(
                    "Share of participants with 95 % interval; the tick is the community."
                ),
                alt=text(
                    "Dots of each group's share of participants beside the community's share."
                ),
                key=f"representation_{i}",
            )
    if variables:
        show_table(tables.list_representation(found, text), key="representation")

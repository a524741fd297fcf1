"""Delivery: the plan against what happened."""

from __future__ import annotations

import streamlit as st

from analysis.participation.findings import find_delivery
from analysis.results import Estimate
from dashboard.cache import whole_study
from dashboard.content.model import Card
from dashboard.figures.delivery import draw_delivery, draw_fidelity
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.participation import list_delivery_cards
from dashboard.state import current_text
from dashboard.tables import participation as tables
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.incomplete import say_incomplete_plan
from dashboard.widgets.page import show_cards, show_cautions, show_figure, show_page, show_table
from dashboard.widgets.people_filters import PLANNED, show_missing, show_people_filters


def show() -> None:
    """Show the delivery page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(PLANNED)
    found = evaluation.delivery if evaluation else None
    if found is None:
        study = whole_study()
        lacking = say_incomplete_plan(text, study) if study is not None else ""
        if lacking:
            show_missing(text("What was held is not recorded"), lacking)
        else:
            needed = text("Upload the plan of sessions with the planned day and the day held.")
            show_missing(text("No plan of sessions yet"), needed)
        return
    planned = text.count("{n} session planned.", "{n} sessions planned.", found.overall.planned)
    with head:
        show_page(say_finding(text, find_delivery(found)[0]), planned)
    show_cards([Card(value=v, meaning=what) for v, what in list_delivery_cards(text, found)])
    left, right = st.columns(2, gap="large")
    with left:
        show_figure(
            draw_delivery(found, text),
            title=text("What became of the planned sessions"),
            subtitle=text("Number of sessions by phase."),
            alt=text("Stacked bars of sessions held, moved and cancelled by phase."),
            table=tables.list_phases(found, text),
            key="delivery",
        )
    with right:
        if isinstance(found.overall.fidelity, Estimate):
            show_figure(
                draw_fidelity(found, text),
                title=text("How much of the content was delivered"),
                subtitle=text("Share of the content planned for sessions held, 95 % interval."),
                alt=text("Dots of the share of content delivered by phase."),
                key="fidelity",
            )
    st.header(text("Every planned session"), anchor=False)
    show_table(tables.list_plan(found, text), key="plan")
    show_cautions([say_caution(text, caution) for caution in found.cautions])
    show_file_notes(PLANNED)

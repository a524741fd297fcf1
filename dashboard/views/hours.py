"""Hours: who carries the work."""

from __future__ import annotations

import streamlit as st

from analysis.volunteers.findings import find_hours
from analysis.volunteers.results import Hours
from dashboard.content.model import Card
from dashboard.figures.hours import draw_activities, draw_hours, draw_hours_lorenz
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.volunteers import list_cautions, list_hours_cards, say_team
from dashboard.state import current_text
from dashboard.tables import volunteers as tables
from dashboard.text import Text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_cards, show_cautions, show_figure, show_page, show_table
from dashboard.widgets.people_filters import SERVED, show_missing, show_people_filters
from dashboard.widgets.series import show_event_settings, show_series


def show() -> None:
    """Show the hours page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    found = evaluation.volunteers if evaluation else None
    if evaluation is None or found is None or found.hours is None:
        needed = text("Upload a log with person, date and hours.")
        show_missing(text("No service log yet"), needed, evaluation, "volunteers")
        return
    with head:
        show_page(say_finding(text, find_hours(found)), say_team(text, found))
    show_cards(
        [Card(value=value, meaning=what) for value, what in list_hours_cards(text, found.hours)]
    )
    left, right = st.columns(2, gap="large")
    with left:
        if found.hours.per_person:
            _show_people(text, found.hours)
    with right:
        if found.hours.lorenz:
            _show_lorenz(text, found.hours)
    if found.hours.by_activity:
        show_figure(
            draw_activities(found.hours, text),
            title=text("What the time went into"),
            subtitle=text("All service in the log, by kind."),
            alt=text("Bars of service by kind."),
            table=tables.list_activities(found.hours, text),
            key="activities",
        )
    show_table(tables.list_hours(found.hours, text), key="hours")
    show_series(text, evaluation, ("hours", "days"))
    show_event_settings(text)
    months = [c for s in evaluation.time_series if s.name != "attendance" for c in s.cautions]
    said = [say_caution(text, caution) for caution in months]
    show_cautions([*list_cautions(text, found, "hours"), *said])
    show_file_notes(SERVED)


def _show_people(text: Text, hours: Hours) -> None:
    show_figure(
        draw_hours(hours, text),
        title=text("Who gives how much"),
        subtitle=text("One bar for each person, most first, without names."),
        alt=text("Bars of service per person; those who together give half stand out."),
        key="hours_people",
    )


def _show_lorenz(text: Text, hours: Hours) -> None:
    show_figure(
        draw_hours_lorenz(hours, text),
        title=text("How unevenly the work is shared"),
        subtitle=text("The further the curve sags, the fewer carry the work."),
        alt=text("Lorenz curve of service over volunteers, below the line of equal shares."),
        key="hours_lorenz",
    )

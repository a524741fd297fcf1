"""Participation: who came, how often, to what."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.participation.findings import find_attendance
from analysis.participation.results import Participation
from dashboard.cache import smallest_group
from dashboard.content.model import Card
from dashboard.figures.attendance import (
    draw_attendance_lorenz,
    draw_engagement,
    draw_months,
    draw_sessions,
)
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.few import has_few, mark_people, say_marked
from dashboard.sentences.participation import (
    describe_sessions,
    list_participation_cards,
    say_sessions,
)
from dashboard.state import current_text
from dashboard.tables import participation as tables
from dashboard.text import Text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import show_cards, show_cautions, show_figure, show_page, show_table
from dashboard.widgets.people_filters import ATTENDED, show_missing, show_people_filters
from dashboard.widgets.series import show_event_settings, show_series


def show() -> None:
    """Show the participation page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(ATTENDED)
    found = evaluation.participation if evaluation else None
    if evaluation is None or found is None:
        needed = text("Upload a sign-in sheet: one row per person and session, or a ticked list.")
        show_missing(text("No sign-in sheet yet"), needed, evaluation, "participation")
        return
    with head:
        show_page(say_finding(text, find_attendance(found)), say_sessions(text, found))
    found = mark_people(text, found, smallest_group())
    show_cards([Card(value=v, meaning=what) for v, what in list_participation_cards(text, found)])
    subtitle, alt = describe_sessions(text, found)
    show_figure(
        draw_sessions(found, text),
        title=text("Attendance at each session"),
        subtitle=subtitle,
        alt=alt,
        table=tables.list_sessions(found, text),
        key="sessions",
    )
    if found.per_period:
        show_figure(
            draw_months(found, text),
            title=text("People and attendances by month"),
            subtitle=text("Bars: different people. Circles: attendances, repeat visits included."),
            alt=text("Bars of people and circles of attendances for each month."),
            table=tables.list_months(found, text, smallest_group()),
            key="participation_months",
        )
        _explain_mark(text, [m.participants for m in found.per_period])
    show_series(text, evaluation, ("attendance",))
    show_event_settings(text)
    if found.engagement:
        # What others see of how often people came is in steps, rounded.
        _show_engagement(text, found, in_steps=evaluation.audience in ("funder", "public"))
    if found.by_kind or found.by_level:
        st.header(text("By kind and level"), anchor=False)
        show_table(tables.list_kinds(found, text), key="kinds")
    months = [c for s in evaluation.time_series if s.name == "attendance" for c in s.cautions]
    show_cautions([say_caution(text, caution) for caution in (*found.cautions, *months)])
    show_file_notes(ATTENDED)


def _explain_mark(text: Text, counts: Sequence[float | None]) -> None:
    """Say what the mark of a few people means, where one stands."""
    if has_few(counts, smallest_group()):
        st.caption(say_marked(text, smallest_group()))


def _show_engagement(text: Text, found: Participation, *, in_steps: bool) -> None:
    left, right = st.columns(2, gap="large")
    least = smallest_group()
    table = tables.list_engagement(found, text, least, in_steps=in_steps)
    rounded = text("Numbers of people are rounded to multiples of {n}.", n=text.number(least, 0))
    with left:
        title, alt = text("How often people came"), text("Bars of people by sessions attended.")
        show_figure(
            draw_engagement(found, text, least, in_steps=in_steps),
            title=title,
            subtitle=rounded if in_steps else "",
            alt=alt,
            table=table,
            key="engagement",
        )
        _explain_mark(text, [n for _, n in found.engagement])
    with right:
        title = text("How unevenly attendance is shared")
        alt = text("Lorenz curve of attendances over participants.")
        show_figure(draw_attendance_lorenz(found, text), title=title, alt=alt, key="came_lorenz")

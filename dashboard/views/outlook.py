"""Outlook: the team over the next months, and whom to call."""

from __future__ import annotations

import streamlit as st

from analysis.results import Suppressed
from analysis.volunteers.findings import find_outlook, find_team
from analysis.volunteers.overdue import people_overdue, people_to_watch
from analysis.volunteers.results import Volunteers
from dashboard.cache import current_saved, smallest_group
from dashboard.figures.outlook import draw_outlook
from dashboard.sentences import say_finding
from dashboard.sentences.few import mark_team
from dashboard.sentences.volunteers import list_cautions, say_backtest, say_outlook_choice, say_team
from dashboard.state import current_audience, current_text
from dashboard.tables import volunteers as tables
from dashboard.text import Text
from dashboard.widgets.file_notes import show_file_notes
from dashboard.widgets.page import (
    show_cautions,
    show_figure,
    show_page,
    show_table,
)
from dashboard.widgets.people_filters import SERVED, show_people_filters
from dashboard.widgets.personal import name_of, show_names
from dashboard.widgets.volunteers import show_no_team


def show() -> None:
    """Show the outlook page."""
    text, head = current_text(), st.container()
    evaluation = show_people_filters(SERVED)
    found = evaluation.volunteers if evaluation else None
    if found is None:
        show_no_team(text, evaluation)
        return
    with head:
        show_page(say_finding(text, find_outlook(found) or find_team(found)), say_team(text, found))
    if found.outlook:
        _show_fan(text, found)
    elif isinstance(found.active, Suppressed):
        st.info(
            text("No outlook is shown: it begins with the team of today, and that is withheld.")
        )
    elif current_audience() in ("evaluator", "manager"):
        st.info(text("An outlook needs half a year of data and somebody who has left."))
    else:
        st.info(
            text(
                "No outlook is shown to this reader: it needs half a year of data and somebody who "
                "has left, and is withheld where only a few came in the last three months."
            )
        )
    _show_absent(text, found)
    if found.roles:
        st.header(text("Active people by role"), anchor=False)
        marked = mark_team(text, found, smallest_group())
        show_table(tables.list_roles(marked, text), key="roles")
    show_cautions(list_cautions(text, found, "outlook"))
    show_file_notes(SERVED)


def _show_absent(text: Text, found: Volunteers) -> None:
    """Show whom to call, by name where the names were given for this session only."""
    if not found.overdue:
        return
    late, soon = people_overdue(found.overdue), people_to_watch(found.overdue)
    saved = current_saved()
    st.header(text("Overdue volunteers"), anchor=False)
    show_names(text, saved)
    called, watched = tables.list_overdue(late, text), tables.list_overdue(soon, text)
    for table in (called, watched):
        table.iloc[:, 0] = [name_of(saved, code) for code in table.iloc[:, 0]]
    st.caption(text("Absent for three times their usual gap or longer. For the organisation only."))
    if late:
        show_table(called, key="overdue")
    else:
        st.markdown(text("Nobody is overdue against their own rhythm."))
    if soon:
        with st.expander(text("Not overdue yet: absent for twice their usual gap")):
            show_table(watched, key="overdue_soon")


def _show_fan(text: Text, found: Volunteers) -> None:
    show_figure(
        draw_outlook(found, text),
        title=text("The team so far and ahead"),
        subtitle=text("Team at month's end; dashed: the outlook, with 95 % interval."),
        alt=text("Line of the team's size with a widening band for the months ahead."),
        table=tables.list_outlook(found, text),
        key="outlook",
    )
    if found.outlook_choice:
        st.caption(say_outlook_choice(text, found.outlook_choice))
    if found.backtest:
        st.caption(say_backtest(text, found.backtest))
    if not (found.outlook_choice and found.outlook_choice.n):
        return
    with st.expander(text("What earlier outlooks said, and what came")):
        show_table(tables.list_outlook_choice(found.outlook_choice, text), key="choice")
        if found.backtest:
            show_table(tables.list_backtest(found, text), key="backtest")
        else:
            st.markdown(text("Each by itself is withheld: it tells of months with few people."))

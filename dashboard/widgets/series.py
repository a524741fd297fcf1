"""The dated events of a study: declared and changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis.plan import StudyPlan
from analysis.plan_tables import EventMark
from dashboard.cache import current_saved
from dashboard.text import Text
from dashboard.widgets.page import refuse_change
from dashboard.workspace.editing import save_edit

MAX_LETTERS = 60


def show_event_settings(text: Text) -> None:
    """Ask for dated events; they are marked on time charts and months are compared around them."""
    saved = current_saved()
    plan = saved.plan if saved is not None else None
    if saved is None or plan is None:
        return
    events = plan.list_events()
    with st.expander(text("Events that may have changed something")):
        if refuse_change(text, saved):
            return
        st.caption(
            text(
                "A move, a new leader, a flood. With 8 months on either side, the months after are "
                "set against the trend before. Leave “Until” empty for what stays."
            )
        )
        columns = (text("Date"), text("Until"), text("Name"))
        with st.form("events", border=False):
            rows = pd.DataFrame(
                [(e.date, e.until, text.of(e.label)) for e in events], columns=list(columns)
            )
            for name in columns[:2]:
                rows[name] = pd.to_datetime(rows[name])
            asked = st.data_editor(
                rows,
                num_rows="dynamic",
                hide_index=True,
                width="stretch",
                column_config={
                    columns[0]: st.column_config.DateColumn(),
                    columns[1]: st.column_config.DateColumn(),
                    columns[2]: st.column_config.TextColumn(max_chars=MAX_LETTERS),
                },
                key="event_rows",
            )
            if st.form_submit_button(text("Save")):
                told = read_events(text, asked.itertuples(index=False, name=None), events)
                if told is None:
                    st.error(text("Each event needs a date and a name, and an end after its date."))
                    return
                save_edit(saved, with_events(plan, told), text("Events"))
                st.rerun()


def read_events(
    text: Text, rows: Iterable[Sequence[Any]], before: Sequence[EventMark]
) -> list[EventMark] | None:
    """Read the rows of the editor; None when one is incomplete.

    A name left as it was keeps its words in both languages.
    """
    labels = {text.of(event.label): event.label for event in before}
    found = []
    for start, until, name in rows:
        words = "" if pd.isna(name) else str(name).strip()
        if pd.isna(start) and pd.isna(until) and not words:
            continue
        if pd.isna(start) or not words:
            return None
        first = pd.Timestamp(start).date()
        last = None if pd.isna(until) else pd.Timestamp(until).date()
        if last is not None and last < first:
            return None
        found.append(EventMark(date=first, until=last, label=labels.get(words, words)))
    return found


def with_events(plan: StudyPlan, events: list[EventMark]) -> StudyPlan:
    """Keep all events in one place: with the sign-in sheet, else with the rules of retention."""
    rule = plan.retention
    if plan.attendance is None:
        return plan.model_copy(update={"retention": rule.model_copy(update={"events": events})})
    return plan.model_copy(
        update={
            "attendance": plan.attendance.model_copy(update={"events": events}),
            "retention": rule.model_copy(update={"events": []}),
        }
    )

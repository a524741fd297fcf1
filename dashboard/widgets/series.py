"""Months before and after dated events, and the events themselves: shown, declared, changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from analysis.evaluation import Evaluation
from analysis.interruptions import find_interruptions
from analysis.plan import StudyPlan
from analysis.plan_tables import EventMark
from analysis.results import Suppressed
from dashboard.cache import current_saved
from dashboard.figures.series import draw_series
from dashboard.sentences import say_finding
from dashboard.sentences.series import say_refusal, say_series_model
from dashboard.tables.series import list_events, list_series
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import refuse_change, show_figure, show_table
from dashboard.workspace.editing import save_edit

MAX_LETTERS = 60


def show_series(text: Text, evaluation: Evaluation, names: Sequence[str]) -> None:
    """Show each series of a page in which an event was declared, else nothing."""
    for found in evaluation.time_series:
        if found.name not in names:
            continue
        refused = [say_refusal(text, event) for event in found.events if event.refused]
        if found.fitted and not any(isinstance(v, Suppressed) for v in found.values):
            show_figure(
                draw_series(found, text),
                title=text.join([say_finding(text, one) for one in find_interruptions([found])]),
                subtitle=say_series_model(text, found),
                alt=text("Dots by month, lines of the model, the earlier trend dashed."),
                table=list_series(found, text),
                key=f"series_{found.name}",
            )
            show_table(list_events(found, text), key=f"series_events_{found.name}")
        elif refused:
            st.header(text("Before and after the events"), anchor=False)
            st.markdown("  \n".join(escape_markdown(line) for line in refused))


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

"""Parts of the volunteers page: what to do next, groups side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.volunteers.results import RetentionByGroup, Volunteers
from dashboard.cache import whole_study
from dashboard.figures.retention import draw_groups
from dashboard.sentences.incomplete import say_incomplete_roster
from dashboard.sentences.volunteers import name_comparison, say_comparison
from dashboard.state import current_audience, current_text
from dashboard.tables import volunteers as tables
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_figure, show_table
from dashboard.widgets.people_filters import show_missing


def show_no_team(text: Text, evaluation: Evaluation | None) -> None:
    """Say which data about volunteers are missing, or what those there lack."""
    study = whole_study()
    lacking = ""
    if study is not None:
        lacking = say_incomplete_roster(text, study, current_audience())
    if lacking:
        show_missing(text("Who stays is not recorded"), lacking, evaluation, "volunteers")
    else:
        needed = text("Upload a roster with joining dates, a service log, or both.")
        show_missing(text("No volunteers yet"), needed, evaluation, "volunteers")


def show_next_steps(steps: Sequence[str]) -> None:
    """Show what the data suggest to do, if anything."""
    if not steps:
        return
    text = current_text()
    st.header(text("What to do next"), anchor=False)
    st.caption(text("From the data, for the organisation only."))
    for step in steps:
        with st.container(border=True):
            st.markdown(escape_markdown(step))


def show_comparisons(text: Text, found: Volunteers) -> None:
    """Show one comparison of groups, chosen by name."""
    shown = [*found.by_group, *([found.landmark] if found.landmark else [])]
    shown = [c for c in shown if any(group.curve for group in c.groups)]
    if not shown:
        return
    names = {name_comparison(text, comparison): comparison for comparison in shown}
    st.header(text("Who stays longer"), anchor=False)
    chosen = st.selectbox(text("Compare by"), list(names), key="volunteer_groups")
    _show_comparison(text, names[chosen])


def _show_comparison(text: Text, comparison: RetentionByGroup) -> None:
    show_figure(
        draw_groups(comparison, text),
        title=say_comparison(text, comparison),
        subtitle=text("Share still serving, by group."),
        alt=text("Step curves of the share still serving, one for each group."),
        table=tables.list_groups(comparison, text),
        key="groups",
    )
    with st.expander(text("Tests")):
        show_table(tables.list_tests(comparison, text), key="group_tests")


def show_definitions(text: Text, found: Volunteers) -> None:
    """Show retention by each definition, and what another lapse window would say."""
    st.header(text("Retention, by each definition"), anchor=False)
    show_table(tables.list_retention(found, text), key="retention")
    if found.sensitivity:
        st.header(text("If another gap counted as leaving"), anchor=False)
        show_table(tables.list_sensitivity(found, text), key="sensitivity")

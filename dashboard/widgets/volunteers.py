"""Parts of the volunteers page: what to do next, groups side by side."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.volunteers.results import Volunteers
from dashboard.cache import whole_study
from dashboard.content.topics import stays
from dashboard.sentences.incomplete import say_incomplete_roster
from dashboard.state import current_audience, current_text
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_parts
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
    comparisons = stays.list_comparisons(found, text)
    if not comparisons:
        return
    st.header(text("Who stays longer"), anchor=False)
    chosen = st.selectbox(text("Compare by"), list(comparisons), key="volunteer_groups")
    show_parts(stays.make_section(comparisons[chosen], text))

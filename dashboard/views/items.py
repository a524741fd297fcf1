"""The page of the answers to each question."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.topics import items
from dashboard.state import current_text
from dashboard.widgets.by_group import show_by_group
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_empty, show_section
from dashboard.widgets.profile import is_profile


def show() -> None:
    """Show the answers page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    missing = items.find_missing(evaluation, text)
    if missing is not None:
        show_empty(missing.title, missing.needed)
    if missing is not None or evaluation is None or study is None:
        return
    head = st.container()
    show_filters()
    names = list(dict.fromkeys(one.measure for one in evaluation.items))
    measure = study.measure(choose_measure(text, study, names))
    own = [one for one in evaluation.items if one.measure == measure.name]
    bars = items.is_drawn(measure, own) and not items.is_right_or_yes(measure)
    stacked = bars and st.toggle(text("Stack from 0 to 100 %"), key="stacked")
    section = items.make_section(evaluation, study, text, measure.name, stacked=stacked)
    show_section(section, head)
    if is_profile(evaluation):
        show_by_group(text, [measure.name])

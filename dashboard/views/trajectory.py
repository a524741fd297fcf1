"""Trajectory: how far did it move by each wave, and did it hold."""

from __future__ import annotations

import streamlit as st

from analysis.surveys.findings import find_trajectory
from dashboard.cache import current_evaluation, current_study
from dashboard.content.model import Card
from dashboard.figures.trajectory import draw_trajectory
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.trajectory import list_trajectory_cards, say_trajectory_people
from dashboard.state import current_text
from dashboard.tables.trajectory import list_contrasts, list_patterns, list_waves
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import (
    show_cards,
    show_cautions,
    show_empty,
    show_figure,
    show_page,
    show_table,
)


def show() -> None:
    """Show the trajectory page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.trajectory:
        needed = text(
            "A course needs a measure asked in three or more waves, for example before, after and "
            "at follow-up."
        )
        show_empty(text("No course to show yet"), needed)
        show_filters()
        return
    head = st.container()
    show_filters()
    names = list(dict.fromkeys(course.measure for course in evaluation.trajectory))
    name = choose_measure(text, study, names)
    courses = [course for course in evaluation.trajectory if course.measure == name]
    measure = study.measure(name)
    with head:
        show_page(
            say_finding(text, find_trajectory(study, courses[0])),
            say_trajectory_people(text, courses),
        )
    cards = list_trajectory_cards(text, courses[0], measure)
    show_cards([Card(value=value, meaning=what) for value, what in cards])
    left, right = st.columns([3, 2], gap="large")
    with left:
        show_figure(
            draw_trajectory(courses, measure, text),
            title=text("Level in each wave"),
            subtitle=text(
                "{measure}: expected had everyone answered, with 95 % interval.",
                measure=text.of(measure.label, name),
            ),
            alt=text("Line of the level in each wave, with its interval."),
            table=list_waves(courses, study.plan, text),
            key="trajectory",
        )
    with right:
        if courses[0].patterns:
            st.header(text("Who answered which waves"), anchor=False)
            show_table(list_patterns(courses, text), key="patterns")
        if len(courses) > 1:
            st.caption(text("The difference between the groups is on the page Comparison."))
    show_cautions(
        list(dict.fromkeys(say_caution(text, c) for one in courses for c in one.cautions))
    )
    st.header(text("Against baseline, and is it held?"), anchor=False)
    show_table(list_contrasts(evaluation.trajectory, study.plan, text), key="contrasts")

"""Dose: did those who came more often change more. An association, never proof."""

from __future__ import annotations

import streamlit as st

from analysis.surveys.findings import find_dose
from dashboard.cache import current_evaluation, current_study
from dashboard.figures.dose import draw_dose
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.dose import say_linked
from dashboard.sentences.few import has_few, say_marked
from dashboard.state import current_text
from dashboard.tables.dose import list_doses, list_points
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_cautions, show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the dose page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.dose:
        needed = text(
            "Upload a sign-in sheet with the same codes as the survey: then the change can be "
            "set beside the sessions each person attended."
        )
        show_empty(text("No attendance linked to answers yet"), needed)
        show_filters()
        return
    head = st.container()
    show_filters()
    name = choose_measure(text, study, [one.measure for one in evaluation.dose])
    dose = next(one for one in evaluation.dose if one.measure == name)
    with head:
        show_page(say_finding(text, find_dose(study, dose)), say_linked(text, dose))
    measure, least = study.measure(name), study.plan.study.min_group
    show_figure(
        draw_dose(dose, measure, text, least),
        title=text("Change by sessions attended"),
        subtitle=text(
            "{measure}: mean change with 95 % interval; larger dots, more people. "
            "Line: adjusted for the start.",
            measure=text.of(measure.label, name),
        ),
        alt=text("Dots of the mean change by number of sessions attended."),
        table=list_points(dose, measure, text, least),
        key="dose",
    )
    if has_few((n for _, n, _ in dose.points), least):
        st.caption(say_marked(text, least))
    show_cautions([say_caution(text, caution) for caution in dose.cautions])
    st.header(text("Change per session, adjusted for the start"), anchor=False)
    show_table(list_doses(evaluation.dose, study.plan, text), key="doses")

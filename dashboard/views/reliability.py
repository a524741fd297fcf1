"""Reliability: do the questions of a measure belong together."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.study import Study
from analysis.surveys.response_shift import list_response_shifts
from dashboard.cache import current_evaluation, current_study
from dashboard.figures.reliability import draw_reliability
from dashboard.sentences import say_finding
from dashboard.sentences.measurement import MEANING, say_compared, say_fit_rule, say_loadings
from dashboard.sentences.reliability import say_how_measured, say_suspects
from dashboard.state import current_text
from dashboard.tables.measurement import (
    list_factor_fits,
    list_invariance,
    list_response_shift_rows,
    list_shifts,
)
from dashboard.tables.reliability import list_items, list_reliability
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_cautions, show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the reliability page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.reliability:
        needed = text(
            "A measure of two or more questions is needed to tell how they hang together."
        )
        show_empty(text("No scale to judge yet"), needed)
        return
    found = evaluation.findings_about("reliability")
    title = say_finding(text, found[0]) if found else text("Reliability")
    show_page(title, say_how_measured(text))
    show_filters()
    show_figure(
        draw_reliability(evaluation.reliability, study.plan, text),
        title=text("How well the questions hang together"),
        subtitle=text("Alpha with 95 % interval; hollow: before, solid: after; line: 0.70."),
        alt=text("Dots of alpha with intervals for each measure and wave."),
        table=list_reliability(evaluation.reliability, study.plan, text),
        key="reliability",
    )
    show_cautions(say_suspects(text, evaluation.reliability, study.plan))
    _show_meaning(text, evaluation, study)
    _show_one_factor(text, evaluation, study)
    st.header(text("Question by question"), anchor=False)
    names = list(dict.fromkeys(one.measure for one in evaluation.reliability))
    chosen = choose_measure(text, study, names)
    rows = [one for one in evaluation.reliability if one.measure == chosen]
    show_table(list_items(rows, study.plan, text), key="reliability_items")


def _show_meaning(text: Text, evaluation: Evaluation, study: Study) -> None:
    """Whether the questions mean the same at both times: the answer, then question by question."""
    said = [f for f in evaluation.findings_about("reliability") if f.code.startswith(MEANING)]
    if not said:
        return
    st.header(text("Do the questions measure the same thing at both times?"), anchor=False)
    st.markdown("\n".join(f"- {escape_markdown(say_finding(text, f))}" for f in said))
    labels = {m.name: text.of(m.label, m.name) for m in study.plan.measures}
    for one in evaluation.measurement:
        with st.expander(escape_markdown(labels[one.measure])):
            st.caption(escape_markdown(say_compared(text, one)))
            measure = study.measure(one.measure)
            show_table(list_shifts(one, measure, text), key=f"shifts_{one.measure}")
            st.markdown(escape_markdown(say_loadings(text, one)))
    plan = study.plan.survey
    shifts = list_response_shifts(evaluation.outcomes, plan.retrospective if plan else ())
    if shifts:
        st.header(text("Retrospective baseline (then-test)"), anchor=False)
        show_table(list_response_shift_rows(shifts, study.plan, text), key="response_shift")


def _show_one_factor(text: Text, evaluation: Evaluation, study: Study) -> None:
    st.header(text("Does one factor describe the answers?"), anchor=False)
    st.caption(escape_markdown(say_fit_rule(text)))
    show_table(list_factor_fits(evaluation.reliability, study.plan, text), key="one_factor")
    fits = list_invariance(evaluation.measurement, study.plan, text)
    if len(fits):
        show_table(fits, key="invariance")

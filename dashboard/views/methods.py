"""Methods: a paragraph to paste into a report, the checklist, and the flow of people."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_study
from dashboard.content.flow import count_analysed, draw_flow
from dashboard.sentences.methods import say_methods
from dashboard.state import current_text
from dashboard.tables.methods import list_checklist, list_settings
from dashboard.widgets.page import show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the methods page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None:
        show_empty(text("No study is open"), text("Open the sample or upload your files."))
        return
    show_page(
        text("How these numbers were made"),
        text("Copy the paragraph into your report; it is written from the data and the settings."),
    )
    st.code("\n\n".join(say_methods(text, evaluation, study.plan)), language=None, wrap_lines=True)
    if evaluation.flow is not None:
        show_figure(
            draw_flow(evaluation.flow, text, count_analysed(evaluation)),
            title=text("Flow of people"),
            alt=text("Boxes from the rows received to the people who answered both times."),
            key="methods_flow",
        )
    st.header(text("Reporting checklist (TREND)"), anchor=False)
    st.caption(text("What the data can tell is filled in; the rest is yours to write."))
    show_table(list_checklist(evaluation, study.plan, text), key="checklist")
    st.header(text("Settings"), anchor=False)
    show_table(list_settings(study.plan, text), key="settings")
    st.caption(text("docs/glossary.md explains each term, docs/methods.md each method."))

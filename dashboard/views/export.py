"""Export: one format and language at a time, with what is inside; every table on its own."""

from __future__ import annotations

from functools import partial

import streamlit as st

from dashboard.cache import current_release, current_saved, whole_study
from dashboard.exports.report import build_report
from dashboard.state import current_audience, current_text
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.exports import (
    choose_audience,
    list_formats,
    show_certificate,
    show_download,
    show_inside,
    show_page_image,
    show_single_tables,
)
from dashboard.widgets.page import show_empty, show_page
from dashboard.workspace.releases import save_release


def show() -> None:
    """Show the export page."""
    text, study, saved = current_text(), whole_study(), current_saved()
    if saved is None or study is None:
        show_empty(
            text("There is nothing to export yet"), text("Open the sample or upload your files.")
        )
        return
    show_page(
        text("Take the results with you"),
        text("All numbers are those of the whole study; filters do not apply here."),
    )
    left, right = st.columns([2, 3], gap="large")
    with left:
        words = Text(_choose_language(text))
        audience = choose_audience(text)
        made = current_release(audience)
        if made is None:
            return
        evaluation, release = made
        formats = list_formats(text, current_audience())
        ending = st.radio(
            text("Format"), list(formats), format_func=lambda e: formats[e].name, key="export_form"
        )
        record = None
        if release is not None and not saved.read_only:
            record = partial(save_release, saved.id, release)
        show_download(text, formats[ending], evaluation, study, words, record)
    report = build_report(evaluation, study, words, audience)
    with right:
        if ending == "pdf":
            show_page_image(text, evaluation, study, words)
        else:
            show_inside(text, report)
    show_certificate(text, report.stamp)
    show_single_tables(text, report, record)
    st.caption(report.stamped)


def _choose_language(text: Text) -> str:
    languages = list(LANGUAGES)
    chosen = st.segmented_control(
        text("Language of the report"),
        languages,
        default=text.language,
        format_func=lambda language: LANGUAGES[language],
        required=True,
        key="export_language",
    )
    return str(chosen or text.language)

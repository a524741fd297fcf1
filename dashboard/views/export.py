"""Export: one format and language at a time, with what is inside; every table on its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from analysis.disclosure import RefusedReleaseError, list_costs
from analysis.evaluation import Evaluation
from analysis.results import Audience
from dashboard.cache import current_release, current_saved, evaluator_evaluation, whole_study
from dashboard.exports.report import build_report
from dashboard.sentences import say_error
from dashboard.state import current_audience, current_text
from dashboard.text import LANGUAGES, Text
from dashboard.widgets.exports import (
    Costs,
    choose_audience,
    list_formats,
    show_certificate,
    show_download,
    show_inside,
    show_page_image,
    show_single_tables,
)
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import may_change, show_empty, show_page
from dashboard.widgets.seen import show_seen


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
        made = _release(text, audience)
        if made is None:
            return
        evaluation, record = made
        formats = list_formats(text, current_audience())
        ending = st.radio(
            text("Format"), list(formats), format_func=lambda e: formats[e].name, key="export_form"
        )
        show_download(text, formats[ending], evaluation, study, words, record)
    report = build_report(evaluation, study, words, audience)
    with right:
        if ending == "pdf":
            show_page_image(text, evaluation, study, words)
        else:
            show_inside(text, report)
    show_certificate(text, report.stamp, _list_costs(evaluation))
    show_single_tables(text, report, record)
    if may_change(saved):
        show_seen(text, saved)
    st.caption(report.stamped)


def _release(text: Text, audience: Audience) -> tuple[Evaluation, Callable[[], None] | None] | None:
    """Make the release; where it is refused, say why and what an evaluator can do."""
    try:
        return current_release(audience)
    except RefusedReleaseError as error:
        st.error(escape_markdown(say_error(text, error)))
        saved = current_saved()
        if saved is not None and may_change(saved):
            st.info(
                text(
                    "What you can do: wait until more people have joined or answered, or go back "
                    "to the version that readers know (Versions, on the page of the data). Pages "
                    "that only you looked at can be forgotten below."
                )
            )
            show_seen(text, saved, opened=True)
        return None


def _list_costs(shown: Evaluation) -> Sequence[Costs]:
    """What protection costs: in numbers for the evaluator, who sees the lists left out anyway."""
    whole = evaluator_evaluation()
    if current_audience() != "evaluator" or whole is None:
        return shown.disclosure.costs
    return list_costs(whole, shown)


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

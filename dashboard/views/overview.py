"""Overview: the answer, what needs attention, the findings of every section, then cautions."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation, current_saved, current_study
from dashboard.sentences import say_finding
from dashboard.sentences.incomplete import list_incomplete
from dashboard.sentences.overview import group_findings, list_problems
from dashboard.state import current_audience, current_text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.folder import show_new_files
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.overview import (
    list_cards,
    list_cautions,
    show_area,
    show_changes,
    show_problems,
)
from dashboard.widgets.page import show_cards, show_cautions, show_empty, show_page
from dashboard.widgets.profile import is_profile, list_profile_cards, show_profile

_MAX_CARDS = 4


def show() -> None:
    """Show the whole evaluation in sentences."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None:
        show_empty(text("No study is open"), text("Open the sample or upload your files."))
        return
    findings = list(evaluation.findings)
    title = say_finding(text, findings[0]) if findings else text("Nothing can be concluded yet.")
    show_page(title, text.of(dict(evaluation.title)))
    show_new_files(text, current_saved())
    show_filters()
    for line in list_incomplete(text, study, current_audience()):
        st.info(escape_markdown(line))
    once = is_profile(evaluation)
    known = list_profile_cards(text, evaluation, study) if once else []
    show_cards([*known, *list_cards(text, evaluation)][:_MAX_CARDS])
    if once:
        show_profile(text, evaluation, study)
    problems = list_problems(findings[1:])
    left, right = st.columns([3, 2], gap="large") if evaluation.outcomes else [st.container()] * 2
    with left:
        show_changes(text, evaluation, study)
    with right:
        show_problems(text, problems)
    rest = [finding for finding in findings[1:] if finding not in problems]
    with st.grid(2, min_column_width=340, gap="medium"):
        for area, found in group_findings(rest).items():
            show_area(text, area, found)
    show_cautions(list_cautions(text, evaluation))

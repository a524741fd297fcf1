"""What was noticed in the files behind a page: each with its rows, left out or kept."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.issues import Issue
from analysis.study import Study
from dashboard.cache import whole_study
from dashboard.sentences import say_issue
from dashboard.state import current_audience, current_text
from dashboard.widgets.markdown import escape_markdown


def show_file_notes(sections: Sequence[str]) -> None:
    """Show, folded away, what was noticed in the files of these sections of the study file."""
    if current_audience() != "evaluator":
        return  # rows and cells of the files
    study, text = whole_study(), current_text()
    found = list_file_notes(study, sections) if study is not None else []
    if not found:
        return
    label = text.count(
        "{n} note on the files of this page", "{n} notes on the files of this page", len(found)
    )
    with st.expander(label):
        st.markdown("\n".join(f"- {escape_markdown(say_issue(text, one))}" for one in found))


def list_file_notes(study: Study, sections: Sequence[str]) -> list[Issue]:
    """Issues of the files that the sections read."""
    plans = [getattr(study.plan, name, None) for name in sections]
    paths = {plan.path for plan in plans if plan is not None}
    return [issue for issue in study.issues if issue.file in paths]

"""Step 5: read everything with the plan, show what was found, save it as a version."""

from __future__ import annotations

import streamlit as st

from analysis.errors import LeveeError
from analysis.study_file import StudyPlan
from dashboard.cache import read_drafted_study
from dashboard.navigation import find_page
from dashboard.sentences import say_error, say_issue
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import show_buttons
from dashboard.workspace.store import SavedStudy, save_version

_LISTED = 12


def show_checks(text: Text, saved: SavedStudy, plan: StudyPlan) -> None:
    """Show problems in the data before the results, and the button that saves."""
    try:
        study = read_drafted_study(saved, plan)
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))
        show_buttons(text, saved)
        return
    for issue in study.issues[:_LISTED]:
        st.markdown(f"- {escape_markdown(say_issue(text, issue))}")
    if not study.issues:
        st.success(text("Nothing stood out."))
    left = len(study.issues) - _LISTED
    if left > 0:
        st.caption(text("{n} more are listed on Quality.", n=text.number(left, 0)))
    title = st.text_input(
        text("Title of the study"), value=text.of(plan.study.title) or saved.title, key="title"
    )
    if st.button(text("Save and see the results"), type="primary", key="finish"):
        told = plan.study.model_copy(update={"title": title, "language": text.language})
        save_version(saved.id, plan.model_copy(update={"study": told}))
        st.switch_page(find_page(text, "overview"))
    show_buttons(text, saved)

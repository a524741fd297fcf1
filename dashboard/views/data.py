"""Data: five saved steps from the files to the results."""

from __future__ import annotations

import streamlit as st

from analysis.errors import IntakeError
from analysis.study_file import StudyPlan
from dashboard.cache import current_saved, read_drafted_tables
from dashboard.navigation import HOME, find_page
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.page import show_page
from dashboard.widgets.wizard_answers import show_answers
from dashboard.widgets.wizard_checks import show_checks
from dashboard.widgets.wizard_columns import show_columns
from dashboard.widgets.wizard_files import show_files, show_uploader
from dashboard.widgets.wizard_preview import show_preview
from dashboard.widgets.wizard_steps import current_step, drafted_plan, keep_plan, show_steps
from dashboard.workspace.store import SavedStudy


def show() -> None:
    """Show the step the open study stands at."""
    text, saved = current_text(), current_saved()
    show_page(
        text("From your files to the results in five steps"),
        text("Each step is saved. Close the page and come back where you were."),
    )
    if saved is None:
        show_uploader(text, None)
    elif saved.read_only:
        st.info(text("The sample cannot be changed. Start a study of your own."))
        st.page_link(find_page(text, HOME), label=text("Start a study"))
    else:
        show_steps(text, saved)
        _show_step(text, saved, current_step(saved))


def _show_step(text: Text, saved: SavedStudy, step: int) -> None:
    if step == 0 or not saved.files:
        show_files(text, saved)
        return
    if step == 1:
        show_preview(text, saved)
        return
    plan = _plan(saved)
    read = read_drafted_tables(saved).items()
    columns = {n: [c.name for c in t.columns] for n, t in read if not isinstance(t, IntakeError)}
    if step == 2:
        show_columns(text, saved, plan, columns)
    elif step == 3:
        show_answers(text, saved, plan, columns)
    else:
        show_checks(text, saved, plan)


def _plan(saved: SavedStudy) -> StudyPlan:
    """The drafted plan; the first time it is proposed from the files."""
    drafted = drafted_plan(saved)
    if drafted is not None:
        return drafted
    from analysis.intake.proposal import propose_plan

    tables = read_drafted_tables(saved)
    proposed = propose_plan(
        {name: table for name, table in tables.items() if not isinstance(table, IntakeError)}
    )
    keep_plan(saved, proposed)
    return proposed

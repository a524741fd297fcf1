"""Data: five saved steps from the files to the results."""

from __future__ import annotations

import streamlit as st

from analysis.errors import IntakeError
from analysis.plan import StudyPlan
from dashboard.cache import current_saved, read_drafted_tables
from dashboard.navigation import HOME, find_page
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.folder import show_folder_setting, show_new_files
from dashboard.widgets.page import refuse_audience, show_page
from dashboard.widgets.pull import show_pull
from dashboard.widgets.uploader import (
    cancel_first_reading,
    end_first_reading,
    show_uploader,
)
from dashboard.widgets.versions import show_versions
from dashboard.widgets.wizard_answers import show_answers
from dashboard.widgets.wizard_checks import show_checks
from dashboard.widgets.wizard_clash import remember_plan, show_clash, shown_plan
from dashboard.widgets.wizard_columns import show_columns
from dashboard.widgets.wizard_files import show_files
from dashboard.widgets.wizard_preview import show_preview
from dashboard.widgets.wizard_renew import renew_plan
from dashboard.widgets.wizard_steps import (
    Draft,
    current_step,
    place_of,
    show_steps,
)
from dashboard.workspace.store import SavedStudy

_STEPS = (show_files, show_preview, show_columns, show_answers, show_checks)


def show() -> None:
    """Show the step the open study stands at."""
    text, saved = current_text(), current_saved()
    if refuse_audience(text("Data")):
        return
    show_page(
        text("From your files to the results in five steps"),
        text("Each step is saved. Close the page and come back where you were."),
    )
    show_new_files(text, saved)
    if saved is None or (not saved.read_only and not saved.files):
        if show_uploader(text, saved):
            st.rerun()
        show_pull(text, saved)
    elif saved.read_only:
        st.info(text("The sample cannot be changed. Start a study of your own."))
        st.page_link(find_page(text, HOME), label=text("Start a study"))
    else:
        _show_wizard(text, saved)


def _show_wizard(text: Text, saved: SavedStudy) -> None:
    read = read_drafted_tables(saved, cancel_first_reading(saved.id))
    end_first_reading()
    tables = {key: table for key, table in read.items() if not isinstance(table, IntakeError)}
    plan = shown_plan(saved)
    if saved.drafts.get("stale") or (plan is None and tables):
        renew_plan(text, saved, plan, tables)
        st.rerun()
    plan = plan or StudyPlan()  # no file can be read: nothing was proposed
    places = {place_of(key, table): table for key, table in tables.items()}
    show_clash(text, saved)
    show_steps(text, saved)
    _STEPS[current_step(saved) if tables else 0](
        Draft(text=text, saved=saved, plan=plan, tables=places)
    )
    show_pull(text, saved)
    show_folder_setting(text, saved)
    show_versions(text, saved)
    remember_plan(saved.id, plan)

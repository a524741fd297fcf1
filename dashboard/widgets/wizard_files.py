"""Step 1: the files, as they are, and what each was recognised as."""

from __future__ import annotations

import streamlit as st

from analysis.errors import IntakeError
from analysis.intake.model import Table
from analysis.intake.propose.next_wave import asked_questions, lacking_questions
from dashboard.cache import profile_columns, read_drafted_tables
from dashboard.sentences import say_error
from dashboard.sentences.names import format_name, use_name, wave_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.personal import show_key_file, show_personal
from dashboard.widgets.uploader import show_uploader
from dashboard.widgets.wizard_preview import show_encoding
from dashboard.widgets.wizard_questions import is_unanswered
from dashboard.widgets.wizard_rounds import is_order_open
from dashboard.widgets.wizard_scales import is_confirmed, list_open_scales
from dashboard.widgets.wizard_steps import LAST, Draft, go_to, place_of
from dashboard.widgets.wizard_usage import show_usage
from dashboard.workspace.plan_edit import (
    SURVEY,
    Place,
    list_gaps,
    source_counts,
    survey_file,
    use_of,
)
from dashboard.workspace.store import SavedStudy, delete_file, save_draft

UNSURE = 0.7
"""Columns recognised with less confidence are shown first."""


def show_files(draft: Draft) -> None:
    """Show what each file is, its errors in words, and the short way to the results."""
    for key, table in read_drafted_tables(draft.saved).items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            with st.container(gap="xsmall"):
                st.markdown(f"**{escape_markdown(key)}**")
                _show_table(draft, key, table)
                if key in draft.saved.files:
                    show_personal(draft.text, draft.saved, key)
            if key in draft.saved.files:
                _show_remove(draft.text, draft.saved, key)
    show_key_file(draft.text, draft.saved)
    if draft.tables:
        _show_way_on(draft)
    if show_uploader(draft.text, draft.saved):
        st.rerun()


def _show_table(draft: Draft, key: str, table: Table | IntakeError) -> None:
    text = draft.text
    if isinstance(table, IntakeError):
        st.error(escape_markdown(say_error(text, table)))
        show_encoding(text, draft.saved, key, "")
        return
    at = place_of(key, table)
    use = use_of(draft.plan, at)
    wave = survey_file(draft.plan, at).wave if use == SURVEY else None
    told = text(
        "{rows} rows, {columns} columns",
        rows=text.number(len(table.row_numbers), 0),
        columns=text.number(len(table.columns), 0),
    )
    parts = [use_name(text, use), wave_name(text, wave), told, format_name(text, table.format)]
    st.caption(escape_markdown(" · ".join(part for part in parts if part)))
    show_usage(text, draft.plan, at, table)
    _show_lacking(draft, at, table)


def _show_lacking(draft: Draft, at: Place, table: Table) -> None:
    """Say which questions a table lacks that was not taken for the next wave of the survey."""
    survey = draft.plan.survey
    if use_of(draft.plan, at) or survey is None or not survey.files:
        return
    known = {one.file: t for one, t in draft.tables.items() if use_of(draft.plan, one) == SURVEY}
    lacking = lacking_questions(draft.plan, known, table)
    asked = len(asked_questions(draft.plan, known))
    if lacking and len(lacking) < asked:
        words = draft.text(
            "Not taken as the next survey: {n} of {of} questions are missing: {questions}",
            n=draft.text.number(len(lacking), 0),
            of=draft.text.number(asked, 0),
            questions=", ".join(question[:60] for question in lacking[:5]),
        )
        st.warning(escape_markdown(words))


def _show_remove(text: Text, saved: SavedStudy, name: str) -> None:
    st.button(
        text("Remove"), key=f"remove_{name}", type="tertiary", on_click=_remove, args=(saved, name)
    )


def _show_way_on(draft: Draft) -> None:
    """One click to the checks when all is clear; else the next step is the way."""
    text, unsure = draft.text, count_unsure(draft)
    clear = unsure == 0 and is_complete(draft)
    if clear:
        st.markdown(
            text("Every file and column was recognised. You can go straight to the checks.")
        )
    else:
        st.markdown(
            text.count(
                "{n} column or file needs a look: it comes first in steps 2 and 3.",
                "{n} columns or files need a look: they come first in steps 2 and 3.",
                max(unsure, 1),
            )
        )
    with st.container(horizontal=True):
        ways = [
            (text("Look at each step"), "wizard_next", 1),
            (text("Go to the checks"), "to_checks", LAST),
        ]
        for label, key, step in reversed(ways) if clear else ways:
            first = (step == LAST) == clear
            st.button(
                label,
                key=key,
                type="primary" if first else "secondary",
                on_click=go_to,
                args=(draft.saved, step),
            )


def is_complete(draft: Draft) -> bool:
    """Whether each table has a use, and the survey something to measure."""
    used = all(use_of(draft.plan, at) for at in draft.tables)
    return used and (draft.plan.survey is None or bool(draft.plan.measures))


def count_unsure(draft: Draft) -> int:
    """Survey columns recognised with little confidence; tables with no use or an open question."""
    surveys = [
        table
        for at, table in draft.tables.items()
        if use_of(draft.plan, at) == SURVEY and source_counts(draft.plan, at) is None
    ]
    unsure = sum(one.confidence < UNSURE for t in surveys for one in profile_columns(t))
    asked = sum(
        not use_of(draft.plan, at)
        or bool(list_gaps(draft.plan, at))
        or is_unanswered(draft, at, table)
        for at, table in draft.tables.items()
    )
    scales = sum(
        not is_confirmed(draft, draft.plan.measures[at]) for at, _ in list_open_scales(draft)
    )
    rounds = is_order_open(draft)
    return unsure + asked + scales + rounds


def _remove(saved: SavedStudy, name: str) -> None:
    delete_file(saved.id, name)
    save_draft(saved.id, "stale", True)

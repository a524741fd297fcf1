"""Step 3: what each file is, and which column plays which part; the unsure ones first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from analysis.study_file import StudyPlan
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_names import field_name, use_name
from dashboard.widgets.wizard_steps import keep_plan, show_buttons
from dashboard.workspace.plan_edit import (
    FIELDS,
    NEEDED,
    SURVEY,
    column_of,
    survey_columns,
    use_of,
    with_breakdown,
    with_column,
    with_use,
    with_wave,
)
from dashboard.workspace.store import SavedStudy


def show_columns(
    text: Text, saved: SavedStudy, plan: StudyPlan, tables: Mapping[str, Sequence[str]]
) -> None:
    """Show for each file what it is used as and its columns' parts."""
    for file, columns in tables.items():
        with st.container(border=True):
            st.markdown(f"**{escape_markdown(file)}**")
            _show_use(text, saved, plan, file, columns)
            use = use_of(plan, file)
            if use:
                _show_parts(text, saved, plan, file, use, columns)
    _show_breakdown(text, saved, plan, tables)
    show_buttons(text, saved, ready=any(use_of(plan, file) for file in tables))


def _show_use(
    text: Text, saved: SavedStudy, plan: StudyPlan, file: str, columns: Sequence[str]
) -> None:
    key, uses = f"use_{file}", ["", *FIELDS]
    st.selectbox(
        text("What is this file?"),
        uses,
        index=uses.index(use_of(plan, file)),
        format_func=lambda use: use_name(text, use),
        key=key,
        on_change=lambda: keep_plan(
            saved, with_use(plan, file, st.session_state[key], list(columns))
        ),
    )


def _show_parts(
    text: Text, saved: SavedStudy, plan: StudyPlan, file: str, use: str, columns: Sequence[str]
) -> None:
    with st.grid(3, min_column_width=200):
        if use == SURVEY:
            _show_wave(text, saved, plan, file)
        for field in FIELDS[use]:
            _show_part(text, saved, plan, file, field, columns, needed=field in NEEDED.get(use, ()))


def _show_part(
    text: Text,
    saved: SavedStudy,
    plan: StudyPlan,
    file: str,
    field: str,
    columns: Sequence[str],
    *,
    needed: bool,
) -> None:
    chosen, key = column_of(plan, file, field), f"part_{file}_{field}"
    options = list(columns) if needed else [None, *columns]
    st.selectbox(
        field_name(text, field),
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda column: text("– none –") if column is None else column,
        key=key,
        on_change=lambda: keep_plan(saved, with_column(plan, file, field, st.session_state[key])),
    )


def _show_wave(text: Text, saved: SavedStudy, plan: StudyPlan, file: str) -> None:
    survey = plan.survey
    source = next(one for one in survey.files if one.path == file) if survey else None
    if survey is None or source is None:
        return
    options, key = [None, *survey.waves], f"wave_{file}"
    st.selectbox(
        text("All rows belong to"),
        options,
        index=options.index(source.wave) if source.wave in options else 0,
        format_func=lambda wave: text("told by a column") if wave is None else wave,
        key=key,
        on_change=lambda: keep_plan(saved, with_wave(plan, file, st.session_state[key])),
    )


def _show_breakdown(
    text: Text, saved: SavedStudy, plan: StudyPlan, tables: Mapping[str, Sequence[str]]
) -> None:
    if plan.survey is None:
        return
    options = survey_columns(plan, tables)
    st.multiselect(
        text("Break results down by"),
        options,
        default=[name for name in plan.survey.disaggregate if name in options],
        placeholder=text("Nothing chosen"),
        key="breakdown",
        on_change=lambda: keep_plan(saved, with_breakdown(plan, st.session_state["breakdown"])),
    )

"""Step 3: what each table is, and which column plays which part; the unsure ones first."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.intake.model import Table
from analysis.intake.propose.column_roles import ColumnProfile
from analysis.intake.propose.next_wave import join_survey
from analysis.intake.propose.propose_counts import recognise_counts
from analysis.intake.read.table_purpose import KNOWN_TABLES, locate_fields
from analysis.plan import TABLES, StudyPlan
from dashboard.cache import profile_columns
from dashboard.sentences.names import column_name, use_name, wave_name
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_counts import COUNTED, show_counts
from dashboard.widgets.wizard_files import UNSURE
from dashboard.widgets.wizard_groups import show_groups
from dashboard.widgets.wizard_names import field_name, part_name, reason_name
from dashboard.widgets.wizard_steps import Draft, name_place, show_buttons
from dashboard.widgets.wizard_unused import show_unused
from dashboard.widgets.wizard_usage import show_gaps, show_usage
from dashboard.workspace.column_parts import list_parts, part_of, with_part
from dashboard.workspace.plan_edit import (
    SURVEY,
    USES,
    Place,
    column_of,
    source_counts,
    survey_columns,
    survey_file,
    use_of,
    with_breakdown,
    with_column,
    with_counts,
    with_label,
    with_use,
    with_wave,
    without_use,
)

_SHOWN_UNSURE = 12
_LONGEST = 24


def show_columns(draft: Draft) -> None:
    """Show for each table what it is used as and its columns' parts."""
    for at, table in draft.tables.items():
        with st.container(border=True):
            st.markdown(f"**{escape_markdown(name_place(at))}**")
            _show_use(draft, at, table)
            show_gaps(draft.text, draft.plan, at)
            counted = source_counts(draft.plan, at) is not None
            if not use_of(draft.plan, at):
                show_unused(draft.text, draft.plan, table, name_place(at))
            if use_of(draft.plan, at) == SURVEY:
                show_counts(draft, at, table)
            if use_of(draft.plan, at) == SURVEY and not counted:
                _show_unsure(draft, at, table)
            if use_of(draft.plan, at) in TABLES:
                _show_parts(draft, at)
                show_usage(draft.text, draft.plan, at, table)
            if use_of(draft.plan, at) == SURVEY and not counted:
                _show_all(draft, at, table)
    show_groups(draft)
    _show_breakdown(draft)
    show_buttons(draft.text, draft.saved)


def _show_use(draft: Draft, at: Place, table: Table) -> None:
    key, uses = f"use_{name_place(at)}", list(USES)
    st.selectbox(
        draft.text("What is this file?"),
        uses,
        index=uses.index(use_of(draft.plan, at)),
        format_func=lambda use: use_name(draft.text, use),
        key=key,
        width=360,
        on_change=lambda: draft.keep(changed_use(draft, at, table, st.session_state[key])),
    )


def changed_use(draft: Draft, at: Place, table: Table, use: str) -> StudyPlan:
    """Return the plan with a table used as something else.

    A further survey table becomes the next wave, its columns lined up with the first's: the first
    wave as its default would mix two waves. The fields of other tables are those their headers say.
    """
    survey = draft.plan.survey
    if use == SURVEY and survey is not None and survey.files and draft.plan.measures:
        bare = without_use(draft.plan, at)
        if bare.survey is not None and bare.survey.files:
            tables = {name_place(one): each for one, each in draft.tables.items()}
            return join_survey(bare, tables, name_place(at))
    located = locate_fields(table, use) if use in KNOWN_TABLES else {}
    told = with_use(draft.plan, at, use, draft.columns[at], located)
    shape = recognise_counts(table) if use == SURVEY else None
    return told if shape is None else with_counts(told, at, shape.plan())


def _show_unsure(draft: Draft, at: Place, table: Table) -> None:
    """The columns recognised with little confidence: each a question with one answer."""
    text = draft.text
    unsure = [one for one in profile_columns(table) if one.confidence < UNSURE]
    if not unsure:
        return
    ranked = sorted(unsure, key=lambda one: one.confidence)[:_SHOWN_UNSURE]
    title = text("Please look at these columns first")
    st.markdown(f"**{title}**")
    with st.grid(3, min_column_width=220):
        for profile in ranked:
            with st.container(gap="xsmall"):
                _show_choice(draft, at, profile, "unsure")
                st.caption(escape_markdown(_examples(draft, table, profile)))


def _examples(draft: Draft, table: Table, profile: ColumnProfile) -> str:
    text, why = draft.text, reason_name(draft.text, profile.reason)
    if profile.odd:
        odd = ", ".join(value[:_LONGEST] for value in profile.odd[:3])
        return " · ".join([why, text("does not fit: {values}", values=odd)])
    values = [str(v)[:_LONGEST] for v in table.cells[profile.name].dropna().unique()[:3]]
    shown = text("for example {values}", values=", ".join(values)) if values else ""
    return " · ".join(part for part in (why, shown) if part)


def _show_choice(draft: Draft, at: Place, profile: ColumnProfile, area: str) -> None:
    """Show the selector of one column; ``area`` tells apart two for the same column."""
    parts, now = list_parts(draft.plan), part_of(draft.plan, at, profile.name)
    key = f"{area}_{name_place(at)}_{profile.name}_{now}"
    st.selectbox(
        escape_markdown(profile.label[:80]),
        parts,
        index=parts.index(now),
        format_func=lambda part: part_name(draft.text, draft.plan, part),
        key=key,
        on_change=lambda: draft.keep(
            with_part(draft.plan, at, profile.name, st.session_state[key])
        ),
    )


def _show_parts(draft: Draft, at: Place) -> None:
    use = use_of(draft.plan, at)
    with st.grid(3, min_column_width=200):
        counts = source_counts(draft.plan, at)
        # Columns of counts that are waves say themselves which wave they are.
        by_column = counts is not None and len(counts.cells) > 1 and counts.across == "wave"
        if use == SURVEY and not by_column:
            _show_wave(draft, at)
        for field in TABLES[use].columns if counts is None else COUNTED:
            _show_part(draft, at, field, needed=field in TABLES[use].needed)


def _show_part(draft: Draft, at: Place, field: str, *, needed: bool) -> None:
    text, columns = draft.text, draft.columns[at]
    chosen = column_of(draft.plan, at, field)
    key = f"part_{name_place(at)}_{field}_{chosen}"
    options: list[str | None] = [*columns] if needed else [None, *columns]
    st.selectbox(
        field_name(text, field),
        options,
        index=options.index(chosen) if chosen in options else 0,
        format_func=lambda column: text("– none –") if column is None else column,
        key=key,
        on_change=lambda: draft.keep(with_column(draft.plan, at, field, st.session_state[key])),
    )


def _show_wave(draft: Draft, at: Place) -> None:
    text, survey = draft.text, draft.plan.survey
    if survey is None:
        return
    wave = survey_file(draft.plan, at).wave
    options = list(dict.fromkeys([None, "pre", "post", "follow_up", *survey.waves]))
    key = f"wave_{name_place(at)}_{wave}"
    st.selectbox(
        text("All rows belong to"),
        options,
        index=options.index(wave),
        format_func=lambda one: wave_name(text, one) or _unsaid(draft),
        key=key,
        on_change=lambda: draft.keep(with_wave(draft.plan, at, st.session_state[key])),
    )


def _unsaid(draft: Draft) -> str:
    """What decides the wave of rows when the file has none of its own."""
    survey = draft.plan.survey
    wide = survey is not None and any(one.columns or one.wide for one in survey.files)
    by_column = survey is not None and (survey.wave is not None or wide)
    return draft.text("told by a column") if by_column else draft.text("the first wave")


def _show_all(draft: Draft, at: Place, table: Table) -> None:
    """Every column with its part, and one picker to change any of them."""
    text, profiles = draft.text, profile_columns(table)
    with st.expander(text("All {n} columns", n=text.number(len(profiles), 0))):
        named = {one.name: one for one in profiles}
        chosen = st.selectbox(
            text("Change a column"), list(named), key=f"change_{name_place(at)}", width=360
        )
        if chosen is not None:
            _show_choice(draft, at, named[chosen], "change")
        rows = [_row(draft, at, one) for one in profiles]
        names = [text("Column"), text("Used as"), text("Sure"), text("Why"), text("Blank")]
        show_table(pd.DataFrame(rows, columns=names), key=f"columns_{name_place(at)}")


def _row(draft: Draft, at: Place, profile: ColumnProfile) -> tuple[str, ...]:
    text = draft.text
    return (
        profile.label,
        part_name(text, draft.plan, part_of(draft.plan, at, profile.name)),
        text.percent(profile.confidence),
        reason_name(text, profile.reason),
        text.number(profile.n_missing, 0),
    )


def _show_breakdown(draft: Draft) -> None:
    survey = draft.plan.survey
    if survey is None:
        return
    options = survey_columns(draft.plan, draft.columns)
    chosen = [name for name in survey.disaggregate if name in options]
    key = f"breakdown_{'|'.join(chosen)}"
    st.multiselect(
        draft.text("Break results down by"),
        options,
        default=chosen,
        placeholder=draft.text("Nothing chosen"),
        key=key,
        on_change=lambda: draft.keep(with_breakdown(draft.plan, st.session_state[key])),
    )
    with st.container(horizontal=True, gap="small"):
        for name in chosen:
            _show_label(draft, name)


def _show_label(draft: Draft, name: str) -> None:
    """How a column is called on pages and in reports."""
    text, key = draft.text, f"label_{name}"
    st.text_input(
        text("“{column}” is called", column=escape_markdown(name)),
        column_name(text, draft.plan, name),
        key=key,
        width=220,
        on_change=lambda: draft.keep(
            with_label(draft.plan, name, st.session_state[key].strip(), text.language)
        ),
    )

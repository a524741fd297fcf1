"""Step 2: the rows as they were understood: header, first rows, sheet."""

from __future__ import annotations

import streamlit as st

from analysis.errors import LeveeError
from analysis.intake.tables import Table
from dashboard.cache import read_drafted_tables
from dashboard.sentences import say_issue
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_steps import show_buttons
from dashboard.workspace.store import SavedStudy, save_draft


def show_preview(text: Text, saved: SavedStudy) -> None:
    """Show the first rows of each file, and what was noticed while reading."""
    for name, table in read_drafted_tables(saved).items():
        if not isinstance(table, LeveeError):
            _show_table(text, saved, name, table)
    show_buttons(text, saved)


def _show_table(text: Text, saved: SavedStudy, name: str, table: Table) -> None:
    st.subheader(escape_markdown(name), anchor=False)
    st.caption(
        text(
            "Header in row {row}; sheet “{sheet}”; recognised as {format}",
            row=", ".join(map(str, table.header_rows)) or "–",
            sheet=escape_markdown(table.sheet or "–"),
            format=escape_markdown(table.format),
        )
    )
    show_table(table.cells.head(8), key=f"preview_{name}")
    for issue in table.issues:
        st.markdown(f"- {escape_markdown(say_issue(text, issue))}")
    _show_sheets(text, saved, name, table)


def _show_sheets(text: Text, saved: SavedStudy, name: str, table: Table) -> None:
    others = [s for i in table.issues if i.code == "other_sheets" for s in i.details["sheets"]]
    if not others:
        return
    sheets = dict(saved.drafts.get("sheets") or {})
    key = f"sheet_{name}"
    st.selectbox(
        text("Sheet"),
        [table.sheet, *others],
        key=key,
        on_change=lambda: save_draft(saved.id, "sheets", {**sheets, name: st.session_state[key]}),
    )

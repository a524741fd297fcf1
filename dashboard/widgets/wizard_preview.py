"""Step 2: the rows as they were understood: header, first rows, sheet, encoding."""

from __future__ import annotations

import streamlit as st

from analysis.intake.model import Table
from dashboard.sentences import say_issue
from dashboard.sentences.names import format_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.personal import recode_file
from dashboard.widgets.wizard_questions import show_questions
from dashboard.widgets.wizard_steps import Draft, name_place, show_buttons
from dashboard.workspace.plan_edit import Place
from dashboard.workspace.store import SavedStudy, save_draft

ENCODINGS = ("utf-8", "gb18030", "big5", "cp1252", "utf-16")
ROWS = 5


def show_preview(draft: Draft) -> None:
    """Show the first rows of each table, and what was noticed while reading."""
    for at, table in draft.tables.items():
        _show_table(draft, at, table)
    show_buttons(draft.text, draft.saved)


def _show_table(draft: Draft, at: Place, table: Table) -> None:
    text, name = draft.text, name_place(at)
    st.header(escape_markdown(name), anchor=False)
    st.caption(
        text(
            "Header in row {row}; sheet “{sheet}”; recognised as {format}",
            row=", ".join(map(str, table.header_rows)) or "–",
            sheet=escape_markdown(table.sheet or "–"),
            format=escape_markdown(format_name(text, table.format)),
        )
    )
    show_table(table.cells.head(ROWS).fillna(""), key=f"preview_{name}")
    for issue in table.issues:
        st.markdown(f"- {escape_markdown(say_issue(text, issue))}")
    show_questions(draft, at, table)
    if at.main:
        with st.container(horizontal=True):
            _show_sheets(text, draft.saved, name, table)
            if table.encoding:
                show_encoding(text, draft.saved, name, table.encoding)


def _show_sheets(text: Text, saved: SavedStudy, name: str, table: Table) -> None:
    others = [s for i in table.issues if i.code == "other_sheets" for s in i.details["sheets"]]
    if not others:
        return
    key = f"sheet_{name}_{table.sheet}"
    st.selectbox(
        text("Sheet"),
        [table.sheet, *others],
        key=key,
        width=280,
        on_change=lambda: _choose(saved, "sheets", name, st.session_state[key]),
    )


def show_encoding(text: Text, saved: SavedStudy, name: str, recognised: str) -> None:
    """Show a choice of encoding; the recognised one is chosen."""
    options = list(dict.fromkeys([*([recognised] if recognised else []), *ENCODINGS]))
    chosen = (saved.drafts.get("encodings") or {}).get(name, recognised)
    key = f"encoding_{name}_{chosen}"
    st.selectbox(
        text("Encoding"),
        options,
        index=options.index(chosen) if chosen in options else None,
        placeholder=text("Recognised"),
        key=key,
        width=280,
        on_change=lambda: _choose_encoding(text, saved, name, st.session_state[key]),
    )


def _choose_encoding(text: Text, saved: SavedStudy, name: str, encoding: str) -> None:
    """Read the file anew: personal data in unreadable words could not be found before."""
    recode_file(text, saved, name, encoding)
    _choose(saved, "encodings", name, encoding)


def _choose(saved: SavedStudy, what: str, name: str, value: str) -> None:
    save_draft(saved.id, what, {**(saved.drafts.get(what) or {}), name: value})
    save_draft(saved.id, "plan", None)
    save_draft(saved.id, "stale", True)

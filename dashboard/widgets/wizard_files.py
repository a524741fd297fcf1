"""Step 1: the files, as they are. Each is saved as soon as it is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analysis.errors import IntakeError, LeveeError
from dashboard.cache import read_drafted_tables
from dashboard.sentences import say_error
from dashboard.state import set_study_id
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import show_buttons
from dashboard.workspace.store import (
    SavedStudy,
    create_study,
    delete_file,
    save_draft,
    save_file,
)

ENDINGS = ("xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt", "zip", "html")


def show_uploader(text: Text, saved: SavedStudy | None) -> None:
    """Show the uploader; what arrives is saved, and a study is created for the first file."""
    round_ = st.session_state.setdefault("upload_round", 0)
    files = st.file_uploader(
        text("Your spreadsheets: survey exports, sign-in sheets, rosters, ledgers"),
        type=list(ENDINGS),
        accept_multiple_files=True,
        key=f"upload_{round_}",
    )
    if files:
        study = saved.id if saved else create_study(files[0].name.rpartition(".")[0])
        _store(study, files)
        st.session_state["upload_round"] = round_ + 1
        set_study_id(study)
        st.rerun()


def show_files(text: Text, saved: SavedStudy) -> None:
    """Show what each file is, with choices of sheet and encoding, and errors in words."""
    show_uploader(text, saved)
    tables = read_drafted_tables(saved)
    for name, table in tables.items():
        with st.container(border=True):
            st.markdown(f"**{escape_markdown(name)}**")
            if isinstance(table, IntakeError):
                st.error(escape_markdown(say_error(text, table)))
                _show_encoding(text, saved, name)
            else:
                st.caption(
                    text(
                        "{format}, {rows} rows, {columns} columns",
                        format=escape_markdown(table.format),
                        rows=text.number(len(table.row_numbers), 0),
                        columns=text.number(len(table.columns), 0),
                    )
                )
            st.button(
                text("Remove"),
                key=f"remove_{name}",
                type="tertiary",
                on_click=_remove,
                args=(saved, name),
            )
    show_buttons(text, saved, ready=any(not isinstance(t, LeveeError) for t in tables.values()))


def _store(study: str, files: Sequence[Any]) -> None:
    for file in files:
        save_file(study, file.name, file.getvalue())
    save_draft(study, "plan", None)


def _remove(saved: SavedStudy, name: str) -> None:
    delete_file(saved.id, name)
    save_draft(saved.id, "plan", None)


def _show_encoding(text: Text, saved: SavedStudy, name: str) -> None:
    encodings = dict(saved.drafts.get("encodings") or {})
    options = ["utf-8", "gb18030", "big5", "cp1252", "utf-16"]
    key = f"encoding_{name}"
    st.selectbox(
        text("Encoding"),
        options,
        index=options.index(encodings[name]) if encodings.get(name) in options else None,
        placeholder=text("Recognised"),
        key=key,
        on_change=lambda: save_draft(
            saved.id, "encodings", {**encodings, name: st.session_state[key]}
        ),
    )

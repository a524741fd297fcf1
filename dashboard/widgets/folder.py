"""A watched folder on the page: "new files found", and one button that uses them."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import streamlit as st

from analysis.errors import LeveeError
from dashboard.navigation import find_page
from dashboard.sentences import say_error
from dashboard.state import is_local
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.personal import store_files
from dashboard.workspace.folder import FileStamp, Settling, list_folder, read_folder_file
from dashboard.workspace.store import SavedStudy, open_study, save_draft

DRAFT = "folder"
SECONDS = 5.0
"""Between two looks at the folder while a page is open."""
_NAMED = 8


def show_folder_setting(text: Text, saved: SavedStudy) -> None:
    """Ask for the folder; only where the dashboard runs on the reader's own computer."""
    if not is_local():
        return
    kept = _kept(saved)
    with st.expander(text("Watch a folder on this computer")):
        path = st.text_input(
            text("Folder"),
            kept.get("path", ""),
            key=f"folder_{saved.id}_{kept.get('path', '')}",
            placeholder=text("for example {folder}", folder=str(Path.home() / "exports")),
        ).strip()
        st.caption(
            text(
                "New exports in this folder are offered here. Nothing is read before you choose "
                "to use it. The command line does the same: levee watch FOLDER."
            )
        )
        if path == kept.get("path", ""):
            return
        folder = Path(path).expanduser()
        try:
            if path:
                list_folder(folder)
        except LeveeError as error:
            st.error(escape_markdown(say_error(text, error)))
            return
        save_draft(saved.id, DRAFT, {"path": str(folder.resolve()), "used": {}} if path else None)
        st.rerun()


def show_new_files(text: Text, saved: SavedStudy | None) -> None:
    """Say which files of the watched folder are new or changed, and offer to use them."""
    if saved is None or saved.read_only or not is_local() or not _kept(saved):
        return
    st.fragment(_show_new_files, run_every=SECONDS)(text, saved.id)


def _show_new_files(text: Text, study: str) -> None:
    saved = open_study(study)
    folder = Path(_kept(saved).get("path", ""))
    settling = st.session_state.setdefault(f"settling_{study}", Settling())
    try:
        complete = settling.look(list_folder(folder), time.monotonic())
    except LeveeError as error:
        st.warning(escape_markdown(say_error(text, error)))
        return
    used = _kept(saved).get("used", {})
    new = {name: one for name, one in complete.items() if used.get(name) != _told(one)}
    if not new:
        return
    more = len(new) - _NAMED
    names = ", ".join([*list(new)[:_NAMED], *(["…"] if more > 0 else [])])
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(escape_markdown(text("New files found: {files}", files=names)))
        if st.button(text("Use them"), key="use_new_files", type="primary"):
            _use(text, saved, folder, new)
            st.switch_page(find_page(text, "data"))


def _use(text: Text, saved: SavedStudy, folder: Path, new: dict[str, FileStamp]) -> None:
    """Take files in as if they had been uploaded; they are offered once only."""
    files: dict[str, bytes] = {}
    for name in new:
        try:
            files[name] = read_folder_file(folder, name)
        except LeveeError as error:
            st.toast(escape_markdown(say_error(text, error)))
    store_files(text, saved.id, files)
    kept = _kept(saved)
    used = {**kept.get("used", {}), **{name: _told(one) for name, one in new.items()}}
    save_draft(saved.id, DRAFT, {**kept, "used": used})


def _kept(saved: SavedStudy) -> dict[str, Any]:
    return saved.drafts.get(DRAFT) or {}


def _told(stamp: FileStamp) -> list[int]:
    return [stamp.size, stamp.changed]

"""Versions of a study's settings: who saved what when, and one click back."""

from __future__ import annotations

import streamlit as st

from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.store import SavedStudy, Version, list_versions, revert, save_draft


def show_versions(text: Text, saved: SavedStudy) -> None:
    """Show the saved versions, newest first, each but the current with a way back."""
    versions = list_versions(saved.id)
    if not versions:
        return
    with st.expander(text("Versions ({n})", n=text.number(len(versions), 0))):
        for version in versions:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escape_markdown(describe_version(text, version)))
                if version.number == saved.version:
                    st.caption(text("current"))
                else:
                    st.button(
                        text("Go back to this version"),
                        key=f"revert_{version.number}",
                        on_click=_revert,
                        args=(saved, version.number),
                    )


def describe_version(text: Text, version: Version) -> str:
    """A version in one line: number, day, note."""
    note = version.note
    if note.startswith("revert to "):
        note = text("back to version {n}", n=note.removeprefix("revert to "))
    day = f"{text.date(version.created)}, {version.created:%H:%M} UTC"
    told = text("Version {n}, {day}", n=text.number(version.number, 0), day=day)
    return f"{told} · {note}" if note else told


def _revert(saved: SavedStudy, number: int) -> None:
    revert(saved.id, number)
    save_draft(saved.id, "plan", None)

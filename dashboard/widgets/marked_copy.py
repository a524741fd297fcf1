"""A copy of an uploaded workbook with every problem coloured and explained, to download."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import streamlit as st

from analysis.intake.check.annotated_workbook import find_marks, mark_workbook
from analysis.intake.model import Table
from analysis.intake.sandbox.workbook import open_workbook
from analysis.issues import Issue
from dashboard.sentences.intake import say_problem
from dashboard.text import Text
from dashboard.workspace.sample import SAMPLE_ID, read_sample_files
from dashboard.workspace.store import SavedStudy, read_files

_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_marked_copies(
    text: Text, saved: SavedStudy, issues: Sequence[Issue], tables: Sequence[Table]
) -> None:
    """Offer a marked copy of each file that has a problem; it is made when clicked."""
    told = {issue.file for issue in issues}
    files = [name for name in dict.fromkeys(table.file for table in tables) if name in told]
    if not files:
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        file = st.selectbox(text("File with problems"), files, key="marked_file")
        st.download_button(
            text("Download a marked copy"),
            data=lambda: write_marked_copy(text, saved, file, issues, tables),
            file_name="-".join([PurePath(file).stem[:80], text("marked")]) + ".xlsx",
            mime=_MIME,
            on_click="ignore",
            icon=":material/edit_note:",
            key="marked_copy",
        )


def write_marked_copy(
    text: Text, saved: SavedStudy, file: str, issues: Sequence[Issue], tables: Sequence[Table]
) -> bytes:
    """Write one file's marked copy; its first sheet lists every mark."""
    mine = [table for table in tables if table.file == file]
    contents = read_sample_files() if saved.id == SAMPLE_ID else read_files(saved.id)
    workbook = open_workbook(contents[file], file, encoding=mine[0].encoding or None)
    marks = find_marks(issues, mine, lambda issue: say_problem(text, issue))
    headers = (text("Sheet"), text("Cell"), text("Value"), text("Problem"))
    return mark_workbook(workbook, marks, listing=text("Problems"), headers=headers)

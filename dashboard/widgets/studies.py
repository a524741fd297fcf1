"""The studies saved here: open, rename, copy out, delete, bring in."""

from __future__ import annotations

import streamlit as st

from dashboard.navigation import find_page
from dashboard.roles import may_change_studies
from dashboard.state import current_audience, current_study_id, set_study_id
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.archive import read_archive, write_archive
from dashboard.workspace.near_marks import NEAR_MARKS
from dashboard.workspace.store import SavedStudy, delete_study, list_studies, rename_study


def show_studies(text: Text) -> None:
    """Show the saved studies, newest first, and the way to bring one in."""
    # Who only reads sees no study that is not finished: its name may be that of a file.
    studies = [one for one in list_studies() if one.version or may_change_studies()]
    if studies:
        st.header(text("Your studies"), anchor=False)
    for study in studies:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            _show_study(text, study)
    if not may_change_studies():
        return
    with st.expander(text("Bring in a study from another computer")):
        file = st.file_uploader(text("A copy saved by Levee (.zip)"), type=["zip"], key="bring_in")
        if file and st.button(text("Bring it in"), key="bring_in_now"):
            _open(text, read_archive(file.getvalue()), has_results=False)


def _show_study(text: Text, study: SavedStudy) -> None:
    with st.container(gap="xsmall"):
        title = study.title or text("Untitled")
        st.markdown(f"**{escape_markdown(title)}**")
        st.caption(escape_markdown(_describe(text, study)))
    if st.button(text("Open"), key=f"open_saved_{study.id}"):
        _open(text, study.id, has_results=bool(study.version))
    if may_change_studies():
        with st.popover(text("More")):
            _show_more(text, study)


def _describe(text: Text, study: SavedStudy) -> str:
    made = text("made {day}", day=text.date(study.created))
    state = (
        text("version {n}", n=text.number(study.version, 0))
        if study.version
        else text("not finished yet")
    )
    return f"{state} · {made}"


def _show_more(text: Text, study: SavedStudy) -> None:
    title = st.text_input(text("Title of the study"), study.title, key=f"title_{study.id}")
    st.button(
        text("Rename"), key=f"rename_{study.id}", on_click=rename_study, args=(study.id, title)
    )
    if current_audience() == "evaluator":  # a copy holds the files, row by row
        st.download_button(
            text("Save a copy"),
            data=lambda: write_archive(study.id),
            file_name=f"levee-{study.id[:8]}.zip",
            mime="application/zip",
            on_click="ignore",
            key=f"copy_{study.id}",
        )
        if study.drafts.get(NEAR_MARKS):
            st.caption(
                text(
                    "The copy holds codes, not the marks that find names spelt nearly alike: they "
                    "could give names away. Decide open pairs first, or load the key file there."
                )
            )
    sure = st.checkbox(text("Delete it with its files"), key=f"sure_{study.id}")
    st.button(
        text("Delete for good"),
        key=f"delete_{study.id}",
        disabled=not sure,
        on_click=_delete,
        args=(study.id,),
    )


def _delete(study: str) -> None:
    delete_study(study)
    if current_study_id() == study:
        set_study_id(None)


def _open(text: Text, study: str, *, has_results: bool) -> None:
    set_study_id(study)
    st.switch_page(find_page(text, "overview" if has_results else "data"))

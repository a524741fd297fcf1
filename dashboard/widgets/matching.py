"""How people were found again: exact, repaired, nearly alike or not; decided on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from analysis.errors import LeveeError
from analysis.intake.check.linkage import ProposedLink
from analysis.intake.check.matching import Matching
from dashboard.content.model import Card
from dashboard.sentences import say_error
from dashboard.sentences.names import wave_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_cards, show_table
from dashboard.widgets.wizard_links import list_links
from dashboard.workspace.editing import save_edit
from dashboard.workspace.key_file import read_key_file
from dashboard.workspace.link_edit import with_distinct, with_links
from dashboard.workspace.near_marks import lacks_marks, restore_marks
from dashboard.workspace.store import SavedStudy

_LISTED = 200


def show_matching(text: Text, saved: SavedStudy, matching: Matching) -> None:
    """Show how the first wave's people were found in the last, and what is still open."""
    st.header(text("Matching people"), anchor=False)
    first = wave_name(text, matching.first) or matching.first
    last = wave_name(text, matching.last) or matching.last
    lost, new = (text.number(n, 0) for n in matching.unmatched)
    show_cards(
        [
            Card(value=text.number(matching.exact, 0), meaning=text("found again, written alike")),
            Card(value=text.number(matching.repaired, 0), meaning=text("found again after repair")),
            Card(value=text.number(len(matching.near), 0), meaning=text("pairs may be one person")),
            Card(
                value=f"{lost} / {new}",
                meaning=text(
                    "not found again: only in {first} / only in {last}", first=first, last=last
                ),
            ),
        ]
    )
    if matching.near:
        _show_near(text, saved, matching.near)
    if lacks_marks(saved):
        _ask_for_marks(text, saved)
    if matching.repairs:
        name = text.count("{n} code was repaired", "{n} codes were repaired", len(matching.repairs))
        with st.expander(name):
            show_table(list_repairs(text, matching), key="repairs")


def list_repairs(text: Text, matching: Matching) -> pd.DataFrame:
    """One row for each code that was written otherwise than it is read."""
    rows = [
        (one.written, one.code, one.file, text.number(one.row, 0))
        for one in matching.repairs[:_LISTED]
    ]
    names = [text("As written"), text("Read as"), text("File"), text("Row")]
    return pd.DataFrame(rows, columns=names)


def _show_near(text: Text, saved: SavedStudy, near: Sequence[ProposedLink]) -> None:
    st.warning(text("While these pairs are open, losses are not interpreted: decide about each."))
    show_table(list_links(text, near), key="near")
    if saved.read_only:
        st.caption(text("The sample cannot be changed. Start a study of your own."))
        return
    names = {f"{one.same_as} = {one.code}": one for one in near}
    with st.form("near_codes"):
        chosen = st.multiselect(text("Pairs"), list(names), placeholder=text("Nothing chosen"))
        with st.container(horizontal=True):
            same = st.form_submit_button(text("One person"), type="primary", key="near_accept")
            apart = st.form_submit_button(text("Two people"), key="near_reject")
    if (same or apart) and chosen:
        _decide(text, saved, [names[name] for name in chosen], same=same)


def _ask_for_marks(text: Text, saved: SavedStudy) -> None:
    """Say why near spellings of names cannot be found here, and take the key file that helps."""
    st.info(
        text(
            "Names spelt nearly alike cannot be looked for here: the marks that find them stay on "
            "the computer where the files were uploaded, because they could give names away. "
            "Pairs found there are kept. Load the key file, or upload the files again."
        )
    )
    file = st.file_uploader(text("Key file (.xlsx)"), type=["xlsx"], key="marks_file")
    if file is None:
        return
    try:
        found = read_key_file(file.getvalue())
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))
        return
    if found.name != saved.drafts.get("key_id"):
        st.error(text("This is the key file of another study."))
        return
    plan = restore_marks(saved, found)
    if plan is not None and plan != saved.plan:
        save_edit(saved, plan, text("near spellings looked for"))
    st.rerun()


def _decide(text: Text, saved: SavedStudy, links: Sequence[ProposedLink], *, same: bool) -> None:
    if saved.plan is None:
        return
    when = datetime.now(UTC).isoformat(timespec="seconds")
    records = [
        {
            "code": one.code,
            "same_as": one.same_as,
            "similarity": one.similarity,
            "accepted_at": when,
        }
        for one in links
    ]
    plan = with_links(saved.plan, records) if same else with_distinct(saved.plan, records)
    note = text("codes linked") if same else text("codes kept apart")
    save_edit(saved, plan, note)
    st.rerun()

"""One study open in two windows: both changes are kept, or a person chooses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analysis.plan import StudyPlan, plan_from_dict
from dashboard.text import Text
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_names import setting_name
from dashboard.workspace.editing import Kept, held_record, keep_draft
from dashboard.workspace.plan_edit import plan_record
from dashboard.workspace.store import SavedStudy

_SEEN, _HELD, _MERGED = "wizard_seen", "wizard_held", "wizard_merged"
_LONGEST = 80
FORM = "save_"
"""How the keys of the wizard's forms begin."""


def remember_plan(study: str, plan: StudyPlan) -> None:
    """Remember the plan this window shows, to tell later what was changed elsewhere."""
    st.session_state[_SEEN] = (study, plan_record(plan))


def shown_plan(saved: SavedStudy) -> StudyPlan | None:
    """The plan to show: as saved; while a form is being read, the one the form was made from.

    Otherwise what a person filled in would be read from fields that another window's change has
    since replaced.
    """
    study, seen = st.session_state.get(_SEEN, ("", {}))
    sent = any(st.session_state.get(key) is True for key in st.session_state if _is_form(key))
    if sent and study == saved.id:
        return plan_from_dict(seen)
    # A plan that uses no file yet is empty, and still a plan: proposing again would find no more.
    proposed = saved.drafts.get("plan") is not None or saved.plan is not None
    return plan_from_dict(held_record(saved)) if proposed else None


def _is_form(key: object) -> bool:
    return str(key).startswith(FORM)


def keep_plan(saved: SavedStudy, plan: StudyPlan, base: Mapping[str, Any] | None = None) -> None:
    """Save the plan the wizard holds; a change that contradicts another window's waits.

    ``base`` is what the change was made from; by default the plan this window last showed.
    """
    study, seen = st.session_state.get(_SEEN, ("", {}))
    known = seen if study == saved.id else held_record(saved)
    start = known if base is None else base
    kept = keep_draft(saved.id, plan, start)
    if not kept.saved:
        st.session_state[_HELD] = (saved.id, kept)
        return
    if base is None and kept.theirs != start:
        st.session_state[_MERGED] = saved.id
    st.session_state[_SEEN] = (saved.id, kept.merge.value)


def show_clash(text: Text, saved: SavedStudy) -> None:
    """Say that another window changed this study too, and ask where both cannot stay."""
    if st.session_state.pop(_MERGED, "") == saved.id:
        st.info(text("This study was changed in another window too. Both changes were kept."))
    study, kept = st.session_state.get(_HELD, ("", None))
    if study != saved.id or kept is None:
        return
    with st.container(border=True):
        st.warning(
            text(
                "Another window set the same thing differently. Your change is not saved yet: "
                "choose which one stays."
            )
        )
        show_table(list_clashes(text, kept), key="clashes")
        with st.container(horizontal=True):
            st.button(text("Keep the other window's"), key="keep_theirs", on_click=_drop)
            st.button(text("Use mine"), key="use_mine", on_click=_use, args=(saved, kept))


def list_clashes(text: Text, kept: Kept) -> pd.DataFrame:
    """One row for each setting that was set differently in two windows."""
    rows = [
        (setting_name(text, clash.where), _told(text, clash.theirs), _told(text, clash.mine))
        for clash in kept.merge.clashes
    ]
    return pd.DataFrame(rows, columns=[text("Setting"), text("Other window"), text("Here")])


def _told(text: Text, value: Any) -> str:  # noqa: ANN401
    if value is None:
        return text("not set")
    if isinstance(value, list):
        return ", ".join(map(str, value))[:_LONGEST]
    return str(value)[:_LONGEST]


def _drop() -> None:
    del st.session_state[_HELD]


def _use(saved: SavedStudy, kept: Kept) -> None:
    _drop()
    keep_plan(saved, plan_from_dict(kept.merge.value), base=kept.theirs)

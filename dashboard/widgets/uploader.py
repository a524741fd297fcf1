"""The uploader: what arrives is saved at once, and a study is created for the first file."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.state import set_study_id
from dashboard.text import Text
from dashboard.widgets.personal import show_missing_key, show_refused, store_files
from dashboard.workspace.folder import ENDINGS
from dashboard.workspace.redaction import without_personal
from dashboard.workspace.store import SavedStudy, create_study, delete_study, list_studies

LARGEST_MB = 200
_UNREAD = "unread_study"
_EXPORTED = re.compile(r"^\d+_按(?:文本|分数|序号)_(?P<title>.+?)(?:_\d+)*$")
_WAVE = re.compile(
    r"[\s_\-–]*(?:前后测|前测|后测|基线|终线|pre|post|baseline|endline|follow[ _-]?up)$",
    re.IGNORECASE,
)


def show_uploader(text: Text, saved: SavedStudy | None) -> bool:
    """Show the uploader; True when files have just been saved."""
    show_refused()
    if saved is not None and show_missing_key(text, saved):
        return False
    round_ = st.session_state.setdefault("upload_round", 0)
    files = st.file_uploader(
        text("Your spreadsheets: survey exports, sign-in sheets, rosters, ledgers"),
        type=list(ENDINGS),
        accept_multiple_files=True,
        max_upload_size=LARGEST_MB,
        key=f"upload_{round_}",
    )
    st.caption(
        text(
            "Up to {size} MB each: xlsx, xls, ods, csv and others.", size=text.number(LARGEST_MB, 0)
        )
    )
    if not files:
        return False
    study = saved.id if saved else create_study(propose_title(without_personal(files[0].name)))
    if saved is None:
        st.session_state[_UNREAD] = study
    cancel = partial(_cancel_upload, study, kept=saved is not None)
    try:
        store_files(text, study, {file.name: file.getvalue() for file in files}, cancel)
    except BaseException:  # cancelled, or none of the files could be saved: no empty study stays
        if saved is None:
            delete_study(study)
        raise
    st.session_state["upload_round"] = round_ + 1
    set_study_id(study)
    return True


def cancel_first_reading(study: str) -> Callable[[], None] | None:
    """What Cancel does while a study is read that this session has just uploaded; else None.

    To the person, saving the files and reading them for the first time are one wait: Cancel
    means the upload in both.
    """
    if st.session_state.get(_UNREAD) != study:
        return None
    return partial(_cancel_upload, study, kept=False)


def end_first_reading() -> None:
    """From now on Cancel closes the study that was uploaded and keeps it."""
    st.session_state.pop(_UNREAD, None)


def _cancel_upload(study: str, *, kept: bool) -> None:
    st.session_state["upload_round"] = st.session_state.get("upload_round", 0) + 1
    set_study_id(study if kept else None)
    # The interrupted upload may have taken its study away already.
    if not kept and any(one.id == study for one in list_studies()):
        delete_study(study)


def propose_title(name: str) -> str:
    """Propose a study's title from a file's name: without ending, export marks and wave.

    Examples
    --------
    >>> propose_title("386540716_按文本_社区B防灾减灾前测_54_54.xlsx")
    '社区B防灾减灾'
    >>> propose_title("flood_survey_baseline.csv")
    'flood survey'
    """
    stem = name.rpartition(".")[0] or name
    exported = _EXPORTED.match(stem)
    plain = _WAVE.sub("", exported["title"] if exported else stem)
    return " ".join(plain.replace("_", " ").split())[:80] or stem

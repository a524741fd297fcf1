"""The uploader: what arrives is saved at once, and a study is created for the first file."""

from __future__ import annotations

import re

import streamlit as st

from dashboard.state import set_study_id
from dashboard.text import Text
from dashboard.widgets.personal import show_missing_key, show_refused, store_files
from dashboard.workspace.folder import ENDINGS
from dashboard.workspace.redaction import without_personal
from dashboard.workspace.store import SavedStudy, create_study, delete_study

LARGEST_MB = 200
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

    def cancel() -> None:
        st.session_state["upload_round"] = round_ + 1
        set_study_id(saved.id if saved else None)

    try:
        store_files(text, study, {file.name: file.getvalue() for file in files}, cancel)
    except BaseException:  # cancelled, or none of the files could be saved: no empty study stays
        if saved is None:
            delete_study(study)
        raise
    st.session_state["upload_round"] = round_ + 1
    set_study_id(study)
    return True


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

"""The uploader: what arrives is saved at once, and a study is created for the first file."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from typing import Any

import streamlit as st

from dashboard.state import set_study_id
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.redaction import redact_file
from dashboard.workspace.store import (
    SavedStudy,
    create_study,
    open_study,
    save_draft,
    save_file,
)

ENDINGS = ("xlsx", "xlsm", "xls", "xlsb", "ods", "csv", "tsv", "txt", "zip", "html")
LARGEST_MB = 200
_REFUSED = "upload_refused"
_EXPORTED = re.compile(r"^\d+_按(?:文本|分数|序号)_(?P<title>.+?)(?:_\d+)*$")
_WAVE = re.compile(
    r"[\s_\-–]*(?:前测|后测|基线|终线|pre|post|baseline|endline|follow[ _-]?up)$", re.IGNORECASE
)


def show_uploader(text: Text, saved: SavedStudy | None) -> bool:
    """Show the uploader; True when files have just been saved."""
    _show_refused(text)
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
    study = saved.id if saved else create_study(propose_title(files[0].name))
    _store(study, files)
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


def _store(study: str, files: Sequence[Any]) -> None:
    """Save files without personal data, and what became of it; others are refused."""
    drafts = open_study(study).drafts
    key = drafts.get("key") or secrets.token_hex(32)
    save_draft(study, "key", key)
    personal = dict(drafts.get("personal") or {})
    refused: dict[str, list[str]] = {}
    for file in files:
        redacted = redact_file(file.getvalue(), file.name, bytes.fromhex(key))
        if not redacted.safe:
            refused[file.name] = list(redacted.columns)
            continue
        personal[file.name] = {n: [kind, "coded"] for n, kind in redacted.columns.items()}
        save_file(study, file.name, redacted.content)
    save_draft(study, "personal", personal)
    save_draft(study, "stale", True)
    st.session_state[_REFUSED] = refused


def _show_refused(text: Text) -> None:
    for name, columns in st.session_state.get(_REFUSED, {}).items():
        told = text(
            "{file} was not saved: it holds personal data ({columns}) that could not be replaced "
            "by codes. Take these columns out, or save the file as xlsx or csv, and upload it "
            "again.",
            file=name,
            columns=", ".join(columns),
        )
        st.error(escape_markdown(told))

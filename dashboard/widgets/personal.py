"""Personal data of uploaded files: what was replaced, how to correct it, and the key file.

Originals stay in the memory of the session that uploaded them, so that a person can correct what
was recognised; what is saved holds codes from the first moment.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import streamlit as st

from analysis.errors import LeveeError
from dashboard.progress import show_progress
from dashboard.sentences import say_error
from dashboard.sentences.names import kind_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.key_file import read_key_file, write_key_file
from dashboard.workspace.keys import has_key, renew_key, store_key, study_key
from dashboard.workspace.near_marks import NEAR_MARKS, restore_marks
from dashboard.workspace.redaction import Choice, Redaction, redact_file
from dashboard.workspace.store import (
    SavedStudy,
    delete_file,
    open_study,
    read_files,
    save_draft,
    save_file,
)

_KEPT_BYTES = 200 << 20
_SESSION = "personal_uploads"
_REFUSED = "upload_refused"
_LISTED = 200


@dataclass
class _Upload:
    """One uploaded file as this session remembers it."""

    name: str
    content: bytes
    redaction: Redaction
    choice: Choice = field(default_factory=Choice)


def store_files(
    text: Text,
    study: str,
    files: Mapping[str, bytes],
    cancel: Callable[[], None] | None = None,
) -> None:
    """Save files with codes in place of personal data; what cannot be coded is not saved.

    Nothing is saved when the person cancels, which ``cancel`` then hears.
    """
    _, key = study_key(study)
    known = _names(study)
    with show_progress(text, cancel=cancel) as tell:
        coded = {
            name: redact_file(content, name, key, names=known, progress=tell)
            for name, content in files.items()
        }
    found = frozenset[str]().union(known, *(one.names for one in coded.values()))
    refused: dict[str, str] = {}
    for name, content in files.items():
        one = coded[name]
        if one.safe and found - one.names:  # names that only another file of the study tells
            one = redact_file(content, name, key, names=found)
        if one.safe:
            _save(study, _Upload(name=name, content=content, redaction=one))
        else:
            refused[one.name] = _say_refused(text, one)
    save_draft(study, "stale", True)
    st.session_state[_REFUSED] = refused


def show_refused() -> None:
    """Show why files were not saved."""
    for told in st.session_state.get(_REFUSED, {}).values():
        st.error(escape_markdown(told))


def _say_refused(text: Text, one: Redaction) -> str:
    if one.error is not None:
        told = say_error(
            text, type(one.error)(one.error.code, **{**one.error.details, "file": one.name})
        )
        return text("{file} was not saved: {problem}", file=one.name, problem=told)
    return text(
        "{file} was not saved: it holds personal data ({columns}) that could not be replaced "
        "by codes. Take these columns out, or save the file as xlsx or csv, and upload it "
        "again.",
        file=one.name,
        columns=", ".join(one.columns) or "–",
    )


def _save(study: str, upload: _Upload) -> None:
    one = upload.redaction
    action = "kept" if upload.choice.keep_all else "coded"
    drafts = open_study(study).drafts
    told = {name: [kind, action] for name, kind in one.columns.items()}
    told |= {name: ["", "kept"] for name in upload.choice.keep_columns}
    counts = Counter(one_.kind for one_ in one.texts)
    save_draft(study, "personal", {**(drafts.get("personal") or {}), one.name: told})
    save_draft(
        study, "personal_texts", {**(drafts.get("personal_texts") or {}), one.name: dict(counts)}
    )
    if not upload.choice.keep_all:
        marks = {code: list(told) for code, told in one.marks.items()}
        save_draft(study, NEAR_MARKS, {**(drafts.get(NEAR_MARKS) or {}), **marks})
    save_file(study, one.name, one.content)
    uploads = _uploads(study)
    uploads[one.name] = upload
    while sum(len(u.content) for u in uploads.values()) > _KEPT_BYTES and len(uploads) > 1:
        uploads.pop(next(iter(uploads)))


def _uploads(study: str) -> dict[str, _Upload]:
    every: dict[str, dict[str, _Upload]] = st.session_state.setdefault(_SESSION, {})
    return every.setdefault(study, {})


def _names(study: str) -> frozenset[str]:
    return frozenset[str]().union(*(u.redaction.names for u in _uploads(study).values()))


def recode_file(text: Text, saved: SavedStudy, name: str, encoding: str) -> None:
    """Search a text file again in the encoding a person chose: its words were not readable."""
    upload = _uploads(saved.id).get(name)
    content = upload.content if upload else read_files(saved.id)[name]
    choice = upload.choice if upload else Choice()
    original = upload.name if upload else name
    _, key = study_key(saved.id)
    one = redact_file(
        content, original, key, choice=choice, names=_names(saved.id), encoding=encoding
    )
    if one.safe:
        _save(saved.id, _Upload(name=original, content=content, redaction=one, choice=choice))
    else:
        st.session_state[_REFUSED] = {name: _say_refused(text, one)}


def show_personal(text: Text, saved: SavedStudy, name: str) -> None:
    """Show what was replaced in one file, and the way to correct it."""
    told = (saved.drafts.get("personal") or {}).get(name, {})
    counts = (saved.drafts.get("personal_texts") or {}).get(name, {})
    coded = [column for column, (_, action) in told.items() if action == "coded"]
    kept = [column for column, (_, action) in told.items() if action == "kept"]
    if coded:
        words = text("Personal data replaced by codes: {columns}", columns=", ".join(coded))
        st.caption(escape_markdown(words))
    if counts:
        parts = (f"{kind_name(text, kind)} {text.number(n, 0)}" for kind, n in counts.items())
        words = text("Replaced elsewhere in the file: {parts}", parts=", ".join(parts))
        st.caption(escape_markdown(words))
    if kept:
        words = text("Personal data kept as it is: {columns}", columns=", ".join(kept))
        st.warning(escape_markdown(words))
    upload = _uploads(saved.id).get(name)
    if upload is not None:
        with st.expander(text("Check what was replaced")):
            _show_review(text, saved, upload)


def _show_review(text: Text, saved: SavedStudy, upload: _Upload) -> None:
    """Let a person correct what was recognised, while the original is in this session."""
    one, choice = upload.redaction, upload.choice
    st.caption(
        text(
            "The file is saved with codes. The original stays in this browser session only, until "
            "you leave, so that you can correct what was recognised."
        )
    )
    with st.form(f"personal_{one.name}", border=False):
        found = [name for name in one.all_columns if name in one.columns]
        columns = st.multiselect(
            text("Columns to replace by codes"),
            list(one.all_columns),
            default=found,
            format_func=escape_markdown,
        )
        shown = list(dict.fromkeys(r.original for r in one.texts))[:_LISTED]
        left = st.multiselect(
            text("Replaced in other cells, titles and names; choose those that name nobody"),
            list(dict.fromkeys([*choice.keep_texts, *shown])),
            default=sorted(choice.keep_texts),
            format_func=escape_markdown,
        )
        more = st.text_input(
            text("Names that were missed, separated by commas"),
            value=", ".join(sorted(choice.code_texts)),
        )
        keep = st.checkbox(
            text(
                "Keep the originals: I may store these people's data, and everybody who can open "
                "this study may read them"
            ),
            value=choice.keep_all,
        )
        if st.form_submit_button(text("Apply and save again")):
            # A column that was never in question is neither kept nor coded on purpose.
            left_out = (set(found) | choice.keep_columns) - set(columns)
            wanted = Choice(
                keep_columns=frozenset(left_out),
                code_columns={name: one.columns.get(name, "name") for name in columns},
                keep_texts=frozenset(left),
                code_texts=frozenset(w.strip() for w in re.split("[,，、]", more) if w.strip()),
                keep_all=keep,
            )
            _apply(text, saved, upload, wanted)


def _apply(text: Text, saved: SavedStudy, upload: _Upload, choice: Choice) -> None:
    _, key = study_key(saved.id)
    one = redact_file(upload.content, upload.name, key, choice=choice, names=_names(saved.id))
    if not one.safe:
        st.error(escape_markdown(_say_refused(text, one)))
        return
    old = upload.redaction.name
    if one.name != old:
        delete_file(saved.id, old)
        _uploads(saved.id).pop(old, None)
    _save(saved.id, _Upload(name=upload.name, content=upload.content, redaction=one, choice=choice))
    save_draft(saved.id, "stale", True)
    st.rerun()


def show_key_file(text: Text, saved: SavedStudy) -> None:
    """Offer the key file of what this session uploaded; Levee keeps none."""
    codes: dict[str, tuple[str, str]] = {}
    for upload in _uploads(saved.id).values():
        codes |= upload.redaction.codes
    if not codes or not has_key(saved.id):
        return
    with st.container(border=True):
        st.markdown(
            text(
                "**Key file.** It says which code stands for whom. Levee does not keep it: save it "
                "now, where only you can open it. Load it later to see names on call lists."
            )
        )
        st.download_button(
            text("Save the key file"),
            data=lambda: write_key_file(text, *study_key(saved.id), codes),
            file_name=f"levee-key-{saved.id[:8]}.xlsx",
            on_click="ignore",
            key="key_file",
        )


def show_missing_key(text: Text, saved: SavedStudy) -> bool:
    """Ask for the key of a study brought from another computer; True while it is missing."""
    if has_key(saved.id):
        return False
    st.warning(
        text(
            "The key of this study is not on this computer. Load its key file, so that the same "
            "people get the same codes in new files."
        )
    )
    file = st.file_uploader(text("Key file (.xlsx)"), type=["xlsx"], key="missing_key")
    if file is not None:
        try:
            found = read_key_file(file.getvalue())
        except LeveeError as error:
            st.error(escape_markdown(say_error(text, error)))
        else:
            if found.name == saved.drafts.get("key_id"):
                store_key(found.name, found.key)
                restore_marks(saved, found)
                st.rerun()
            st.error(text("This is the key file of another study."))
    st.button(
        text("Go on without it: new files will not match the old ones"),
        key="renew_key",
        on_click=renew_key,
        args=(saved.id,),
    )
    return True


def show_names(text: Text, saved: SavedStudy | None) -> None:
    """Let a person load the key file, so that this session's call lists show names."""
    if saved is None or not saved.drafts.get("personal"):
        return
    with st.expander(text("Show names instead of codes")):
        st.caption(
            text("Names are shown in this browser session only. They are not saved or exported.")
        )
        file = st.file_uploader(text("Key file (.xlsx)"), type=["xlsx"], key="names_file")
        if file is None:
            return
        try:
            found = read_key_file(file.getvalue())
        except LeveeError as error:
            st.error(escape_markdown(say_error(text, error)))
            return
        st.session_state[f"names_{saved.id}"] = {
            code.upper(): original for code, (_, original) in found.codes.items()
        }


def name_of(saved: SavedStudy | None, code: str) -> str:
    """The name behind a code where this session loaded the key file, else the code."""
    names: Mapping[str, str] = st.session_state.get(f"names_{saved.id}", {}) if saved else {}
    return " ".join(names.get(part.upper(), part) for part in code.split())

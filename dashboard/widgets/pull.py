"""Fetching from a survey server on the Data page: the server is named before it is asked."""

from __future__ import annotations

from importlib.util import find_spec

import streamlit as st

from analysis.errors import LeveeError
from dashboard.pull.client import Token
from dashboard.pull.tokens import find_token, has_keyring, keep_token
from dashboard.pull.tools import TOOLS, Source, find_source, pull
from dashboard.sentences import say_error
from dashboard.state import is_local, set_study_id
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.personal import store_files
from dashboard.workspace.keys import has_key
from dashboard.workspace.store import SavedStudy, create_study

_ROUND = "pull_round"


def show_pull(text: Text, saved: SavedStudy | None) -> None:
    """Offer to fetch answers; only on the reader's own computer, and only when installed."""
    if not is_local():
        return
    with st.expander(text("Fetch from KoboToolbox, ODK Central or REDCap")):
        if find_spec("httpx") is None:
            st.caption(text("This is off. To use it, install it: pip install levee[pull]"))
            return
        round_ = st.session_state.setdefault(_ROUND, 0)
        source = _ask_source(text, round_)
        if source is None:
            return
        kept = find_token(source.tool, source.address)
        told = st.text_input(
            text("Token"),
            type="password",
            key=f"pull_token_{round_}",
            placeholder=text("kept in this computer's keyring") if kept else "",
            help=text("ODK Central also takes an e-mail address and password: name@example.org:…"),
        ).strip()
        keep = has_keyring() and st.checkbox(
            text("Keep the token in this computer's keyring"), key=f"pull_keep_{round_}"
        )
        host = source.address.name
        st.caption(
            escape_markdown(
                text(
                    "Nothing has been sent yet. The button contacts {host} and sends the token "
                    "there; it is not stored with the study.",
                    host=host,
                )
            )
        )
        token = Token(told) if told else kept
        label = escape_markdown(text("Fetch from {host}", host=host))
        ready = token is not None and (saved is None or has_key(saved.id))
        if st.button(label, key="pull_now", disabled=not ready) and token is not None:
            _fetch(text, saved, source, token, keep=bool(told) and keep)


def _ask_source(text: Text, round_: int) -> Source | None:
    tool = st.selectbox(
        text("Survey tool"), list(TOOLS), format_func=TOOLS.__getitem__, key=f"pull_tool_{round_}"
    )
    url = st.text_input(
        text("Address of the server or of the form's page"),
        key=f"pull_url_{round_}",
        placeholder="https://…",
    ).strip()
    form = ""
    if tool != "redcap":
        form = st.text_input(
            text("Form, unless the address names it"),
            key=f"pull_form_{round_}",
            placeholder="aBcD1234" if tool == "kobo" else "1/baseline",
        ).strip()
    if not url:
        return None
    try:
        return find_source(tool, url, form)
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))
        return None


def _fetch(
    text: Text, saved: SavedStudy | None, source: Source, token: Token, *, keep: bool
) -> None:
    try:
        with st.spinner(text("Fetching from {host}…", host=source.address.name)):
            pulled = pull(source, token)
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))
        return
    if keep:
        keep_token(source.tool, source.address, token)
    study = saved.id if saved is not None else create_study(TOOLS[source.tool])
    store_files(text, study, pulled.files)
    for name in pulled.repeats:
        st.toast(escape_markdown(text("Repeated questions were not fetched: {name}", name=name)))
    # New keys: the page forgets what was typed.
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    set_study_id(study)
    st.rerun()

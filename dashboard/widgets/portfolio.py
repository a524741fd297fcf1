"""Results files of other studies: brought into the portfolio, kept, and taken out again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analysis.errors import LeveeError
from analysis.portfolio import read_results
from dashboard.roles import may_change_studies
from dashboard.sentences import say_error
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.results import remove_results, save_results

MAX_FILES = 1000


def show_add_results(text: Text, added: Sequence[Mapping[str, Any]], *, expanded: bool) -> None:
    """Show where results files (``results.json``) of other studies are added and taken out."""
    if not may_change_studies():
        return
    with st.expander(text("Add other communities"), expanded=expanded):
        st.markdown(
            text(
                "Give the results.json of each study, as Export or levee evaluate writes it. What "
                "is compared is kept with your studies until you take it out."
            )
        )
        round_ = st.session_state.setdefault("portfolio_round", 0)
        files = st.file_uploader(
            text("Results files"),
            type=["json"],
            accept_multiple_files=True,
            key=f"portfolio_files_{round_}",
        )
        if files and not _save(text, files[:MAX_FILES]):
            st.session_state["portfolio_round"] = round_ + 1
            st.rerun()
        if added:
            _show_take_out(text, added)


def _show_take_out(text: Text, added: Sequence[Mapping[str, Any]]) -> None:
    names = {one["study"]["fingerprint"]: _name(text, one["study"]["title"]) for one in added}
    chosen = st.multiselect(
        text("Studies added from files"),
        list(names),
        format_func=lambda key: escape_markdown(names[key]),
        placeholder=text("All of them"),
        key=f"portfolio_out_{len(names)}",
    )
    label = text("Take out the chosen studies") if chosen else text("Take out the added studies")
    if st.button(label, key="portfolio_clear"):
        remove_results(chosen or list(names))
        st.rerun()


def _name(text: Text, title: object) -> str:
    return text.of(title if isinstance(title, Mapping) else str(title))


def _save(text: Text, files: Sequence[Any]) -> bool:
    """Save each file that can be read; True when one could not, and which was said."""
    read: list[tuple[str, Mapping[str, Any]]] = []
    wrong = False
    for file in files:
        try:
            read += [(file.name, one) for one in read_results(file.getvalue(), file.name)]
        except LeveeError as error:
            st.error(escape_markdown(say_error(text, error)))
            wrong = True
    if read:
        save_results(read)
    return wrong

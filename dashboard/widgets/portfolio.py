"""Results files of other studies, brought into the portfolio for this visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analysis.errors import LeveeError
from analysis.portfolio import read_result
from dashboard.sentences import say_error
from dashboard.text import Text

_KEPT = "portfolio_results"
MOST_FILES = 1000


def added_results() -> Sequence[Mapping[str, Any]]:
    """Results files added in this visit, in the order they came."""
    kept: dict[str, dict[str, Any]] = st.session_state.get(_KEPT, {})
    return list(kept.values())


def show_add_results(text: Text, *, expanded: bool) -> None:
    """Show where results files (``results.json``) of other studies are added and taken out."""
    with st.expander(text("Add other communities"), expanded=expanded):
        st.markdown(
            text(
                "Give the results.json of each study, as Export or levee evaluate writes it. They "
                "stay for this visit only and are not saved."
            )
        )
        round_ = st.session_state.setdefault("portfolio_round", 0)
        files = st.file_uploader(
            text("Results files"),
            type=["json"],
            accept_multiple_files=True,
            key=f"portfolio_files_{round_}",
        )
        kept: dict[str, dict[str, Any]] = st.session_state.setdefault(_KEPT, {})
        if kept and st.button(text("Take out the added studies"), key="portfolio_clear"):
            kept.clear()
            st.rerun()
        if files and not _keep(text, kept, files[:MOST_FILES]):
            st.session_state["portfolio_round"] = round_ + 1
            st.rerun()


def _keep(text: Text, kept: dict[str, dict[str, Any]], files: Sequence[Any]) -> bool:
    """Keep each file that can be read; True when one could not, and which was said."""
    wrong = False
    for file in files:
        try:
            result = read_result(file.getvalue(), file.name)
        except LeveeError as error:
            st.error(say_error(text, error))
            wrong = True
            continue
        kept[result["study"]["fingerprint"]] = result
    return wrong

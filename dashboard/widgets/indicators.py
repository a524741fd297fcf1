"""The indicator table out as a spreadsheet, and back in as the study's targets."""

from __future__ import annotations

import streamlit as st

from analysis.errors import LeveeError
from analysis.evaluation import Evaluation
from analysis.intake.propose.indicators import read_indicators
from analysis.study import Study
from dashboard.cache import current_saved
from dashboard.exports.indicators import write_indicators
from dashboard.sentences import say_error
from dashboard.text import Text
from dashboard.workspace.editing import save_edit
from dashboard.workspace.store import SavedStudy

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show_indicator_file(text: Text, evaluation: Evaluation, study: Study) -> None:
    """Show the two ways of the indicator table: out, and in with the changes."""
    with st.expander(text("The indicator table as a spreadsheet"), expanded=not study.plan.targets):
        st.markdown(
            text(
                "Take the table, add or change rows, and give it back. An indicator is a result, "
                "such as preparedness.post.mean, or any name with a typed actual value."
            )
        )
        st.download_button(
            text("Download the indicator table"),
            data=lambda: write_indicators(text, evaluation, study),
            file_name=f"indicators-{text.language}.xlsx",
            mime=_XLSX,
            on_click="ignore",
            icon=":material/download:",
            key="download_indicators",
        )
        saved = current_saved()
        if saved is not None and saved.plan is not None:
            _show_import(text, saved)


def _show_import(text: Text, saved: SavedStudy) -> None:
    if saved.read_only:
        st.caption(text("The sample is read-only; targets can be set in your own study."))
        return
    round_ = st.session_state.setdefault("indicator_round", 0)
    file = st.file_uploader(
        text("The changed indicator table"),
        type=["xlsx", "xls", "ods", "csv"],
        key=f"indicators_{round_}",
    )
    if file is None:
        return
    try:
        save_indicators(text, saved, file.getvalue(), file.name)
    except LeveeError as error:
        st.error(say_error(text, error))
        return
    st.session_state["indicator_round"] = round_ + 1
    st.rerun()


def save_indicators(text: Text, saved: SavedStudy, data: bytes, name: str) -> int:
    """Save the targets of an indicator table with the study; return the version's number."""
    if saved.plan is None:
        return saved.version
    plan = saved.plan.model_copy(update={"targets": read_indicators(data, name)})
    return save_edit(saved, plan, text("Targets from {file}", file=name))

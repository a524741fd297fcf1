"""Set the scorecard's thresholds and save them with the study."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.sustainability.results import ScorecardRow
from dashboard.cache import current_saved
from dashboard.content.topics.scorecard import is_percent, score_name
from dashboard.text import Text
from dashboard.widgets.page import refuse_change
from dashboard.workspace.editing import save_edit
from dashboard.workspace.store import SavedStudy


def show_thresholds(text: Text, rows: Sequence[ScorecardRow]) -> None:
    """Show a form for one measure's thresholds; the sample is read-only."""
    saved = current_saved()
    if saved is None or saved.plan is None:
        return
    with st.expander(text("Set your own thresholds")):
        if refuse_change(text, saved):
            return
        names = {score_name(text, row.code): row for row in rows}
        row = names[st.selectbox(text("Measure"), list(names), key="threshold_measure")]
        per = 100.0 if is_percent(row.unit) else 1.0
        labels = (
            (text("Act now beyond, in %"), text("Watch beyond, in %"))
            if is_percent(row.unit)
            else (text("Act now beyond"), text("Watch beyond"))
        )
        with st.form("thresholds"):
            act, watch = (
                st.number_input(label, value=round(per * limit, 6), key=f"threshold_{i}_{row.code}")
                for i, (label, limit) in enumerate(zip(labels, row.bands, strict=True))
            )
            if st.form_submit_button(text("Save thresholds")):
                _save(saved, row.code, act / per, watch / per, text)


def _save(saved: SavedStudy, code: str, act: float, watch: float, text: Text) -> None:
    if saved.plan is None:
        return
    scorecard = {**saved.plan.scorecard, code: [act, watch]}
    plan = saved.plan.model_copy(update={"scorecard": scorecard})
    save_edit(saved, plan, text("Thresholds of the scorecard"))
    st.rerun()

"""Step by step what long work is doing, and a way to stop it; nothing for work under a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.state import set_study_id
from dashboard.text import Text

PATIENCE = 1.0
"""Seconds before anything is shown."""
_ROUND = "progress_round"


@contextmanager
def show_progress(
    text: Text, *, patience: float | None = None, cancel: Callable[[], None] | None = None
) -> Iterator[Callable[[str, float], None]]:
    """Give a function to report steps to; after ``patience`` seconds they are shown.

    Whoever presses the button interrupts the work at its next step; then ``cancel`` is called,
    which closes the study when None.
    """
    box, start = st.empty(), time.monotonic()
    bars: list[DeltaGenerator] = []
    wait = PATIENCE if patience is None else patience

    def tell(step: str, share: float) -> None:
        if time.monotonic() - start < wait:
            return
        if not bars:
            bars.append(_open(box, text, cancel or partial(set_study_id, None)))
        bars[0].progress(min(max(share, 0.0), 1.0), text=step_name(text, step))

    try:
        yield tell
    finally:
        box.empty()


def _open(box: DeltaGenerator, text: Text, cancel: Callable[[], None]) -> DeltaGenerator:
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    key = f"cancel_{st.session_state[_ROUND]}"
    with box.container():
        bar = st.empty()
        st.button(text("Cancel"), key=key, on_click=cancel)
    return bar


def step_name(text: Text, step: str) -> str:
    """What a step of the evaluation does."""
    return {
        "reading": text("Reading the files…"),
        "personal": text("Looking for personal data…"),
        "scoring": text("Scoring the answers…"),
        "reliability": text("Checking how items hang together…"),
        "attrition": text("Looking at who was lost…"),
        "comparison": text("Comparing with the other group…"),
        "outcomes": text("Estimating the changes…"),
        "sensitivity": text("Trying other assumptions…"),
        "participation": text("Counting who took part…"),
        "volunteers": text("Following the volunteers…"),
        "sustainability": text("Looking at money, capacity and promises…"),
    }.get(step, text("Evaluating…"))

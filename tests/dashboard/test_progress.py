"""Long work tells its step and can be stopped; short work shows nothing."""

import pytest
from streamlit.testing.v1 import AppTest


def work() -> AppTest:
    def script() -> None:
        import streamlit as st

        from dashboard.progress import show_progress
        from dashboard.text import Text

        with show_progress(Text("en")) as tell:
            for done in (0.1, 0.5, 0.9):
                tell("outcomes", done)
            st.session_state["drawn"] = st.session_state.get("progress_round", 0)

    return AppTest.from_function(script).run()


def test_work_over_in_a_moment_shows_nothing(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.progress.PATIENCE", 60.0)  # a busy machine is no long work
    at = work()
    assert not at.exception
    assert at.session_state["drawn"] == 0


def test_longer_work_shows_one_bar_and_one_button_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr("dashboard.progress.PATIENCE", 0.0)
    at = work()
    assert not at.exception
    assert at.session_state["drawn"] == 1
    assert not at.button

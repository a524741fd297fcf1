"""The review of personal data in the wizard: correct it, keep originals, show names."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.workspace.engine import close_workspaces
from dashboard.workspace.store import create_study, open_study, read_files

ROWS = (
    "姓名,街坊,意见\n王小明,甲,感谢李建国帮忙\n李红梅,乙,很好\n赵云,丙,没有\n陈桂英,丁,无\n刘建国,戊,好\n"
).encode()


def review() -> None:
    import streamlit as st

    from dashboard.text import Text
    from dashboard.widgets.personal import name_of, show_key_file, show_personal, store_files
    from dashboard.workspace.store import open_study

    text, study, rows = Text("en"), st.session_state["study"], st.session_state["rows"]
    if not st.session_state.get("stored"):
        store_files(text, study, {"pre.csv": rows})
        st.session_state["stored"] = True
    saved = open_study(study)
    show_personal(text, saved, "pre.csv")
    show_key_file(text, saved)
    st.text(name_of(saved, "ABC"))


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("LEVEE_WORKSPACE", str(tmp_path / "work.sqlite"))
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    made = AppTest.from_function(review, default_timeout=60)
    made.session_state["study"] = create_study("t")
    made.session_state["rows"] = ROWS
    yield made.run()
    close_workspaces()


def stored(app: AppTest) -> str:
    return read_files(app.session_state["study"])["pre.csv"].decode("utf-8-sig")


def test_codes_are_stored_first_and_what_was_replaced_is_shown(app: AppTest):
    assert not app.exception
    assert "王小明" not in stored(app)
    assert "李建国" not in stored(app)
    assert "很好" in stored(app)
    assert app.multiselect[0].value == ["姓名"]
    assert "李建国" in app.multiselect[1].options


def test_a_person_corrects_both_ways(app: AppTest):
    app.multiselect[0].set_value(["街坊"])
    app.multiselect[1].set_value(["李建国"])
    app.text_input[0].set_value("很好")
    app.button[0].click()
    app.run()
    assert not app.exception
    now = stored(app)
    assert "王小明" in now
    assert "李建国" in now
    assert "很好" not in now
    assert "甲" not in now
    told = open_study(app.session_state["study"]).drafts["personal"]["pre.csv"]
    assert told["姓名"] == ["", "kept"]
    assert told["街坊"][1] == "coded"


def test_originals_are_kept_only_when_asked_for(app: AppTest):
    app.checkbox[0].check()
    app.button[0].click()
    app.run()
    assert not app.exception
    assert stored(app) == ROWS.decode()


def test_a_loaded_key_file_shows_names(app: AppTest):
    assert [one.value for one in app.text] == ["ABC"]
    app.session_state[f"names_{app.session_state['study']}"] = {"ABC": "王小明"}
    app.run()
    assert [one.value for one in app.text] == ["王小明"]

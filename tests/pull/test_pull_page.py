"""Fetching on the Data page: the server is named first, the token is stored nowhere."""

from pathlib import Path

import pytest

from dashboard.workspace.store import list_studies, open_study, read_files
from tests.dashboard.test_journeys import App, app, told
from tests.pull.conftest import TOKEN

__all__ = ["app"]


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEE_LOCAL", "yes")


@pytest.mark.usefixtures("local")
def test_answers_come_in_like_an_upload(survey, ring, app: App, tmp_path: Path):
    at = app("data")
    at.text_input(key="pull_url_0").set_value(f"{survey.url}/#/forms/aForm1/summary").run()
    host = survey.url.removeprefix("http://")
    shown = told(at).replace("\\", "")
    assert f"The button contacts {host}" in shown
    button = at.button(key="pull_now")
    assert button.label.replace("\\", "") == f"Fetch from {host}"
    assert button.disabled
    at.text_input(key="pull_token_0").set_value(TOKEN).run()
    at.checkbox(key="pull_keep_0").set_value(True).run()
    assert survey.seen == []  # nothing is sent before the button
    at.button(key="pull_now").click().run()
    assert not at.exception
    study = open_study(list_studies()[0].id)
    assert list(study.files) == ["aForm1.csv"]
    content = read_files(study.id)["aForm1.csv"].decode("utf-8-sig")
    assert "P0007" in content
    assert "13800000007" not in content  # the review of personal data is that of an upload
    assert list(ring.kept.values()) == [TOKEN]
    assert not [one for one in at.text_input if one.value == TOKEN]
    assert TOKEN not in repr(study)
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or TOKEN.encode() not in path.read_bytes(), path


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize(("language", "word"), [("en", "did not accept"), ("zh-Hans", "不接受")])
def test_a_refusal_is_said_on_the_page(survey, ring, app: App, language: str, word: str):
    at = app("data", language)
    at.text_input(key="pull_url_0").set_value(f"{survey.url}/#/forms/aForm1").run()
    at.text_input(key="pull_token_0").set_value("wrong").run()
    at.button(key="pull_now").click().run()
    assert not at.exception
    assert any(word in one.value for one in at.error)
    assert ring.kept == {}
    assert list_studies() == []


@pytest.mark.usefixtures("local")
def test_an_open_connection_is_refused_before_a_token_is_asked(app: App, ring):
    at = app("data")
    at.text_input(key="pull_url_0").set_value("http://kf.example.org/#/forms/aForm1").run()
    assert any("not be encrypted" in one.value for one in at.error)
    assert not [one for one in at.text_input if str(one.key).startswith("pull_token")]


def test_a_shared_server_fetches_nothing(app: App, monkeypatch):
    monkeypatch.delenv("LEVEE_LOCAL", raising=False)
    at = app("data")
    assert not [one for one in at.text_input if str(one.key).startswith("pull_")]

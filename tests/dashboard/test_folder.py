"""A watched folder on the page: new files are offered, used with one button, coded as uploads."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.state import is_local, set_local
from dashboard.widgets import folder as widget
from dashboard.workspace import folder as folders
from dashboard.workspace.store import list_studies, open_study, read_files, save_draft
from tests.dashboard.test_journeys import POST, PRE, App, app, press, told, upload

__all__ = ["app"]


@pytest.fixture
def local(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEVEE_LOCAL", "yes")
    monkeypatch.setattr(folders, "SETTLED", 0.0)


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    place = tmp_path / "exports"
    place.mkdir()
    return place


def open_with_folder(app: App, place: Path) -> AppTest:
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()))
    save_draft(list_studies()[0].id, widget.DRAFT, {"path": str(place), "used": {}})
    return at.run()


@pytest.mark.usefixtures("local")
@pytest.mark.parametrize("page", ["data", "overview"])
def test_new_files_are_offered_and_used_with_one_button(app: App, exports: Path, page: str):
    at = open_with_folder(app, exports)
    assert "New files found" not in told(at)
    if page == "overview":
        press(press(at, "to_checks"), "finish")
        at = app("overview", study=list_studies()[0].id)
    named = POST.replace("code,", "phone,code,", 1).replace("\nP", "\n13812345678,P")
    (exports / "survey_post.csv").write_text(named, encoding="utf-8")
    at.run()
    assert "New files found: survey_post.csv" in told(at).replace("\\", "")
    press(at, "use_new_files")
    assert not at.exception
    study = open_study(list_studies()[0].id)
    assert set(study.files) == {"survey_pre.csv", "survey_post.csv"}
    # The same review as an upload: nothing readable of a phone number is kept.
    assert b"13812345678" not in read_files(study.id)["survey_post.csv"]
    assert "New files found" not in told(app("data", study=study.id))
    # A changed file is offered again.
    (exports / "survey_post.csv").write_text(named + "\n", encoding="utf-8")
    assert "New files found" in told(app("data", study=study.id))


@pytest.mark.usefixtures("local")
def test_a_folder_is_chosen_and_a_missing_one_is_told(app: App, exports: Path):
    at = upload(app("data"), ("survey_pre.csv", PRE.encode()))
    study = list_studies()[0].id
    at.text_input(key=f"folder_{study}_").set_value(str(exports / "none")).run()
    assert any("is not there" in one.value for one in at.error)
    assert not open_study(study).drafts.get(widget.DRAFT)
    at.text_input(key=f"folder_{study}_").set_value(str(exports)).run()
    assert open_study(study).drafts[widget.DRAFT]["path"] == str(exports.resolve())
    exports.rmdir()
    at = app("data", "zh-Hans", study)
    assert any("不存在或无法读取" in one.value for one in at.warning)
    assert not at.exception


def test_a_shared_server_offers_no_folder(app: App, exports: Path, monkeypatch):
    monkeypatch.delenv("LEVEE_LOCAL", raising=False)
    (exports / "survey_post.csv").write_text(POST, encoding="utf-8")
    at = open_with_folder(app, exports)
    assert "New files found" not in told(at)
    assert not [one for one in at.text_input if str(one.key).startswith("folder_")]
    monkeypatch.setenv("LEVEE_LOCAL", "")
    set_local(True)
    assert is_local()
    set_local(False)
    assert not is_local()

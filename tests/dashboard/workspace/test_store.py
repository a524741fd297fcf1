"""Saved work survives: reopening, a second tab, a killed process, a newer layout."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from analysis.errors import WorkspaceError
from analysis.plan import plan_from_dict
from dashboard.workspace import engine, store
from dashboard.workspace.sample import SAMPLE_ID, read_sample_files

ROOT = Path(__file__).resolve().parents[3]
PLAN = {
    "study": {"title": "Levee test"},
    "measures": [{"name": "m", "items": ["q"], "kind": "number"}],
}


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of its own for each test."""
    monkeypatch.setenv("LEVEE_WORKSPACE", str(tmp_path / "deep" / "work.sqlite"))
    yield tmp_path / "deep" / "work.sqlite"
    engine.close_workspaces()


def test_a_study_comes_back_as_saved():
    study = store.create_study("First")
    sha = store.save_file(study, "前测.xlsx", b"abc")
    store.save_draft(study, "step", 2)
    number = store.save_version(study, plan_from_dict(PLAN), note="first")
    engine.close_workspaces()
    found = store.open_study(study)
    assert (found.title, found.version, number) == ("Levee test", 1, 1)
    assert found.files == {"前测.xlsx": sha}
    assert found.drafts == {"step": 2}
    assert found.plan == plan_from_dict(PLAN)
    assert store.read_files(study) == {"前测.xlsx": b"abc"}


def test_the_same_content_is_stored_once_and_forgotten_with_its_last_study():
    one, two = store.create_study("a"), store.create_study("b")
    store.save_file(one, "x.csv", b"same")
    store.save_file(two, "y.csv", b"same")
    store.delete_study(one)
    assert store.read_files(two) == {"y.csv": b"same"}
    store.delete_file(two, "y.csv")
    with engine.open_workspace().connect() as connection:
        assert connection.execute(text("select count(*) from blobs")).scalar() == 0


def test_two_tabs_lose_no_edit_and_versions_go_back():
    study = store.create_study("x")
    first = plan_from_dict(PLAN)
    second = plan_from_dict({**PLAN, "study": {"title": "Second"}})
    assert [store.save_version(study, first), store.save_version(study, second)] == [1, 2]
    assert store.revert(study, 1) == 3
    assert store.open_study(study).plan == first
    assert [v.number for v in store.list_versions(study)] == [3, 2, 1]
    assert [line[1] for line in store.list_audit(study)] == ["create"] + ["save_version"] * 3


def test_names_are_only_displayed():
    study = store.create_study("x")
    name = "../" * 40 + "n" * 300 + ".csv"
    store.save_file(study, name, b"1")
    assert store.read_files(study) == {name: b"1"}


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: store.open_study("nobody"), "study_unknown"),
        (lambda: store.save_file("nobody", "a", b""), "study_unknown"),
        (lambda: store.save_draft(SAMPLE_ID, "step", 1), "sample_read_only"),
        (lambda: store.delete_study(SAMPLE_ID), "sample_read_only"),
        (lambda: store.revert(store.create_study("x"), 9), "version_unknown"),
    ],
)
def test_mistakes_have_codes(call, code):
    with pytest.raises(WorkspaceError) as caught:
        call()
    assert caught.value.code == code


def test_the_sample_is_always_there():
    sample = store.open_study(SAMPLE_ID)
    assert sample.read_only
    assert sample.simulated
    named = {file.path for file in sample.plan.survey.files}
    assert named <= set(read_sample_files())


def test_a_newer_workspace_is_refused_before_it_is_touched(workspace):
    store.create_study("x")
    engine.close_workspaces()
    plain = create_engine(f"sqlite:///{workspace}")
    with plain.begin() as connection:
        connection.execute(text("update schema set version = 99"))
    plain.dispose()
    with pytest.raises(WorkspaceError) as caught:
        store.list_studies()
    assert caught.value.code == "workspace_newer"


def test_a_place_that_cannot_be_written_is_told(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("LEVEE_WORKSPACE", str(tmp_path / "file" / "w.sqlite"))
    with pytest.raises(WorkspaceError) as caught:
        store.list_studies()
    assert caught.value.code == "workspace_unavailable"


def test_what_was_acknowledged_survives_a_killed_process(workspace):
    told = textwrap.dedent(
        """
        from dashboard.workspace import store
        study = store.create_study("killed")
        print(study, flush=True)
        for number in range(10_000):
            store.save_draft(study, "step", number)
            print(number, flush=True)
        """
    )
    process = subprocess.Popen(
        [sys.executable, "-c", told], stdout=subprocess.PIPE, text=True, cwd=ROOT, env=os.environ
    )
    with process:
        study = process.stdout.readline().strip()
        for _ in range(25):
            acknowledged = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
        rest = process.stdout.read().split()
    acknowledged = int(rest[-1]) if rest and rest[-1].isdigit() else acknowledged
    assert store.open_study(study).drafts["step"] >= acknowledged

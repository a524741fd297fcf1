"""Results of other communities outlive the visit and the program, and leave when taken out."""

import json

import pytest

from analysis.errors import WorkspaceError
from analysis.portfolio import read_result
from dashboard.workspace import engine
from dashboard.workspace.results import list_results, remove_results, save_results
from dashboard.workspace.store import list_audit
from tests.test_portfolio import compare_studies, result


@pytest.fixture(autouse=True)
def workspace(tmp_path, monkeypatch):
    """A workspace of its own for each test."""
    monkeypatch.setenv("LEVEE_WORKSPACE", str(tmp_path / "work.sqlite"))
    yield tmp_path / "work.sqlite"
    engine.close_workspaces()


def read(name, **told):
    return read_result(json.dumps(result(name, **told)).encode(), "results.json")


def keys():
    return [one["study"]["fingerprint"] for one in list_results()]


def test_they_come_back_after_the_program_was_closed():
    # Every study's file has the same name: it does not tell them apart.
    save_results([("results.json", read(name)) for name in ("a", "b", "c")])
    engine.close_workspaces()
    assert sorted(keys()) == ["a", "b", "c"]
    assert len(compare_studies(list_results()).measures[0].studies) == 3


def test_the_same_study_again_replaces_what_was_there():
    save_results([("r.json", read("a", change=0.1))])
    save_results([("r.json", read("a", change=0.9))])
    (kept,) = list_results()
    assert kept["outcomes"][0]["change"]["estimate"] == 0.9


def test_they_can_be_taken_out_one_by_one():
    save_results([("r.json", read(name)) for name in ("a", "b", "c")])
    remove_results(["b"])
    engine.close_workspaces()
    assert sorted(keys()) == ["a", "c"]
    assert [(action, n) for _, action, _, n in list_audit("portfolio")] == [
        ("save_results", "3"),
        ("remove_results", "1"),
    ]


def test_a_workspace_of_an_older_levee_gets_the_table(workspace):
    from sqlalchemy import create_engine, text

    assert list_results() == []
    engine.close_workspaces()
    with create_engine(f"sqlite:///{workspace}").begin() as connection:
        connection.execute(text("DROP TABLE results"))
    save_results([("r.json", read("a"))])
    assert keys() == ["a"]


def test_what_could_not_be_saved_is_said(workspace):
    list_results()
    engine.close_workspaces()
    workspace.write_bytes(b"not a database " * 100)
    with pytest.raises(WorkspaceError):
        save_results([("r.json", read("a"))])

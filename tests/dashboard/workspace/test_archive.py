"""A study copied out and brought in again is the same; a damaged copy changes nothing."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.errors import WorkspaceError
from analysis.plan import parse_plan
from dashboard.workspace.archive import read_archive, write_archive
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.store import (
    create_study,
    list_studies,
    open_study,
    read_files,
    save_file,
    save_version,
)

PLAN = '[study]\ntitle = "Flood"\n[survey]\nfiles = [{ path = "../a.csv", wave = "pre" }]\n'


@pytest.fixture(autouse=True)
def _workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    yield
    close_workspaces()


@pytest.fixture
def study() -> str:
    made = create_study("Flood")
    save_file(made, "../a.csv", b"code,q1\n1,2\n")
    save_file(made, "名册.xlsx", bytes(range(256)) * 40)
    save_version(made, parse_plan(PLAN))
    return made


def test_a_copy_brought_in_is_the_same_study(study: str):
    made = read_archive(write_archive(study))
    assert made != study
    assert read_files(made) == read_files(study)
    assert open_study(made).plan == open_study(study).plan


@pytest.mark.parametrize("kept", [0.3, 0.8, 0.99])
def test_a_copy_cut_short_changes_nothing(study: str, kept: float):
    whole = write_archive(study)
    with pytest.raises(WorkspaceError, match="archive_damaged"):
        read_archive(whole[: int(len(whole) * kept)])
    assert [one.id for one in list_studies()] == [study]


def test_an_altered_file_is_refused(study: str):
    altered = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_archive(study))) as old,
        zipfile.ZipFile(altered, "w") as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            new.writestr(entry.filename, b"x" + data if entry.filename == "files/000" else data)
    with pytest.raises(WorkspaceError, match="archive_damaged"):
        read_archive(altered.getvalue())
    assert len(list_studies()) == 1


def test_something_else_is_refused():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("readme.txt", "hello")
    for data in (other.getvalue(), b"", b"PK\x03\x04"):
        with pytest.raises(WorkspaceError, match="archive_damaged"):
            read_archive(data)
    assert list_studies() == []

"""A study copied out and brought in again is the same; a damaged copy changes nothing."""

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from analysis import evaluate
from analysis.disclosure import make_release
from analysis.errors import WorkspaceError
from analysis.plan import parse_plan
from dashboard.workspace.archive import read_archive, write_archive
from dashboard.workspace.engine import VARIABLE, close_workspaces, open_workspace
from dashboard.workspace.models import ReleaseRow, ShownRow
from dashboard.workspace.releases import list_releases, save_release
from dashboard.workspace.shown import Page, ShownPages
from dashboard.workspace.store import (
    create_study,
    delete_study,
    list_studies,
    open_study,
    read_files,
    save_file,
    save_version,
)
from tests.errors import coded
from tests.studies import make_study

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
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
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
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
        read_archive(altered.getvalue())
    assert len(list_studies()) == 1


def test_something_else_is_refused():
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr("readme.txt", "hello")
    for data in (other.getvalue(), b"", b"PK\x03\x04"):
        with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
            read_archive(data)
    assert list_studies() == []


@pytest.fixture
def released(study: str) -> str:
    """Of the study one release has left, and after it a page was shown."""
    answers = make_study({w: {"m": [2.0, 3.0, 4.0] * 8} for w in ("pre", "post")})
    found = evaluate(answers)
    assert save_release(study, make_release(found, answers, "public")[1])
    page = Page(
        study=study, fingerprint=answers.fingerprint, view="", audience="funder", role="funder"
    )
    ShownPages().show(page, answers, found)
    return study


def test_a_copy_knows_what_left_the_study(released: str):
    """Else a reader of the copy's release could subtract it from what the study's readers have."""
    copy = read_archive(write_archive(released))
    assert list_releases(copy) == list_releases(released)
    assert len(list_releases(copy)) == 1
    (before,), (after,) = ShownPages().list_pages(released), ShownPages().list_pages(copy)
    assert (before.release, before.day) == (after.release, after.day)
    assert (after.page.audience, after.page.fingerprint) == ("funder", before.page.fingerprint)
    with Session(open_workspace()) as session:
        newest = session.scalar(select(func.max(ReleaseRow.id)).where(ReleaseRow.study == copy))
    assert after.beside == newest


def test_of_a_deleted_study_nothing_stays_that_left_it(released: str):
    delete_study(released)
    with Session(open_workspace()) as session:
        counts = [
            session.scalar(select(func.count()).select_from(t)) for t in (ReleaseRow, ShownRow)
        ]
    assert counts == [0, 0]


@pytest.mark.parametrize(
    "memory",
    [
        "[]",
        '{"releases": [], "pages": [3]}',
        '{"releases": [{"fingerprint": "a"}], "pages": []}',
        "[" * 50_000,
    ],
)
def test_a_copy_with_another_memory_is_refused(released: str, memory: str):
    altered = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_archive(released))) as old,
        zipfile.ZipFile(altered, "w") as new,
    ):
        for entry in old.infolist():
            said = entry.filename == "released.json"
            new.writestr(entry.filename, memory if said else old.read(entry))
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
        read_archive(altered.getvalue())
    assert [one.id for one in list_studies()] == [released]


def test_a_page_is_not_judged_beside_a_release_that_is_not_there(released: str):
    altered = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_archive(released))) as old,
        zipfile.ZipFile(altered, "w") as new,
    ):
        for entry in old.infolist():
            data = old.read(entry)
            if entry.filename == "released.json":
                data = json.dumps({**json.loads(data), "releases": []}).encode()
            new.writestr(entry.filename, data)
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
        read_archive(altered.getvalue())


def test_a_copy_from_an_earlier_version_of_levee_comes_in(study: str):
    earlier = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(write_archive(study))) as old,
        zipfile.ZipFile(earlier, "w") as new,
    ):
        for entry in old.infolist():
            if entry.filename != "released.json":
                data = old.read(entry)
                new.writestr(entry.filename, data.replace(b'"layout": 2', b'"layout": 1'))
    copy = read_archive(earlier.getvalue())
    assert read_files(copy) == read_files(study)
    assert list_releases(copy) == []

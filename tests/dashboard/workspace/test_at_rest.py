"""Files at rest: modes, one file that opens, keys outside, archives whole or refused."""

import hashlib
import io
import json
import os
import random
import shutil
import sqlite3
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from analysis.disclosure import Certificate, Release
from analysis.errors import LeveeError, WorkspaceError
from analysis.plan import parse_plan
from dashboard.text import Text
from dashboard.workspace import keys
from dashboard.workspace.archive import read_archive, write_archive
from dashboard.workspace.engine import checkpoint_workspaces, close_workspaces, open_workspace
from dashboard.workspace.key_file import read_key_file, write_key_file
from dashboard.workspace.keys import has_key, study_key
from dashboard.workspace.redaction import redact_file
from dashboard.workspace.releases import list_releases, save_release
from dashboard.workspace.store import (
    create_study,
    delete_study,
    list_studies,
    open_study,
    read_files,
    save_draft,
    save_file,
    save_version,
)
from tests.errors import coded

ROWS = "姓名,q1\n王小明,3\n李红梅,4\n赵云,5\n陈桂英,2\n刘建国,1\n".encode()


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    path = tmp_path / "levee" / "work.sqlite"
    monkeypatch.setenv("LEVEE_WORKSPACE", str(path))
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    yield path
    close_workspaces()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_the_owner_reads_the_workspace_and_its_keys(workspace: Path):
    study = create_study("t")
    name, _ = study_key(study)
    beside = list(workspace.parent.iterdir())
    assert len(beside) >= 2  # the file and its log
    assert {mode(one) for one in beside} == {0o600}
    assert mode(workspace.parent) == 0o700
    assert mode(keys.keys_folder() / f"{name}.key") == 0o600
    assert mode(keys.keys_folder()) == 0o700


def test_a_copy_of_the_one_file_holds_everything(workspace: Path, tmp_path: Path):
    study = create_study("copied")
    save_file(study, "a.csv", b"code,q1\nP1,3\n")
    checkpoint_workspaces()
    copy = tmp_path / "copy.sqlite"
    shutil.copy(workspace, copy)
    with sqlite3.connect(copy) as opened:
        assert opened.execute("SELECT title FROM studies").fetchall() == [("copied",)]
    opened.close()


def test_nothing_of_a_person_is_in_the_workspace_or_its_log(workspace: Path):
    study = create_study("t")
    name, key = study_key(study)
    redacted = redact_file(ROWS, "王小明_访谈.csv", key)
    save_file(study, redacted.name, redacted.content)
    stored = b"".join(one.read_bytes() for one in workspace.parent.iterdir())
    assert redacted.name.encode() in stored
    for original in ("王小明", "李红梅", "陈桂英"):
        assert original.encode() in ROWS
        assert original.encode() not in stored
    assert key.hex().encode() not in stored
    assert name.encode() in stored


def test_an_older_key_moves_out_of_the_workspace(workspace: Path):
    study = create_study("t")
    save_draft(study, "key", "ab" * 32)
    assert study_key(study)[1] == bytes.fromhex("ab" * 32)
    assert not open_study(study).drafts["key"]
    assert study_key(study)[1] == bytes.fromhex("ab" * 32)
    close_workspaces()
    assert b"ab" * 32 not in workspace.read_bytes()


def test_a_copy_of_a_study_gives_later_waves_the_same_codes(workspace: Path):
    study = create_study("t")
    first = redact_file(ROWS, "pre.csv", study_key(study)[1])
    save_file(study, first.name, first.content)
    archive = write_archive(study)
    assert study_key(study)[1].hex().encode() not in archive
    brought = read_archive(archive)
    assert redact_file(ROWS, "post.csv", study_key(brought)[1]).content == first.content


def test_without_its_key_a_study_asks_for_it_and_takes_it_from_the_key_file(workspace: Path):
    study = create_study("t")
    name, key = study_key(study)
    codes = redact_file(ROWS, "pre.csv", key).codes
    file = write_key_file(Text("en"), name, key, codes)
    (keys.keys_folder() / f"{name}.key").unlink()
    assert not has_key(study)
    with pytest.raises(WorkspaceError, check=coded("key_missing")):
        study_key(study)
    read = read_key_file(file)
    assert {original for _, original in read.codes.values()} >= {"王小明", "李红梅"}
    keys.store_key(read.name, read.key)
    assert study_key(study) == (name, key)


def test_another_workbook_is_no_key_file():
    import openpyxl

    made = io.BytesIO()
    openpyxl.Workbook().save(made)
    with pytest.raises(LeveeError):
        read_key_file(made.getvalue())


def test_a_file_altered_on_disk_is_not_served(workspace: Path):
    study = create_study("t")
    save_file(study, "a.csv", b"code,q1\nP1,3\n")
    close_workspaces()
    with sqlite3.connect(workspace) as opened:
        opened.execute("UPDATE blobs SET content = ?", (b"code,q1\nP1,5\n",))
    opened.close()
    with pytest.raises(WorkspaceError, check=coded("file_altered")):
        read_files(study)


def test_an_altered_file_is_whole_again_when_it_is_uploaded_again(workspace: Path):
    study, content = create_study("t"), b"code,q1\nP1,3\n"
    save_file(study, "a.csv", content)
    archive = write_archive(study)
    for bring in (lambda: save_file(study, "a.csv", content), lambda: read_archive(archive)):
        close_workspaces()
        with sqlite3.connect(workspace) as opened:
            opened.execute("UPDATE blobs SET content = ?", (b"code,q1\nP1,5\n",))
        opened.close()
        bring()
        assert read_files(study) == {"a.csv": content}


def test_a_missing_column_is_named(workspace: Path):
    create_study("t")
    close_workspaces()
    with sqlite3.connect(workspace) as opened:
        opened.execute("ALTER TABLE studies DROP COLUMN owner")
    opened.close()
    with pytest.raises(WorkspaceError, match=r"lacks studies\.owner"):
        open_workspace()


WRITER = """
import sys
from dashboard.workspace.store import create_study, save_file, save_version
from dashboard.workspace.engine import close_workspaces
from analysis.plan import StudyPlan
study = sys.argv[1]
for n in range(15):
    save_file(study, "same.csv", f"code,q1\\nP{n},3\\n".encode())
    save_file(study, f"{sys.argv[2]}.csv", b"code,q1\\nP1,3\\n")
    save_version(study, StudyPlan())
close_workspaces()
"""


def test_three_processes_at_once_meet_no_raw_error(workspace: Path):
    study = create_study("t")
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, study, str(n)],
            env={**os.environ, "PYTHONPATH": os.getcwd()},  # noqa: PTH109
            stderr=subprocess.PIPE,
        )
        for n in range(3)
    ]
    said = [one.communicate()[1].decode() for one in started]
    assert [one.returncode for one in started] == [0, 0, 0], said
    assert open_study(study).version == 45
    assert set(read_files(study)) == {"same.csv", "0.csv", "1.csv", "2.csv"}


RELEASE = Release(
    certificate=Certificate(
        audience="public",
        min_group=5,
        cells=1,
        hidden=0,
        smallest_interval=None,
        date="2026-01-01",
        version="1",
    ),
    fingerprint="f",
    record={"people": ["a", "b"], "cells": [["flow", "n", [["n", 1.0, "0x3"]]]]},
)


def make_archive(workspace: Path) -> bytes:
    study = create_study("archive")
    save_file(study, "a.csv", b"code,q1\nP1,3\nP2,4\n")
    save_draft(study, "sheets", {"a.csv": "S"})
    save_version(study, parse_plan('[study]\ntitle = "archive"\n'))
    save_release(study, RELEASE)
    made = write_archive(study)
    delete_study(study)
    return made


def rows_of(workspace: Path) -> dict[str, str]:
    """A hash of every table's rows: what is there, wherever the file keeps it."""
    with closing(sqlite3.connect(f"file:{workspace}?mode=ro", uri=True)) as database:
        listed = database.execute("select name from sqlite_master where type = 'table'").fetchall()
        rows = {name: database.execute(f'select * from "{name}"').fetchall() for (name,) in listed}
    return {name: hashlib.sha256(repr(told).encode()).hexdigest() for name, told in rows.items()}


def test_a_thousand_mutants_come_in_whole_or_not_at_all(workspace: Path):
    whole, rng = make_archive(workspace), random.Random(7)
    accepted, codes = 0, set()
    live = create_study("live")
    save_file(live, "b.csv", b"code,q1\nP9,5\n")
    save_version(live, parse_plan('[study]\ntitle = "live"\n'))
    for n in range(1_000):
        mutant = bytearray(whole)
        if n % 3 == 0:
            mutant = mutant[: rng.randrange(len(mutant))]
        else:
            for _ in range(rng.choice((1, 2, 8))):
                mutant[rng.randrange(len(mutant))] = rng.randrange(256)
        before = rows_of(workspace)
        try:
            study = read_archive(bytes(mutant))
        except WorkspaceError as error:
            codes.add(error.code)
            assert rows_of(workspace) == before, f"mutant {n} left something behind"
        else:
            accepted += 1
            assert read_files(study) == {"a.csv": b"code,q1\nP1,3\nP2,4\n"}
            assert open_study(study).version == 1
            assert [one.record for one in list_releases(study)] == [RELEASE.record]
            delete_study(study)
            after = rows_of(workspace)
            assert after.pop("audit") != before.pop("audit"), "what was done is noted"
            assert after == before
    assert [one.id for one in list_studies()] == [live]
    assert codes <= {"archive_damaged", "archive_newer"}
    assert accepted < 200  # bytes that nothing reads, such as a date


@pytest.mark.parametrize(
    "listed",
    [
        "[]",
        "{}",
        '{"layout": 1}',
        '{"layout": "1", "title": "t", "files": {}}',
        '{"layout": 1, "title": 3, "files": {}}',
        '{"layout": 1, "title": "t", "files": []}',
        '{"layout": 1, "title": "t", "files": {"files/000": 3}}',
        '{"layout": 1, "title": "t", "files": {}, "drafts": {"sheets": [1]}}',
        '{"layout": 1, "title": "t", "files": {}, "drafts": {"plan": {"nonsense": 1}}}',
        '{"layout": 1, "title": "t", "files": {}, "drafts": {"key_id": "../../../etc/passwd"}}',
        "[" * 50_000,
    ],
)
def test_malformed_lists_are_refused_in_words(workspace: Path, listed: str):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("levee.json", listed)
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
        read_archive(made.getvalue())
    assert list_studies() == []


def test_sizes_are_counted_while_unpacking(workspace: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("dashboard.workspace.archive.LARGEST", 1 << 20)
    study = create_study("t")
    save_file(study, "a.csv", b"0" * (2 << 20))
    archive = write_archive(study)
    delete_study(study)
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
        read_archive(archive)
    assert list_studies() == []


def test_a_small_archive_does_not_unpack_to_much(workspace: Path):
    """60 MB of zeros fit in 60 kB; a copy of a study never packs so well."""
    zeros = bytes(60 << 20)
    listed = {"f0": {"name": "a.csv", "sha256": hashlib.sha256(zeros).hexdigest()}}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("levee.json", json.dumps({"layout": 1, "title": "t", "files": listed}))
        archive.writestr("f0", zeros)
    assert len(made.getvalue()) < 100_000
    with pytest.raises(WorkspaceError, check=coded("archive_damaged")):
        read_archive(made.getvalue())
    assert list_studies() == []

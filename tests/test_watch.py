"""A watched folder: complete files only, what changed in words, and nothing stops the watch."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.commands import watch
from dashboard.commands.watch import Watcher
from dashboard.text import Text
from dashboard.workspace import folder as folders
from dashboard.workspace.folder import FileStamp, Settling, list_folder

STUDY = """
[survey]
respondent = "code"
waves = ["pre", "post"]
[[survey.files]]
path = "pre.csv"
wave = "pre"
[[measures]]
name = "ready"
label = "Household preparedness"
items = ["q1", "q2", "q3"]
range = [1, 5]
role = "primary"
"""


def answers(n: int, gain: int) -> str:
    """Two in three people gain."""
    rows = []
    for k in range(n):
        more = gain if k % 3 else 0
        rows.append(f"P{k:02},{1 + k % 3 + more},{1 + k % 2 + more},{1 + k % 4 + more}")
    return "\n".join(["code,q1,q2,q3", *rows])


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    (tmp_path / "pre.csv").write_text(answers(20, 0), encoding="utf-8")
    return tmp_path


class Clock:
    """Steps a watcher far enough apart for files to count as complete."""

    def __init__(self, place: Path, language: str = "en") -> None:
        self.now, self.said = 0.0, []
        self.watcher = Watcher(Text(language), place, place / "out", say=self.said.append)

    def settle(self) -> list[str]:
        self.said.clear()
        for _ in range(2):
            self.now += folders.SETTLED
            self.watcher.step(self.now)
        return list(self.said)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_new_export_is_taken_in_and_what_changed_is_said(place: Path, language: str):
    clock = Clock(place, language)
    first = clock.settle()
    assert any("pre.csv" in line for line in first)
    assert clock.settle() == []  # nothing new, nothing said
    (place / "post.csv").write_text(answers(18, 1), encoding="utf-8")
    said = "\n".join(clock.settle())
    words = {
        "en": (
            "New or changed: post.csv",
            "post.csv: 18 rows used, 0 left out",
            "people after: 18",
            "people matched: 0 → 18",
            "now: ",
        ),
        "zh-Hans": (
            "新增或有改动：post.csv",
            "post.csv：使用18行，未纳入0行",
            "后测人数：18",
            "前后对应人数：0 → 18",
            "现在：",
        ),
    }
    for word in words[language]:
        assert word in said
    written = json.loads((place / "out" / "results.json").read_text(encoding="utf-8"))
    assert written["flow"]["matched"] == 18
    # The person's study file stays; the one used lies beside the results.
    assert (place / "study.toml").read_text(encoding="utf-8") == STUDY
    assert 'path = "post.csv"' in (place / "out" / "study.toml").read_text(encoding="utf-8")


def test_more_rows_in_a_file_change_people_and_headline(place: Path):
    (place / "post.csv").write_text(answers(12, 1), encoding="utf-8")
    clock = Clock(place)
    clock.settle()
    (place / "post.csv").write_text(answers(20, 1), encoding="utf-8")
    said = "\n".join(clock.settle())
    assert "post.csv: 12 → 20 rows used, 0 left out" in said
    assert "people matched: 12 → 20" in said
    assert "before: Household preparedness" in said
    assert "now: Household preparedness" in said


def test_a_file_is_not_read_while_it_is_written(place: Path):
    clock = Clock(place)
    clock.settle()
    path = place / "post.csv"
    whole = answers(20, 1)
    clock.said.clear()
    for part in range(1, 6):
        path.write_text(whole[: part * len(whole) // 6], encoding="utf-8")
        clock.now += folders.SETTLED / 2
        clock.watcher.step(clock.now)
    assert clock.said == []
    path.write_text(whole, encoding="utf-8")
    assert "post.csv: 20 rows used" in "\n".join(clock.settle())


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04 broken", b"\x00\x01\x02\x03" * 40, b"<html>", "不是表格".encode()],
    ids=["empty", "cut zip", "bytes", "page", "words"],
)
def test_a_bad_file_never_stops_the_watch(place: Path, content: bytes):
    clock = Clock(place)
    clock.settle()
    (place / "bad.xlsx").write_bytes(content)
    clock.settle()
    (place / "post.csv").write_text(answers(20, 1), encoding="utf-8")
    assert "people matched: 0 → 20" in "\n".join(clock.settle())


def test_a_broken_file_of_the_study_leaves_the_last_results(place: Path):
    clock = Clock(place)
    clock.settle()
    before = (place / "out" / "results.json").read_bytes()
    (place / "pre.csv").write_bytes(b"PK\x03\x04 broken")
    said = clock.settle()
    assert any(line.startswith("! ") and "pre.csv" in line for line in said)
    assert (place / "out" / "results.json").read_bytes() == before
    (place / "pre.csv").unlink()
    assert "pre.csv" in "\n".join(clock.settle())
    (place / "pre.csv").write_text(answers(9, 0), encoding="utf-8")
    assert "20 → 9 rows used" in "\n".join(clock.settle())


def test_an_error_nobody_expected_is_said_and_the_watch_goes_on(
    place: Path, monkeypatch: pytest.MonkeyPatch, caplog
):
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    clock = Clock(place)
    with monkeypatch.context() as patch:
        patch.setattr(watch, "take_snapshot", fail)
        said = clock.settle()
    assert any("ZeroDivisionError" in line for line in said)
    (place / "post.csv").write_text(answers(20, 1), encoding="utf-8")
    assert "people after: 20" in "\n".join(clock.settle())


def test_a_folder_without_a_study_file_asks_what_it_cannot_know(tmp_path: Path):
    (tmp_path / "pre.csv").write_text(answers(20, 0), encoding="utf-8")
    clock = Clock(tmp_path)
    said = clock.settle()
    assert any(line.startswith("? Name this score") for line in said)
    assert not (tmp_path / "out").exists()
    (tmp_path / "study.toml").write_text(STUDY, encoding="utf-8")
    assert "pre.csv: 20 rows used" in "\n".join(clock.settle())


def test_temporary_files_folders_and_links_are_not_listed(tmp_path: Path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    inside = tmp_path / "inside"
    (inside / "more.csv").mkdir(parents=True)
    for name in ("~$a.xlsx", ".b.csv", "c.csv.part", "d.exe", "e.csv"):
        (inside / name).write_text("x", encoding="utf-8")
    (inside / "link.csv").symlink_to(outside / "secret.csv")
    assert list(list_folder(inside)) == ["e.csv"]


def test_a_file_counts_as_complete_once_it_stays_the_same():
    settling, stamp = Settling(), FileStamp(10, 1)
    assert settling.look({"a": stamp}, 0.0) == {}
    assert settling.look({"a": FileStamp(12, 2)}, 1.9) == {}
    assert settling.look({"a": FileStamp(12, 2)}, 3.0) == {}
    assert settling.look({"a": FileStamp(12, 2)}, 3.9) == {"a": FileStamp(12, 2)}
    assert settling.look({}, 4.0) == {}
    assert settling.look({"a": FileStamp(0, 9)}, 9.0) == {}
    assert settling.look({"a": FileStamp(0, 9)}, 99.0) == {}  # an empty file is no export yet


def test_a_missing_folder_and_an_empty_one_are_said(tmp_path: Path, capsys):
    from dashboard.cli import main

    assert main(["watch", str(tmp_path / "none")]) == 2
    assert "is not there" in capsys.readouterr().err
    assert main(["watch", str(tmp_path), "--once"]) == 2
    assert "no spreadsheet" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_ctrl_c_ends_it_without_a_traceback(place: Path):
    # A shell starts what runs in its background with Ctrl-C ignored, and children inherit that.
    run = (
        "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from dashboard.cli import main; sys.exit(main())"
    )
    command = [sys.executable, "-c", run, "watch", str(place), "--interval", "0.2"]
    process = subprocess.Popen(
        [*command, "--language", "en"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ},
    )
    try:
        results = place / "levee-results" / "results.json"
        for _ in range(600):
            if results.exists():
                break
            time.sleep(0.1)
        assert results.exists()
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert process.returncode == 0
    assert "pre.csv: 20 rows used" in out
    assert out.rstrip().endswith("Stopped watching.")
    assert "Traceback" not in err


def test_a_file_that_no_part_of_the_study_reads_is_named_with_its_reason(place: Path):
    (place / "notes.csv").write_text("alpha,beta\nlorem,ipsum\ndolor,sit\n", encoding="utf-8")
    said = Clock(place).settle()
    assert [line for line in said if line.startswith("Not used: notes.csv. No column was")]

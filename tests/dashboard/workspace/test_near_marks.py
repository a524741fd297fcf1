"""Marks of names stay where the names were coded; the key file makes them again elsewhere."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis.intake.propose.near_names import find_near_codes
from analysis.plan import plan_from_dict
from dashboard.text import Text
from dashboard.workspace.archive import read_archive, write_archive
from dashboard.workspace.engine import VARIABLE, close_workspaces
from dashboard.workspace.key_file import read_key_file, write_key_file
from dashboard.workspace.keys import study_key
from dashboard.workspace.link_edit import with_near
from dashboard.workspace.near_marks import NEAR_MARKS, lacks_marks, restore_marks
from dashboard.workspace.redaction import redact_file
from dashboard.workspace.store import create_study, open_study, save_draft, save_file, save_version

NAMES = {"pre": ["肖然", "徐朋", "王小明", "李红梅"], "post": ["萧然", "徐朋", "王小明", "李红梅"]}


@pytest.fixture
def study(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A saved study of two waves by name, coded as at upload."""
    monkeypatch.setenv(VARIABLE, f"sqlite:///{tmp_path / 'workspace.sqlite'}")
    monkeypatch.setenv("LEVEE_KEYS", str(tmp_path / "keys"))
    made = create_study("Street")
    _, key = study_key(made)
    marks: dict[str, list[str]] = {}
    for wave, names in NAMES.items():
        rows = "\n".join(f"{name},{1 + at}" for at, name in enumerate(names))
        one = redact_file(f"姓名,q1\n{rows}\n".encode(), f"{wave}.csv", key)
        marks |= {code: list(told) for code, told in one.marks.items()}
        save_file(made, one.name, one.content)
    save_draft(made, NEAR_MARKS, marks)
    save_draft(made, "personal", {f"{wave}.csv": {"姓名": ["name", "coded"]} for wave in NAMES})
    files = [{"path": f"{wave}.csv", "wave": wave} for wave in NAMES]
    plan = plan_from_dict(
        {
            "survey": {"respondent": "姓名", "files": files},
            "measures": [{"name": "m", "items": ["q1"], "range": [1, 5]}],
        }
    )
    save_version(made, with_near(plan, find_near_codes(marks)))
    yield made
    close_workspaces()


def test_a_copy_holds_the_pairs_but_no_mark(study: str):
    saved = open_study(study)
    assert not lacks_marks(saved)
    (pair,) = saved.plan.survey.near
    copy = write_archive(study)
    marks = [mark for told in saved.drafts[NEAR_MARKS].values() for mark in told]
    assert len(marks) > 6
    brought = open_study(read_archive(copy))
    assert lacks_marks(brought)
    assert brought.plan.survey.near == [pair]
    assert not [mark for mark in marks if mark in str(brought.drafts)]
    # New files without marks do not take the pair away.
    assert with_near(brought.plan, ()).survey.near == [pair]


def test_the_key_file_makes_the_marks_again(study: str):
    saved = open_study(study)
    name, key = study_key(study)
    codes: dict[str, tuple[str, str]] = {}
    for wave, names in NAMES.items():
        rows = "\n".join(names)
        codes |= redact_file(f"姓名\n{rows}\n".encode(), f"{wave}.csv", key).codes
    found = read_key_file(write_key_file(Text("en"), name, key, codes))
    brought = open_study(read_archive(write_archive(study)))
    plan = restore_marks(brought, found)
    again = open_study(brought.id)
    assert not lacks_marks(again)
    assert {code: sorted(told) for code, told in again.drafts[NEAR_MARKS].items()} == {
        code: sorted(told) for code, told in saved.drafts[NEAR_MARKS].items()
    }
    assert plan.survey.near == saved.plan.survey.near

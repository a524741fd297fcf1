"""A file that is not used says why, and gives the study no title."""

import pytest

from analysis.intake.propose.proposal import propose_plan, read_sheets
from dashboard.cli import main
from dashboard.text import Text
from dashboard.widgets.unused_reasons import say_unused
from dashboard.workspace.plan_edit import Place, use_of
from tests.dashboard import test_journeys as journeys
from tests.dashboard.test_journeys import POST, PRE, press, upload

app = journeys.app
NOTES = b"alpha,beta\nlorem,ipsum\ndolor,sit\namet,elit\n"
ROSTER = "volunteer,joined\n" + "\n".join(f"V{n:02},2025-01-{n:02}" for n in range(1, 25))


def reasons(language: str, **files: str) -> dict[str, str]:
    tables = read_sheets({f"{name}.csv": text.encode() for name, text in files.items()})
    plan = propose_plan(tables)
    places = {Place(file=table.file): table for table in tables.values()}
    text = Text(language)
    return {at.file: say_unused(text, plan, places, at) for at in places if not use_of(plan, at)}


@pytest.mark.parametrize(
    ("language", "copied", "unknown"),
    [
        ("en", "Its rows are also in roster.csv, which is used.", "No column was recognised"),
        ("zh-Hans", "其数据行也在roster.csv中，已使用该文件。", "没有识别出"),
    ],
)
def test_each_unused_file_has_its_reason(language: str, copied: str, unknown: str):
    part = "\n".join(ROSTER.splitlines()[:20])
    told = reasons(language, notes=NOTES.decode(), roster=ROSTER, some_of_it=part)
    assert told["some_of_it.csv"] == copied
    assert told["notes.csv"].startswith(unknown)


def test_the_command_writes_the_reason(tmp_path, capsys):
    for name, content in (("notes.csv", NOTES), ("roster.csv", ROSTER.encode())):
        (tmp_path / name).write_bytes(content)
    written = tmp_path / "study.toml"
    main(["propose", *map(str, sorted(tmp_path.glob("*.csv"))), "-o", str(written)])
    assert "Not used: notes.csv. No column was recognised" in written.read_text(encoding="utf-8")


def test_the_title_is_made_of_a_used_file_and_the_reason_is_shown(app):
    at = upload(
        app("data"),
        ("attic_notes.csv", NOTES),
        ("flood_survey_pre.csv", PRE.encode()),
        ("flood_survey_post.csv", POST.encode()),
    )
    press(at, "to_checks")
    assert at.text_input(key="title").value == "flood survey"
    assert [one for one in at.caption if "Not used: attic" in one.value.replace(chr(92), "")]

"""A study from the command line: proposed with comments, evaluated, or a question and exit 2."""

import json
import tomllib

import pytest

from analysis.intake.read.reader import read_study
from analysis.plan import parse_plan, read_plan
from dashboard.cli import main

ITEMS = "I know the evacuation route,I have an emergency kit,I know the flood warning,It is no use"


def survey(head, gain, n=24):
    rows = [
        f"P{k:02},{1 + (k + gain) % 4},{1 + (k * 3 + gain) % 4},{1 + (k * 7 + gain) % 4},"
        f"{5 - (k + gain) % 4}"
        for k in range(n)
    ]
    return "\n".join([f"code,{head}", *rows])


def write(folder, head=ITEMS):
    paths = []
    for name, gain in (("pre.csv", 0), ("post.csv", 1)):
        (folder / name).write_text(survey(head, gain), encoding="utf-8")
        paths.append(str(folder / name))
    return paths


def test_a_proposal_is_a_study_file_with_comments_that_can_be_evaluated(tmp_path, capsys):
    study = tmp_path / "study.toml"
    assert main(["propose", *write(tmp_path), "-o", str(study), "--language", "en"]) == 0
    written = study.read_text(encoding="utf-8")
    plan = read_plan(study)
    assert [one.path for one in plan.survey.files] == ["pre.csv", "post.csv"]
    assert plan.measures[0].label == "Disaster preparedness"
    lines = written.splitlines()
    above = {line: lines[at - 1] for at, line in enumerate(lines)}
    (reverse,) = [line for line in lines if line.startswith("reversed")]
    assert above[reverse].startswith("# Proposed from wording and answers")
    capsys.readouterr()
    assert main(["evaluate", str(study)]) == 0
    assert "Disaster preparedness" in capsys.readouterr().out


def test_files_without_a_study_file_are_evaluated_and_both_files_written(tmp_path, capsys):
    paths, out = write(tmp_path), tmp_path / "out"
    assert main(["evaluate", *paths, "-o", str(out), "--language", "en"]) == 0
    (outcome,) = json.loads((out / "results.json").read_text(encoding="utf-8"))["outcomes"]
    assert outcome["n"]["matched"] == 24
    assert read_plan(tmp_path / "study.toml").measures
    capsys.readouterr()
    # A second run would overwrite what a person may have changed.
    assert main(["evaluate", *paths, "--language", "en"]) == 2
    assert "exists already" in capsys.readouterr().err


def test_a_score_nobody_can_name_is_asked_for_and_exits_2(tmp_path, capsys):
    paths = write(tmp_path, "q1,q2,q3,q4")
    assert main(["evaluate", *paths, "--language", "en"]) == 2
    said = capsys.readouterr().err
    assert "Name this score for reports. It is made of: q1; q2; q3" in said
    assert "Traceback" not in said
    study = tmp_path / "study.toml"
    assert '# label = "Household preparedness"' in study.read_text(encoding="utf-8")
    assert not (tmp_path / "results.json").exists()
    answered = study.read_text(encoding="utf-8").replace('# label = "House', 'label = "House')
    study.write_text(answered, encoding="utf-8")
    assert main(["evaluate", str(study)]) == 0


def test_dates_that_can_be_read_two_ways_are_asked(tmp_path, capsys):
    rows = "\n".join(f"2026,{n}/{n + 1}/2026,{100 * n},Bureau" for n in range(1, 9))
    (tmp_path / "ledger.csv").write_text(f"no,date,amount,source\n{rows}\n", encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "ledger.csv"), "--language", "en"]) == 2
    assert "can be read two ways: is 1/2/2026" in capsys.readouterr().err
    written = (tmp_path / "study.toml").read_text(encoding="utf-8")
    assert "# day_first = true" in written
    tomllib.loads(written)


def test_what_is_no_part_of_a_study_or_cannot_be_read_is_said_plainly(tmp_path, capsys):
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04oops")
    assert main(["propose", str(tmp_path / "broken.xlsx"), "--language", "en"]) == 2
    assert "damaged" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path / "absent.csv"), "--language", "en"]) == 2
    assert "absent.csv" in capsys.readouterr().err
    paths = write(tmp_path)
    far = tmp_path / "elsewhere"
    far.mkdir()
    assert main(["propose", *paths, "-o", str(far / "study.toml"), "--language", "en"]) == 2
    assert "in the folder of its files" in capsys.readouterr().err


def test_comments_are_in_the_language_asked_for(tmp_path, capsys):
    assert main(["propose", *write(tmp_path, "q1,q2,q3,q4"), "--language", "zh-Hans"]) == 0
    written = capsys.readouterr().out
    assert "# 请填写这项得分在报告中的名称" in written
    assert parse_plan(written).measures


def test_a_scale_the_answers_leave_open_is_asked(tmp_path, capsys):
    rows = "\n".join(f"P{k:02},{1 + k % 4},{1 + k * 3 % 4},{1 + k // 2 % 4}" for k in range(24))
    (tmp_path / "pre.csv").write_text(f"code,{ITEMS.rpartition(',')[0]}\n{rows}\n", "utf-8")
    assert main(["evaluate", str(tmp_path / "pre.csv"), "--language", "en"]) == 2
    assert "On which scale were these questions answered?" in capsys.readouterr().err
    lines = (tmp_path / "study.toml").read_text(encoding="utf-8").splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("range")]
    assert lines[at - 1].startswith("# On which scale")


def test_the_scale_of_a_self_assessment_is_asked(tmp_path, capsys):
    rows = "\n".join(f"R{n % 6},D{n % 3},{1 + n % 5}" for n in range(36))
    (tmp_path / "own.csv").write_text(f"rater,domain,score\n{rows}\n", encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "own.csv"), "--language", "en"]) == 2
    assert "On which scale were these ratings given?" in capsys.readouterr().err
    assert "# range = [1, 5]" in (tmp_path / "study.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("section", "header", "row"),
    [
        ("service", "volunteer,date,hours", "V{n},3月{n}日,2"),
        ("volunteers", "volunteer,joined,left", "V{n},3月{n}日,"),
        ("funding", "date,amount,source", "3月{n}日,{n}00,Fund"),
        ("attendance", "person,session,date", "P{n},S1,3月{n}日"),
        ("delivery", "session,planned,held", "S{n},3月{n}日,3月{n}日"),
    ],
)
def test_dates_without_a_year_are_asked_once_in_every_table(
    tmp_path, capsys, section: str, header: str, row: str
):
    rows = "\n".join(row.format(n=n) for n in range(1, 21))
    path = tmp_path / f"{section}.csv"
    path.write_text(f"{header}\n{rows}\n", encoding="utf-8")
    assert main(["evaluate", str(path), "--language", "en"]) == 2
    assert "name no year, for example 3月1日" in capsys.readouterr().err
    study = tmp_path / "study.toml"
    answered = study.read_text(encoding="utf-8").replace("# year = 2026", "year = 2025")
    study.write_text(answered, encoding="utf-8")
    assert getattr(read_plan(study), section).year == 2025
    read = read_study(study)
    assert getattr(read, section).select_dtypes("datetime").iloc[0, 0].year == 2025
    assert not [issue for issue in read.issues if issue.code == "unread_date"]


def test_a_study_whose_every_row_is_lost_exits_2_and_says_why(tmp_path, capsys):
    (tmp_path / "log.csv").write_text("who,day\nV1,soon\nV2,later\n", encoding="utf-8")
    study = tmp_path / "study.toml"
    told = '[service]\npath = "log.csv"\nvolunteer = "who"\ndate = "day"\n'
    study.write_text(told, encoding="utf-8")
    assert main(["evaluate", str(study), "--language", "en"]) == 2
    said = capsys.readouterr().err
    assert "Every row of log.csv would be left out" in said
    assert "2 rows have no date and were left out" in said
    assert not (tmp_path / "results.json").exists()


def test_which_side_of_a_ledger_is_income_is_asked_and_one_line_answers(tmp_path, capsys):
    rows = "\n".join(f"2026-0{n}-05,Fund,{100 * n},{30 if n % 2 else ''}" for n in range(1, 9))
    (tmp_path / "book.csv").write_text(f"date,source,debit,credit\n{rows}\n", encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "book.csv"), "--language", "en"]) == 2
    said = capsys.readouterr().err
    assert "Which column of this ledger is income: “credit” (credit) or “debit” (debit)?" in said
    study = tmp_path / "study.toml"
    written = study.read_text(encoding="utf-8")
    assert '# income_side = "credit"' in written
    for side, income in (("debit", 3600), ("credit", 120)):
        answered = written.replace('# income_side = "credit"', f'income_side = "{side}"')
        study.write_text(answered, encoding="utf-8")
        amounts = read_study(study).funding["amount"]
        assert amounts.sum() == pytest.approx(income - (3720 - income))
    assert main(["evaluate", str(study)]) == 0


def test_dates_that_the_study_does_not_read_are_not_asked_about(tmp_path, capsys):
    head, *rows = survey(ITEMS, 0).splitlines()
    days = ("3/4/2026", "9/6/2026", "3月5日")
    told = [f"{head},last drill", *(f"{row},{days[n % 3]}" for n, row in enumerate(rows))]
    (tmp_path / "pre.csv").write_text("\n".join(told), encoding="utf-8")
    main(["propose", str(tmp_path / "pre.csv"), "--language", "en"])
    written = capsys.readouterr().out
    assert "two ways" not in written
    assert "name no year" not in written


def test_rounds_whose_order_nothing_tells_are_asked(tmp_path, capsys):
    rows = [
        f"P{k:02},{name},{1 + k % 5},{1 + (k + at) % 5},{1 + k % 4}"
        for k in range(20)
        for at, name in enumerate(("spring", "autumn", "winter"))
    ]
    told = "\n".join([f"code,round,{ITEMS.rpartition(',')[0]}", *rows])
    (tmp_path / "long.csv").write_text(told, encoding="utf-8")
    assert main(["evaluate", str(tmp_path / "long.csv"), "--language", "en"]) == 2
    assert "In which order did these rounds take place?" in capsys.readouterr().err
    lines = (tmp_path / "study.toml").read_text(encoding="utf-8").splitlines()
    (at,) = [n for n, line in enumerate(lines) if line.startswith("waves")]
    assert lines[at - 1].startswith("# In which order")


def test_files_that_do_not_tell_which_came_first_are_asked(tmp_path, capsys):
    rows = "\n".join(f"P{n},{n % 5 + 1},{n % 4 + 1},{n % 3 + 2}" for n in range(12))
    for name in ("north.csv", "south.csv", "members.csv", "members after.csv"):
        text = f"code,I am ready,I am calm,I am sure\n{rows}"
        (tmp_path / name).write_text(text, encoding="utf-8")
    asked = [str(tmp_path / name) for name in ("south.csv", "north.csv")]
    assert main(["evaluate", *asked, "--language", "en"]) == 2
    assert "north.csv → south.csv" in capsys.readouterr().err
    assert "Name the wave of each" in (tmp_path / "study.toml").read_text(encoding="utf-8")
    told = [str(tmp_path / name) for name in ("members after.csv", "members.csv")]
    main(["propose", *told, "-o", str(tmp_path / "told.toml"), "--language", "en"])
    assert "which came first" not in capsys.readouterr().err
    files = tomllib.loads((tmp_path / "told.toml").read_text(encoding="utf-8"))["survey"]["files"]
    assert [(one["path"], one["wave"]) for one in files] == [
        ("members.csv", "pre"),
        ("members after.csv", "post"),
    ]


def test_names_spelt_nearly_alike_are_proposed_as_open_pairs(tmp_path, capsys):
    names = [f"{family}{given}" for family in "王李张刘陈" for given in ("小明", "红梅", "桂英")]
    for wave, first in (("前测", "肖然"), ("后测", "萧然")):
        people = enumerate([first, *names])
        rows = [f"{name},{1 + k % 5},{1 + k * 2 % 5},{1 + k * 3 % 5}" for k, name in people]
        head = "姓名,我知道疏散路线,我家备有应急包,我能说出预警信号"
        (tmp_path / f"{wave}.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    paths = [str(tmp_path / f"{wave}.csv") for wave in ("前测", "后测")]
    study = tmp_path / "study.toml"
    assert main(["propose", *paths, "-o", str(study), "--language", "en"]) == 0
    (pair,) = read_plan(study).survey.near
    assert pair.slip == "same_pinyin"
    assert "肖然" not in study.read_text(encoding="utf-8")

"""A study from the command line: proposed with comments, evaluated, or a question and exit 2."""

import json
import tomllib

from analysis.study_file import parse_plan, read_plan
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

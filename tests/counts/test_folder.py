"""A folder of communities: read once by the ordinary intake, counted, evaluated, compared."""

import json
import random
import time
from pathlib import Path

import pytest

from analysis import portfolio
from analysis.counts import engines, staging
from analysis.counts.evaluation import COUNTED_SECTIONS
from analysis.evaluation import Evaluation
from analysis.intake.read.reader import read_study
from analysis.sections import evaluate
from dashboard.cli import main
from dashboard.exports.results_file import write_results
from tests.counts.test_evaluation import comparable, differences

STUDY = """
[study]
title = "Everyone"
seed = 5

[survey]
respondent = "code"
waves = ["pre", "post"]
wave = "round"
group = "arm"
treated = ["programme"]
missing_codes = ["99"]
duplicates = "{policy}"
started_on = "day"
files = [{{ path = "answers.csv" }}]

[[measures]]
name = "ready"
items = ["plan", "kit", "warned"]
reversed = ["warned"]
range = [1, 5]
role = "primary"

[[measures]]
name = "floods"
kind = "knowledge"
items = ["k1", "k2"]
correct = {{ k1 = "hill", k2 = "b" }}

[[measures]]
name = "member"
kind = "binary"
items = ["joined"]

[[measures]]
name = "hours"
kind = "number"
items = ["h"]
"""
WORDS = ["strongly disagree", "disagree", "neither agree nor disagree", "agree", "strongly agree"]


def write_answers(place, seed, n=40):
    """Answers in words and numbers, some missing, some out of range, some handed in twice."""
    draw = random.Random(seed)
    lines = ["code,round,arm,day,plan,kit,warned,k1,k2,joined,h"]
    for person in range(n):
        arm = "programme" if person % 3 else "none"
        for wave in ("Pre-test", "post"):
            if draw.random() < 0.2:
                continue
            for _ in range(2 if draw.random() < 0.15 else 1):
                plan = draw.choice([*WORDS, "５", "", "99", "9", "I would rather not"])
                cells = [
                    draw.choice([f"p{person:03d}", f"P{person:03d} "]),
                    wave if draw.random() > 0.03 else "spring",
                    arm,
                    f"2026-0{draw.randint(1, 6)}-1{draw.randint(0, 9)}",
                    *(plan, draw.choice("12345"), draw.choice(["1", "2", "4.0", "5", ""])),
                    *(draw.choice(["hill", "Hill ", "river", ""]), draw.choice("abc")),
                    draw.choice(["yes", "no", "Yes", ""]),
                    draw.choice(["0.5", "1", "2.25", "12", ""]),
                ]
                lines.append(",".join(cells))
    place.write_text("\n".join(lines), encoding="utf-8")


def write_folder(folder, n=4, policy="latest"):
    (folder / "study.toml").write_text(STUDY.format(policy=policy), encoding="utf-8")
    for at in range(n):
        place = folder / f"village {at}"
        place.mkdir()
        write_answers(place / "answers.csv", at)
    return folder


def run(folder, *more):
    return main(["evaluate", str(folder), "--engine", "duckdb", "--language", "en", *more])


def results_of(folder, name):
    place = folder / "levee-results" / "communities" / f"{name}.json"
    return json.loads(place.read_text(encoding="utf-8"))


def evaluate_alone(folder, name):
    """What the ordinary way says of one community: only the sections that counts serve."""
    (folder / name / "study.toml").write_text(
        (folder / "study.toml").read_text(encoding="utf-8"), encoding="utf-8"
    )
    whole = evaluate(read_study(folder / name / "study.toml"))
    told = {section: getattr(whole, section) for section in COUNTED_SECTIONS}
    same = {n: getattr(whole, n) for n in ("fingerprint", "title", "settings", "provenance")}
    return json.loads(write_results(Evaluation(**same, **told)))


def without_marks(section, rows):
    """Texts of answers to questions of knowledge are not counted."""
    return [row for row in rows if row["measure"] != "floods"] if section == "items" else rows


@pytest.mark.parametrize("policy", ["latest", "first", "most_complete"])
def test_each_community_gets_what_it_gets_alone(tmp_path, policy, capsys):
    folder = write_folder(tmp_path, policy=policy)
    assert run(folder) == 0
    told = capsys.readouterr()
    assert "4 communities evaluated." in told.out
    assert "flow, scoring, reliability, outcomes, items, and no others" in told.err
    for name in ("village 0", "village 3"):
        counted, alone = results_of(folder, name), evaluate_alone(folder, name)
        assert counted["flow"]["duplicates"] > 0
        assert counted["outcomes"][0]["among"] == "treated"
        assert counted["study"]["fingerprint"] == alone["study"]["fingerprint"]
        for section in COUNTED_SECTIONS:
            rows = without_marks(section, comparable(alone, section))
            assert differences(rows, comparable(counted, section), section) == []
        codes = {one["code"] for one in counted["issues"]}
        assert codes == {"duplicate", "out_of_range"}
        assert counted["study"]["settings"]["counted"]["further_issues"]["unknown_wave"] == 1
    assert "DuckDB" in counted["study"]["settings"]["counted"]["engine"]


def test_what_is_staged_holds_no_code_and_no_text_of_a_person(tmp_path):
    folder = write_folder(tmp_path, n=1)
    assert run(folder) == 0
    import pyarrow.parquet

    (rows,) = (folder / "levee-staged").glob("*.parquet")
    cells = {
        str(v) for column in pyarrow.parquet.read_table(rows).to_pydict().values() for v in column
    }
    assert {"pre", "post", "1", "5", "2.25", "None"} <= cells
    assert not any("p0" in cell.lower() or "rather not" in cell for cell in cells)
    (facts,) = (folder / "levee-staged").glob("*.json")
    told = facts.read_text(encoding="utf-8")
    assert "rather not" not in told
    assert "P00" not in told.upper()


def test_a_community_is_read_once_and_again_when_it_changes(tmp_path, monkeypatch):
    folder, opened = write_folder(tmp_path, n=3), []

    def count_opened(files, **told):
        opened.append(len(files))
        return open_workbooks(files, **told)

    open_workbooks = staging.open_workbooks
    monkeypatch.setattr(staging, "open_workbooks", count_opened)
    assert run(folder) == 0
    before = results_of(folder, "village 0")
    assert run(folder) == 0
    write_answers(folder / "village 1" / "answers.csv", 99)
    assert run(folder) == 0
    assert opened == [3, 0, 1]
    assert results_of(folder, "village 0")["outcomes"] == before["outcomes"]


def test_one_unreadable_community_stops_no_other(tmp_path, capsys):
    folder = write_folder(tmp_path, n=2)
    (folder / "broken").mkdir()
    (folder / "broken" / "answers.csv").write_bytes(b"")
    (folder / "other").mkdir()
    (folder / "other" / "answers.csv").write_text("code,round\n1,pre\n", encoding="utf-8")
    assert run(folder) == 2
    told = capsys.readouterr()
    assert "2 communities evaluated." in told.out
    assert "broken: answers.csv is empty" in told.err
    assert "other: answers.csv: there is no column" in told.err


def test_files_are_communities_where_there_is_one_survey_file(tmp_path):
    (tmp_path / "study.toml").write_text(STUDY.format(policy="latest"), encoding="utf-8")
    for at in range(3):
        write_answers(tmp_path / f"place {at}.csv", at)
    (tmp_path / "notes.txt").write_text("no survey", encoding="utf-8")
    assert run(tmp_path) == 0
    names = {one.stem for one in (tmp_path / "levee-results" / "communities").iterdir()}
    assert names == {"place 0", "place 1", "place 2"}


def test_the_portfolio_reads_all_at_once(tmp_path):
    folder = write_folder(tmp_path, n=4)
    assert run(folder) == 0
    data = (folder / "levee-results" / "portfolio.json").read_bytes()
    results = portfolio.read_results(data, "portfolio.json")
    assert len(results) == 4
    cards = [c for c in portfolio.compare_studies(results).cards if c.measure == "ready"]
    pooled = portfolio.compare_studies(results, [portfolio.define("Ready", cards)]).measures[0]
    alone = results_of(folder, "village 2")
    (main_one,) = [o for o in alone["outcomes"] if o["measure"] == "ready" and o["main"]]
    changes = dict(pooled.studies)
    assert changes[alone["study"]["fingerprint"]].estimate == main_one["change"]["estimate"]
    assert pooled.summary.pooled.n == 4
    # One file of one community is read as ever.
    one = write_results(evaluate(read_study(_with_study(folder, "village 1"))))
    assert len(portfolio.read_results(one, "results.json")) == 1


def _with_study(folder, name) -> Path:
    place = folder / name / "study.toml"
    place.write_text((folder / "study.toml").read_text(encoding="utf-8"), encoding="utf-8")
    return place


def test_three_thousand_studies_are_compared_at_once():
    made = [
        {
            "study": {"fingerprint": f"{at:064x}", "title": f"c{at}", "settings": {}},
            "scores": [[50.0, 3 + at / 1e4, 1.0], [51.0, 3.1 + at / 1e4, 1.0]],
            "survey_files": [f"{at:064x}"],
        }
        for at in range(3000)
    ]
    made.append({**made[7], "study": {**made[8]["study"], "fingerprint": "f" * 64}})
    start = time.process_time()
    found = portfolio.find_duplicates(made)
    assert time.process_time() - start < 2
    assert [(one.same_as[-4:], one.reason) for one in found] == [(f"{7:064x}"[-4:], "files")]


def test_refusals_name_the_remedy(tmp_path, capsys, monkeypatch):
    folder = write_folder(tmp_path, n=1)
    assert run(folder, "--format", "docx") == 2
    assert "leave out --format" in capsys.readouterr().err
    assert run(folder / "study.toml") == 2
    assert "name one folder" in capsys.readouterr().err
    assert main(["evaluate", str(folder), "--engine", "oracle", "--language", "en"]) == 2
    assert "There is no engine oracle" in capsys.readouterr().err
    (folder / "village 0" / "answers.csv").unlink()
    assert run(folder) == 2
    assert "There is no community in" in capsys.readouterr().err
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    assert run(folder) == 2
    assert "pip install levee[scale]" in capsys.readouterr().err


def test_without_a_survey_there_is_nothing_to_count(tmp_path, capsys):
    (tmp_path / "study.toml").write_text('[funding]\npath = "money.csv"\n', encoding="utf-8")
    assert run(tmp_path) == 2
    assert "names no survey file" in capsys.readouterr().err

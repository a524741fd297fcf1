"""``levee evaluate`` for an audience: what is withheld, what the ledger keeps, what it refuses."""

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from analysis import evaluate as evaluate_study
from analysis.disclosure import make_release
from analysis.intake.read.reader import read_contents, read_study
from dashboard.cli import main
from dashboard.workspace.releases import list_releases, save_release
from dashboard.workspace.store import import_study

ITEMS = ["I know the evacuation route", "I have an emergency kit", "I know the flood warning"]


def write_study(folder: Path, n: int, *, lost: int = 0) -> Path:
    """A study of n people of whom the last ``lost`` did not answer again; 3 of them live alone."""
    for name, gain, size in (("pre.csv", 0, n), ("post.csv", 1, n - lost)):
        rows = [f"code,home,{','.join(ITEMS)}"]
        for k in range(size):
            answers = [1 + (k * step + gain) % 4 for step in (1, 3, 7)]
            home = "alone" if k < 3 else "family" if k % 2 else "shared"
            rows.append(f"P{k:02},{home},{','.join(map(str, answers))}")
        (folder / name).write_text("\n".join(rows), encoding="utf-8")
    items = ", ".join(f'"{one}"' for one in ITEMS)
    study = folder / "study.toml"
    study.write_text(
        f"""
[survey]
waves = ["pre", "post"]
respondent = "code"
disaggregate = ["home"]
files = [{{ path = "pre.csv", wave = "pre" }}, {{ path = "post.csv", wave = "post" }}]

[[measures]]
name = "ready"
label = "Preparedness"
kind = "scale"
range = [1, 4]
items = [{items}]
role = "primary"
""",
        encoding="utf-8",
    )
    return study


def evaluate(study: Path, *more: str) -> int:
    return main(["evaluate", str(study), "--language", "en", *more])


def results_of(study: Path) -> dict:
    return json.loads((study.parent / "results.json").read_text(encoding="utf-8"))


def test_results_are_for_the_evaluator_unless_somebody_says_otherwise(tmp_path):
    study = write_study(tmp_path, 30)
    assert evaluate(study) == 0
    assert results_of(study)["audience"] == "evaluator"
    assert not list(tmp_path.glob("*.releases.json")), "the evaluator's copy is no release"


@pytest.mark.parametrize("audience", ["manager", "funder", "public"])
def test_small_groups_are_withheld_for_an_audience(tmp_path, audience):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--audience", audience) == 0
    results = results_of(study)
    assert results["audience"] == audience
    assert results["disclosure"]["hidden"] > 0
    (outcome,) = results["outcomes"]
    assert outcome["change"]["estimate"] is not None
    (groups,) = [one["groups"] for one in outcome["subgroups"] if one["by"] == "home"]
    # Those who live alone are few: they have no name for readers.
    (alone,) = [one for one in groups if one["value"] == "[others]"]
    assert alone["n"] in ("suppressed", 0)
    assert alone["change"]["reason"] == "suppressed"


def test_documents_are_made_for_the_audience(tmp_path):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--format", "html", "--audience", "public") == 0
    assert "made for the public" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert evaluate(study, "--format", "html") == 0
    assert "made for funders" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert results_of(study)["audience"] == "evaluator"


def test_the_ledger_is_its_owners_alone_and_holds_no_code_and_no_answer(tmp_path):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--audience", "funder") == 0
    ledger = tmp_path / "study.releases.json"
    assert stat.S_IMODE(ledger.stat().st_mode) == 0o600
    written = ledger.read_text(encoding="utf-8")
    assert "P07" not in written
    (release,) = json.loads(written)["releases"]
    assert set(release) == {"certificate", "fingerprint", "record"}
    estimate = results_of(study)["outcomes"][0]["change"]["estimate"]
    assert repr(estimate)[:8] not in written


def test_the_same_release_may_leave_again(tmp_path):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--audience", "funder") == 0
    first = results_of(study)["outcomes"]
    assert evaluate(study, "--audience", "funder") == 0
    assert results_of(study)["outcomes"] == first
    ledger = json.loads((tmp_path / "study.releases.json").read_text(encoding="utf-8"))
    assert len(ledger["releases"]) == 1


def test_a_release_repeats_one_that_told_the_same_readers_all_it_says(tmp_path):
    """In any order of numbers: the records were once compared as they were written."""
    plan, files = read_contents(write_study(tmp_path, 30))
    study = read_study(plan, files)
    evaluation = evaluate_study(study)
    _, first = make_release(evaluation, study, "funder")
    _, again = make_release(evaluation, study, "funder", [first])
    _, public = make_release(evaluation, study, "public", [first])
    cells = first.record["cells"]
    turned = replace(first, fingerprint="", record={**first.record, "cells": cells[::-1]})
    part = replace(first, fingerprint="", record={**first.record, "cells": cells[1:]})
    assert again.record == first.record, "the order of a set of texts is another in each run"
    assert again.repeats(first)
    assert turned.repeats(first)
    assert part.repeats(first)
    assert not first.repeats(part)
    assert not public.repeats(first), "the ledger says for whom"


def test_a_release_that_differs_by_one_person_is_refused_by_name(tmp_path, capsys):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--audience", "funder") == 0
    before = results_of(study)
    write_study(tmp_path, 31)
    capsys.readouterr()
    assert evaluate(study, "--audience", "funder") == 2
    said = capsys.readouterr().err
    assert said.count("outcomes.ready.pre.post") == 2
    assert "Nothing was released" in said
    assert results_of(study) == before, "nothing is written"
    assert evaluate(study) == 0, "the evaluator may go on"


def test_a_document_that_differs_by_one_person_is_refused_too(tmp_path):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--format", "html") == 0
    write_study(tmp_path, 31)
    assert evaluate(study, "--format", "html") == 2


def test_a_release_that_differs_by_many_people_leaves(tmp_path):
    study = write_study(tmp_path, 30)
    assert evaluate(study, "--audience", "funder") == 0
    write_study(tmp_path, 40)
    assert evaluate(study, "--audience", "funder") == 0
    assert results_of(study)["outcomes"][0]["n"]["matched"] == 40


@pytest.fixture
def workspace(tmp_path, monkeypatch) -> Path:
    path = tmp_path / "data" / "workspace.sqlite"
    monkeypatch.setenv("LEVEE_WORKSPACE", str(path))
    return path


def release_in_the_workspace(study: Path, title: str, audience: str = "public") -> str:
    """What the Export page does with the files of a study."""
    plan, files = read_contents(study)
    saved = import_study(title, files, {}, plan)
    read = read_study(plan, files)
    save_release(saved, make_release(evaluate_study(read), read, audience)[1])
    return saved


def test_a_release_is_judged_by_those_of_the_workspace_that_hold_the_same_files(
    tmp_path, workspace, capsys
):
    """The headline of 30 people left from the Export page; then one person less, by command."""
    study = write_study(tmp_path, 30)
    saved = release_in_the_workspace(study, "Ready")
    (tmp_path / "post.csv").write_text(
        "".join((tmp_path / "post.csv").read_text(encoding="utf-8").splitlines(keepends=True)[:-1]),
        encoding="utf-8",
    )
    assert evaluate(study, "--audience", "funder") == 2
    assert "outcomes.ready.pre.post" in capsys.readouterr().err
    assert len(list_releases(saved)) == 1, "what was refused left nothing"
    write_study(tmp_path, 30)
    assert evaluate(study, "--audience", "funder") == 0
    assert (
        "Judged together with releases of “Ready” in the workspace: 1." in capsys.readouterr().err
    )
    told = [one.certificate.audience for one in list_releases(saved)]
    assert told == ["public", "funder"], "the workspace knows what left, and for whom"
    assert evaluate(study, "--audience", "funder") == 0
    assert len(list_releases(saved)) == 2, "the same for the same readers is entered once"


def test_a_release_that_cannot_be_compared_with_the_workspace_says_so(tmp_path, workspace, capsys):
    """The same title, and other files: people have other codes there."""
    (tmp_path / "there").mkdir()
    there = write_study(tmp_path / "there", 40)
    saved = release_in_the_workspace(there, "Study ")
    study = write_study(tmp_path, 30)
    study.write_text('[study]\ntitle = "study"\n' + study.read_text(encoding="utf-8"), "utf-8")
    assert evaluate(study, "--audience", "funder") == 0
    said = capsys.readouterr().err
    assert "“Study ” (releases: 1)" in said
    assert "could not be compared" in said
    assert len(list_releases(saved)) == 1


def test_a_release_without_a_workspace_makes_none(tmp_path, workspace):
    assert evaluate(write_study(tmp_path, 30), "--audience", "funder") == 0
    assert not workspace.exists()


def test_a_damaged_ledger_stops_every_release(tmp_path, capsys):
    study = write_study(tmp_path, 30)
    for damage in ("{", "[]", '{"version": 1, "releases": [{}]}', '{"version": 9}'):
        (tmp_path / "study.releases.json").write_text(damage, encoding="utf-8")
        capsys.readouterr()
        assert evaluate(study, "--audience", "funder") == 2
        assert "damaged" in capsys.readouterr().err
        assert not (tmp_path / "results.json").exists()

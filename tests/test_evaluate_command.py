"""``levee evaluate`` for an audience: what is withheld, what the ledger keeps, what it refuses."""

import json
import stat
from pathlib import Path

import pytest

from dashboard.cli import main

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
    (alone,) = [one for one in groups if one["value"] == "alone"]
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


def test_a_damaged_ledger_stops_every_release(tmp_path, capsys):
    study = write_study(tmp_path, 30)
    for damage in ("{", "[]", '{"version": 1, "releases": [{}]}', '{"version": 9}'):
        (tmp_path / "study.releases.json").write_text(damage, encoding="utf-8")
        capsys.readouterr()
        assert evaluate(study, "--audience", "funder") == 2
        assert "damaged" in capsys.readouterr().err
        assert not (tmp_path / "results.json").exists()

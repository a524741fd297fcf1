"""Grants, fundraising and roadshows of a city of culture agree with the reference."""

import json

import pytest

from analysis import read_study
from analysis.intake.propose.inspection import inspect_files
from analysis.intake.propose.proposal import propose_study
from analysis.intake.tables.survey_tool import read_tables
from analysis.intake.values.parse_numbers import read_numbers
from analysis.plan import plan_from_dict
from analysis.statistics import concentration


@pytest.fixture(scope="module")
def folder(shared_data):
    return shared_data / "leeds-volunteers"


@pytest.fixture(scope="module")
def reference(folder):
    return json.loads((folder / "reference.json").read_text(encoding="utf-8"))


def test_the_summary_by_stage_is_noticed_beside_the_rows(folder):
    names = ("fundraising_amount_by_stage.csv", "fundraising_amount_by_stage_and_type.csv")
    told = {one.file: one for one in inspect_files({n: (folder / n).read_bytes() for n in names})}
    (issue,) = told[names[0]].issues
    assert (issue.code, issue.details["other_file"]) == ("file_summed", names[1])
    assert issue.details["n"] == 3


def test_amounts_by_stage_and_type_and_their_concentration(folder, reference):
    name = "fundraising_amount_by_stage_and_type.csv"
    cells = read_tables({name: (folder / name).read_bytes()})[name].cells
    amounts = read_numbers(cells["amount"]).values
    wanted = reference["funding"]
    assert amounts.groupby(cells["status"]).sum().to_dict() == wanted["by_status"]
    assert amounts.sum() == wanted["stage_file_total"]
    confirmed = amounts[cells["status"] == "CONFIRMED"]
    by_type = confirmed.groupby(cells["type"]).sum()
    assert by_type.to_dict() == wanted["confirmed_by_type"]
    told = wanted["confirmed_concentration"]
    hhi = concentration.hhi(by_type.to_numpy())
    assert hhi == pytest.approx(told["hhi"], abs=1e-9)


def test_roadshows_are_counts_of_people(folder, reference):
    files = {"r.csv": (folder / "roadshows_attendance.csv").read_bytes()}
    plan = propose_study(files)
    study = read_study(plan, files)
    assert len(study.attendance_counts) == reference["roadshow"]["n"]
    assert study.attendance_counts["attended"].sum() == reference["roadshow"]["total"]
    assert study.attendance_counts["date"].notna().all()


def test_grants_by_type(folder, reference):
    plan = plan_from_dict(
        {
            "survey": {"waves": ["all"], "files": [{"path": "g.csv", "wave": "all"}]},
            "measures": [
                {"name": "type", "kind": "category", "items": ["type"]},
                {"name": "ward", "kind": "category", "items": ["ward_code"]},
            ],
        }
    )
    files = {"g.csv": (folder / "community-grants_responses.csv").read_bytes()}
    survey = read_study(plan, files).survey
    wanted = reference["community_grants"]
    assert len(survey.keys) == wanted["n"]
    counts = survey.texts["type"]["type"].value_counts().to_dict()
    told = {kind: n for kind, n in wanted["by_type"].items() if kind != "1"}
    assert counts == told
    assert survey.texts["type"]["type"].isna().sum() == wanted["by_type"]["1"]
    assert survey.texts["ward"]["ward_code"].nunique() == wanted["wards"]


def test_the_pipeline_by_stage(folder, reference):
    plan = plan_from_dict(
        {
            "survey": {"waves": ["all"], "files": [{"path": "p.csv", "wave": "all"}]},
            "measures": [{"name": "stage", "kind": "category", "items": ["stage"]}],
        }
    )
    files = {"p.csv": (folder / "fundraising_pipeline.csv").read_bytes()}
    stages = read_study(plan, files).survey.texts["stage"]["stage"]
    assert stages.value_counts().to_dict() == reference["pipeline_stage_counts"]

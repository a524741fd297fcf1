"""Real surveys read with a study file; numbers agree with the reference computed in R."""

import json
from pathlib import Path

import pandas as pd
import pytest
from scipy import stats

from analysis import Study, read_study
from analysis.study_file import parse_plan

HERE = Path(__file__).parent


def read_real(plan_name: str, folder: Path) -> Study:
    plan = parse_plan((HERE / plan_name).read_text(encoding="utf-8"), plan_name)
    return read_study(plan, {f.path: (folder / f.path).read_bytes() for f in plan.survey.files})


def pairs(study: Study, measure: str) -> pd.DataFrame:
    told = study.survey.keys[["respondent", "wave"]].assign(x=study.survey.items[measure][measure])
    return told.pivot(index="respondent", columns="wave", values="x").dropna()


CASES = [
    ("earthquake.toml", "earthquake-survey", "worry", "general_vs_bigone_same_people"),
    ("carpentries.toml", "carpentries-longterm", "usage", None),
    ("german_course.toml", "german-course", "errors", None),
]


@pytest.mark.parametrize(("plan", "folder", "measure", "key"), CASES)
def test_paired_numbers_agree_with_r(plan, folder, measure, key, shared_data):
    reference = json.loads((shared_data / folder / "reference.json").read_text())
    paired = (reference[key] if key else reference)["paired"]
    study = read_real(plan, shared_data / folder)
    matched = pairs(study, measure)
    assert len(matched) == paired["n_pairs"]
    assert matched["pre"].mean() == pytest.approx(paired["mean_pre"], abs=1e-9)
    assert matched["post"].mean() == pytest.approx(paired["mean_post"], abs=1e-9)
    found = stats.ttest_rel(matched["post"], matched["pre"]).statistic
    assert found == pytest.approx(paired["t_test_post_minus_pre"]["statistic"], abs=1e-9)


def test_every_real_row_is_used_or_listed(shared_data):
    for plan, folder, _, _ in CASES:
        for file in read_real(plan, shared_data / folder).files:
            assert file.n_rows == file.n_used + file.n_listed

"""One panel in ten layouts: identical respondents, waves, answers and statistics."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis import Study, evaluate, read_study
from analysis.plan import MeasurePlan, parse_plan

PLAIN = Path(__file__).parent / "plans" / "plain_long.toml"
PLANS = sorted((Path(__file__).parent / "plans").glob("*.toml"))


def read_panel(plan_path: Path, folder: Path) -> Study:
    plan = parse_plan(plan_path.read_text(encoding="utf-8"), plan_path.name)
    files = {file.path: (folder / file.path).read_bytes() for file in plan.survey.files}
    return read_study(plan, files)


def scored(study: Study) -> pd.DataFrame:
    """Scores by respondent (rows) and wave, computed apart from the product."""
    items = study.survey.items["preparedness"].copy()
    items["q4"] = 6 - items["q4"]
    score = items.mean(axis=1).where(items.notna().sum(axis=1) >= 3)
    table = study.survey.keys[["respondent", "wave"]].assign(score=score)
    return table.pivot(index="respondent", columns="wave", values="score")


@pytest.fixture(scope="module")
def expected(shared_data: Path) -> dict:
    return json.loads((shared_data / "one-panel" / "expected.json").read_text())


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_layout_gives_the_one_right_answer(plan, shared_data, expected):
    study = read_panel(plan, shared_data / "one-panel")
    scores = scored(study)
    pairs = scores.dropna()
    change = pairs["post"] - pairs["pre"]
    assert len(pairs) == expected["n_pairs_scored"]
    assert pairs["pre"].mean() == pytest.approx(expected["mean_pre"], abs=1e-6)
    assert pairs["post"].mean() == pytest.approx(expected["mean_post"], abs=1e-6)
    assert stats.ttest_1samp(change, 0).statistic == pytest.approx(expected["t"], abs=1e-6)
    assert change.mean() / change.std() == pytest.approx(expected["cohen_dz"], abs=1e-6)
    assert stats.ttest_1samp(change, 0).pvalue == pytest.approx(expected["p_t"], rel=1e-9)


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_layout_gives_the_statistics_of_the_truth(plan, shared_data):
    folder = shared_data / "one-panel"
    told = [
        next(one for one in evaluate(study).outcomes[0].analyses if one.name == "paired_t")
        for study in (read_panel(plan, folder), read_panel(PLAIN, folder))
    ]
    assert told[0].n == told[1].n
    for name in ("estimate", "statistic", "df", "p_value", "ci_low", "ci_high"):
        assert getattr(told[0], name) == pytest.approx(getattr(told[1], name), abs=1e-9)


BOXES = {
    "wenjuanxing": ("5、您参加过哪些活动？", ("疏散演练", "居民议事会", "志愿巡逻", "以上都没有")),
    "kobotoolbox_csv": ("activities", ("drill", "council", "patrol", "none")),
    "plain_long": ("acts", ("drill", "council", "patrol", "none")),
} | dict.fromkeys(
    ("google_forms_csv", "google_forms_xlsx", "microsoft_forms"),
    (
        "Which activities did you join?",
        ("Evacuation drill", "Council meeting, or hearing", "Volunteer patrol", "None of these"),
    ),
)


@pytest.mark.parametrize("name", BOXES)
def test_check_all_questions_are_counted_alike(name, shared_data, expected):
    question, options = BOXES[name]
    plan = parse_plan((PLAIN.parent / f"{name}.toml").read_text(encoding="utf-8"))
    boxes = [
        MeasurePlan(name=code, kind="binary", items=[f"{question}/{option}"])
        for code, option in zip(expected["acts_counts"]["pre"], options, strict=True)
    ]
    folder = shared_data / "one-panel"
    files = {file.path: (folder / file.path).read_bytes() for file in plan.survey.files}
    survey = read_study(plan.model_copy(update={"measures": boxes}), files).survey
    for wave, counts in expected["acts_counts"].items():
        mine = survey.keys["wave"] == wave
        for code, n in counts.items():
            ticks = survey.items[code].iloc[:, 0][mine]
            assert (ticks.sum(), ticks.notna().sum()) == (n, expected["acts_answered"][wave])


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_layout_has_the_same_flow(plan, shared_data, expected):
    study = read_panel(plan, shared_data / "one-panel")
    people = study.survey.keys.groupby("wave")["respondent"].apply(set)
    assert len(people["pre"]) == expected["n_pre_rows"]
    assert len(people["post"]) == expected["n_post_rows"]
    assert sorted(people["pre"] - people["post"]) == expected["pre_only"]
    assert sorted(people["post"] - people["pre"]) == expected["post_only"]
    assert study.exclusions == ()
    assert all(file.n_rows == file.n_used for file in study.files)


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_layout_has_the_same_missing_answers(plan, shared_data, expected):
    study = read_panel(plan, shared_data / "one-panel")
    missing = study.survey.items["preparedness"].isna().groupby(study.survey.keys["wave"]).sum()
    assert missing.loc["pre"].to_dict() == expected["item_missing"]["pre"]
    assert missing.loc["post"].to_dict() == expected["item_missing"]["post"]


@pytest.mark.parametrize("plan", PLANS, ids=lambda path: path.stem)
def test_every_layout_has_the_true_answers(plan, shared_data):
    folder = shared_data / "one-panel"
    truth = read_panel(Path(__file__).parent / "plans" / "plain_long.toml", folder)
    study = read_panel(plan, folder)
    keys = ["respondent", "wave"]
    assert study.survey.keys[keys].equals(truth.survey.keys[keys])
    np.testing.assert_array_equal(
        study.survey.items["preparedness"].to_numpy(), truth.survey.items["preparedness"].to_numpy()
    )

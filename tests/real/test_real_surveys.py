"""Real surveys read with a study file; numbers agree with the reference computed in R."""

import json
from pathlib import Path

import pandas as pd
import pytest

from analysis import Study, evaluate, read_study
from analysis.plan import parse_plan
from analysis.statistics.two_samples import compare_distributions

HERE = Path(__file__).parent


def read_real(plan_name: str, folder: Path) -> Study:
    plan = parse_plan((HERE / plan_name).read_text(encoding="utf-8"), plan_name)
    paths = [file.path for file in plan.survey.files] if plan.survey else []
    paths += [one.path for one in (plan.attendance, plan.service) if one is not None]
    return read_study(plan, {path: (folder / path).read_bytes() for path in paths})


def reference_of(folder: Path) -> dict:
    return json.loads((folder / "reference.json").read_text(encoding="utf-8"))


def analyses_of(study: Study) -> dict:
    return {one.name: one for one in evaluate(study).outcomes[0].analyses}


PAIRED = [
    ("earthquake.toml", "earthquake-survey", "general_vs_bigone_same_people"),
    ("carpentries.toml", "carpentries-longterm", None),
    ("german_course.toml", "german-course", None),
]
SURVEYS = [
    *((plan, folder) for plan, folder, _ in PAIRED),
    ("earthquake_precaution.toml", "earthquake-survey"),
    ("earthquake_answers.toml", "earthquake-survey"),
    ("carpentries_answers.toml", "carpentries-longterm"),
    ("carpentries_weekly.toml", "carpentries-longterm"),
    ("davis_women.toml", "davis-women"),
    ("service_log.toml", "service-log"),
    ("leeds_shifts.toml", "leeds-volunteers"),
]


@pytest.mark.parametrize(("plan", "folder", "key"), PAIRED)
def test_paired_numbers_agree_with_r(plan, folder, key, shared_data):
    reference = reference_of(shared_data / folder)
    told = (reference[key] if key else reference)["paired"]
    outcome = evaluate(read_real(plan, shared_data / folder)).outcomes[0]
    analyses = {one.name: one for one in outcome.analyses}
    sizes = {one.name: one.estimate for one in outcome.effect_sizes}
    t, wanted = analyses["paired_t"], told["t_test_post_minus_pre"]
    assert t.n == told["n_pairs"]
    assert t.estimate == pytest.approx(wanted["estimate"], abs=1e-9)
    assert t.statistic == pytest.approx(wanted["statistic"], abs=1e-9)
    assert t.df == wanted["df"]
    assert t.p_value == pytest.approx(wanted["p"], rel=1e-9)
    assert (t.ci_low, t.ci_high) == pytest.approx(wanted["ci95"], abs=1e-9)
    ranks = told["wilcoxon"]
    assert analyses["wilcoxon"].statistic == ranks["V_positive_ranks"]
    assert analyses["wilcoxon"].details["p_normal"] == pytest.approx(ranks["asym_nocc_p"], rel=1e-8)
    assert analyses["sign"].p_value == pytest.approx(ranks["sign_test_p"], rel=1e-9)
    assert sizes["d_z"] == pytest.approx(told["effect_size"]["dz"], abs=1e-9)
    assert sizes["hedges_g_z"] == pytest.approx(told["effect_size"]["gz"], abs=1e-9)
    assert sizes["d_av"] == pytest.approx(told["effect_size"]["drms_root_mean_var"], abs=1e-9)
    assert sizes["rank_biserial"] == pytest.approx(ranks["matched_rank_biserial"], abs=1e-9)


@pytest.mark.parametrize(
    ("plan", "folder", "key"),
    [
        ("earthquake_answers.toml", "earthquake-survey", "general_vs_bigone_same_people"),
        ("carpentries_answers.toml", "carpentries-longterm", None),
    ],
)
def test_margins_agree_with_r(plan, folder, key, shared_data):
    reference = reference_of(shared_data / folder)
    told = (reference[key] if key else reference)["stuart_maxwell"]
    found = analyses_of(read_real(plan, shared_data / folder))
    assert found["stuart_maxwell"].n == told["n"]
    for name, chisq, p in (
        ("stuart_maxwell", "stuart_maxwell_chisq", "p"),
        ("bowker", "bowker_chisq", "bowker_p"),
    ):
        assert found[name].statistic == pytest.approx(told[chisq], abs=1e-8)
        assert found[name].p_value == pytest.approx(told[p], rel=1e-8)


def test_yes_and_no_before_and_since_agree_with_r(shared_data):
    folder = shared_data / "carpentries-longterm"
    told = reference_of(folder)["mcnemar_weekly_or_more"]
    found = analyses_of(read_real("carpentries_weekly.toml", folder))
    assert found["mcnemar_midp"].n == told["n"]
    assert found["mcnemar_midp"].estimate == pytest.approx(told["diff"], abs=1e-12)
    assert found["mcnemar_midp"].p_value == pytest.approx(told["p_midp"], rel=1e-9)
    assert found["mcnemar_exact"].p_value == pytest.approx(told["p_exact"], rel=1e-9)


def test_shares_and_their_intervals_agree_with_r(shared_data):
    folder = shared_data / "earthquake-survey"
    reference = reference_of(folder)
    study = read_real("earthquake_precaution.toml", folder)
    scored = next(one for one in evaluate(study).scoring if one.measure == "precaution")
    told = reference["precaution"]
    assert scored.n == told["n"]
    assert scored.mean.estimate == pytest.approx(told["p"], abs=1e-12)
    assert (scored.mean.ci_low, scored.mean.ci_high) == pytest.approx(told["wilson95"], abs=1e-9)
    region = study.survey.categories["US Region"]
    taken = study.survey.items["precaution"].iloc[:, 0]
    for name, one in reference["precaution_by_region"].items():
        assert taken[region == name].count() == one["n"], name
        assert taken[region == name].sum() == one["x"], name


def test_counts_of_missing_answers_agree_with_r(shared_data):
    folder = shared_data / "earthquake-survey"
    told = reference_of(folder)["missing"]
    survey = read_real("earthquake_precaution.toml", folder).survey
    assert survey.items["precaution"].iloc[:, 0].isna().sum() == told["precaution"]
    assert survey.texts["experience"].iloc[:, 0].isna().sum() == told["experience"]
    assert survey.categories["US Region"].isna().sum() == told["region"]


def test_a_ticked_matrix_agrees_with_r(shared_data):
    folder = shared_data / "davis-women"
    told = reference_of(folder)
    found = evaluate(read_real("davis_women.toml", folder)).participation
    assert (found.participants, found.contacts) == (told["women"], told["attendances"])
    assert found.attendance_rate.estimate == pytest.approx(told["overall_rate"], abs=1e-9)
    wanted = told["gini_per_woman"]["gini_unbiased_n_over_n_minus_1"]
    assert found.gini.estimate == pytest.approx(wanted, abs=1e-9)


def test_a_service_log_agrees_with_r(shared_data):
    folder = shared_data / "service-log"
    told = reference_of(folder)
    study = read_real("service_log.toml", folder)
    assert len(study.service) == told["rows"]
    days = study.service[["volunteer", "date"]].drop_duplicates()
    assert len(days) == told["distinct_volunteer_days"]
    assert study.service["date"].min().date().isoformat() == told["first_date"]
    assert study.service["date"].max().date().isoformat() == told["last_date"]
    found = evaluate(study).volunteers
    assert found.n == told["volunteers"]
    at = {row["time"]: row["surv"] for row in told["tenure_km"]["all"]["at"]}
    for horizon in ("30", "90", "180", "365"):
        assert found.retention[horizon].estimate == pytest.approx(at[int(horizon)], abs=1e-9)


def test_shifts_agree_with_r(shared_data):
    folder = shared_data / "leeds-volunteers"
    told = reference_of(folder)["shifts"]
    study = read_real("leeds_shifts.toml", folder)
    counts = study.attendance_counts
    assert len(counts) == told["n"]
    assert counts["attended"].sum() == told["attended"]
    assert counts["registered"].sum() == told["demand"]
    pooled = counts["attended"].sum() / counts["registered"].sum()
    assert pooled == pytest.approx(told["pooled_fill_rate"], abs=1e-12)
    (over,) = [one for one in study.issues if one.code == "attended_over_registered"]
    assert len(over.rows) == told["overfilled"]


@pytest.mark.parametrize(("plan", "folder"), SURVEYS)
def test_every_real_row_is_used_or_listed(plan, folder, shared_data):
    for file in read_real(plan, shared_data / folder).files:
        assert file.n_rows == file.n_used + file.n_listed


def test_two_categories_of_the_same_people_agree_with_r(shared_data):
    folder = shared_data / "earthquake-survey"
    told = reference_of(folder)["experience_x_precaution"]
    answers = pd.read_csv(folder / "earthquake_data.csv")
    counts = pd.crosstab(answers.iloc[:, 3], answers.iloc[:, 4]).to_numpy()
    assert counts.tolist() == told["counts"]
    found = compare_distributions(counts)
    assert found.statistic == pytest.approx(told["chisq"], rel=1e-9)
    assert found.df == told["df"]
    assert found.p_value == pytest.approx(told["p"], rel=1e-8)


@pytest.mark.parametrize(("plan", "folder", "key"), PAIRED)
def test_interval_of_d_z_agrees_with_r(plan, folder, key, shared_data):
    reference = reference_of(shared_data / folder)
    told = (reference[key] if key else reference)["paired"]["effect_size"]
    outcome = evaluate(read_real(plan, shared_data / folder)).outcomes[0]
    (found,) = [one for one in outcome.effect_sizes if one.name == "d_z"]
    assert (found.ci_low, found.ci_high) == pytest.approx(told["dz_ci95_nct"], abs=1e-6)

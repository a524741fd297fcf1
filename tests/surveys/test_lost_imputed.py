"""Those lost imputed with what else is known of them, and how much worse they would have to be."""

import re
from dataclasses import replace

import numpy as np
import pytest

from analysis.disclosure import protect
from analysis.results import SUPPRESSED, Comparison
from analysis.sections import evaluate
from analysis.surveys.auxiliary import MAX_AUXILIARY, choose_auxiliary
from analysis.surveys.imputation import impute_change, impute_comparison
from analysis.surveys.panel import build_panel
from analysis.surveys.sensitivity import evaluate_sensitivity
from dashboard.content.topics.attrition import list_attrition, list_sensitivity, say_auxiliary
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.sentences.funder import list_evidence
from dashboard.sentences.tipping import say_tipping, tipping_rows
from dashboard.text import Text, read_catalogue
from tests.studies import make_study

N = 200
WAVES = ("pre", "post")


def say_all_tipping(text, evaluation, plan):
    return [say_tipping(text, row, found, plan) for row, found in tipping_rows(evaluation)]


def study_of(*, treated=None, clusters=None, gain=0.6, lose=0.8, **options):
    """People of site b gain nothing and are mostly lost; another measure goes with the first."""
    rng = np.random.default_rng(11)
    site = np.where(np.arange(N) % 2, "a", "b")
    pre = rng.normal(3, 0.6, N)
    post = pre + np.where(site == "a", gain, gain - 1.0) + rng.normal(0, 0.4, N)
    there = (site == "a") | (rng.random(N) > lose)
    other = pre + rng.normal(0, 0.3, N)
    facts = {} if treated is None else {"treated": [*treated, *treated[there]]}
    if clusters is not None:
        facts["cluster"] = [*clusters, *clusters[there]]
    study = make_study(
        {"pre": {"m": pre, "other": other}, "post": {"m": post[there], "other": other[there]}},
        respondents={"pre": list(range(N)), "post": np.flatnonzero(there).tolist()},
        categories={
            "site": [*site, *site[there]],
            "twin": [*np.char.add("t", site), *np.char.add("t", site[there])],
        },
        facts=facts,
        **options,
    )
    return study, pre, post, there, site


def test_what_helps_is_chosen_once_and_the_community_undoes_the_loss():
    study, pre, post, there, _ = study_of()
    panel = build_panel(study)
    found = choose_auxiliary(study, panel, "m", WAVES)
    assert "other" in found.names
    assert ("site" in found.names) != ("twin" in found.names), "a copy adds nothing"
    assert found.values.shape[0] == N
    row = impute_change(study, panel, study.measure("m"), WAVES)
    truth = (post - pre).mean()
    assert row.auxiliary == found.names
    assert row.change.estimate == pytest.approx(truth, abs=0.1)
    pairs_only = (post - pre)[there].mean()
    assert pairs_only - truth > 0.3
    assert row.tipping.n_lost == (~there).sum()


def test_no_more_columns_than_the_pairs_can_carry():
    rng = np.random.default_rng(3)
    base = rng.normal(3, 0.5, 45)
    measures = {f"m{i}": base + rng.normal(0, 0.5, 45) for i in range(12)}
    study = make_study({"pre": measures, "post": {k: v[:40] + 0.2 for k, v in measures.items()}})
    found = choose_auxiliary(study, build_panel(study), "m0", WAVES)
    assert found.values.shape[1] == 4, "one for every ten pairs"
    many = make_study(
        {
            "pre": {k: np.tile(v, 8) for k, v in measures.items()},
            "post": {k: rng.normal(3, 1, 350) for k in measures},
        }
    )
    assert choose_auxiliary(many, build_panel(many), "m0", WAVES).values.shape[1] <= MAX_AUXILIARY
    alone = make_study({"pre": {"m": base}, "post": {"m": base[:40]}})
    assert choose_auxiliary(alone, build_panel(alone), "m", WAVES) is None


def test_nobody_lost_no_imputation_and_yes_no_without_numbers():
    rng = np.random.default_rng(5)
    pre = rng.normal(3, 0.5, 30)
    full = make_study({"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.2, 0.3, 30)}})
    assert impute_change(full, build_panel(full), full.measure("m"), WAVES) is None
    yes = (rng.random(60) < 0.4).astype(float)
    study = make_study(
        {"pre": {"y": yes}, "post": {"y": np.maximum(yes, rng.random(60) < 0.5)[:45]}},
        measures=[{"name": "y", "kind": "binary"}],
    )
    row = impute_change(study, build_panel(study), study.measure("y"), WAVES)
    assert row.change.method.startswith("saturated_binary")
    assert row.auxiliary == ()
    assert (row.tipping.status, row.tipping.delta_sd) == ("reached", None)
    assert -1 < row.tipping.limit <= row.tipping.delta < 0


def test_the_difference_between_groups_has_a_tipping_point_of_its_own():
    half = np.arange(N) % 4 < 2
    study, *_ = study_of(treated=half, gain=0.9, lose=0.3)
    rows = impute_comparison(study, build_panel(study))
    assert [row.name for row in rows] == ["did_multiple_imputation"] * 2
    assert isinstance(rows[0].change, Comparison)
    assert rows[0].change.name == "did_multiple_imputation"
    assert rows[0].tipping.n_lost < N / 2, "of the programme only"
    assert impute_comparison(study_of()[0], build_panel(study_of()[0])) == ()


def test_the_difference_between_clustered_groups_has_the_error_of_clusters():
    half = np.arange(N) % 4 < 2
    study, *_ = study_of(treated=half, gain=0.9, lose=0.3)
    plain = impute_comparison(study, build_panel(study))[0]
    # Each cluster lies in one group: 0, 1 or 2, 3 in every four people.
    clusters = np.where(half, "t", "c") + (np.arange(N) // 4 % 6).astype(str).astype(object)
    clustered, *_ = study_of(treated=half, clusters=clusters, gain=0.9, lose=0.3)
    row, other = impute_comparison(clustered, build_panel(clustered))
    assert (row.measure, other.measure, row.name) == ("m", "other", "did_multiple_imputation")
    assert row.change.estimate == pytest.approx(plain.change.estimate, abs=1e-9)
    assert row.change.method.endswith("by_group;cr2")
    assert row.change.df < plain.change.df, "six clusters in each group, not a hundred people"
    assert row.tipping.n_lost == plain.tipping.n_lost
    assert row.tipping.lost_mean == pytest.approx(plain.tipping.lost_mean)
    few, *_ = study_of(treated=half, clusters=half.astype(str), gain=0.9, lose=0.3)
    (refused, _) = impute_comparison(few, build_panel(few))
    assert (refused.change.reason, refused.tipping) == ("too_few", None), "two communities each"


def test_yes_and_no_in_clusters_are_bounded_but_not_imputed():
    rng = np.random.default_rng(6)
    treated, yes = np.arange(120) % 2 == 0, (rng.random(120) < 0.5).astype(float)
    later = np.arange(120) % 5 > 0
    facts = {"treated": [*treated, *treated[later]]}
    facts["cluster"] = [*(np.arange(120) % 12), *(np.arange(120) % 12)[later]]
    study = make_study(
        {"pre": {"y": yes}, "post": {"y": yes[later]}},
        respondents={"pre": list(range(120)), "post": np.flatnonzero(later).tolist()},
        measures=[{"name": "y", "kind": "binary"}],
        facts=facts,
    )
    assert impute_comparison(study, build_panel(study)) == ()
    rows = [one for one in evaluate(study).bounds if one.name == "did_worst_best"]
    assert rows, "the bounds of the difference stand alone"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize(
    ("gain", "status"), [(0.9, "reached"), (2.0, "not_reached"), (0.5, "not_clear")]
)
def test_page_and_report_say_the_same_in_both_languages(language, gain, status):
    study, *_ = study_of(gain=gain)
    evaluation, text = evaluate(study), Text(language)
    row, tipping = tipping_rows(evaluation)[0]
    if status == "not_clear":
        row = replace(row, tipping=replace(tipping, status="not_clear", delta=None))
        evaluation = replace(evaluation, sensitivity=(row,))
    said = say_all_tipping(text, evaluation, study.plan)
    assert said[0].startswith("m")
    assert str(tipping.n_lost) in said[0]
    if status == "reached":
        assert tipping.status == "reached"
        assert text.number(abs(tipping.delta)) in said[0]
        assert text.number(abs(tipping.delta_sd)) in said[0]
    sections = list_survey_sections(evaluation, study, text)
    section = next(one for one in sections if one.key == "attrition")
    assert said[0] in section.findings
    told = say_auxiliary(text, [row for row, _ in tipping_rows(evaluation)], study.plan)
    assert "other" in told


def test_a_funder_sees_the_tipping_point_but_not_those_lost():
    study, *_ = study_of()
    shown = protect(evaluate(study), study, "funder")
    tipping = tipping_rows(shown)[0][1]
    assert tipping.status == "reached"
    assert tipping.delta is not None
    assert (tipping.n_lost, tipping.lost_mean, tipping.limit) == (SUPPRESSED,) * 3
    assert tipping.shown == ()
    assert "unless the people lost ended" in say_all_tipping(Text("en"), shown, study.plan)[0]
    few, *_ = study_of(lose=0.03)
    hidden = protect(evaluate(few), few, "funder")
    assert all(one.tipping is None for one in hidden.sensitivity)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_funder_reads_how_far_those_lost_would_have_to_be(language):
    text = Text(language)
    study, *_ = study_of()
    shown = protect(evaluate(study), study, "funder")
    (alone,) = list_evidence(text, shown, (), study.plan)
    assert alone == say_all_tipping(text, shown, study.plan)[0]
    compared, *_ = study_of(treated=np.arange(N) % 4 < 2, gain=0.9, lose=0.3)
    evaluation = evaluate(compared)
    assert list_evidence(text, evaluation, (), compared.plan) == [], "no clear difference"
    within, between = (
        next(row for row in evaluation.sensitivity if (row.measure, row.name) == ("m", name))
        for name in ("multiple_imputation", "did_multiple_imputation")
    )
    clear = replace(between, change=within.change, tipping=within.tipping)
    both = replace(evaluation, sensitivity=(within, clear))
    (said,) = list_evidence(text, both, (), compared.plan)
    assert text("the difference from the comparison group") in said
    study, *_ = study_of(lose=0.0)
    assert list_evidence(text, evaluate(study), (), study.plan) == []


def test_each_row_names_its_waves_where_there_are_three():
    rng = np.random.default_rng(2)
    pre = rng.normal(3, 0.5, 60)
    three = make_study(
        {
            "pre": {"m": pre},
            "mid": {"m": pre[:50] + rng.normal(0, 0.3, 50)},
            "post": {"m": pre[:45] + rng.normal(0.2, 0.3, 45)},
        }
    )
    rows = evaluate_sensitivity(three)
    told = list_sensitivity(rows, three.plan, Text("en")).frame["Waves"]
    assert len(set(told)) > 1
    words = {"pre": "before", "mid": "halfway", "post": "after"}
    wanted = [f"{words[r.details['from']]} → {words[r.details['to']]}" for r in rows]
    assert told.tolist() == wanted
    two, *_ = study_of()
    assert "Waves" not in list_sensitivity(evaluate_sensitivity(two), two.plan, Text("en")).columns


def test_those_lost_to_follow_up_are_called_so_in_chinese():
    study, *_ = study_of()
    table = list_attrition(evaluate(study).attrition, study.plan, Text("zh-Hans"))
    assert "失访" in table.columns
    assert "失去" not in table.columns


def test_who_leaves_a_survey_and_who_leaves_a_team_have_different_names_in_chinese():
    """Respondents are lost to follow-up (失访), volunteers leave (流失): design, words."""
    known = read_catalogue("zh-Hans")
    wrong = {
        english: chinese
        for english, chinese in known.items()
        if "流失" in chinese and not re.search(r"(?i)volunteer|laps|team|intake", english)
    }
    assert wrong == {}
    assert known["Who was lost"] == "失访"

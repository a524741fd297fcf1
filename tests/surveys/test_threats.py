"""Attrition, comparison, subgroups, dose, sensitivity and filters recover what was planted."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analysis.disclosure import protect
from analysis.results import Comparison, Estimate, NotEstimable
from analysis.sections import evaluate
from analysis.surveys.attrition import bound_changes, evaluate_attrition
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.dose import evaluate_dose
from analysis.surveys.filters import filter_study
from analysis.surveys.flow import count_flow
from analysis.surveys.sensitivity import evaluate_sensitivity
from tests.studies import make_study

N = 400
RNG = np.random.default_rng(5)
LEVEL = RNG.normal(3, 0.5, N)
ARM = np.arange(N) % 2 == 0
CLUSTER = np.arange(N) % 20
PRE = LEVEL + RNG.normal(0, 0.3, N)
POST = LEVEL + 0.2 + 0.5 * ARM + RNG.normal(0, 0.3, N)
WIDE = [{"name": "m", "range": [-10, 10]}]


def two_arms(**more):
    facts = {"treated": [*ARM, *ARM], "cluster": [f"c{c}" for c in (*CLUSTER, *CLUSTER)]}
    facts |= more.pop("facts", {})
    waves = {"pre": {"m": PRE}, "post": {"m": POST}}
    return make_study(waves, measures=WIDE, facts=facts, **more)


def by_name(found):
    return {one.name: one for one in found}


def test_difference_in_differences_is_that_of_the_changes():
    found = evaluate_comparison(two_arms())[0]
    change = POST - PRE
    expected = stats.ttest_ind(change[ARM], change[~ARM], equal_var=False)
    did = by_name(found.analyses)["did"]
    assert did.estimate == pytest.approx(change[ARM].mean() - change[~ARM].mean(), rel=1e-12)
    assert did.statistic == pytest.approx(expected.statistic, rel=1e-10)
    assert did.ci_low < 0.5 < did.ci_high
    assert found.counterfactual == pytest.approx(PRE[ARM].mean() + change[~ARM].mean())
    names = {a.name for a in found.analyses if isinstance(a, Comparison)}
    assert {"did", "ancova", "did_cr2", "ancova_cr2", "sign_flip"} <= names
    assert found.n_clusters == 20


def test_one_treated_cluster_is_refused():
    facts = {
        "cluster": [
            ("a" if arm else f"c{c}") for arm, c in zip([*ARM, *ARM], [*CLUSTER] * 2, strict=True)
        ]
    }
    found = by_name(evaluate_comparison(two_arms(facts=facts))[0].analyses)
    assert isinstance(found["did_cr2"], NotEstimable)
    assert found["did_cr2"].reason == "not_identified"
    assert isinstance(found["did"], Comparison)


def test_balance_lists_scores_and_levels():
    study = two_arms(categories={"sex": ["f" if i % 3 else "m" for i in range(N)] * 2})
    balance = evaluate_comparison(study)[0].balance
    assert {(b.variable, b.level) for b in balance} == {("m", ""), ("sex", "f"), ("sex", "m")}
    assert abs(balance[0].smd) < 0.3


def test_three_waves_give_an_event_study_and_two_earlier_ones_a_placebo():
    waves = {"pre1": {"m": PRE}, "pre2": {"m": PRE + 0.1}, "post": {"m": POST}}
    noise = {
        w: {"m": v["m"] + np.random.default_rng(i).normal(0, 0.1, N)}
        for i, (w, v) in enumerate(waves.items())
    }
    study = make_study(noise, measures=WIDE, facts={"treated": [*ARM] * 3})
    found = evaluate_comparison(study)[-1]
    assert [p.wave for p in found.event_study] == ["pre2", "post"]
    assert found.placebo.ci_low < 0 < found.placebo.ci_high
    assert "parallel_trends_unchecked" not in {c.code for c in found.cautions}
    names = {s.name for s in evaluate_sensitivity(study)}
    assert "mixed_waves" in names


def test_staggered_starts_are_recognised():
    starts = [
        ("2026-01-01" if i % 4 else "2026-06-01") if arm else None for i, arm in enumerate(ARM)
    ]
    found = evaluate_comparison(two_arms(facts={"started_on": pd.to_datetime(starts * 2)}))[0]
    assert "staggered_starts" in {c.code for c in found.cautions}


def test_anonymous_comparison_uses_four_means():
    study = make_study(
        {"pre": {"m": PRE}, "post": {"m": POST}},
        measures=WIDE,
        facts={"treated": [*ARM, *ARM]},
        anonymous=True,
    )
    did = evaluate_comparison(study)[0].analyses[0]
    change = POST - PRE
    assert did.estimate == pytest.approx(change[ARM].mean() - change[~ARM].mean())


def lossy():
    stayed = LEVEL > 2.7
    return make_study(
        {"pre": {"m": PRE}, "post": {"m": POST[stayed]}},
        respondents={"pre": list(range(N)), "post": np.flatnonzero(stayed).tolist()},
        measures=WIDE,
    ), stayed


def test_those_lost_are_compared_at_the_start():
    study, stayed = lossy()
    row = evaluate_attrition(study)[0]
    assert row.stayed.estimate == pytest.approx(PRE[stayed].mean())
    assert row.left.estimate == pytest.approx(PRE[~stayed].mean())
    assert row.smd > 0.8
    bounds = bound_changes(study)[0]
    assert bounds.low < (POST - PRE).mean() < bounds.high
    flow = count_flow(study)
    assert (flow.matched, flow.pre_only, flow.post_only) == (stayed.sum(), (~stayed).sum(), 0)


def test_imputation_and_the_mixed_model_agree_where_pairs_alone_would_not():
    study, _ = lossy()
    found = by_name(evaluate_sensitivity(study))["multiple_imputation"]
    mixed = evaluate(study).outcomes[0].change
    assert mixed.name == "mixed_model"
    assert found.change.estimate == pytest.approx(mixed.estimate, abs=0.06)


def test_raking_reweights_the_change():
    sex = ["f" if i % 4 else "m" for i in range(N)]
    gain = np.where(np.array(sex) == "f", 0.0, 1.0)
    study = make_study(
        {"pre": {"m": PRE}, "post": {"m": PRE + gain}},
        measures=WIDE,
        categories={"sex": sex * 2},
        survey={"population": {"sex": {"f": 0.5, "m": 0.5}}},
    )
    found = by_name(evaluate_sensitivity(study))["raking"]
    assert found.change.estimate == pytest.approx(0.5)
    assert found.details["kish_effect"] > 1


def test_subgroups_test_first_without_the_small():
    site = np.where(np.arange(N) < 3, "tiny", np.where(np.arange(N) < 40, "small", "large"))
    study = make_study(
        {"pre": {"m": PRE}, "post": {"m": PRE + 0.1 + np.random.default_rng(1).normal(0, 0.2, N)}},
        measures=WIDE,
        categories={"site": [*site, *site]},
    )
    found = evaluate(study).outcomes[0].subgroups[0]
    shown = {g.value: g for g in found.groups}
    assert (shown["tiny"].n, shown["small"].n) == (3, 37)
    assert isinstance(shown["tiny"].change, Estimate), "whoever holds the data sees it"
    assert isinstance(shown["tiny"].shrunken, NotEstimable)
    assert isinstance(shown["small"].shrunken, Estimate)
    assert found.interaction.n == N - 3
    outside = protect(evaluate(study), study, "funder").outcomes[0].subgroups[0]
    told = {g.value: g for g in outside.groups}
    assert isinstance(told["[others]"].change, NotEstimable), "tiny has no name for readers"
    assert isinstance(told["small"].change, NotEstimable), "tiny could be worked out"
    assert isinstance(told["large"].change, Estimate)


def test_subgroup_that_changed_more_is_found_and_shrunken():
    site = np.where(ARM, "a", "b")
    waves = {"pre": {"m": PRE}, "post": {"m": POST}}
    study = make_study(waves, measures=WIDE, categories={"site": [*site, *site]})
    found = evaluate(study).outcomes[0].subgroups[0]
    assert found.interaction.p_value < 1e-6
    a, b = found.groups
    assert b.change.estimate < b.shrunken.estimate < a.shrunken.estimate < a.change.estimate


def test_outcomes_beside_a_comparison_group_are_about_treated_people():
    found = evaluate(two_arms())
    outcome = found.outcomes[0]
    assert outcome.among == "treated"
    assert outcome.n.matched == int(ARM.sum())
    assert outcome.change.estimate == pytest.approx((POST - PRE)[ARM].mean(), rel=1e-12)
    assert found.flow.matched == N
    waves = {"pre": {"m": PRE}, "post": {"m": POST}}
    alone = evaluate(make_study(waves, measures=WIDE)).outcomes[0]
    assert (alone.among, alone.n.matched) == ("everyone", N)


def test_dose_slope_is_recovered_and_called_association():
    sessions = np.arange(N) % 6
    table = pd.DataFrame(
        [(str(p), f"s{k}", True) for p in range(N) for k in range(int(sessions[p]))],
        columns=["person", "session", "attended"],
    )
    study = make_study(
        {"pre": {"m": PRE}, "post": {"m": PRE + 0.1 * sessions + RNG.normal(0, 0.2, N)}},
        measures=WIDE,
        attendance=table,
    )
    dose = evaluate_dose(study)[0]
    assert dose.slope.ci_low < 0.1 < dose.slope.ci_high
    assert dose.slope.estimate == pytest.approx(0.1, abs=0.02)
    assert [p[0] for p in dose.points] == [0, 1, 2, 3, 4, 5]
    assert dose.cautions[0].code == "dose_association"


def test_filter_keeps_the_chosen_and_never_a_small_group():
    site = np.where(np.arange(N) < 3, "tiny", np.where(np.arange(N) < 100, "b", "c"))
    study = two_arms(categories={"site": [*site, *site]})
    kept = filter_study(study, {"category": ("site=b",)})
    assert len(kept.survey.keys) == 2 * 97
    assert evaluate(kept).flow.matched == 97
    for chosen in (("site=tiny",), ("site=b", "site=c"), ("nonsense=b",)):
        hidden = filter_study(study, {"category": chosen})
        assert len(hidden.survey.keys) == 0
        assert [c.code for c in evaluate(hidden).cautions] == ["filter_suppressed"]
    assert filter_study(study, {}) is study

"""Traps found by reading the code as a reviewer: each test plants the flaw."""

import numpy as np
import pytest

from analysis.results import Comparison, NotEstimable
from analysis.statistics.multiplicity import adjust_by_family
from analysis.surveys.attrition import bound_changes
from analysis.surveys.change import evaluate_outcomes
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.contrasts import main_contrast
from analysis.surveys.findings import find_effect
from analysis.surveys.flow import count_flow
from analysis.surveys.panel import build_panel
from analysis.surveys.sensitivity import evaluate_sensitivity
from tests.studies import make_study

N = 120
RNG = np.random.default_rng(8)
PRE = RNG.normal(3, 0.4, N)
POST = PRE + RNG.normal(0.3, 0.3, N)
THEN = PRE - 0.5
STAYED = np.arange(N) >= 12
ARM = np.arange(N) % 2 == 0


def looking_back(*, remembered: bool):
    """Two waves with drop-out; a memory of the first asked beside the second, or not."""
    waves = {"pre": {"m": PRE}, "post": {"m": POST[STAYED]}}
    codes = {"pre": list(range(N)), "post": np.flatnonzero(STAYED).tolist()}
    arm = [*ARM, *ARM[STAYED]]
    if remembered:
        waves["pre_then"] = {"m": THEN[STAYED]}
        codes["pre_then"] = codes["post"]
        arm += [*ARM[STAYED]]
    told = {"retrospective": ["pre_then"]} if remembered else {}
    return make_study(waves, respondents=codes, facts={"treated": arm}, survey=told)


def test_a_memory_of_the_start_is_neither_last_wave_nor_second_baseline():
    plain, told = looking_back(remembered=False), looking_back(remembered=True)
    assert bound_changes(told) == bound_changes(plain)
    before, after = evaluate_comparison(plain)[0], evaluate_comparison(told)[0]
    assert after.placebo is None
    assert after.event_study == ()
    assert after.balance == before.balance
    assert "parallel_trends_unchecked" in {c.code for c in after.cautions}
    assert "mixed_waves" not in {s.name for s in evaluate_sensitivity(told)}
    assert main_contrast(told, build_panel(told), "m") == ("pre", "post")


def test_people_are_followed_to_the_last_wave_not_to_a_memory():
    study = make_study(
        {"pre": {"m": PRE}, "post": {"m": POST[STAYED]}, "pre_then": {"m": THEN[:6]}},
        respondents={
            "pre": list(range(N)),
            "post": np.flatnonzero(STAYED).tolist(),
            "pre_then": list(range(6)),
        },
        survey={"retrospective": ["pre_then"]},
    )
    flow = count_flow(study)
    assert (flow.matched, flow.pre_only) == (int(STAYED.sum()), 12)


@pytest.mark.parametrize("seed", range(6))
def test_four_clusters_without_an_effect_make_no_claim(seed):
    rng = np.random.default_rng(seed)
    cluster = np.repeat(np.arange(4), 30)
    post = PRE + rng.normal(0, 0.4, N) + rng.normal(0, 0.35, 4)[cluster]
    facts = {"treated": [*(cluster < 2)] * 2, "cluster": [f"c{c}" for c in cluster] * 2}
    study = make_study({"pre": {"m": PRE}, "post": {"m": post}}, facts=facts)
    compared = evaluate_comparison(study)[0]
    refused = next(a for a in compared.analyses if a.name == "did_cr2")
    assert isinstance(refused, NotEstimable)
    assert find_effect(study, compared).code == "effect_not_estimable"


def test_clusters_left_out_of_the_sign_flip_are_counted():
    cluster = np.repeat(np.arange(20), 6)
    facts = {"treated": [*(cluster < 6)] * 2, "cluster": [f"c{c}" for c in cluster] * 2}
    study = make_study({"pre": {"m": PRE}, "post": {"m": POST}}, facts=facts)
    found = next(a for a in evaluate_comparison(study)[0].analyses if a.name == "sign_flip")
    assert isinstance(found, Comparison)
    assert (found.n, found.n_missing, found.details["n_clusters_left_out"]) == (6, 8, 8)


def many_measures(n: int, gain: float):
    """Measures without an effect but the first, which gains a little in the programme group."""
    rng = np.random.default_rng(21)
    pre = {f"m{i}": rng.normal(3, 0.4, N) for i in range(n)}
    post = {name: scores + rng.normal(0.2, 0.3, N) for name, scores in pre.items()}
    post["m0"] = post["m0"] + gain * ARM
    return make_study({"pre": pre, "post": post}, facts={"treated": [*ARM] * 2})


def test_effects_are_adjusted_for_all_measures_compared():
    study = many_measures(10, gain=0.05)
    found = evaluate_comparison(study)
    raw = [one.effect.p_value for one in found]
    roles = [study.measure(one.measure).role for one in found]
    adjusted = adjust_by_family(raw, roles, confirmatory="primary")
    assert [one.p_adjusted for one in found] == pytest.approx(adjusted)
    alone = evaluate_comparison(many_measures(1, gain=0.05))[0]
    assert alone.p_adjusted == alone.effect.p_value


def test_an_effect_clear_alone_but_not_among_all_tests_makes_no_claim():
    study = many_measures(10, gain=0.05)
    first = evaluate_comparison(study)[0]
    assert first.effect.p_value < 0.05 < first.p_adjusted
    assert find_effect(study, first).code == "effect_unclear_many_tests"


def test_the_effect_is_the_clustered_estimate_where_clusters_are_known():
    cluster = np.repeat(np.arange(20), 6)
    facts = {"treated": [*(cluster % 2 == 0)] * 2, "cluster": [f"c{c}" for c in cluster] * 2}
    study = make_study({"pre": {"m": PRE}, "post": {"m": POST}}, facts=facts)
    assert evaluate_comparison(study)[0].effect.name == "did_cr2"
    plain = make_study({"pre": {"m": PRE}, "post": {"m": POST}}, facts={"treated": [*ARM] * 2})
    assert evaluate_comparison(plain)[0].effect.name == "did"


def communities_study(n_per_arm: int, *, building: bool):
    """Whole communities got the programme; their means jump by chance, nothing else differs."""
    rng = np.random.default_rng(3)
    site = np.repeat(np.arange(2 * n_per_arm), 20)
    pre = rng.normal(3, 0.3, site.size)
    post = pre + rng.normal(0, 0.2, site.size) + rng.normal(0, 0.4, 2 * n_per_arm)[site]
    facts = {"treated": [*(site < n_per_arm)] * 2, "site": [f"s{s}" for s in site] * 2}
    if building:
        facts["cluster"] = [f"b{i // 4}" for i in range(site.size)] * 2
    return make_study({"pre": {"m": pre}, "post": {"m": post}}, facts=facts)


@pytest.mark.parametrize("building", [False, True])
def test_people_are_compared_at_the_level_the_programme_was_given(building):
    found = evaluate_comparison(communities_study(8, building=building))[0]
    assert (found.n_clusters, found.effect.name) == (16, "did_cr2")
    plain = next(a for a in found.analyses if a.name == "did")
    assert found.effect.std_error > 2 * plain.std_error
    few = evaluate_comparison(communities_study(2, building=building))[0]
    assert isinstance(few.effect, NotEstimable)


def test_a_change_over_communities_has_an_interval_that_counts_them():
    study = communities_study(8, building=False)
    found = {s.name: s.change for s in evaluate_sensitivity(study)}["mean_cr2"]
    outcome = evaluate_outcomes(study)[0]
    assert found.estimate == pytest.approx(outcome.change.estimate)
    assert found.std_error > 2 * outcome.change.std_error
    assert "clustering" in {c.code for c in outcome.cautions}

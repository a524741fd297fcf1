"""Traps found by reading the code as a reviewer: each test plants the flaw."""

import numpy as np
import pytest

from analysis.findings import find_effect
from analysis.results import Comparison, NotEstimable
from analysis.surveys.attrition import bound_changes
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.dose import _last_contrast
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
    assert _last_contrast(told, build_panel(told)) == [("pre", "post")]


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

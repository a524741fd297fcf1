"""Each guard finds its planted flaw, and is silent without it."""

import numpy as np
import pandas as pd
import pytest

from analysis.sections import evaluate
from analysis.surveys.change import evaluate_outcomes
from tests.studies import make_study

RNG = np.random.default_rng(7)
N = 120
LEVEL = RNG.normal(3, 0.6, N)


def noisy(shift=0.0, sd=0.4, low=1.0, high=5.0):
    return np.clip(LEVEL + shift + np.random.default_rng(11).normal(0, sd, N), low, high)


def codes(study):
    return {c.code for o in evaluate_outcomes(study) for c in o.cautions}


def plain(**more):
    return make_study({"pre": {"m": noisy()}, "post": {"m": noisy(0.3)}}, **more)


def test_no_flaw_no_caution():
    assert codes(plain()) == set()


@pytest.mark.parametrize(("end", "code"), [(5.0, "ceiling"), (1.0, "floor")])
def test_ends_of_the_scale(end, code):
    post = noisy()
    post[:30] = end
    assert code in codes(make_study({"pre": {"m": noisy()}, "post": {"m": post}}))


@pytest.mark.parametrize(("end", "code", "shown"), [(5.0, "ceiling", True), (1.0, "floor", False)])
def test_at_the_start_only_the_end_worked_towards_matters(end, code, shown):
    pre = noisy()
    pre[:30] = end
    assert (code in codes(make_study({"pre": {"m": pre}, "post": {"m": noisy()}}))) is shown


def test_few_pairs():
    study = make_study({"pre": {"m": noisy()[:12]}, "post": {"m": noisy(0.2)[:12]}})
    assert "few_pairs" in codes(study)


def test_choosing_the_worst_off_regresses_to_the_mean():
    rng = np.random.default_rng(2)
    true = rng.normal(3, 0.5, 2000)
    pre, post = (np.clip(true + rng.normal(0, 0.5, 2000), 1, 5) for _ in range(2))
    worst = pre < np.quantile(pre, 0.1)
    study = make_study({"pre": {"m": pre[worst]}, "post": {"m": post[worst]}})
    assert "regression_to_mean" in codes(study)
    everyone = make_study({"pre": {"m": pre}, "post": {"m": post}})
    assert "regression_to_mean" not in codes(everyone)


def test_item_asked_in_one_wave_only():
    nothing = np.full(N, np.nan)
    waves = {
        "pre": {"m": [noisy(), noisy(), nothing]},
        "post": {"m": [noisy(), noisy(), noisy()]},
    }
    study = make_study(waves, measures=[{"name": "m", "min_answered": 2}])
    assert "changed_items" in codes(study)


def test_looking_back():
    study = make_study(
        {"then": {"m": noisy()}, "now": {"m": noisy(0.4)}}, survey={"retrospective": ["then"]}
    )
    assert "retrospective" in codes(study)


def test_different_seasons():
    days = ["2026-01-10"] * N + ["2026-07-10"] * N
    assert "seasonality" in codes(plain(facts={"finished": pd.to_datetime(days)}))
    days = ["2025-03-10"] * N + ["2026-03-20"] * N
    assert "seasonality" not in codes(plain(facts={"finished": pd.to_datetime(days)}))


def test_people_of_a_cluster_alike():
    cluster = np.arange(N) % 8
    push = np.random.default_rng(4).normal(0, 0.6, 8)[cluster]
    study = make_study(
        {"pre": {"m": noisy()}, "post": {"m": np.clip(noisy(0.3, sd=0.5) + push, 1, 5)}},
        facts={"cluster": [f"c{c}" for c in (*cluster, *cluster)]},
    )
    assert "clustering" in codes(study)


def test_many_without_a_score():
    pre = noisy()
    pre[:20] = np.nan
    assert "missing_scores" in codes(make_study({"pre": {"m": pre}, "post": {"m": noisy()}}))


def test_analyses_that_disagree():
    change = np.array([0.02] * 30 + [-3.0] + [0.0] * 10)
    pre = np.full(change.size, 3.5)
    found = evaluate_outcomes(make_study({"pre": {"m": pre}, "post": {"m": pre + change}}))[0]
    assert found.agreement == "disagree"
    assert "analyses_disagree" in {c.code for c in found.cautions}


def test_no_comparison_group_and_treated_only():
    assert "no_comparison_group" in {c.code for c in evaluate(plain()).cautions}
    arm = [i % 2 == 0 for i in range(N)] * 2
    pooled = {c.code for c in evaluate(plain(facts={"treated": arm})).cautions}
    assert "treated_only" in pooled
    assert "no_comparison_group" not in pooled


def test_loss_that_depends_on_the_start_and_on_the_group():
    kept = LEVEL > 2.8
    arm = np.arange(N) % 2 == 0
    stayed = kept | ~arm
    study = make_study(
        {"pre": {"m": noisy()}, "post": {"m": noisy(0.3)[stayed]}},
        respondents={"pre": list(range(N)), "post": np.flatnonzero(stayed).tolist()},
        facts={"treated": [*arm, *arm[stayed]]},
    )
    found = {c.code for c in evaluate(study).cautions}
    assert {"attrition_differs", "differential_attrition"} <= found

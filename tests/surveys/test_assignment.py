"""How people came into the groups decides verbs, clusters and cautions."""

import numpy as np
import pytest

from analysis.funder_summary import weigh_evidence
from analysis.sections import evaluate
from analysis.surveys.comparison import evaluate_comparison
from analysis.surveys.groups import clusters_compared, treated_people
from analysis.surveys.panel import build_panel
from dashboard.content.topics.comparison import say_design
from dashboard.sentences import say_finding
from dashboard.sentences.funder import say_answer, say_evidence
from dashboard.text import Text
from tests.studies import make_study


def in_buildings(prefix="", **survey):
    """Six buildings of ten people in either community; the same numbers in both."""
    rng = np.random.default_rng(12)
    place, arm = np.repeat(np.arange(12), 10), np.repeat([True, False], 60)
    labels = [f"{prefix * (not a)}Building {p % 6 + 1}" for p, a in zip(place, arm, strict=True)]
    pre = rng.normal(3, 0.5, 120)
    post = pre + 0.3 * arm + rng.normal(0, 0.4, 12)[place] + rng.normal(0, 0.3, 120)
    waves = {"pre": {"s": pre}, "post": {"s": post}}
    facts = {"treated": [*arm] * 2, "cluster": labels * 2}
    measures = [{"name": "s", "range": [-10, 10]}]
    return make_study(waves, measures=measures, facts=facts, survey=survey)


def test_buildings_of_the_same_number_in_two_communities_are_two_buildings():
    same, unique = (evaluate_comparison(in_buildings(p))[0] for p in ("", "other "))
    assert same.n_clusters == unique.n_clusters == 12
    by_name = {a.name: a for a in same.analyses}
    assert by_name["did_cr2"].df == pytest.approx(10)
    assert [a.std_error for a in same.analyses if a.name == "did_cr2"] == pytest.approx(
        [a.std_error for a in unique.analyses if a.name == "did_cr2"]
    )


def test_people_drawn_by_lot_within_buildings_share_them():
    study = in_buildings(assignment="random")
    panel = build_panel(study)
    cluster = clusters_compared(study, panel, treated_people(study, panel))
    assert len(set(cluster)) == 6


def arms(site=None, **survey):
    rng = np.random.default_rng(30)
    arm = np.arange(80) % 2 == 0
    pre = rng.normal(3, 0.5, 80)
    waves = {"pre": {"s": pre}, "post": {"s": pre + 0.3 * arm + rng.normal(0, 0.4, 80)}}
    facts = {"treated": [*arm] * 2, "group": [*np.where(arm, "New", "Old")] * 2}
    if site is not None:
        facts["site"] = [*np.where(arm, *site)] * 2
    measures = [{"name": "s", "range": [-10, 10]}]
    return evaluate_comparison(make_study(waves, measures=measures, facts=facts, survey=survey))[0]


@pytest.mark.parametrize(
    ("site", "assignment", "alone"),
    [
        (None, "random", False),
        (None, "self_selected", False),
        (("east", "east"), "self_selected", False),
        (("east", "east"), "random", False),
        (("east", "west"), "self_selected", True),
        (("east", "west"), "whole_sites", True),
        (None, "whole_sites", True),
    ],
)
def test_one_community_is_said_only_of_whole_communities(site, assignment, alone):
    codes = {c.code for c in arms(site, assignment=assignment).cautions}
    assert ("one_treated_community" in codes) == alone


MEASURES = [{"name": "s", "range": [-10, 10], "role": "primary"}]
CAUSAL = ("The programme raised", "项目使")


def selected_by_their_start(**survey):
    """No effect at all: the worst-off take part, and return to the mean, in all of four sites."""
    rng = np.random.default_rng(17)
    level = rng.normal(3, 0.5, 400)
    pre, post = level + rng.normal(0, 0.5, 400), level + rng.normal(0, 0.5, 400)
    arm = pre < 2.75
    facts = {"treated": [*arm] * 2, "site": [f"site {i % 4}" for i in range(400)] * 2}
    waves = {"pre": {"s": pre}, "post": {"s": post}}
    return make_study(waves, measures=MEASURES, facts=facts, survey=survey)


def opposite_signs():
    """The comparison group starts far higher and falls towards the mean: the methods disagree."""
    rng = np.random.default_rng(18)
    arm = np.arange(300) < 150
    pre = np.where(arm, 2.0, 4.0) + rng.normal(0, 1, 300)
    post = 3 + 0.4 * (pre - 3) - 0.5 * arm + rng.normal(0, 0.4, 300)
    waves = {"pre": {"s": pre}, "post": {"s": post}}
    return make_study(waves, measures=MEASURES, facts={"treated": [*arm] * 2})


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("study", [selected_by_their_start(), opposite_signs()])
def test_regression_to_the_mean_is_never_called_an_effect(study, language):
    found, text = evaluate(study), Text(language)
    (compared,) = found.comparison
    assert (compared.agreement, compared.causal) == ("disagree", False)
    assert {"methods_disagree", "groups_differ"} <= set(compared.doubts)
    said = say_answer(text, found)
    assert not said.startswith(CAUSAL)
    assert ("disagree" if language == "en" else "不一致") in said
    (summary,) = [f for f in found.findings if f.code == "study_summary_compared"]
    assert summary.values["clear"] == 0
    rules = {rule.code: rule for rule in weigh_evidence(found)}
    assert not rules["assignment_self_selected"].met
    assert say_evidence(text, rules["assignment_self_selected"]).startswith("✗")
    assert len(say_design(text, compared)) > 20


def alike(gain=0.4, lost=0, shift=0.0, **survey):
    """Two groups of 80 whose baselines lie ``shift`` SD apart; some of the treated are lost."""
    rng = np.random.default_rng(23)
    arm = np.arange(160) % 2 == 0
    noise = rng.normal(0, 1, (3, 160))
    noise -= np.where(arm, noise[:, arm].mean(1)[:, None], noise[:, ~arm].mean(1)[:, None])
    pre = 5 + noise[0] + shift * arm
    post = 5 + 0.7 * (pre - 5) + gain * arm + 0.5 * noise[1]
    stay = np.arange(160)[~(arm & (np.arange(160) < 2 * lost))]
    waves = {"pre": {"s": pre}, "post": {"s": post[stay]}}
    codes = {"pre": list(range(160)), "post": stay.tolist()}
    facts = {"treated": [*arm, *arm[stay]]}
    return make_study(waves, respondents=codes, measures=MEASURES, facts=facts, survey=survey)


@pytest.mark.parametrize(
    ("options", "doubts"),
    [
        ({}, ()),
        ({"shift": 0.5}, ("groups_differ",)),
        ({"shift": 0.5, "assignment": "random"}, ()),
        ({"lost": 12}, ("attrition_differs",)),
        ({"lost": 12, "assignment": "random"}, ("attrition_differs",)),
    ],
)
def test_a_causal_verb_is_earned_by_lot_or_by_likeness_agreement_and_drop_out(options, doubts):
    found = evaluate(alike(**options))
    (compared,) = found.comparison
    assert compared.doubts == doubts
    (finding,) = [f for f in found.findings if f.section == "comparison" and f.measure]
    stem = "more_than_comparison" if doubts else "effect_clear"
    assert finding.code == f"{stem}_up"
    assert say_finding(Text("en"), finding).startswith(CAUSAL[0]) == (not doubts)


def test_by_lot_the_adjusted_difference_is_the_estimate():
    (compared,) = evaluate(alike(assignment="random")).comparison
    assert compared.effect.name == "ancova"
    (plain,) = evaluate(alike()).comparison
    assert plain.effect.name == "did"


def test_a_fall_that_is_smaller_than_the_comparison_groups_is_said_so():
    rng = np.random.default_rng(5)
    arm = np.arange(100) % 2 == 0
    pre = rng.normal(3, 0.5, 100) + 0.4 * arm
    post = pre - 1.0 + 0.6 * arm + rng.normal(0, 0.2, 100)
    waves = {"pre": {"s": pre}, "post": {"s": post}}
    found = evaluate(make_study(waves, measures=MEASURES, facts={"treated": [*arm] * 2}))
    (finding,) = [f for f in found.findings if f.section == "comparison" and f.measure]
    assert finding.code == "more_than_comparison_up"
    assert "fell by 0.57" in say_finding(Text("en"), finding)
    assert "less than in the comparison group" in say_finding(Text("en"), finding)


@pytest.mark.parametrize("swapped", [0, 3])
def test_groups_that_share_no_level_of_a_covariate_earn_no_causal_verb(swapped):
    """All women had the programme, all men are compared, and women gained: sex, not programme."""
    rng = np.random.default_rng(4)
    n = 120
    treated = np.arange(n) < n // 2
    sex = np.where(treated, "f", "m")
    sex[:swapped], sex[n - swapped :] = "m", "f"
    pre = rng.normal(3, 0.5, n)
    post = pre + 0.5 * (sex == "f") + rng.normal(0, 0.3, n)
    study = make_study(
        {"pre": {"s": pre}, "post": {"s": post}},
        facts={"treated": [*treated] * 2},
        categories={"sex": [*sex] * 2},
        survey={"covariates": ["sex"]},
    )
    found = evaluate(study).comparison[0]
    assert not found.causal
    assert "groups_differ" in found.doubts
    if not swapped:
        assert "one_method" in found.doubts
        assert found.agreement == "single"

"""Questions between waves, retrospective baseline and one ordered question, through evaluate."""

import numpy as np
import pytest

from analysis.disclosure.protection import protect
from analysis.results import Comparison, NotEstimable
from analysis.sections import evaluate
from analysis.surveys import measurement as surveys_measurement
from analysis.surveys.change import evaluate_outcomes
from analysis.surveys.measurement import evaluate_measurement
from analysis.surveys.panel import build_panel
from analysis.surveys.reliability import evaluate_reliability
from analysis.surveys.response_shift import list_response_shifts
from analysis.surveys.sensitivity import evaluate_sensitivity
from benchmarks.coverage_measurement import draw_answers
from tests.studies import make_study


def waves_of(people, shift=0.0, gain=0.6, items=5, seed=2):
    before, after = draw_answers(np.random.default_rng(seed), people, items, gain, shift)
    return {"pre": {"trust": before.T.tolist()}, "post": {"trust": after.T.tolist()}}


def ordered(people, slopes=(0.0, 0.8), seed=6):
    rng = np.random.default_rng(seed)
    level = rng.normal(0, 1.5, people)
    return [
        (np.digitize(level + b + rng.logistic(0, 1, people), [-2, -0.6, 0.8, 2.2]) + 1.0).tolist()
        for b in slopes
    ]


def measured(study):
    return evaluate_measurement(study, build_panel(study))


def findings_of(evaluation):
    return {f.code: f for f in evaluation.findings if f.section == "reliability"}


def test_the_answer_comes_with_the_question_that_shifted():
    study = make_study(
        waves_of(220, shift=1.8),
        measures=[{"name": "trust", "texts": {"trust_1": "I can count on people here"}}],
    )
    found = evaluate(study)
    (one,) = found.measurement
    assert one.verdict == "item_shifted"
    assert [i.item for i in one.items if i.shifted] == ["trust_1"]
    finding = findings_of(found)["meaning_item_shifted"]
    assert finding.values["items"] == ("I can count on people here",)
    assert finding.values["change"] > 0.2


@pytest.mark.parametrize(("people", "verdict"), [(220, "same"), (90, "same_few")])
def test_few_people_are_said_to_be_few(people, verdict):
    (one,) = measured(make_study(waves_of(people)))
    assert one.verdict == verdict
    assert (one.n_from, one.n_to, one.n_both, one.n_incomplete) == (people, people, people, 0)
    assert isinstance(one.invariance.equal_loadings, Comparison)
    assert one.invariance.equal_loadings.details["n_people"] == people


def test_anonymous_rows_are_people_of_their_own():
    (one,) = measured(make_study(waves_of(120), anonymous=True))
    assert one.n_both == 0
    assert one.invariance.equal_loadings.details["n_people"] == 240


def test_incomplete_answers_and_questions_of_one_wave_are_left_out():
    waves = waves_of(120)
    waves["post"]["trust"][4] = [np.nan] * 120
    waves["pre"]["trust"][0][:7] = [np.nan] * 7
    (one,) = measured(make_study(waves))
    assert [i.item for i in one.items] == ["trust_1", "trust_2", "trust_3", "trust_4"]
    assert (one.n_from, one.n_to, one.n_incomplete) == (113, 120, 7)


def test_a_large_survey_is_drawn_and_says_so(monkeypatch):
    monkeypatch.setattr(surveys_measurement, "MAX_PEOPLE", 150)
    (one,) = measured(make_study(waves_of(260)))
    assert (one.n_drawn, one.n_from) == (150, 260)
    assert one.items[0].test.details["n_people"] == 150


def test_two_questions_or_one_wave_are_not_compared():
    assert measured(make_study(waves_of(60, items=2))) == ()
    assert measured(make_study({"pre": waves_of(60)["pre"]})) == ()


def test_everyone_alike_is_not_estimable():
    alike = {w: {"trust": [[3.0] * 40] * 4} for w in ("pre", "post")}
    (one,) = measured(make_study(alike))
    assert one.verdict == "not_estimable"
    assert isinstance(one.invariance.metric, NotEstimable)


def test_right_and_wrong_answers_have_items_but_no_factor():
    waves = waves_of(150)
    right = {w: {"trust": (np.array(q["trust"]) > 2).astype(float)} for w, q in waves.items()}
    items = [f"trust_{i + 1}" for i in range(5)]
    study = make_study(
        {w: {"trust": list(q["trust"])} for w, q in right.items()},
        measures=[
            {
                "name": "trust",
                "kind": "knowledge",
                "items": items,
                "correct": dict.fromkeys(items, "yes"),
            },
        ],
    )
    (one,) = measured(study)
    assert one.invariance is None
    assert isinstance(one.items[0].test, Comparison)
    assert {row.one_factor for row in evaluate_reliability(study)} == {None}


def test_retrospective_baseline_stands_beside_the_actual_one():
    rng = np.random.default_rng(4)
    start = rng.normal(3, 0.6, 80)
    scores = {"pre": start, "post": start + 0.3, "then": start - 0.5}
    waves = {w: {"s": np.clip(x + rng.normal(0, 0.2, 80), 1, 5)} for w, x in scores.items()}
    plain = evaluate(make_study({w: waves[w] for w in ("pre", "post")}))
    study = make_study(waves, survey={"retrospective": ["then"]})
    found = evaluate(study)
    (shift,) = list_response_shifts(found.outcomes, ["then"])
    assert shift.shift.estimate == pytest.approx(-0.5, abs=0.1)
    assert shift.from_memory.estimate == pytest.approx(
        shift.change.estimate - shift.shift.estimate, abs=1e-9
    )
    assert findings_of(found)["response_shift"].values["change"] == shift.shift.estimate
    # The headline is what it would be without the retrospective wave.
    assert shift.change == plain.outcomes[0].change


def test_an_ordered_question_has_its_odds_and_its_shares():
    pre, post = ordered(90)
    post[:15] = [np.nan] * 15
    found = evaluate_outcomes(make_study({"pre": {"safe": pre}, "post": {"safe": post}}))[0]
    assert found.ordered.change in found.analyses
    assert found.ordered.change.n == 90
    assert found.ordered.change.details["n_pairs"] == 75
    assert found.ordered.answers == ("1", "2", "3", "4", "5")
    for shares in (found.ordered.from_shares, found.ordered.to_shares):
        assert sum(s.estimate for s in shares) == pytest.approx(1)
    assert "ordinal" not in {a.name for a in found.analyses}


def test_a_reversed_question_keeps_its_answers_in_the_order_of_the_score():
    pre, post = ordered(90)
    study = make_study(
        {"pre": {"safe": pre}, "post": {"safe": post}},
        measures=[{"name": "safe", "reversed": ["safe_1"], "score": "percent"}],
    )
    found = evaluate_outcomes(study)[0].ordered
    assert found.answers == ("5", "4", "3", "2", "1")


def test_anonymous_waves_keep_the_model_of_separate_samples():
    pre, post = ordered(90)
    study = make_study({"pre": {"safe": pre}, "post": {"safe": post}}, anonymous=True)
    found = evaluate_outcomes(study)[0]
    assert found.ordered is None
    assert "ordinal" in {a.name for a in found.analyses}


def test_three_waves_are_modelled_together():
    pre, mid, post = ordered(90, slopes=(0.0, 0.5, 0.9))
    waves = {"pre": {"safe": pre}, "mid": {"safe": mid}, "post": {"safe": post}}
    rows = [s for s in evaluate_sensitivity(make_study(waves)) if s.name == "ordinal_waves"]
    assert [(s.details["from"], s.details["to"]) for s in rows] == [("pre", "mid"), ("pre", "post")]
    assert all(isinstance(s.change, Comparison) for s in rows)


@pytest.mark.parametrize("audience", ["manager", "funder"])
def test_others_see_no_count_of_complete_answers_and_no_share_of_an_answer(audience):
    waves = waves_of(120)
    pre, post = ordered(120)
    waves["pre"]["safe"], waves["post"]["safe"] = pre, post
    study = make_study(waves)
    shown = protect(evaluate(study), study, audience)
    (one,) = shown.measurement
    assert str(one.n_from) == str(one.n_both) == "[c]"
    assert str(one.items[0].test.n) == str(one.items[0].test.df) == "[c]"
    assert "likelihood_ratio" not in one.items[0].test.details
    assert all(o.ordered is None for o in shown.outcomes)
    mixed = [a for o in shown.outcomes for a in o.analyses if a.name == "ordinal_mixed"]
    assert {a.reason for a in mixed} == {"suppressed"}


def test_others_see_nothing_of_a_few_people():
    study = make_study(waves_of(30), study={"min_group": 20})
    assert len(measured(study)) == 1
    assert protect(evaluate(study), study, "funder").measurement == ()

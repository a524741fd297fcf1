"""Outcomes: design, primary analysis, published values, multiplicity, retrospective waves."""

import json

import numpy as np
import pytest
from scipy import stats

from analysis.disclosure import protect
from analysis.funder_summary import summarise_for_funder
from analysis.results import Comparison, NotEstimable
from analysis.sections import evaluate
from analysis.statistics.group_change import least_squares
from analysis.surveys.change import evaluate_outcomes
from analysis.surveys.findings import shared_change
from analysis.surveys.sensitivity import evaluate_sensitivity
from dashboard.content.format import say_cell
from dashboard.content.model import Card
from dashboard.content.topics import attrition, outcomes
from dashboard.exports.front import list_funder_cards
from dashboard.sentences import say_finding
from dashboard.sentences.change import count_clear
from dashboard.sentences.funder import say_answer, say_evidence
from dashboard.text import Text
from dashboard.widgets.overview import list_cards
from tests.studies import make_study

PRE = [3, 4, 2, 5, 3, 4, 3, 2, 4, 5, 3, 3]
POST = [4, 4, 3, 5, 4, 5, 2, 3, 5, 5, 4, 3]


def by_name(found):
    return {one.name: one for one in found}


def test_paired_design_gives_the_published_values():
    outcome = evaluate_outcomes(make_study({"pre": {"m": PRE}, "post": {"m": POST}}))[0]
    assert (outcome.design, outcome.change.name) == ("paired", "paired_t")
    assert outcome.change.statistic == pytest.approx(2.569046515733026, rel=1e-10)
    assert outcome.change.p_value == pytest.approx(0.026094682, rel=1e-7)
    effects = by_name(outcome.effect_sizes)
    assert effects["d_z"].estimate == pytest.approx(0.7416198487, rel=1e-9)
    assert effects["hedges_g_z"].ci_high == pytest.approx(1.27598, rel=1e-4)
    assert effects["rank_biserial"].estimate == pytest.approx(0.75)
    assert (outcome.n.matched, outcome.n.from_only, outcome.n.to_only) == (12, 0, 0)
    assert sum(outcome.pairs.count) == 12


def test_row_order_does_not_matter():
    order = np.random.default_rng(1).permutation(12)
    shuffled = make_study(
        {"pre": {"m": PRE}, "post": {"m": np.array(POST)[order]}},
        respondents={"pre": list(range(12)), "post": order.tolist()},
    )
    plain = make_study({"pre": {"m": PRE}, "post": {"m": POST}})
    assert evaluate_outcomes(shuffled) == evaluate_outcomes(plain)


def test_partly_paired_waves_use_everyone():
    study = make_study(
        {"pre": {"m": [*PRE, 1, 2]}, "post": {"m": [*POST, 5]}},
        respondents={"pre": [*range(12), 20, 21], "post": [*range(12), 30]},
    )
    outcome = evaluate_outcomes(study)[0]
    names = set(by_name(outcome.analyses))
    assert (outcome.design, outcome.change.name) == ("partly_paired", "mixed_model")
    assert {"paired_t", "wilcoxon", "derrick", "welch_t", "mann_whitney"} <= names
    assert (outcome.n.from_only, outcome.n.to_only, outcome.change.n) == (2, 1, 15)


def test_drop_out_by_baseline_with_a_ceiling_at_the_end():
    """The spread halves and low starters leave: compound symmetry gave .17 for a change of .40."""
    rng = np.random.default_rng(11)
    z = rng.normal(size=400)
    pre, post = 3 + 0.9 * z, 3.4 + 0.46 * (0.7 * z + np.sqrt(0.51) * rng.normal(size=400))
    stay = rng.random(400) < 1 / (1 + np.exp(-1.5 * z))
    outcome = evaluate_outcomes(
        make_study(
            {"pre": {"m": pre}, "post": {"m": post[stay]}},
            respondents={"pre": list(range(400)), "post": np.flatnonzero(stay).tolist()},
            measures=[{"name": "m", "range": [-5, 10]}],
        )
    )[0]
    change = outcome.change
    assert (change.name, outcome.design) == ("mixed_model", "partly_paired")
    assert change.method.startswith("unstructured;reml;df=kenward_roger")
    assert change.ci_low < 0.4 < change.ci_high
    assert change.estimate == pytest.approx(np.mean(post - pre), abs=0.06)
    before, after = outcome.levels
    assert after.estimate - before.estimate == pytest.approx(change.estimate, abs=1e-12)
    assert before.estimate == pytest.approx(pre.mean(), abs=1e-9)
    assert after.ci_low < 3.4 < after.ci_high


def test_anonymous_waves_are_independent_samples():
    study = make_study({"pre": {"m": PRE}, "post": {"m": POST}}, anonymous=True)
    outcome = evaluate_outcomes(study)[0]
    assert (outcome.design, outcome.change.name) == ("anonymous", "welch_t")
    expected = stats.ttest_ind(POST, PRE, equal_var=False)
    assert outcome.change.p_value == pytest.approx(expected.pvalue, rel=1e-10)
    assert outcome.improved is None
    assert "anonymous" in {c.code for c in outcome.cautions}


def test_nobody_matched_says_so():
    codes = {"pre": list(range(12)), "post": list(range(50, 62))}
    study = make_study({"pre": {"m": PRE}, "post": {"m": POST}}, respondents=codes)
    outcome = evaluate_outcomes(study)[0]
    assert outcome.design == "anonymous"
    assert "nobody_matched" in {c.code for c in outcome.cautions}


def test_yes_no_uses_mid_p_and_newcombe():
    table = [[30, 12], [5, 40]]
    pre = np.repeat([0, 0, 1, 1], np.ravel(table))
    post = np.repeat([0, 1, 0, 1], np.ravel(table))
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": post}}, measures=[{"name": "m", "kind": "binary"}]
    )
    outcome = evaluate_outcomes(study)[0]
    assert outcome.change.name == "mcnemar_midp"
    assert outcome.change.p_value == pytest.approx(0.09625244140625, rel=1e-10)
    assert by_name(outcome.analyses)["mcnemar_exact"].p_value == pytest.approx(0.143463134765625)
    assert outcome.transitions == ((30, 12), (5, 40))
    assert by_name(outcome.effect_sizes)["risk_difference"].estimate == pytest.approx(7 / 87)


def test_yes_no_drop_out_by_baseline_uses_everyone():
    """600 people, yes .50 to .585; nine in ten stay after yes, three in ten after no."""
    rng = np.random.default_rng(2)
    pre = rng.random(600) < 0.5
    post = rng.random(600) < np.where(pre, 0.85, 0.32)
    stay = np.flatnonzero(rng.random(600) < np.where(pre, 0.9, 0.3))
    study = make_study(
        {"pre": {"m": pre.astype(float)}, "post": {"m": post[stay].astype(float)}},
        respondents={"pre": list(range(600)), "post": stay.tolist()},
        measures=[{"name": "m", "kind": "binary"}],
    )
    outcome = evaluate_outcomes(study)[0]
    assert (outcome.change.name, outcome.change.n) == ("standardised_share", 600)
    assert outcome.change.ci_low < 0.085 < outcome.change.ci_high
    assert by_name(outcome.analyses)["mcnemar_midp"].ci_high < 0.085
    before, after = outcome.levels
    assert before.estimate == pytest.approx(pre.mean(), abs=1e-12)
    assert after.estimate - before.estimate == pytest.approx(outcome.change.estimate, abs=1e-12)
    filled = by_name([s.change for s in evaluate_sensitivity(study)])["multiple_imputation"]
    assert filled.method.startswith("saturated_binary")
    assert filled.ci_low < 0.085 < filled.ci_high


def test_categories_use_stuart_maxwell_and_bowker():
    table = [[20, 10, 5], [3, 25, 9], [2, 4, 30]]
    cells = np.ravel(table)
    pre, post = np.repeat(np.repeat(range(3), 3), cells), np.repeat(list(range(3)) * 3, cells)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": post}},
        measures=[{"name": "m", "kind": "category", "order": ["a", "b", "c"]}],
    )
    outcome = evaluate_outcomes(study)[0]
    assert outcome.change.statistic == pytest.approx(6.15384615, rel=1e-8)
    assert by_name(outcome.analyses)["bowker"].statistic == pytest.approx(6.978021978, rel=1e-9)
    assert outcome.transitions == tuple(map(tuple, table))
    assert outcome.categories == ("a", "b", "c")


def test_holm_for_primary_and_bh_for_the_others():
    rng = np.random.default_rng(3)
    names = ["a", "b", "c", "d"]
    pre = {n: rng.integers(1, 6, 40) for n in names}
    post = {n: np.clip(pre[n] + rng.integers(-1, 3, 40), 1, 5) for n in names}
    roles = ["primary", "primary", "secondary", "exploratory"]
    plans = [{"name": n, "role": r} for n, r in zip(names, roles, strict=True)]
    found = evaluate_outcomes(make_study({"pre": pre, "post": post}, measures=plans))
    p = [o.change.p_value for o in found]
    smallest, largest = sorted(p[:2])
    expected = {smallest: 2 * smallest, largest: max(2 * smallest, largest)}
    assert [o.p_adjusted for o in found[:2]] == pytest.approx([expected[x] for x in p[:2]])
    bh = stats.false_discovery_control(p[2:])
    assert [o.p_adjusted for o in found[2:]] == pytest.approx(bh.tolist())


def test_every_later_wave_against_the_first_and_looking_back_apart():
    waves = {w: {"m": PRE} for w in ("pre", "post", "later", "then")}
    study = make_study(waves, survey={"retrospective": ["then"]})
    contrasts = [o.contrast for o in evaluate_outcomes(study)]
    assert contrasts == [("pre", "post"), ("pre", "later"), ("then", "later"), ("pre", "then")]


def test_improved_counts_against_the_important_difference_and_direction():
    plan = {"name": "m", "important_difference": 1.0, "better": "lower"}
    study = make_study({"pre": {"m": PRE}, "post": {"m": POST}}, measures=[plan])
    improved = evaluate_outcomes(study)[0].improved
    change = np.subtract(POST, PRE)
    assert (improved.n_better, improved.n_worse) == ((change <= -1).sum(), (change >= 1).sum())
    assert improved.threshold_source == "important_difference"
    assert improved.n_better + improved.n_same + improved.n_worse == 12


def test_everyone_changing_alike_is_said_not_raised():
    study = make_study({"pre": {"m": [1, 2, 3]}, "post": {"m": [2, 3, 4]}})
    assert isinstance(evaluate_outcomes(study)[0].change, NotEstimable)


def test_two_arm_least_squares_is_the_unequal_variance_difference():
    y, arm = np.array([1.0, 2, 4, 3, 6, 9]), np.array([0.0, 0, 0, 1, 1, 1])
    found = least_squares(y, np.column_stack([np.ones(6), arm]), 1, "did")
    expected = stats.ttest_ind(y[3:], y[:3], equal_var=False)
    assert found.statistic == pytest.approx(expected.statistic, rel=1e-12)


def test_one_panel_agrees_with_the_expected_answer(shared_data, tmp_path):
    from analysis import read_study

    folder = shared_data / "one-panel"
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    assert expected
    truth = folder / "truth_long.csv"
    header = truth.read_text(encoding="utf-8").splitlines()[0].split(",")
    plan = tmp_path / "study.toml"
    (tmp_path / "truth.csv").write_bytes(truth.read_bytes())
    code = next(c for c in header if c.lower() in ("code", "id", "person", "respondent"))
    wave = next(c for c in header if c.lower() in ("wave", "round", "time"))
    plan.write_text(
        f'[survey]\nrespondent = "{code}"\nwave = "{wave}"\n[[survey.files]]\npath = "truth.csv"\n'
        '[[measures]]\nname = "m"\nitems = ["q1", "q2", "q3", "q4"]\nreversed = ["q4"]\n'
        "range = [1, 5]\nmin_answered = 3\n",
        encoding="utf-8",
    )
    outcome = evaluate(read_study(plan)).outcomes[0]
    paired = by_name(outcome.analyses)["paired_t"]
    assert isinstance(paired, Comparison)
    assert (paired.n, outcome.n.matched) == (37, 37)
    assert paired.estimate == pytest.approx(0.761261, abs=5e-7)
    assert paired.statistic == pytest.approx(7.982767, abs=5e-7)
    assert by_name(outcome.effect_sizes)["d_z"].estimate == pytest.approx(1.312359, abs=5e-7)


@pytest.mark.parametrize(
    ("step", "code", "said"),
    [
        (1, "all_rose", "rose by exactly 1.00 points"),
        (-1, "all_fell", "fell by exactly 1.00"),
        (0, "all_unchanged", "the same as before"),
    ],
)
def test_everyone_changing_alike_is_neither_clear_nor_unclear(step, code, said):
    """Nothing varies, so nothing is tested: the sentence says what is true of all of them."""
    study = make_study({"pre": {"m": PRE}, "post": {"m": np.array(PRE) + step}})
    evaluation = evaluate(study)
    summary, change = evaluation.findings[:2]
    assert (summary.code, summary.values["alike"]) == ("study_summary_alike", 1)
    assert (change.code, change.values["change"], change.values["n"]) == (code, step, 12)
    for language in ("en", "zh-Hans"):
        text = Text(language)
        sentence = say_finding(text, change)
        assert "12" in sentence
        assert language != "en" or said in sentence
        cards = outcomes.list_cards(evaluation, evaluation.outcomes[0], study.measure("m"), text)
        assert not any(card.value == text("{k} of {n}", k=0, n=1) for card in cards)
        assert cards[0].value == text.signed(step)
        assert list_cards(text, evaluation)[0].value == "12"
        table = outcomes.list_outcomes(evaluation.outcomes, study.plan, text).frame
        assert [say_cell(text, one) for one in table[text("Change")]] == [text.signed(step)]
        front = list_funder_cards(text, evaluation, study.plan, summarise_for_funder(evaluation))
        assert front[0][0] == text.signed(step)
        assert say_finding(text, change) == say_answer(text, evaluation)


def test_measures_that_can_be_tested_are_counted_apart_from_those_that_cannot():
    study = make_study({"pre": {"m": PRE, "o": PRE}, "post": {"m": np.array(PRE) + 1, "o": POST}})
    evaluation = evaluate(study)
    summary = evaluation.findings[0]
    counted = {key: summary.values[key] for key in ("clear", "alike", "n")}
    assert counted == {"clear": 1, "alike": 1, "n": 2}
    assert count_clear(Text("en"), evaluation) == "1 of 1"
    told = say_finding(Text("en"), summary)
    assert "1 of 2 measures changed clearly; on 1 everyone changed by the same amount" in told
    assert shared_change(evaluation.outcomes[0]) == 1
    assert shared_change(evaluation.outcomes[1]) is None


NONE = [np.nan] * 3


def test_measures_that_cannot_be_estimated_are_not_counted_as_unchanged():
    study = make_study({"pre": {"m": PRE, "o": PRE}, "post": {"m": POST, "o": [np.nan] * len(PRE)}})
    evaluation = evaluate(study)
    summary = evaluation.findings[0]
    counted = {key: summary.values[key] for key in ("clear", "n", "not_estimable")}
    assert counted == {"clear": 1, "n": 1, "not_estimable": 1}
    assert count_clear(Text("en"), evaluation) == "1 of 1"
    told = say_finding(Text("en"), summary)
    assert told.startswith("1 of 1 measures")
    assert told.endswith("1 more cannot be estimated.")
    assert say_finding(Text("zh-Hans"), summary).endswith("另有1项无法估计。")


@pytest.mark.parametrize(
    ("waves", "options", "reason", "said"),
    [
        ({"pre": {"m": [1, 2, 3]}, "post": {"m": NONE}}, {}, "no_second_wave", "first round ("),
        ({"pre": {"m": [1]}, "post": {"m": [3]}}, {}, "no_pairs", "under the same code"),
        (
            {"pre": {"m": [1]}, "post": {"m": [3]}},
            {"anonymous": True},
            "too_few",
            "at most 1",
        ),
    ],
)
def test_where_nothing_can_be_estimated_the_headline_says_what_is_missing(
    waves, options, reason, said
):
    """It never says that none of so many measures changed clearly: nobody could know."""
    study = make_study(waves, **options)
    evaluation = evaluate(study)
    headline = evaluation.findings[0]
    assert (headline.code, headline.values["reason"]) == ("study_not_estimable", reason)
    assert said in say_finding(Text("en"), headline)
    chinese = say_finding(Text("zh-Hans"), headline)
    assert "无法估计变化" in chinese
    for language in ("en", "zh-Hans"):
        text = Text(language)
        assert count_clear(text, evaluation) == ""
        none = text("{k} of {n}", k=0, n=1)
        assert none not in {card.value for card in list_cards(text, evaluation)}


def test_differences_withheld_from_a_funder_are_not_zero_of_so_many():
    rng = np.random.default_rng(3)
    pre = rng.normal(3, 0.4, 8)
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.4, 0.2, 8)}},
        facts={"treated": [True, False] * 8, "group": ["new", "old"] * 8},
        survey={"group": "group", "treated": ["new"]},
    )
    shown = protect(evaluate(study), study, "funder")
    codes = {f.code: f for f in shown.findings}
    assert not {code for code in codes if code.startswith("study_summary")}
    headline = codes["study_not_estimable"]
    assert headline.values["reason"] == "suppressed"
    assert "withheld" in say_finding(Text("en"), headline)
    assert "不予显示" in say_finding(Text("zh-Hans"), headline)


def test_shares_linked_of_participants_and_of_everyone_have_names_of_their_own():
    rng = np.random.default_rng(5)
    pre = rng.normal(3, 0.4, 40)
    post = pre + rng.normal(0.4, 0.2, 40)
    post[:5] = np.nan  # 5 of the 20 participants came again without answering this
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": post}},
        facts={"treated": [*[True] * 20, *[False] * 20] * 2},
    )
    evaluation, text = evaluate(study), Text("en")
    cards = outcomes.list_cards(evaluation, evaluation.outcomes[0], study.measure("m"), text)
    everyone = attrition.list_cards(evaluation, evaluation.flow, text)[0]
    meaning = "of everyone asked before were found again"
    assert everyone == Card(value=text.percent(1.0), meaning=meaning)
    of_participants = "of the participants with a score before have one after, too"
    assert Card(value=text.percent(15 / 20), meaning=of_participants) in cards
    rules = {rule.code: rule for rule in summarise_for_funder(evaluation).evidence}
    assert say_evidence(text, rules["found_again"]).startswith(
        f"✓ {text.percent(1.0)} of all found again"
    )
    assert "40 of all answered twice" in say_evidence(text, rules["matched"])

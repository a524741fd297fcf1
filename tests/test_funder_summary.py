"""The funder's numbers by hand; the rule of evidence; small groups stay hidden."""

from dataclasses import replace

import pytest

from analysis import evaluate, read_study
from analysis.disclosure import protect
from analysis.funder_summary import main_outcome, summarise_for_funder, weigh_evidence
from analysis.results import SUPPRESSED, SUPPRESSED_MARK, Estimate, NotEstimable
from dashboard.exports.front import list_funder_cards
from dashboard.sentences.dac import say_criteria
from dashboard.sentences.funder import say_answer, say_evidence
from dashboard.text import Text
from dashboard.widgets.overview import list_cards
from tests.activities import read_tables


@pytest.fixture(scope="module")
def study(sample_folder):
    return read_study(sample_folder / "study.toml")


@pytest.fixture(scope="module")
def evaluation(study):
    return evaluate(study)


def test_costs_are_expense_over_people_by_hand(evaluation):
    told = summarise_for_funder(evaluation)
    expense = evaluation.sustainability.funding.expense
    people = evaluation.participation.participants
    assert told.cost_per_participant.estimate == pytest.approx(expense / people)
    net = main_outcome(evaluation).improved.net
    counted = main_outcome(evaluation).improved
    assert net.estimate == pytest.approx((counted.n_better - counted.n_worse) / net.n)
    improved = told.cost_per_improved
    assert improved.estimate == pytest.approx(expense / (people * net.estimate))
    # A larger share improved means a lower cost: the ends change places.
    assert improved.ci_low == pytest.approx(expense / (people * net.ci_high))
    assert improved.ci_high == pytest.approx(expense / (people * net.ci_low))
    assert improved.ci_low < improved.estimate < improved.ci_high


def test_the_main_outcome_is_the_primary_one(evaluation):
    assert main_outcome(evaluation).measure == "preparedness"


def test_without_money_there_is_no_cost(evaluation):
    told = summarise_for_funder(replace(evaluation, sustainability=None))
    assert isinstance(told.cost_per_participant, NotEstimable)
    assert isinstance(told.cost_per_improved, NotEstimable)


def test_evidence_follows_the_stated_rule(evaluation):
    rules = {rule.code: rule for rule in weigh_evidence(evaluation)}
    flow = evaluation.flow
    again = flow.matched / (flow.matched + flow.pre_only)
    assert rules["comparison_group"].met
    assert rules["found_again"].value == pytest.approx(again)
    assert rules["found_again"].met == (again >= 0.8)
    assert rules["matched"].met == (flow.matched >= 50)
    alone = {r.code: r.met for r in weigh_evidence(replace(evaluation, comparison=()))}
    assert not alone["comparison_group"]


def test_no_survey_no_rule_of_evidence(evaluation):
    assert weigh_evidence(replace(evaluation, flow=None)) == ()


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_six_criteria_are_answered_or_said_to_be_open(evaluation, language):
    text = Text(language)
    rows = say_criteria(text, evaluation, summarise_for_funder(evaluation))
    assert len(rows) == 6
    assert all(said for _, _, said in rows)
    bare = replace(
        evaluation,
        sustainability=None,
        comparison=(),
        volunteers=None,
        delivery=None,
        participation=None,
        outcomes=(),
        targets=(),
    )
    empty = say_criteria(text, bare, summarise_for_funder(bare))
    assert {said for _, _, said in empty} == {text("These data do not tell.")}


def signed_in(**counts):
    """An evaluation of one session of so many people, and its funder's view."""
    people = [name for name, n in counts.items() for _ in range(n)]
    rows = "\n".join(f"p{i},S1,2025-01-10,{age}" for i, age in enumerate(people))
    columns = {"person": "code", "session": "session", "date": "date", "disaggregate": ["age"]}
    population = {"age": dict.fromkeys(counts, 100.0)}
    study = read_tables(
        attendance=(f"code,session,date,age\n{rows}\n", {**columns, "population": population}),
        study={"min_group": 5},
    )
    return study, protect(evaluate(study), study, "funder")


@pytest.mark.parametrize(
    "counts",
    [
        {"young": 40, "middle": 30, "old": 3},
        {"young": 40, "middle": 1, "old": 2},
        {"young": 40, "middle": 2, "old": 2, "oldest": 30},
        {"young": 4, "middle": 40},
    ],
)
def test_a_small_group_cannot_be_worked_out_from_the_shares(counts):
    _, shown = signed_in(**counts)
    rows = shown.participation.representation
    assert {r.value for r in rows} == set(counts)
    hidden = [counts[r.value] for r in rows if r.n == SUPPRESSED]
    assert all(counts[r.value] >= 5 for r in rows if r.n != SUPPRESSED)
    # What is left when those shown are taken from the total: two groups, five people, or more.
    assert len(hidden) >= 2
    assert sum(hidden) >= 5
    assert all(isinstance(r.share, Estimate) for r in rows if r.n != SUPPRESSED)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_funder_never_reads_of_a_hidden_group(language):
    study, shown = signed_in(xyoung=80, xmiddle=30, xold=2)
    cards = list_funder_cards(Text(language), shown, study.plan, summarise_for_funder(shown))
    assert cards
    assert not any("xold" in said or "xmiddle" in said for _, said in cards)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_how_many_answered_twice_stays_withheld_in_the_rule(evaluation, language):
    """The funder's page of a study of two people said NaN."""
    shown = replace(evaluation, flow=replace(evaluation.flow, matched=SUPPRESSED))
    (rule,) = [one for one in weigh_evidence(shown) if one.code == "matched"]
    assert (rule.value, rule.met) == (SUPPRESSED, False)
    assert SUPPRESSED_MARK in say_evidence(Text(language), rule)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_title_and_cards_speak_of_the_same_people_and_the_same_estimate(
    study, evaluation, language
):
    """With a comparison group: its difference is the number, its participants are counted."""
    text = Text(language)
    title = evaluation.findings[0]
    assert title.code == "study_summary_compared"
    first, second = list_cards(text, evaluation)[:2]
    assert first.value == text("{k} of {n}", k=title.values["clear"], n=title.values["n"])
    assert second.value == text.number(title.values["matched"], 0)
    assert second.value != text.number(evaluation.flow.matched, 0)
    main = main_outcome(evaluation)
    effect = next(c.effect for c in evaluation.comparison if c.measure == main.measure)
    value, said = list_funder_cards(text, evaluation, study.plan, summarise_for_funder(evaluation))[
        0
    ]
    assert value == text.signed(effect.estimate)
    assert text.signed(main.change.estimate) in said
    assert text.number(abs(effect.estimate), 2) in say_answer(text, evaluation)

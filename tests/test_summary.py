"""The funder's numbers by hand; the rule of evidence; small groups stay hidden."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis import evaluate, read_study
from analysis.participation.representation import compare_to_population
from analysis.results import Estimate, NotEstimable
from analysis.summary import main_outcome, summarise_for_funder, weigh_evidence
from dashboard.exports.front import list_funder_cards
from dashboard.sentences.dac import say_criteria
from dashboard.text import Text


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
    bare = replace(evaluation, sustainability=None, comparison=(), volunteers=None, delivery=None,
                   participation=None, outcomes=(), targets=())  # fmt: skip
    empty = say_criteria(text, bare, summarise_for_funder(bare))
    assert {said for _, _, said in empty} == {text("These data do not tell.")}


def came(**counts):
    people = [name for name, n in counts.items() for _ in range(n)]
    return pd.DataFrame({"person": [f"p{i}" for i in range(len(people))], "age": people})


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
    population = {"age": dict.fromkeys(counts, 100.0)}
    rows = compare_to_population(came(**counts), population, 5)
    hidden = [counts[r.value] for r in rows if r.n is None]
    assert all(counts[r.value] >= 5 for r in rows if r.n is not None)
    # What is left when those shown are taken from the total: two groups, five people, or more.
    assert len(hidden) >= 2
    assert sum(hidden) >= 5
    assert all(isinstance(r.share, Estimate) for r in rows if r.n is not None)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_funder_never_reads_of_a_hidden_group(evaluation, study, language):
    text, people = Text(language), evaluation.participation
    rows = compare_to_population(
        came(xyoung=80, xmiddle=30, xold=2),
        {"age": {"xyoung": 100.0, "xmiddle": 100.0, "xold": 100.0}},
        5,
    )
    planted = replace(evaluation, participation=replace(people, representation=rows))
    cards = list_funder_cards(text, planted, study.plan, summarise_for_funder(planted))
    assert not any("xold" in said or "xmiddle" in said for _, said in cards)

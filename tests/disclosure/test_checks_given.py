"""Checks of a result that other readers get too, where no few people are behind them."""

from dataclasses import replace

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import make_release, protect
from analysis.disclosure.anchor import protect_overlap
from analysis.disclosure.cells import People
from analysis.results import SUPPRESSED, Comparison, Estimate, NotEstimable
from analysis.surveys.results import Overlap, WeightedBalance
from benchmarks.attack.made_studies import draw_study
from dashboard.content.topics.outcomes import list_analyses
from dashboard.sentences import say_caution
from dashboard.text import LANGUAGES, Text
from tests.studies import make_study
from tests.surveys.test_contrasts import before_the_start
from tests.surveys.test_improvement import anchored


def test_a_placebo_contrast_of_many_is_given_and_judged_beside_the_others():
    study, _ = before_the_start(drift=0.4, placebo=["year_0"])
    inside = evaluate(study)
    found, release = make_release(inside, study, "funder")
    given = found.comparison[0].placebo
    assert isinstance(given, Comparison)
    assert given.estimate == pytest.approx(inside.comparison[0].placebo.estimate, abs=0.01)
    assert "comparison.s.placebo" in {cell.label for cell in release.cells(People())}


def test_a_placebo_contrast_that_leaves_a_few_is_withheld():
    """Two people of the earlier wave alone: beside the others' change they would be known."""
    study, _ = before_the_start(drift=0.4, placebo=["year_0"])
    survey = study.survey
    items = {"s": survey.items["s"].copy()}
    later = (survey.keys["wave"] != "year_0").to_numpy()
    few = survey.keys["respondent"].isin(survey.keys["respondent"].unique()[:2]).to_numpy()
    items["s"].loc[later & few & (survey.keys["wave"] == "year_2").to_numpy()] = np.nan
    cut = replace(study, survey=replace(survey, items=items))
    found = protect(evaluate(cut), cut, "funder").comparison[0]
    assert isinstance(found.effect, Comparison)
    assert isinstance(found.placebo, NotEstimable)
    assert found.placebo.reason == "suppressed"


def test_an_important_difference_by_a_question_is_given_without_its_cut():
    study, _, _ = anchored()
    inside = evaluate(study).outcomes[0].anchor
    found = protect(evaluate(study), study, "funder").outcomes[0].anchor
    assert isinstance(found.predictive, Estimate)
    assert found.predictive.estimate == pytest.approx(inside.predictive.estimate, abs=0.01)
    assert isinstance(found.mean_change, Estimate)
    assert found.n == inside.n
    assert isinstance(found.roc, NotEstimable), "it lies between two people's changes"


def test_an_important_difference_by_a_few_who_are_better_is_withheld():
    study, _, step = anchored(n=40)
    survey = study.survey
    answer = np.where(np.arange(40) < 3, 1.0, np.minimum(step, 0))
    keys = survey.keys.assign(anchor=[*[np.nan] * 40, *answer])
    few = replace(study, survey=replace(survey, keys=keys))
    inside = evaluate(few)
    assert inside.outcomes[0].anchor.n_better == 3
    assert protect(inside, few, "funder").outcomes[0].anchor is None


def test_weights_are_told_for_what_is_told_of_the_groups_at_the_start():
    rows = tuple(
        WeightedBalance(variable=name, level=level, before=0.31, after=0.0)
        for name, level in (("s", ""), ("sex", "x"))
    )
    found = Overlap(n=80, effective_treated=31.26, effective_comparison=28.9, balance=rows)
    told = protect_overlap(found, {("s", "")}, 5)
    assert [row.variable for row in told.balance] == ["s"]
    assert (told.effective_treated, told.n) == (31.0, SUPPRESSED)
    assert protect_overlap(replace(found, effective_treated=9.0), {("s", "")}, 5) is None


def test_groups_at_the_start_are_those_of_the_change_where_everyone_would_give_a_few():
    """Two of each group answered before only: with them their scores were everyone's rest."""
    rng = np.random.default_rng(6)
    n = 80
    treated = np.arange(n) % 2 == 0
    before, after = rng.normal(3, 1, n).round(1), rng.normal(3, 1, n).round(1)
    after[:4] = np.nan
    sex = np.where(rng.random(n) < 0.5, "f", "m")
    study = make_study(
        {"pre": {"s": before}, "post": {"s": after}},
        facts={"treated": np.tile(treated, 2)},
        categories={"sex": np.tile(sex, 2)},
    )
    inside = evaluate(study).comparison[0]
    found = protect(evaluate(study), study, "funder").comparison[0]
    rows = {(r.variable, r.level): (r.treated, r.comparison) for r in found.balance}
    assert {r.treated.n + r.comparison.n for r in inside.balance} == {n}
    assert rows["s", ""][0].n + rows["s", ""][1].n == n - 4
    assert rows["s", ""][0].estimate == pytest.approx(before[4:][treated[4:]].mean(), abs=0.02)
    assert "balance_of_matched" in {c.code for c in found.cautions}
    for language in LANGUAGES:
        assert [say_caution(Text(language), c) for c in found.cautions]


def test_a_withheld_analysis_is_not_one_of_nobody():
    """Its n stood as 0 in the table of methods."""
    study, _ = draw_study(104)
    found = protect(evaluate(study), study, "funder")
    outcome = next(
        o for o in found.outcomes if any(isinstance(a, NotEstimable) for a in o.analyses)
    )
    table = list_analyses(outcome, Text("en"), share=False).frame
    withheld = [
        getattr(a, "reason", "") == "suppressed" or a.n == SUPPRESSED for a in outcome.analyses
    ]
    assert any(withheld)
    assert [n == "[c]" for n in table[table.columns[-1]]] == withheld

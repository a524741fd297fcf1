"""How many people an estimate is of, where those it leaves out are few: nothing tells it."""

import math

import numpy as np

from analysis import evaluate
from analysis.disclosure import protect
from analysis.disclosure.sizes import hide_people
from analysis.results import SUPPRESSED, Comparison, Estimate, NotEstimable
from tests.studies import make_study


def anchored_study(silent):
    """26 people before and after; some did not answer the question on how things changed."""
    rng = np.random.default_rng(11)
    before = np.round(rng.normal(3, 0.7, 26), 1).clip(1, 5)
    after = np.round(before + rng.normal(0.3, 0.6, 26), 1).clip(1, 5)
    felt = after - before + rng.normal(0, 1.2, 26)
    answer = (felt > 0.3).astype(float) + (felt > 1.2)
    answer[silent] = np.nan
    return make_study(
        {"pre": {"m": before}, "post": {"m": after}},
        facts={"anchor": [np.nan] * 26 + list(answer)},
        survey={"anchor": "g"},
    )


def test_the_limits_of_a_correlation_do_not_tell_the_few_who_did_not_answer():
    """.36 [-.07, .67] is of 24 people, of any number from 10 to 40: two of 26 did not answer."""
    study = anchored_study([3, 9])
    whole = evaluate(study).outcomes[0].anchor.correlation
    assert whole.n == 24
    half = 1.959964 * math.sqrt((1 + whole.estimate**2 / 2) / 21)
    assert math.isclose(math.tanh(math.atanh(whole.estimate) + half), whole.ci_high, abs_tol=1e-6)
    anchor = protect(evaluate(study), study, "funder").outcomes[0].anchor
    found = anchor.correlation
    assert anchor.n is found.n is found.ci_low is found.ci_high is SUPPRESSED
    assert found.estimate == round(whole.estimate, 2), "the estimate stays"


def test_a_correlation_of_all_is_given_with_its_limits():
    study = anchored_study([])
    found = protect(evaluate(study), study, "funder").outcomes[0].anchor
    assert found.n == found.correlation.n == 26
    assert found.correlation.ci_low < found.correlation.estimate


def test_communities_of_a_comparison_tell_nothing_of_the_few_who_are_of_none():
    """The difference with communities left out three people without one."""
    rng = np.random.default_rng(3)
    before = np.round(rng.normal(3, 0.7, 80), 1).clip(1, 5)
    after = np.round(before + rng.normal(0.3, 0.6, 80), 1).clip(1, 5)
    treated = [True] * 40 + [False] * 40
    cluster = [f"c{i % 8}" for i in range(77)] + [None] * 3
    study = make_study(
        {"pre": {"m": before}, "post": {"m": after}},
        facts={
            "treated": treated * 2,
            "group": ["T" if one else "C" for one in treated] * 2,
            "cluster": cluster * 2,
        },
        survey={"group": "group", "treated": ["T"], "cluster": "cluster"},
    )
    inside = {one.name: one for one in evaluate(study).comparison[0].analyses}
    assert inside["did_cr2"].n == 77
    (found,) = protect(evaluate(study), study, "funder").comparison
    shown = {one.name: one for one in found.analyses}
    assert isinstance(shown["did"], Comparison)
    assert isinstance(shown["did_cr2"], NotEstimable)
    assert isinstance(shown["ancova_cr2"], NotEstimable)


def test_what_tells_n_is_left_out_with_it():
    estimate = Estimate(estimate=0.3, ci_low=0.1, ci_high=0.5, std_error=0.1, n=38, method="")
    shown = hide_people(estimate)
    assert {shown.n, shown.ci_low, shown.ci_high, shown.std_error} == {SUPPRESSED}

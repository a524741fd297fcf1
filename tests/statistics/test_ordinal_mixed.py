"""The ordered model with a person's own level: brute force, invariances, honest refusals."""

import math

import numpy as np
import pytest
from scipy import optimize, special

from analysis.results import Comparison, NotEstimable
from analysis.statistics.ordinal import ordinal_change
from analysis.statistics.ordinal_mixed import ordered_change

CUTS = np.array([-1.5, 0.0, 1.6])


def draw(rng, people, slopes=(0.0, 0.8), spread=1.5):
    level = rng.normal(0, spread, people)
    return np.column_stack(
        [np.digitize(level + b + rng.logistic(0, 1, people), CUTS) for b in slopes]
    ).astype(float)


@pytest.fixture
def answers():
    rng = np.random.default_rng(3)
    found = draw(rng, 120)
    found[rng.random(120) < 0.2, 0] = np.nan
    found[rng.random(120) < 0.3, 1] = np.nan
    return found


def log_likelihood(answers, cuts, slope, spread):
    """Each person's likelihood by Gauss–Hermite quadrature of 150 nodes, from the definition."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(150)
    ends = np.concatenate([[-np.inf], cuts, [np.inf]])
    edges = special.expit(
        ends[None, :, None] - np.array([0, slope])[:, None, None] - spread * nodes
    )
    chances = np.diff(edges, axis=1)
    total = 0.0
    for row in answers:
        seen = [chances[w, int(a)] for w, a in enumerate(row) if np.isfinite(a)]
        if seen:
            total += math.log(weights @ np.prod(seen, axis=0) / weights.sum())
    return total


def test_the_maximum_is_that_of_the_integrated_likelihood(answers):
    change = ordered_change(answers).changes[0]

    def minus(x):
        cuts = np.cumsum([x[0], *np.exp(x[1:3])])
        return -log_likelihood(answers, cuts, x[3], math.exp(x[4]))

    start = [-1.5, 0.4, 0.4, change.estimate + 0.1, math.log(change.details["spread"]) + 0.1]
    best = optimize.minimize(minus, start, method="BFGS", options={"gtol": 1e-5})
    assert change.details["log_likelihood"] == pytest.approx(-best.fun, abs=1e-6)
    assert change.estimate == pytest.approx(best.x[3], abs=1e-4)


def test_counts_stand_for_rows_and_the_order_of_people_does_not_matter(answers):
    rows = np.vstack([answers, answers[:50]])
    counts = np.concatenate([np.full(50, 2), np.ones(len(answers) - 50)])
    by_rows, by_counts = ordered_change(rows[::-1]), ordered_change(answers, counts)
    assert by_rows.changes[0].estimate == pytest.approx(by_counts.changes[0].estimate, rel=1e-8)
    assert by_rows.changes[0].n == by_counts.changes[0].n


def test_turning_the_scale_or_the_waves_turns_the_sign(answers):
    there = ordered_change(answers)
    for turned in (3 - answers, answers[:, ::-1]):
        back = ordered_change(turned)
        assert back.changes[0].estimate == pytest.approx(-there.changes[0].estimate, abs=1e-7)
        assert back.changes[0].p_value == pytest.approx(there.changes[0].p_value, rel=1e-5)
    back = ordered_change(3 - answers)
    assert [s.estimate for s in back.shares[1]] == pytest.approx(
        [s.estimate for s in there.shares[1]][::-1], abs=1e-8
    )


def test_shares_add_up_and_fit_a_large_sample():
    answers = draw(np.random.default_rng(8), 6000)
    found = ordered_change(answers)
    for wave, shares in enumerate(found.shares):
        assert sum(s.estimate for s in shares) == pytest.approx(1.0, abs=1e-9)
        seen = np.bincount(answers[:, wave].astype(int)) / len(answers)
        assert [s.estimate for s in shares] == pytest.approx(seen, abs=0.01)
        assert all(0 <= s.ci_low < s.estimate < s.ci_high <= 1 for s in shares)
    assert found.changes[0].estimate == pytest.approx(0.8, abs=0.12)
    assert found.spread == pytest.approx(1.5, abs=0.12)
    assert found.proportional_odds.p_value > 0.01


def test_linked_answers_give_a_narrower_odds_ratio_than_separate_samples(answers):
    linked = ordered_change(answers).changes[0]
    apart = ordinal_change(answers[:, 0], answers[:, 1])
    # The odds ratio is that of one person, so it is the ratio to its error that is compared.
    assert abs(linked.statistic) > abs(apart.statistic)


def test_three_waves_are_each_compared_with_the_first():
    answers = draw(np.random.default_rng(5), 200, slopes=(0.0, 0.5, 1.0))
    found = ordered_change(answers)
    assert len(found.changes) == 2
    assert found.changes[1].estimate > found.changes[0].estimate > 0
    assert found.proportional_odds.df == 4


@pytest.mark.parametrize(
    ("answers", "reason", "why"),
    [
        ([[1, np.nan], [np.nan, 2], [3, 1]], "too_few", None),
        ([[2, 2], [2, 2], [2, np.nan]], "no_variance", None),
        ([[1, 3], [2, 4], [1, 4], [2, 3]] * 5, "not_identified", "separation"),
        ([[1, 1], [2, 2], [3, 3]] * 10, "not_identified", "everyone_alike"),
    ],
)
def test_not_estimable(answers, reason, why):
    found = ordered_change(answers).changes[0]
    assert isinstance(found, NotEstimable)
    assert (found.reason, found.details.get("why")) == (reason, why)


def test_an_answer_unused_in_a_wave_leaves_the_odds_ratio_but_no_test_of_it(answers):
    answers[answers[:, 0] == 3, 0] = 2
    found = ordered_change(answers)
    assert isinstance(found.changes[0], Comparison)
    assert found.proportional_odds.details["why"] == "answer_unused_in_a_wave"


def test_proportional_odds_are_refused_where_the_middle_moves_out():
    rng = np.random.default_rng(9)
    level = rng.normal(0, 1, 400)
    first, second = (
        np.digitize(level + rng.logistic(0, 1, 400), cuts) for cuts in (CUTS, 0.3 * CUTS)
    )
    found = ordered_change(np.column_stack([first, second]).astype(float))
    assert found.proportional_odds.p_value < 0.001

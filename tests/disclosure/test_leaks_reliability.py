"""What coefficients of consistency told of a few people: each stays closed."""

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.evaluation import Evaluation
from analysis.results import SUPPRESSED, Estimate, NotEstimable
from dashboard.content.topics.reliability import draw_reliability
from dashboard.text import Text
from tests.studies import make_study


def take_test(first: list[tuple[int, int]]) -> Evaluation:
    """Give a test of two questions, taken twice by 40 people, as funders get it."""
    before = np.array(first, dtype=float)
    after = np.array([(1, 1)] * 20 + [(1, 0)] * 10 + [(0, 1)] * 10, dtype=float)
    after = after[np.random.default_rng(8).permutation(40)]
    measure = {"name": "k", "kind": "knowledge", "correct": {"k_1": "1", "k_2": "1"}}
    waves = {
        wave: {"k": [answers[:, 0], answers[:, 1]]}
        for wave, answers in (("pre", before), ("post", after))
    }
    study = make_study(waves, measures=[measure])
    return protect(evaluate(study), study, "funder")


def test_alpha_and_spread_do_not_tell_the_few_who_were_wrong():
    """Mean, spread, alpha and the correlation of two questions left 2 wrong answers to one."""
    shown = take_test([(1, 1)] * 23 + [(1, 0)] * 15 + [(0, 0)] * 2)
    before, after = shown.reliability
    assert isinstance(before.alpha, NotEstimable)
    assert {*before.item_rest.values(), before.first_factor_share} == {SUPPRESSED}
    assert isinstance(after.alpha, Estimate)
    first = shown.scoring[0]
    assert first.sd is first.ceiling is SUPPRESSED
    assert not first.counts
    improved = shown.outcomes[0].improved
    assert improved is None or improved.reliable_change in (None, SUPPRESSED)


def test_alpha_of_a_test_is_given_where_many_were_wrong_in_each_question():
    """Nobody is told apart: 8 and 17 of 40 were wrong."""
    before, _ = take_test([(1, 1)] * 20 + [(1, 0)] * 12 + [(0, 1)] * 3 + [(0, 0)] * 5).reliability
    assert isinstance(before.alpha, Estimate)


@pytest.mark.parametrize(("n_incomplete", "told"), [(3, False), (6, True), (0, True)])
def test_limits_of_alpha_do_not_tell_how_few_left_a_question_out(n_incomplete: int, told: bool):
    """Feldt's limits are a function of alpha and n: 21 of the 24 answered every question."""
    rng = np.random.default_rng(5)
    trait = rng.normal(3, 0.6, 24)

    def ask():
        return [np.clip(np.round(trait + rng.normal(0, 1, 24)), 1, 5) for _ in range(4)]

    before, after = ask(), ask()
    for i in range(n_incomplete):
        before[i % 4][i] = np.nan
    study = make_study(
        {"pre": {"m": before}, "post": {"m": after}}, measures=[{"name": "m", "min_answered": 0.5}]
    )
    shown = protect(evaluate(study), study, "funder")
    for found in (shown.reliability[0].alpha, shown.reliability[0].omega):
        assert isinstance(found, Estimate)
        assert isinstance(found.ci_low, float)
        assert (found.ci_low is not SUPPRESSED and found.ci_high is not SUPPRESSED) == told
    assert shown.reliability[1].alpha.ci_low is not SUPPRESSED
    assert draw_reliability(shown.reliability, study.plan, Text("en")).to_json()

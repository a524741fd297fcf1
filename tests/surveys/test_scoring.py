"""Scores: reversal, minimum answered, kinds; nobody's score depends on others."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.results import Estimate, NotEstimable
from analysis.surveys.scoring import answers_needed, reverse, score_measure, summarise_scores
from tests.studies import make_study

NAN = math.nan
ANSWERS = st.lists(
    st.tuples(*[st.one_of(st.just(NAN), st.integers(1, 5).map(float))] * 4),
    min_size=2,
    max_size=12,
)


def study_of(rows, **plan):
    columns = [list(c) for c in zip(*rows, strict=True)]
    return make_study({"pre": {"m": columns}}, measures=[{"name": "m", **plan}])


def scores(study):
    return score_measure(study, study.plan.measures[0])["score"].to_numpy()


@given(st.lists(st.floats(-50, 50), min_size=1), st.integers(-3, 3), st.integers(4, 9))
def test_reversing_twice_changes_nothing(values, low, high):
    answers = np.array(values)
    assert np.allclose(reverse(reverse(answers, (low, high)), (low, high)), answers)


@given(ANSWERS, st.randoms(use_true_random=False))
def test_a_score_depends_on_nobody_else_and_not_on_the_order(rows, random):
    whole = scores(study_of(rows, reversed=["m_4"], min_answered=3))
    order = list(range(len(rows)))
    random.shuffle(order)
    shuffled = scores(study_of([rows[i] for i in order], reversed=["m_4"], min_answered=3))
    np.testing.assert_array_equal(shuffled, whole[order])
    alone = [scores(study_of([row], reversed=["m_4"], min_answered=3))[0] for row in rows]
    np.testing.assert_array_equal(alone, whole)


def test_declared_range_is_used_not_the_observed_one():
    assert scores(study_of([(4.0,), (3.0,)], reversed=["m_1"])).tolist() == [2.0, 3.0]


@pytest.mark.parametrize(
    ("rule", "k", "needed"), [(0.8, 4, 4), (0.5, 4, 2), (3, 4, 3), (9, 4, 4), (0, 4, 1), (1, 4, 1)]
)
def test_minimum_answered_is_a_count_or_a_share(rule, k, needed):
    assert answers_needed(rule, k) == needed


def test_too_few_answers_give_no_score_and_are_counted():
    study = study_of([(1, 2, NAN, NAN), (1, 2, 3, NAN)], min_answered=3)
    summary = summarise_scores(study)[0]
    assert (summary.n, summary.n_missing) == (1, 1)
    assert summary.mean == Estimate(estimate=2.0, n=1, n_missing=1, method="mean")


def test_sum_is_prorated_and_percent_is_of_the_range():
    row = [(1, 3, 5, NAN)]
    assert scores(study_of(row, score="sum", min_answered=3)).tolist() == [12.0]
    assert scores(study_of(row, score="percent", min_answered=3)).tolist() == [50.0]


def test_knowledge_is_the_share_correct():
    correct = {"m_1": "a", "m_2": "b"}
    study = study_of([(1, 0), (1, 1)], kind="knowledge", correct=correct)
    assert scores(study).tolist() == [0.5, 1.0]


def test_subscales_and_ends():
    study = study_of([(1, 5), (1, 5), (1, 4)], subscales={"first": ["m_1"]})
    summary = summarise_scores(study)[0]
    assert summary.subscales["first"].estimate == 1.0
    assert summary.floor == 0.0
    study = study_of([(1, 1), (1, 1), (1, 4)])
    assert summarise_scores(study)[0].floor == pytest.approx(2 / 3)


def test_category_has_counts_but_no_mean():
    study = study_of([(0,), (2,), (2,)], kind="category", order=["a", "b", "c"])
    summary = summarise_scores(study)[0]
    assert isinstance(summary.mean, NotEstimable)
    assert summary.counts == ((0.0, 1), (2.0, 2))

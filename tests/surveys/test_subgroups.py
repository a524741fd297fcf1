"""Change by community: the groups, their summary, and where a new community would lie."""

import numpy as np
import pytest

from analysis.results import Estimate
from analysis.statistics.meta_analysis import random_effects
from analysis.study_file import StudyPlan
from analysis.surveys.change import evaluate_outcomes
from dashboard.figures.subgroups import list_group_rows
from dashboard.sentences.subgroups import say_across
from dashboard.tables.subgroups import list_groups
from dashboard.text import Text
from tests.studies import make_study

GAINS = {"甲": 0.1, "乙": 0.4, "丙": 0.7, "丁": 0.3}


def study_of(sizes):
    rng = np.random.default_rng(5)
    site = np.repeat(list(sizes), list(sizes.values()))
    pre = rng.normal(3, 0.4, site.size)
    post = pre + rng.normal(0, 0.2, site.size) + np.array([GAINS[name] for name in site])
    half = ["f" if i % 2 else "m" for i in range(site.size)]
    return make_study(
        {"pre": {"m": pre}, "post": {"m": post}},
        facts={"site": [*site] * 2},
        categories={"sex": half * 2},
    ), (post - pre, site)


def by_site(sizes):
    study, data = study_of(sizes)
    outcome = evaluate_outcomes(study)[0]
    return outcome, {one.by: one for one in outcome.subgroups}, data


def test_communities_are_pooled_with_a_prediction_for_a_new_one():
    _, found, (change, site) = by_site(dict.fromkeys(GAINS, 25))
    groups = [change[site == name] for name in sorted(GAINS)]
    expected = random_effects(
        [g.mean() for g in groups], [g.std(ddof=1) / np.sqrt(g.size) for g in groups]
    )
    across = found["site"].across
    assert across.pooled.estimate == pytest.approx(expected.pooled.estimate, abs=1e-10)
    assert across.pooled.ci_low == pytest.approx(expected.pooled.ci_low, abs=1e-10)
    assert across.prediction_low < across.pooled.ci_low
    assert across.prediction_high > across.pooled.ci_high
    assert found["sex"].across is None


def test_a_small_community_is_shown_but_not_in_the_summary_and_two_are_not_pooled():
    _, found, _ = by_site({"甲": 25, "乙": 25, "丙": 3, "丁": 25})
    assert [g.n for g in found["site"].groups] == [25, 3, 25, 25]
    assert all(isinstance(g.change, Estimate) for g in found["site"].groups)
    assert [isinstance(g.shrunken, Estimate) for g in found["site"].groups].count(True) == 3
    assert len(found["site"].across.weights) == 3
    _, found, _ = by_site({"甲": 25, "乙": 25})
    assert found["site"].across is None


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_picture_table_and_words_carry_the_summary(language):
    outcome, found, _ = by_site(dict.fromkeys(GAINS, 25))
    text, one = Text(language), found["site"]
    rows = list_group_rows(outcome, one, StudyPlan(), text, share=False)
    assert len(rows) == len(GAINS) + 2
    assert (rows[-1].low, rows[-1].high) == (one.across.prediction_low, one.across.prediction_high)
    assert len(list_groups(one, StudyPlan(), text, share=False)) == len(GAINS) + 1
    said = say_across(text, one, share=False)
    assert "4" in said
    assert text.signed(one.across.pooled.estimate) in said

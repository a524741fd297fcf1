"""Change by community: the groups, their summary, and where a new community would lie."""

import numpy as np
import pytest

from analysis.disclosure import protect
from analysis.plan import StudyPlan
from analysis.results import SUPPRESSED, Estimate
from analysis.sections import evaluate
from analysis.statistics.meta_analysis import random_effects
from analysis.statistics.mixed_model import mixed_change
from analysis.statistics.subgroup_change import compare_estimates
from analysis.surveys.change import evaluate_outcomes
from dashboard.content.topics.subgroups import (
    list_group_rows,
    list_groups,
    say_across,
    say_who_in_groups,
)
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
    study, _ = study_of(dict.fromkeys(GAINS, 25))
    outcome, found, _ = by_site(dict.fromkeys(GAINS, 25))
    text, one = Text(language), found["site"]
    rows = list_group_rows(outcome, one, study, text)
    assert len(rows) == len(GAINS) + 2
    assert (rows[-1].low, rows[-1].high) == (one.across.prediction_low, one.across.prediction_high)
    assert len(list_groups(outcome, one, study, text).rows) == len(GAINS) + 1
    said = say_across(text, one, share=False)
    assert "4" in said
    assert text.signed(one.across.pooled.estimate) in said


def partly_study(sizes, seed=2, lost=0.4, new=6):
    """Groups of people, some lost by their baseline and some only found later."""
    rng = np.random.default_rng(seed)
    group = np.repeat(list(sizes), list(sizes.values()))
    pre = rng.normal(3, 0.6, group.size)
    post = pre + rng.normal(0.3, 0.5, group.size)
    there = rng.random(group.size) > lost * (1 + np.tanh(2 * (pre - 3)))
    late = np.repeat(list(sizes), new)
    extra = rng.normal(3.3, 0.6, late.size)
    codes = [*range(group.size)], [*np.flatnonzero(there), *range(1000, 1000 + late.size)]
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": [*post[there], *extra]}},
        respondents={"pre": codes[0], "post": codes[1]},
        categories={"area": [*group, *group[there], *late]},
    )
    return study, pre, post, there, group, late, extra


def test_groups_use_everyone_as_the_whole_does():
    study, pre, post, there, group, late, extra = partly_study({"a": 60, "b": 50, "c": 40})
    outcome = evaluate_outcomes(study)[0]
    assert outcome.change.name == "mixed_model"
    found = outcome.subgroups[0]
    for one in found.groups:
        here = group == one.value
        expected = mixed_change(
            pre[here & there], post[here & there], pre[here & ~there], extra[late == one.value]
        )
        assert one.change.method == "mixed_model"
        assert one.change.estimate == pytest.approx(expected.estimate)
        assert one.change.ci_low == pytest.approx(expected.ci_low)
        assert (one.n, one.only_pairs) == (here.sum() + 6, "")
    assert sum(one.n for one in found.groups) == outcome.change.n
    assert found.interaction.n == outcome.change.n


def test_a_group_too_small_for_the_model_stands_on_its_pairs_and_says_so():
    rng = np.random.default_rng(4)
    pre = np.r_[rng.normal(3, 0.5, 30), 2.0, 3.0, 4.0]
    post = np.r_[pre[:25] + rng.normal(0.3, 0.4, 25), 3.0, 4.0, 5.0]
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": [*post, 2.5]}},
        respondents={"pre": range(33), "post": [*range(25), 30, 31, 32, 99]},
        categories={"area": [*"a" * 30, *"bbb", *"a" * 25, *"bbbb"]},
    )
    found = evaluate_outcomes(study)[0].subgroups[0]
    small = found.groups[1]
    assert small.only_pairs == "no_variance"
    assert small.n == 3
    for language in ("en", "zh-Hans"):
        assert "b" in say_who_in_groups(Text(language), found, StudyPlan())
    assert (
        say_who_in_groups(
            Text("en"),
            evaluate_outcomes(study_of(dict.fromkeys(GAINS, 25))[0])[0].subgroups[0],
            StudyPlan(),
        )
        == ""
    )


def test_shares_of_partly_matched_groups_use_everyone():
    rng = np.random.default_rng(9)
    area = np.repeat(["a", "b"], 80)
    yes = (rng.random(160) < 0.4).astype(float)
    later = ((rng.random(160) < 0.3) | (yes > 0)).astype(float)
    there = rng.random(160) < np.where(yes > 0, 0.9, 0.5)
    study = make_study(
        {"pre": {"y": yes}, "post": {"y": later[there]}},
        respondents={"pre": range(160), "post": np.flatnonzero(there).tolist()},
        measures=[{"name": "y", "kind": "binary"}],
        categories={"area": [*area, *area[there]]},
    )
    for one in evaluate_outcomes(study)[0].subgroups[0].groups:
        here = area == one.value
        ends = [later[here & there & (yes == answer)].mean() for answer in (0, 1)]
        share = yes[here].mean()
        expected = (1 - share) * ends[0] + share * ends[1] - share
        assert one.change.method == "standardised_share"
        assert one.change.estimate == pytest.approx(expected, abs=1e-9)
        assert one.n == 80


def test_other_readers_see_groups_of_everyone_only_where_nobody_can_be_told_apart():
    study, *_ = partly_study({"a": 90, "b": 80, "c": 70})
    shown = protect(evaluate(study), study, "funder").outcomes[0]
    assert shown.change.name == "mixed_model"
    assert {one.change.method for one in shown.subgroups[0].groups} == {"mixed_model"}
    assert all(one.n == SUPPRESSED for one in shown.subgroups[0].groups)
    few, *_ = partly_study({"a": 90, "b": 80, "c": 70}, new=2)
    shown = protect(evaluate(few), few, "funder").outcomes[0]
    methods = {g.change.method for g in shown.subgroups[0].groups if isinstance(g.change, Estimate)}
    assert methods <= {"paired_t"}


def test_the_test_of_small_groups_counts_no_more_than_their_pairs():
    study, *_ = partly_study({"a": 12, "b": 12, "c": 12, "d": 12}, new=4, lost=0.2)
    outcome = evaluate_outcomes(study)[0]
    found = outcome.subgroups[0]
    values = [
        (one.change.estimate, one.change.std_error) for one in found.groups if not one.only_pairs
    ]
    assert len(values) == 4
    *_, there, group, _, _ = partly_study({"a": 12, "b": 12, "c": 12, "d": 12}, new=4, lost=0.2)
    pairs = [int((there & (group == one.value)).sum()) for one in found.groups]
    estimates, errors = zip(*values, strict=True)
    by_pairs = compare_estimates(estimates, errors, np.array(pairs) - 1.0, 0)
    assert found.interaction.p_value == pytest.approx(by_pairs.p_value)
    assert found.interaction.details["df_within"] == pytest.approx(by_pairs.details["df_within"])

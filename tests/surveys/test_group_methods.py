"""Covariates, weights, mixed models and drop-out of two groups, through a study."""

import numpy as np
import pytest

from analysis.results import Comparison, NotEstimable
from analysis.sections import evaluate
from analysis.statistics.mixed_model import mixed_change
from analysis.surveys.attrition import bound_changes
from analysis.surveys.comparison import evaluate_comparison
from dashboard.content.topics.attrition import say_verdict
from dashboard.content.topics.comparison import (
    list_balance,
    list_comparisons,
    list_weighted_balance,
    say_e_value,
    say_overlap,
)
from dashboard.text import Text
from tests.studies import make_study

N = 300
MEASURES = [{"name": "s", "range": [-10, 10], "role": "primary"}]


def older_join(effect=0.3, *, facts=None, covariates=None, **survey):
    """Older people join more often and gain more: age explains most of the plain difference."""
    rng = np.random.default_rng(41)
    age = np.round(rng.normal(45, 12, N))
    arm = rng.random(N) < 1 / (1 + np.exp(-(age - 45) / 8))
    pre = rng.normal(3, 0.5, N)
    post = pre + 0.03 * (age - 45) + effect * arm + rng.normal(0, 0.4, N)
    told = {"age": [f"{a:.0f}" for a in age] * 2} if covariates is None else covariates
    return make_study(
        {"pre": {"s": pre}, "post": {"s": post}},
        measures=MEASURES,
        facts={"treated": [*arm] * 2, **(facts or {})},
        covariates=told,
        survey=survey,
    )


def test_covariates_adjust_what_the_plain_difference_cannot():
    (found,) = evaluate_comparison(older_join())
    by_name = {one.name: one for one in found.analyses}
    assert by_name["did"].ci_low > 0.3
    for name in ("ancova_covariates", "did_overlap"):
        assert by_name[name].ci_low < 0.3 < by_name[name].ci_high
    age = next(row for row in found.balance if row.variable == "age")
    assert age.smd > 0.5
    assert age.treated.estimate > age.comparison.estimate > 20
    assert found.doubts == ("groups_differ",)


def test_balance_after_weighting_is_exact():
    (found,) = evaluate_comparison(older_join())
    assert [row.variable for row in found.overlap.balance] == ["s", "age"]
    assert max(abs(row.before) for row in found.overlap.balance) > 0.5
    assert [row.after for row in found.overlap.balance] == pytest.approx([0, 0], abs=1e-6)
    assert found.overlap.effective_treated < found.overlap.n


def test_the_e_value_is_given_where_people_were_not_drawn_by_lot():
    (found,) = evaluate_comparison(older_join())
    assert 1 < found.e_value.limit < found.e_value.estimate
    assert found.e_value.risk_ratio > 1
    (by_lot,) = evaluate_comparison(older_join(assignment="random"))
    assert by_lot.e_value is None
    assert by_lot.effect.name == "ancova_covariates"


def test_people_without_a_covariate_are_left_out_and_counted():
    rng = np.random.default_rng(3)
    kind = np.where(rng.random(N) < 0.5, "north", "south").astype(object)
    kind[:7] = None
    (found,) = evaluate_comparison(older_join(covariates={"part": [*kind] * 2}))
    adjusted = next(one for one in found.analyses if one.name == "ancova_covariates")
    assert (adjusted.n, adjusted.n_missing) == (N - 7, 7)
    assert {row.level for row in found.balance if row.variable == "part"} == {"north", "south"}


def test_covariates_with_clusters_are_clustered_or_refused():
    cluster = [f"c{i % 20}" for i in range(N)] * 2
    (found,) = evaluate_comparison(older_join(facts={"cluster": cluster}))
    by_name = {one.name: one for one in found.analyses}
    assert by_name["ancova_covariates_cr2"].details["n_clusters"] == found.n_clusters == 40
    assert by_name["did_overlap"].details["n_clusters"] == 40
    few = [f"c{i % 2}" for i in range(N)] * 2
    (refused,) = evaluate_comparison(older_join(facts={"cluster": few}))
    names = {one.name for one in refused.analyses if isinstance(one, NotEstimable)}
    assert {"ancova_covariates_cr2", "did_overlap"} <= names


def losing(lost_treated=20, lost_compared=10):
    """A hundred people in either group, some lost, some who came late."""
    rng = np.random.default_rng(44)
    arm = np.arange(200) < 100
    pre = rng.normal(3, 0.6, 200)
    post = pre + 0.4 * arm + rng.normal(0, 0.4, 200)
    gone = (np.arange(200) % 100) < np.where(arm, lost_treated, lost_compared)
    first, last = np.arange(6, 200), np.flatnonzero(~gone)
    study = make_study(
        {"pre": {"s": pre[first]}, "post": {"s": post[last]}},
        respondents={"pre": first.tolist(), "post": last.tolist()},
        measures=[{"name": "s", "range": [1, 5]}],
        facts={"treated": [*arm[first], *arm[last]]},
    )
    return study, pre, post, arm, first, last


def test_the_mixed_difference_is_that_of_the_two_groups_models():
    study, pre, post, arm, first, last = losing()
    (found,) = evaluate_comparison(study)
    mixed = next(one for one in found.analyses if one.name == "did_mixed")
    sides = []
    for side in (arm, ~arm):
        both = sorted(set(first) & set(last) & set(np.flatnonzero(side)))
        only = [
            sorted((set(a) - set(b)) & set(np.flatnonzero(side)))
            for a, b in ((first, last), (last, first))
        ]
        sides.append(mixed_change(pre[both], post[both], pre[only[0]], post[only[1]]))
    assert mixed.estimate == pytest.approx(sides[0].estimate - sides[1].estimate)
    assert mixed.std_error == pytest.approx(np.hypot(sides[0].std_error, sides[1].std_error))
    assert mixed.ci_low < 0.4 < mixed.ci_high


def test_bounds_of_the_difference_take_the_lost_of_either_group_at_opposite_ends():
    study, pre, post, arm, first, last = losing()
    bounds = next(b for b in bound_changes(study) if b.name == "did_worst_best")

    def difference(treated_end, compared_end):
        end = np.where(arm, treated_end, compared_end).astype(float)
        filled = np.where(np.isin(np.arange(200), last), post, end) - pre
        return filled[first][arm[first]].mean() - filled[first][~arm[first]].mean()

    assert (bounds.low, bounds.high) == pytest.approx((difference(1, 5), difference(5, 1)))


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_drop_out_is_judged_and_said(language):
    found = evaluate(losing()[0])
    verdict, text = found.attrition_verdict, Text(language)
    assert verdict.treated.estimate == pytest.approx(14 / 94)
    assert verdict.comparison.estimate == pytest.approx(10 / 100)
    assert verdict.overall == pytest.approx(24 / 194)
    assert verdict.verdict == "low"
    assert text.percent(verdict.overall) in say_verdict(text, verdict)
    assert found.to_results()["attrition_verdict"]["verdict"] == "low"


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_page_has_the_new_numbers(language):
    study, text = older_join(), Text(language)
    (found,) = evaluate_comparison(study)
    shown = list_comparisons(found, study.measure("s"), text)
    assert len(shown.rows) == len(found.analyses)
    assert not {row[0] for row in shown.rows} & {one.name for one in found.analyses}
    assert len(list_weighted_balance(found, found.overlap, study.plan, text).rows) == 2
    assert "age" in list_balance(found.balance, study.plan, text).frame.to_string()
    assert text.number(found.e_value.estimate, 2) in say_e_value(text, found.e_value)
    assert text.number(found.overlap.effective_treated, 0) in say_overlap(text, found.overlap)
    assert all(isinstance(one, Comparison) for one in found.analyses)

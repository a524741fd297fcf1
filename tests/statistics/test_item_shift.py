"""Item shift: statsmodels, a planted shift, a programme that works, the same people twice."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.discrete.discrete_model import Logit
from statsmodels.miscmodels.ordinal_model import OrderedModel
from statsmodels.tools.tools import add_constant

from analysis.results import Comparison, NotEstimable
from analysis.statistics.cumulative_logit import fit_cumulative_logit
from analysis.statistics.item_shift import compare_item, robust_covariance, test_items
from benchmarks.coverage_measurement import draw_answers

test_items.__test__ = False  # a function of the package, not a test


def shifted(people, gain=0.6, shift=0.0, items=5, seed=4):
    before, after = draw_answers(np.random.default_rng(seed), people, items, gain, shift)
    later, person = np.repeat([0.0, 1.0], people), np.tile(np.arange(people), 2)
    names = [f"q{i}" for i in range(items)]
    return np.vstack([before, after]), later, person, names


def test_the_model_is_that_of_statsmodels():
    answers, later, _, _ = shifted(150)
    total = answers.mean(axis=1) - answers.mean()
    columns = np.column_stack([total, later, total * later])
    levels, answer = np.unique(answers[:, 2], return_inverse=True)
    ours = fit_cumulative_logit(answer, columns)
    ordered = pd.Series(pd.Categorical(answers[:, 2], categories=levels, ordered=True))
    theirs = OrderedModel(ordered, columns, distr="logit").fit(method="bfgs", disp=0, gtol=1e-6)
    cuts = levels.size - 1
    assert ours.parameters[cuts:] == pytest.approx(theirs.params[:3].to_numpy(), rel=1e-4)
    assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-8)
    errors = np.sqrt(np.diag(ours.covariance))[cuts:]
    assert errors == pytest.approx(theirs.bse[:3].to_numpy(), rel=1e-3)


def test_the_shifted_question_is_named_and_no_other():
    found = test_items(*shifted(200, shift=1.5))
    assert [one.item for one in found if one.shifted] == ["q0"]
    assert found[0].test.estimate > 0.3
    assert found[0].test.ci_low > 0


def test_one_large_shift_does_not_make_the_others_shift():
    found = test_items(*shifted(300, shift=3.0, items=4))
    assert [one.item for one in found if one.shifted] == ["q0"]


def test_a_programme_that_works_shifts_no_question():
    found = test_items(*shifted(300, gain=1.2))
    assert not any(one.shifted for one in found)


def test_the_same_people_twice_are_not_more_people():
    answers, later, person, _ = shifted(100)
    total = answers.mean(axis=1)
    once = compare_item(answers[:, 1], total, later, person)
    twice = compare_item(*(np.tile(x, 2) for x in (answers[:, 1], total, later, person)))
    assert twice.statistic == pytest.approx(once.statistic, rel=1e-6)
    assert twice.std_error == pytest.approx(once.std_error, rel=1e-6)


def test_robust_errors_of_single_rows_are_the_plain_sandwich():
    answers, later, _, _ = shifted(80)
    _, answer = np.unique(answers[:, 0], return_inverse=True)
    fit = fit_cumulative_logit(answer, np.column_stack([answers.mean(axis=1), later]))
    rows = np.arange(160)
    plain = fit.covariance @ (fit.scores.T @ fit.scores) @ fit.covariance * 160 / 159
    assert robust_covariance(fit, fit.scores, rows) == pytest.approx(plain, rel=1e-8)


def test_turning_the_waves_turns_the_difference():
    answers, later, person, _ = shifted(120, shift=0.8)
    total = answers.mean(axis=1)
    there = compare_item(answers[:, 0], total, later, person)
    back = compare_item(answers[:, 0], total, 1 - later, person)
    assert back.estimate == pytest.approx(-there.estimate, rel=1e-6)
    assert back.p_value == pytest.approx(there.p_value, rel=1e-6)
    assert there.details["r2_change"] >= there.details["r2_change_uniform"] >= 0


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        (np.ones(60), "no_variance"),
        (np.arange(60.0), "not_asked"),
        (np.repeat([1.0, 2.0], 30), "not_identified"),
        (np.tile([1.0, 2.0], 3), "too_few"),
    ],
)
def test_not_estimable(values, reason):
    n = values.size
    rng = np.random.default_rng(1)
    found = compare_item(values, rng.normal(size=n), np.repeat([0.0, 1.0], n // 2), np.arange(n))
    assert isinstance(found, NotEstimable)
    assert found.reason == reason


def test_yes_and_no_is_logistic_regression():
    answers, later, person, _ = shifted(150)
    yes = (answers[:, 3] > 3).astype(float)
    total = answers.mean(axis=1)
    found = compare_item(yes, total, later, person)
    z = (total - total.mean()) / total.std()
    fits = [
        Logit(yes, add_constant(np.column_stack(columns))).fit(disp=0)
        for columns in ([z], [z, later, z * later])
    ]
    assert isinstance(found, Comparison)
    assert found.details["likelihood_ratio"] == pytest.approx(2 * (fits[1].llf - fits[0].llf))
    robust = Logit(yes, add_constant(np.column_stack([z, later, z * later]))).fit(
        disp=0, cov_type="cluster", cov_kwds={"groups": person, "use_correction": False}
    )
    wald = float(robust.wald_test(np.eye(4)[2:], scalar=True, use_f=False).statistic)
    people = 150
    # Both of: G/(G − 1) in the covariance, and Hotelling's lower degrees of freedom.
    expected = wald * (people - 1) / people * (people - 2) / (2 * (people - 1))
    assert found.statistic == pytest.approx(expected, rel=1e-6)

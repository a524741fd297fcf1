"""One factor by maximum likelihood: closed forms, invariances, planted faults, refusals."""

import itertools

import numpy as np
import pytest

from analysis.results import NotEstimable
from analysis.statistics.factor_model import compare_loadings, fit_one_factor, sampling_adequacy


def draw(rng, n, loadings=(0.9, 0.8, 0.7, 0.6, 0.8), spread=1.0):
    loading = np.array(loadings)
    trait = rng.normal(0, spread, n)
    return trait[:, None] * loading + rng.normal(0, 0.7, (n, loading.size))


@pytest.fixture
def rng():
    return np.random.default_rng(12)


def test_kmo_of_equal_correlations_is_the_closed_form():
    # Correlations all r among k items: partial r / (1 + (k − 2) r).
    r, k, n = 0.4, 5, 200
    chol = np.linalg.cholesky(np.full((k, k), r) + (1 - r) * np.eye(k))
    raw = np.random.default_rng(1).normal(size=(n, k))
    raw = np.linalg.qr(raw - raw.mean(axis=0))[0] @ chol.T
    overall, items = sampling_adequacy(raw)
    partial = r / (1 + (k - 2) * r)
    assert overall == pytest.approx(r**2 / (r**2 + partial**2), rel=1e-8)
    assert items == pytest.approx([overall] * k, rel=1e-8)


def test_kmo_of_unrelated_items_is_not_defined():
    """Four items crossed with each other: nothing is shared, and nothing is divided by zero."""
    crossed = np.array(np.meshgrid([0, 1], [0, 1], [0, 1], [0, 1])).reshape(4, -1).T
    assert sampling_adequacy(crossed) == (None, (None,) * 4)


def test_kmo_is_refused_where_two_items_are_one():
    raw = np.random.default_rng(1).normal(size=(50, 3))
    assert sampling_adequacy(np.column_stack([raw, raw[:, 0]])) == (None, (None,) * 4)


def test_units_do_not_matter(rng):
    answers = draw(rng, 200)
    plain, scaled = fit_one_factor(answers), fit_one_factor(answers * [1, 10, 0.1, 5, 2] + 7)
    assert scaled.chi2 == pytest.approx(plain.chi2, rel=1e-6)
    assert scaled.loadings[0] == pytest.approx(plain.loadings[0], rel=1e-5)


def test_a_second_factor_is_seen(rng):
    other = rng.normal(0, 1, 300)
    answers = draw(rng, 300, (0.9, 0.8, 0.7, 0.6, 0.8, 0.7))
    assert fit_one_factor(answers).cfi > 0.98
    answers[:, 3:] += other[:, None]
    found = fit_one_factor(answers)
    assert found.cfi < 0.9
    assert found.p_value < 1e-6
    assert found.rmsea.ci_low > 0.1
    assert found.srmr > 0.08


def test_a_larger_spread_of_the_trait_leaves_equal_loadings(rng):
    before, after = draw(rng, 400), draw(rng, 400, spread=1.8)
    found = compare_loadings(before, after, (np.arange(400), np.arange(400, 800)))
    assert found.cfi_change > -0.01
    assert found.equal_loadings.p_value > 0.05
    assert found.metric.df - found.configural.df == 4


def test_a_question_that_leaves_the_scale_breaks_equal_loadings(rng):
    before, after = draw(rng, 300), draw(rng, 300, (0.9, 0.8, 0.7, 0.6, 0.1))
    found = compare_loadings(before, after, (np.arange(300), np.arange(300)))
    assert found.cfi_change < -0.01
    assert found.equal_loadings.p_value < 0.001


def test_three_items_fit_exactly_and_can_be_compared_between_waves(rng):
    before, after = (draw(rng, 150, (0.9, 0.8, 0.7)) for _ in range(2))
    assert fit_one_factor(before).reason == "not_identified"
    found = compare_loadings(before, after, (np.arange(150), np.arange(150)))
    assert (found.configural.df, found.configural.chi2, found.metric.df) == (0, 0.0, 2)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        (np.random.default_rng(1).normal(size=(14, 5)), "too_few"),
        (
            np.column_stack([np.random.default_rng(1).normal(size=(60, 4)), np.ones(60)]),
            "no_variance",
        ),
    ],
)
def test_not_estimable(answers, reason):
    found = fit_one_factor(answers)
    assert isinstance(found, NotEstimable)
    assert found.reason == reason


def test_a_heywood_case_is_refused(rng):
    answers = draw(rng, 100, (0.9, 0.8, 0.7, 0.6))
    answers[:, 3] = answers[:, 0] + answers[:, 1] + 0.01 * rng.normal(size=100)
    answers[:, 2] = answers[:, 3] + rng.normal(0, 0.6, 100)
    found = fit_one_factor(answers)
    assert isinstance(found, NotEstimable)
    assert found.details["why"] == "heywood"


def test_a_fit_no_worse_than_chance_has_a_cfi_of_one():
    # Uncorrelated items: the base model fits as well as it should, and nothing is left to explain.
    answers = np.array(list(itertools.product([1.0, 2.0, 3.0], repeat=4)))
    fit = fit_one_factor(answers)
    assert fit.chi2 == pytest.approx(0.0, abs=1e-6)
    assert fit.cfi == 1.0

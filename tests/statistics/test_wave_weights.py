"""Anonymous waves with weights: R's survey package, closed forms, coverage."""

import math

import numpy as np
import pytest

from analysis.statistics.mean_change import welch_t
from analysis.statistics.wave_weights import raked_waves, standardised_waves, weighted_waves


def drawn(seed, n=60, k=45):
    rng = np.random.default_rng(seed)
    return rng.normal(3, 0.8, n), rng.normal(3.4, 0.7, k), rng


def test_equal_weights_are_welchs_test():
    pre, post, _ = drawn(1)
    found, plain = weighted_waves(pre, post, np.full(60, 2.0), np.ones(45)), welch_t(pre, post)
    for name in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
        assert getattr(found, name) == pytest.approx(getattr(plain, name), rel=1e-10)
    assert (found.n, found.name, found.method) == (105, "survey_weights", "linearised")
    assert found.details == {
        "n_pre": 60,
        "n_post": 45,
        "n_effective_pre": pytest.approx(60),
        "n_effective_post": pytest.approx(45),
    }


def test_people_without_score_or_weight_are_left_out_and_counted():
    pre, post, rng = drawn(2)
    w, v = rng.uniform(0.5, 2, 60), rng.uniform(0.5, 2, 45)
    whole = weighted_waves(pre[2:], post[1:], w[2:], v[1:])
    pre[0], w[1], v[0] = np.nan, 0.0, np.nan
    found = weighted_waves(pre, post, w, v)
    assert (found.estimate, found.n_missing, found.n) == (whole.estimate, 3, 102)
    assert weighted_waves([1.0], [1, 2], [1], [1, 1]).reason == "too_few"
    assert weighted_waves([1, 1.0], [2, 2], [1, 1], [1, 1]).reason == "no_variance"


def test_one_variable_is_post_stratification_by_hand():
    pre, post, rng = drawn(3)
    a, b = rng.integers(0, 3, 60), rng.choice(3, 45, p=[0.6, 0.3, 0.1])
    found = standardised_waves(pre, post, [a], [b])
    later = np.array([post[b == level].mean() for level in range(3)])
    assert found.estimate == pytest.approx(later[a].mean() - pre.mean())
    share = np.bincount(a, minlength=3) / 60
    w = (share / np.bincount(b, minlength=3))[b]
    rest = post - later[b]
    variance = np.var(later[a] - pre, ddof=1) / 60 + 45 / 44 * float(((w * rest) ** 2).sum())
    assert found.std_error == pytest.approx(math.sqrt(variance))
    first, second = np.var(later[a] - pre, ddof=1) / 60, 45 / 44 * ((w * rest) ** 2).sum()
    assert found.df == pytest.approx((first + second) ** 2 / (first**2 / 59 + second**2 / 44))
    assert found.details["n_effective_post"] == pytest.approx(w.sum() ** 2 / (w @ w))
    assert found.details["n_effective_pre"] == 60
    assert (found.n, found.n_missing, found.ci_level) == (105, 0, 0.95)


def test_the_same_people_by_composition_undo_a_change_of_who_answered():
    rng = np.random.default_rng(4)
    a, b = (rng.random(900) < 0.5).astype(int), (rng.random(900) < 0.9).astype(int)
    age, age_later = rng.integers(0, 3, 900), rng.integers(0, 3, 900)
    pre = 2 + a + 0.2 * age + rng.normal(0, 0.5, 900)
    post = 2.3 + b + 0.2 * age_later + rng.normal(0, 0.5, 900)
    plain = welch_t(pre, post).estimate
    found = standardised_waves(pre, post, [a, age], [b, age_later])
    assert plain > 0.6
    assert found.estimate == pytest.approx(0.3, abs=0.08)
    assert found.details["n_effective_post"] < 500


def test_a_level_that_nobody_has_later_is_refused():
    pre, post, _ = drawn(5, 6, 6)
    levels = [np.array([0, 0, 1, 1, 2, 2])], [np.array([0, 0, 0, 1, 1, 1])]
    assert standardised_waves(pre, post, *levels).reason == "not_identified"
    # One of the later wave alone is no level to be compared: such people do not count.
    turned = standardised_waves(pre, post, levels[1], levels[0])
    assert turned.estimate == pytest.approx((post[:2].mean() + post[2:4].mean()) / 2 - pre.mean())
    half = np.array([0.5, 0.5])
    codes = np.array([0, 0, 0, 0, 1, 1])
    assert raked_waves(pre, post, [(codes, half)], [(np.zeros(6, int), half)]).reason == (
        "not_identified"
    )
    raked = raked_waves(pre, post, [(codes, half)], [(codes, half)])
    assert (raked.n, raked.n_missing, raked.ci_level) == (12, 0, 0.95)
    means = [(x[:4].mean() + x[4:].mean()) / 2 for x in (pre, post)]
    assert raked.estimate == pytest.approx(means[1] - means[0])


def test_coverage_and_level():
    """300 draws of 80 and 60 people, composition .5 and .75; ± 2.5 % is twice the error."""
    rng, held = np.random.default_rng(6), 0
    for _ in range(400):
        a, b = (rng.random(80) < 0.5).astype(int), (rng.random(60) < 0.75).astype(int)
        found = standardised_waves(
            a + rng.normal(0, 1, 80), 0.25 + 0.5 * b + rng.normal(0, 1, 60), [a], [b]
        )
        # Truth over the population's half and half: .25 + .25 − .5.
        held += found.ci_low <= 0.0 <= found.ci_high
    assert 0.925 <= held / 400 <= 0.975

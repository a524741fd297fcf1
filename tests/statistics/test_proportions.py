"""Shares: published values, statsmodels, real poll, properties."""

import math
import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.control_chart import laney_limits, p_chart_limits
from analysis.statistics.proportions import (
    clopper_pearson,
    few_people_behind,
    newcombe_independent,
    share_by_person,
    wilson,
    wilson_limits,
)

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "change.toml").read_text("utf-8"))


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_statsmodels_agrees(case):
    from statsmodels.stats.proportion import proportion_confint

    for share, method in ((wilson, "wilson"), (clopper_pearson, "beta")):
        found = share(*case)
        low, high = proportion_confint(*case, method=method)
        assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=1e-8, abs=1e-14)
        assert 0 <= found.ci_low <= found.estimate <= found.ci_high <= 1


@given(st.integers(1, 60), st.data())
def test_wilson_inverts_the_score_test(n, data):
    x = data.draw(st.integers(1, n))
    low = wilson(x, n).ci_low
    z = (x / n - low) / (low * (1 - low) / n) ** 0.5
    assert z == pytest.approx(stats.norm.isf(0.025), rel=1e-8)


def test_newcombe_published():
    known = GOLDEN["newcombe_independent"]
    found = newcombe_independent(known["x"][0], known["n"][0], known["x"][1], known["n"][1])
    assert (found.ci_low, found.ci_high) == pytest.approx(known["ci"], abs=5e-5)


def test_newcombe_is_statsmodels():
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(9, 10, 3, 10, method="newcomb", compare="diff")
    found = newcombe_independent(3, 10, 9, 10)
    assert (found.ci_low, found.ci_high) == pytest.approx((low, high), rel=1e-8)


def test_nobody_is_not_estimable():
    assert wilson(0, 0).reason == "no_data"
    assert clopper_pearson(0, 0).reason == "no_data"
    assert newcombe_independent(0, 0, 1, 2).reason == "no_data"


@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2), (-1, -2), (0, -1)])
def test_more_than_all_or_fewer_than_none_is_a_mistake(x, n):
    with pytest.raises(ValueError, match="not a share"):
        wilson(x, n)


def test_missing_is_carried():
    assert wilson(1, 2, n_missing=7).n_missing == 7


def test_poll(reference):
    known = reference("earthquake-survey")
    for case in (known["precaution"], *known["precaution_by_region"].values()):
        for share, name in ((wilson, "wilson95"), (clopper_pearson, "clopper_pearson95")):
            found = share(case["x"], case["n"])
            assert found.estimate == pytest.approx(case["p"], rel=1e-8)
            assert (found.ci_low, found.ci_high) == pytest.approx(case[name], rel=1e-8)


def _held(draw, truth, rounds=600):
    rng = np.random.default_rng(20261124)
    held = 0
    for _ in range(rounds):
        found = share_by_person(*draw(rng))
        held += found.ci_low <= truth <= found.ci_high
    return held / rounds


@pytest.mark.parametrize(
    ("people", "a", "b", "least", "most"),
    [(30, 1.2, 1.2, 12, 12), (25, 6, 1, 2, 40), (40, 2, 1, 1, 10), (30, 1e6, 1e6, 12, 12)],
)
def test_the_share_by_person_covers_where_people_differ_and_where_they_do_not(
    people, a, b, least, most
):
    def draw(rng):
        trials = rng.integers(least, most + 1, people)
        return rng.binomial(trials, rng.beta(a, b, people)), trials

    assert _held(draw, a / (a + b)) >= 0.93


def test_the_share_by_person_holds_where_nearly_everybody_is_reliable():
    """One in twenty shifts is missed, most by a few: with t on k - 1 df 92 % of intervals held."""

    def draw(rng):
        trials = rng.integers(5, 41, 60)
        return rng.binomial(trials, rng.beta(1.9, 0.1, 60)), trials

    assert _held(draw, 0.95, rounds=2000) >= 0.935


def test_few_who_decide_the_variance_lower_the_degrees_of_freedom():
    came = np.array([10.0] * 18 + [2.0, 5.0])
    found = share_by_person(came, [10] * 20)
    apart = came - found.estimate * 10
    kurtosis = np.mean(apart**4) / np.mean(apart**2) ** 2
    df = 2 * 20 / (kurtosis - 17 / 19)
    assert 2 < df < 8
    share, variance = found.estimate, found.std_error**2
    effective = share * (1 - share) / variance
    effective *= (stats.norm.ppf(0.975) / stats.t.ppf(0.975, df)) ** 2
    assert [found.ci_low, found.ci_high] == pytest.approx(
        wilson_limits(share * effective, effective)
    )
    # Of light tails there are never more than people less one.
    halves = share_by_person([10] * 10 + [0] * 10, [10] * 20)
    effective = 19 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 19)) ** 2
    assert [halves.ci_low, halves.ci_high] == pytest.approx(
        wilson_limits(0.5 * effective, effective)
    )


@pytest.mark.parametrize(("failing", "said"), [(0, None), (1, 1), (14, 14), (15, None)])
def test_few_who_ever_fail_are_said(failing, said):
    trials = np.full(60, 10)
    assert few_people_behind(trials - (np.arange(60) < failing), trials) == said
    assert few_people_behind(np.arange(60) < failing, trials) == said
    assert few_people_behind([5] * 20, [10] * 20) is None
    assert few_people_behind([5] * 19 + [0], [10] * 19 + [0]) == 19


def test_the_share_by_person_of_one_trial_each_is_wilson_with_the_t_quantile():
    found = share_by_person([1] * 30 + [0] * 20, [1] * 50)
    # 50/49 is the correction of the variance, which here lowers the effective number
    effective = 49 * (stats.norm.ppf(0.975) / stats.t.ppf(0.975, 49)) ** 2
    assert [found.ci_low, found.ci_high] == pytest.approx(wilson_limits(0.6 * effective, effective))


def test_the_share_by_person_at_its_ends():
    everybody = share_by_person([12] * 5, [12] * 5)
    assert (everybody.estimate, everybody.ci_high, everybody.n) == (1.0, 1.0, 60)
    assert everybody.ci_low < wilson(5, 5).ci_low
    alone = share_by_person([6], [12])
    assert [alone.ci_low, alone.ci_high] == pytest.approx(wilson_limits(0.5, 1))
    assert alone.std_error is None
    assert share_by_person([0, 0], [0, 0]).reason == "no_data"
    with pytest.raises(ValueError, match="between 0 and the trials"):
        share_by_person([3], [2])


@pytest.mark.parametrize("day_to_day", [0.0, 0.6])
def test_one_ordinary_session_in_some_hundreds_is_outside_the_limits(day_to_day):
    rng = np.random.default_rng(3)
    people, sessions, rounds = 30, 12, 800
    outside = 0
    for _ in range(rounds):
        if day_to_day:
            rate = 1 / (1 + np.exp(-rng.normal(0.4, day_to_day, sessions)))
            came = rng.binomial(people, rate)
        else:
            own = rng.beta(1.2, 1.2, people)
            came = (rng.random((people, sessions)) < own[:, None]).sum(axis=0)
        limits = laney_limits(came, np.full(sessions, people))
        outside += sum(not lo <= c / people <= hi for c, (lo, hi) in zip(came, limits, strict=True))
    assert outside / (rounds * sessions) < 0.006


def test_laney_limits_by_hand_and_where_sessions_are_few():
    came, size = [20, 26, 22, 28, 18, 30], [40] * 6
    error = math.sqrt(0.6 * 0.4 / 40)
    between = np.abs(np.diff(np.array(came) / 40)).mean() / error / 1.128
    half = 3 * error * between
    assert laney_limits(came, size)[0] == pytest.approx((0.6 - half, min(1.0, 0.6 + half)))
    assert laney_limits(came[:5], size[:5]) == p_chart_limits(came[:5], size[:5])
    alike = laney_limits([30] * 8, [40] * 8)
    assert alike[0] == pytest.approx((29 / 40, 31 / 40))
    assert laney_limits([40] * 8, [40] * 8) == p_chart_limits([40] * 8, [40] * 8)
    gap = laney_limits([*came, 5], [*size, 0])
    assert gap == (*laney_limits(came, size), (None, None))

"""Wald's interval and test against the normal distribution of the standard library, and by hand."""

import math
from statistics import NormalDist

import pytest

from analysis.statistics.wald import odds_ratio, wald_comparison


@pytest.mark.parametrize(("estimate", "error"), [(0.5, 0.2), (-1.3, 0.7), (0.0, 0.1)])
def test_statistic_p_and_interval_are_those_of_the_normal_distribution(estimate, error):
    found = wald_comparison(name="x", estimate=estimate, std_error=error, n=40, method="wald")
    assert found.statistic == pytest.approx(estimate / error)
    assert found.p_value == pytest.approx(2 * NormalDist(0, error).cdf(-abs(estimate)))
    around = NormalDist(estimate, error)
    assert (found.ci_low, found.ci_high) == pytest.approx(
        (around.inv_cdf(0.025), around.inv_cdf(0.975))
    )
    assert found.df is None


def test_the_interval_is_about_its_centre_and_ends_at_the_limit():
    found = wald_comparison(
        name="x", estimate=0.95, centre=0.9, std_error=0.1, n=9, method="wald", limit=1.0
    )
    assert found.estimate == 0.95
    assert found.ci_low == pytest.approx(0.9 - 0.1959963984540054)
    assert found.ci_high == 1.0
    assert found.statistic == pytest.approx(9.0)


def test_limits_of_the_odds_ratio_follow_the_level():
    narrow, wide = odds_ratio(0.4, 0.3, 0.9), odds_ratio(0.4, 0.3, 0.99)
    assert narrow["odds_ratio"] == pytest.approx(math.exp(0.4))
    assert narrow["odds_ratio_ci_low"] == pytest.approx(math.exp(0.4 - 1.6448536269514722 * 0.3))
    assert wide["odds_ratio_ci_high"] == pytest.approx(math.exp(0.4 + 2.5758293035489004 * 0.3))

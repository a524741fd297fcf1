"""Shares: published values, statsmodels, real poll, properties."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.proportions import clopper_pearson, newcombe_independent, wilson

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


def test_more_than_all_is_a_mistake():
    with pytest.raises(ValueError, match="not a share"):
        wilson(3, 2)


def test_missing_is_carried():
    assert wilson(1, 2, n_missing=7).n_missing == 7


def test_poll(reference):
    known = reference("earthquake-survey")
    for case in (known["precaution"], *known["precaution_by_region"].values()):
        for share, name in ((wilson, "wilson95"), (clopper_pearson, "clopper_pearson95")):
            found = share(case["x"], case["n"])
            assert found.estimate == pytest.approx(case["p"], rel=1e-8)
            assert (found.ci_low, found.ci_high) == pytest.approx(case[name], rel=1e-8)

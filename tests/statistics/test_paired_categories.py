"""Paired categories: published values, statsmodels, brute force, real tables."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Estimate
from analysis.statistics.paired_categories import (
    bowker,
    mcnemar_exact,
    mcnemar_midp,
    newcombe_paired_difference,
    stuart_maxwell,
    tango_limits,
)

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "change.toml").read_text("utf-8"))
CELLS = st.lists(st.integers(0, 30), min_size=4, max_size=4)


def test_stuart_maxwell_oracle():
    known = GOLDEN["stuart_maxwell"]
    found = stuart_maxwell(known["table"])
    assert found.statistic == pytest.approx(known["statistic"], abs=5e-9)
    assert found.df == known["df"]
    assert found.p_value == pytest.approx(known["p"], abs=5e-9)


def test_bowker_oracle():
    known = GOLDEN["stuart_maxwell"]
    found = bowker(known["table"])
    assert found.statistic == pytest.approx(known["bowker"], rel=1e-9)
    assert found.df == known["bowker_df"]
    assert found.p_value == pytest.approx(known["bowker_p"], abs=5e-10)


def test_mcnemar_oracle():
    known = GOLDEN["mcnemar"]
    assert mcnemar_exact(known["table"]).p_value == pytest.approx(known["exact"], rel=1e-12)
    assert mcnemar_midp(known["table"]).p_value == pytest.approx(known["midp"], rel=1e-12)


@given(CELLS)
@settings(max_examples=60, deadline=None)
def test_mcnemar_is_the_binomial(cells):
    table = np.array(cells).reshape(2, 2)
    if table.sum() == 0:
        assert mcnemar_exact(table).reason == "no_data"
        return
    changed = int(table[0, 1] + table[1, 0])
    exact = stats.binomtest(int(table[0, 1]), changed).pvalue if changed else 1.0
    assert mcnemar_exact(table).p_value == pytest.approx(exact, rel=1e-8)
    sizes = np.arange(changed + 1)
    chance = stats.binom.pmf(sizes, changed, 0.5)
    gap = np.abs(2 * sizes - changed)
    observed = abs(int(table[0, 1]) - int(table[1, 0]))
    brute = chance[gap > observed].sum() + 0.5 * chance[gap == observed].sum()
    expected = brute if changed else 1.0
    assert mcnemar_midp(table).p_value == pytest.approx(expected, rel=1e-8)


@given(CELLS)
@settings(max_examples=60, deadline=None)
def test_newcombe_properties(cells):
    table = np.array(cells).reshape(2, 2)
    found = newcombe_paired_difference(table)
    if not isinstance(found, Estimate):
        assert found.reason == "no_data"
        return
    assert -1 - 1e-12 <= found.ci_low <= found.estimate <= found.ci_high <= 1 + 1e-12
    back = newcombe_paired_difference(table.T)
    assert (back.ci_low, back.ci_high) == pytest.approx((-found.ci_high, -found.ci_low), abs=1e-12)


def test_newcombe_without_association_is_square_and_add():
    """With phi = 0 the paired interval is the independent one at equal n."""
    from analysis.statistics.proportions import newcombe_independent

    found = newcombe_paired_difference([[30, 20], [30, 20]])
    apart = newcombe_independent(50, 100, 40, 100)
    assert found.estimate == pytest.approx(apart.estimate)
    assert (found.ci_low, found.ci_high) == pytest.approx((apart.ci_low, apart.ci_high), rel=1e-12)


def test_square_tests_are_statsmodels():
    from statsmodels.stats.contingency_tables import SquareTable

    table = np.random.default_rng(3).integers(1, 20, (5, 5))
    theirs = SquareTable(table, shift_zeros=False)
    for found, known in (
        (stuart_maxwell(table), theirs.homogeneity()),
        (bowker(table), theirs.symmetry()),
    ):
        assert found.statistic == pytest.approx(known.statistic, rel=1e-8)
        assert found.p_value == pytest.approx(known.pvalue, rel=1e-8)


def test_empty_categories_are_dropped():
    known = np.array(GOLDEN["stuart_maxwell"]["table"])
    padded = np.insert(np.insert(known, 1, 0, axis=0), 1, 0, axis=1)
    for test in (stuart_maxwell, bowker):
        assert test(padded).statistic == pytest.approx(test(known).statistic, rel=1e-12)
        assert test(padded).df == test(known).df
        assert test(padded).details["n_dropped_categories"] == 1


@pytest.mark.parametrize("test", [stuart_maxwell, bowker])
def test_square_not_estimable(test):
    assert test(np.zeros((3, 3))).reason == "no_data"
    assert test(np.diag([3, 4, 5])).reason == "no_variance"
    with pytest.raises(ValueError, match="square"):
        test([[1, 2, 3]])


def test_two_by_two_stuart_maxwell_is_mcnemars_chi_square():
    assert stuart_maxwell([[30, 12], [5, 40]]).statistic == pytest.approx(49 / 17, rel=1e-12)


def test_carpentries(reference):
    known = reference("carpentries-longterm")
    table, theirs = np.array(known["table"]), known["stuart_maxwell"]
    found, symmetry = stuart_maxwell(table), bowker(table)
    assert found.statistic == pytest.approx(theirs["stuart_maxwell_chisq"], rel=1e-8)
    assert (found.df, found.p_value) == (theirs["df"], pytest.approx(theirs["p"], rel=1e-8))
    assert symmetry.statistic == pytest.approx(theirs["bowker_chisq"], rel=1e-8)
    assert symmetry.df == theirs["bowker_df"]
    weekly = known["mcnemar_weekly_or_more"]
    square = [[144, 89], [5, 195]]
    assert mcnemar_exact(square).p_value == pytest.approx(weekly["p_exact"], rel=1e-8)
    assert mcnemar_midp(square).p_value == pytest.approx(weekly["p_midp"], rel=1e-8)
    assert mcnemar_midp(square).estimate == pytest.approx(weekly["diff"], rel=1e-8)


def test_earthquake(paired_file, reference):
    keys = ("general_vs_bigone_same_people", "paired")
    pre, post, _ = paired_file("earthquake-survey", keys)
    table = np.zeros((5, 5))
    np.add.at(table, (pre.astype(int) - 1, post.astype(int) - 1), 1)
    known = reference("earthquake-survey")["general_vs_bigone_same_people"]["stuart_maxwell"]
    found = stuart_maxwell(table)
    assert found.statistic == pytest.approx(known["stuart_maxwell_chisq"], rel=1e-8)
    assert found.p_value == pytest.approx(known["p"], rel=1e-8)
    assert bowker(table).statistic == pytest.approx(known["bowker_chisq"], rel=1e-8)


@pytest.mark.parametrize("n", [1, 5, 60])
def test_score_limits_when_all_moved_one_way(n):
    """All down: the score equation is n(1 + Δ)² = z²(1 − Δ²), so Δ = (z² − n)/(z² + n)."""
    square = stats.norm.isf(0.025) ** 2
    limit = (square - n) / (square + n)
    assert tango_limits(0, n, n) == pytest.approx((-1.0, limit), abs=1e-8)
    assert tango_limits(n, 0, n) == pytest.approx((-limit, 1.0), abs=1e-8)

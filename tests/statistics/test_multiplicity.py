"""Adjusted p-values: definition, families, missing tests; R's stand in the verification book."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from analysis.statistics.multiplicity import adjust_by_family, benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


def by_definition(p_values, rule):
    """Smallest level at which the step-down (Holm) or step-up rule rejects each hypothesis."""
    m, order = len(p_values), sorted(p_values)
    if rule is holm:
        reject = [max((m - j) * order[j] for j in range(i + 1)) for i in range(m)]
    else:
        reject = [min(m * order[j] / (j + 1) for j in range(i, m)) for i in range(m)]
    return [min(1.0, reject[order.index(p)]) for p in p_values]


@given(P_VALUES)
@settings(max_examples=40, deadline=None)
def test_adjusted_values_are_those_of_the_definition(p_values):
    distinct = list(dict.fromkeys(p_values))  # ties share the value of the last of them
    for adjust in (holm, benjamini_hochberg):
        assert adjust(distinct) == pytest.approx(by_definition(distinct, adjust), abs=1e-12)


@given(P_VALUES)
@settings(max_examples=40, deadline=None)
def test_adjusted_values_are_those_of_statsmodels(p_values):
    for adjust, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        expected = multipletests(p_values, method=method)[1]
        assert adjust(p_values) == pytest.approx(expected, abs=1e-12)


def test_a_family_does_not_count_the_tests_of_another():
    p_values, families = [0.01, 0.02, 0.03, 0.04, None], ["a", "b", "a", "c", "b"]
    found = adjust_by_family(p_values, families, confirmatory="a")
    assert found == pytest.approx((0.02, 0.02, 0.03, 0.04, None))


@given(P_VALUES)
@settings(max_examples=40, deadline=None)
def test_tests_without_p_do_not_count(p_values):
    for adjust in (holm, benjamini_hochberg):
        found = adjust([None, *p_values, None])
        assert found[0] is None
        assert found[-1] is None
        assert found[1:-1] == adjust(p_values)


@given(P_VALUES)
@settings(max_examples=40, deadline=None)
def test_never_smaller_and_never_above_one(p_values):
    for p, h, b in zip(p_values, holm(p_values), benjamini_hochberg(p_values), strict=True):
        assert p <= b * (1 + 1e-12)
        assert b <= h * (1 + 1e-12)
        assert h <= 1


def test_nothing_tested():
    assert holm([]) == ()
    assert benjamini_hochberg([None]) == (None,)

"""Adjusted p-values: statsmodels, definition, missing tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.statistics.multiplicity import benjamini_hochberg, holm

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=20)


@given(P_VALUES)
@settings(max_examples=40, deadline=None)
def test_statsmodels_agrees(p_values):
    from statsmodels.stats.multitest import multipletests

    for adjust, method in ((holm, "holm"), (benjamini_hochberg, "fdr_bh")):
        theirs = multipletests(p_values, method=method)[1]
        assert adjust(p_values) == pytest.approx(tuple(theirs), rel=1e-8)


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

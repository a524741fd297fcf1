"""Values and counts: what is one value, what is left out."""

import numpy as np
import pytest
from scipy import stats

from analysis.statistics.counting import sample_variance, tally, tally_pairs


def test_pairs_that_nobody_has_are_left_out():
    found = tally_pairs([1, 2, 3], [2, 2, None], [1, 0, 4])
    assert (found.pre.tolist(), found.post.tolist()) == ([1.0], [2.0])
    assert (found.n, found.n_missing) == (1, 4)


def test_values_that_nobody_has_are_left_out():
    found = tally([1, 2, 3], [2, 0, 1])
    assert (found.values.tolist(), found.counts.tolist()) == ([1.0, 3.0], [2.0, 1.0])


@pytest.mark.parametrize("seed", range(5))
def test_skewness_is_that_of_scipy(seed):
    values = np.random.default_rng(seed).exponential(2, 30).round(1)
    assert tally(values).skewness == pytest.approx(stats.skew(values), rel=1e-10)


def test_variance_of_equal_values_is_zero():
    equal = np.full(7, 67.4) * np.array([1, 1, 1 + 1e-15, 1, 1, 1 - 1e-15, 1])
    assert float(equal.var(ddof=1)) > 0
    assert sample_variance(equal) == 0.0
    assert sample_variance(np.array([1.0, 1.0 + 1e-11])) > 0

"""Reliable change: the paper's example and the refusals."""

import tomllib
from pathlib import Path

import pytest

from analysis.statistics.change_reliability import reliable_change_index

GOLDEN = tomllib.loads((Path(__file__).parents[1] / "golden" / "change.toml").read_text("utf-8"))


def test_jacobson_truax():
    known = GOLDEN["jacobson_truax"]
    found = reliable_change_index(known["sd"], known["reliability"])
    assert found == pytest.approx(1.96 * known["s_diff"], abs=0.01)


def test_perfect_reliability_leaves_no_error():
    assert reliable_change_index(2.0, 1.0) == 0.0
    assert reliable_change_index(2.0, 0.5, 0.95) > reliable_change_index(2.0, 0.5, 0.80)


@pytest.mark.parametrize(("sd", "r"), [(None, 0.8), (1.0, None), (0.0, 0.8), (1.0, -0.2), (1, 1.1)])
def test_refused(sd, r):
    assert reliable_change_index(sd, r) is None

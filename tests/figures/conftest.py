"""The sample, evaluated once for all pictures."""

from pathlib import Path

import pytest

from analysis import evaluate, read_study

SAMPLE = Path(__file__).resolve().parents[2] / "data" / "sample" / "study.toml"


@pytest.fixture(scope="session")
def sample():
    """The sample study."""
    return read_study(SAMPLE)


@pytest.fixture(scope="session")
def evaluation(sample):
    """Its evaluation."""
    return evaluate(sample)

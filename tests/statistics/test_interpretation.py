"""Bands: edges, signs, citations."""

import pytest

from analysis.statistics.interpretation import ALPHA, COHEN_D, IMBALANCE, RULES, interpret


@pytest.mark.parametrize(
    ("value", "rule", "code"),
    [
        (0.1, COHEN_D, "very_small"),
        (0.2, COHEN_D, "small"),
        (-0.8, COHEN_D, "large"),
        (0.69, ALPHA, "low"),
        (-0.95, ALPHA, "low"),
        (0.9, ALPHA, "high"),
        (-0.1, IMBALANCE, "imbalanced"),
        (0.0, IMBALANCE, "balanced"),
    ],
)
def test_bands(value, rule, code):
    assert interpret(value, rule) == code


def test_rules_have_sources_and_ascend():
    for rule in RULES.values():
        bounds = [bound for bound, _ in rule.bands]
        assert bounds == sorted(bounds)
        assert any(char.isdigit() for char in rule.citation)

"""The attack of benchmarks/attack_results.py recovers nobody from what is made for funders."""

import ast
from pathlib import Path

import pytest

from benchmarks.attack_results import attack_study

SOURCE = Path(__file__).resolve().parents[2] / "benchmarks" / "attack_results.py"


@pytest.mark.parametrize("seed", range(100, 104))
def test_nobody_is_recovered(seed: int):
    before, after, _ = attack_study(seed, {"json", "figures"})
    assert sum(before.cells.values()) > 10, "the attack must find what the evaluator's file holds"
    assert dict(after.cells) == {}


def test_the_attacker_does_not_know_the_protection():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    imported = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module}
    assert not [name for name in imported if name.startswith("analysis.disclosure")]

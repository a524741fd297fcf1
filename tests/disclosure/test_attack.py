"""The attack of benchmarks/attack_results.py recovers nobody from what is made for funders."""

import ast
import json
from pathlib import Path

import numpy as np
import pytest
from plotly.offline import get_plotlyjs

from analysis import evaluate
from analysis.disclosure import protect
from benchmarks.attack.crowds import crowds_of
from benchmarks.attack.documents import attack_document, hidden_numbers
from benchmarks.attack.made_studies import draw_study
from benchmarks.attack.meanings import Meaning, attack_meanings, learn_meanings
from benchmarks.attack.sessions import attack_sessions
from benchmarks.attack.spoils import Spoils
from benchmarks.attack_results import attack_study
from dashboard.exports.results_file import write_results

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SOURCES = [BENCHMARKS / "attack_results.py", *(BENCHMARKS / "attack").glob("*.py")]


@pytest.mark.parametrize("seed", range(100, 104))
def test_nobody_is_recovered(seed: int):
    before, after, _ = attack_study(seed, {"json", "figures"}, learnt=False)
    assert sum(before.cells.values()) > 10, "the attack must find what the evaluator's file holds"
    assert dict(after.cells) == {}


def test_nobody_is_recovered_by_numbers_whose_meaning_is_learnt():
    """112: of 40 who answered, by sex, 38 had a score: no other attack looked at both numbers."""
    meanings = learn_meanings()
    assert Meaning("team", ("served", ""), 0.0) in meanings[".volunteers.hours.gini.n"]
    for seed in (104, 112):
        study, truth = draw_study(seed)
        inside, crowds = evaluate(study), crowds_of(study, truth)
        before, after = Spoils(), Spoils()
        attack_meanings(json.loads(write_results(inside)), crowds, before)
        exact = protect(inside, study, "funder", rounded=False)
        attack_meanings(json.loads(write_results(exact)), crowds, after)
        assert sum(before.cells.values()) > 10
        assert dict(after.cells) == {}


def test_nobody_is_recovered_over_sessions_and_restarts():
    """Pages of three readers and two versions after a file, a server that forgets in between."""
    study, truth = draw_study(105)
    spoils = Spoils()
    shown, asked = attack_sessions(study, truth, np.random.default_rng(1), spoils, "file first")
    assert 0 < shown < asked
    assert dict(spoils.cells) == {}


def test_the_attacker_does_not_know_the_protection():
    """He makes releases as anybody would, and reads nothing else of the code that protects.

    What protection cost is counted for the table of the benchmark, after his attacks.
    """
    known = {"list_costs", "make_release", "protect", "RefusedReleaseError"}
    for source in SOURCES:
        tree = ast.parse(source.read_text(encoding="utf-8"))
        imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) and n.module]
        read = [n for n in imports if n.module.startswith("analysis.disclosure")]
        assert {one.name for n in read for one in n.names} <= known, source


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("0.09486832980505139", 1),
        ("9.4868329805%", 1),
        ("0.3333333333333333", 0),
        (get_plotlyjs(), 0),
    ],
)
def test_a_document_tells_what_is_hidden_not_a_share_or_a_constant(told: str, found: int):
    # 1/300 is hidden, and 1/3 of anything is not it; the library of the figures holds √0.9.
    hidden = hidden_numbers({"a": 0.09486832980505139, "b": 1 / 300}, {})
    spoils = Spoils()
    attack_document("html", f"<script>{told}</script>".encode(), hidden, spoils)
    assert spoils.cells.total() == found

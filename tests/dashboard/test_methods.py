"""The methods paragraph and the checklist say what the data say."""

import ast
from pathlib import Path

import numpy as np
import pytest

from analysis.sections import evaluate
from dashboard.content.topics.methods import list_trend, say_methods
from dashboard.text import LANGUAGES, Text
from tests.studies import make_study


def evaluated(**more):
    scores = [1.0, 2, 3, 4, 2, 3, 1, 2, 3, 2, 4, 3]
    later = [s + (0.4, 0.6)[i % 2] for i, s in enumerate(scores)]
    study = make_study({"pre": {"m": scores}, "post": {"m": later}}, **more)
    return study, evaluate(study)


def test_paragraph_tells_design_matching_and_versions():
    study, evaluation = evaluated()
    told = " ".join(say_methods(Text("en"), evaluation, study.plan))
    assert "without a comparison group" in told
    assert "12 people answered first and last" in told
    assert evaluation.fingerprint[:12] in told
    assert str(evaluation.provenance.seed) in told


def test_anonymous_answers_are_said_to_be_so():
    study, evaluation = evaluated(anonymous=True)
    told = " ".join(say_methods(Text("en"), evaluation, study.plan))
    assert "could not be linked" in told
    assert "answered first and last" not in told


@pytest.mark.parametrize("language", LANGUAGES)
def test_checklist_fills_what_the_data_know_and_leaves_the_rest(language):
    study, evaluation = evaluated()
    rows = {number: told for number, _, told in list_trend(Text(language), evaluation, study.plan)}
    assert list(rows) == list(range(1, 23))
    assert all(rows[n] for n in (6, 8, 10, 11, 12, 15, 16, 17, 18))
    assert not any(rows[n] for n in (1, 2, 3, 4, 5, 7, 19, 20, 21, 22))
    assert Text(language).signed(0.5) in rows[17]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("covariates", [False, True])
def test_statsmodels_is_named_only_where_it_computed_a_number(language, covariates):
    """It fits overlap weights; a plain change or comparison never calls it."""
    rng = np.random.default_rng(3)
    n, arm = 60, np.arange(60) % 2 == 0
    pre = rng.normal(3, 0.5, n)
    ages = [f"{age}" for age in rng.integers(18, 80, n)] * 2
    study = make_study(
        {"pre": {"m": pre}, "post": {"m": pre + rng.normal(0.2, 0.4, n)}},
        facts={"treated": [*arm, *arm]},
        covariates={"age": ages} if covariates else None,
        survey={"covariates": ["age"]} if covariates else None,
    )
    evaluation = evaluate(study)
    assert any(c.overlap is not None for c in evaluation.comparison) is covariates
    told = " ".join(say_methods(Text(language), evaluation, study.plan))
    assert ("statsmodels" in told) is covariates
    assert "SciPy" in told


def test_the_methods_name_only_libraries_that_compute():
    """Each library of the provenance is imported by the analysis, else its version says nothing."""
    root = Path(__file__).resolve().parents[2]
    imported = set()
    for path in root.glob("analysis/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                imported.add(node.module.split(".")[0])
    source = (root / "analysis" / "sections.py").read_text(encoding="utf-8")
    named = {name for name in ("numpy", "pandas", "scipy", "statsmodels") if f'"{name}"' in source}
    assert named == {"numpy", "pandas", "scipy", "statsmodels"}
    assert named <= imported

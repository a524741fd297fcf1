"""Every results file keeps to the published schema; a broken one does not."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from analysis import evaluate, read_study
from analysis.disclosure import protect
from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.exports.results_file import write_results
from dashboard.exports.schema import describe_results, write_schema
from tests.studies import make_study

ROOT = Path(__file__).resolve().parent.parent
PUBLISHED = ROOT / "docs" / "results-schema.json"


@pytest.fixture(scope="session")
def sample() -> Evaluation:
    return evaluate(read_study(ROOT / "data" / "sample" / "study.toml"))


@pytest.fixture(scope="session")
def check() -> Callable[[Any], list[str]]:
    schema = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)

    def problems(results: Any) -> list[str]:
        return [f"{e.json_path}: {e.message[:200]}" for e in validator.iter_errors(results)]

    return problems


def _scores(seed: int, n: int, rise: float = 0.5) -> dict[str, dict[str, list[float]]]:
    draw = np.random.default_rng(seed)
    before = np.clip(draw.normal(3, 0.8, n).round(), 1, 5)
    after = np.clip(before + draw.normal(rise, 0.7, n).round(), 1, 5)
    return {"pre": {"m": before.tolist()}, "post": {"m": after.tolist()}}


def _grouped() -> Study:
    n, draw = 40, np.random.default_rng(4)
    return make_study(
        _scores(4, n),
        categories={"sex": [*"fm" * n]},
        facts={"group": [*(["B"] * 20 + ["C"] * 20) * 2]},
        survey={"group": "group", "treated": ["B"], "disaggregate": ["sex"]},
        study={"min_group": int(draw.integers(5, 6))},
    )


STUDIES: dict[str, Callable[[], Study]] = {
    "paired": lambda: make_study(_scores(1, 30)),
    "anonymous": lambda: make_study(_scores(2, 30), anonymous=True),
    "two people": lambda: make_study(_scores(3, 2)),
    "one person": lambda: make_study(_scores(3, 1)),
    "nobody matched": lambda: make_study(
        _scores(5, 20), respondents={"pre": range(20), "post": range(100, 120)}
    ),
    "one wave": lambda: make_study({"pre": _scores(6, 12)["pre"]}),
    "three waves": lambda: make_study(_scores(7, 25) | {"follow": _scores(8, 25)["post"]}),
    "no variance": lambda: make_study({"pre": {"m": [3.0] * 9}, "post": {"m": [3.0] * 9}}),
    "missing": lambda: make_study(
        {"pre": {"m": [1.0, 2, np.nan, 4] * 5}, "post": {"m": [np.nan, 2, 3, 5.0] * 5}}
    ),
    "binary": lambda: make_study(
        {"pre": {"k": [0.0, 1, 0, 0] * 6}, "post": {"k": [1.0, 1, 0, 1] * 6}},
        measures=[{"name": "k", "kind": "binary"}],
    ),
    "comparison": _grouped,
}


@pytest.mark.parametrize("name", STUDIES)
def test_results_of_made_studies_keep_to_the_schema(name: str, check: Any):
    assert check(json.loads(write_results(evaluate(STUDIES[name]())))) == []


def test_results_of_the_sample_keep_to_the_schema(sample: Evaluation, check: Any):
    results = json.loads(write_results(sample))
    assert check(results) == []
    present = {"flow", "outcomes", "comparison", "participation", "volunteers", "sustainability"}
    assert present <= set(results)


def test_the_published_schema_is_the_one_of_the_result_objects():
    told = "run: python -m dashboard.exports.schema > docs/results-schema.json"
    assert json.loads(PUBLISHED.read_bytes()) == json.loads(write_schema()), told


BREAKS: dict[str, Callable[[dict[str, Any]], object]] = {
    "no version": lambda r: r.pop("schema_version"),
    "a fingerprint cut short": lambda r: r["study"].update(fingerprint="4f2a"),
    "a text for a number": lambda r: r["outcomes"][0]["change"].update(estimate="0.69"),
    "null without a reason": lambda r: r["participation"]["reach"].update(estimate=None),
    "p above one": lambda r: r["outcomes"][0]["change"].update(p_value=1.2),
    "an n below zero": lambda r: r["scoring"][0].update(n=-1),
    "an outcome without its n": lambda r: r["outcomes"][0].pop("n"),
    "no adjusted p": lambda r: r["outcomes"][0]["change"].pop("p_adjusted"),
    "an unknown reason": lambda r: r["volunteers"].update(
        median_days={"estimate": None, "reason": "because", "n": 3}
    ),
    "a finding in one language": lambda r: r["findings"][0]["text"].pop("zh-Hans"),
    "a caution without severity": lambda r: r["cautions"][0].pop("severity"),
    "a step without its count": lambda r: r["volunteers"]["curve"][0].pop("at_risk"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_broken_results_file_fails(name: str, sample: Evaluation, check: Any):
    results = copy.deepcopy(json.loads(write_results(sample)))
    BREAKS[name](results)
    assert check(results), f"{name} went unnoticed"


def test_the_schema_describes_every_section():
    sections = set(describe_results()["properties"])
    assert {"flow", "scoring", "reliability", "items", "dose", "targets", "delivery"} <= sections


def test_no_person_is_named_in_the_results_file(sample: Evaluation):
    """The evaluator's file has each volunteer's hours, nobody's code; a funder's has neither."""
    written = write_results(sample).decode()
    assert sample.volunteers is not None
    assert "overdue" not in json.loads(written)["volunteers"]
    assert all(person.volunteer not in written for person in sample.volunteers.overdue)
    study = read_study(ROOT / "data" / "sample" / "study.toml")
    released = json.loads(write_results(protect(sample, study, "funder")))
    assert released["audience"] == "funder"
    assert released["volunteers"]["hours"]["per_person"] == []

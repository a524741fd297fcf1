"""What is inferred from counts is what is inferred from the rows they were counted from."""

import json
import math
from functools import cache
from pathlib import Path

import jsonschema
import pytest

from analysis import evaluate
from analysis.counts.evaluation import COUNTED_SECTIONS, evaluate_community
from analysis.counts.memory import count_study, describe_community
from analysis.evaluation import Evaluation
from dashboard.exports.results_file import write_results
from tests.counts.designs import MEASURES, draw_design
from tests.studies import make_study

SCHEMA = Path(__file__).resolve().parents[2] / "docs" / "results-schema.json"
#: What needs people's rows, and is told so in docs/study-file.md.
ROWS = {
    "outcomes": {"subgroups", "anchor"},
    "reliability": {"one_factor"},
}
ROW_CAUTIONS = {"clustering", "seasonality"}


@cache
def counted_design(seed):
    return evaluate_counts(draw_design(seed))


def evaluate_counts(study):
    (community,) = (describe_community(study, 0, "Harbour"),)
    return evaluate_community(study.plan, community, count_study(study), "memory")


def differences(one, two, path):
    """Where two records differ by more than rounding."""
    if isinstance(one, dict) and isinstance(two, dict):
        return [
            found
            for key in one.keys() | two.keys()
            for found in differences(one.get(key), two.get(key), f"{path}.{key}")
        ]
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        pairs = enumerate(zip(one, two, strict=True))
        return [f for i, (a, b) in pairs for f in differences(a, b, f"{path}[{i}]")]
    if isinstance(one, float) and isinstance(two, float):
        alike = math.isclose(one, two, rel_tol=1e-9, abs_tol=1e-9)
        return [] if alike else [f"{path}: {one} {two}"]
    return [] if one == two else [f"{path}: {one!r} {two!r}"]


def without_interval(omega):
    """Omega's interval needs the people; its value does not."""
    return {key: omega[key] for key in ("estimate", "reason", "n") if key in omega}


def comparable(results, section):
    rows = json.loads(json.dumps(results.get(section, [])))
    for row in rows if isinstance(rows, list) else [rows]:
        for name in ROWS.get(section, ()):
            row.pop(name, None)
        if section == "reliability":
            row["omega"] = without_interval(row["omega"])
        if section == "outcomes":
            row["cautions"] = [one for one in row["cautions"] if one not in ROW_CAUTIONS]
    return rows


def evaluate_rows(study):
    """Only the sections that are compared: the others take most of the time."""
    whole = evaluate(study)
    return Evaluation(
        fingerprint=whole.fingerprint,
        title=whole.title,
        settings=whole.settings,
        provenance=whole.provenance,
        **{section: getattr(whole, section) for section in COUNTED_SECTIONS},
    )


@pytest.mark.parametrize("seed", range(40))
def test_counts_give_what_rows_give(seed):
    made = (evaluate_rows(draw_design(seed)), counted_design(seed))
    rows, counts = (json.loads(write_results(one)) for one in made)
    for section in COUNTED_SECTIONS:
        assert differences(comparable(rows, section), comparable(counts, section), section) == []


@pytest.mark.parametrize("seed", range(0, 40, 4))
def test_the_file_keeps_the_schema_and_says_what_was_counted(seed):
    told = json.loads(write_results(counted_design(seed)))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    assert told["study"]["settings"]["counted"]["sections"] == list(COUNTED_SECTIONS)
    assert told["study"]["settings"]["counted"]["engine"] == "memory"


def test_answers_that_are_no_decimals_are_not_counted_and_said():
    study = make_study(
        {"pre": {"a": [1, 2, 3], "b": [1.1234567, 2, 3]}, "post": {"a": [2, 3, 4], "b": [2, 3, 4]}},
        measures=[{"name": "a"}, {"name": "b"}],
    )
    found = evaluate_counts(study)
    assert found.settings["counted"]["not_counted"] == {"b": "many_decimals"}
    assert {outcome.measure for outcome in found.outcomes} == {"a"}
    assert {outcome.measure for outcome in evaluate(study).outcomes} == {"a", "b"}


def test_designs_reach_every_kind_of_change():
    """The random surveys are worth comparing: every design and kind of analysis is among them."""
    outcomes = [o for seed in range(40) for o in counted_design(seed).outcomes]
    assert {o.design for o in outcomes} == {"paired", "partly_paired", "anonymous"}
    assert {o.measure for o in outcomes} == {m["name"] for m in MEASURES} - {"told"}
    assert {o.among for o in outcomes} == {"everyone", "treated"}
    assert any(not o.main for o in outcomes)
    assert {c.code for o in outcomes for c in o.cautions} >= {"changed_items", "missing_scores"}

"""Studies of any shape: nothing raises, warns or leaves the schema; all is said in words."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from analysis import evaluate
from dashboard.exports.document import write_document
from dashboard.exports.results_file import write_results
from dashboard.exports.slides import write_slides
from dashboard.exports.web_page import write_web_page
from dashboard.exports.workbook import write_workbook
from dashboard.sentences import say_finding
from dashboard.sentences.cautions import say_cautions
from dashboard.text import Text
from tests.golden.results import SEEDS, find_differences
from tests.studies import make_study

SCHEMA = Path(__file__).resolve().parents[1] / "docs" / "results-schema.json"
WAVES = ("pre", "post", "follow_up", "pre_then")
FACTS = ("site", "cluster", "treated", "group", "weight")
MEASURES = [
    {"name": "scale", "kind": "scale", "range": [1, 5]},
    {"name": "slider", "kind": "scale", "range": [0, 100], "important_difference": 5},
    {"name": "kit", "kind": "binary"},
    {"name": "visits", "kind": "number", "better": "lower"},
    {"name": "stage", "kind": "category", "order": ["none", "plan", "done"]},
]
TEXTS = [Text("en"), Text("zh-Hans")]


def draw_answers(rng, kind, n):
    """Answers of one wave: three items of the scale, one of each other measure."""
    level = rng.normal(3, 1, n) if kind != "constant" else np.full(n, 3.0)
    step = np.round if kind == "whole" else np.asarray
    scale = [np.clip(step(level + rng.normal(0, 0.4, n)), 1, 5) for _ in range(3)]
    scale[0][rng.random(n) < 0.15] = np.nan
    yes = (level + rng.normal(0, 0.5, n) > 3).astype(float)
    visits = np.floor(np.clip(level, 0, None))
    stages = rng.integers(0, 3, n).astype(float)
    slider = np.clip(step(level * 20), 0, 100)
    return {"scale": scale, "slider": slider, "kit": yes, "visits": visits, "stage": stages}


def draw_study(seed, equal=()):
    """A study with 2 to 80 people, one to four waves, any facts, linked or anonymous.

    ``equal``: the one value of the slider in the first and the later waves.
    """
    rng = np.random.default_rng(seed)
    n, kind = int(rng.choice([2, 3, 7, 20, 80])), rng.choice(["whole", "any", "constant"])
    site = rng.integers(0, rng.integers(1, 9), n)
    treated = site % 2 == 0 if rng.random() < 0.6 else rng.random(n) < 0.5
    everyone = {
        "site": [f"s{one}" for one in site],
        "cluster": [f"c{i // 3}" for i in range(n)],
        "treated": [bool(one) for one in treated],
        "group": ["T" if one else "C" for one in treated],
        "weight": rng.uniform(0.5, 2, n).tolist(),
    }
    names = WAVES[: int(rng.integers(1, 5))]
    codes = {w: np.flatnonzero(rng.random(n) < rng.choice([0.2, 0.7, 1.0])) for w in names}
    codes = {w: found if found.size else np.array([0]) for w, found in codes.items()}
    rows = np.concatenate(list(codes.values()))
    facts = {name: [everyone[name][i] for i in rows] for name in FACTS if rng.random() < 0.5}
    answers = {w: draw_answers(rng, kind, found.size) for w, found in codes.items()}
    for wave in names if equal else ():
        answers[wave]["slider"] = np.full(codes[wave].size, equal[wave != names[0]])
    return make_study(
        answers,
        respondents={w: found.tolist() for w, found in codes.items()},
        measures=MEASURES,
        facts=facts,
        categories={"sex": ["f" if i % 2 else "m" for i in rows]} if rng.random() < 0.5 else None,
        survey={"retrospective": ["pre_then"]} if len(names) == len(WAVES) else {},
        anonymous=bool(rng.random() < 0.25),
    )


@pytest.mark.parametrize("seed", SEEDS)
def test_any_design_is_evaluated_said_and_written(seed):
    study = draw_study(seed)
    evaluation = evaluate(study)
    told = json.loads(write_results(evaluation))
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(told)
    assert find_differences(f"survey {seed}", evaluation) == []
    flow = evaluation.flow
    assert flow is not None
    assert sum(w.rows for w in flow.waves.values()) == len(study.survey.keys)
    for text in TEXTS:
        assert all(say_finding(text, finding) for finding in evaluation.findings)
        assert all(say_cautions(text, evaluation, evaluation.cautions))


@pytest.mark.parametrize("seed", range(40))
def test_scores_that_do_not_vary_get_no_error_from_rounding(seed):
    """Where nothing varies, a method refuses: p was 5e-7 for equal scores of both waves."""
    rng = np.random.default_rng(seed)
    study = draw_study(seed, equal=(67.4, 67.4 + rng.choice([0, 0.7])))
    told = json.loads(write_results(evaluate(study)))
    assert tiny_errors(told) == []


def tiny_errors(part, path=""):
    """Where a standard error is above 0 only by the last digits of the scores."""
    if isinstance(part, dict):
        error = part.get("std_error")
        own = [path] if isinstance(error, float) and 0 < error < 1e-9 else []
        return own + [one for key in part for one in tiny_errors(part[key], f"{path}.{key}")]
    if isinstance(part, list):
        return [one for i, each in enumerate(part) for one in tiny_errors(each, f"{path}[{i}]")]
    return []


@pytest.mark.parametrize("seed", range(0, 60, 10))
@pytest.mark.parametrize(
    "write",
    [write_document, write_slides, write_workbook, write_web_page],
    ids=lambda w: w.__name__,
)
def test_any_design_is_exported(seed, write):
    study = draw_study(seed)
    assert len(write(evaluate(study), study, TEXTS[seed // 10 % 2])) > 1000

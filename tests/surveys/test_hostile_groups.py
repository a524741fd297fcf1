"""Comparisons of awkward groups give a value with a reason, never an exception or a NaN."""

import json
import math
from dataclasses import fields, is_dataclass

import numpy as np
import pytest

from analysis.sections import evaluate
from dashboard.exports.sections_survey import list_survey_sections
from dashboard.sentences import say_finding
from dashboard.text import Text
from tests.studies import make_study

N = 24
RNG = np.random.default_rng(50)
PRE = RNG.integers(1, 6, N).astype(float)
POST = np.clip(PRE + RNG.integers(-1, 2, N), 1, 5)
HALF = np.arange(N) % 2 == 0
NAN = np.full(N, np.nan)


def study(arm=HALF, pre=PRE, post=POST, *, kind="scale", covariates=None, **more):
    measures = [{"name": "s", "kind": kind, **({"range": [1, 5]} if kind == "scale" else {})}]
    facts = {"treated": [*arm] * 2, **more.pop("facts", {})}
    return make_study(
        {"pre": {"s": pre}, "post": {"s": post}},
        measures=measures,
        facts=facts,
        covariates=covariates,
        **more,
    )


STUDIES = {
    "one treated person": study(np.arange(N) == 0),
    "two treated people": study(np.arange(N) < 2),
    "all treated lost": study(post=np.where(HALF, np.nan, POST)),
    "nobody answered the end": study(post=NAN),
    "nobody answered the start": study(pre=NAN),
    "no variance": study(pre=np.full(N, 3.0), post=np.full(N, 4.0)),
    "no variance in one group": study(post=np.where(HALF, PRE, POST)),
    "everyone said yes": study(pre=np.ones(N), post=np.ones(N), kind="binary"),
    "yes in one group only": study(pre=HALF * 1.0, post=HALF * 1.0, kind="binary"),
    "covariate tells the groups apart": study(covariates={"x": [*HALF * 1] * 2}),
    "covariate is never known": study(covariates={"x": [None] * 2 * N}),
    "covariate is the same for all": study(covariates={"x": ["1"] * 2 * N}),
    "covariate of words, one each": study(covariates={"x": [f"w{i}" for i in range(N)] * 2}),
    "covariates repeat each other": study(covariates={"x": [*PRE] * 2, "y": [*2 * PRE] * 2}),
    "a cluster each": study(facts={"cluster": [f"c{i}" for i in range(N)] * 2}),
    "no cluster known": study(facts={"cluster": [None] * 2 * N}),
    "clusters and covariates": study(
        facts={"cluster": [f"c{i % 12}" for i in range(N)] * 2}, covariates={"x": [*PRE] * 2}
    ),
    "anonymous with covariates": study(covariates={"x": [*PRE] * 2}, anonymous=True),
    "drawn by lot, one site": study(facts={"site": ["a"] * 2 * N}, survey={"assignment": "random"}),
    "whole sites": study(
        facts={"site": [*np.where(HALF, "a", "b")] * 2}, survey={"assignment": "whole_sites"}
    ),
}


def numbers_in(value):
    if is_dataclass(value):
        for field in fields(value):
            yield from numbers_in(getattr(value, field.name))
    elif isinstance(value, dict):
        yield from (n for one in value.values() for n in numbers_in(one))
    elif isinstance(value, tuple | list):
        yield from (n for one in value for n in numbers_in(one))
    elif isinstance(value, float):
        yield value


@pytest.mark.parametrize("name", STUDIES)
def test_awkward_groups_are_compared_or_refused_with_a_reason(name):
    made = STUDIES[name]
    found = evaluate(made)
    (compared,) = found.comparison
    assert not [n for n in numbers_in(compared) if not math.isfinite(n)]
    assert not [n for n in numbers_in(found.bounds) if not math.isfinite(n)]
    assert json.dumps(found.to_results()["comparison"])
    for language in ("en", "zh-Hans"):
        text = Text(language)
        assert all(say_finding(text, f) for f in found.findings)
        keys = {section.key for section in list_survey_sections(found, made, text)}
        assert {"comparison", "attrition"} <= keys

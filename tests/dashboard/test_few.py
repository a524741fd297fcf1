"""Whoever holds the data sees small groups, and that they are not for release."""

import re

import numpy as np
import pytest

from analysis import evaluate
from analysis.disclosure import protect
from benchmarks.attack_results import draw_study
from dashboard.exports.report import build_report
from dashboard.text import Text

MARKS = {"en": "fewer than 5, not for release", "zh-Hans": "少于 5 人，不对外"}


@pytest.fixture(scope="module")
def small():
    study, truth = draw_study(105)
    return study, truth, evaluate(study)


def tables_of(evaluation, study, language="en"):
    report = build_report(evaluation, study, Text(language), evaluation.audience)
    return {(s.heading, t.title): t.table for s in report.sections for t in s.tables}


def test_the_evaluator_has_every_group(small):
    _, truth, found = small
    by = {g.by: {one.value: one.n for one in g.groups} for g in found.outcomes[0].subgroups}
    both = np.isfinite(truth.pre) & np.isfinite(truth.post)
    if found.comparison:
        both &= np.arange(both.size) % 2 == 0
    for name, values in (("sex", truth.sex), ("age", truth.age)):
        for value in np.unique(values[both]):
            assert by[name][value] == int((both & (values == value)).sum())
    roles = {g.value: g.n for g in found.volunteers.by_group[0].groups}
    known = {role: int((truth.roles == role).sum()) for role in np.unique(truth.roles)}
    assert {role: n for role, n in roles.items() if n == known[role]} == roles


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_small_groups_are_marked_in_tables(small, language):
    study, _, found = small
    assert any(g.n < 5 for one in found.outcomes[0].subgroups for g in one.groups)
    marked = [
        name
        for name, table in tables_of(found, study, language).items()
        if table.astype(str).apply(lambda c: c.str.contains(MARKS[language])).any(axis=None)
    ]
    assert len(marked) >= 4, marked


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_small_groups_are_marked_in_pictures(small, language):
    study, _, found = small
    report = build_report(found, study, Text(language), "evaluator")
    drawn = [p.figure().to_json() for s in report.sections for p in s.pictures if p.figure]
    said = [re.sub(r"<br>|\\u003cbr\\u003e|\s", " ", one) for one in drawn]
    mark = MARKS["en"] if language == "en" else "不对外"
    assert any(mark in one or mark in one.encode().decode("unicode_escape") for one in said)


@pytest.mark.parametrize("audience", ["funder", "public"])
def test_nobody_else_sees_a_mark(small, audience):
    study, _, found = small
    for table in tables_of(protect(found, study, audience), study).values():
        words = table.astype(str).apply(lambda c: c.str.contains(r"not for release|\(<5\)"))
        assert not words.any(axis=None)

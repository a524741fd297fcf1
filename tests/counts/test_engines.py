"""Engines count what memory counts: every number of every table is equal."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sqlglot
from pandas.testing import assert_frame_equal
from sqlglot import exp

from analysis.counts import sql
from analysis.counts.engines import DuckDB, count_on, count_staged, open_engine
from analysis.counts.memory import (
    count_rows,
    count_study,
    describe_community,
    list_given,
    list_rows,
)
from analysis.counts.questionnaire import make_questionnaire
from analysis.counts.staging import Staged, write_rows
from analysis.errors import LeveeError, StudyFileError
from analysis.surveys.scoring import waves_of
from tests.counts.designs import MEASURES, draw_design
from tests.studies import make_study


def assert_equal(one, two):
    for (name, first), (other, second) in zip(one.tables(), two.tables(), strict=True):
        assert name == other
        assert_frame_equal(first, second, obj=name)


def whole_together(studies):
    """Rows of several studies with one questionnaire, counted in memory."""
    plan = studies[0].plan
    given = {m.name: set() for m in plan.measures}
    for study in studies:
        for name, values in list_given(study).items():
            given[name] |= set(values)
    waves = [wave for study in studies for wave in waves_of(study)]
    asked = make_questionnaire(plan, {n: sorted(v) for n, v in given.items()}, waves)
    rows = [list_rows(study, asked, code) for code, study in enumerate(studies)]
    return count_rows(pd.concat(rows, ignore_index=True), asked)


def stage(studies, folder):
    places = []
    for code, study in enumerate(studies):
        places.append(folder / f"{code}.parquet")
        write_rows(study, code, places[-1])
    told = [describe_community(study, code, str(code)) for code, study in enumerate(studies)]
    return Staged(communities=tuple(told), rows=tuple(places), refused={})


@pytest.fixture(scope="module")
def engine():
    with DuckDB(threads=1) as opened:
        yield opened


@pytest.mark.parametrize("seed", range(30))
def test_duckdb_counts_what_memory_counts(seed, engine, tmp_path):
    study = draw_design(seed)
    found = count_staged(engine, study.plan, stage([study], tmp_path))
    expected = count_study(study)
    assert found.questionnaire == expected.questionnaire
    assert_equal(found, expected)


def test_many_communities_are_counted_apart_and_at_once(engine, tmp_path):
    # One study file: the same waves are planned, whichever of them each community has.
    plan = draw_design(1).plan.model_copy(update={"survey": draw_design(4).plan.survey})
    studies = [
        type(study)(plan=plan, survey=study.survey) for study in map(draw_design, range(100, 106))
    ]
    found = count_staged(engine, plan, stage(studies, tmp_path))
    assert_equal(found, whole_together(studies))
    parts = found.by_community()
    assert sorted(parts) == list(range(6))
    for code, study in enumerate(studies):
        alone = list_rows(study, found.questionnaire, code)
        assert_equal(parts[code], count_rows(alone, found.questionnaire))


def statements():
    """Every statement of a study with every kind of measure, with those that type cells."""
    study = draw_design(3)
    asked = make_questionnaire(study.plan, list_given(study), ("pre", "post", "later"))
    columns = [f"q{at}" for at in range(len(asked.items))]
    numbers = [{"yes": 1, "it's no": 0} for _ in columns]
    yield sql.select_distinct("raw", columns)
    yield sql.select_staged("staged", {"pre": 0}, list(zip(columns, numbers, strict=True)))
    yield sql.select_panel("counted", asked)
    yield from (statement for _, statement in sql.list_statements("counted", "panel", asked))


STRUCTURE = (exp.Select, exp.Subquery, exp.Union, exp.From, exp.Where, exp.Group, exp.Window)
NAMES = (exp.Table, exp.TableAlias, exp.Alias, exp.Column, exp.Identifier, exp.Literal, exp.Star)
WHOLE = (exp.Paren, exp.Add, exp.Sub, exp.Mul, exp.EQ, exp.GT, exp.Neg, exp.DataType)
LOGIC = (exp.And, exp.Or, exp.Not, exp.Is, exp.Null, exp.If)
NOT_CALLS = (*STRUCTURE, *NAMES, *WHOLE, *LOGIC)
CALLS = {exp.Count: "count", exp.Sum: "sum", exp.Max: "max", exp.Min: "min"}
CALLS |= {exp.Coalesce: "coalesce", exp.Case: "case", exp.Cast: "cast"}


def test_statements_call_only_what_means_the_same_everywhere():
    called = set()
    for statement in statements():
        for node in sqlglot.parse_one(statement, read="duckdb").walk():
            if type(node) in CALLS:
                called.add(CALLS[type(node)])
            else:
                assert isinstance(node, NOT_CALLS), f"{type(node).__name__} in {statement[:200]}"
    assert called == sql.FUNCTIONS


def test_a_division_would_be_noticed():
    nodes = sqlglot.parse_one("select sum(a) / count(*) from t", read="duckdb").walk()
    assert any(not isinstance(n, NOT_CALLS) and type(n) not in CALLS for n in nodes)


def test_every_statement_is_written_for_spark():
    for statement in statements():
        told = sql.transpile(statement)
        parsed = sqlglot.parse_one(told, read="spark")
        assert isinstance(parsed, exp.Query)


def test_texts_are_quoted_and_backslashes_refused():
    assert sql.text_of("it's") == "'it''s'"
    assert sql.name_of('a "b"') == '"a ""b"""'
    with pytest.raises(StudyFileError):
        sql.text_of("a\\b")


def test_sums_of_large_answers_do_not_overflow(engine, tmp_path):
    rng = np.random.default_rng(1)
    waves = {
        wave: {"a": [rng.integers(0, 900_001, 400).astype(float) for _ in range(2)]}
        for wave in ("pre", "post")
    }
    study = make_study(waves, measures=[{"name": "a", "range": [0, 1_000_000]}])
    # More distinct answers than are sent to an engine: counted in memory only.
    assert count_study(study).questionnaire.not_counted == {"a": "many_answers"}
    few = {
        w: {"a": [np.where(c > 450_000, 1_000_000.0, 999_999.0) for c in m["a"]]}
        for w, m in waves.items()
    }
    study = make_study(few, measures=[{"name": "a", "range": [0, 1_000_000]}])
    found = count_staged(engine, study.plan, stage([study], tmp_path))
    assert_equal(found, count_study(study))
    assert found.moments["a"]["product_0_0"].max() > 3e14


def test_an_engine_that_is_not_known_is_refused():
    with pytest.raises(LeveeError) as told:
        open_engine("oracle")
    assert told.value.code == "engine_unknown"


def test_no_measure_at_all(engine):
    study = make_study({"pre": {"a": [1.1234567]}, "post": {"a": [2]}})
    asked = make_questionnaire(study.plan, list_given(study), waves_of(study))
    rows = list_rows(study, asked)
    engine._link.register("bare", rows)
    assert_equal(count_on(engine, "bare", asked), count_rows(rows, asked))
    assert len(MEASURES) == len(draw_design(0).plan.measures)


def test_no_measure_in_the_study_file(engine, tmp_path):
    study = make_study({"pre": {"a": [1, 2]}, "post": {"a": [2, 3]}})
    bare = replace(study, plan=study.plan.model_copy(update={"measures": []}))
    found = count_staged(engine, bare.plan, stage([bare], tmp_path))
    assert_equal(found, count_study(bare))
    assert found.waves["n"].tolist() == [2, 2]

"""Engines that run the statements: DuckDB in this process, Spark through Spark Connect."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import pandas as pd

from analysis.counts.questionnaire import Questionnaire, make_questionnaire
from analysis.counts.sql import (
    list_statements,
    select_distinct,
    select_panel,
    select_staged,
    transpile,
)
from analysis.counts.staging import Staged
from analysis.counts.tables import (
    ANSWERS,
    PAIRS,
    PRESENCE,
    SCORES,
    WAVES,
    SurveyCounts,
    as_table,
    moment_columns,
)
from analysis.errors import LeveeError
from analysis.plan import StudyPlan

TOKEN = "LEVEE_SPARK_TOKEN"
"""Environment variable with the token of a Spark server: a command line is seen by others."""
_COLUMNS: Mapping[str, Sequence[str]] = {
    "waves": WAVES,
    "presence": PRESENCE,
    "answers": ANSWERS,
    "scores": SCORES,
    "pairs": PAIRS,
}


class Engine(Protocol):
    """What runs statements. Every statement is DuckDB's text; an engine writes it in its own."""

    @property
    def name(self) -> str:
        """The engine and its version."""

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Name the rows of parquet files that all have the same columns."""

    def keep(self, table: str, statement: str) -> None:
        """Compute a table that other statements read."""

    def run(self, statement: str) -> pd.DataFrame:
        """Give the rows of a statement."""

    def close(self) -> None:
        """End what the engine holds."""


class DuckDB:
    """DuckDB in this process, with a file to move to when memory is short."""

    def __init__(self, *, memory: str = "", threads: int = 0) -> None:
        """Open an engine.

        Parameters
        ----------
        memory
            Limit, such as ``"2GB"``; empty leaves DuckDB's own, four fifths of the machine's.
        threads
            0 = one for each core.
        """
        duckdb = _require("duckdb")
        self._folder = tempfile.TemporaryDirectory(prefix="levee-counts-")
        self._link: Any = duckdb.connect(str(Path(self._folder.name) / "counts.duckdb"))
        self.name = f"DuckDB {duckdb.__version__}"
        self._link.execute("set preserve_insertion_order = false")
        # Nothing may be fetched or loaded: the wheel holds all that is used.
        self._link.execute("set autoinstall_known_extensions = false")
        if memory:
            self._link.execute(f"set memory_limit = '{memory}'")
        if threads:
            self._link.execute(f"set threads = {int(threads)}")

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Name the rows of parquet files."""
        names = ", ".join("'" + str(one).replace("'", "''") + "'" for one in files)
        self._link.execute(
            f"create or replace view {table} as select * from read_parquet([{names}])"
        )

    def keep(self, table: str, statement: str) -> None:
        """Compute a table that other statements read."""
        self._link.execute(f"create or replace table {table} as {statement}")

    def run(self, statement: str) -> pd.DataFrame:
        """Give the rows of a statement."""
        found: pd.DataFrame = self._link.execute(statement).df()
        return found

    def close(self) -> None:
        """Close the database and take its file away."""
        self._link.close()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class Spark:
    """A Spark session, by Spark Connect or in this process. The server must see the same files."""

    def __init__(self, session: Any) -> None:  # noqa: ANN401
        self._session = session
        self.name = f"Spark {session.version}"

    @classmethod
    def connect(cls, address: str) -> Spark:
        """Connect to ``sc://host:port``; the token comes from the environment."""
        _require("pyspark")
        sql = import_module("pyspark.sql")
        token = os.environ.get(TOKEN, "")
        # The token is sent over an encrypted line or not at all: Spark Connect demands it.
        url = f"{address}/;use_ssl=true;token={token}" if token else address
        return cls(sql.SparkSession.builder.remote(url).getOrCreate())

    def read(self, table: str, files: Sequence[Path]) -> None:
        """Name the rows of parquet files."""
        names = [str(one) for one in files]
        self._session.read.parquet(*names).createOrReplaceTempView(table)

    def keep(self, table: str, statement: str) -> None:
        """Compute a table that other statements read."""
        self._session.sql(transpile(statement)).cache().createOrReplaceTempView(table)

    def run(self, statement: str) -> pd.DataFrame:
        """Give the rows of a statement."""
        found: pd.DataFrame = self._session.sql(transpile(statement)).toPandas()
        return found

    def close(self) -> None:
        """End the session."""
        self._session.stop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def open_engine(told: str) -> DuckDB | Spark:
    """Open the engine of the command line: ``duckdb`` or ``sc://host:port``.

    Raises
    ------
    LeveeError
        ``engine_not_installed`` (details ``package``), or ``engine_unknown``.
    """
    if told == "duckdb":
        _require("pyarrow")
        return DuckDB()
    if told.startswith("sc://"):
        _require("pyarrow")
        _require("sqlglot")
        return Spark.connect(told)
    raise LeveeError("engine_unknown", engine=told)


def _require(package: str) -> Any:  # noqa: ANN401
    if find_spec(package) is None:
        extra = "spark" if package == "pyspark" else "scale"
        raise LeveeError("engine_not_installed", package=package, extra=extra)
    return import_module(package)


def count_on(engine: Engine, rows: str, questionnaire: Questionnaire) -> SurveyCounts:
    """Count the surveys of all communities on an engine.

    Parameters
    ----------
    rows
        A table of the engine with the columns of :func:`analysis.counts.memory.list_rows`.

    Returns
    -------
    SurveyCounts
        Equal to :func:`analysis.counts.memory.count_rows` of the same rows, number by number.
    """
    panel = f"{rows}_panel"
    if questionnaire.measures:
        engine.keep(panel, select_panel(rows, questionnaire))
    parts: dict[str, list[pd.DataFrame]] = {}
    for table, statement in list_statements(rows, panel, questionnaire):
        parts.setdefault(table, []).append(engine.run(statement))
    plain = {
        name: as_table(_together(parts.get(name, []), columns), columns)
        for name, columns in _COLUMNS.items()
    }
    moments = {
        scale.measure.name: as_table(
            parts[f"moments of {scale.measure.name}"][0], moment_columns(scale)
        )
        for scale in questionnaire.consistent
    }
    return SurveyCounts(questionnaire=questionnaire, moments=moments, **plain)


def count_staged(engine: Engine, plan: StudyPlan, staged: Staged) -> SurveyCounts:
    """Count staged communities: each distinct answer is made whole once, then all are counted."""
    engine.read("staged", staged.rows)
    places = [(measure, item) for measure in plan.measures for item in measure.items]
    texts: dict[int, list[str]] = {}
    if places:
        found = engine.run(select_distinct("staged", [f"a{at}" for at in range(len(places))]))
        for place, value in zip(found["place"], found["value"], strict=True):
            texts.setdefault(int(place), []).append(str(value))
    given: dict[str, set[float]] = {}
    for at, (measure, _) in enumerate(places):
        given.setdefault(measure.name, set()).update(map(float, texts.get(at, ())))
    questionnaire = make_questionnaire(
        plan,
        {name: sorted(values) for name, values in given.items()},
        [wave for community in staged.communities for wave in community.waves],
    )
    units = {
        measure.name: unit
        for measure, unit in zip(questionnaire.measures, questionnaire.units, strict=True)
    }
    answers = [
        (f"a{at}", {text: round(float(text) * units[m.name]) for text in texts.get(at, ())})
        for at, (m, _) in enumerate(places)
        if m.name in units
    ]
    waves = {wave: at for at, wave in enumerate(questionnaire.waves)}
    engine.keep("counted", select_staged("staged", waves, answers))
    return count_on(engine, "counted", questionnaire)


def _together(parts: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(columns))

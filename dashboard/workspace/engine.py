"""The workspace's database: an SQLite file that loses no acknowledged work, or any URL."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import Engine, create_engine, event, inspect, make_url, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.errors import WorkspaceError
from dashboard.workspace.models import SCHEMA_VERSION, Base, SchemaRow

VARIABLE = "LEVEE_WORKSPACE"
WRITES = "levee_writes"
"""Execution option of a connection that is going to write."""
_FILE_MODE, _FOLDER_MODE = 0o600, 0o700
_ENGINES: dict[str, Engine] = {}
_LOCK = Lock()


def workspace_url() -> str:
    """Where studies are kept: ``LEVEE_WORKSPACE``, else a file in the user's data folder."""
    asked = os.environ.get(VARIABLE, "").strip()
    if not asked:
        return f"sqlite:///{user_data_path('levee') / 'workspace.sqlite'}"
    return asked if "://" in asked else f"sqlite:///{Path(asked).expanduser().resolve()}"


def has_workspace() -> bool:
    """Whether there is a workspace: looking for one does not create it."""
    url = make_url(workspace_url())
    if url.get_backend_name() != "sqlite" or not url.database:
        return True
    return Path(url.database).exists()


def open_workspace() -> Engine:
    """Open the workspace, creating it when it is new.

    Raises
    ------
    WorkspaceError
        ``workspace_unavailable`` (cannot be opened or written) or ``workspace_newer``.
    """
    url = workspace_url()
    with _LOCK:
        if url not in _ENGINES:
            _ENGINES[url] = _open(url)
        return _ENGINES[url]


def _open(url: str) -> Engine:
    engine: Engine | None = None
    try:
        engine = create_engine(url)
        if engine.dialect.name == "sqlite":
            _prepare_sqlite(engine)
        _create_tables(engine)
        _check_schema(engine)
        _check_columns(engine, url)
    except WorkspaceError:
        if engine is not None:
            engine.dispose()
        raise
    except (SQLAlchemyError, OSError) as error:
        if engine is not None:
            engine.dispose()
        raise WorkspaceError("workspace_unavailable", where=_shown(url), problem=str(error)) from (
            error
        )
    return engine


_ASKED_BEFORE_WRITING: list[Callable[[], bool]] = []


def guard_writing(may_write: Callable[[], bool]) -> None:
    """Ask before each change of studies or of the portfolio; a server asks for the person's role.

    Pages draw no button that a reader may not press. A click that was on its way when the role
    changed, or that a client made up, ends here.
    """
    _ASKED_BEFORE_WRITING[:] = [may_write]


def open_for_writing() -> Engine:
    """Open the workspace for changes of studies; the ledger of releases has its own way."""
    if not all(may_write() for may_write in _ASKED_BEFORE_WRITING):
        raise WorkspaceError("evaluators_only")
    return open_workspace().execution_options(**{WRITES: True})


def _shown(url: str) -> str:
    """The place without a password."""
    return url.rpartition("@")[2].removeprefix("sqlite:///")


def _prepare_sqlite(engine: Engine) -> None:
    path = Path(engine.url.database) if engine.url.database else None
    if path is not None:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=_FOLDER_MODE)
        # SQLite gives the files beside it, -wal and -shm, the mode of the first.
        path.touch(mode=_FILE_MODE)
        for one in (path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))):
            if one.exists() and os.access(one, os.W_OK):
                one.chmod(_FILE_MODE)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:  # noqa: ANN401
        # The driver would begin a transaction only at the first write: two processes that read
        # first and then write would find each other's rows by a raw UNIQUE error.
        connection.isolation_level = None
        connection.execute("PRAGMA busy_timeout=10000")
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA secure_delete=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:  # noqa: ANN401
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _create_tables(engine: Engine) -> None:
    """Create what is missing, in one transaction that keeps other processes out."""
    with engine.connect().execution_options(**{WRITES: True}) as connection, connection.begin():
        Base.metadata.create_all(connection)


def _check_columns(engine: Engine, url: str) -> None:
    """Refuse a workspace that lacks columns: it is another layout than this version's."""
    seen = inspect(engine)
    missing = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name not in {one["name"] for one in seen.get_columns(table.name)}
    ]
    if missing:
        raise WorkspaceError("workspace_older", where=_shown(url), missing=", ".join(missing))


def checkpoint_workspaces() -> None:
    """Bring each SQLite file up to date: a copy of the one file then holds everything."""
    with _LOCK:
        engines = list(_ENGINES.values())
    for engine in engines:
        if engine.dialect.name == "sqlite":
            try:
                with engine.connect() as connection:
                    raw = connection.connection.driver_connection
                    if raw is not None:
                        raw.rollback()
                        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            except SQLAlchemyError:
                # Another process writes: the next round does it; nothing is lost meanwhile.
                logging.getLogger("levee").warning("workspace not checkpointed")


def _check_schema(engine: Engine) -> None:
    writing = engine.execution_options(**{WRITES: True})
    with Session(writing) as session, session.begin():
        found = session.scalar(select(SchemaRow.version))
        if found is None:
            session.add(SchemaRow(version=SCHEMA_VERSION))
        elif found > SCHEMA_VERSION:
            raise WorkspaceError("workspace_newer", found=found, known=SCHEMA_VERSION)


def close_workspaces() -> None:
    """Close what is open; the next call opens it again."""
    checkpoint_workspaces()
    for engine in _ENGINES.values():
        engine.dispose()
    _ENGINES.clear()

"""The workspace's database: an SQLite file that loses no acknowledged work, or any URL."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.errors import WorkspaceError
from dashboard.workspace.models import SCHEMA_VERSION, Base, SchemaRow

VARIABLE = "LEVEE_WORKSPACE"
_ENGINES: dict[str, Engine] = {}
_LOCK = Lock()


def workspace_url() -> str:
    """Where studies are kept: ``LEVEE_WORKSPACE``, else a file in the user's data folder."""
    asked = os.environ.get(VARIABLE, "").strip()
    if not asked:
        return f"sqlite:///{user_data_path('levee') / 'workspace.sqlite'}"
    return asked if "://" in asked else f"sqlite:///{Path(asked).expanduser().resolve()}"


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
        Base.metadata.create_all(engine)
        _check_schema(engine)
    except WorkspaceError:
        engine.dispose()
        raise
    except (SQLAlchemyError, OSError) as error:
        if engine is not None:
            engine.dispose()
        raise WorkspaceError("workspace_unavailable", where=_shown(url), problem=str(error)) from (
            error
        )
    return engine


def _shown(url: str) -> str:
    """The place without a password."""
    return url.rpartition("@")[2].removeprefix("sqlite:///")


def _prepare_sqlite(engine: Engine) -> None:
    if engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:  # noqa: ANN401
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA busy_timeout=10000")


def _check_schema(engine: Engine) -> None:
    with Session(engine) as session, session.begin():
        found = session.scalar(select(SchemaRow.version))
        if found is None:
            session.add(SchemaRow(version=SCHEMA_VERSION))
        elif found > SCHEMA_VERSION:
            raise WorkspaceError("workspace_newer", found=found, known=SCHEMA_VERSION)


def close_workspaces() -> None:
    """Close what is open; the next call opens it again."""
    for engine in _ENGINES.values():
        engine.dispose()
    _ENGINES.clear()

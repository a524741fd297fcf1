"""Results of studies made elsewhere, kept beside the studies for the portfolio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.errors import WorkspaceError
from analysis.results import AUDIENCES, Audience
from dashboard.workspace.engine import open_for_writing, open_workspace
from dashboard.workspace.models import AuditRow, ResultRow, now


def save_results(results: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
    """Save (file, result) pairs; the same study again replaces what was there."""
    with writing("save_results", len(results)) as session:
        for file, result in results:
            key = str(result["study"]["fingerprint"])
            session.merge(ResultRow(fingerprint=key, file=file, result=dict(result), added=now()))


def list_results() -> list[dict[str, Any]]:
    """List what was saved, in the order it came."""
    try:
        with Session(open_workspace()) as session:
            rows = session.scalars(select(ResultRow).order_by(ResultRow.added, ResultRow.file))
            return [row.result for row in rows]
    except SQLAlchemyError as error:
        raise WorkspaceError("workspace_unreadable", problem=_first_line(error)) from error


def is_for(audience: Audience, result: Mapping[str, Any]) -> bool:
    """Whether a saved result was made for an audience, or for one that is told less.

    Nothing can be withheld from a results file afterwards: that takes the data.
    """
    made = result.get("audience", "evaluator")
    return made in AUDIENCES[AUDIENCES.index(audience) :]


def remove_results(fingerprints: Sequence[str]) -> None:
    """Take results out of the portfolio."""
    with writing("remove_results", len(fingerprints)) as session:
        session.execute(delete(ResultRow).where(ResultRow.fingerprint.in_(list(fingerprints))))


@contextmanager
def writing(action: str, n: int) -> Iterator[Session]:
    """One transaction with its audit line."""
    try:
        writing = open_for_writing()
        with Session(writing) as session, session.begin():
            yield session
            session.add(AuditRow(study="portfolio", action=action, note=str(n)))
    except SQLAlchemyError as error:
        raise WorkspaceError("not_saved", problem=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]

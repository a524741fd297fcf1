"""Which measures of several studies a person declared to mean the same, and which pairs differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.errors import WorkspaceError
from analysis.portfolio import Definition, Member
from dashboard.workspace.engine import open_workspace
from dashboard.workspace.models import DefinitionRow, DifferentRow
from dashboard.workspace.results import writing


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedDefinition:
    """A definition with the number it is undone by, and when it was made."""

    id: int
    definition: Definition
    made: datetime


def save_definition(definition: Definition) -> None:
    """Save what a person mapped."""
    members = [
        {"study": m.study, "measure": m.measure, "signature": m.signature}
        for m in definition.members
    ]
    with writing("map_measures", len(members)) as session:
        session.add(DefinitionRow(name=definition.name, members=members))


def list_definitions() -> list[SavedDefinition]:
    """List definitions, oldest first."""
    try:
        with Session(open_workspace()) as session:
            rows = session.scalars(select(DefinitionRow).order_by(DefinitionRow.id))
            return [
                SavedDefinition(
                    id=row.id,
                    definition=Definition(
                        name=row.name, members=tuple(Member(**one) for one in row.members)
                    ),
                    made=row.made,
                )
                for row in rows
            ]
    except SQLAlchemyError as error:
        raise WorkspaceError("workspace_unreadable", problem=str(error).splitlines()[0]) from error


def remove_definition(number: int) -> None:
    """Undo a mapping: its measures are no longer pooled."""
    with writing("unmap_measures", 1) as session:
        session.execute(delete(DefinitionRow).where(DefinitionRow.id == number))


def save_different(studies: Sequence[str]) -> None:
    """Record that two studies that look alike are about different people."""
    first, second = sorted(studies)
    with writing("different_people", 2) as session:
        session.merge(DifferentRow(first=first, second=second))


def list_different() -> list[frozenset[str]]:
    """List the pairs of studies declared to be about different people."""
    try:
        with Session(open_workspace()) as session:
            rows = session.scalars(select(DifferentRow))
            return [frozenset((row.first, row.second)) for row in rows]
    except SQLAlchemyError as error:
        raise WorkspaceError("workspace_unreadable", problem=str(error).splitlines()[0]) from error


def remove_different(studies: Sequence[str]) -> None:
    """Undo the statement that two studies are about different people."""
    first, second = sorted(studies)
    with writing("same_people", 2) as session:
        session.execute(
            delete(DifferentRow).where(DifferentRow.first == first, DifferentRow.second == second)
        )

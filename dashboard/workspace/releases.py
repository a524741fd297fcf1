"""The ledger of releases: what left a study, for whom, so that the next one can be judged by it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.disclosure import Certificate, Release
from analysis.errors import WorkspaceError
from dashboard.workspace.engine import has_workspace, open_workspace
from dashboard.workspace.models import FileRow, ReleaseRow, StudyRow


def list_releases(study: str) -> Sequence[Release]:
    """List the releases of a study, the oldest first."""
    with Session(open_workspace()) as session:
        rows = session.scalars(
            select(ReleaseRow).where(ReleaseRow.study == study).order_by(ReleaseRow.id)
        ).all()
        return [
            Release(
                certificate=Certificate(**row.certificate),
                fingerprint=row.fingerprint,
                record=row.record,
            )
            for row in rows
        ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A study of the workspace that a study file seems to be, with what left it.

    ``same_files`` when they hold the same contents, so that a person has the same code in both;
    else only the title is the same, and their releases cannot be compared person by person.
    """

    study: str
    title: str
    same_files: bool
    releases: Sequence[Release]


def find_relatives(titles: Iterable[str], sha256: Iterable[str]) -> Sequence[Relative]:
    """Find the studies of this computer's workspace with the same title or contents.

    Parameters
    ----------
    titles
        Of the study file, in each of its languages.
    sha256
        Of its files' contents, as they are read: with codes in place of people.
    """
    if not has_workspace():
        return ()
    contents, named = list(sha256), {one.casefold().strip() for one in titles} - {""}
    try:
        with Session(open_workspace()) as session:
            same = set(
                session.scalars(select(FileRow.study).where(FileRow.sha256.in_(contents))).all()
            )
            rows = session.scalars(select(StudyRow).order_by(StudyRow.created)).all()
            near = [
                (row.id, row.title)
                for row in rows
                if row.id in same or row.title.casefold().strip() in named
            ]
    except SQLAlchemyError as error:
        raise WorkspaceError("workspace_unreadable", problem=str(error)) from error
    return [
        Relative(study=one, title=name, same_files=one in same, releases=list_releases(one))
        for one, name in near
    ]


def save_release(study: str, release: Release) -> None:
    """Write a release into the ledger before it is handed out; the same one only once."""
    with Session(open_workspace()) as session:
        try:
            if any(release.repeats(one) for one in list_releases(study)):
                return
            session.add(
                ReleaseRow(
                    study=study,
                    fingerprint=release.fingerprint,
                    certificate=asdict(release.certificate),
                    record=release.record,
                )
            )
            session.commit()
        except SQLAlchemyError as error:
            raise WorkspaceError("not_saved", problem=str(error)) from error

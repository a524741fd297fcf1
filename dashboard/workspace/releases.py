"""The ledger of releases: what left a study, for whom, so that the next one can be judged by it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.disclosure import Certificate, Release
from analysis.errors import WorkspaceError
from dashboard.workspace.engine import WRITES, has_workspace, open_workspace
from dashboard.workspace.models import FileRow, ReleaseRow, ShownRow, StudyRow

State = tuple[int, int]
"""Numbers of the newest release and of the newest page shown of a study."""


def list_releases(study: str) -> Sequence[Release]:
    """List the releases of a study, the oldest first."""
    return read_ledger(study)[0]


def count_releases(study: str) -> int:
    """Count the releases of a study."""
    chosen = select(func.count()).select_from(ReleaseRow).where(ReleaseRow.study == study)
    with Session(open_workspace()) as session:
        return session.scalar(chosen) or 0


def read_ledger(study: str, until: int | None = None) -> tuple[Sequence[Release], int]:
    """Read the releases of a study, the oldest first, and the number of the newest.

    ``until`` is the number of the newest that is wanted; all when None.
    """
    chosen = select(ReleaseRow).where(ReleaseRow.study == study).order_by(ReleaseRow.id)
    if until is not None:
        chosen = chosen.where(ReleaseRow.id <= until)
    with Session(open_workspace()) as session:
        rows = session.scalars(chosen).all()
        releases = [
            Release(
                certificate=Certificate(**row.certificate),
                fingerprint=row.fingerprint,
                record=row.record,
            )
            for row in rows
        ]
        return releases, rows[-1].id if rows else 0


def is_newer(session: Session, study: str, state: State) -> bool:
    """Whether something was released or shown of a study since it was in this state."""
    newer = (
        select(ReleaseRow.id).where(ReleaseRow.study == study, ReleaseRow.id > state[0]),
        select(ShownRow.id).where(ShownRow.study == study, ShownRow.id > state[1]),
    )
    return any(session.scalar(one.limit(1)) is not None for one in newer)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relative:
    """A study of the workspace that a study file seems to be, with what left it on files and pages.

    ``same_files`` when they hold the same contents, so that a person has the same code in both;
    else only the title is the same, and their releases cannot be compared person by person.
    """

    study: str
    title: str
    same_files: bool
    releases: Sequence[Release]
    pages: Sequence[Release]


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
        Relative(
            study=one,
            title=name,
            same_files=one in same,
            releases=list_releases(one),
            pages=_list_page_releases(one),
        )
        for one, name in near
    ]


def _list_page_releases(study: str) -> Sequence[Release]:
    """What pages of a study told their readers, the oldest first."""
    chosen = select(ShownRow).where(ShownRow.study == study).order_by(ShownRow.id)
    with Session(open_workspace()) as session:
        return [unpack_release(row) for row in session.scalars(chosen)]


def pack_record(release: Release) -> bytes:
    """Pack what a page told for the workspace: there are many pages, and much is alike."""
    return zlib.compress(json.dumps(release.record).encode())


def unpack_release(row: ShownRow) -> Release:
    """Give what a page told its reader that was not known before, as a release."""
    return Release(
        certificate=Certificate(**row.certificate),
        fingerprint=row.fingerprint,
        record=json.loads(zlib.decompress(row.record)),
    )


def save_release(study: str, release: Release, *, state: State | None = None) -> bool:
    """Write a release into the ledger before it is handed out; the same one only once.

    ``state`` is what the ledger was when the release was judged: when more was released or shown
    since, nothing is written, and the answer is False.
    """
    writing = open_workspace().execution_options(**{WRITES: True})
    try:
        with Session(writing) as session, session.begin():
            if any(release.repeats(one) for one in list_releases(study)):
                return True
            if state is not None and is_newer(session, study, state):
                return False
            session.add(
                ReleaseRow(
                    study=study,
                    fingerprint=release.fingerprint,
                    certificate=asdict(release.certificate),
                    record=release.record,
                )
            )
    except SQLAlchemyError as error:
        raise WorkspaceError("not_saved", problem=str(error)) from error
    return True

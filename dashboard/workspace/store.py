"""Saving and opening studies. What these functions return has been written to disk."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.errors import WorkspaceError
from analysis.plan import StudyPlan, parse_plan, write_plan
from dashboard.workspace.engine import open_for_writing, open_workspace
from dashboard.workspace.models import (
    AuditRow,
    BlobRow,
    DraftRow,
    FileRow,
    ReleaseRow,
    ShownRow,
    StudyRow,
    VersionRow,
    now,
)
from dashboard.workspace.sample import SAMPLE_ID, read_sample_plan


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedStudy:
    """A study as saved.

    Attributes
    ----------
    id, title, owner, created
        Which study; the sample has the id ``"sample"``.
    version
        Number of the current version; 0 before the first.
    plan
        The current study file; None before the first version.
    files
        Displayed name → content hash.
    drafts
        Step of the wizard → what it holds.
    read_only
        True for the sample.
    """

    id: str
    title: str
    owner: str = ""
    created: datetime | None = None
    version: int = 0
    plan: StudyPlan | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    drafts: Mapping[str, Any] = field(default_factory=dict)
    read_only: bool = False

    @property
    def simulated(self) -> bool:
        """Whether the study file says its data are simulated."""
        return self.plan is not None and self.plan.study.simulated


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One saved version of a study's plan."""

    number: int
    author: str
    note: str
    created: datetime


def create_study(title: str, owner: str = "") -> str:
    """Create an empty study and return its id (unguessable)."""
    study = uuid.uuid4().hex
    with _writing(study, "create", owner) as session:
        session.add(StudyRow(id=study, title=title, owner=owner))
    return study


def import_study(
    title: str,
    files: Mapping[str, bytes],
    drafts: Mapping[str, Any],
    plan: StudyPlan | None,
    *,
    complete: Callable[[Session, str], None] | None = None,
) -> str:
    """Create a study with its files, drafts and plan in one transaction; return its id.

    ``complete`` adds what else belongs to it. Nothing of it is there unless all of it is.
    """
    study = uuid.uuid4().hex
    with _writing(study, "import", "") as session:
        session.add(StudyRow(id=study, title=title, version=1 if plan is not None else 0))
        session.flush()
        for name, content in files.items():
            sha256 = hashlib.sha256(content).hexdigest()
            _keep_content(session, sha256, content)
            session.add(FileRow(study=study, name=name, sha256=sha256, size=len(content)))
        for step, value in drafts.items():
            session.add(DraftRow(study=study, step=step, value=value))
        if plan is not None:
            session.add(VersionRow(study=study, number=1, plan=write_plan(plan)))
        if complete is not None:
            complete(session, study)
    return study


def list_studies() -> list[SavedStudy]:
    """List saved studies, newest first, without their files and plans."""
    with _reading() as session:
        rows = session.scalars(select(StudyRow).order_by(StudyRow.created.desc())).all()
        return [_header(row) for row in rows]


def open_study(study: str) -> SavedStudy:
    """Open a study: its current plan, files and drafts.

    Raises
    ------
    WorkspaceError
        ``study_unknown`` when there is no such study.
    """
    if study == SAMPLE_ID:
        return _sample()
    with _reading() as session:
        row = _find(session, study)
        version = session.get(VersionRow, (study, row.version))
        files = session.scalars(select(FileRow).where(FileRow.study == study)).all()
        drafts = session.scalars(select(DraftRow).where(DraftRow.study == study)).all()
        return SavedStudy(
            id=row.id,
            title=row.title,
            owner=row.owner,
            created=row.created,
            version=row.version,
            plan=parse_plan(version.plan) if version else None,
            files={file.name: file.sha256 for file in files},
            drafts={draft.step: draft.value for draft in drafts},
        )


def read_files(study: str) -> dict[str, bytes]:
    """Read a study's files: displayed name → content.

    Raises
    ------
    WorkspaceError
        ``file_altered`` when a content is not the one that was saved.
    """
    columns = select(FileRow.name, BlobRow.content, BlobRow.sha256)
    chosen = columns.join(BlobRow, BlobRow.sha256 == FileRow.sha256)
    with _reading() as session:
        found = session.execute(chosen.where(FileRow.study == study).order_by(FileRow.id)).all()
    for name, content, sha256 in found:
        if hashlib.sha256(content).hexdigest() != sha256:
            raise WorkspaceError("file_altered", file=name)
    return {name: content for name, content, _ in found}


def save_file(study: str, name: str, content: bytes, author: str = "") -> str:
    """Save a file under its displayed name and return its sha256; same name replaces."""
    sha256 = hashlib.sha256(content).hexdigest()
    with _writing(study, "save_file", author, name) as session:
        _find(session, study)
        _keep_content(session, sha256, content)
        known = session.scalar(select(FileRow).where(FileRow.study == study, FileRow.name == name))
        if known is None:
            session.add(FileRow(study=study, name=name, sha256=sha256, size=len(content)))
        else:
            known.sha256, known.size, known.added = sha256, len(content), now()
            session.flush()
            _delete_orphan_blobs(session)
    return sha256


def _keep_content(session: Session, sha256: str, content: bytes) -> None:
    """Keep a content once; the same file that comes again repairs one altered on disk."""
    session.merge(BlobRow(sha256=sha256, content=content))
    session.flush()


def delete_file(study: str, name: str, author: str = "") -> None:
    """Take a file out of a study."""
    with _writing(study, "delete_file", author, name) as session:
        session.execute(delete(FileRow).where(FileRow.study == study, FileRow.name == name))
        session.flush()
        _delete_orphan_blobs(session)


def save_draft(study: str, step: str, value: Any) -> None:  # noqa: ANN401
    """Save what a step of the wizard holds (plain JSON values)."""
    with _writing(study, "", "") as session:
        _find(session, study)
        session.merge(DraftRow(study=study, step=step, value=value, saved=now()))


def compare_and_set_draft(study: str, step: str, expected: Any, value: Any) -> bool:  # noqa: ANN401
    """Save a draft if it still is what was expected (None: not there); tell whether it was."""
    with _writing(study, "", "") as session:
        # Writing first keeps other windows out between looking and saving.
        session.execute(update(StudyRow).where(StudyRow.id == study).values(id=StudyRow.id))
        _find(session, study)
        row = session.get(DraftRow, (study, step))
        if (row.value if row else None) != expected:
            return False
        session.merge(DraftRow(study=study, step=step, value=value, saved=now()))
    return True


def save_version(study: str, plan: StudyPlan, *, author: str = "", note: str = "") -> int:
    """Save a plan as the newest version and return its number; older ones stay."""
    title = plan.study.title
    shown = title if isinstance(title, str) else next(iter(title.values()), "")
    with _writing(study, "save_version", author, note) as session:
        row = _find(session, study)
        numbers = select(VersionRow.number).where(VersionRow.study == study)
        number = max(session.scalars(numbers), default=0) + 1
        told = write_plan(plan)
        session.add(VersionRow(study=study, number=number, plan=told, author=author, note=note))
        row.version, row.title = number, shown or row.title
    return number


def list_versions(study: str) -> list[Version]:
    """List a study's versions, newest first."""
    chosen = select(VersionRow).where(VersionRow.study == study)
    with _reading() as session:
        rows = session.scalars(chosen.order_by(VersionRow.number.desc())).all()
        return [
            Version(number=r.number, author=r.author, note=r.note, created=r.created) for r in rows
        ]


def revert(study: str, number: int, author: str = "") -> int:
    """Make an older version current again, as a new version; return the new number."""
    with _reading() as session:
        found = session.get(VersionRow, (study, number))
        if found is None:
            raise WorkspaceError("version_unknown", number=number)
        plan = parse_plan(found.plan)
    return save_version(study, plan, author=author, note=f"revert to {number}")


def rename_study(study: str, title: str, author: str = "") -> None:
    """Give a study another name; the title in its study file stays until the next version."""
    with _writing(study, "rename", author, title) as session:
        _find(session, study).title = title.strip() or _find(session, study).title


def delete_study(study: str, author: str = "") -> None:
    """Delete a study: versions, drafts, files and what left it; the audit line stays."""
    with _writing(study, "delete", author) as session:
        _find(session, study)
        for table in (VersionRow, DraftRow, FileRow, ReleaseRow, ShownRow):
            session.execute(delete(table).where(table.study == study))
        session.execute(delete(StudyRow).where(StudyRow.id == study))
        session.flush()
        _delete_orphan_blobs(session)


def list_audit(study: str) -> list[tuple[datetime, str, str, str]]:
    """List what was done to a study: when, what, by whom, note; oldest first."""
    with _reading() as session:
        chosen = select(AuditRow).where(AuditRow.study == study).order_by(AuditRow.id)
        return [(r.at, r.action, r.author, r.note) for r in session.scalars(chosen)]


def _sample() -> SavedStudy:
    plan = read_sample_plan()
    title = plan.study.title
    shown = title if isinstance(title, str) else title["en"]
    return SavedStudy(id=SAMPLE_ID, title=shown, plan=plan, version=1, read_only=True)


def _header(row: StudyRow) -> SavedStudy:
    return SavedStudy(
        id=row.id, title=row.title, owner=row.owner, created=row.created, version=row.version
    )


def _find(session: Session, study: str) -> StudyRow:
    row = session.get(StudyRow, study)
    if row is None:
        raise WorkspaceError("study_unknown", study=study)
    return row


def _delete_orphan_blobs(session: Session) -> None:
    used = select(FileRow.sha256)
    session.execute(delete(BlobRow).where(BlobRow.sha256.not_in(used)))


@contextmanager
def _reading() -> Iterator[Session]:
    try:
        with Session(open_workspace()) as session:
            yield session
    except SQLAlchemyError as error:
        raise WorkspaceError("workspace_unreadable", problem=_first_line(error)) from error


@contextmanager
def _writing(study: str, action: str, author: str, note: str = "") -> Iterator[Session]:
    """One transaction with its audit line; the sample refuses."""
    if study == SAMPLE_ID:
        raise WorkspaceError("sample_read_only")
    try:
        writing = open_for_writing()
        with Session(writing) as session, session.begin():
            yield session
            if action:
                session.add(AuditRow(study=study, action=action, author=author, note=note))
    except SQLAlchemyError as error:
        raise WorkspaceError("not_saved", problem=_first_line(error)) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]

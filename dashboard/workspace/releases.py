"""The ledger of releases: what left a study, for whom, so that the next one can be judged by it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from analysis.disclosure import Certificate, Release
from analysis.errors import WorkspaceError
from dashboard.workspace.engine import open_workspace
from dashboard.workspace.models import ReleaseRow


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

"""Tables of the workspace."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA_VERSION = 1


def now() -> datetime:
    """Now, in UTC, without microseconds."""
    return datetime.now(UTC).replace(microsecond=0)


class Base(DeclarativeBase):
    """Base of all tables."""


class SchemaRow(Base):
    """Which layout the workspace has; a newer one is refused."""

    __tablename__ = "schema"
    version: Mapped[int] = mapped_column(primary_key=True)


class StudyRow(Base):
    """A study: its name, who made it and when."""

    __tablename__ = "studies"
    id: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[str]
    owner: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now)
    version: Mapped[int] = mapped_column(default=0)


class VersionRow(Base):
    """A saved study file; versions are only ever added."""

    __tablename__ = "versions"
    study: Mapped[str] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    plan: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    created: Mapped[datetime] = mapped_column(default=now)


class BlobRow(Base):
    """File contents by their hash: stored once, never re-written."""

    __tablename__ = "blobs"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FileRow(Base):
    """A study's file: the displayed name and the content it stands for."""

    __tablename__ = "files"
    __table_args__ = (UniqueConstraint("study", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(ForeignKey("studies.id"), index=True)
    name: Mapped[str]
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"))
    size: Mapped[int]
    added: Mapped[datetime] = mapped_column(default=now)


class DraftRow(Base):
    """What a step of the wizard holds before it becomes a version."""

    __tablename__ = "drafts"
    study: Mapped[str] = mapped_column(ForeignKey("studies.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSON)
    saved: Mapped[datetime] = mapped_column(default=now)


class AuditRow(Base):
    """Who did what to which study, and when."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(index=True)
    action: Mapped[str]
    author: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime] = mapped_column(default=now)


class ReleaseRow(Base):
    """A release of a study: its certificate and who was in each number, never a value."""

    __tablename__ = "releases"
    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(index=True)
    fingerprint: Mapped[str]
    certificate: Mapped[Any] = mapped_column(JSON)
    record: Mapped[Any] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(default=now)


class ShownRow(Base):
    """A page that was shown to a reader: who was in each number not known before, never a value.

    ``role`` is that of the reader: an evaluator looks at what others would see. ``beside`` is the
    newest release it was judged beside; ``record`` is packed.
    """

    __tablename__ = "shown"
    id: Mapped[int] = mapped_column(primary_key=True)
    study: Mapped[str] = mapped_column(index=True)
    fingerprint: Mapped[str]
    audience: Mapped[str]
    view: Mapped[str]
    role: Mapped[str]
    beside: Mapped[int]
    certificate: Mapped[Any] = mapped_column(JSON)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime] = mapped_column(default=now)


class ResultRow(Base):
    """Results of a study made elsewhere, kept for the portfolio: what is compared, no more."""

    __tablename__ = "results"
    fingerprint: Mapped[str] = mapped_column(primary_key=True)
    file: Mapped[str]
    result: Mapped[Any] = mapped_column(JSON)
    added: Mapped[datetime] = mapped_column(default=now)


class DefinitionRow(Base):
    """Measures of several studies that a person declared to mean the same."""

    __tablename__ = "definitions"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    members: Mapped[Any] = mapped_column(JSON)
    author: Mapped[str] = mapped_column(default="")
    made: Mapped[datetime] = mapped_column(default=now)


class DifferentRow(Base):
    """Two studies that look alike but are about different people, as a person said."""

    __tablename__ = "different_people"
    first: Mapped[str] = mapped_column(primary_key=True)
    second: Mapped[str] = mapped_column(primary_key=True)
    made: Mapped[datetime] = mapped_column(default=now)

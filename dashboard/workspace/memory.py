"""What left a study, in a copy of it: the next release is judged beside it there too."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from analysis.disclosure import Certificate, Release
from analysis.results import Audience
from dashboard.workspace.engine import open_workspace
from dashboard.workspace.models import ReleaseRow, ShownRow
from dashboard.workspace.releases import pack_record, unpack_release

MAX_ENTRIES = 20_000
LARGEST_MEMORY = 128 << 20
"""Bytes of what left a study, unpacked: 300 parts of a large study are 30 MB."""
_Text = Annotated[str, Field(max_length=5_000)]


class _Record(BaseModel):
    """Hashed codes of people, and who was in each number; see :mod:`analysis.disclosure.cells`."""

    model_config = ConfigDict(strict=True)
    people: list[_Text]
    cells: list[tuple[_Text, _Text, list[tuple[_Text, float, str]]]]


class _Left(BaseModel):
    """A release."""

    model_config = ConfigDict(strict=True)
    fingerprint: _Text
    certificate: Certificate
    record: _Record
    at: datetime

    def release(self) -> Release:
        """Give it as the ledger does."""
        record = self.record.model_dump(mode="json")
        return Release(certificate=self.certificate, fingerprint=self.fingerprint, record=record)


class _Page(_Left):
    """A page that was shown; ``beside`` counts the releases that there were before it."""

    audience: Audience
    view: _Text
    role: Audience
    beside: int = Field(ge=0)


class Memory(BaseModel):
    """Every release of a study and every page of it that was shown, the oldest first."""

    model_config = ConfigDict(strict=True)
    releases: list[_Left] = Field(max_length=MAX_ENTRIES)
    pages: list[_Page] = Field(max_length=MAX_ENTRIES)


def write_memory(study: str) -> str:
    """Write what left a study as JSON; no value is in it, and no code of a person."""
    releases = select(ReleaseRow).where(ReleaseRow.study == study).order_by(ReleaseRow.id)
    pages = select(ShownRow).where(ShownRow.study == study).order_by(ShownRow.id)
    with Session(open_workspace()) as session:
        left = session.scalars(releases).all()
        shown = session.scalars(pages).all()
        place = {row.id: at for at, row in enumerate(left, start=1)}
        told = {
            "releases": [
                {
                    "fingerprint": row.fingerprint,
                    "certificate": row.certificate,
                    "record": row.record,
                    "at": row.at.isoformat(),
                }
                for row in left
            ],
            "pages": [
                {
                    "fingerprint": row.fingerprint,
                    "certificate": row.certificate,
                    "record": unpack_release(row).record,
                    "at": row.at.isoformat(),
                    "audience": row.audience,
                    "view": row.view,
                    "role": row.role,
                    "beside": place.get(row.beside, 0),
                }
                for row in shown
            ],
        }
    return json.dumps(told)


def read_memory(text: bytes) -> Memory:
    """Read what left a study.

    Raises
    ------
    ValueError, KeyError, TypeError
        When it is something else.
    """
    memory = TypeAdapter(Memory).validate_json(text)
    for one in (*memory.releases, *memory.pages):
        one.release().check()
    if any(page.beside > len(memory.releases) for page in memory.pages):
        raise ValueError("a page was judged beside a release that is not there")
    return memory


def add_memory(session: Session, study: str, memory: Memory) -> None:
    """Enter in a study's ledger, within a transaction, what left the study it is a copy of."""
    numbers = [0]
    for one in memory.releases:
        row = ReleaseRow(
            study=study,
            fingerprint=one.fingerprint,
            certificate=asdict(one.certificate),
            record=one.release().record,
            at=one.at,
        )
        session.add(row)
        session.flush()
        numbers.append(row.id)
    for page in memory.pages:
        session.add(
            ShownRow(
                study=study,
                fingerprint=page.fingerprint,
                audience=page.audience,
                view=page.view,
                role=page.role,
                beside=numbers[page.beside],
                certificate=asdict(page.certificate),
                record=pack_record(page.release()),
                at=page.at,
            )
        )

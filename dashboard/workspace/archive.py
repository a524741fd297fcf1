"""A study as one zip file, for another computer: files, study file, drafts, what left it."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analysis.errors import LeveeError, WorkspaceError
from analysis.plan import LARGEST_PLAN, StudyPlan, parse_plan, write_plan
from dashboard.workspace.memory import (
    LARGEST_MEMORY,
    Memory,
    add_memory,
    read_memory,
    write_memory,
)
from dashboard.workspace.store import import_study, open_study, read_files

LAYOUT = 2
"""Of layout 1 is an archive without what left the study."""
LARGEST = 400 << 20
"""Bytes of all files of an archive together, counted while they are unpacked."""
ROOM, RATIO = 32 << 20, 200
"""Bytes that any archive may unpack to, and more of them for each byte it has: a copy of a study
packs to a tenth or so, a bomb to a thousandth."""
MAX_FILES = 500
LARGEST_LIST = 8 << 20
# The name of the key travels with the study; the key itself and marks of names never do.
_TRAVEL = ("sheets", "encodings", "plan", "key_id", "personal", "personal_texts")
_LIST, _PLAN, _MEMORY = "levee.json", "study.toml", "released.json"
_NOTHING_LEFT = b'{"releases": [], "pages": []}'
_PIECE = 1 << 20


class _Entry(BaseModel):
    model_config = ConfigDict(strict=True)
    name: str = Field(min_length=1, max_length=300)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class _List(BaseModel):
    """``levee.json``: what the archive holds."""

    model_config = ConfigDict(strict=True)
    layout: int = Field(ge=1)
    title: str = Field(max_length=2_000)
    files: dict[str, _Entry] = Field(max_length=MAX_FILES)
    drafts: dict[str, Any] = Field(default_factory=dict, max_length=20)


class _Drafts(BaseModel):
    """What the wizard writes of a study that travels; nothing else is brought in."""

    sheets: dict[str, str] | None = None
    encodings: dict[str, str] | None = None
    personal: dict[str, dict[str, tuple[str, str]]] | None = None
    personal_texts: dict[str, dict[str, int]] | None = None
    key_id: str | None = Field(default=None, pattern="^[0-9a-f]{8,64}$")
    plan: StudyPlan | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Unpacked:
    listed: _List
    files: Mapping[str, bytes]
    plan: StudyPlan | None
    memory: Memory


def write_archive(study: str) -> bytes:
    """Write a study as a zip file with the hash of every file in it."""
    saved, files = open_study(study), read_files(study)
    names = {f"files/{n:03}": name for n, name in enumerate(files)}
    told = {
        "layout": LAYOUT,
        "title": saved.title,
        "files": {at: {"name": name, "sha256": saved.files[name]} for at, name in names.items()},
        "drafts": {k: v for k, v in saved.drafts.items() if k in _TRAVEL},
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, name in names.items():
            archive.writestr(at, files[name])
        if saved.plan is not None:
            archive.writestr(_PLAN, write_plan(saved.plan))
        archive.writestr(_MEMORY, write_memory(study))
        archive.writestr(_LIST, json.dumps(told, ensure_ascii=False, indent=1))
    return kept.getvalue()


def read_archive(data: bytes) -> str:
    """Bring a study in and return its new id; nothing is saved unless all of it is whole.

    Raises
    ------
    WorkspaceError
        ``archive_damaged`` (cut short, altered or not an archive of Levee), ``archive_newer``.
    """
    unpacked = _unpack(data)
    drafts = {k: v for k, v in unpacked.listed.drafts.items() if k in _TRAVEL}
    return import_study(
        unpacked.listed.title,
        unpacked.files,
        drafts,
        unpacked.plan,
        complete=lambda session, study: add_memory(session, study, unpacked.memory),
    )


def _unpack(data: bytes) -> _Unpacked:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()
            if len(names) > MAX_FILES + 2 or len(set(names)) < len(names):
                raise WorkspaceError("archive_damaged")
            listed = _List.model_validate_json(_inflate(archive, _LIST, LARGEST_LIST))
            if listed.layout > LAYOUT:
                raise WorkspaceError("archive_newer")
            memory_there = {_MEMORY} if listed.layout > 1 else set()
            if set(names) != {_LIST, *memory_there, *listed.files} | ({_PLAN} & set(names)):
                raise WorkspaceError("archive_damaged")
            files = _inflate_files(archive, listed, min(LARGEST, ROOM + RATIO * len(data)))
            text = _inflate(archive, _PLAN, LARGEST_PLAN).decode() if _PLAN in names else ""
            left = _inflate(archive, _MEMORY, LARGEST_MEMORY) if memory_there else _NOTHING_LEFT
        plan = parse_plan(text) if text else None
        _Drafts.model_validate(listed.drafts)
        memory = read_memory(left)
    except WorkspaceError:
        raise
    # zipfile and zlib raise many kinds on altered bytes; NotImplementedError and RuntimeError
    # stand for unknown methods and passwords, RecursionError for lists within lists.
    except (
        zipfile.BadZipFile,
        zlib.error,
        ValidationError,
        LeveeError,
        KeyError,
        TypeError,
        ValueError,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise WorkspaceError("archive_damaged") from error
    return _Unpacked(listed=listed, files=files, plan=plan, memory=memory)


def _inflate_files(archive: zipfile.ZipFile, listed: _List, left: int) -> dict[str, bytes]:
    """Unpack every file, all together not more than ``left`` bytes."""
    files: dict[str, bytes] = {}
    for at, entry in listed.files.items():
        if entry.name in files:
            raise WorkspaceError("archive_damaged")
        files[entry.name] = _inflate(archive, at, left)
        left -= len(files[entry.name])
        if hashlib.sha256(files[entry.name]).hexdigest() != entry.sha256:
            raise WorkspaceError("archive_damaged")
    return files


def _inflate(archive: zipfile.ZipFile, name: str, most: int) -> bytes:
    """Unpack one entry piece by piece: what its header says of its size is not believed."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(name) as stream:
        while piece := stream.read(_PIECE):
            size += len(piece)
            if size > most:
                raise WorkspaceError("archive_damaged")
            pieces.append(piece)
    return b"".join(pieces)

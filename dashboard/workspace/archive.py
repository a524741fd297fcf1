"""A study as one zip file: its files, its study file, its drafts; for another computer."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

from analysis.errors import WorkspaceError
from analysis.study_file import parse_plan, write_plan
from dashboard.workspace.store import (
    create_study,
    open_study,
    read_files,
    save_draft,
    save_file,
    save_version,
)

LAYOUT = 1
LARGEST = 400 << 20
_LIST, _PLAN = "levee.json", "study.toml"


def write_archive(study: str) -> bytes:
    """Write a study as a zip file with the hash of every file in it."""
    saved, files = open_study(study), read_files(study)
    names = {f"files/{n:03}": name for n, name in enumerate(files)}
    told = {
        "layout": LAYOUT,
        "title": saved.title,
        "files": {at: {"name": name, "sha256": saved.files[name]} for at, name in names.items()},
        "drafts": {k: v for k, v in saved.drafts.items() if k in ("sheets", "encodings", "plan")},
    }
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, name in names.items():
            archive.writestr(at, files[name])
        if saved.plan is not None:
            archive.writestr(_PLAN, write_plan(saved.plan))
        archive.writestr(_LIST, json.dumps(told, ensure_ascii=False, indent=1))
    return kept.getvalue()


def read_archive(data: bytes) -> str:
    """Bring a study in and return its new id; nothing is saved unless all of it is whole.

    Raises
    ------
    WorkspaceError
        ``archive_damaged`` (cut short, altered or not an archive of Levee), ``archive_newer``.
    """
    told, files, plan = _unpack(data)
    parsed = parse_plan(plan) if plan else None
    study = create_study(str(told["title"]))
    for name, content in files.items():
        save_file(study, name, content)
    for step, value in told.get("drafts", {}).items():
        save_draft(study, step, value)
    if parsed is not None:
        save_version(study, parsed)
    return study


def _unpack(data: bytes) -> tuple[dict[str, object], dict[str, bytes], str]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > LARGEST:
                raise WorkspaceError("archive_damaged")
            told = json.loads(archive.read(_LIST))
            files = {one["name"]: archive.read(at) for at, one in told["files"].items()}
            plan = archive.read(_PLAN).decode() if _PLAN in archive.namelist() else ""
    except (zipfile.BadZipFile, KeyError, ValueError, OSError, EOFError) as error:
        raise WorkspaceError("archive_damaged") from error
    if told.get("layout", 0) > LAYOUT:
        raise WorkspaceError("archive_newer")
    wanted = {one["name"]: one["sha256"] for one in told["files"].values()}
    if any(hashlib.sha256(files[name]).hexdigest() != wanted[name] for name in files):
        raise WorkspaceError("archive_damaged")
    return told, files, plan

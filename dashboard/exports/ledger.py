"""What the command line released of a study: a file beside the study file.

It holds hashed codes of people, who of them was in each number, and the certificates; no answer
and no result. It is its owner's alone (mode 600), because it says who is in which group.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from analysis.disclosure import Certificate, Release
from analysis.errors import StudyFileError

VERSION = 1


def find_ledger(study_file: Path) -> Path:
    """Where the ledger of a study file is kept.

    Examples
    --------
    >>> find_ledger(Path("club/study.toml")).name
    'study.releases.json'
    """
    return study_file.with_name(f"{study_file.stem}.releases.json")


def read_releases(ledger: Path) -> list[Release]:
    """Read the releases of a study, the oldest first; none when there is no ledger.

    Raises
    ------
    StudyFileError
        ``ledger_damaged``: without what was released before, nothing can be released.
    """
    try:
        written = json.loads(ledger.read_text(encoding="utf-8"))
        if written["version"] != VERSION:
            raise ValueError(written["version"])
        return [_read_release(one) for one in written["releases"]]
    except FileNotFoundError:
        return []
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StudyFileError("ledger_damaged", file=str(ledger)) from error


def _read_release(told: dict[str, Any]) -> Release:
    release = Release(
        certificate=Certificate(**told["certificate"]),
        fingerprint=str(told["fingerprint"]),
        record=told["record"],
    )
    release.check()
    return release


def save_release(ledger: Path, before: Sequence[Release], release: Release) -> None:
    """Write a release into the ledger before its files are; the same one only once."""
    if any(release.repeats(one) for one in before):
        return
    releases = [
        {
            "certificate": asdict(one.certificate),
            "fingerprint": one.fingerprint,
            "record": one.record,
        }
        for one in (*before, release)
    ]
    # Another name first, then its own: a ledger is never half a ledger. Made with mode 600.
    handle, name = tempfile.mkstemp(prefix=f".{ledger.name}.", dir=ledger.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as stream:
            json.dump({"version": VERSION, "releases": releases}, stream)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(ledger)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise

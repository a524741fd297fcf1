"""A watched folder: which spreadsheets lie in it, and which of them are complete.

Looked at again and again (polling): that works on network drives and synchronised folders, where
notices of the operating system do not arrive, and needs no further library.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from analysis.errors import LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.workbook import DEFAULT_LIMITS

ENDINGS = (
    "xlsx",
    "xlsm",
    "xls",
    "xlsb",
    "ods",
    "csv",
    "tsv",
    "txt",
    "zip",
    "html",
    "sav",
    "zsav",
    "por",
    "dta",
    "sas7bdat",
)
"""Endings of the files that Levee reads."""
SETTLED = 2.0
"""Seconds for which a file's size and time must stay the same: else it is still being written."""
_MAX_FILES = 500
_UNFINISHED = ("~$", ".", "._")


@dataclass(frozen=True, slots=True)
class FileStamp:
    """Size in bytes and time of the last change, in nanoseconds: another stamp, another file."""

    size: int
    changed: int


def list_folder(folder: Path, extra: tuple[str, ...] = ()) -> dict[str, FileStamp]:
    """List the spreadsheets of a folder (not of those below it) by name.

    Raises
    ------
    UnreadableFileError
        ``folder_missing``.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError as error:
        raise UnreadableFileError("folder_missing", file=str(folder)) from error
    found: dict[str, FileStamp] = {}
    for path in entries:
        known = path.name in extra or path.suffix.lower().lstrip(".") in ENDINGS
        if not known or path.name.startswith(_UNFINISHED):
            continue
        try:
            # A link may lead out of the folder, and a pipe never ends.
            if path.is_symlink() or not path.is_file():
                continue
            told = path.stat()
        except OSError:  # taken away since it was listed
            continue
        found[path.name] = FileStamp(told.st_size, told.st_mtime_ns)
        if len(found) >= _MAX_FILES:
            break
    return found


@dataclass
class Settling:
    """Remembers since when each file looks as it does."""

    since: dict[str, tuple[FileStamp, float]] = field(default_factory=dict)

    def look(self, stamps: Mapping[str, FileStamp], now: float) -> dict[str, FileStamp]:
        """Return the files that are complete: not empty, and unchanged for a while.

        Parameters
        ----------
        stamps
            The folder as it is.
        now
            Seconds on a clock that never goes back.
        """
        for name in [name for name in self.since if name not in stamps]:
            del self.since[name]
        for name, stamp in stamps.items():
            if self.since.get(name, (None,))[0] != stamp:
                self.since[name] = (stamp, now)
        return {
            name: stamp
            for name, (stamp, first) in self.since.items()
            if stamp.size > 0 and now - first >= SETTLED
        }


def read_folder_file(folder: Path, name: str) -> bytes:
    """Read one file of a watched folder.

    Raises
    ------
    LimitExceededError, UnreadableFileError
    """
    path = folder / name
    try:
        size = path.stat().st_size
        if size > DEFAULT_LIMITS.file_bytes:
            raise LimitExceededError(
                "file_size", file=name, limit=DEFAULT_LIMITS.file_bytes, found=size
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFileError("file_missing", file=name) from error

"""The reading process: opens untrusted files under limits of memory and time.

Reads one request from standard input, writes one framed reply per file to standard output.
A file that kills this process costs nothing but this process.
"""

from __future__ import annotations

import gc
import json
import re
import struct
import sys
from collections.abc import Callable
from functools import partial
from typing import Any, BinaryIO

from analysis.errors import IntakeError, LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.file_types import recognise_kind
from analysis.intake.sandbox.protocol import Limits, RawBook, write_limits, write_reply

_LENGTH = struct.Struct(">Q")
_PROGRESS = re.compile(rb"^read (\d+) ([\d.]+)\n", re.MULTILINE)


def write_request(
    files: list[bytes], options: list[dict[str, str | None]], limits: Limits
) -> list[bytes]:
    """Write the request that :func:`main` reads: its head, then the files."""
    head = {"limits": write_limits(limits), "options": options, "sizes": [len(f) for f in files]}
    told = json.dumps(head).encode()
    return [_LENGTH.pack(len(told)), told, *files]


def read_replies(output: bytes) -> list[memoryview]:
    """Split standard output into complete replies; a torn last one is left out."""
    replies: list[memoryview] = []
    view, at = memoryview(output), 0
    while at + _LENGTH.size <= len(output):
        (length,) = _LENGTH.unpack_from(output, at)
        start = at + _LENGTH.size
        if start + length > len(output):
            break
        replies.append(view[start : start + length])
        at = start + length
    return replies


def read_progress(errors: bytes, sizes: list[int]) -> float:
    """Return the bytes read so far, as the process tells in lines on standard error."""
    told = _PROGRESS.findall(errors)
    if not told:
        return 0.0
    at, share = int(told[-1][0]), float(told[-1][1])
    return sum(sizes[:at]) + share * sum(sizes[at : at + 1])


def read_one(
    data: bytes,
    limits: Limits,
    options: dict[str, str | None],
    tell: Callable[[float], None] = lambda _: None,
) -> RawBook:
    """Open one file in this process; ``tell`` hears the share read.

    Raises
    ------
    IntakeError
    """
    if len(data) > limits.file_bytes:
        raise LimitExceededError(
            "file_size", limit=limits.file_bytes, found=len(data), remedy="split_file"
        )
    kind = recognise_kind(data)
    if kind == "text":
        from analysis.intake.sandbox.text_files import read_text_file

        return read_text_file(data, limits, **options, tell=tell)
    if kind in ("sav", "por", "dta", "sas7bdat"):
        from analysis.intake.sandbox.statistics_files import read_statistics_file

        return read_statistics_file(data, kind, limits, encoding=options["encoding"])
    if kind in ("html", "spreadsheetml"):
        from analysis.intake.sandbox import markup

        if kind == "html":
            return markup.read_html(data, limits, encoding=options["encoding"])
        return markup.read_spreadsheetml(data, limits)
    from analysis.intake.sandbox import spreadsheets

    if kind == "odk_zip":
        return spreadsheets.read_csv_archive(data, limits)
    return spreadsheets.read_spreadsheet(data, kind, limits, tell)


def main() -> None:
    """Serve one request."""
    gc.disable()  # rows of plain text hold no cycles
    source, target = sys.stdin.buffer, sys.stdout.buffer
    _import_readers()
    start = source.read(_LENGTH.size)
    if len(start) < _LENGTH.size:
        return  # the caller ended without a file
    (length,) = _LENGTH.unpack(start)
    head = json.loads(source.read(length))
    limits = Limits(**head["limits"])
    start_file = _limit_process(limits)
    for at, (size, options) in enumerate(zip(head["sizes"], head["options"], strict=True)):
        data = source.read(size)
        start_file(size)
        _write_frame(target, _reply(data, limits, options, partial(_tell, at)))


def _tell(at: int, share: float) -> None:
    sys.stderr.write(f"read {at} {share:.2f}\n")
    sys.stderr.flush()


def _import_readers() -> None:
    """Import what most files need before the first one comes."""
    from analysis.intake.sandbox import spreadsheets, text_files  # noqa: F401


def _reply(
    data: bytes,
    limits: Limits,
    options: dict[str, str | None],
    tell: Callable[[float], None],
) -> list[bytes | memoryview]:
    try:
        return write_reply(read_one(data, limits, options, tell))
    except IntakeError as error:
        return write_reply(error)
    except MemoryError:
        return write_reply(
            LimitExceededError("memory", limit=limits.memory_for(len(data)), remedy="split_file")
        )
    except RecursionError:
        return write_reply(UnreadableFileError("damaged_file", remedy="export_again"))


def _write_frame(target: BinaryIO, reply: list[bytes | memoryview]) -> None:
    target.write(_LENGTH.pack(sum(map(len, reply))))
    for part in reply:
        target.write(part)
    target.flush()


def _limit_process(limits: Limits) -> Callable[[int], None]:
    """Set the limits the system knows; return what sets them for a file of so many bytes."""
    try:
        import resource
        import signal
    except ImportError:  # Windows: the caller's wall clock is the only limit
        return lambda _: None
    _set_soft(resource, "RLIMIT_CORE", 0)

    def start_file(size: int) -> None:
        _set_soft(resource, "RLIMIT_AS", limits.memory_for(size))
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime)
        _set_soft(resource, "RLIMIT_CPU", spent + limits.cpu_seconds)
        signal.setitimer(signal.ITIMER_REAL, limits.wall_seconds)

    return start_file


def _set_soft(resource: Any, name: str, value: int) -> None:  # noqa: ANN401
    which = getattr(resource, name, None)
    if which is None:
        return
    hard = resource.getrlimit(which)[1]
    try:
        resource.setrlimit(which, (value if hard < 0 else min(value, hard), hard))
    except (ValueError, OSError):
        return  # macOS refuses RLIMIT_AS below what is mapped: the wall clock remains


if __name__ == "__main__":
    main()

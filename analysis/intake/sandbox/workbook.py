"""Open any spreadsheet or text file safely: the parsing happens in a process of its own."""

from __future__ import annotations

import atexit
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import IO

from analysis.errors import IntakeError, LimitExceededError, UnreadableFileError
from analysis.intake.model import Sheet, Workbook
from analysis.intake.sandbox.file_types import is_old_excel
from analysis.intake.sandbox.protocol import Limits, RawBook, read_reply
from analysis.intake.sandbox.worker import read_progress, read_replies, write_request

DEFAULT_LIMITS = Limits()
Progress = Callable[[str, float], None]
"""Takes the name of a step and the share done; may raise to cancel the work."""
_POLL_SECONDS = 0.25
_ROOT = Path(__file__).resolve().parents[3]


def open_workbook(
    data: bytes,
    name: str,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> Workbook:
    """Open one file in a process with limits of memory and time.

    Parameters
    ----------
    data
        The file's bytes; what it is is told by them, never by the name.
    name
        File name, only for display.
    encoding, delimiter
        A person's choice for text files; recognised when None.
    limits
        What the file may cost.
    progress
        Called a few times a second with ``"reading"`` and the share read; whatever it raises
        ends the reading process.

    Returns
    -------
    Workbook
        Every sheet with every cell as text.

    Raises
    ------
    UnreadableFileError, HostileFileError, LimitExceededError
        With code and details (file, limit, remedy).
    """
    options = {"encoding": encoding, "delimiter": delimiter}
    (result,) = _read_files([data], [options], limits, progress)
    return _finished(result, data, name)


def open_workbooks(
    files: Mapping[str, bytes],
    *,
    limits: Limits = DEFAULT_LIMITS,
    progress: Progress | None = None,
) -> dict[str, Workbook | IntakeError]:
    """Open several files in as few processes as possible; one failure stops no other.

    Parameters
    ----------
    files
        Name → bytes.
    limits
        What each file may cost.
    progress
        As of :func:`open_workbook`.

    Returns
    -------
    dict
        Name → workbook, or the error that one file gave.
    """
    options: list[dict[str, str | None]] = [{"encoding": None, "delimiter": None}] * len(files)
    results = _read_files(list(files.values()), options, limits, progress)
    opened: dict[str, Workbook | IntakeError] = {}
    for (name, data), result in zip(files.items(), results, strict=True):
        try:
            opened[name] = _finished(result, data, name)
        except IntakeError as error:
            opened[name] = error
    return opened


def _finished(result: RawBook | IntakeError, data: bytes, name: str) -> Workbook:
    if isinstance(result, IntakeError):
        raise type(result)(result.code, **{"file": name, **result.details})
    return Workbook(
        name=name,
        sha256=hashlib.sha256(data).hexdigest(),
        kind=result.kind,
        sheets=tuple(
            Sheet(
                name=sheet.name,
                rows=tuple(sheet.cells.rows()),
                hidden=sheet.hidden,
                hidden_rows=sheet.hidden_rows,
                hidden_columns=sheet.hidden_columns,
                merged=sheet.merged,
            )
            for sheet in result.sheets
        ),
        encoding=result.encoding,
        delimiter=result.delimiter,
        issues=tuple(replace(issue, file=name) for issue in result.issues),
    )


def _read_files(
    files: list[bytes],
    options: list[dict[str, str | None]],
    limits: Limits,
    progress: Progress | None,
) -> list[RawBook | IntakeError]:
    """Read all; after a dead process, the file it died on is tried alone, then the rest."""
    results: list[RawBook | IntakeError] = []
    total = max(sum(map(len, files)), 1)

    def run(first: int, end: int) -> tuple[list[RawBook | IntakeError], IntakeError]:
        before = sum(map(len, files[:first]))

        def tell(read: float) -> None:
            if progress is not None:
                progress("reading", (before + read) / total)

        return _run(files[first:end], options[first:end], limits, tell)

    while len(results) < len(files):
        at = len(results)
        got, death = run(at, len(files))
        results += got
        at += len(got)
        if at < len(files) and (got or len(files) - at > 1):
            alone, death = run(at, at + 1)
            results += alone
        if at < len(files) and len(results) == at:
            results.append(death)
    return results


def _run(
    files: list[bytes],
    options: list[dict[str, str | None]],
    limits: Limits,
    tell: Callable[[float], None],
) -> tuple[list[RawBook | IntakeError], IntakeError]:
    """Run one process; return its replies, and why it would have ended early."""
    request = write_request(files, options, limits)
    end = time.monotonic() + limits.wall_seconds * len(files) + 10
    process = _SPARE.take()
    # A thread writes, because communicate(), called again, does not go on writing its input.
    feeder = threading.Thread(target=_feed, args=(process.stdin, request), daemon=True)
    process.stdin = None
    feeder.start()
    try:
        while True:
            try:
                output, errors = process.communicate(timeout=_POLL_SECONDS)
                break
            except subprocess.TimeoutExpired as running:
                if time.monotonic() > end:
                    process.kill()
                    output, _ = process.communicate()
                    return _replies(output), _wall(limits)
                tell(read_progress(running.stderr or b"", list(map(len, files))))
    except BaseException:  # the person cancelled: the process ends with the wish for its file
        process.kill()
        process.communicate()
        raise
    finally:
        _SPARE.prepare()
    replies = _replies(output)
    data = files[len(replies)] if len(replies) < len(files) else b""
    return replies, _cause(process.returncode, errors, limits, data)


def _feed(stream: IO[bytes], request: list[bytes]) -> None:
    # A process that died on a file reads no further: what it said before is what counts.
    with suppress(OSError), stream:
        stream.writelines(request)


class _Spare:
    """One reading process started ahead: the next file need not wait for its imports.

    Each process serves one request and ends, so that no file meets what another left behind; its
    limits begin with the file. A process that opens one batch only, such as a command, starts none
    ahead.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: subprocess.Popen[bytes] | None = None
        self._served = 0

    def take(self) -> subprocess.Popen[bytes]:
        """Return the waiting process where one is alive, else a new one."""
        with self._lock:
            self._served += 1
            waiting, self._waiting = self._waiting, None
        if waiting is not None and waiting.poll() is None:
            return waiting
        _end(waiting)
        return self._start()

    def prepare(self) -> None:
        """Start the process for the next request, from the second request on."""
        with self._lock:
            if self._served > 1 and self._waiting is None:
                self._waiting = self._start()

    def close(self) -> None:
        """End the waiting process."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        _end(waiting)

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-X", "utf8", "-m", "analysis.intake.sandbox.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A panic of the Rust reader is an answer here; naming its frames takes a second each.
            env={**os.environ, "PYTHONPATH": _python_path(), "RUST_BACKTRACE": "0"},
        )


def _end(process: subprocess.Popen[bytes] | None) -> None:
    if process is not None:
        process.kill()
        process.communicate()


_SPARE = _Spare()
atexit.register(_SPARE.close)


def _replies(output: bytes) -> list[RawBook | IntakeError]:
    return [read_reply(reply) for reply in read_replies(output)]


def _python_path() -> str:
    present = os.environ.get("PYTHONPATH")
    return os.pathsep.join([str(_ROOT), present]) if present else str(_ROOT)


def _wall(limits: Limits) -> LimitExceededError:
    return LimitExceededError("wall_time", limit=limits.wall_seconds, remedy="split_file")


def _cause(code: int, stderr: bytes, limits: Limits, data: bytes) -> IntakeError:
    """Tell from how the process ended which limit it met."""
    if code == -getattr(signal, "SIGALRM", 14):
        return _wall(limits)
    if code == -getattr(signal, "SIGXCPU", 24):
        return LimitExceededError("cpu_time", limit=limits.cpu_seconds, remedy="split_file")
    starved = b"memory allocation" in stderr or b"MemoryError" in stderr
    starved = starved or code == -getattr(signal, "SIGKILL", 9)
    # Old Excel files are not compressed: what takes more than this was never in them.
    if starved and not (is_old_excel(data) and limits.memory_for(len(data)) > 300 * len(data)):
        limit = limits.memory_for(len(data))
        return LimitExceededError("memory", limit=limit, remedy="split_file")
    return UnreadableFileError("damaged_file", remedy="export_again", reader_exit=code)

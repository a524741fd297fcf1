"""What crosses from the reading process to the caller: plain text, numbers and lists.

Kept apart from :mod:`analysis.intake.model` so that the reading process needs no pandas.
"""

from __future__ import annotations

import json
import struct
from array import array
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from analysis.errors import HostileFileError, IntakeError, LimitExceededError, UnreadableFileError
from analysis.intake.sandbox.grid import Grid
from analysis.issues import Issue

Range = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one file may cost.

    Attributes
    ----------
    file_bytes, inflated_bytes
        Size as uploaded and after unpacking.
    ratio
        Inflated over packed size of one part above which a large part is called a bomb.
    entries
        Parts inside one archive.
    rows, columns, cells
        Largest used area of one sheet.
    memory_bytes, cpu_seconds, wall_seconds
        Of the reading process; the first two where the operating system can set them.
    """

    file_bytes: int = 200_000_000
    inflated_bytes: int = 700_000_000
    ratio: int = 250
    entries: int = 5_000
    rows: int = 1_048_576
    columns: int = 5_000
    cells: int = 20_000_000
    memory_bytes: int = 3_000_000_000
    cpu_seconds: int = 60
    wall_seconds: int = 240

    def memory_for(self, size: int) -> int:
        """Return what a file of ``size`` bytes may take, in bytes.

        A packed byte becomes about 12 of XML, and each of those about 12 when parsed; a small
        file with a damaged length inside is stopped long before it fills the machine.
        """
        return min(self.memory_bytes, 600_000_000 + 150 * size)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSheet:
    """One sheet as text; ``merged`` holds 1-based (top, left, bottom, right)."""

    name: str
    cells: Grid
    hidden: bool = False
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    merged: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawBook:
    """One opened file before it becomes a ``Workbook``."""

    kind: str
    sheets: list[RawSheet]
    encoding: str = ""
    delimiter: str = ""
    issues: list[Issue] = field(default_factory=list)


_LENGTH = struct.Struct(">Q")
_ERRORS: dict[str, type[IntakeError]] = {
    kind.__name__: kind for kind in (UnreadableFileError, HostileFileError, LimitExceededError)
}


def write_reply(result: RawBook | IntakeError) -> list[bytes | memoryview]:
    """Write an opened file, or the reason it was refused: JSON, then the codes of the cells."""
    if isinstance(result, IntakeError):
        told = {"error": type(result).__name__, "code": result.code, "details": result.details}
        return _dump(told)
    sheets = [
        asdict_shallow(one) | {"cells": asdict_shallow(one.cells) | {"codes": len(one.cells.codes)}}
        for one in result.sheets
    ]
    issues = [asdict_shallow(issue) | {"details": dict(issue.details)} for issue in result.issues]
    told = asdict_shallow(result) | {"sheets": sheets, "issues": issues}
    return [*_dump(told), *(memoryview(one.cells.codes).cast("B") for one in result.sheets)]


def read_reply(reply: memoryview) -> RawBook | IntakeError:
    """Read back what :func:`write_reply` wrote."""
    (length,) = _LENGTH.unpack_from(reply)
    at = _LENGTH.size + length
    told = json.loads(str(reply[_LENGTH.size : at], "utf-8", "surrogatepass"))
    if "error" in told:
        return _ERRORS[told["error"]](told["code"], **told["details"])
    sheets: list[RawSheet] = []
    for sheet in told["sheets"]:
        codes = array("I")
        end = at + sheet["cells"]["codes"] * codes.itemsize
        codes.frombytes(reply[at:end])
        sheets.append(_read_sheet(sheet, codes))
        at = end
    told["sheets"] = sheets
    told["issues"] = [Issue(**{**i, "rows": tuple(i["rows"])}) for i in told["issues"]]
    return RawBook(**told)


def asdict_shallow(record: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a slotted dataclass as a dict without copying what it holds."""
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def write_limits(limits: Limits) -> dict[str, int]:
    """Return the limits as plain numbers."""
    return asdict(limits)


def _read_sheet(told: dict[str, Any], codes: array[int]) -> RawSheet:
    return RawSheet(
        name=told["name"],
        cells=Grid(**{**told["cells"], "codes": codes}),
        hidden=told["hidden"],
        hidden_rows=tuple(told["hidden_rows"]),
        hidden_columns=tuple(told["hidden_columns"]),
        merged=_ranges(told["merged"]),
    )


def _ranges(told: Iterable[list[int]]) -> tuple[Range, ...]:
    return tuple((top, left, bottom, right) for top, left, bottom, right in told)


def _dump(told: dict[str, Any]) -> list[bytes | memoryview]:
    text = json.dumps(told, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return [_LENGTH.pack(len(text)), text]

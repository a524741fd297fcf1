"""Old Excel files are file systems of their own ([MS-CFB]): a damaged one may run in circles.

The reader follows a chain of sectors until its end. In a chain that leads back to itself it takes
memory until there is none, and a file of ten kilobytes seems to be too large.
"""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator
from typing import TypeAlias

_END = 0xFFFFFFF8
"""This and above end a chain or stand for no sector (free, end of chain, table)."""
_HEADER_TABLES = 109
_STREAM = 2
# No numpy: importing it would be nine tenths of the time in which a reading process starts.
Chain: TypeAlias = "array[int]"


def has_circular_chain(data: bytes) -> bool:
    """Tell whether a chain of sectors of a compound file leads back to itself."""
    try:
        return any(_is_circular(start, table) for start, table in _chains(data))
    except (struct.error, IndexError, ValueError):
        return False  # a file that is cut off: what the reader makes of it decides


def _chains(data: bytes) -> Iterator[tuple[int, Chain]]:
    """Yield each chain that the reader follows: its first sector, and the table of next ones."""
    (shift,) = struct.unpack_from("<H", data, 30)
    size = 1 << min(shift, 20)
    first, _, cutoff, mini_first, _, difat_first = struct.unpack_from("<6I", data, 48)
    tables = list(struct.unpack_from(f"<{_HEADER_TABLES}I", data, 76))
    tables += _more_tables(data, size, difat_first)
    table = array("I")
    for one in tables:
        if one < _END:
            table += _sector(data, size, one)
    yield first, table
    yield mini_first, table
    if _is_circular(first, table) or _is_circular(mini_first, table):
        return
    mini = array("I")
    for one in _follow(mini_first, table):
        mini += _sector(data, size, one)
    directory = b"".join(_bytes(data, size, one) for one in _follow(first, table))
    for at in range(0, len(directory) - 127, 128):
        kind, start = directory[at + 66], struct.unpack_from("<I", directory, at + 116)[0]
        (length,) = struct.unpack_from("<I", directory, at + 120)
        if kind >= _STREAM:  # the root's own stream holds the small ones and lies among the large
            yield start, mini if kind == _STREAM and length < cutoff else table


def _more_tables(data: bytes, size: int, first: int) -> list[int]:
    """Return the sectors of the table beyond those the header lists."""
    found: list[int] = []
    seen: set[int] = set()
    while first < _END and first not in seen:
        seen.add(first)
        *listed, first = _sector(data, size, first)
        found += listed
    return found


def _is_circular(start: int, table: Chain) -> bool:
    steps = 0
    while start < min(_END, len(table)):
        start = table[start]
        steps += 1
        if steps > len(table):
            return True
    return False


def _follow(start: int, table: Chain) -> Iterator[int]:
    while start < min(_END, len(table)):
        yield start
        start = table[start]


def _bytes(data: bytes, size: int, sector: int) -> bytes:
    return data[(sector + 1) * size : (sector + 2) * size]


def _sector(data: bytes, size: int, sector: int) -> Chain:
    content = _bytes(data, size, sector)
    numbers = array("I", content[: len(content) // 4 * 4])
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers

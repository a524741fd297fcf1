"""Two windows' changes to one plan, put together where they do not contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ABSENT = object()
_IDENTITY = ("name", "path", "sheet", "code", "same_as", "file", "row", "column")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """One setting that two windows set differently; None where one of them took it out."""

    where: tuple[str, ...]
    mine: Any
    theirs: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """The changes of both windows; where they contradict each other ``value`` has mine."""

    value: dict[str, Any]
    clashes: tuple[Clash, ...] = ()


def merge_records(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> Merge:
    """Put two changed copies of one record together.

    Parameters
    ----------
    base
        What both began from.
    mine, theirs
        As each left it, plain JSON values.

    Returns
    -------
    Merge
        A setting only one changed is taken from that one; lists are merged entry by entry.
    """
    clashes: list[Clash] = []
    value = _merge(dict(base), dict(mine), dict(theirs), (), clashes)
    return Merge(value=value, clashes=tuple(clashes))


def whole_clash(mine: Mapping[str, Any], theirs: Mapping[str, Any]) -> Merge:
    """Say that two copies cannot be put together at all; mine stands."""
    parts = [key for key in dict.fromkeys([*theirs, *mine]) if mine.get(key) != theirs.get(key)]
    clashes = [Clash(where=(key,), mine=mine.get(key), theirs=theirs.get(key)) for key in parts]
    return Merge(value=dict(mine), clashes=tuple(clashes))


def _merge(
    base: Any,  # noqa: ANN401
    mine: Any,  # noqa: ANN401
    theirs: Any,  # noqa: ANN401
    where: tuple[str, ...],
    clashes: list[Clash],
) -> Any:  # noqa: ANN401
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    if isinstance(mine, dict) and isinstance(theirs, dict):
        return _merge_entries(base if isinstance(base, dict) else {}, mine, theirs, where, clashes)
    if _mergeable(mine) and _mergeable(theirs):
        known = _keyed(base) if _mergeable(base) else {}
        return list(_merge_entries(known, _keyed(mine), _keyed(theirs), where, clashes).values())
    clashes.append(Clash(where=where, mine=_told(mine), theirs=_told(theirs)))
    return mine


def _merge_entries(
    base: Mapping[Any, Any],
    mine: Mapping[Any, Any],
    theirs: Mapping[Any, Any],
    where: tuple[str, ...],
    clashes: list[Clash],
) -> dict[Any, Any]:
    merged = {
        key: _merge(
            base.get(key, _ABSENT),
            mine.get(key, _ABSENT),
            theirs.get(key, _ABSENT),
            (*where, key[0] if isinstance(key, tuple) else key),
            clashes,
        )
        for key in dict.fromkeys([*theirs, *mine])
    }
    return {key: value for key, value in merged.items() if value is not _ABSENT}


def _mergeable(value: Any) -> bool:  # noqa: ANN401
    """A list whose entries can be told apart: names, or records; not the two ends of a range."""
    return isinstance(value, list) and all(isinstance(one, str | dict) for one in value)


def _keyed(entries: Sequence[Any]) -> dict[Any, Any]:
    return {
        tuple(str(one[name]) for name in _IDENTITY if name in one)
        if isinstance(one, dict)
        else one: one
        for one in entries
    }


def _told(value: Any) -> Any:  # noqa: ANN401
    return None if value is _ABSENT else value

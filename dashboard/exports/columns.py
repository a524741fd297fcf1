"""Columns of printed tables: their words, width and side, alike in Word and on slides."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard.render.canvas import measure_text

#: Points: no column asks for more; room beside the words of a cell.
_WIDEST = 190.0
_AIR = 16.0
_MIN_LETTERS = 4
#: Fonts that stand in for the usual ones are wider.
_WIDER = 1.1
_NUMBER_STARTS = "+−-–¥$€£<"


def share_widths(cells: Sequence[Sequence[str]], room: float, size: float) -> list[float]:
    """Share the width among columns by the words they hold.

    Every column is as wide as its longest word; what is left goes to those whose cells would
    still wrap.

    Parameters
    ----------
    cells
        Rows of words.
    room, size
        Whole width and size of the letters, in points; so are the widths given back.
    """
    columns = [[row[j] for row in cells] for j in range(len(cells[0]))]
    least = [
        _AIR + _WIDER * max(measure_text(w, size) for one in column for w in _unbreakable(one))
        for column in columns
    ]
    wanted = [
        max(low, min(_WIDEST, _AIR + max(measure_text(one, size) for one in column)))
        for low, column in zip(least, columns, strict=True)
    ]
    if sum(wanted) <= room or sum(least) >= room:
        base = wanted if sum(wanted) <= room else least
        return [room * one / sum(base) for one in base]
    share = (room - sum(least)) / (sum(wanted) - sum(least))
    return [low + share * (high - low) for low, high in zip(least, wanted, strict=True)]


def _unbreakable(words: str) -> list[str]:
    """Parts a line does not break in; Chinese breaks after every letter, a few stay together."""
    return [
        part if part.isascii() else part[:_MIN_LETTERS]
        for part in words.replace("\N{NO-BREAK SPACE}", "_").split(" ")
    ]


def find_number_columns(cells: Sequence[Sequence[str]]) -> list[bool]:
    """Whether most of a column's words begin like a number: then it stands at the right.

    The first column names the rows and stays at the left.
    """
    found = [_are_numbers([row[j] for row in cells[1:]]) for j in range(len(cells[0]))]
    return [False, *found[1:]]


def _are_numbers(words: Sequence[str]) -> bool:
    known = [one for one in words if one not in ("", "–")]
    return sum(_is_number(one) for one in known) * 2 > len(known)


def _is_number(words: str) -> bool:
    p_value = words.startswith(("p\N{NO-BREAK SPACE}", "p <", "p ="))
    return p_value or words[0].isdigit() or words[0] in _NUMBER_STARTS

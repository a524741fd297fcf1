"""The scale a column's answers lie on; a few odd answers do not hide it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analysis.intake.model import Column
from analysis.intake.values.answers import propose_range, read_number
from analysis.intake.values.known_words import NOT_GIVEN

MAX_RUNGS = 12
"""Distinct answers up to which a column can be a scale."""
_ODD_SHARE = 0.1
_MIN_TOLD = 4
_DIGITS = re.compile(r"[\[_.\-]?(?:SQ)?\d{1,20}\]?[a-z]?$", re.IGNORECASE)
_OPEN_ENDED = re.compile(r"^[<>≥≤]\s*\d+|^\d+\s*(?:\+|or more|and more|及?以[上下])", re.IGNORECASE)
"""The last option of a count, such as ``3+``: nothing odd, and no scale."""

Bounds = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleFound:
    """The range of a scale, and the answers that do not fit it, most frequent first."""

    bounds: Bounds
    odd: tuple[str, ...] = ()


def find_scale(given: pd.Series) -> ScaleFound | None:
    """Find the scale on which the answers of one column lie.

    Parameters
    ----------
    given
        Answers as text, blanks left out.

    Returns
    -------
    ScaleFound or None
        At most one answer in ten (one of fewer) may be odd: a text among numbers, or a wording
        of its own among the words of a scale. None when no scale holds the others.
    """
    given = given.astype(str)
    counts = given[~given.str.strip().str.casefold().isin(NOT_GIVEN)].value_counts()
    values = [str(value) for value in counts.index]
    if len(values) <= MAX_RUNGS and (bounds := propose_range(values)) is not None:
        return ScaleFound(bounds=bounds)
    if len(values) > MAX_RUNGS + _allowed(counts):
        return None
    return _among_numbers(counts) or _among_words(counts)


def _among_numbers(counts: pd.Series) -> ScaleFound | None:
    """Set aside the texts among numbers."""
    rated = [str(value) for value in counts.index if read_number(str(value)) is not None]
    odd = tuple(str(value) for value in counts.index if str(value) not in rated)
    few = int(counts[list(odd)].sum()) <= _allowed(counts)
    told = len(counts) - len(odd) >= 2 and int(counts[rated].sum()) >= _MIN_TOLD
    if not (odd and few and told) or any(map(_OPEN_ENDED.match, odd)) or len(rated) > MAX_RUNGS:
        return None
    bounds = propose_range(rated)
    return None if bounds is None else ScaleFound(bounds=bounds, odd=odd)


def _among_words(counts: pd.Series) -> ScaleFound | None:
    """Set aside one wording: rare, or the only one of six or more that fits no ladder."""
    values = [str(value) for value in counts.index]
    if not 4 <= len(values) <= MAX_RUNGS:
        return None
    for odd in (value for value in reversed(values) if read_number(value) is None):
        if len(values) < 6 and int(counts[odd]) > _allowed(counts):
            return None
        bounds = propose_range([value for value in values if value != odd])
        if bounds is not None:
            return ScaleFound(bounds=bounds, odd=(odd,))
    return None


def _allowed(counts: pd.Series) -> int:
    return max(1, int(_ODD_SHARE * int(counts.sum())))


def family_of(column: Column) -> tuple[str, str]:
    """Return what items of one measure share: their stem, or the letters of their code."""
    if column.stem:
        return column.stem, ""
    spaced = " " in column.name.strip() or not column.name.isascii()
    return "", "question" if spaced else code_letters(column.name)


def code_letters(name: str) -> str:
    """Return the code of an item without its number: ``prep_3`` → ``prep``."""
    return _DIGITS.sub("", name)


def fits_neighbours(given: pd.Series, bounds: Bounds) -> ScaleFound | None:
    """Tell whether a column of numbers lies on its neighbours' scale but for a few typing slips."""
    counts = given.astype(str).value_counts()
    numbers: Mapping[str, float | None] = {text: read_number(text) for text in counts.index}
    odd = tuple(
        text
        for text, number in numbers.items()
        if number is None or not bounds[0] <= number <= bounds[1] or number % 1
    )
    few = 0 < int(counts[list(odd)].sum()) <= _allowed(counts)
    told = int(counts.sum()) >= _MIN_TOLD + 1
    return ScaleFound(bounds=bounds, odd=odd) if few and told else None

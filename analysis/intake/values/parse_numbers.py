"""Amounts as people write them; the decimal mark is decided by the whole column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

_CURRENCY = re.compile(
    r"(?:[¥￥$€£₹]|\b(?:cny|rmb|usd|eur|gbp|chf)\b|人民币|万?元整?|块|hours?|hrs?|小时|分钟?|人次?|h$)",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"^\((?P<inside>.+)\)$")
# Thousands stand in groups of three after a first group without a leading zero.
_POINT = re.compile(
    r"^[-+]?(?:[1-9]\d{0,2}(?:[, ']\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?$|^[-+]?\.\d+$"
)
_COMMA = re.compile(
    r"^[-+]?(?:[1-9]\d{0,2}(?:[. ']\d{3})+|\d+)(?:,\d+)?(?:e[-+]?\d+)?$|^[-+]?,\d+$"
)
_EITHER_POINT = re.compile(r"^[-+]?[1-9]\d{0,2}\.\d{3}$")
_EITHER_COMMA = re.compile(r"^[-+]?[1-9]\d{0,2},\d{3}$")
"""One mark with three digits after it: thousands or decimals where nothing clearer stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersRead:
    """A column of numbers.

    Attributes
    ----------
    values
        Float, NaN where blank or unread; index as given.
    unread, unsure
        Index labels of texts that are no number, and of those that could be read two ways.
    decimal_comma
        The mark used.
    contradicting
        Index labels of numbers whose marks contradict the column's: not read, part of ``unread``.
    grouped
        Index labels of numbers read as thousands although their mark is not the one of the
        column's longer numbers (``50.000`` beside ``1,000,000``).
    """

    values: pd.Series
    unread: tuple[int, ...] = ()
    decimal_comma: bool = False
    unsure: tuple[int, ...] = ()
    contradicting: tuple[int, ...] = ()
    grouped: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """What the cells of a column that can be read in one way only say about its marks."""

    decimal_comma: bool | None
    only_thousands: bool
    decimals: frozenset[int]

    def doubts(self, word: str) -> bool:
        """Tell whether a number with three decimals in the column's mark is likely thousands.

        Three decimals fit a column that has three (or more) elsewhere. They fit decimals of
        different lengths too, as programs write them without the zeros at the end.
        """
        digits = self.decimals
        fits = any(n >= 3 for n in digits) or (len(digits) > 1 and not word.endswith("0"))
        if self.decimal_comma is None:
            return False
        either = _EITHER_COMMA if self.decimal_comma else _EITHER_POINT
        return bool(either.match(word)) and not fits


def _read_marks(words: Iterable[str]) -> _Marks:
    commas = points = 0
    decimals: dict[str, set[int]] = {",": set(), ".": set()}
    for word in words:
        point, comma = bool(_POINT.match(word)), bool(_COMMA.match(word))
        if point == comma:
            continue
        points, commas = points + point, commas + comma
        mark = "," if comma else "."
        if mark in word:
            decimals[mark].add(len(word.partition("e")[0].rpartition(mark)[2]))
    decimal_comma = None if commas == points else commas > points
    lengths = decimals["," if decimal_comma else "."] if decimal_comma is not None else ()
    return _Marks(
        decimal_comma=decimal_comma,
        only_thousands=commas + points > 0 and not decimals[","] and not decimals["."],
        decimals=frozenset(lengths),
    )


def read_numbers(
    texts: pd.Series, *, decimal_comma: bool | None = None, file_comma: bool | None = None
) -> NumbersRead:
    """Read a text column as numbers.

    The cells that can be read in one way only decide the decimal mark. A cell whose marks
    contradict it is not read, and listed. Where these cells have thousands and no decimals at
    all, a cell such as ``50.000`` or ``50,000`` is read as thousands whichever its mark.

    Parameters
    ----------
    texts
        Cells as text, None where blank: ``1,234.50``, ``1.234,50``, ``¥1,200``, ``(300)`` for
        minus 300, ``1.2万``, ``12%`` (as 12).
    decimal_comma
        A person's choice of the decimal mark: holds for every cell.
    file_comma
        What the rest of the file says; used where the column itself says nothing.
    """
    given = texts.dropna()
    folded = {text: _fold(text) for text in given.unique()}
    own = _read_marks(folded.values())
    chosen = decimal_comma is not None
    decided = next(
        (c for c in (decimal_comma, own.decimal_comma, file_comma) if c is not None), None
    )
    comma = bool(decided)
    known: dict[str, float | None] = {}
    against, grouped, open_ones = set(), set(), set()
    for text, word in folded.items():
        value = _number(word, comma)
        if own.only_thousands and not chosen and (value is None or can_be_read_two_ways(word)):
            # Groups of three in the other mark: 50.000 or 1.000.000 beside 1,000,000.
            whole = _number(word.replace(".", ","), comma=False)
            if whole is not None and whole != value:
                grouped.add(text)
            value = whole
        elif value is None and (_POINT.match(word) or _COMMA.match(word)):
            against.add(text)
        elif value is not None and not chosen and own.doubts(word):
            against.add(text)
            value = None
        elif decided is None and _EITHER_POINT.match(word):
            open_ones.add(text)
        known[text] = value
    values = texts.map(known).astype(float)
    return NumbersRead(
        values=values,
        unread=tuple(int(at) for at in given.index[values.loc[given.index].isna()]),
        decimal_comma=comma,
        unsure=_labels(given, open_ones),
        contradicting=_labels(given, against),
        grouped=_labels(given, grouped),
    )


def _labels(given: pd.Series, texts: set[str]) -> tuple[int, ...]:
    return tuple(int(at) for at in given.index[given.isin(list(texts))])


def find_decimal_comma(texts: pd.Series) -> bool | None:
    """Tell whether a comma is the decimal mark of these cells; None when nothing tells."""
    return _read_marks(_fold(str(text)) for text in texts.dropna().unique()).decimal_comma


def can_be_read_two_ways(text: str) -> bool:
    """Tell whether the one mark of a number may part thousands or decimals (``50.000``)."""
    word = _fold(text)
    return bool(_EITHER_COMMA.match(word) or _EITHER_POINT.match(word))


def looks_like_numbers(texts: Iterable[str]) -> bool:
    """Tell whether at least 95 % of the texts are numbers, with whatever marks."""
    words = [_fold(str(text)) for text in texts]
    numbers = sum(bool(_POINT.match(word) or _COMMA.match(word)) for word in words)
    return len(words) > 0 and len(words) - numbers <= 0.05 * len(words)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("\u00a0", " ")
    inside = _BRACKETS.match(plain)
    times = "e4" if "万" in plain else ""
    bare = _CURRENCY.sub("", f"-{inside['inside']}" if inside else plain).replace("万", "")
    return bare.strip().removesuffix("%").strip().replace("- ", "-") + times


def _number(word: str, comma: bool) -> float | None:
    if comma:
        plain = re.sub(r"[. ']", "", word).replace(",", ".")
        return float(plain) if _COMMA.match(word) else None
    return float(re.sub(r"[, ']", "", word)) if _POINT.match(word) else None

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
_POINT = re.compile(r"^[-+]?(?:\d{1,3}(?:[, ']\d{3})+|\d+)(?:\.\d+)?(?:e[-+]?\d+)?$|^[-+]?\.\d+$")
_COMMA = re.compile(r"^[-+]?(?:\d{1,3}(?:[. ']\d{3})+|\d+)(?:,\d+)?$")
_ONLY_COMMA = re.compile(r"^[-+]?(?:\d{1,3}(?:[. ']\d{3})+|\d+),(?:\d{1,2}|\d{4,})$|\.\d{3}[.,]")
_ONLY_POINT = re.compile(r"\.(?:\d{1,2}|\d{4,})$|,\d{3}[.,]")
_EITHER = re.compile(r"^[-+]?[1-9]\d{0,2}\.\d{3}$")
"""A point that may part thousands or decimals where the file has no clearer number."""


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
    """

    values: pd.Series
    unread: tuple[int, ...] = ()
    decimal_comma: bool = False
    unsure: tuple[int, ...] = ()


def read_numbers(texts: pd.Series, *, decimal_comma: bool | None = None) -> NumbersRead:
    """Read a text column as numbers.

    Parameters
    ----------
    texts
        Cells as text, None where blank: ``1,234.50``, ``1.234,50``, ``¥1,200``, ``(300)`` for
        minus 300, ``1.2万``, ``12%`` (as 12).
    decimal_comma
        A person's choice, or what the rest of the file tells; else the column decides.
    """
    given = texts.dropna()
    folded = {text: _fold(text) for text in given.unique()}
    told = find_decimal_comma(given) if decimal_comma is None else decimal_comma
    comma = bool(told)
    known = {text: _number(word, comma) for text, word in folded.items()}
    values = texts.map(known).astype(float)
    unread = tuple(int(at) for at in given.index[values.loc[given.index].isna()])
    open_ones = {text for text, word in folded.items() if told is None and _EITHER.match(word)}
    unsure = tuple(int(at) for at in given.index[given.isin(list(open_ones))])
    return NumbersRead(values=values, unread=unread, decimal_comma=comma, unsure=unsure)


def find_decimal_comma(texts: pd.Series) -> bool | None:
    """Tell whether a comma is the decimal mark of these cells; None when nothing tells."""
    words = [_fold(str(text)) for text in texts.dropna().unique()]
    commas = sum(bool(_ONLY_COMMA.search(word)) for word in words)
    points = sum(bool(_ONLY_POINT.search(word)) for word in words)
    return None if commas == points else commas > points


def looks_like_numbers(texts: Iterable[str]) -> bool:
    """Tell whether at least 95 % of the texts are numbers."""
    values = pd.Series(list(texts), dtype=object)
    return len(values) > 0 and len(read_numbers(values).unread) <= 0.05 * len(values)


def _fold(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().replace("−", "-").replace("\u00a0", " ")
    inside = _BRACKETS.match(plain)
    times = "e4" if "万" in plain else ""
    bare = _CURRENCY.sub("", f"-{inside['inside']}" if inside else plain).replace("万", "")
    return bare.strip().removesuffix("%").strip().replace("- ", "-") + times


def _number(word: str, comma: bool) -> float | None:
    if comma and _COMMA.match(word):
        return float(re.sub(r"[. ']", "", word).replace(",", "."))
    if _POINT.match(word):
        return float(re.sub(r"[, ']", "", word))
    return None

"""Dates as people and tools write them; day and month are told apart by the whole column."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

_TIME = (
    r"(?:[T\s]+(?P<hour>\d{1,2})[:时点](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})?(?:\.\d+)?)?"
    r"秒?\s*(?P<half>[ap]\.?m\.?)?\s*(?:Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
_YEAR_FIRST = re.compile(
    rf"^(?P<year>\d{{4}})\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*"
    rf"(?:[-/.月]\s*(?P<day>\d{{1,2}})\s*日?|月)?{_TIME}$",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})$")
_NUMERIC = re.compile(
    rf"^(?P<first>\d{{1,2}})[-/.](?P<second_part>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){_TIME}$",
    re.IGNORECASE,
)
_DAY_NAME = re.compile(
    rf"^(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-\s]+(?P<name>[a-z]{{3,9}})\.?,?[-\s]+"
    rf"(?P<year>\d{{4}}|\d{{2}}){_TIME}$",
    re.IGNORECASE,
)
_NAME_DAY = re.compile(
    rf"^(?P<name>[a-z]{{3,9}})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_TIME}$",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"^\d{5}(?:\.\d+)?$")
_WEEKDAY = re.compile(
    r"^(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?,?\s+)", re.I
)
_ZH_WEEKDAY = re.compile(r"\s*[(（]?(?:星期|周|礼拜)[一二三四五六日天][)）]?\s*")
_MONTH_DAY = re.compile(r"^(?P<month>\d{1,2})\s?(?:月|[/.])\s?(?P<day>\d{1,2})\s?[日号]?$")
_NAMED_DAY = re.compile(
    r"^(?:(?P<day>\d{1,2})(?:st|nd|rd|th)?[-\s])?(?P<name>[a-z]{3,9})\.?(?:\s(?P<last>\d{1,2}))?$",
    re.IGNORECASE,
)
_MONTH_ONLY = re.compile(
    r"^(?:(?P<year>\d{4})\s?年\s?)?(?P<month>\d{1,2})\s?月(?:份)?\s?(?P<part>上旬|中旬|下旬|初|中|底|末)?$"
)
_PART_NAMED = re.compile(
    r"^(?P<part>early|mid|late)[-\s](?P<name>[a-z]{3,9})\.?(?:\s(?P<year>\d{4}))?$", re.IGNORECASE
)
_PARTS = {"上旬": 5, "初": 5, "early": 5, "中旬": 15, "中": 15, "mid": 15}
_PARTS |= {"下旬": 25, "底": 25, "末": 25, "late": 25}
"""The day that stands for a part of a month; a month alone is its first day."""
_LONGEST = 80
"""Characters beyond which a text is no date."""
_SPACES = re.compile(r"\s+")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = dt.datetime(1899, 12, 30)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesRead:
    """A column of dates.

    Attributes
    ----------
    values
        datetime64, NaT where blank or unread; index as given.
    unread
        Index labels of texts that are no date.
    ambiguous
        True when day and month could be swapped everywhere and nothing in the column tells.
    day_first
        The order used for ``3/4/2026``-like texts, None when there were none.
    """

    values: pd.Series
    unread: tuple[int, ...] = ()
    ambiguous: bool = False
    day_first: bool | None = None


def read_dates(
    texts: pd.Series, *, day_first: bool | None = None, year: int | None = None
) -> DatesRead:
    """Read a text column as dates.

    Parameters
    ----------
    texts
        Cells as text, None where blank. ISO, ``2024.5.1``, ``2024年5月1日``, ``02-Feb-2021
        20:26:58``, spreadsheet serials and day/month or month/day are known.
    day_first
        A person's choice; else decided by the column: a first number above 12 means days,
        a second above 12 months; then by which order never runs backwards.
    year
        The year of dates written without one (``3月5日``); without it they are not read.
    """
    given = texts.dropna()
    folded = {text: _fold(text) for text in given.unique()}
    numeric = [found for text in folded.values() if (found := _NUMERIC.match(text))]
    order, ambiguous = _decide(given, folded, numeric, day_first)
    known = {
        text: _read_one(word, order is not False) or _read_short(word, year)
        for text, word in folded.items()
    }
    values = pd.to_datetime(texts.map(known), errors="coerce").astype("datetime64[s]")
    unread = tuple(int(at) for at in given.index[values.loc[given.index].isna()])
    return DatesRead(
        values=values,
        unread=unread,
        ambiguous=ambiguous,
        day_first=order if numeric else None,
    )


def looks_like_dates(texts: Iterable[str]) -> bool:
    """Tell whether at least nine in ten of the texts are dates (serial numbers do not count)."""
    folded = [_fold(text) for text in texts]
    dated = sum(_read_one(text, True) is not None and not _SERIAL.match(text) for text in folded)
    return bool(folded) and dated >= 0.9 * len(folded)


def lacks_year(text: str) -> bool:
    """Tell whether a text is a day or month of an unnamed year: ``3月5日``, ``4月中旬``, ``5 May``.

    ``3.5`` may as well be a number and does not count, although it is read once a year is known.
    """
    word = _fold(text)
    if re.fullmatch(r"\d{1,2}[/.]\d{1,2}", word):
        return False
    return _read_short(word, None) is None and _read_short(word, 2024) is not None


def names_month_only(text: str) -> bool:
    """Tell whether a text names a month and no day: ``4月中旬``, ``2026年4月``, ``late May``."""
    word = _fold(text)
    found = _NAMED_DAY.match(word)
    bare = found is not None and not (found["day"] or found["last"]) and _month_of(found["name"])
    return bool(_MONTH_ONLY.match(word) or _PART_NAMED.match(word) or bare)


def _month_of(name: str) -> int:
    """Return the number of a month's name; 0 for another word."""
    short = name[:3].casefold()
    return _MONTHS.index(short) + 1 if short in _MONTHS else 0


def _read_short(text: str, year: int | None) -> dt.datetime | None:
    """Read a date without a year in a given one, or a month with its own."""
    whole = _MONTH_DAY.match(text)
    named = _NAMED_DAY.match(text)
    part = _MONTH_ONLY.match(text) or _PART_NAMED.match(text)
    if whole:
        month, day, own = int(whole["month"]), int(whole["day"]), None
    elif named:
        month, day, own = _month_of(named["name"]), int(named["day"] or named["last"] or 1), None
    elif part:
        told = part.groupdict()
        month = int(told["month"]) if told.get("month") else _month_of(told["name"])
        day, own = _PARTS.get((told["part"] or "").casefold(), 1), told["year"]
    else:
        return None
    chosen = int(own) if own else year
    try:
        return dt.datetime(chosen, month, day) if chosen else None
    except ValueError:
        return None


def _fold(text: str) -> str:
    if len(text) > _LONGEST:
        return ""
    text = _SPACES.sub(" ", text)
    plain = _ZH_WEEKDAY.sub(" ", unicodedata.normalize("NFKC", text)).strip()
    return _WEEKDAY.sub("", plain)


def _decide(
    given: pd.Series,
    folded: dict[str, str],
    numeric: list[re.Match[str]],
    chosen: bool | None,
) -> tuple[bool | None, bool]:
    """Return (day first, still ambiguous)."""
    if not numeric or chosen is not None:
        return chosen, False
    firsts = max(int(found["first"]) for found in numeric)
    seconds = max(int(found["second_part"]) for found in numeric)
    if firsts > 12 or seconds > 12:
        return firsts > 12, firsts > 12 and seconds > 12
    if all(found["first"] == found["second_part"] for found in numeric):
        return False, False
    forward = {order: _runs_forward(given, folded, order) for order in (True, False)}
    if forward[True] != forward[False] and len(numeric) > 2:
        return forward[True], False
    return False, True


def _runs_forward(given: pd.Series, folded: dict[str, str], day_first: bool) -> bool:
    read = {text: _read_one(word, day_first) for text, word in folded.items()}
    return bool(pd.to_datetime(given.map(read)).dropna().is_monotonic_increasing)


def _read_one(text: str, day_first: bool) -> dt.datetime | None:
    for pattern, read in _READERS:
        found = pattern.match(text)
        if found:
            try:
                return read(found, day_first)
            except ValueError:
                return None
    return None


def _year_first(found: re.Match[str], _: bool) -> dt.datetime:
    return _timed(found, int(found["year"]), int(found["month"]), int(found["day"] or 1))


def _compact(found: re.Match[str], _: bool) -> dt.datetime:
    return dt.datetime(int(found["year"]), int(found["month"]), int(found["day"]))


def _numeric_parts(found: re.Match[str], day_first: bool) -> dt.datetime:
    first, second = int(found["first"]), int(found["second_part"])
    if first > 12 or second > 12:
        day_first = first > 12
    day, month = (first, second) if day_first else (second, first)
    return _timed(found, _century(found["year"]), month, day)


def _named(found: re.Match[str], _: bool) -> dt.datetime:
    month = _MONTHS.index(found["name"][:3].casefold()) + 1
    return _timed(found, _century(found["year"]), month, int(found["day"]))


def _serial(found: re.Match[str], _: bool) -> dt.datetime:
    number = float(found[0])
    if not 20_000 <= number <= 80_000:
        raise ValueError(number)
    seconds = round(number * 86_400)
    return _EPOCH + dt.timedelta(seconds=seconds)


def _century(year: str) -> int:
    number = int(year)
    return number if number > 99 else number + (2000 if number < 70 else 1900)


def _timed(found: re.Match[str], year: int, month: int, day: int) -> dt.datetime:
    hour = int(found["hour"] or 0)
    half = (found["half"] or "").casefold()[:1]
    if half:
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0))


_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], bool], dt.datetime]], ...] = (
    (_YEAR_FIRST, _year_first),
    (_COMPACT, _compact),
    (_NUMERIC, _numeric_parts),
    (_DAY_NAME, _named),
    (_NAME_DAY, _named),
    (_SERIAL, _serial),
)

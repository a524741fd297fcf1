"""The rounds of a column of waves in their order of time, and whether anything tells it.

An alphabet puts "month 12" before "month 3", and the change from first to last round turns round.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.values.column_lookup import column_texts
from analysis.intake.values.known_words import split_words
from analysis.intake.values.respondents import wave_family, without_arm

USUAL = ("pre", "mid", "post", "follow_up")
_MAX_ROUNDS = 60
_MAX_ROWS = 20_000
# Words of what comes before a baseline, in their order, and of what nothing comes after.
_STARTS = (
    split_words("screening|screen|筛查|初筛"),
    split_words("consent|enrollment|enrolment|enrolled|registration|recruitment|入组|报名|登记"),
    split_words(
        "baseline|base line|intake|entry|pre|pretest|pre test|before|start|基线|前测|干预前"
    ),
)
_ENDS = split_words(
    "endline|end line|end|final|final visit|final survey|exit|close out|closeout|end of study"
    "|终期|期末|末期|终线|末次|结项"
)
_DAYS = {"d": 1.0, "w": 7.0, "m": 30.4375, "q": 91.3125, "y": 365.25}
_UNIT = r"(days?|d|weeks?|wks?|w|months?|mths?|mos?|m|quarters?|q|years?|yrs?|y)"
_AFTER = re.compile(rf"(?<![a-z]){_UNIT}[ .\-]*(\d{{1,4}})(?![\d.])")  # month 3, M12
_BEFORE = re.compile(rf"(?<![\d.])(\d{{1,4}})[ .\-]*{_UNIT}(?![a-z])")  # 3 months, 6m
_CHINESE = re.compile(r"第?(\d{1,3}|[一二三四五六七八九十]{1,3}|半)个?(天|日|周|星期|月|季度|年)")
_CHINESE_DAYS = {"天": "d", "日": "d", "周": "w", "星期": "w", "月": "m", "季度": "q", "年": "y"}
_COUNTED = re.compile(r"^(.*?)第?(\d{1,4}|[一二三四五六七八九十]{1,3})([次轮波期回]?)$")
_CALENDAR = re.compile(r"^((?:19|20)\d\d)年?(?:[ ./\-]?(0?[1-9]|1[0-2])月?)?$")
_DIGITS = {word: number for number, word in enumerate("一二三四五六七八九十", start=1)}
Place = tuple[str, float]
"""What a round is counted in, and its place there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveOrder:
    """Rounds in order of time.

    Attributes
    ----------
    waves
        Names of the rounds.
    values
        Round → its values in the column, of each arm of a trial; only where they differ.
    sure
        Whether names or the tool's own order tell it; else it is the order of the file.
    """

    waves: tuple[str, ...]
    values: Mapping[str, tuple[str, ...]]
    sure: bool


def order_waves(table: Table, column: str, respondent: str | None = None) -> WaveOrder:
    """Put the rounds in a column in order of time.

    Parameters
    ----------
    table
        With a row for each person and round.
    column
        The column of rounds.
    respondent
        The column of people, whose rows a survey tool exports in the order of its events.
    """
    texts = column_texts(table, column)
    events: dict[str, list[str]] = {}
    for value in texts.dropna().unique():
        events.setdefault(without_arm(str(value)), []).append(str(value))
    names = list(events)
    families = [wave_family(name) for name in names]
    known = [family for family in USUAL if family in families]
    if len(known) == len(names):
        return WaveOrder(waves=tuple(known), values={}, sure=True)
    values = {name: tuple(given) for name, given in events.items() if given != [name]}
    places = {name: _place(name) for name in names}
    counted = sorted({kind for kind, _ in places.values() if kind not in ("start", "end")})
    if "" not in counted and len(counted) <= 1 and len(set(places.values())) == len(names):
        rank = {"start": 0, "end": 2}
        ordered = sorted(names, key=lambda name: (rank.get(places[name][0], 1), places[name][1]))
        numbered = len(names) == 2 and counted and not values
        waves = ("pre", "post") if numbered and counted[0].startswith("number") else ordered
        return WaveOrder(waves=tuple(waves), values=values, sure=True)
    rows = pd.DataFrame({"wave": texts.map(lambda one: without_arm(one), na_action="ignore")})
    if respondent is None or respondent not in table.cells or len(names) > _MAX_ROUNDS:
        return WaveOrder(waves=tuple(names), values=values, sure=False)
    rows["person"] = column_texts(table, respondent)
    ordered, whole = _order_of_rows(rows.dropna().head(_MAX_ROWS), names)
    # Only a survey tool's own export is known to keep the order of its events.
    return WaveOrder(waves=tuple(ordered), values=values, sure=whole and table.format == "redcap")


def _place(name: str) -> Place:
    """What a round's name says of its time; an unknown one has the kind ``""``."""
    plain = unicodedata.normalize("NFKC", name).casefold().replace("_", " ").strip("()[] -.")
    for at, words in enumerate(_STARTS):
        if plain in words:
            return "start", float(at)
    if plain in _ENDS:
        return "end", 0.0
    if found := _CALENDAR.match(plain):
        return "calendar", float(found[1]) * 12 + float(found[2] or 0)
    if found := _CHINESE.search(plain):
        return "time", _number(found[1]) * _DAYS[_CHINESE_DAYS[found[2]]]
    if found := _AFTER.search(plain):
        return "time", float(found[2]) * _DAYS[found[1][0]]
    if found := _BEFORE.search(plain):
        return "time", float(found[1]) * _DAYS[found[2][0]]
    if found := _COUNTED.match(plain):
        return f"number {found[1].strip(' -.')}{found[3]}", _number(found[2])
    return "", 0.0


def _number(word: str) -> float:
    """Read digits, or Chinese numbers up to 99: ``十二``, ``半``."""
    if word == "半":
        return 0.5
    if word.isdigit():
        return float(word)
    tens, ten, ones = word.rpartition("十")
    if not ten:
        return float(_DIGITS[word[-1]])
    return float(_DIGITS.get(tens, 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0))


def _order_of_rows(rows: pd.DataFrame, names: Sequence[str]) -> tuple[list[str], bool]:
    """Order rounds as people's rows follow each other; whether each pair of neighbours is told."""
    before: Counter[tuple[str, str]] = Counter()
    for _, rounds in rows.groupby("person", sort=False)["wave"]:
        before.update(combinations(dict.fromkeys(rounds), 2))
    earlier: dict[str, set[str]] = defaultdict(set)
    for (one, other), n in before.items():
        if n > before[other, one]:
            earlier[other].add(one)
    ordered: list[str] = []
    left = list(names)
    while left:
        # Of the rounds that none of the others precedes the first in the file; in a circle, it too.
        free = [name for name in left if not earlier[name] & set(left)]
        chosen = free[0] if free else left[0]
        ordered.append(chosen)
        left.remove(chosen)
    contradicted = any(before[other, one] for one, other in combinations(ordered, 2))
    told = all(before[one, other] for one, other in pairwise(ordered))
    return ordered, told and not contradicted

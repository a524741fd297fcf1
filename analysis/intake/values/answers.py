"""Answer texts become numbers by a rule that can be shown and changed."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pandas as pd

from analysis.intake.values.answer_ladders import (
    Ladder,
    find_ladders,
    normalise_answer,
    strip_letter,
)
from analysis.intake.values.known_words import NOT_GIVEN, split_words

Source = Literal["declared", "number", "vocabulary", "order"]

_UNITS = "分|次|岁|人|年|天|小时|元|个|月|周|points?|pts?|times?|years?|days?|hours?|yrs?"
_NUMBER = re.compile(
    r"^[¥$€£]?\s*(?P<number>[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|[-+−]?\.\d+)\s*"
    rf"(?P<percent>%)?\s*(?:{_UNITS})?$"
)
_LEADING = re.compile(
    r"^(?P<number>[-−]?\d+(?:\.\d+)?)\s*(?:[=:：、)）.—–-]|\s)\s*(?P<rest>[^\d\s\-–—+].*)$"
)
_TRAILING = re.compile(r"^[^\d].*?[(（=:：]\s*(?P<number>[-−]?\d+(?:\.\d+)?)\s*分?\s*[)）]?$")
_SPACES = re.compile(r"\s+")
_LONGEST = 2_000
_EITHER = re.compile(r"^\d+\s*(?:or|to|and|或者?|到|至|和)\s*\d", re.IGNORECASE)
"""Two numbers in one answer: nobody can tell which was meant."""
_CODE = re.compile(r"^[a-z]+0*(?P<number>\d+)$")
_UNSURE = {
    "不清楚": "清楚",
    "不知道": "知道",
    "不了解": "了解",
    "don't know": "know",
    "dont know": "know",
    "do not know": "know",
}
"""Answers that mean "no answer" unless the other answers are about the same word."""
_DK = frozenset(_UNSURE)
_REFUSED = frozenset(
    split_words(
        "i don't remember|don't remember|can't remember|prefer not to answer|prefer not to say"
        "|refused|rather not say|不记得|记不清|记不清了|拒绝回答|不愿回答|不便透露|不想回答"
    )
)
_HALF_SURE = frozenset(split_words("not sure|unsure|i'm not sure|不确定|说不清|不好说"))
_YES_NO = frozenset(split_words("yes|no|是|否|有|没有|会|不会|能|不能|y|n"))


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRule:
    """How the answers of one measure become numbers.

    Attributes
    ----------
    numbers
        Answer text as given → number.
    sources
        Answer text → why: ``declared`` in the study file, the text is a ``number``, found in the
        ``vocabulary``, or by ``order`` of codes.
    unmatched
        Texts without a number, most frequent first.
    points
        Rungs of the vocabulary used; 0 when none was.
    """

    numbers: Mapping[str, float]
    sources: Mapping[str, Source]
    unmatched: tuple[str, ...] = ()
    points: int = 0
    labels: Mapping[float, str] = field(default_factory=dict)

    def apply(self, texts: pd.Series) -> pd.Series:
        """Return the numbers of a text column; unmatched and missing are NaN."""
        return texts.map(dict(self.numbers)).astype(float)


def propose_answer_rule(
    values: Sequence[str],
    bounds: tuple[float, float] | None = None,
    answers: Mapping[str, float] | None = None,
    *,
    order: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
) -> AnswerRule:
    """Propose how answer texts become numbers.

    Parameters
    ----------
    values
        Answers as given; repeats are allowed.
    bounds
        Declared lowest and highest number of the scale.
    answers
        Declared answer text → number; wins over everything.
    order
        Declared or exported order of the answers, lowest first.
    labels
        Code → wording, in the order of the form, where a dictionary tells.

    Returns
    -------
    AnswerRule
        Numbers in the units of ``bounds``. Numbers outside it are kept here: the reader lists
        them.
    """
    counted = Counter(values)
    numbers: dict[str, float] = {}
    sources: dict[str, Source] = {}
    declared = {normalise_answer(text): value for text, value in (answers or {}).items()}
    _add(counted, numbers, sources, "declared", declared)
    left = [text for text in counted if text not in numbers]
    told = {text: number for text in left if (number := read_number(text, bounds)) is not None}
    _add_exact(numbers, sources, "number", told)
    left = [text for text in left if text not in told]
    labels = labels or {}
    worded = {text: labels.get(text, text) for text in left}
    climbed, points = _by_vocabulary(_without_unsure(sorted(set(worded.values()))), bounds)
    words = {text: climbed[word] for text, word in worded.items() if word in climbed}
    _add_exact(numbers, sources, "vocabulary", words)
    left = [text for text in left if text not in words]
    _add_exact(
        numbers, sources, "order", _by_order(left, bounds, order or _ladder_of(labels, bounds))
    )
    unmatched = tuple(
        text
        for text, _ in counted.most_common()
        if text not in numbers and normalise_answer(text) not in NOT_GIVEN
    )
    return AnswerRule(
        numbers=numbers,
        sources=sources,
        unmatched=unmatched,
        points=points,
        labels=_labels(counted, numbers, sources, labels),
    )


def _ladder_of(labels: Mapping[str, str], bounds: tuple[float, float] | None) -> tuple[str, ...]:
    """Return the codes in the order of the form where they are as many as the scale's points."""
    return tuple(labels) if len(labels) == _points(bounds) else ()


def read_number(text: str, bounds: tuple[float, float] | None = None) -> float | None:
    """Read the number an answer states, or None: ``5分``, ``５０％``, ``1,234``, ``5=非常满意``.

    A percentage stays 0–100 unless ``bounds`` end at or below 1, then it becomes a share.
    """
    if len(text) > _LONGEST:
        return None  # a story, however it begins
    folded = _SPACES.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()
    plain = _NUMBER.match(folded)
    if plain:
        number = _float(plain["number"])
        share = bool(plain["percent"]) and bounds is not None and bounds[1] <= 1
        return number / 100 if share else number
    found = _LEADING.match(folded) or _TRAILING.match(folded)
    return _float(found["number"]) if found and not _EITHER.match(folded) else None


def propose_range(values: Sequence[str]) -> tuple[float, float] | None:
    """Propose the range of a scale from its answers: a ladder of which every rung was used.

    Else the usual ladder (five rungs first) that holds all the words with fewest on one rung.

    Numbers give a range only where they look like a rating (whole, 0–10, at most 11 of them).
    """
    texts = list(dict.fromkeys(values))
    numbers = [read_number(text) for text in texts]
    if texts and all(number is not None for number in numbers):
        return _rating_range([number for number in numbers if number is not None])
    words = [text for text, number in zip(texts, numbers, strict=True) if number is None]
    words = _without_unsure(words)
    if words and all(_CODE.match(normalise_answer(word)) for word in words):
        return _rating_range([_code_number(word) for word in words])
    return next((r for r in _ladder_ranges(words) if r), None)


def _without_unsure(words: list[str]) -> list[str]:
    """Leave out refusals, and "don't know" where no other answer speaks of knowing."""
    folded = {word: normalise_answer(word) for word in words}
    told = [
        word
        for word, plain in folded.items()
        if plain not in _REFUSED
        and (plain not in _UNSURE or any(_UNSURE[plain] in o for o in set(folded.values()) - _DK))
    ]
    sure = [word for word in told if folded[word] not in _HALF_SURE]
    yes_no = 0 < len(sure) <= 2 and {folded[word] for word in sure} <= _YES_NO
    return sure if yes_no else told


def _ladder_ranges(words: list[str]) -> list[tuple[float, float] | None]:
    best: list[tuple[int, int]] = []
    for points in (5, 4, 7, 6, 3, 2):
        found, _ = _by_vocabulary(words, (1.0, float(points)))
        if len(found) == len(words):
            best.append((len(words) - len(set(found.values())), points))
    if not best or not words:
        return []
    clashes = min(clash for clash, _ in best)
    fewest = [points for clash, points in best if clash == clashes]
    filled = [points for points in fewest if points == len(words) - clashes and points > 2]
    chosen = filled[0] if filled else fewest[0]
    return [(0.0, 1.0) if chosen == 2 else (1.0, float(chosen))]


def _rating_range(numbers: list[float]) -> tuple[float, float] | None:
    low, high = min(numbers), max(numbers)
    if any(number != int(number) for number in numbers) or low < 0 or high > 10:
        return None
    if low == 0:
        return (0.0, next(float(top) for top in (1, 2, 3, 4, 6, 10) if high <= top))
    return (1.0, next(float(top) for top in (2, 3, 4, 5, 7, 10) if high <= top))


def _add(
    counted: Mapping[str, int],
    numbers: dict[str, float],
    sources: dict[str, Source],
    source: Source,
    known: Mapping[str, float],
) -> None:
    for text in counted:
        folded = normalise_answer(text)
        value = known.get(folded, known.get(strip_letter(folded)))
        if value is not None:
            numbers[text], sources[text] = float(value), source


def _add_exact(
    numbers: dict[str, float],
    sources: dict[str, Source],
    source: Source,
    known: Mapping[str, float],
) -> None:
    numbers.update(known)
    sources.update(dict.fromkeys(known, source))


def _by_vocabulary(
    texts: Sequence[str], bounds: tuple[float, float] | None
) -> tuple[dict[str, float], int]:
    """Map texts by the ladder that holds most of them, with fewest two on one rung."""
    points = _points(bounds)
    folded = {text: normalise_answer(text) for text in texts}
    if not points or not texts or bounds is None:
        return {}, 0
    bare = {text: strip_letter(word) for text, word in folded.items()}
    ladders = find_ladders(sorted({*folded.values(), *bare.values()}), points)
    best: dict[str, int] = {}
    rank = (0, 0)
    for ladder in ladders:
        found = _climb(ladder, folded, bare)
        score = (len(found), len(set(found.values())))
        if score > rank:
            best, rank = found, score
    return {text: bounds[0] + rung for text, rung in best.items()}, points if best else 0


def _climb(ladder: Ladder, folded: Mapping[str, str], bare: Mapping[str, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for text, word in folded.items():
        for rung, words in enumerate(ladder):
            if word in words or bare[text] in words:
                found[text] = rung
                break
    return found


def _points(bounds: tuple[float, float] | None) -> int:
    if bounds is None:
        return 0
    span = bounds[1] - bounds[0]
    return int(span) + 1 if span == int(span) and 1 <= span <= 6 else 0


def _by_order(
    texts: Sequence[str], bounds: tuple[float, float] | None, order: Sequence[str]
) -> dict[str, float]:
    """Number codes A1 … A5, or the declared order of answers."""
    if not texts:
        return {}
    start = bounds[0] if bounds else 0.0
    ranks = {normalise_answer(text): at for at, text in enumerate(order)}
    if ranks:
        known = {text: ranks.get(normalise_answer(text)) for text in texts}
        return {text: start + at for text, at in known.items() if at is not None}
    coded = [text for text in texts if _CODE.match(normalise_answer(text))]
    letters = {re.sub(r"\d+$", "", normalise_answer(text)) for text in coded}
    if len(coded) != len(texts) or len(letters) != 1:
        return {}
    return {text: start + _code_number(text) - 1 for text in coded}


def _code_number(text: str) -> float:
    found = _CODE.match(normalise_answer(text))
    return float(found["number"]) if found else float("nan")


def _labels(
    counted: Mapping[str, int],
    numbers: Mapping[str, float],
    sources: Mapping[str, Source],
    wordings: Mapping[str, str],
) -> dict[float, str]:
    """Return the most frequent wording of each number that was given in words."""
    labels: dict[float, tuple[int, str]] = {}
    for text, number in numbers.items():
        if text in wordings:
            labels[number] = max(labels.get(number, (0, "")), (counted[text], wordings[text]))
            continue
        bare_number = sources[text] == "number" and _NUMBER.match(
            unicodedata.normalize("NFKC", text).strip().casefold()
        )
        if not bare_number:
            labels[number] = max(labels.get(number, (0, "")), (counted[text], text))
    return {number: labels[number][1] for number in sorted(labels)}


def _float(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))

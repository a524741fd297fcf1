"""What each number of a file counts, learnt from studies that the attacker made himself.

He knows his own studies, evaluates them with the same program and compares: a number that is in
every study as large as one set of people counts that set. So he reads numbers that nobody has told
him the meaning of: an ``n`` beside another, the length of a list, a count among the details of a
test. In the file of somebody else he then combines everything that he can read of one crowd.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

import numpy as np

from analysis import evaluate
from benchmarks.attack.crowds import Crowd, crowds_of
from benchmarks.attack.linear import isolate
from benchmarks.attack.made_studies import MEASURES, Floats, draw_study
from benchmarks.attack.spoils import LEAST, Spoils, number

#: Studies that the attacker makes to learn from; none of them is among those attacked.
_LESSONS = range(90_000, 90_024)
_OFFSETS = (0.0, -1.0, -2.0)
#: A meaning is believed after so many studies and so many different values.
_SEEN, _DIFFERENT = 8, 5
#: It may be wrong once in ten: with a comparison group some numbers are of others.
_RIGHT = 0.9
#: Numbers of a place whose meanings are guessed, and of one study that are tried.
_GUESSED, _OF_A_STUDY = 3, 6
_NAMES = ("name", "value", "by", "variable", "level", "group", "measure", "item", "wave", "session")
_LABELS = (*_NAMES, "month", "period", "kind", "domain", "role", "cohort", "quarter", "activity")
_AT = ("time_days", "lapse_after_days", "days", "since", "until", "step")


@dataclass(frozen=True, slots=True)
class Told:
    """A number of a file: its place without labels, the labels, and the number."""

    place: str
    labels: tuple[str, ...]
    value: float


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the numbers at a place count: a set of a crowd, less a constant."""

    crowd: str
    name: tuple[str, ...]
    less: float


@dataclass(slots=True)
class _Lesson:
    """How often each meaning of the numbers at one place was right."""

    right: Counter[Meaning] = field(default_factory=Counter)
    tried: int = 0
    studies: set[int] = field(default_factory=set)
    values: set[float] = field(default_factory=set)

    def believed(self) -> tuple[Meaning, ...]:
        """Meanings that were right nearly always; of the first numbers all are guessed."""
        if len(self.studies) < _SEEN or len(self.values) < _DIFFERENT:
            return ()
        enough = _RIGHT * self.tried - _GUESSED
        return tuple(sorted((one for one, n in self.right.items() if n >= enough), key=str))


def list_told(part: Any, place: str = "", labels: tuple[str, ...] = ()) -> Iterator[Told]:
    """Every number of a file that could be a count, with the labels on the way to it."""
    if isinstance(part, Mapping):
        yield from _of_record(part, place, labels)
    elif isinstance(part, list):
        yield Told(f"{place}.length", labels, float(len(part)))
        for at, one in enumerate(part):
            yield from _of_entry(one, at, place, labels)
    elif (told := number(part)) is not None:
        yield Told(place, labels, told)


def _of_record(part: Mapping[str, Any], place: str, labels: tuple[str, ...]) -> Iterator[Told]:
    told = (part.get(key) for key in (*_LABELS, *_AT))
    here = (*labels, *(str(one) for one in told if isinstance(one, str | float | int)))
    share, n = number(part.get("estimate")), number(part.get("n"))
    if share is not None and n:
        yield Told(f"{place}.estimate × n", here, share * n)
        yield Told(f"{place}.estimate × (1 − n)", here, (1 - share) * n)
    for key, one in part.items():
        if key[:1].isdigit():
            yield from list_told(one, f"{place}.#", (*here, key))
        else:
            yield from list_told(one, f"{place}.{key}", here)


def _of_entry(one: Any, at: int, place: str, labels: tuple[str, ...]) -> Iterator[Told]:
    if isinstance(one, list) and one and isinstance(one[0], str | int | float):
        for column, told in enumerate(one[1:], start=1):
            yield from list_told(told, f"{place}[{column}]", (*labels, str(one[0])))
    elif isinstance(one, Mapping):
        yield from list_told(one, f"{place}[{one.get('method') or ''}]", labels)
    else:
        yield from list_told(one, f"{place}[{min(at, 3)}]", labels)


def _countable(told: Told) -> bool:
    return abs(told.value) < 1e5 and abs(told.value * 10 - round(told.value * 10)) < 1e-6


@cache
def learn_meanings(lessons: range = _LESSONS) -> dict[str, tuple[Meaning, ...]]:
    """What the numbers at each place count, from the evaluator's files of made studies."""
    from dashboard.exports.results_file import write_results

    found: dict[str, _Lesson] = {}
    for seed in lessons:
        study, truth = draw_study(seed)
        results = json.loads(write_results(evaluate(study)))
        crowds, often = crowds_of(study, truth), Counter[str]()
        for told in filter(_countable, list_told(results)):
            often[told.place] += 1
            if often[told.place] <= _OF_A_STUDY:
                _learn(found.setdefault(told.place, _Lesson()), told, crowds, seed)
    return {place: told for place, lesson in found.items() if (told := lesson.believed())}


def _learn(lesson: _Lesson, told: Told, crowds: Mapping[str, Crowd], seed: int) -> None:
    lesson.studies.add(seed)
    lesson.values.add(round(told.value, 6))
    lesson.tried += 1
    if lesson.tried <= _GUESSED:
        lesson.right.update(
            Meaning(name, meaning, less)
            for name, crowd in crowds.items()
            for meaning, sums in _sums(crowd, told.labels)
            for less in _OFFSETS
            if abs(sums + less - told.value) < 1e-6
        )
    else:
        lesson.right.update([one for one in lesson.right if _agrees(one, told, crowds)])
        enough = _RIGHT * lesson.tried - _GUESSED
        lesson.right = Counter({one: n for one, n in lesson.right.items() if n >= enough})


def _sums(crowd: Crowd, labels: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], float]]:
    if crowd.size:
        names, rows = crowd.meanings(labels)
        yield from zip(names, rows.sum(axis=1).tolist(), strict=True)


def _agrees(meaning: Meaning, told: Told, crowds: Mapping[str, Crowd]) -> bool:
    crowd = crowds.get(meaning.crowd)
    weights = None if crowd is None else crowd.weights_of(meaning.name, told.labels)
    return weights is not None and abs(weights.sum() + meaning.less - told.value) < 1e-6


def attack_meanings(
    results: Mapping[str, Any], crowds: Mapping[str, Crowd], spoils: Spoils
) -> None:
    """Combine all numbers of a file that the attacker can read, crowd by crowd.

    A number that does not agree with the truth is rounded, or of others, and is not used. Of the
    survey each measure is taken with what is about no measure: how many answered one question and
    left out another is no secret, what they answered is.
    """
    read: dict[tuple[str, str], dict[bytes, tuple[str, Floats]]] = {}
    for told in list_told(results):
        found = _read(told, crowds)
        if found is not None:
            crowd, weights = found
            subject = next(
                (one for one in told.labels if crowd == "survey" and one in MEASURES), ""
            )
            label = f"{told.place} {' '.join(told.labels)}".strip()
            read.setdefault((crowd, subject), {}).setdefault(weights.tobytes(), (label, weights))
    for (crowd, subject), numbers in read.items():
        if subject or crowd != "survey":
            general = read.get((crowd, ""), {}) if subject else {}
            _combine(crowd, list({**general, **numbers}.values()), spoils)


def _read(told: Told, crowds: Mapping[str, Crowd]) -> tuple[str, Floats] | None:
    """Whom a number counts; None for one that the attacker cannot read."""
    for meaning in learn_meanings().get(told.place, ()):
        if _agrees(meaning, told, crowds):
            weights = crowds[meaning.crowd].weights_of(meaning.name, told.labels)
            return None if weights is None else (meaning.crowd, weights)
    return None


def _combine(crowd: str, told: Sequence[tuple[str, Floats]], spoils: Spoils) -> None:
    """Numbers of few; two that differ by few; then any combination."""
    taken: set[bytes] = set()

    def take(attack: str, weights: Floats, example: str) -> None:
        few = np.abs(weights) > 1e-9
        if 0 < few.sum() < LEAST and few.tobytes() not in taken:
            taken.add(few.tobytes())
            spoils.take(attack, int(few.sum()), example)

    for label, weights in told:
        take(f"{crowd}: a number of few", weights, label)
    for (one, a), (other, b) in combinations(told, 2):
        take(f"{crowd}: two numbers that differ by few", a - b, f"{one} − {other}")
    if taken:
        return
    for few, used in isolate([weights[None] for _, weights in told]):
        example = " | ".join(told[at][0] for at in used[:6])
        spoils.take(f"{crowd}: a combination of numbers", few, example)

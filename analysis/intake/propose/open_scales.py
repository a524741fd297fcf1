"""Scales whose ends the answers leave open: 1 to 4 may lie on a scale to 4, 5, 7 or 10."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from analysis.intake.propose.wave_ranges import Wave, wave_answers
from analysis.intake.values.answers import propose_range, read_number
from analysis.plan import MeasurePlan

RANGES: tuple[tuple[float, float], ...] = (
    (1, 3),
    (1, 4),
    (1, 5),
    (1, 6),
    (1, 7),
    (1, 10),
    (0, 3),
    (0, 4),
    (0, 5),
    (0, 6),
    (0, 10),
)
"""Scales offered where nothing tells which one was used."""
_USUAL_TOPS = frozenset((5.0, 7.0, 10.0))
"""Ends of the common rating scales: answers that use every step up to one of them settle it."""
_STATED = re.compile(
    r"\b(?P<low>[01])\s*(?:[-–—~～]|to|到|至)\s*(?P<high>10|[3-9])(?!\d)"
    r"|\b(?P<first>[01])\s*(?:=|＝|分[:：=]).{1,40}?(?P<last>10|[3-9])\s*(?:=|＝|分[:：=])"
)
_ODD_SHARE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenScale:
    """A scale nobody declared: the lowest and highest answer given, and the scales that hold them.

    Attributes
    ----------
    low, high
        Of the answers.
    options
        Scales a person may choose from.
    """

    low: float
    high: float
    options: tuple[tuple[float, float], ...]


def find_open_scale(measure: MeasurePlan, waves: Sequence[Wave]) -> OpenScale | None:
    """Return what is open about a measure's scale; None where wording or answers settle it.

    Parameters
    ----------
    measure
        As proposed, or as it stands in a study file.
    waves
        Tables that hold its items, with their columns' other names.

    Notes
    -----
    Words of a ladder, choices declared by a questionnaire and a range stated in the question
    settle a scale. So do answers in numbers that use every step from 1 (or 0) to 5, 7 or 10.
    """
    if measure.kind != "scale" or measure.range is None or measure.answers or measure.order:
        return None
    wordings = [measure.label, *measure.texts.values(), *measure.items]
    told = [
        one for text in wordings for one in (text.values() if isinstance(text, dict) else [text])
    ]
    if stated_range(text for text in told if text):
        return None
    if any(table.choices.get(item) for table, _ in waves for item in measure.items):
        return None
    given = [str(a) for item in measure.items for a in wave_answers(item, waves)]
    bare = [text for text in given if re.fullmatch(r"\s*\d{1,2}(?:\.0+)?\s*", text)]
    if not bare or len(bare) < (1 - _ODD_SHARE) * len(given):
        return None
    steps = {n for text in bare if (n := read_number(text)) is not None}
    steps = {n for n in steps if measure.range[0] <= n <= measure.range[1]}
    return _open(steps, measure.range) if steps else None


def _open(steps: set[float], proposed: tuple[float, float]) -> OpenScale | None:
    low, high = min(steps), max(steps)
    whole = {float(n) for n in range(int(proposed[0]), int(proposed[1]) + 1)}
    if high in _USUAL_TOPS and high == proposed[1] and whole <= steps:
        return None
    options = tuple(one for one in RANGES if one[0] <= low and high <= one[1])
    return OpenScale(low=low, high=high, options=options) if options else None


def settle_ratings(given: Sequence[str], header: str) -> tuple[float, float] | None:
    """Return the scale of ratings that their header states or that they reach the end of.

    Ratings up to 5 may lie on a scale to 5 or to 7: a person says which.
    """
    scale = propose_range(given)
    stated = stated_range([header])
    if stated is not None and (scale is None or scale[1] <= stated[1]):
        return stated
    return scale if scale is not None and (scale[0] < 1 or scale[1] >= 7) else None


def stated_range(wordings: Iterable[str]) -> tuple[float, float] | None:
    """Return the range that the wording of a question or a note states.

    Examples
    --------
    >>> stated_range(["How safe do you feel? (1 = not at all, 5 = very)", "评分（1到7分）"])
    (1.0, 5.0)
    """
    for text in wordings:
        found = _STATED.search(text)
        if found:
            low, high = found["low"] or found["first"], found["high"] or found["last"]
            return float(low), float(high)
    return None

"""Propose links between codes that differ by a slip; a person accepts, nothing merges silently."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.optimize import linear_sum_assignment

from analysis.intake.values.respondents import normalise_code
from analysis.plan import Slip

_LARGEST = 20_000_000
_ONE_OF_THREE = 0.65
_ONE_CHARACTER = 0.8
_NO_PREFIX = 0.95
_BLOCK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposedLink:
    """Two codes that may be one person: ``similarity`` 0–1, ``slip`` says why."""

    code: str
    same_as: str
    similarity: float
    slip: Slip


def propose_links(
    codes_a: Sequence[str], codes_b: Sequence[str], *, threshold: float = 0.6
) -> tuple[ProposedLink, ...]:
    """Propose one-to-one links between the unmatched codes of two waves.

    Parameters
    ----------
    codes_a
        Codes of the earlier wave; those found in ``codes_b`` after normalising are set aside.
    codes_b
        Codes of the later wave.
    threshold
        Lowest similarity proposed, 0–1: 1 − edits / length, where a transposition of neighbours
        is one edit (optimal string alignment) and swapped fields count half an edit.

    Returns
    -------
    tuple of ProposedLink
        ``code`` of ``codes_b`` to be read as ``same_as`` of ``codes_a``, most similar first. The
        sum of similarities is the largest possible (assignment, Crouse 2016,
        doi:10.1109/TAES.2016.140952). A code with another as near, in the other wave or among
        the certainly different people of its own, is not proposed: where codes count people one
        by one (B005, B006 …) a single character says nothing.
    """
    a = sorted({normalise_code(code) for code in codes_a if code})
    b = sorted({normalise_code(code) for code in codes_b if code})
    left, right = sorted(set(a) - set(b)), sorted(set(b) - set(a))
    if not left or not right:
        return ()
    pairs = _assigned(left, right, threshold)
    links = [
        ProposedLink(
            code=right[column],
            same_as=left[row],
            similarity=near,
            slip=_slip(left[row], right[column]),
        )
        for row, column, near in pairs
    ]
    return tuple(sorted(_alone(links, a, b), key=lambda link: (-link.similarity, link.code)))


def _assigned(
    left: Sequence[str], right: Sequence[str], threshold: float
) -> list[tuple[int, int, float]]:
    """Return one-to-one pairs (row, column, similarity) with the largest sum."""
    if len(left) * len(right) > _LARGEST:
        return _assigned_by_rank(left, right, threshold)
    similarity = _similarity(left, right)
    similarity[similarity < threshold] = 0.0
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    return [
        (int(row), int(column), float(similarity[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if similarity[row, column] > 0
    ]


def _assigned_by_rank(
    left: Sequence[str], right: Sequence[str], threshold: float
) -> list[tuple[int, int, float]]:
    """Pair the most similar first: for more codes than an assignment can hold."""
    found: list[tuple[float, int, int]] = []
    for start in range(0, len(left), _BLOCK):
        near = _similarity(left[start : start + _BLOCK], right)
        best = near.argmax(axis=1)
        found += [
            (float(near[row, column]), start + row, int(column))
            for row, column in enumerate(best)
            if near[row, column] >= threshold
        ]
    taken: set[int] = set()
    pairs: list[tuple[int, int, float]] = []
    for similarity, row, column in sorted(found, key=lambda one: (-one[0], one[1])):
        if column not in taken:
            taken.add(column)
            pairs.append((row, column, similarity))
    return pairs


def _alone(links: Sequence[ProposedLink], a: Sequence[str], b: Sequence[str]) -> list[ProposedLink]:
    """Keep the links of which no third code is as near to either of the two."""
    everyone = sorted({*a, *b})
    at = {code: place for place, code in enumerate(everyone)}
    kept: list[ProposedLink] = []
    for start in range(0, len(links), _BLOCK):
        block = links[start : start + _BLOCK]
        pair = np.array([[at[link.code], at[link.same_as]] for link in block])
        nearest = np.zeros(len(block))
        for side in (0, 1):
            near = _similarity([everyone[place] for place in pair[:, side]], everyone)
            for own in (0, 1):
                near[np.arange(len(block)), pair[:, own]] = 0.0
            nearest = np.maximum(nearest, near.max(axis=1))
        kept += [link for link, n in zip(block, nearest, strict=True) if n < link.similarity]
    return kept


def _similarity(left: Sequence[str], right: Sequence[str]) -> np.ndarray:
    best: np.ndarray = process.cdist(
        left, right, scorer=OSA.normalized_similarity, dtype=np.float64
    )
    for spell, likeness in _SPELLINGS:
        numbers = {text: n for n, text in enumerate({spell(code) for code in (*left, *right)})}
        rows = np.array([numbers[spell(code)] for code in left])
        columns = np.array([numbers[spell(code)] for code in right])
        best = np.where(rows[:, None] == columns[None, :], np.maximum(best, likeness), best)
    # "017" may be "B017"; "A017" and "B017" are two codes.
    numbered = np.array([code.isdigit() for code in left])[:, None]
    numbered = numbered != np.array([code.isdigit() for code in right])[None, :]
    digits = [np.array([_digits(code) for code in codes], dtype=object) for codes in (left, right)]
    lacking = numbered & (digits[0][:, None] == digits[1][None, :])
    best = np.where(lacking, np.maximum(best, _NO_PREFIX), best)
    # One of three characters is a third of a name and yet one slip of the pen.
    named = np.array([_is_long_name(code) for code in left])[:, None]
    named = named & np.array([_is_long_name(code) for code in right])[None, :]
    return np.where(named & (best > _ONE_OF_THREE), np.maximum(best, _ONE_CHARACTER), best)


def _is_long_name(code: str) -> bool:
    return 3 <= len(code) <= 4 and all("\u4e00" <= char <= "\u9fff" for char in code)


def without_zeros(code: str) -> str:
    """Return a code without the zeros in front."""
    return code.lstrip("0") or code


def without_marks(code: str) -> str:
    """Return a code without hyphens, points and other marks."""
    return "".join(char for char in code if char.isalnum())


def with_digits_for_letters(code: str) -> str:
    """Return a code with letters that are read for digits written as these: O as 0, l as 1."""
    return without_marks(code).translate(_ALIKE) if any(char.isdigit() for char in code) else code


def _digits(code: str) -> str:
    """Return the number behind a prefix of letters; the code itself when it is no such code."""
    found = _PREFIXED.match(code)
    return found["digits"].lstrip("0") if found else code


def as_it_sounds(name: str) -> str:
    """Return a Chinese name as it sounds, without tones; other texts as they are."""
    if not 2 <= len(name) <= 4 or not all("\u4e00" <= char <= "\u9fff" for char in name):
        return name
    from pypinyin import Style, lazy_pinyin

    return " ".join(lazy_pinyin(name, style=Style.NORMAL))


def _fields(code: str) -> str:
    """Return the letter and digit runs of a code in one order, so that swapped fields meet."""
    runs: list[str] = []
    for char in code:
        if runs and char.isalnum() and runs[-1][-1].isdigit() == char.isdigit():
            runs[-1] += char
        elif char.isalnum():
            runs.append(char)
    return "\0".join(sorted(runs))


_ALIKE = str.maketrans("OIL", "011")
_PREFIXED = re.compile(r"^[A-Z]{0,4}[-_.]?(?P<digits>\d{2,20})$")
_SPELLINGS: tuple[tuple[Callable[[str], str], float], ...] = (
    (without_marks, 0.98),
    (without_zeros, 0.97),
    (with_digits_for_letters, 0.96),
    (as_it_sounds, 0.95),
    (_fields, 0.94),
)
"""Spellings under which two codes meet, and how alike they then are."""


def _slip(one: str, other: str) -> Slip:
    slips: tuple[tuple[Slip, Callable[[str], str]], ...] = (
        ("leading_zeros", without_zeros),
        ("punctuation", without_marks),
        ("look_alikes", with_digits_for_letters),
        ("same_pinyin", as_it_sounds),
    )
    met: Slip | None = next((slip for slip, spell in slips if spell(one) == spell(other)), None)
    if met is not None:
        return met
    if one.isdigit() != other.isdigit() and _digits(one) == _digits(other):
        return "missing_prefix"
    if _fields(one) == _fields(other):
        return "swapped_fields"
    if OSA.distance(one, other) == 1:
        return "transposition" if sorted(one) == sorted(other) else "one_character"
    return "similar"

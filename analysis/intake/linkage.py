"""Propose links between codes that differ by a slip; a person accepts, nothing merges silently."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.optimize import linear_sum_assignment

from analysis.intake.respondents import normalise_code

Slip = Literal["leading_zeros", "swapped_fields", "transposition", "one_character", "similar"]

_LARGEST = 20_000_000


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
        doi:10.1109/TAES.2016.140952). A code with two equally good partners is not proposed.
    """
    a = sorted({normalise_code(code) for code in codes_a if code})
    b = sorted({normalise_code(code) for code in codes_b if code})
    left, right = sorted(set(a) - set(b)), sorted(set(b) - set(a))
    if not left or not right or len(left) * len(right) > _LARGEST:
        return ()
    similarity = _similarity(left, right)
    similarity[similarity < threshold] = 0.0
    rows, columns = linear_sum_assignment(similarity, maximize=True)
    links = [
        ProposedLink(
            code=right[column],
            same_as=left[row],
            similarity=float(similarity[row, column]),
            slip=_slip(left[row], right[column]),
        )
        for row, column in zip(rows, columns, strict=True)
        if similarity[row, column] > 0 and not _is_tied(similarity, int(row), int(column))
    ]
    return tuple(sorted(links, key=lambda link: (-link.similarity, link.code)))


def _similarity(left: Sequence[str], right: Sequence[str]) -> np.ndarray:
    direct = process.cdist(left, right, scorer=OSA.normalized_similarity, dtype=np.float64)
    bare = process.cdist(
        [code.lstrip("0") or code for code in left],
        [code.lstrip("0") or code for code in right],
        scorer=OSA.normalized_similarity,
        dtype=np.float64,
    )
    swapped = process.cdist(
        [_fields(code) for code in left],
        [_fields(code) for code in right],
        scorer=OSA.normalized_similarity,
        dtype=np.float64,
    )
    same_fields = np.where(swapped == 1.0, 0.95, 0.0)
    same_bare = np.where(bare == 1.0, 0.97, 0.0)
    best: np.ndarray = np.maximum(np.maximum(direct, same_fields), same_bare)
    return best


def _fields(code: str) -> str:
    """Return the letter and digit runs of a code in one order, so that swapped fields meet."""
    runs: list[str] = []
    for char in code:
        if runs and char.isalnum() and runs[-1][-1].isdigit() == char.isdigit():
            runs[-1] += char
        elif char.isalnum():
            runs.append(char)
    return "\0".join(sorted(runs))


def _is_tied(similarity: np.ndarray, row: int, column: int) -> bool:
    best = similarity[row, column]
    return bool((similarity[row] >= best).sum() > 1 or (similarity[:, column] >= best).sum() > 1)


def _slip(one: str, other: str) -> Slip:
    if one.lstrip("0") == other.lstrip("0"):
        return "leading_zeros"
    if _fields(one) == _fields(other):
        return "swapped_fields"
    if OSA.distance(one, other) == 1:
        return "transposition" if sorted(one) == sorted(other) else "one_character"
    return "similar"

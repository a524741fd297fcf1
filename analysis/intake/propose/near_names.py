"""Names that are nearly alike, found by keyed marks: the names themselves are not kept.

When a file is coded, each name leaves beside its code the keyed hashes of its near spellings: as it
sounds, with O for 0, with one letter left open, with one letter left out. Two codes that share a
mark may be one person. Without the key a mark tells no more than a code does.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from analysis.intake.check.linkage import (
    ProposedLink,
    as_it_sounds,
    with_digits_for_letters,
    without_marks,
    without_zeros,
)
from analysis.intake.check.personal import normalise_personal
from analysis.intake.values.respondents import normalise_code
from analysis.plan import Slip

MARKED_KINDS = frozenset({"name", "phone", "id_card", "wechat"})
"""Kinds of personal data that are compared: an address or e-mail says less of who wrote it."""
MAX_MARKED = 5_000
"""Codes of a study up to which marks are kept."""
_DIGITS = 12
_MAX_SHARING = 6
"""Codes that share one mark beyond which it tells nobody apart."""
_SHORTEST = 3
_SLIPS: Mapping[str, tuple[Slip, float]] = {
    "b": ("punctuation", 0.98),
    "z": ("leading_zeros", 0.97),
    "l": ("look_alikes", 0.96),
    "p": ("same_pinyin", 0.95),
    "t": ("transposition", 0.9),
    "w": ("one_character", 0.8),
    "f": ("one_character", 0.8),
}
"""Letter of a mark → what may have happened, and how alike the two then are."""


def mark_spellings(text: str, key: bytes, kind: str = "name") -> tuple[str, ...]:
    """Return the keyed marks of a name's near spellings.

    Parameters
    ----------
    text
        The name or number; normalised as for its code.
    key
        The study's key.
    kind
        Kind of personal data.
    """
    spellings = dict.fromkeys(_spellings(normalise_personal(text, kind)))
    return tuple(f"{letter}{_hash(space + word, key)}" for letter, space, word in spellings)


def _spellings(name: str) -> Iterator[tuple[str, str, str]]:
    """Yield letter, the space two spellings must share, and the spelling."""
    bare = without_marks(name)
    yield "b", "b", bare
    if any(char.isdigit() for char in bare):
        yield "z", "z", without_zeros(bare)
        yield "l", "l", with_digits_for_letters(bare)
    if (sound := as_it_sounds(bare)) != bare:
        yield "p", "p", sound
    if len(bare) < _SHORTEST:
        return
    for at in range(len(bare) - 1):
        swapped = bare[:at] + bare[at + 1] + bare[at] + bare[at + 2 :]
        # The smaller of both orders: two names that differ by a swap meet in it.
        yield "t", "t", f"{at}:{min(bare, swapped)}"
    for at in range(len(bare)):
        yield "w", "w", f"{at}:{bare[:at]}?{bare[at + 1 :]}"
        # A letter too many: what is left without it is another name as a whole.
        yield "d", "f", bare[:at] + bare[at + 1 :]
    yield "f", "f", bare


def _hash(text: str, key: bytes) -> str:
    return hmac.new(key, f"near:{text}".encode(), hashlib.sha256).hexdigest()[:_DIGITS]


def find_near_codes(marks: Mapping[str, Sequence[str]]) -> tuple[ProposedLink, ...]:
    """Find the codes that share a mark, each pair once by its likeliest slip.

    Parameters
    ----------
    marks
        Code → its marks.
    """
    sharing: dict[str, set[str]] = defaultdict(set)
    for code, told in marks.items():
        for mark in told:
            # A whole name meets another's without one letter, never another whole name.
            sharing["f" + mark[1:] if mark[0] == "d" else mark].add(f"{mark[0]}{code}")
    found: dict[tuple[str, str], tuple[float, Slip]] = {}
    for mark, members in sharing.items():
        slip, alike = _SLIPS[mark[0]]
        if len(members) > _MAX_SHARING:
            continue
        for one, other in combinations(sorted(members, key=lambda member: member[1:]), 2):
            pair = (normalise_code(one[1:]), normalise_code(other[1:]))
            crossed = mark[0] != "f" or {one[0], other[0]} == {"f", "d"}
            if crossed and pair[0] != pair[1]:
                found[pair] = max(found.get(pair, (0.0, slip)), (alike, slip))
    return tuple(
        ProposedLink(same_as=one, code=other, similarity=alike, slip=slip)
        for (one, other), (alike, slip) in sorted(found.items())
    )

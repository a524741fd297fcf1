"""The spellings of a column's header that are compared with lists of known words."""

from __future__ import annotations

import re

from analysis.intake.model import Column
from analysis.intake.values.column_lookup import normalise_name
from analysis.intake.values.known_words import split_words

NUMBERED = re.compile(r"^(?:q?\d+\s*[、.．)]|第\d+题)\s*", re.IGNORECASE)
"""The number in front of a question."""
_YOUR = split_words("what is your|what's your|your|您的|您所在的|你的|您住的|请问您的")


def header_words(column: Column) -> set[str]:
    """Return the spellings of a header to compare with word lists."""
    words: set[str] = set()
    for text in (column.name, column.label):
        plain = NUMBERED.sub("", normalise_name(text)).strip("：:?？*_ ")
        words |= {plain, plain.rsplit("/", 1)[-1].strip(), plain.replace("_", " ")}
        words |= {part.strip() for part in re.split(r"[/（()）|]", plain) if part.strip()}
    short = {_without_you(word) for word in words}
    return words | short


def _without_you(word: str) -> str:
    for start in _YOUR:
        word = word.removeprefix(start).strip()
    return "age" if word in ("how old are you", "您的年龄是") else word

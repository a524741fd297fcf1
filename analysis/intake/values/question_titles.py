"""The title of a question or a block: its number, whether it asks, whether each item ends it."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"^\s*(?:[Qq]?\d+\s*[、.．)）:：]|第\d+题)\s*")
_ASKS = re.compile(
    r"^(?:who|what|which|when|where|why|how|whom|whose|do|does|did|have|has|had|is|are|am|was|were"
    r"|can|could|will|would|shall|should|may|might|if|in|on|at|over|during|using|since)\b"
    r"|^(?:[您你](?:家里?|们)?)?(?:是否|有没有|会不会|能不能|能否)",
    re.IGNORECASE,
)
_UNFINISHED = re.compile(r"\s*(?:\.{2,}|…+|:|：|——?)\s*$")


def bare_title(stem: str) -> str:
    """Return the title without its number and its last marks."""
    return _NUMBER.sub("", stem).strip(" :：.。*")


def asks(question: str) -> bool:
    """Tell whether the title begins as a question does."""
    return bool(_ASKS.match(question))


def is_unfinished(stem: str) -> bool:
    """Tell whether a title goes on in each item: "Was the patient…", not "Your safety:"."""
    return bool(_UNFINISHED.search(stem)) and asks(bare_title(stem))


def complete_title(stem: str, item: str) -> str:
    """Return what the unfinished title asks of one item."""
    return _UNFINISHED.sub(" ", stem) + item

"""Codes from the analysis → sentences in the reader's language.

Each module of this folder holds ``FINDINGS`` and ``CAUTIONS`` (and ``ISSUES`` for intake): code →
function of (text, object). Of errors, :mod:`analysis.error_words` holds the English.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from analysis import error_words
from analysis.errors import LeveeError
from analysis.issues import Issue
from analysis.results import Caution, Finding
from dashboard.text import Text

SECTIONS = (
    "outcomes",
    "intake",
)
TOPICS = (
    "attrition",
    "capacity",
    "cohorts",
    "comparison",
    "consultation",
    "delivery",
    "dose",
    "funding",
    "hours",
    "items",
    "outlook",
    "participation",
    "reach",
    "reliability",
    "series",
    "stays",
    "subgroups",
    "trajectory",
    "volunteers",
)


def say_finding(text: Text, finding: Finding) -> str:
    """Say a finding in one sentence of at most 25 words."""
    return _say("FINDINGS", text, finding)


def say_caution(text: Text, caution: Caution) -> str:
    """Say a caution: what to know before quoting the number."""
    return _say("CAUTIONS", text, caution)


def say_issue(text: Text, issue: Issue) -> str:
    """Say a data problem: what, where, how many, and what it does to the results."""
    place = import_module("dashboard.sentences.intake").say_place(text, issue)
    told = _say("ISSUES", text, issue)
    return text("{place}: {problem}", place=place, problem=told) if place else told


def say_error(text: Text, error: LeveeError) -> str:
    """Say an error: what is wrong with which file, and what to do."""
    return error_words.say_error(error.code, error.details, text, text.number)


@cache
def known_codes(kind: str) -> Mapping[str, Callable[[Text, Any], str]]:
    """All sentences of one kind (``FINDINGS``, ``CAUTIONS``, ``ISSUES``)."""
    found: dict[str, Callable[[Text, Any], str]] = {}
    places = [f"dashboard.sentences.{section}" for section in SECTIONS]
    places += [f"dashboard.content.topics.{topic}" for topic in TOPICS]
    for place in places:
        found.update(getattr(import_module(place), kind, {}))
    return found


def _say(kind: str, text: Text, told: Any) -> str:  # noqa: ANN401
    return known_codes(kind)[told.code](text, told)

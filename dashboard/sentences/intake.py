"""Problems in the data, in words: what was found and what was done about it."""

from __future__ import annotations

from collections.abc import Callable

from analysis.issues import Issue
from dashboard.text import Text

ISSUES: dict[str, Callable[[Text, Issue], str]] = {}

"""A message that is worded by number."""

from __future__ import annotations

from collections.abc import Callable

from analysis.issues import Issue
from dashboard.text import Text

Message = Callable[[Text, Issue], str]


def counted(one: str, many: str) -> Message:
    """A message by number: English says one row otherwise than many; Chinese says both alike."""

    def choose(text: Text, issue: Issue) -> str:
        n = issue.details.get("n", len(issue.rows))
        return one if n == 1 and text.language == "en" else text(many)

    return choose

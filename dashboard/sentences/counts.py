"""What is said of problems in tables of counts."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.issues import Issue
from dashboard.sentences.counted import Message, counted
from dashboard.text import Text


def _say_from_percent(text: Text, issue: Issue) -> str:
    """Say that numbers of people were rebuilt, and how far rounding may have moved them."""
    if not issue.details.get("slack"):
        return text("The numbers of people were rebuilt from percentages of {n} people.")
    return text(
        "The numbers of people were rebuilt from rounded percentages of {n} people: each answer "
        "may be off by {slack}."
    )


COUNT_ISSUES: Mapping[str, Message] = {
    "counts_table": counted(
        "The table holds the number of people per answer ({n} person): nobody can be matched.",
        "The table holds the numbers of people per answer ({n} people): nobody can be matched.",
    ),
    "counts_several": counted(
        "{n} question is counted by itself.",
        "{n} questions are counted each by itself: who gave which answers together is not known, "
        "and no score can join them.",
    ),
    "unread_count": counted(
        "{n} cell is no number of people and was left out ({values}).",
        "{n} cells are no numbers of people and were left out ({values}).",
    ),
    "share_contradicts_count": counted(
        "{n} percentage does not fit its number of people, which was used: {values}.",
        "{n} percentages do not fit their numbers of people, which were used: {values}.",
    ),
    "base_row": counted(
        "{n} row holds the number of people asked, not an answer.",
        "{n} rows hold the number of people asked, not an answer.",
    ),
    "no_answer_named": counted(
        "{n} row names no answer and was left out.",
        "{n} rows name no answer and were left out.",
    ),
    "no_count": counted(
        "{n} row has no number of people and was left out.",
        "{n} rows have no number of people and were left out.",
    ),
    "counts_from_percent": _say_from_percent,
}

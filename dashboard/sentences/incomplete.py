"""Tables that are used but lack a column without which nothing can be told from them."""

from __future__ import annotations

from analysis.participation.delivery import records_holding
from analysis.results import Audience
from analysis.study import Study
from analysis.volunteers.retention import records_leaving
from dashboard.text import Text


def say_incomplete_roster(text: Text, study: Study, audience: Audience) -> str:
    """Say what a roster lacks; "" when it lacks nothing.

    The study is read as it is, not as it is protected: how many the roster lists is for those who
    work with them only.
    """
    roster = study.volunteers
    if roster is None or roster.empty:
        return ""
    logged = study.service is not None and not study.service.empty
    listed = text("The roster lists volunteers")
    if audience in ("evaluator", "manager"):
        listed = text.count(
            "The roster lists {n} volunteer", "The roster lists {n} volunteers", len(roster)
        )
    if not logged and "joined" not in roster:
        return text(
            "{listed}, but not when each joined. Choose the column in step 3 of Data, or add it.",
            listed=listed,
        )
    if not records_leaving(study):
        return text(
            "{listed}, but not who has left, so nobody can say who still serves or how long "
            "people stay. Choose the column in step 3 of Data, or add a service log.",
            listed=listed,
        )
    return ""


def say_incomplete_plan(text: Text, study: Study) -> str:
    """Say what a plan of activities lacks; "" when it lacks nothing."""
    plan = study.delivery
    if plan is None or plan.empty or records_holding(study):
        return ""
    listed = text.count("{n} session is planned", "{n} sessions are planned", len(plan))
    return text(
        "{listed}, but neither a day held nor a status says what became of them. Choose the "
        "column in step 3 of Data, or add it.",
        listed=listed,
    )


def list_incomplete(text: Text, study: Study, audience: Audience) -> list[str]:
    """Say for every table what it lacks."""
    told = (say_incomplete_roster(text, study, audience), say_incomplete_plan(text, study))
    return [line for line in told if line]

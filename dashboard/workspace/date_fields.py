"""Which columns of a table a study reads as days: these alone are asked about."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.read.activity_tables import list_sessions
from analysis.intake.values.lookup import column_texts, find_column
from analysis.intake.values.survey_times import list_survey_days
from analysis.plan import StudyPlan, SurveyPlan
from dashboard.workspace.plan_edit import SURVEY, Place, column_of, survey_file, use_of

DATES: Mapping[str, tuple[str, ...]] = {
    "attendance": ("date",),
    "delivery": ("planned", "held"),
    "volunteers": ("joined", "left", "trained"),
    "service": ("date",),
    "funding": ("date", "ends"),
    "consultation": ("raised", "agreed", "due", "done", "told_back"),
}
"""Fields that hold a day."""


def list_date_fields(plan: StudyPlan, at: Place, table: Table) -> list[str]:
    """Return the columns of a table that a study reads as days."""
    if use_of(plan, at) == SURVEY:
        return list_survey_days(table, plan.survey or SurveyPlan(), survey_file(plan, at))
    named = (column_of(plan, at, field) for field in DATES.get(use_of(plan, at), ()))
    found = (find_column(table, name) for name in named if name)
    return [name for name in found if name]


def list_days(plan: StudyPlan, at: Place, table: Table) -> dict[str, pd.Series]:
    """Return column → its days as text; the headers of an attendance matrix stand as one column."""
    days = {name: column_texts(table, name) for name in list_date_fields(plan, at, table)}
    if use_of(plan, at) == "attendance" and plan.attendance is not None:
        headers = list_sessions(plan.attendance, table)
        if headers:
            days[f"{headers[0]} … {headers[-1]}"] = pd.Series(headers, dtype=object)
    return days

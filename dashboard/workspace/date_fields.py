"""Which columns of a table a study reads as days: these alone are asked about."""

from __future__ import annotations

import pandas as pd

from analysis.intake.model import Table
from analysis.intake.read.activity_tables import list_sessions
from analysis.intake.values.column_lookup import column_texts, find_column
from analysis.intake.values.survey_times import list_survey_days
from analysis.plan import TABLES, StudyPlan, SurveyPlan
from dashboard.workspace.plan_edit import SURVEY, Place, column_of, survey_file, use_of


def list_date_fields(plan: StudyPlan, at: Place, table: Table) -> list[str]:
    """Return the columns of a table that a study reads as days."""
    use = use_of(plan, at)
    if use == SURVEY:
        return list_survey_days(table, plan.survey or SurveyPlan(), survey_file(plan, at))
    dates = TABLES[use].dates if use in TABLES else ()
    named = (column_of(plan, at, field) for field in dates)
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

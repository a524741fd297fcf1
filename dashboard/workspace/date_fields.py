"""Which columns of a table hold its days."""

from __future__ import annotations

from collections.abc import Mapping

from analysis.intake.lookup import find_column
from analysis.intake.tables import Table
from analysis.study_file import StudyPlan
from dashboard.workspace.plan_edit import SURVEY, Place, column_of, use_of

DATES: Mapping[str, tuple[str, ...]] = {
    SURVEY: ("started_on",),
    "attendance": ("date",),
    "delivery": ("planned", "held"),
    "volunteers": ("joined", "left", "trained"),
    "service": ("date",),
    "funding": ("date", "ends"),
    "consultation": ("raised", "agreed", "due", "done", "told_back"),
}
"""Fields that hold a day."""


def list_date_fields(plan: StudyPlan, at: Place, table: Table) -> list[str]:
    """Return the columns of a table that hold its days."""
    named = (column_of(plan, at, field) for field in DATES.get(use_of(plan, at), ()))
    found = (find_column(table, name) for name in named if name)
    return [name for name in found if name]

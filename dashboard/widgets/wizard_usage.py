"""Which columns of a table are used, as what, and which are not: for every table, on every step."""

from __future__ import annotations

import streamlit as st

from analysis.intake.model import Table
from analysis.intake.read.activity_tables import is_tick_column
from analysis.intake.tables.choices import find_parent
from analysis.intake.values.column_lookup import find_column
from analysis.plan import StudyPlan, SurveyPlan
from dashboard.sentences.names import use_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.unused_reasons import say_nearest
from dashboard.widgets.wizard_names import field_name, part_name
from dashboard.workspace.column_parts import part_of
from dashboard.workspace.plan_edit import (
    DICTIONARY,
    SURVEY,
    Place,
    columns_used,
    list_gaps,
    source_counts,
    survey_file,
    use_of,
)

_NAMED = 12
_LONGEST = 40


def list_usage(text: Text, plan: StudyPlan, at: Place, table: Table) -> dict[str, str]:
    """Return column → what it is used as, in words; unused columns have ``""``.

    The survey tool's own columns are left out: nobody expects them among the results.
    """
    use = use_of(plan, at)
    columns = [column for column in table.columns if not column.paradata]
    if use == SURVEY:
        asked = _survey_columns(plan, at, table)
        counts = source_counts(plan, at)
        numbers = {find_column(table, name) for name in counts.cells} if counts else set()
        return {
            column.name: _survey_part(text, plan, at, column.name)
            or (text("Item") if column.name in asked else "")
            or (text("Numbers of people") if column.name in numbers else "")
            for column in columns
        }
    fields = {
        found: field_name(text, field)
        for name, field in columns_used(plan, at).items()
        if (found := find_column(table, name)) is not None
    }
    ticked = use == "attendance" and plan.attendance is not None and not plan.attendance.session
    if ticked and plan.attendance is not None and not plan.attendance.date:
        sessions = [c.name for c in columns if is_tick_column(table, c.name)]
        fields = {**dict.fromkeys(sessions, field_name(text, "session")), **fields}
    return {column.name: fields.get(column.name, "") for column in columns}


def _survey_part(text: Text, plan: StudyPlan, at: Place, column: str) -> str:
    part = part_of(plan, at, column)
    return part_name(text, plan, part) if part else ""


def _survey_columns(plan: StudyPlan, at: Place, table: Table) -> set[str]:
    """Columns that hold items by another name: joined options, and waves side by side."""
    source, survey = survey_file(plan, at), plan.survey or SurveyPlan()
    items = [item for measure in plan.measures for item in measure.items]
    found = {find_parent(table, item, source.rename)[0] for item in items}
    waves = [*survey.waves, "pre", "post"]
    if source.columns:
        spelled = [
            source.columns.replace("{wave}", wave).replace("{item}", item)
            for wave in waves
            for item in items
        ]
        found |= {find_column(table, name, source.rename) for name in spelled}
    found |= {column for told in source.wide.values() for column in told.values()}
    return {name for name in found if name is not None}


def show_usage(text: Text, plan: StudyPlan, at: Place, table: Table) -> None:
    """Say which columns a table gives to the study and which it does not."""
    use = use_of(plan, at)
    if use == DICTIONARY:
        return
    usage = list_usage(text, plan, at, table)
    if not use:
        said = [text("No column of this table is used."), say_nearest(text, plan, table)]
        st.caption(escape_markdown(" ".join(part for part in said if part)))
        return
    used = [f"{_short(name)} → {part}" for name, part in usage.items() if part]
    unused = [_short(name) for name, part in usage.items() if not part]
    said = [text("Used: {columns}", columns=_listed(text, used))] if used else []
    said += [text("Not used: {columns}", columns=_listed(text, unused))] if unused else []
    st.caption(escape_markdown("  ·  ".join(said)))


def show_gaps(text: Text, plan: StudyPlan, at: Place) -> None:
    """Say beside the selectors what a table needs before it can be read."""
    for gap in list_gaps(plan, at):
        st.error(escape_markdown(say_gap(text, plan, at, gap)))


def say_gap(text: Text, plan: StudyPlan, at: Place, gap: str) -> str:
    """Say what keeps a table from being read."""
    words = {
        "amount": text("Choose an amount column, or one for income and one for expense."),
        "person": text("Choose the column of people, or the column with the number of people."),
        "same_column": text("One column plays two parts: choose another for one of them."),
    }
    return f"{use_name(text, use_of(plan, at))}: {words[gap]}"


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"


def _listed(text: Text, names: list[str]) -> str:
    more = len(names) - _NAMED
    shown = ", ".join(names[:_NAMED])
    return (
        text("{columns} and {n} more", columns=shown, n=text.number(more, 0)) if more > 0 else shown
    )

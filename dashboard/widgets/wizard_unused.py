"""A table that nothing was recognised in: what each kind of table needs, and what is here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.intake.model import Table
from analysis.intake.propose.near_sections import NearSection, list_date_columns, list_near_sections
from analysis.intake.read.sections import recognise_section
from analysis.study_file import StudyPlan
from dashboard.sentences.names import use_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_names import field_name
from dashboard.workspace.plan_edit import FIELDS, SURVEY

_NAMED = 8


def say_nearest(text: Text, plan: StudyPlan, table: Table) -> str:
    """Say why a table is not used: another one is, or what it lacks; "" when nothing is told."""
    section = recognise_section(table).section.removesuffix("_counts")
    other = getattr(plan, section, None) if section in FIELDS and section != SURVEY else None
    if other is not None:
        return text(
            "Recognised as {kind}, but {file} is used as that: a study reads one table of a kind.",
            kind=use_name(text, section),
            file=other.path if other.sheet is None else f"{other.path} › {other.sheet}",
        )
    nearest = list_near_sections(table)[0]
    if not nearest.is_likely or not nearest.lacks:
        return ""
    return text(
        "Nearest: {kind}. Missing: {fields}.",
        kind=_kind(text, nearest.section),
        fields=_missing(text, nearest),
    )


def show_unused(text: Text, plan: StudyPlan, table: Table, key: str) -> None:
    """Show what each kind of table needs, what was found of it, and which columns hold dates."""
    near = list_near_sections(table)
    said = text(
        "Nothing is evaluated from this table. If it is one of these, choose what it is in step 3 "
        "and name the missing columns; otherwise leave it out."
    )
    nearest = say_nearest(text, plan, table)
    st.markdown(escape_markdown(" ".join(part for part in (said, nearest) if part)))
    answers = text("columns with answers to questions: numbers of a scale, or words such as Agree")
    rows = [(use_name(text, "survey"), "–", answers)]
    rows += [
        (
            _kind(text, one.section),
            ", ".join(f"{name} → {field_name(text, part)}" for part, name in one.found.items())
            or "–",
            _missing(text, one) or "–",
        )
        for one in near
    ]
    heads = [text("Kind of table"), text("Found here"), text("Missing")]
    show_table(pd.DataFrame(rows, columns=heads), key=f"unused_{key}")
    dates = list_date_columns(table)
    if dates and any(one.lacks_day for one in near):
        shown = ", ".join(dates[:_NAMED])
        st.caption(escape_markdown(text("These columns hold dates: {columns}", columns=shown)))


def _kind(text: Text, section: str) -> str:
    if section == "attendance_counts":
        return text("Sign-in sheet with numbers of people")
    return use_name(text, section)


def _missing(text: Text, near: NearSection) -> str:
    either = text(" or ")
    return ", ".join(either.join(field_name(text, one) for one in some) for some in near.lacks)

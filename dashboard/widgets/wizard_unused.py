"""A table that nothing was recognised in: what each kind of table needs, and what is here."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.intake.model import Table
from analysis.intake.propose.near_sections import list_date_columns, list_near_sections
from analysis.plan import StudyPlan
from dashboard.sentences.names import use_name
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.unused_reasons import kind_in_words, missing_in_words, say_nearest
from dashboard.widgets.wizard_names import field_name

_NAMED = 8


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
            kind_in_words(text, one.section),
            ", ".join(f"{name} → {field_name(text, part)}" for part, name in one.found.items())
            or "–",
            missing_in_words(text, one) or "–",
        )
        for one in near
    ]
    heads = [text("Kind of table"), text("Found here"), text("Missing")]
    show_table(pd.DataFrame(rows, columns=heads), key=f"unused_{key}")
    dates = list_date_columns(table)
    if dates and any(one.lacks_day for one in near):
        shown = ", ".join(dates[:_NAMED])
        st.caption(escape_markdown(text("These columns hold dates: {columns}", columns=shown)))

"""Quality: every problem found in the data, where it is, and what it does to the results."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.issues import Issue
from analysis.study import Study
from dashboard.cache import whole_study
from dashboard.sentences.intake import say_place, say_problem
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.page import Card, show_cards, show_empty, show_page, show_table

_ORDER = {"error": 0, "warning": 1, "info": 2}


def show() -> None:
    """Show the quality report of the open study."""
    text, study = current_text(), whole_study()
    if study is None:
        show_empty(text("No study is open"), text("Open the sample or upload your files."))
        return
    used, given = sum(f.n_used for f in study.files), sum(f.n_rows for f in study.files)
    show_page(
        text(
            "{used} of {given} rows are used; the others are listed below.",
            used=text.number(used, 0),
            given=text.number(given, 0),
        ),
        text("Rows in the files = rows used + rows listed."),
    )
    show_cards(list_cards(text, study))
    if study.issues:
        show_table(list_issues(text, study.issues), key="issues")
    with st.expander(text("Files")):
        show_table(list_files(text, study), key="files")


def list_cards(text: Text, study: Study) -> list[Card]:
    """How many problems of each severity."""
    meanings = {
        "error": text("problems left rows or answers out"),
        "warning": text("to look at before quoting"),
        "info": text("good to know"),
    }
    counts = {s: sum(issue.severity == s for issue in study.issues) for s in meanings}
    return [Card(value=text.number(counts[s], 0), meaning=told) for s, told in meanings.items()]


def list_issues(text: Text, issues: tuple[Issue, ...]) -> pd.DataFrame:
    """One row for each problem, the gravest first."""
    words = {"error": text("left out"), "warning": text("look"), "info": text("note")}
    ranked = sorted(issues, key=lambda issue: _ORDER[issue.severity])
    rows = [(words[i.severity], say_problem(text, i), say_place(text, i)) for i in ranked]
    return pd.DataFrame(rows, columns=[text("Severity"), text("Problem"), text("Where")])


def list_files(text: Text, study: Study) -> pd.DataFrame:
    """One row for each file: what it is and how many of its rows are used."""
    rows = [(f.path, f.table, f.format, f.n_rows, f.n_used, f.n_listed) for f in study.files]
    names = ("File", "Used as", "Format", "Rows", "Used", "Listed")
    return pd.DataFrame(rows, columns=[_column(text, name) for name in names])


def _column(text: Text, name: str) -> str:
    return {
        "File": text("File"),
        "Used as": text("Used as"),
        "Format": text("Format"),
        "Rows": text("Rows"),
        "Used": text("Used"),
        "Listed": text("Listed"),
    }[name]

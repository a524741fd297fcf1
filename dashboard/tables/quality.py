"""Tables of the quality report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from analysis.intake.check.checks import MissingShare
from analysis.intake.model import Table
from analysis.issues import Issue
from analysis.study import Study
from dashboard.sentences.intake import say_problem
from dashboard.sentences.names import format_name, use_name
from dashboard.sentences.quality import say_cells, say_effect
from dashboard.text import Text


def list_issues(text: Text, issues: Sequence[Issue], tables: Sequence[Table]) -> pd.DataFrame:
    """One row for each problem, the gravest first: what, where, and what it does."""
    words = {"error": text("left out"), "warning": text("look"), "info": text("note")}
    rows = [
        (
            words[issue.severity],
            say_problem(text, issue),
            issue.file,
            say_cells(issue, tables) or issue.column,
            say_effect(text, issue),
        )
        for issue in issues
    ]
    names = [
        text("Severity"),
        text("Problem"),
        text("File"),
        text("Cells"),
        text("Effect on the results"),
    ]
    return pd.DataFrame(rows, columns=names)


def list_missing(
    text: Text, missing: Sequence[MissingShare], waves: Mapping[str, str]
) -> pd.DataFrame:
    """One row for each item and wave."""
    rows = [
        (
            one.item,
            waves.get(one.wave, one.wave),
            text.number(one.n, 0),
            text.number(one.n_missing, 0),
            text.percent(one.n_missing / one.n if one.n else None),
        )
        for one in missing
    ]
    names = [text("Item"), text("Wave"), text("Rows"), text("Missing"), text("Share missing")]
    return pd.DataFrame(rows, columns=names)


def list_files(text: Text, study: Study) -> pd.DataFrame:
    """One row for each file: what it is and how many of its rows are used."""
    rows = [
        (
            f.path,
            use_name(text, f.table),
            format_name(text, f.format),
            text.number(f.n_rows, 0),
            text.number(f.n_used, 0),
            text.number(f.n_listed, 0),
        )
        for f in study.files
    ]
    names = [
        text("File"),
        text("Used as"),
        text("Format"),
        text("Rows"),
        text("Used"),
        text("Listed"),
    ]
    return pd.DataFrame(rows, columns=names)

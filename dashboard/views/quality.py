"""Quality: every problem found in the data, where it is, and what it does to the results."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.intake.check.checks import QualityReport
from analysis.intake.check.matching import match_waves
from analysis.intake.model import Table
from analysis.issues import Issue
from analysis.study import Study
from dashboard.cache import current_quality, current_saved, current_tables, whole_study
from dashboard.content.model import Card
from dashboard.figures.missing import draw_missing, list_emptiest
from dashboard.sentences.names import wave_name
from dashboard.state import current_text
from dashboard.tables import quality as tables
from dashboard.text import Text
from dashboard.widgets.fixes import show_decisions, show_fixes
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.marked_copy import show_marked_copies
from dashboard.widgets.matching import show_matching
from dashboard.widgets.page import (
    refuse_audience,
    show_cards,
    show_empty,
    show_figure,
    show_page,
    show_table,
)
from dashboard.widgets.wizard_steps import name_place
from dashboard.widgets.wizard_usage import show_usage
from dashboard.workspace.plan_edit import Place


def show() -> None:
    """Show the quality report of the open study."""
    text = current_text()
    if refuse_audience(text("Quality")):
        return
    study, saved = whole_study(), current_saved()
    report = current_quality()
    if study is None or saved is None or report is None:
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
    show_cards(list_cards(text, study.issues))
    read = current_tables()
    matching = match_waves(study, read)
    if matching is not None:
        show_matching(text, saved, matching)
    if study.issues:
        show_table(tables.list_issues(text, study.issues, read), key="issues")
    show_marked_copies(text, saved, study.issues, read)
    show_decisions(text, saved, study.issues, read)
    show_fixes(text, saved)
    _show_missing(text, study, report)
    with st.expander(text("Files")):
        show_table(tables.list_files(text, study), key="files")
    _show_columns(text, study, read)


def _show_columns(text: Text, study: Study, read: Sequence[Table]) -> None:
    """Which columns of each table the study uses, and which it does not."""
    with st.expander(text("Which columns are used, and as what")):
        for at, table in enumerate(read):
            main = all(other.file != table.file for other in read[:at])
            place = Place(file=table.file, sheet=table.sheet, main=main)
            st.markdown(f"**{escape_markdown(name_place(place))}**")
            show_usage(text, study.plan, place, table)


def list_cards(text: Text, issues: Sequence[Issue]) -> list[Card]:
    """How many problems of each severity."""
    meanings = {
        "error": text("problems left rows or answers out"),
        "warning": text("to look at before quoting"),
        "info": text("good to know"),
    }
    counts = {s: sum(issue.severity == s for issue in issues) for s in meanings}
    return [Card(value=text.number(counts[s], 0), meaning=told) for s, told in meanings.items()]


def _show_missing(text: Text, study: Study, report: QualityReport) -> None:
    """The emptiest items by wave; nothing when no answer is missing."""
    if not any(one.n_missing for one in report.missing):
        return
    names = {
        item: text.of(measure.texts.get(item), item)
        for measure in study.plan.measures
        for item in measure.items
    }
    known = study.plan.survey.waves if study.plan.survey else []
    there = {one.wave for one in report.missing}
    waves = {wave: wave_name(text, wave) for wave in [*known, *sorted(there - {*known})]}
    _, emptiest = list_emptiest(report.missing)[0]
    show_figure(
        draw_missing(report.missing, names, waves, text),
        title=text("Missing most: {item}", item=names.get(emptiest, emptiest)),
        subtitle=text("Share of answers missing, by item and wave; the emptiest items first."),
        alt=text("Dots of the share of missing answers for each item, one colour for each wave."),
        table=tables.list_missing(text, report.missing, waves),
        key="missing",
    )

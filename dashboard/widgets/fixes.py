"""Deciding about a problem in the data: each correction is recorded and can be taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analysis.intake.model import Table
from analysis.issues import Issue
from analysis.plan import Fix, StudyPlan
from dashboard.sentences.intake import say_problem
from dashboard.sentences.quality import say_cells
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.workspace.editing import save_edit
from dashboard.workspace.plan_edit import with_fixes, without_fix
from dashboard.workspace.store import SavedStudy

CELLS = frozenset({"out_of_range", "unmatched_answers"})
ROWS = CELLS | {"speeders", "straight_lining", "same_device", "contradictory_options"}
_MAX_SHOWN = 30


def show_decisions(
    text: Text, saved: SavedStudy, issues: Sequence[Issue], tables: Sequence[Table]
) -> None:
    """Show a choice for each problem that can be corrected cell by cell or row by row."""
    plan = saved.plan
    paths = {one.path for one in plan.survey.files} if plan and plan.survey else set()
    open_ones = [i for i in issues if i.code in ROWS and i.rows and i.file in paths]
    if plan is None or not open_ones:
        return
    st.header(text("Decide about a problem"), anchor=False)
    if saved.read_only:
        st.caption(text("The sample cannot be changed. Start a study of your own."))
        return
    names = {
        f"{n + 1}. {say_problem(text, issue)} ({say_cells(issue, tables)})": issue
        for n, issue in enumerate(open_ones)
    }
    with st.form("decision"):
        chosen = names[st.selectbox(text("Problem"), list(names)) or next(iter(names))]
        actions = _actions(text)
        action = st.selectbox(text("What to do"), list(actions), format_func=actions.__getitem__)
        value = st.text_input(text("Right answer, if you set one"))
        if st.form_submit_button(text("Record the decision"), type="primary"):
            _record(text, saved, plan, make_fixes(chosen, action or "keep", value))


def _actions(text: Text) -> dict[str, str]:
    return {
        "keep": text("leave as it is"),
        "clear": text("count the answers as missing"),
        "set": text("set the right answer"),
        "drop_row": text("leave the rows out"),
    }


def make_fixes(issue: Issue, action: str, value: str) -> list[dict[str, Any]]:
    """Corrections of one problem: a cell each, or a row each when rows are left out."""
    whole_rows = action == "drop_row"
    if action == "keep" or (not whole_rows and (issue.code not in CELLS or not issue.column)):
        return []
    if action == "set" and not value.strip():
        return []
    fixes = [
        {"file": issue.file, "row": row, "action": action, "rule": issue.code} for row in issue.rows
    ]
    if whole_rows:
        return fixes
    told = {"value": value.strip()} if action == "set" else {}
    return [{**fix, "column": issue.column, **told} for fix in fixes]


def _record(text: Text, saved: SavedStudy, plan: StudyPlan, fixes: list[dict[str, Any]]) -> None:
    if not fixes:
        st.info(text("Nothing to record: this choice changes no cell."))
        return
    note = text.count("{n} correction", "{n} corrections", len(fixes))
    _save(saved, with_fixes(plan, fixes), note)


def _save(saved: SavedStudy, plan: StudyPlan, note: str) -> None:
    save_edit(saved, plan, note)
    st.rerun()


def show_fixes(text: Text, saved: SavedStudy) -> None:
    """Show the recorded corrections, each with a way back."""
    plan = saved.plan
    fixes = plan.survey.fixes if plan and plan.survey else []
    if plan is None or not fixes:
        return
    with st.expander(text("Corrections recorded ({n})", n=text.number(len(fixes), 0))):
        for at, fix in list(enumerate(fixes))[:_MAX_SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(escape_markdown(describe_fix(text, fix)))
                if st.button(text("Take back"), key=f"take_back_{fix.file}_{fix.row}_{fix.column}"):
                    _save(saved, without_fix(plan, at), text("correction taken back"))
        if len(fixes) > _MAX_SHOWN:
            st.caption(text("Go back to an earlier version on Data to take back many at once."))


def describe_fix(text: Text, fix: Fix) -> str:
    """A correction in one line."""
    place = {"file": fix.file, "row": fix.row}
    if fix.action == "drop_row":
        return text("{file}, row {row}: left out", **place)
    if fix.action == "clear":
        return text("{file}, row {row}, “{column}”: missing", column=fix.column, **place)
    return text(
        "{file}, row {row}, “{column}”: set to {value}", column=fix.column, value=fix.value, **place
    )

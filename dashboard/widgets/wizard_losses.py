"""Where many rows of a file would be left out, the wizard stops and asks, with the alternatives."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analysis.intake.values.column_lookup import list_identifiers
from analysis.study import SourceFile, Study
from dashboard.sentences.intake import say_problem
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft, go_to, name_place
from dashboard.workspace.plan_edit import (
    SURVEY,
    Place,
    use_of,
    with_column,
    without_respondent,
)
from dashboard.workspace.store import save_draft

_ACCEPTED = "accepted_losses"
_COLUMNS_STEP = 2


def show_losses(draft: Draft, study: Study) -> bool:
    """Ask about each file that would lose more than a fifth of its rows; whether all are settled.

    A person agrees to a number of rows: when a change of columns leaves out others, the question
    comes again.
    """
    accepted = draft.saved.drafts.get(_ACCEPTED) or {}
    settled = True
    for file in study.files:
        if file.loses_many:
            agreed = accepted.get(_name(file)) == file.n_listed
            _ask(draft, study, file, agreed=agreed)
            settled = settled and agreed
    return settled


def _name(file: SourceFile) -> str:
    return f"{file.path}|{file.sheet}|{file.table}"


def _ask(draft: Draft, study: Study, file: SourceFile, *, agreed: bool) -> None:
    text = draft.text
    reasons = {one.reason for one in study.exclusions if one.file == file.path}
    issues = [one for one in study.issues if one.code in reasons and one.file == file.path]
    said = text(
        "{lost} of {rows} rows of {file} would be left out.",
        lost=text.number(file.n_listed, 0),
        rows=text.number(file.n_rows, 0),
        file=file.path,
    )
    with st.container(border=True):
        st.warning(escape_markdown(said))
        for issue in issues:
            st.markdown(f"- {escape_markdown(say_problem(text, issue))}")
        if file.table == SURVEY and "duplicate" in reasons:
            _offer_respondents(draft, file)
        with st.container(horizontal=True):
            st.button(
                text("Choose the columns in step 3"),
                key=f"loss_columns_{_name(file)}",
                on_click=go_to,
                args=(draft.saved, _COLUMNS_STEP),
            )
            st.checkbox(
                text("Leave these rows out"),
                value=agreed,
                key=f"loss_agreed_{_name(file)}_{agreed}",
                on_change=_accept,
                args=(draft, file, not agreed),
            )


def _accept(draft: Draft, file: SourceFile, agreed: bool) -> None:
    accepted = dict(draft.saved.drafts.get(_ACCEPTED) or {})
    if agreed:
        accepted[_name(file)] = file.n_listed
    else:
        accepted.pop(_name(file), None)
    save_draft(draft.saved.id, _ACCEPTED, accepted)


def _offer_respondents(draft: Draft, file: SourceFile) -> None:
    """Offer the columns that tell people apart better, or to compare anonymous answers."""
    text = draft.text
    found = [
        (at, table)
        for at, table in draft.tables.items()
        if use_of(draft.plan, at) == SURVEY and at.file == file.path
    ]
    for at, table in found:
        names = list_identifiers(table)
        with st.container(horizontal=True):
            for name in names[:3]:
                st.button(
                    escape_markdown(text("Respondents are told apart by “{column}”", column=name)),
                    key=f"respondent_{name_place(at)}_{name}",
                    on_click=_choose(draft, at, name),
                )
            st.button(
                text("Compare as anonymous answers"),
                key=f"loss_anonymous_{name_place(at)}",
                on_click=lambda: draft.keep(without_respondent(draft.plan)),
            )


def _choose(draft: Draft, at: Place, name: str) -> Callable[[], None]:
    return lambda: draft.keep(with_column(draft.plan, at, "respondent", name))

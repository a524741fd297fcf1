"""The comparison group, asked in plain words: who had the programme, and how that was decided."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from analysis.intake.model import Table
from analysis.plan import Assignment, SurveyPlan
from dashboard.sentences.assignment import name_assignment
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft
from dashboard.workspace.plan_edit import (
    SURVEY,
    Place,
    column_of,
    survey_columns,
    survey_file,
    use_of,
    with_survey_setting,
)

MAX_GROUPS = 20


def list_groups(draft: Draft) -> list[str]:
    """Values of the column of groups over all survey tables, each once; empty without one."""
    found: dict[str, None] = {}
    for at, table in draft.tables.items():
        if use_of(draft.plan, at) == SURVEY:
            found |= dict.fromkeys(_groups_of(draft, at, table))
    return sorted(found)


def _groups_of(draft: Draft, at: Place, table: Table) -> list[str]:
    fixed = survey_file(draft.plan, at).group
    if fixed is not None:
        return [fixed]
    column = column_of(draft.plan, at, "group")
    if column is None or column not in table.cells:
        return []
    return [str(value).strip() for value in table.cells[column].dropna().unique()]


def show_groups(draft: Draft) -> None:
    """Ask which groups had the programme, how people came into them, and what to adjust for."""
    survey, text = draft.plan.survey, draft.text
    groups = list_groups(draft)
    if survey is None or not groups:
        return
    with st.container(border=True):
        title = text("Comparison group")
        st.markdown(f"**{title}**")
        if len(groups) > MAX_GROUPS:
            st.warning(text("This column has too many different values to name groups."))
            return
        _ask_treated(draft, survey, groups)
        _ask_assignment(draft, survey)
        _ask_covariates(draft, survey)


def _ask_treated(draft: Draft, survey: SurveyPlan, groups: list[str]) -> None:
    key = f"treated_{'|'.join(survey.treated)}"
    chosen = [value for value in survey.treated if value in groups]
    st.multiselect(
        draft.text("Which of these groups had the programme?"),
        groups,
        default=chosen,
        format_func=escape_markdown,
        placeholder=draft.text("Nothing chosen"),
        key=key,
        on_change=lambda: draft.keep(
            with_survey_setting(draft.plan, "treated", st.session_state[key])
        ),
    )
    if not chosen:
        st.caption(draft.text("Until a group is chosen, all people count as one group."))


def _ask_assignment(draft: Draft, survey: SurveyPlan) -> None:
    options, key = list(get_args(Assignment)), f"assignment_{survey.assignment}"
    st.radio(
        draft.text("How did people come into these groups?"),
        options,
        index=options.index(survey.assignment),
        format_func=lambda one: name_assignment(draft.text, one),
        key=key,
        on_change=lambda: draft.keep(
            with_survey_setting(draft.plan, "assignment", st.session_state[key])
        ),
    )


def _ask_covariates(draft: Draft, survey: SurveyPlan) -> None:
    items = {item for measure in draft.plan.measures for item in measure.items}
    keys = {survey.group, survey.wave, survey.weight, survey.cluster, survey.site}
    respondent = survey.respondent
    keys |= set(respondent) if isinstance(respondent, list) else {respondent}
    names = [n for n in survey_columns(draft.plan, draft.columns) if n not in items | keys]
    key = f"covariates_{'|'.join(survey.covariates)}"
    st.multiselect(
        draft.text("Known before the start and different between the groups (age, schooling …)"),
        names,
        default=[name for name in survey.covariates if name in names],
        format_func=escape_markdown,
        placeholder=draft.text("Nothing chosen"),
        key=key,
        help=draft.text("The comparison is adjusted for these columns; numbers stay numbers."),
        on_change=lambda: draft.keep(
            with_survey_setting(draft.plan, "covariates", st.session_state[key])
        ),
    )

"""Step 5: read everything with the plan, show what was found, save it as a version."""

from __future__ import annotations

import streamlit as st

from analysis.error_words import COUNTS
from analysis.errors import LeveeError, MissingColumnError
from analysis.intake.check.matching import find_near
from analysis.intake.check.people import propose_sign_in_links
from analysis.plan import StudyPlan
from analysis.study import Study
from dashboard.cache import read_drafted_study
from dashboard.navigation import find_page
from dashboard.sentences import say_error, say_issue
from dashboard.sentences.intake import name_policy
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.unused_reasons import say_unused
from dashboard.widgets.uploader import propose_title
from dashboard.widgets.wizard_links import show_links
from dashboard.widgets.wizard_losses import show_losses
from dashboard.widgets.wizard_questions import is_unanswered, list_unanswered, show_questions
from dashboard.widgets.wizard_report_names import named_plan, show_report_names
from dashboard.widgets.wizard_rounds import show_rounds
from dashboard.widgets.wizard_scales import show_scales
from dashboard.widgets.wizard_steps import Draft, go_to, name_place, show_buttons
from dashboard.widgets.wizard_unused import show_unused
from dashboard.widgets.wizard_usage import say_gap, show_usage
from dashboard.workspace.plan_edit import (
    list_gaps,
    use_of,
    with_survey_setting,
    without_respondent,
    without_use,
)
from dashboard.workspace.store import save_draft, save_version

_LISTED = 8
_COLUMNS_STEP = 2


def show_checks(draft: Draft) -> None:
    """Show problems in the data before the results, and the button that saves."""
    text, plan = draft.text, finished_plan(draft)
    if not any(use_of(draft.plan, at) for at in draft.tables):
        _show_nothing_used(draft)
        show_buttons(text, draft.saved)
        return
    _show_left_out(draft)
    if not any(use_of(plan, at) for at in draft.tables):
        show_buttons(text, draft.saved)
        return
    if plan.survey is not None and not plan.measures:
        st.warning(text("There is nothing to measure yet: add a measure in step 4."))
    try:
        study = read_drafted_study(draft.saved, plan)
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))
        if isinstance(error, MissingColumnError) or error.code in COUNTS:
            _show_back_to_columns(draft)
        show_buttons(text, draft.saved)
        return
    for at, table in draft.tables.items():
        if is_unanswered(draft, at, table):
            show_questions(draft, at, table)
    ordered = show_rounds(draft)
    scaled = show_scales(draft) and not (plan.capacity is not None and plan.capacity.range is None)
    _show_rows(draft, study)
    agreed = show_losses(draft, study)
    _show_matching(draft, study)
    show_links(draft, propose_sign_in_links(study), section="attendance")
    _show_issues(draft, study)
    names = show_report_names(draft, plan)
    unread = [
        one for at, table in draft.tables.items() for one in list_unanswered(draft, at, table)
    ]
    if unread:
        st.warning(escape_markdown(text.join(unread)))
    title = st.text_input(
        text("Title of the study"),
        value=text.of(plan.study.title) or _propose_title(draft),
        key="title",
    )
    with st.container(horizontal=True):
        show_buttons(text, draft.saved)
        save = st.button(
            text("Save and see the results"),
            type="primary",
            key="finish",
            disabled=names is None or not agreed or not scaled or not ordered or bool(unread),
            help=_say_why_not(
                text, named=names is not None, scaled=scaled, ordered=ordered, unread=unread
            ),
        )
        if save and names is not None:
            _finish(draft, named_plan(text, plan, names), title)


def _propose_title(draft: Draft) -> str:
    """The study's name; where it was made of a file that is not used, one made of a used file."""
    names = {at: propose_title(at.file) for at in draft.tables}
    used = [name for at, name in names.items() if use_of(draft.plan, at)]
    if used and draft.saved.title in names.values() and draft.saved.title not in used:
        return used[0]
    return draft.saved.title


def _say_why_not(
    text: Text, *, named: bool, scaled: bool, ordered: bool, unread: list[str]
) -> str | None:
    """Say what is still to be answered before the study can be saved."""
    if unread:
        return escape_markdown(text.join(unread))
    if not ordered:
        return text("Say first in which order the rounds took place.")
    if not scaled:
        return text("Say first on which scale the answers were given.")
    return None if named else text("Name every score first.")


def _show_nothing_used(draft: Draft) -> None:
    """Say of every table what it lacks: there is nothing to save."""
    st.warning(draft.text("Nothing is used yet: say in step 3 what each file is."))
    for at, table in draft.tables.items():
        with st.container(border=True):
            st.markdown(f"**{escape_markdown(name_place(at))}**")
            show_unused(draft.text, draft.plan, table, name_place(at))
    _show_back_to_columns(draft, draft.text("Say in step 3 what each file is"))


def finished_plan(draft: Draft) -> StudyPlan:
    """The plan without tables that lack a column they need, and a survey that no file feeds."""
    plan = draft.plan
    for at in draft.tables:
        if list_gaps(plan, at):
            plan = without_use(plan, at)
    if plan.survey is not None and not plan.survey.files:
        return plan.model_copy(update={"survey": None, "measures": []})
    return plan


def _show_left_out(draft: Draft) -> None:
    """Say which tables are left out until a column is chosen."""
    gaps = [(at, gap) for at in draft.tables for gap in list_gaps(draft.plan, at)]
    for at, gap in gaps:
        said = draft.text(
            "{file} is left out for now. {reason}",
            file=name_place(at),
            reason=say_gap(draft.text, draft.plan, at, gap),
        )
        st.warning(escape_markdown(said))
    if gaps:
        _show_back_to_columns(draft)


def _finish(draft: Draft, plan: StudyPlan, title: str) -> None:
    told = plan.study.model_copy(update={"title": title or draft.saved.title})
    save_version(draft.saved.id, plan.model_copy(update={"study": told}))
    save_draft(draft.saved.id, "plan", None)
    save_draft(draft.saved.id, "step", 0)
    st.switch_page(find_page(draft.text, "overview"))


def _show_back_to_columns(draft: Draft, label: str = "") -> None:
    st.button(
        label or draft.text("Choose the column in step 3"),
        key="to_columns",
        on_click=go_to,
        args=(draft.saved, _COLUMNS_STEP),
    )


def _show_rows(draft: Draft, study: Study) -> None:
    text = draft.text
    used, given = sum(f.n_used for f in study.files), sum(f.n_rows for f in study.files)
    st.markdown(
        text(
            "{used} of {given} rows are used.",
            used=text.number(used, 0),
            given=text.number(given, 0),
        )
    )
    for at in draft.tables:
        if not use_of(draft.plan, at):
            reason = say_unused(text, draft.plan, draft.tables, at)
            said = text("Not used: {file}. {reason}", file=name_place(at), reason=reason)
            st.caption(escape_markdown(said))
    with st.expander(text("Which columns are used, and as what")):
        for at, table in draft.tables.items():
            st.markdown(f"**{escape_markdown(name_place(at))}**")
            show_usage(text, draft.plan, at, table)


def _show_issues(draft: Draft, study: Study) -> None:
    text = draft.text
    for issue in study.issues[:_LISTED]:
        st.markdown(f"- {escape_markdown(say_issue(text, issue))}")
    if not study.issues:
        st.markdown(text("Nothing stood out."))
    left = len(study.issues) - _LISTED
    if left > 0:
        st.caption(text("{n} more are listed on Quality.", n=text.number(left, 0)))
    if any(issue.code == "duplicate" for issue in study.issues):
        _show_duplicates(draft)


def _show_duplicates(draft: Draft) -> None:
    text, survey = draft.text, draft.plan.survey
    if survey is None:
        return
    policies = ("latest", "first", "most_complete")
    key = f"duplicates_{survey.duplicates}"
    st.selectbox(
        text("Of repeated answers keep"),
        policies,
        index=policies.index(survey.duplicates),
        format_func=lambda policy: name_policy(text, policy),
        key=key,
        width=280,
        on_change=lambda: draft.keep(
            with_survey_setting(draft.plan, "duplicates", st.session_state[key])
        ),
    )


def _show_matching(draft: Draft, study: Study) -> None:
    """How many people were found in both waves; if nobody, the anonymous design is offered."""
    survey, text = study.survey, draft.text
    waves = list(dict.fromkeys(survey.keys["wave"])) if survey is not None else []
    if survey is None or survey.anonymous or len(waves) < 2:
        return
    people = survey.keys.drop_duplicates(["respondent", "wave"])["respondent"].value_counts()
    everywhere, twice = int((people == len(waves)).sum()), int((people > 1).sum())
    if everywhere:
        told = text.count(
            "{n} person was found in every wave.",
            "{n} people were found in every wave.",
            everywhere,
        )
        st.markdown(told)
    elif twice:
        told = text.count(
            "Nobody was found in every one of the {waves} waves; {n} person was found in two or "
            "more.",
            "Nobody was found in every one of the {waves} waves; {n} people were found in two or "
            "more.",
            twice,
            waves=text.number(len(waves), 0),
        )
        st.markdown(told)
    else:
        st.warning(
            text(
                "Nobody was found in more than one wave: the codes do not match. Choose another "
                "column in step 3, or compare the waves as groups of anonymous answers."
            )
        )
        st.button(
            text("Compare as anonymous answers"),
            key="anonymous",
            on_click=lambda: draft.keep(without_respondent(draft.plan)),
        )
    show_links(draft, find_near(survey, draft.plan.survey))

"""The order of rounds that neither their names nor the file tell: a person says it once."""

from __future__ import annotations

import streamlit as st

from analysis.intake.propose.wave_order import WaveOrder, order_waves
from dashboard.sentences.outcomes import say_wave
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft
from dashboard.workspace.plan_edit import SURVEY, column_of, use_of, with_survey_setting
from dashboard.workspace.store import save_draft

_CONFIRMED = "rounds"


def find_open_rounds(draft: Draft) -> WaveOrder | None:
    """The rounds of a survey whose order is open; None where it is told, or was said."""
    survey, saved = draft.plan.survey, draft.saved.plan
    if survey is None or survey.wave is None or len(survey.waves) < 2:
        return None
    if saved is not None and saved.survey is not None and saved.survey.waves == survey.waves:
        return None
    for at, table in draft.tables.items():
        column = column_of(draft.plan, at, "wave") if use_of(draft.plan, at) == SURVEY else None
        if column is None or column not in table.cells:
            continue
        order = order_waves(table, column, column_of(draft.plan, at, "respondent"))
        # Rounds a person named differently are theirs.
        if not order.sure and set(order.waves) == set(survey.waves):
            return order
    return None


def are_confirmed(draft: Draft) -> bool:
    """Whether a person said that the rounds took place in the plan's order."""
    survey = draft.plan.survey
    return survey is not None and draft.saved.drafts.get(_CONFIRMED) == survey.waves


def show_rounds(draft: Draft) -> bool:
    """Ask in which order the rounds took place; whether that is settled."""
    order, survey = find_open_rounds(draft), draft.plan.survey
    if order is None or survey is None:
        return True
    text, settled = draft.text, are_confirmed(draft)
    proposed = " → ".join(say_wave(text, wave) for wave in order.waves)
    key, picked = f"rounds_{settled}", f"rounds_order_{'_'.join(survey.waves)}"

    def keep(waves: list[str]) -> None:
        save_draft(draft.saved.id, _CONFIRMED, waves)
        draft.keep(with_survey_setting(draft.plan, "waves", waves))

    def keep_proposed() -> None:
        if st.session_state[key]:
            keep(list(order.waves))

    def keep_picked() -> None:
        if len(st.session_state[picked]) == len(order.waves):
            keep(list(st.session_state[picked]))

    question = escape_markdown(text("In which order did these rounds take place?"))
    with st.container(border=True):
        own = settled and survey.waves != list(order.waves)
        in_file = st.radio(
            f"**{question}**",
            [True, False],
            index=int(own) if settled else None,
            format_func=lambda one: escape_markdown(proposed) if one else text("In another order"),
            help=text("Changes are counted from the first round to the last."),
            key=key,
            on_change=keep_proposed,
        )
        if in_file is False:
            st.multiselect(
                text("Choose all rounds, the earliest first"),
                list(order.waves),
                default=survey.waves if own else [],
                format_func=lambda wave: escape_markdown(say_wave(text, wave)),
                placeholder=text("Nothing chosen"),
                key=picked,
                on_change=keep_picked,
            )
            return own
    return settled

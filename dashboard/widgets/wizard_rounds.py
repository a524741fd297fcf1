"""The order of rounds that neither their names nor the files tell: a person says it once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from analysis.intake.propose.proposal import order_files, tells_order
from analysis.intake.propose.wave_order import order_waves
from analysis.plan import StudyPlan
from dashboard.sentences.outcomes import say_wave
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft, name_place
from dashboard.workspace.plan_edit import (
    SURVEY,
    Place,
    column_of,
    file_order,
    use_of,
    with_file_order,
    with_one_wave,
    with_survey_setting,
)
from dashboard.workspace.store import save_draft

_CONFIRMED = "rounds"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenOrder:
    """Rounds whose order is open.

    Attributes
    ----------
    proposed
        Waves or files, in the order of their names or of the file.
    current
        The same in the order of the plan.
    say
        What a person calls a round.
    put
        The plan with the rounds in another order.
    join
        The plan with all files in one round, where rounds are files.
    """

    proposed: Sequence[str]
    current: Sequence[str]
    say: Callable[[str], str]
    put: Callable[[Sequence[str]], StudyPlan]
    join: Callable[[], StudyPlan] | None = None


def find_open_order(draft: Draft) -> OpenOrder | None:
    """The rounds of a survey whose order nothing tells and nobody said yet in a saved version."""
    survey, saved = draft.plan.survey, draft.saved.plan
    if survey is None or len(survey.waves) < 2:
        return None
    if saved is not None and saved.survey is not None and _rounds(saved) == _rounds(draft.plan):
        return None
    return _open_waves(draft) if survey.wave is not None else _open_files(draft)


def _rounds(plan: StudyPlan) -> object:
    survey = plan.survey
    return survey and (survey.waves, {(one.path, one.sheet): one.wave for one in survey.files})


def _open_waves(draft: Draft) -> OpenOrder | None:
    """Rounds told apart by a column."""
    survey = draft.plan.survey
    for at, table in draft.tables.items():
        column = column_of(draft.plan, at, "wave") if use_of(draft.plan, at) == SURVEY else None
        if survey is None or column is None or column not in table.cells:
            continue
        order = order_waves(table, column, column_of(draft.plan, at, "respondent"))
        # Rounds a person named differently are theirs.
        if not order.sure and set(order.waves) == set(survey.waves):
            return OpenOrder(
                proposed=order.waves,
                current=survey.waves,
                say=lambda wave: say_wave(draft.text, wave),
                put=lambda waves: with_survey_setting(draft.plan, "waves", list(waves)),
            )
    return None


def _open_files(draft: Draft) -> OpenOrder | None:
    """Rounds that are a file each."""
    places = {_name_round(at, draft): at for at in draft.tables if use_of(draft.plan, at) == SURVEY}
    tables = [draft.tables[at] for at in places.values()]
    current = file_order(draft.plan, list(places.values()))
    if len(current) < 2 or tells_order(tables):
        return None
    names = {at: name for name, at in places.items()}
    proposed = [list(places)[at] for at in order_files(tables)]
    if (saved := draft.saved.plan) is not None:
        # What a person said of the files there were stays, and new ones are later rounds.
        known = [at for at in places.values() if use_of(saved, at) == SURVEY]
        said = [names[at] for at in file_order(saved, known) or known]
        proposed = [*said, *(one for one in proposed if one not in said)]
    return OpenOrder(
        proposed=proposed,
        current=[names[at] for at in current],
        say=str,
        put=lambda files: with_file_order(draft.plan, [places[one] for one in files]),
        join=lambda: with_one_wave(draft.plan, list(places.values())),
    )


def _name_round(at: Place, draft: Draft) -> str:
    """A file's name; of a workbook with several rounds each sheet's."""
    several = sum(one.file == at.file for one in draft.tables) > 1
    return f"{at.file} › {at.sheet}" if several and at.sheet else name_place(at)


def is_order_open(draft: Draft) -> bool:
    """Whether a person has still to say in which order the rounds took place."""
    order = find_open_order(draft)
    return order is not None and not _is_confirmed(draft, order)


def _is_confirmed(draft: Draft, order: OpenOrder) -> bool:
    return draft.saved.drafts.get(_CONFIRMED) == list(order.current)


def show_rounds(draft: Draft) -> bool:
    """Ask in which order the rounds took place; whether that is settled."""
    order = find_open_order(draft)
    return order is None or _ask_order(draft, order)


def _ask_order(draft: Draft, order: OpenOrder) -> bool:
    text, settled = draft.text, _is_confirmed(draft, order)
    proposed = " → ".join(order.say(one) for one in order.proposed)
    key, picked = f"rounds_{settled}", f"rounds_order_{'_'.join(order.current)}"

    def keep(rounds: Sequence[str]) -> None:
        save_draft(draft.saved.id, _CONFIRMED, list(rounds))
        draft.keep(order.put(rounds))

    def keep_chosen() -> None:
        if st.session_state[key] == "proposed":
            keep(order.proposed)
        elif st.session_state[key] == "joined" and order.join is not None:
            draft.keep(order.join())

    def keep_picked() -> None:
        if len(st.session_state[picked]) == len(order.proposed):
            keep(list(st.session_state[picked]))

    words = {
        "proposed": escape_markdown(proposed),
        "other": text("In another order"),
        "joined": text("They are one round of several groups"),
    }
    choices = list(words) if order.join is not None else ["proposed", "other"]
    question = escape_markdown(text("In which order did these rounds take place?"))
    with st.container(border=True):
        own = settled and list(order.current) != list(order.proposed)
        chosen = st.radio(
            f"**{question}**",
            choices,
            index=int(own) if settled else None,
            format_func=words.__getitem__,
            help=text("Changes are counted from the first round to the last."),
            key=key,
            on_change=keep_chosen,
        )
        if chosen == "other":
            st.multiselect(
                text("Choose all rounds, the earliest first"),
                list(order.proposed),
                default=list(order.current) if own else [],
                format_func=lambda one: escape_markdown(order.say(one)),
                placeholder=text("Nothing chosen"),
                key=picked,
                on_change=keep_picked,
            )
            return own
    return settled

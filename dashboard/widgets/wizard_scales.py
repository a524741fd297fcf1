"""Scales that wording and answers leave open: a person says which one was used."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analysis.intake.propose.open_scales import OpenScale, find_open_scale
from analysis.intake.propose.wide_tables import list_waves
from analysis.plan import MeasurePlan
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft
from dashboard.workspace.plan_edit import (
    SURVEY,
    measure_record,
    survey_file,
    use_of,
    with_measure,
)
from dashboard.workspace.store import save_draft

_CONFIRMED = "scales"
_SHOWN = 3


def list_open_scales(draft: Draft) -> list[tuple[int, OpenScale]]:
    """Places of the measures whose scale is open; those of a saved version are decided."""
    waves = list_waves(
        (survey_file(draft.plan, at), table)
        for at, table in draft.tables.items()
        if use_of(draft.plan, at) == SURVEY
    )
    saved = draft.saved.plan.measures if draft.saved.plan is not None else []
    decided = {(one.name, one.range) for one in saved}
    found = []
    for at, measure in enumerate(draft.plan.measures):
        if (measure.name, measure.range) in decided:
            continue
        scale = find_open_scale(measure, waves)
        if scale is not None:
            found.append((at, scale))
    return found


def is_confirmed(draft: Draft, measure: MeasurePlan) -> bool:
    """Whether a person said that a measure's scale is the one the plan has."""
    told = (draft.saved.drafts.get(_CONFIRMED) or {}).get(measure.name)
    return told is not None and measure.range == tuple(told)


def show_scales(draft: Draft) -> bool:
    """Ask for each open scale; whether all are answered."""
    settled = True
    for at, scale in list_open_scales(draft):
        measure = draft.plan.measures[at]
        confirmed = is_confirmed(draft, measure)
        _ask(draft, at, scale, confirmed=confirmed)
        settled = settled and confirmed
    return settled


def _ask(draft: Draft, at: int, scale: OpenScale, *, confirmed: bool) -> None:
    text, measure = draft.text, draft.plan.measures[at]
    items = [text.of(measure.texts.get(item), item) for item in measure.items]
    question = text("On which scale were these questions answered?")
    chosen = scale.options.index(measure.range) if confirmed and measure.range else None
    key = f"scale_{measure.name}_{chosen}"
    with st.container(border=True):
        st.radio(
            f"**{escape_markdown(question)}**",
            scale.options,
            index=chosen,
            format_func=lambda one: name_scale(text, one),
            key=key,
            horizontal=True,
            on_change=_keeper(draft, at, key),
        )
        shown = " · ".join(items[:_SHOWN]) + (" …" if len(items) > _SHOWN else "")
        st.caption(escape_markdown(f"{shown}  ·  {say_given(text, scale)}"))


def name_scale(text: Text, scale: tuple[float, float]) -> str:
    """A scale in words: ``1 to 5``."""
    return text("{low} to {high}", low=text.number(scale[0], 0), high=text.number(scale[1], 0))


def say_given(text: Text, scale: OpenScale) -> str:
    """Say which answers were given."""
    return text(
        "The answers given run from {low} to {high}.",
        low=text.number(scale.low, 0),
        high=text.number(scale.high, 0),
    )


def _keeper(draft: Draft, at: int, key: str) -> Callable[[], None]:
    def keep() -> None:
        chosen = list(st.session_state[key])
        measure = draft.plan.measures[at]
        told = {**(draft.saved.drafts.get(_CONFIRMED) or {}), measure.name: chosen}
        save_draft(draft.saved.id, _CONFIRMED, told)
        draft.keep(with_measure(draft.plan, at, {**measure_record(measure), "range": chosen}))

    return keep

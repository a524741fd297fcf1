"""The wizard's frame: which step is open, the way back and forth; every step is saved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import streamlit as st

from analysis.intake.model import Table
from analysis.plan import StudyPlan
from dashboard.text import Text
from dashboard.widgets.wizard_clash import keep_plan
from dashboard.workspace.plan_edit import Place
from dashboard.workspace.store import SavedStudy, save_draft

LAST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the wizard works on: the study as saved, its tables, and the plan so far."""

    text: Text
    saved: SavedStudy
    plan: StudyPlan
    tables: Mapping[Place, Table]

    @property
    def columns(self) -> dict[Place, list[str]]:
        """Names of the columns of each table."""
        return {at: [c.name for c in table.columns] for at, table in self.tables.items()}

    def keep(self, plan: StudyPlan) -> None:
        """Save a changed plan."""
        keep_plan(self.saved, plan)


def place_of(key: str, table: Table) -> Place:
    """Where a table read under ``key`` comes from."""
    return Place(file=table.file, sheet=table.sheet, main=key == table.file)


def name_place(at: Place) -> str:
    """A table's name as shown: the file, and the sheet unless it is the file's first."""
    return at.file if at.main else f"{at.file} › {at.sheet}"


def current_step(saved: SavedStudy) -> int:
    """The step a study's wizard stands at, 0–4."""
    step = saved.drafts.get("step", 0)
    return step if isinstance(step, int) and 0 <= step <= LAST else 0


def go_to(saved: SavedStudy, step: int) -> None:
    """Go to a step and remember it."""
    save_draft(saved.id, "step", step)


def step_names(text: Text) -> list[str]:
    """Names of the five steps."""
    return [
        text("Files"),
        text("Preview"),
        text("Columns"),
        text("Answers"),
        text("Checks"),
    ]


def show_steps(text: Text, saved: SavedStudy) -> None:
    """Show the five steps; those not yet possible stay closed."""
    names, step = step_names(text), current_step(saved)
    key = f"wizard_step_{step}"
    st.segmented_control(
        text("Step"),
        list(range(len(names))),
        default=step,
        format_func=lambda i: f"{i + 1} {names[i]}",
        key=key,
        disabled=not saved.files,
        label_visibility="collapsed",
        on_change=lambda: go_to(saved, _chosen(st.session_state[key], step)),
    )


def show_buttons(text: Text, saved: SavedStudy) -> None:
    """Show the buttons back and next."""
    step = current_step(saved)
    with st.container(horizontal=True, width="content"):
        if step > 0:
            st.button(text("Back"), key="wizard_back", on_click=go_to, args=(saved, step - 1))
        if step < LAST:
            st.button(
                text("Next"),
                key="wizard_next",
                type="primary",
                on_click=go_to,
                args=(saved, step + 1),
            )


def _chosen(value: object, otherwise: int) -> int:
    return value if isinstance(value, int) else otherwise

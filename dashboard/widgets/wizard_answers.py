"""Step 4: scale, direction, reversed items and missing codes of each measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args

import streamlit as st

from analysis.errors import StudyFileError
from analysis.study_file import Kind, MeasurePlan, StudyPlan
from dashboard.sentences import say_error
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import keep_plan, show_buttons
from dashboard.workspace.plan_edit import measure_record, survey_columns, with_measure
from dashboard.workspace.store import SavedStudy


def show_answers(
    text: Text, saved: SavedStudy, plan: StudyPlan, tables: Mapping[str, Sequence[str]]
) -> None:
    """Show each measure as a form, and a blank one to add."""
    columns = survey_columns(plan, tables)
    for at, measure in enumerate(plan.measures):
        _show_measure(text, saved, plan, at, measure, columns)
    if columns:
        _show_measure(text, saved, plan, len(plan.measures), None, columns)
    show_buttons(text, saved)


def _show_measure(
    text: Text,
    saved: SavedStudy,
    plan: StudyPlan,
    at: int,
    measure: MeasurePlan | None,
    columns: Sequence[str],
) -> None:
    heading = text.of(measure.label, measure.name) if measure else text("Add a measure")
    with st.expander(escape_markdown(heading)), st.form(f"measure_{at}", border=False):
        told = _ask(text, at, measure, columns)
        if st.form_submit_button(text("Save"), key=f"save_measure_{at}"):
            _keep(text, saved, plan, at, told)


def _ask(
    text: Text, at: int, measure: MeasurePlan | None, columns: Sequence[str]
) -> dict[str, Any]:
    known = measure_record(measure) if measure else {}
    name = st.text_input(text("Name"), value=known.get("name", ""), key=f"name_{at}")
    options = list(dict.fromkeys([*known.get("items", ()), *columns]))
    items = _pick(text, text("Items"), options, known.get("items", ()), f"items_{at}")
    reversed_ = _pick(
        text, text("Items worded the other way round"), items, known.get("reversed", ()),
        f"reversed_{at}",
    )  # fmt: skip
    with st.grid(4, min_column_width=150):
        kind = _choose(text("Kind"), _kinds(text), known.get("kind", "scale"), f"kind_{at}")
        low, high = known.get("range") or (1.0, 5.0)
        lowest = st.number_input(text("Lowest answer"), value=float(low), key=f"low_{at}")
        highest = st.number_input(text("Highest answer"), value=float(high), key=f"high_{at}")
        better = _choose(
            text("Better is"),
            {"higher": text("higher"), "lower": text("lower")},
            known.get("better", "higher"),
            f"better_{at}",
        )
    asked = {"name": name or f"measure_{at + 1}", "items": items, "kind": kind, "better": better}
    asked["reversed"] = [item for item in reversed_ if item in items]
    asked["range"] = [lowest, highest] if kind in ("scale", "number") else known.get("range")
    return {**known, **asked}


def _pick(
    text: Text, label: str, options: Sequence[str], chosen: Sequence[str], key: str
) -> list[str]:
    default = [item for item in chosen if item in options]
    return st.multiselect(
        label, options, default=default, key=key, placeholder=text("Nothing chosen")
    )


def _choose(label: str, words: Mapping[str, str], chosen: str, key: str) -> str:
    options = list(words)
    found = st.selectbox(
        label, options, index=options.index(chosen), format_func=words.__getitem__, key=key
    )
    return found or chosen


def _kinds(text: Text) -> dict[str, str]:
    words = {
        "scale": text("scale"),
        "knowledge": text("knowledge, right or wrong"),
        "binary": text("yes or no"),
        "category": text("categories"),
        "number": text("number"),
    }
    return {kind: words[kind] for kind in get_args(Kind)}


def _keep(text: Text, saved: SavedStudy, plan: StudyPlan, at: int, told: Mapping[str, Any]) -> None:
    try:
        changed = with_measure(plan, at, told)
    except StudyFileError as error:
        st.error(escape_markdown(say_error(text, error)))
        return
    keep_plan(saved, changed)
    st.rerun()

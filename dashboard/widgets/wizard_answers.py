"""Step 4: scale, direction, reversed items and the numbers of answers of each measure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import streamlit as st

from analysis.errors import StudyFileError
from analysis.intake.propose.score_names import find_name_problem
from analysis.plan import Kind, MeasurePlan, MeasureRole
from dashboard.sentences import say_error
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_report_names import name_problem_in_words
from dashboard.widgets.wizard_steps import Draft, show_buttons
from dashboard.widgets.wizard_values import (
    list_rules,
    show_missing_codes,
    show_numbers,
    show_odd,
)
from dashboard.workspace.plan_edit import measure_record, survey_columns, with_measure


def show_answers(draft: Draft) -> None:
    """Show each measure as a form, and a blank one to add."""
    columns = survey_columns(draft.plan, draft.columns)
    if not columns:
        st.info(draft.text("No file is used as survey answers: there is nothing to set here."))
    rules = list_rules(draft)
    show_odd(draft, rules)
    for at, measure in enumerate(draft.plan.measures):
        _show_measure(draft, at, measure, columns, rules)
    if columns:
        _show_measure(draft, len(draft.plan.measures), None, columns, rules)
        show_missing_codes(draft)
    show_buttons(draft.text, draft.saved)


def _show_measure(
    draft: Draft,
    at: int,
    measure: MeasurePlan | None,
    columns: Sequence[str],
    rules: Mapping[str, Any],
) -> None:
    text = draft.text
    rule = rules.get(measure.name) if measure else None
    heading = text.of(measure.label, measure.name) if measure else text("Add a measure")
    about = f": {describe_measure(text, measure)}" if measure else ""
    shown = st.expander(f"**{escape_markdown(heading)}**{escape_markdown(about)}")
    with shown, st.form(f"measure_{at}", border=False):
        told = _ask(text, _token(at, measure), measure, columns)
        if rule:
            show_numbers(text, at, rule)
        if st.form_submit_button(text("Save"), key=f"save_measure_{at}"):
            _keep(draft, at, told)


def describe_measure(text: Text, measure: MeasurePlan) -> str:
    """A measure in one line: items, range, direction, items turned round."""
    told = [text.count("{n} item", "{n} items", len(measure.items)), _kinds(text)[measure.kind]]
    if measure.range:
        low, high = (text.number(limit, 0) for limit in measure.range)
        told.append(text("{low} to {high}", low=low, high=high))
    better = {"higher": text("higher is better"), "lower": text("lower is better")}
    told.append(better[measure.better])
    if measure.reversed:
        told.append(text("{n} turned round", n=text.number(len(measure.reversed), 0)))
    return " · ".join(told)


def _token(at: int, measure: MeasurePlan | None) -> str:
    """What names the widgets of a measure: it changes with the measure, and they with it."""
    told = repr(measure_record(measure) if measure else None)
    return f"{at}_{hashlib.sha256(told.encode()).hexdigest()[:8]}"


def _ask(
    text: Text, at: str, measure: MeasurePlan | None, columns: Sequence[str]
) -> dict[str, Any]:
    known = measure_record(measure) if measure else {}
    heading = text.of(measure.label) if measure else ""
    label = st.text_input(text("Name"), value=heading, key=f"name_{at}")
    options = list(dict.fromkeys([*known.get("items", ()), *columns]))
    items = _pick(text, text("Items"), options, known.get("items", ()), f"items_{at}")
    reversed_ = _pick(
        text,
        text("Items worded the other way round"),
        items,
        known.get("reversed", ()),
        f"reversed_{at}",
    )
    asked = {"items": items, **_ask_scale(text, at, known), **_ask_score(text, at, known)}
    asked["name"] = known.get("name") or label
    if label and label != heading:
        asked["label"] = label
    asked["reversed"] = [item for item in reversed_ if item in items]
    return {**known, **asked}


def _ask_scale(text: Text, at: str, known: Mapping[str, Any]) -> dict[str, Any]:
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
    limits = [lowest, highest] if kind in ("scale", "number") else known.get("range")
    return {"kind": kind, "better": better, "range": limits}


def _ask_score(text: Text, at: str, known: Mapping[str, Any]) -> dict[str, Any]:
    scores = {
        "mean": text("mean of the items"),
        "sum": text("sum of the items"),
        "percent": text("percent of the range"),
    }
    with st.grid(4, min_column_width=150):
        score = _choose(text("Score"), scores, known.get("score", "mean"), f"score_{at}")
        least = st.number_input(
            text("Least items answered"),
            min_value=0.0,
            value=float(known.get("min_answered", 0.8)),
            help=text("A number of items, or a share below 1."),
            key=f"least_{at}",
        )
        role = _choose(text("Importance"), _roles(text), known.get("role", "secondary"), f"r_{at}")
        difference = st.number_input(
            text("Smallest change that matters"),
            min_value=0.0,
            value=known.get("important_difference"),
            placeholder=text("Not set"),
            key=f"matters_{at}",
        )
    return {
        "score": score,
        "min_answered": least,
        "role": role,
        "important_difference": difference or None,
    }


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


def _roles(text: Text) -> dict[str, str]:
    words = {
        "primary": text("main outcome"),
        "secondary": text("further outcome"),
        "exploratory": text("exploratory"),
        "descriptive": text("descriptive, not an outcome"),
    }
    return {role: words[role] for role in get_args(MeasureRole)}


def _keep(draft: Draft, at: int, told: Mapping[str, Any]) -> None:
    label, old = told.get("label"), [one.label for one in draft.plan.measures[at : at + 1]]
    changed_label = isinstance(label, str) and label not in old
    if changed_label and (problem := find_name_problem(str(label), told["items"])):
        st.error(name_problem_in_words(draft.text, problem))
        return
    try:
        changed = with_measure(
            draft.plan, at, {**told, "name": told["name"] or f"measure_{at + 1}"}
        )
    except StudyFileError as error:
        st.error(escape_markdown(say_error(draft.text, error)))
        return
    draft.keep(changed)
    st.rerun()

"""A table whose rows are answers: which column they are, which hold numbers of people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from analysis.errors import LeveeError
from analysis.intake.model import Table
from analysis.intake.propose.propose_counts import propose_count_measures, recognise_counts
from analysis.intake.tables.counts import list_samples, read_counts
from analysis.plan import CountsPlan, SurveyPlan
from dashboard.sentences import say_error
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft, name_place
from dashboard.workspace.plan_edit import Place, source_counts, survey_file, with_counts

COUNTED = ("wave", "group", "site")
"""Parts that a column of a table of counts can play beside its answers and numbers."""


def show_counts(draft: Draft, at: Place, table: Table) -> None:
    """Ask whether rows are answers and, if so, what the columns hold."""
    text, counts = draft.text, source_counts(draft.plan, at)
    if counts is None and len(table.cells) > 500:
        return
    key = f"counted_{name_place(at)}_{counts is not None}"
    st.toggle(
        text("Each row is an answer with the number of people who gave it"),
        value=counts is not None,
        key=key,
        on_change=lambda: draft.keep(
            with_counts(draft.plan, at, _first(table) if st.session_state[key] else None)
        ),
    )
    if counts is None:
        return
    st.caption(
        text("Nobody can be matched in such a table: waves are compared as independent groups.")
    )
    with st.grid(3, min_column_width=200):
        _show_settings(draft, at, table, counts)
    _show_asked(draft, at, table, counts)


def _first(table: Table) -> CountsPlan:
    shape = recognise_counts(table)
    names = [column.name for column in table.columns]
    return shape.plan() if shape else CountsPlan(answer=names[0], cells=names[-1:])


def _whole(counts: CountsPlan, names: Sequence[str]) -> CountsPlan:
    """The settings with what their layout needs, and without what it cannot have."""
    free = [name for name in names if name not in counts.cells]
    if counts.across == "answer":
        question = counts.question or counts.answer or next(iter(free), names[0])
        return counts.model_copy(update={"question": question, "answer": ""})
    answer = counts.answer or counts.question or next(iter(free), names[0])
    alone = counts.across == "question" or counts.question == answer
    asked = None if alone else counts.question
    return counts.model_copy(update={"answer": answer, "question": asked})


def _show_settings(draft: Draft, at: Place, table: Table, counts: CountsPlan) -> None:
    text, place = draft.text, name_place(at)
    names = [column.name for column in table.columns]

    def keep(name: str, key: str) -> None:
        value: Any = st.session_state[key]
        if value or name in ("unit", "question"):
            changed = _whole(counts.model_copy(update={name: value}), names)
            plan = with_counts(draft.plan, at, changed)
            if (changed.across, changed.question) != (counts.across, counts.question):
                # Another layout has other questions: what was proposed for the old one is gone.
                measures = propose_count_measures(table, changed)
                plan = plan.model_copy(update={"measures": measures})
            draft.keep(plan)

    if counts.across != "answer":
        key = f"counts_answer_{place}_{counts.answer}"
        st.selectbox(
            text("Column of answers"),
            names,
            index=names.index(counts.answer) if counts.answer in names else None,
            key=key,
            on_change=keep,
            args=("answer", key),
        )
    if counts.across != "question":
        free = [name for name in names if name not in (counts.answer, *counts.cells)]
        options: list[str | None] = [*free] if counts.across == "answer" else [None, *free]
        asked = f"counts_question_{place}_{counts.question}"
        st.selectbox(
            text("Column of questions"),
            options,
            index=options.index(counts.question) if counts.question in options else None,
            format_func=lambda name: name or text("one question"),
            key=asked,
            on_change=keep,
            args=("question", asked),
        )
    cells = f"counts_cells_{place}_{'|'.join(counts.cells)}"
    st.multiselect(
        text("Columns with numbers of people"),
        [name for name in names if name != counts.answer],
        default=[name for name in counts.cells if name in names and name != counts.answer],
        placeholder=text("Nothing chosen"),
        key=cells,
        on_change=keep,
        args=("cells", cells),
    )
    units = {
        None: text("as recognised"),
        "people": text("numbers of people"),
        "percent": text("percentages"),
    }
    unit = f"counts_unit_{place}_{counts.unit}"
    st.selectbox(
        text("The cells are"),
        list(units),
        index=list(units).index(counts.unit),
        format_func=units.__getitem__,
        key=unit,
        on_change=keep,
        args=("unit", unit),
    )
    if len(counts.cells) > 1:
        across = f"counts_across_{place}_{counts.across}"
        names_of = {
            "wave": text("one wave"),
            "group": text("one group"),
            "question": text("one question"),
            "answer": text("one answer"),
        }
        st.selectbox(
            text("Each of these columns is"),
            list(names_of),
            index=list(names_of).index(counts.across),
            format_func=names_of.__getitem__,
            key=across,
            on_change=keep,
            args=("across", across),
        )


def _show_asked(draft: Draft, at: Place, table: Table, counts: CountsPlan) -> None:
    """Ask for the number of people behind percentages, where the table does not hold it."""
    text, survey = draft.text, draft.plan.survey or SurveyPlan()
    source = survey_file(draft.plan, at)
    asked = bool(counts.totals)
    try:
        read_counts(table, source, survey)
    except LeveeError as error:
        st.error(escape_markdown(say_error(text, error)))
        asked = asked or error.code == "counts_percent"
        if error.code in ("missing_column", "counts_with_people"):
            return
    for sample in list_samples(table, source, survey) if asked else ():
        key = f"counts_total_{name_place(at)}_{sample}_{counts.totals.get(sample)}"

        def keep(sample: str = sample, key: str = key) -> None:
            totals = {name: n for name, n in counts.totals.items() if name != sample}
            given = st.session_state[key]
            told = {**totals, sample: int(given)} if given else totals
            changed = counts.model_copy(update={"totals": told})
            draft.keep(with_counts(draft.plan, at, changed))

        st.number_input(
            escape_markdown(text("People asked: {sample}", sample=sample)),
            min_value=1,
            value=counts.totals.get(sample),
            step=1,
            format="%d",
            placeholder=text("Not set"),
            width=280,
            key=key,
            on_change=keep,
        )

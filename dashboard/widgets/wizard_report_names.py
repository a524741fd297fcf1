"""Checks: what each score is called in reports, and which check-all options are outcomes."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import streamlit as st

from analysis.intake.propose.score_names import find_name_problem, suggest_name, tell_apart
from analysis.intake.tables.choices import is_exclusive
from analysis.plan import MeasurePlan, StudyPlan
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.wizard_steps import Draft
from dashboard.workspace.plan_edit import with_outcomes, with_report_names

OPEN_NAMES = 6
"""Names shown at once; beyond these, those that need no answer are folded."""


def name_problem_in_words(text: Text, problem: str) -> str:
    """Say why a text cannot name a score in reports."""
    return {
        "": "",
        "empty": text("Give this score a name."),
        "placeholder": text("This word names no score: say what it measures."),
        "code": text("This is a column code: say what it measures."),
        "question": text("This is a question: name what it measures, such as “Preparedness”."),
        "instruction": text("This is an instruction: name what the score measures."),
    }[problem]


def show_report_names(draft: Draft, plan: StudyPlan) -> Mapping[str, str] | None:
    """Ask for the name of each score; return them, or None while one is missing or refused."""
    text = draft.text
    if plan.survey is None:
        return {}
    _show_outcome_choice(draft, plan)
    measures = [one for one in plan.measures if one.role != "descriptive"]
    columns = {item for one in plan.measures for item in one.items}
    if not measures:
        return {}
    proposals = _propose_names(draft, measures, columns)
    st.subheader(text("Names in reports"), anchor=False)
    clear = [one for one in measures if proposals[one.name] and len(measures) > OPEN_NAMES]
    names: dict[str, str] = {}
    with st.grid(2, min_column_width=260, gap="small"):
        for measure in measures:
            if measure not in clear:
                names[measure.name] = _ask(text, measure, proposals[measure.name], columns)
    if clear:
        with st.expander(text("{n} more names", n=text.number(len(clear), 0))):
            for measure in clear:
                names[measure.name] = _ask(text, measure, proposals[measure.name], columns)
    repeated = find_repeated_names(names.values())
    for name in repeated:
        said = text("Two scores are called “{name}”: give each a name of its own.", name=name)
        st.warning(escape_markdown(said))
    refused = any(find_name_problem(name, columns) for name in names.values())
    return None if refused or repeated else names


def find_repeated_names(names: Iterable[str]) -> list[str]:
    """List names that a reader could not tell apart: case, width and spaces are no difference.

    Examples
    --------
    >>> find_repeated_names(["Preparedness", "preparedness ", "Trust", ""])
    ['Preparedness']
    """
    given = [name.strip() for name in names if name.strip()]
    plain = [" ".join(unicodedata.normalize("NFKC", name).casefold().split()) for name in given]
    times = Counter(plain)
    first = {key: name for key, name in reversed(list(zip(plain, given, strict=True)))}
    return [first[key] for key, n in times.items() if n > 1]


def _propose_names(
    draft: Draft, measures: Sequence[MeasurePlan], columns: set[str]
) -> dict[str, str]:
    """A name for each score; two without one of their own never get the same."""
    text = draft.text
    forms = {one.name: one.form for table in draft.tables.values() for one in table.columns}
    names = {one.name: propose_report_name(text, one, columns) for one in measures}
    unnamed = [one for one in measures if not text.of(one.label)]
    apart = tell_apart(
        [names[one.name] for one in unnamed],
        [forms.get(one.items[0], "") for one in unnamed],
        [len(one.items) for one in unnamed],
    )
    return names | {one.name: told for one, told in zip(unnamed, apart, strict=True)}


def propose_report_name(text: Text, measure: MeasurePlan, columns: set[str]) -> str:
    """The name a score has, or one that its title or items suggest; "" when a person must say."""
    label = text.of(measure.label)
    if label and not find_name_problem(label, columns):
        return label
    wordings = [text.of(measure.texts.get(item), item) for item in measure.items]
    stem, _, option = label.rpartition(": ")
    # A chosen option is named by itself: its question is no name.
    return suggest_name(option if stem else label, wordings, columns)


def _ask(text: Text, measure: MeasurePlan, proposal: str, columns: set[str]) -> str:
    wordings = [text.of(measure.texts.get(item), item) for item in measure.items]
    with st.container(gap="xsmall"):
        name = st.text_input(
            text("Name this score for reports"),
            value=proposal,
            placeholder=text("For example: Household preparedness"),
            key=f"report_name_{measure.name}",
            help=text("It stands in every headline, table and export."),
        )
        shown = " · ".join(wordings[:3]) + (" …" if len(wordings) > 3 else "")
        st.caption(escape_markdown(shown))
        problem = find_name_problem(name, columns)
        if problem:
            st.warning(name_problem_in_words(text, problem))
    return name.strip()


def check_all_options(draft: Draft, plan: StudyPlan) -> list[MeasurePlan]:
    """Measures that are one option of a check-all question."""
    options = {
        column.name for table in draft.tables.values() for column in table.columns if column.option
    }
    names = {column.name for table in draft.tables.values() for column in table.columns}
    found = []
    for measure in plan.measures:
        item = measure.items[0]
        alone = measure.kind == "binary" and len(measure.items) == 1
        split = item in options or (item not in names and "/" in item)
        if measure.role == "descriptive" or (alone and split):
            found.append(measure)
    return found


def _show_outcome_choice(draft: Draft, plan: StudyPlan) -> None:
    text = draft.text
    options = [
        one
        for one in check_all_options(draft, plan)
        if not is_exclusive(text.of(one.label, one.name).rpartition(": ")[2])
    ]
    if not options:
        return
    labels = {one.name: text.of(one.label, one.name) for one in options}
    chosen = [one.name for one in options if one.role != "descriptive"]
    key = f"outcomes_{len(options)}_{'_'.join(chosen)}"
    st.multiselect(
        text("Which of these did the programme try to change?"),
        list(labels),
        default=chosen,
        format_func=lambda name: escape_markdown(labels[name]),
        placeholder=text("None: they describe participation"),
        help=text(
            "Only what the programme tried to change is tested as an outcome. The others are "
            "counted on Items."
        ),
        key=key,
        on_change=lambda: draft.keep(
            with_outcomes(draft.plan, list(labels), st.session_state[key])
        ),
    )


def named_plan(text: Text, plan: StudyPlan, names: Mapping[str, str]) -> StudyPlan:
    """The plan with the names given in the reader's language."""
    return with_report_names(plan, names, text.language)

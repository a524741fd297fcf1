"""Outcomes: did it change, by how much, how sure, for how many."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import Caution
from analysis.study import Study
from analysis.surveys.findings import find_change, last_contrasts
from analysis.surveys.results import Outcome
from dashboard.cache import current_evaluation, current_study
from dashboard.content.forest import draw_forest, list_forest_rows
from dashboard.content.model import Card
from dashboard.figures.change import MAX_LINES, draw_change
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.change import is_share, list_change_cards, say_who
from dashboard.sentences.improvement import say_improvement
from dashboard.sentences.ordered import say_ordered
from dashboard.state import current_text
from dashboard.tables import outcomes as tables
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.measures import choose_outcome
from dashboard.widgets.page import (
    show_cards,
    show_cautions,
    show_empty,
    show_figure,
    show_page,
    show_table,
)


def show() -> None:
    """Show the outcomes page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.outcomes:
        needed = text("Upload answers of two waves, before and after, to see a change.")
        show_empty(text("No change to show yet"), needed)
        show_filters()
        return
    head = st.container()
    show_filters()
    outcome = choose_outcome(text, evaluation, study)
    measure = study.measure(outcome.measure)
    tests = len(last_contrasts(evaluation.outcomes))
    with head:
        show_page(say_finding(text, find_change(study, outcome, tests)), say_who(text, outcome))
    cards = list_change_cards(text, evaluation, outcome, measure)
    show_cards([Card(value=value, meaning=what) for value, what in cards])
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_change(text, study, outcome)
    with right:
        show_figure(
            draw_forest(list_forest_rows(evaluation.outcomes, study.plan, text), text),
            title=text("All measures on one scale"),
            subtitle=text(
                "Change in % of the range, with 95 % interval; right: in its own unit. "
                "Shaded: too small to matter."
            ),
            alt=text("Forest plot of the change in each measure."),
            table=tables.list_outcomes(evaluation.outcomes, study.plan, text),
            key="forest",
        )
    show_cautions([say_caution(text, one) for one in _cautions_of(evaluation, outcome)])
    _show_improvement(text, outcome, measure)
    _show_ordered(text, study, outcome)
    _show_analyses(text, outcome, share=is_share(measure))


def _cautions_of(evaluation: Evaluation, outcome: Outcome) -> list[Caution]:
    """What concerns this change: its own cautions and those of the whole survey."""
    return [*evaluation.study_cautions("outcomes"), *outcome.cautions]


def _show_change(text: Text, study: Study, outcome: Outcome) -> None:
    measure = study.measure(outcome.measure)
    name = text.of(measure.label, measure.name)
    if outcome.transitions:
        st.header(text("From which answer to which"), anchor=False)
        show_table(tables.list_transitions(outcome, text), key="transitions")
        return
    lines = outcome.pairs is not None and sum(outcome.pairs.count) <= MAX_LINES
    each = text("Each line is a person.") if lines else ""
    if outcome.pairs is not None and not lines:
        each = text("Bars: how many gave each score.")
    show_figure(
        draw_change(outcome, measure, text),
        title=text("Everyone's answer before and after"),
        subtitle=text.join([text("{measure}, mean with 95 % interval.", measure=name), each]),
        alt=text("Scores before and after, and the mean change with its interval."),
        key="change",
    )


def _show_improvement(text: Text, outcome: Outcome, measure: MeasurePlan) -> None:
    lines = say_improvement(text, outcome, measure)
    if lines:
        st.header(text("Who improved, and by how much it takes"), anchor=False)
        st.markdown("  \n".join(escape_markdown(line) for line in lines))


def _show_ordered(text: Text, study: Study, outcome: Outcome) -> None:
    """One ordered question: the odds of a higher answer, and the answers they come to."""
    lines = say_ordered(text, outcome)
    if not lines:
        return
    st.header(text("The answers, expected for the same people"), anchor=False)
    st.markdown("  \n".join(escape_markdown(line) for line in lines))
    shares = tables.list_ordered(outcome, study.plan, text)
    if len(shares):
        show_table(shares, key="ordered")


def _show_analyses(text: Text, outcome: Outcome, *, share: bool) -> None:
    st.header(text("The same change by every method"), anchor=False)
    show_table(tables.list_analyses(outcome, text, share=share), key="analyses")
    if outcome.effect_sizes:
        st.header(text("Effect sizes"), anchor=False)
        show_table(tables.list_effect_sizes(outcome, text), key="effect_sizes")

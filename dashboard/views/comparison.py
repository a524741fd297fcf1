"""Comparison: did it change more than where the programme was not."""

from __future__ import annotations

import streamlit as st

from analysis.study import Study
from analysis.surveys.contrasts import main_rows
from analysis.surveys.findings import find_effect
from analysis.surveys.results import GroupComparison
from dashboard.cache import current_evaluation, current_study
from dashboard.content.model import Card
from dashboard.figures.comparison import draw_comparison, draw_event_study
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.comparison import (
    list_comparison_cards,
    say_design,
    say_e_value,
    say_groups,
    say_overlap,
)
from dashboard.state import current_text
from dashboard.tables.comparison import (
    list_balance,
    list_comparisons,
    list_weighted_balance,
)
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import (
    show_cards,
    show_cautions,
    show_empty,
    show_figure,
    show_page,
    show_table,
)


def show() -> None:
    """Show the comparison page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.comparison:
        needed = text(
            "Ask the same questions where the programme is not, and name the column that tells "
            "the groups apart on the page Data."
        )
        show_empty(text("No comparison group yet"), needed)
        show_filters()
        return
    head = st.container()
    show_filters()
    main = {one.measure: one for one in main_rows(evaluation.comparison)}
    names = list(main)
    name = choose_measure(text, study, names)
    found = main[name]
    with head:
        who = text.join([say_groups(text, found), say_design(text, found)])
        show_page(say_finding(text, find_effect(study, found)), who)
    cards = list_comparison_cards(text, found, study.measure(name))
    left, right = st.columns([3, 2], gap="large")
    with left:
        _show_lines(text, study, found)
    with right:
        show_cards([Card(value=value, meaning=what) for value, what in cards])
        show_cautions([say_caution(text, caution) for caution in found.cautions])
    _show_analyses(text, study, found)
    if found.balance:
        st.header(text("Were the groups alike at the start?"), anchor=False)
        show_table(list_balance(found.balance, study.plan, text), key="balance")
    if found.overlap is not None:
        st.header(text("Weighted to be alike at the start"), anchor=False)
        st.caption(say_overlap(text, found.overlap))
        show_table(list_weighted_balance(found.overlap, study.plan, text), key="overlap")


def _show_lines(text: Text, study: Study, found: GroupComparison) -> None:
    measure = study.measure(found.measure)
    name = text.of(measure.label, measure.name)
    show_figure(
        draw_comparison(found, measure, text),
        title=text("Both groups, before and after"),
        subtitle=text("{measure}, mean with 95 % interval.", measure=name),
        alt=text("Lines of both groups; dashed: the programme had it moved like the comparison."),
        key="comparison",
    )


def _show_analyses(text: Text, study: Study, found: GroupComparison) -> None:
    measure = study.measure(found.measure)
    st.header(text("The same difference by every method"), anchor=False)
    show_table(list_comparisons(found, measure, text), key="comparisons")
    if found.e_value is not None:
        st.caption(say_e_value(text, found.e_value))
    if found.event_study:
        show_figure(
            draw_event_study(found, measure, text),
            title=text("The difference, wave by wave"),
            subtitle=text(
                "Programme minus comparison group, against the first wave, with 95 % interval."
            ),
            alt=text("Dots of the difference in each wave, with interval."),
            key="event_study",
        )

"""Answers: how each question was answered before and after."""

from __future__ import annotations

import streamlit as st

from analysis.findings import last_contrasts
from analysis.study_file import MeasurePlan
from analysis.surveys.results import ItemAnswers
from dashboard.cache import current_evaluation, current_study, smallest_group
from dashboard.figures.answers import draw_answers, draw_shares
from dashboard.sentences.few import has_few, say_marked
from dashboard.sentences.items import label_items, name_answers, say_item_counts, say_items
from dashboard.sentences.ordered import say_ordered
from dashboard.state import current_text
from dashboard.tables.items import list_answers
from dashboard.text import Text
from dashboard.widgets.by_group import show_by_group
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_empty, show_figure, show_page
from dashboard.widgets.profile import is_profile


def show() -> None:
    """Show the answers page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.items:
        show_empty(text("No answers to show yet"), text("Upload a survey to see its answers."))
        return
    head = st.container()
    show_filters()
    names = list(dict.fromkeys(one.measure for one in evaluation.items))
    measure = study.measure(choose_measure(text, study, names))
    told = [one for one in evaluation.items if one.measure == measure.name]
    items = name_answers(text, study.plan, told)
    labels = label_items(text, measure)
    with head:
        show_page(say_items(text, measure, items, labels), say_item_counts(text, items))
    _show_picture(text, measure, items, labels)
    if is_profile(evaluation):
        show_by_group(text, [measure.name])
    outcome = next(
        (o for o in last_contrasts(evaluation.outcomes) if o.measure == measure.name), None
    )
    lines = [] if outcome is None else say_ordered(text, outcome)
    if lines:
        st.markdown("  \n".join(escape_markdown(line) for line in lines))


def _show_picture(
    text: Text, measure: MeasurePlan, items: list[ItemAnswers], labels: dict[str, str]
) -> None:
    least = smallest_group()
    table = list_answers(items, labels, text, least)
    if has_few((n for one in items for n in one.counts.values()), least):
        st.caption(say_marked(text, least))
    if measure.kind in ("knowledge", "binary"):
        correct = measure.kind == "knowledge"
        show_figure(
            draw_shares(items, labels, text),
            title=text("Answered correctly") if correct else text("Answered yes"),
            subtitle=text("Share of answers. Hollow: before; solid: after."),
            alt=text("Dumbbells of the share before and after for each question."),
            table=table,
            key="shares",
        )
        return
    if not items[0].counts:
        st.info(text("These are numbers without a declared range; Outcomes shows their change."))
        return
    stacked = st.toggle(text("Stack from 0 to 100 %"), key="stacked")
    show_figure(
        draw_answers(items, labels, text, diverging=not stacked),
        title=text("How the answers moved"),
        subtitle=text("Share of each answer; most changed first. As answered, before reversal."),
        alt=text("Stacked bars of answers to each question, before above after."),
        table=table,
        key="answers",
    )

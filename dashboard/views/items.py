"""Answers: how each question was answered, in each wave."""

from __future__ import annotations

import streamlit as st

from analysis.plan import MeasurePlan
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import ItemAnswers
from dashboard.cache import current_evaluation, current_study, smallest_group
from dashboard.figures.answers import draw_answers, draw_shares
from dashboard.sentences import say_caution
from dashboard.sentences.few import has_few, say_marked
from dashboard.sentences.items import (
    describe_answers,
    label_items,
    name_answers,
    say_item_counts,
    say_items,
    title_answers,
)
from dashboard.sentences.ordered import say_ordered
from dashboard.state import current_text
from dashboard.tables.items import list_answers
from dashboard.text import Text
from dashboard.widgets.by_group import show_by_group
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.measures import choose_measure
from dashboard.widgets.page import show_cautions, show_empty, show_figure, show_page
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
    show_cautions(
        [
            say_caution(text, one)
            for one in evaluation.cautions
            if one.section == "items" and one.measure == measure.name
        ]
    )
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
    share = measure.kind in ("knowledge", "binary")
    if not share and not items[0].counts:
        st.info(text("These are numbers without a declared range; Outcomes shows their change."))
        return
    waves = len({one.wave for one in items})
    if share:
        correct = measure.kind == "knowledge"
        told, seen = text("Share of answers."), text("Dots of the share for each question.")
        if waves > 1:
            told = text("Share of answers. Hollow: before; solid: after.")
            seen = text("Dumbbells of the share before and after for each question.")
        show_figure(
            draw_shares(items, labels, text),
            title=text("Answered correctly") if correct else text("Answered yes"),
            subtitle=told,
            alt=seen,
            table=table,
            key="shares",
        )
        return
    stacked = st.toggle(text("Stack from 0 to 100 %"), key="stacked")
    told = text("Share of each answer. As answered, before reversal.")
    if waves > 1:
        told = text("Share of each answer; most changed first. As answered, before reversal.")
    show_figure(
        draw_answers(items, labels, text, diverging=not stacked),
        title=title_answers(text, waves),
        subtitle=told,
        alt=describe_answers(text, waves),
        table=table,
        key="answers",
    )

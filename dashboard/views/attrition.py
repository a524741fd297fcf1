"""Who was lost: the flow of people, how those lost differed, how far it could move the result."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.cache import current_evaluation, current_study
from dashboard.content.model import Card
from dashboard.figures.attrition import draw_attrition
from dashboard.figures.flow import draw_flow
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.flow import (
    count_analysed,
    list_attrition_cards,
    say_followed,
    say_verdict,
)
from dashboard.sentences.tipping import list_tipping_sentences, say_auxiliary, tipping_rows
from dashboard.state import current_text
from dashboard.tables.attrition import (
    list_attrition,
    list_bounds,
    list_sensitivity,
    list_tipping,
)
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import (
    show_cards,
    show_cautions,
    show_empty,
    show_figure,
    show_page,
    show_table,
)


def show() -> None:
    """Show who was lost."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or evaluation.flow is None:
        show_empty(text("No survey yet"), text("Upload a survey to see who is in it."))
        return
    found = evaluation.findings_about("attrition")
    title = say_finding(text, found[0]) if found else text("Who is in the survey")
    show_page(title, say_followed(text, evaluation))
    show_filters()
    cards = list_attrition_cards(text, evaluation)
    show_cards([Card(value=value, meaning=what) for value, what in cards])
    left, right = st.columns(2, gap="large")
    with left:
        show_figure(
            draw_flow(evaluation.flow, text, count_analysed(evaluation)),
            title=text("From rows to people"),
            subtitle=text("Every row received is used or listed."),
            alt=text("Boxes from the rows received to the people who answered both times."),
            key="flow",
        )
    with right:
        _show_differences(text, evaluation, study)
    if evaluation.attrition_verdict is not None:
        st.markdown(say_verdict(text, evaluation.attrition_verdict))
    known = evaluation.study_cautions("attrition")
    show_cautions([say_caution(text, caution) for caution in known])
    _show_rules(text, evaluation, study)


def _show_differences(text: Text, evaluation: Evaluation, study: Study) -> None:
    if not evaluation.attrition:
        st.info(text("Nobody can be followed here: answers are anonymous, or nobody was lost."))
        return
    show_figure(
        draw_attrition(evaluation.attrition, study.plan, text),
        title=text("How those who stayed differed at the start"),
        subtitle=text(
            "Percent of the range, or of people. Coloured: over 0.25 standard deviations apart."
        ),
        alt=text("Two dots for each variable: those who stayed, and those lost."),
        table=list_attrition(evaluation.attrition, study.plan, text),
        key="attrition",
    )


def _show_rules(text: Text, evaluation: Evaluation, study: Study) -> None:
    if evaluation.bounds:
        st.header(text("How far those lost could move the result"), anchor=False)
        st.caption(
            text("Possible: all those lost ended with the lowest score, or all with the highest.")
        )
        show_table(list_bounds(evaluation.bounds, study.plan, text), key="bounds")
    tipping = tipping_rows(evaluation)
    if tipping:
        st.header(text("How much worse must those lost be for the result to vanish?"), anchor=False)
        st.caption(say_auxiliary(text, [row for row, _ in tipping], study.plan))
        for sentence in list_tipping_sentences(text, evaluation, study.plan):
            st.markdown(f"- {escape_markdown(sentence)}")
        show_table(list_tipping(tipping, study.plan, text), key="tipping")
    if evaluation.sensitivity:
        st.header(text("The same change by other rules"), anchor=False)
        show_table(list_sensitivity(evaluation.sensitivity, study.plan, text), key="rules")

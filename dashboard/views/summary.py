"""One page for the funder: the answer, the numbers, two pictures, how sure, limits, next."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.results import Comparison, Estimate
from analysis.summary import FunderSummary, summarise_for_funder
from dashboard.cache import current_evaluation, current_study
from dashboard.figures.forest import draw_forest
from dashboard.figures.retention import draw_retention
from dashboard.sentences.funder import say_answer, say_evidence, say_limits, say_next
from dashboard.state import current_text
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import Card, show_cards, show_empty, show_figure, show_page


def show() -> None:
    """Show the funder's summary."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None:
        show_empty(text("Nothing to summarise yet"), text("Open the sample or upload your files."))
        return
    told = summarise_for_funder(evaluation)
    show_page(say_answer(text, evaluation), text.of(dict(evaluation.title)))
    show_cards(list_cards(text, evaluation, told))
    left, right = st.columns(2, gap="large")
    with left:
        if evaluation.outcomes:
            show_figure(
                draw_forest(evaluation.outcomes, study.plan, text),
                title=text("Change against what matters"),
                subtitle=text("Change with 95 % interval. Shaded: too small to matter."),
                alt=text("Forest plot of the change in each measure."),
                key="summary_forest",
            )
    with right:
        if evaluation.volunteers is not None:
            show_figure(
                draw_retention(evaluation.volunteers, study.plan, text),
                title=text("Volunteers still serving"),
                subtitle=text("Share still serving, with 95 % interval."),
                alt=text("Survival curve of volunteers by months since joining."),
                key="summary_retention",
            )
    _show_words(text, evaluation, told)


def list_cards(text: Text, evaluation: Evaluation, told: FunderSummary) -> list[Card]:
    """Three to four numbers, each with its meaning in words."""
    cards = []
    if told.main is not None and isinstance(told.main.change, Comparison):
        change = told.main.change
        likely = text.interval(change.ci_low, change.ci_high)
        meaning = text("change in the main measure, likely between {likely}", likely=likely)
        cards.append(Card(value=text.signed(change.estimate), meaning=meaning))
    people = evaluation.participation.participants if evaluation.participation else None
    if people is not None:
        cards.append(Card(value=text.number(people, 0), meaning=text("people took part")))
    if isinstance(told.cost_per_participant, Estimate):
        value = text.money(told.cost_per_participant.estimate, told.currency)
        cards.append(Card(value=value, meaning=_cost_meaning(text, told)))
    if told.targets:
        value = text("{met} of {n}", met=told.targets_met, n=told.targets)
        cards.append(Card(value=value, meaning=text("targets met")))
    return cards


def _cost_meaning(text: Text, told: FunderSummary) -> str:
    improved = told.cost_per_improved
    if not isinstance(improved, Estimate) or improved.ci_low is None:
        return text("spent per participant")
    return text(
        "spent per participant; {low} to {high} per person clearly better off",
        low=text.money(improved.ci_low, told.currency),
        high=text.money(improved.ci_high, told.currency),
    )


def _show_words(text: Text, evaluation: Evaluation, told: FunderSummary) -> None:
    parts = {
        text("How sure"): [say_evidence(text, rule) for rule in told.evidence],
        text("Limits"): say_limits(text, evaluation),
        text("Next"): say_next(text, evaluation),
    }
    with st.grid(3, min_column_width=240):
        for heading, lines in parts.items():
            with st.container(gap="xsmall"):
                st.markdown(f"#### {heading}")
                st.markdown("\n".join(f"- {escape_markdown(line)}" for line in lines) or "–")

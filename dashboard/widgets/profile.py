"""One wave: the overview is the profile of the answers, not a change that cannot be known."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan
from analysis.results import Estimate
from analysis.study import Study
from analysis.surveys.results import ItemAnswers
from dashboard.content.model import Card
from dashboard.content.topics.items import draw_items, list_answers, name_answers, say_extremes
from dashboard.text import Text
from dashboard.widgets.by_group import show_by_group
from dashboard.widgets.links import show_link
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_figure

_CARDS = 3
_PICTURES = 2


def is_profile(evaluation: Evaluation) -> bool:
    """Whether a survey was asked once."""
    return evaluation.flow is not None and len(evaluation.flow.waves) == 1


def list_profile_cards(text: Text, evaluation: Evaluation, study: Study) -> list[Card]:
    """The respondents, and the baseline mean of the first measures."""
    flow = evaluation.flow
    cards = []
    if flow is not None:
        n = sum(wave.respondents for wave in flow.waves.values())
        cards.append(Card(value=text.number(n, 0), meaning=text("respondents")))
    for score in evaluation.scoring[:_CARDS]:
        measure = study.measure(score.measure)
        if not isinstance(score.mean, Estimate):
            continue
        share = measure.kind in ("binary", "knowledge") and measure.score == "mean"
        mean = score.mean.estimate
        value = text.percent(mean) if share else text.number(mean, 2)
        name = text.of(measure.label, measure.name)
        cards.append(
            Card(
                value=value,
                meaning=text(
                    "{measure}: baseline mean (n = {n})", measure=name, n=text.number(score.n, 0)
                ),
            )
        )
    return cards


def show_profile(text: Text, evaluation: Evaluation, study: Study) -> None:
    """Show the highest and lowest item of the first measures and the bars of their answers."""
    names = list(dict.fromkeys(one.measure for one in evaluation.items))
    ranked = sorted(names, key=lambda name: study.measure(name).role != "primary")
    for name in ranked[:_PICTURES]:
        measure = study.measure(name)
        items = [one for one in evaluation.items if one.measure == name]
        _show_measure(text, study, measure, name_answers(text, study.plan, items))
    show_link(text, "items")
    show_by_group(text, ranked[:_PICTURES])


def _show_measure(text: Text, study: Study, measure: MeasurePlan, items: list[ItemAnswers]) -> None:
    said = say_extremes(text, measure, items)
    if said:
        st.markdown(escape_markdown(said))
    if not any(one.counts for one in items):
        return
    show_figure(
        draw_items(items, measure, text),
        title=text("Answers to “{measure}”", measure=text.of(measure.label, measure.name)),
        subtitle=text("Share of each answer, as answered."),
        alt=text("Bars of the answers to each question."),
        table=list_answers(items, measure, text, study.plan.study.min_group).frame,
        key=f"profile_{measure.name}",
    )

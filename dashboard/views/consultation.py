"""Consultation: whether talk becomes action."""

from __future__ import annotations

import streamlit as st

from analysis.results import Estimate, EstimateLike
from analysis.sustainability.findings import find_consultation
from analysis.sustainability.results import Consultation
from dashboard.cache import current_evaluation
from dashboard.content.model import Card
from dashboard.figures.consultation import (
    draw_follow_through,
    draw_stakeholders,
    draw_time_to_done,
)
from dashboard.sentences import say_caution, say_finding
from dashboard.state import current_text
from dashboard.tables import sustainability as tables
from dashboard.text import Text
from dashboard.widgets.page import (
    show_cards,
    show_cautions,
    show_empty,
    show_figure,
    show_page,
    show_table,
)


def show() -> None:
    """Show the consultation page."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    if found is None or found.consultation is None:
        show_empty(
            text("No consultation log yet"),
            text("Fill in one row per issue raised: raised, agreed, due, done, told back."),
        )
        return
    talk = found.consultation
    subtitle = text("{n} issues raised, as of {day}.", n=talk.raised, day=text.date(talk.as_of))
    show_page(say_finding(text, find_consultation(talk)), subtitle)
    show_cards(_cards(text, talk))
    left, right = st.columns(2, gap="large")
    with left:
        show_figure(
            draw_follow_through(talk, text),
            title=text("From raised to told back"),
            subtitle=text("Number of issues."),
            alt=text("Bars of issues raised, agreed, done and told back."),
            key="follow_through",
        )
    with right:
        _show_matrix(text, talk)
    show_cautions([say_caution(text, caution) for caution in talk.cautions])
    if talk.curve is not None:
        show_figure(
            draw_time_to_done(talk, text),
            title=text("How long agreed issues wait"),
            subtitle=text("Share not yet done; open issues count until the last day."),
            alt=text("Curve of the share of agreed issues not yet done by days."),
            key="time_to_done",
        )
    st.header(text("The promises"), anchor=False)
    show_table(tables.list_issues(talk, text), key="issues")
    if talk.level_gaps:
        with st.expander(text("Promised against delivered participation level")):
            show_table(tables.list_levels(talk, text), key="levels")


def _cards(text: Text, talk: Consultation) -> list[Card]:
    median = (
        text("{n} days", n=text.number(talk.median_days.estimate, 0))
        if isinstance(talk.median_days, Estimate)
        else text("data needed")
        if talk.median_days.reason == "no_data"
        else text("not reached")
    )
    return [
        Card(
            value=_percent(text, talk.follow_through),
            meaning=text("of agreed issues followed through: the log has no due dates")
            if "due" in talk.lacking
            else _say_follow_through(text, talk.follow_through),
        ),
        Card(
            value="–" if "due" in talk.lacking else str(talk.overdue),
            meaning=text("agreed issues overdue"),
        ),
        Card(value=median, meaning=text("until half of the agreed issues are done")),
        Card(value=_percent(text, talk.told_back), meaning=text("of done issues were told back")),
    ]


def _say_follow_through(text: Text, share: EstimateLike) -> str:
    if not isinstance(share, Estimate):
        return text("no agreed issue is due yet")
    return text(
        "of {n} agreed issues due or closed were followed through (likely {low} to {high})",
        n=text.number(share.n, 0),
        low=text.percent(share.ci_low),
        high=text.percent(share.ci_high),
    )


def _percent(text: Text, rate: object) -> str:
    return text.percent(rate.estimate) if isinstance(rate, Estimate) else "–"


def _show_matrix(text: Text, talk: Consultation) -> None:
    if talk.matrix:
        show_figure(
            draw_stakeholders(talk, text),
            title=text("Who was at the table"),
            subtitle=text("Meetings at which each party was present, by stage."),
            alt=text("Matrix of stakeholders by stage with the number of meetings."),
            key="stakeholders",
        )

"""Capacity and strengths: whether the members can carry it."""

from __future__ import annotations

import streamlit as st

from analysis.results import Estimate
from analysis.sustainability.findings import find_capacity, find_strengths
from analysis.sustainability.results import Capacity, Strengths
from dashboard.cache import current_evaluation
from dashboard.figures.capacity import draw_capacity
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.statistics import share_with_interval
from dashboard.state import current_text
from dashboard.tables import sustainability as tables
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.money_settings import show_capacity_settings
from dashboard.widgets.page import show_cautions, show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the capacity page."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    if found is None or (found.capacity is None and found.strengths is None):
        show_empty(
            text("No capacity assessment yet"),
            text("Fill in the capacity sheet of the template: rater, domain, wave, score."),
        )
        return
    if found.capacity is not None:
        _show_capacity(text, found.capacity)
    if found.strengths is not None:
        _show_strengths(text, found.strengths)


def _show_capacity(text: Text, capacity: Capacity) -> None:
    finding = find_capacity(capacity)
    title = say_finding(text, finding) if finding else text("No domain has been rated yet.")
    low, high = (text.number(limit, 0) for limit in capacity.range)
    raters = text.count("{n} rater", "{n} raters", capacity.n_raters)
    raters = raters if capacity.n_raters else text("Raters unknown")
    show_page(title, text("{raters}, scale {low} to {high}.", raters=raters, low=low, high=high))
    groups = list(dict.fromkeys(d.group for d in capacity.domains))
    for column, group in zip(st.columns(len(groups), gap="large"), groups, strict=True):
        with column:
            show_figure(
                draw_capacity(capacity, group, text),
                title=group or text("Capacity by domain"),
                subtitle=text("Mean with 95 % interval. Hollow: before. Solid: after."),
                alt=text("Dot and range for each capacity domain before and after."),
                key=f"capacity_{group}",
            )
    show_cautions([say_caution(text, caution) for caution in capacity.cautions])
    with st.expander(text("Table")):
        show_table(tables.list_capacity(capacity, text), key="capacity")
    with st.expander(text("Do raters agree?")):
        show_table(tables.list_agreement(capacity, text), key="agreement")
    show_capacity_settings(text)
    _show_leaders(text, capacity)


def _show_leaders(text: Text, capacity: Capacity) -> None:
    if not capacity.leadership and capacity.resident_led is None:
        return
    st.header(text("Who could take over"), anchor=False)
    if isinstance(capacity.resident_led, Estimate):
        share = share_with_interval(text, capacity.resident_led)
        st.caption(escape_markdown(text("Activities led by residents: {share}", share=share)))
    if capacity.leadership:
        show_table(tables.list_leadership(capacity, text), key="leadership")


def _show_strengths(text: Text, strengths: Strengths) -> None:
    st.header(text("What the community has"), anchor=False)
    st.caption(escape_markdown(say_finding(text, find_strengths(strengths))))
    show_table(tables.list_strengths(strengths, text), key="strengths")

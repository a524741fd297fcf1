"""Funding: who carries the money, how long it lasts, what ends when."""

from __future__ import annotations

import streamlit as st

from analysis.sustainability.findings import find_funding
from analysis.sustainability.results import Funding
from dashboard.cache import current_evaluation
from dashboard.content.model import Card
from dashboard.figures.funding import draw_expiries, draw_months, draw_sources, draw_waterfall
from dashboard.sentences import say_caution, say_finding
from dashboard.state import current_text
from dashboard.tables import sustainability as tables
from dashboard.text import Text
from dashboard.widgets.money_settings import show_funding_settings
from dashboard.widgets.page import (
    show_cards,
    show_cautions,
    show_empty,
    show_figure,
    show_page,
    show_table,
)


def show() -> None:
    """Show the funding page."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability if evaluation else None
    if found is None or found.funding is None:
        show_empty(text("No ledger yet"), text("Upload a ledger with date, amount and source."))
        return
    funding = found.funding
    show_page(say_finding(text, find_funding(funding)), _who(text, funding))
    show_cards(_cards(text, funding))
    left, right = st.columns(2, gap="large")
    with left:
        _show_sources(text, funding)
    with right:
        show_figure(
            draw_months(funding, text),
            title=text("Income and expense by month"),
            subtitle=text("Income above the line, expense below it."),
            alt=text("Bars of income and expense for each month of the ledger."),
            table=tables.list_periods(funding, text),
            key="months",
        )
    show_cautions([say_caution(text, caution) for caution in funding.cautions])
    show_funding_settings(text, funding, evaluation.earlier if evaluation else ())
    st.header(text("If something is lost"), anchor=False)
    show_table(tables.list_stress(funding, text), key="stress")
    if funding.expiries:
        show_figure(
            draw_expiries(funding, text),
            title=text("What ends when"),
            subtitle=text("Each grant until its last day. Dotted: the last day of the ledger."),
            alt=text("Timeline of grants with their last days."),
            table=tables.list_expiries(funding, text),
            key="expiries",
        )
    if funding.waterfall:
        show_figure(
            draw_waterfall(funding, text),
            title=text("What changed from one year to the next"),
            subtitle=text("Calendar years; the ledger may cover only part of one."),
            alt=text("Waterfall of income by source between two years."),
            table=tables.list_years(funding, text),
            key="waterfall",
        )


def _who(text: Text, f: Funding) -> str:
    rows = text.count("{n} ledger row used", "{n} ledger rows used", f.n_rows)
    return text(
        "{rows}, {left_out} left out. {first} to {last}.",
        rows=rows,
        left_out=f.n_left_out,
        first=text.date(f.first_date),
        last=text.date(f.last_date),
    )


def _cards(text: Text, f: Funding) -> list[Card]:
    runway = tables.say_months(text, f.runway_months)
    return [
        Card(value=text.money(f.income, f.currency), meaning=text("came in")),
        Card(value=text.money(f.expense, f.currency), meaning=text("went out")),
        Card(value=runway, meaning=text("of cash left if no more came in")),
        Card(value=text.percent(f.community_share), meaning=text("raised in the community")),
    ]


def _show_sources(text: Text, funding: Funding) -> None:
    if not funding.concentration:
        return
    show_figure(
        draw_sources(funding, funding.concentration[0].by, text),
        title=text("Where the money comes from"),
        subtitle=text("Share of all income in the ledger."),
        alt=text("Bars of each source's share of income."),
        table=tables.list_sources(funding, text),
        key="sources",
    )
    with st.expander(text("How concentrated")):
        show_table(tables.list_concentration(funding, text), key="concentration")
        show_table(tables.list_shares(funding, text), key="shares")

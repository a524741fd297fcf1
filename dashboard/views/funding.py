"""The page of funding."""

from __future__ import annotations

import streamlit as st

from dashboard.cache import current_evaluation
from dashboard.content.topics import funding
from dashboard.state import current_text
from dashboard.widgets.money_settings import show_funding_settings
from dashboard.widgets.page import show_empty, show_section


def show() -> None:
    """Show the funding page."""
    text, evaluation = current_text(), current_evaluation()
    found = evaluation.sustainability.funding if evaluation and evaluation.sustainability else None
    if evaluation is None or found is None:
        show_empty(text("No ledger yet"), text("Upload a ledger with date, amount and source."))
        return
    show_section(funding.make_section(evaluation, found, text), st.container())
    show_funding_settings(text, found, evaluation.earlier)

"""What a ledger and a self-assessment cannot tell: asked here, saved with the study."""

from __future__ import annotations

import streamlit as st

from analysis.plan_tables import CapacityPlan, FundingPlan
from analysis.scorecard.history import Snapshot
from analysis.sustainability.results import Funding
from dashboard.cache import current_saved
from dashboard.text import Text
from dashboard.widgets.page import may_change, refuse_change
from dashboard.workspace.editing import save_edit
from dashboard.workspace.store import SavedStudy

_CURRENCIES = ("CNY", "HKD", "MOP", "TWD", "USD", "EUR", "GBP", "JPY", "KRW", "SGD", "AUD", "CAD")


def show_funding_settings(text: Text, funding: Funding, earlier: tuple[Snapshot, ...]) -> None:
    """Ask for cash, currency, what the community raises, and the programme's cost."""
    saved = current_saved()
    plan = saved.plan.funding if saved is not None and saved.plan is not None else None
    if saved is None or plan is None:
        return
    asked = plan.balance is None and may_change(saved)
    with st.expander(text("Cash, currency, what the community raises"), expanded=asked):
        if refuse_change(text, saved):
            return
        with st.form("funding_settings", border=False):
            told = _ask_funding(text, plan, funding, earlier)
            if st.form_submit_button(text("Save")):
                _save(saved, "funding", plan.model_copy(update=told), text("Cash and currency"))


def _ask_funding(
    text: Text, plan: FundingPlan, funding: Funding, earlier: tuple[Snapshot, ...]
) -> dict[str, object]:
    last = text.date(funding.last_date)
    balance = st.number_input(
        text("Cash free to spend on the ledger's last day, {day}", day=last), value=plan.balance
    )
    balances = dict(plan.balances)
    for one in earlier:
        month = f"{one.as_of:%Y-%m}"
        label = text("Cash free to spend at the end of {month}", month=text.month(one.as_of))
        value = st.number_input(label, value=plan.balances.get(month), key=f"cash_{month}")
        balances = {k: v for k, v in balances.items() if k != month}
        balances |= {} if value is None else {month: value}
    currencies = list(dict.fromkeys([funding.currency, *_CURRENCIES]))
    currency = st.selectbox(text("Currency"), currencies)
    kinds = [name for c in funding.concentration if c.by == "kind" for name, *_ in c.shares if name]
    known = list(dict.fromkeys([*kinds, *plan.community_kinds]))
    community = st.multiselect(text("Kinds raised in the community"), known, plan.community_kinds)
    cost = st.number_input(
        text("Cost of the programme, where the ledger holds more"), value=plan.programme_cost
    )
    return {
        "balance": balance,
        "balances": balances,
        "currency": currency,
        "community_kinds": community,
        "programme_cost": cost,
    }


def show_capacity_settings(text: Text) -> None:
    """Ask for the scale of the self-assessment and the level aimed at."""
    saved = current_saved()
    plan = saved.plan.capacity if saved is not None and saved.plan is not None else None
    if saved is None or plan is None or not may_change(saved):
        return
    with st.expander(text("Scale and target")), st.form("capacity_settings", border=False):
        low = st.number_input(text("Lowest score of the scale"), value=float(plan.scale[0]))
        high = st.number_input(text("Highest score of the scale"), value=float(plan.scale[1]))
        target = st.number_input(text("Score aimed at"), value=plan.target)
        if st.form_submit_button(text("Save")):
            if high <= low:
                st.error(text("The highest score must be above the lowest."))
                return
            told = {"range": (low, high), "target": target}
            _save(saved, "capacity", plan.model_copy(update=told), text("Scale and target"))


def _save(saved: SavedStudy, name: str, section: FundingPlan | CapacityPlan, note: str) -> None:
    if saved.plan is None:
        return
    save_edit(saved, saved.plan.model_copy(update={name: section}), note)
    st.rerun()

"""Proposed links between two spellings of one person's code: a table, and what to accept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from analysis.intake.check.linkage import ProposedLink
from dashboard.text import Text
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_steps import Draft
from dashboard.workspace.link_edit import with_distinct, with_links
from dashboard.workspace.plan_edit import SURVEY


def list_links(text: Text, links: Sequence[ProposedLink]) -> pd.DataFrame:
    """One row for each proposed link, the most alike first."""
    slips = {
        "leading_zeros": text("leading zeros"),
        "punctuation": text("a hyphen or another mark"),
        "look_alikes": text("O and 0, or l and 1"),
        "missing_prefix": text("letters in front are missing"),
        "same_pinyin": text("sound alike"),
        "swapped_fields": text("parts swapped"),
        "transposition": text("two characters swapped"),
        "one_character": text("one character differs"),
        "similar": text("alike"),
    }
    rows = [(one.same_as, one.code, text.percent(one.similarity), slips[one.slip]) for one in links]
    return pd.DataFrame(
        rows, columns=[text("Code before"), text("Code after"), text("Alike"), text("Slip")]
    )


def show_links(draft: Draft, links: Sequence[ProposedLink], section: str = SURVEY) -> None:
    """Show the links proposed for one section and accept those chosen; nothing merges by itself.

    Parameters
    ----------
    section
        ``survey``: between waves · ``attendance``: sign-in names and survey codes.
    """
    if not links:
        return
    text, key = draft.text, "" if section == SURVEY else f"_{section}"
    with st.expander(_name_links(text, len(links), section)):
        show_table(list_links(text, links), key=f"links{key}")
        names = {f"{one.same_as} = {one.code}": one for one in links}
        chosen = st.multiselect(
            text("Accept"), list(names), placeholder=text("Nothing chosen"), key=f"chosen{key}"
        )
        with st.container(horizontal=True):
            if st.button(text("Accept the chosen"), disabled=not chosen, key=f"accept_chosen{key}"):
                _accept(draft, [names[name] for name in chosen], section)
            if section == SURVEY and st.button(
                text("Two people"), disabled=not chosen, key="reject_chosen"
            ):
                _reject(draft, [names[name] for name in chosen])
            if st.button(text("Accept all"), key=f"accept_all{key}"):
                _accept(draft, links, section)


def _name_links(text: Text, n: int, section: str) -> str:
    if section == SURVEY:
        return text.count(
            "{n} pair of codes may be one person with a slip",
            "{n} pairs of codes may be one person with a slip",
            n,
        )
    return text.count(
        "{n} sign-in may be someone from the survey with a slip",
        "{n} sign-ins may be people from the survey with a slip",
        n,
    )


def _reject(draft: Draft, links: Sequence[ProposedLink]) -> None:
    """Record that the codes belong to two people: the pairs are not proposed again."""
    told = [{"code": one.code, "same_as": one.same_as} for one in links]
    draft.keep(with_distinct(draft.plan, told))
    st.rerun()


def _accept(draft: Draft, links: Sequence[ProposedLink], section: str) -> None:
    when = datetime.now(UTC).isoformat(timespec="seconds")
    told = [
        {
            "code": one.code,
            "same_as": one.same_as,
            "similarity": one.similarity,
            "accepted_at": when,
        }
        for one in links
    ]
    draft.keep(with_links(draft.plan, told, section))
    st.rerun()

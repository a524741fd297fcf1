"""Parts of the manager's page: one measure, then the people, the money and the promises."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.sustainability.results import ScorecardRow
from dashboard.cache import current_saved
from dashboard.content.topics.scorecard import (
    list_money,
    list_people,
    list_promises,
    say_band,
    say_score,
    say_status_range,
    say_sureness,
    say_trend,
    score_title,
)
from dashboard.sentences.sustainability import say_next_step
from dashboard.status import STATUSES
from dashboard.text import Text
from dashboard.widgets.links import show_link
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.personal import name_of

_COLOURS = {"good": "green", "watch": "orange", "act": "red"}


def show_measure(text: Text, row: ScorecardRow) -> None:
    """Show one measure: status, value, trend, reason, what to do next, how sure."""
    status = STATUSES[row.status]
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.markdown(f":{_COLOURS[row.status]}[**{status.icon} {text(status.word)}**]")
        st.markdown(f"## {escape_markdown(say_score(text, row))}")
        st.markdown(escape_markdown(score_title(text, row)))
        sure = (say_sureness(text, row), say_status_range(text, row))
        told = (say_trend(text, row), *sure, say_band(text, row))
        st.caption("  \n".join(escape_markdown(line) for line in told if line))
        if row.status != "good":
            st.markdown(escape_markdown(say_next_step(text, row)))


def show_missing(text: Text, rows: Sequence[ScorecardRow]) -> None:
    """Say which measures are left out and which data would tell them."""
    names: dict[str, list[str]] = {}
    for row in rows:
        if row.status == "no_data":
            names.setdefault(say_next_step(text, row), []).append(score_title(text, row))
    told = (f"{needed} ({' · '.join(which)})" for needed, which in names.items())
    lines = [f"- {escape_markdown(line)}" for line in told]
    if lines:
        st.caption("\n".join(lines))


def show_day(text: Text, evaluation: Evaluation) -> None:
    """Show who is about to lapse, how the money stands and which promises are late."""
    found = evaluation.sustainability
    funding, talk = (found.funding, found.consultation) if found else (None, None)
    people = list_people(text, evaluation.volunteers, partial(name_of, current_saved()))
    blocks = [
        (text("The people"), people, "outlook"),
        (text("The money"), list_money(text, funding), "funding"),
        (text("The promises"), list_promises(text, talk), "consultation"),
    ]
    known = [block for block in blocks if block[1]]
    if not known:
        return
    with st.grid(3, min_column_width=210, gap="large"):
        for heading, lines, view in known:
            with st.container(gap="xsmall"):
                st.header(heading, anchor=False)
                st.markdown("\n".join(f"- {escape_markdown(line)}" for line in lines))
                show_link(text, view)

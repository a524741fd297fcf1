"""Parts of the manager's page: one measure, then the people, the money and the promises."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.results import Estimate
from analysis.sustainability.results import Consultation, Funding, ScorecardRow
from analysis.volunteers.overdue import people_overdue
from analysis.volunteers.results import Volunteers
from dashboard.cache import current_saved
from dashboard.sentences.sustainability import (
    say_band,
    say_next_step,
    say_runway,
    say_score,
    say_status_range,
    say_sureness,
    say_trend,
    score_title,
)
from dashboard.status import STATUSES
from dashboard.text import Text
from dashboard.widgets.links import show_link
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.personal import name_of

_LISTED = 4
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
    blocks = [
        (text("The people"), list_people(text, evaluation.volunteers), "outlook"),
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


def list_people(text: Text, volunteers: Volunteers | None) -> Sequence[str]:
    """Who is overdue, the longest absent against their own rhythm first."""
    if volunteers is None or not volunteers.lapse_after_days or volunteers.overdue is None:
        return ()
    late = people_overdue(volunteers.overdue)[:_LISTED]
    if not late:
        return (text("Nobody is overdue against their own rhythm."),)
    return [
        text(
            "{name}: last seen {day}, {n} days ago",
            name=name_of(current_saved(), one.volunteer),
            day=text.date(one.last_service),
            n=text.number(one.days_since, 0),
        )
        for one in late
    ]


def list_money(text: Text, funding: Funding | None) -> Sequence[str]:
    """How long the cash lasts, as it is and if something is lost; what ends next."""
    if funding is None:
        return ()
    names = {
        "largest_leaves": text("The largest funder leaves"),
        "income_down_30": text("Income falls by 30 %"),
    }
    tests = [(text("No more income at all"), funding.runway_months)]
    tests += [(names[test.name], test.runway_months) for test in funding.stress]
    lines = [
        text("{what}: cash lasts {months}", what=name, months=say_runway(text, left))
        for name, left in tests
        if isinstance(left, Estimate)
    ]
    ending = [grant for grant in funding.expiries if grant.months_left > 0]
    lines += [
        text("{source} ends {day}", source=grant.source, day=text.date(grant.ends))
        if grant.source
        else text("A grant of unnamed source ends {day}", day=text.date(grant.ends))
        for grant in ending[:1]
    ]
    return lines


def list_promises(text: Text, talk: Consultation | None) -> Sequence[str]:
    """The issues longest overdue."""
    if talk is None or "due" in talk.lacking:
        return ()
    late = [issue for issue in talk.issues if issue.status == "overdue"][:_LISTED]
    if not late:
        return (text("No agreed issue is overdue."),)
    return [
        text(
            "{issue}: {n} days overdue",
            issue=issue.issue,
            n=text.number(issue.days_overdue, 0),
        )
        for issue in late
    ]

"""Tables of sessions, months and reach."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from analysis.participation.results import LISTED, Participation
from analysis.results import Estimate
from dashboard.sentences.few import mark_counts
from dashboard.sentences.participation import name_step
from dashboard.sentences.statistics import share_with_interval
from dashboard.text import Text


def list_sessions(p: Participation, text: Text) -> pd.DataFrame:
    """Sessions with numbers, share present and control limits."""
    rows = [
        (
            s.session,
            text.date(s.date),
            s.kind or "–",
            s.level or "–",
            s.attended,
            s.registered,
            share_with_interval(text, s.rate),
            text("{low} to {high}", low=text.percent(s.limit_low), high=text.percent(s.limit_high)),
            share_with_interval(text, s.returned),
        )
        for s in p.per_session
    ]
    names = (
        text("Session"),
        text("Date"),
        text("Kind"),
        text("Level"),
        text("Came"),
        text("On the list") if p.attendance_rate.name == LISTED else text("Registered"),
        text("Share present"),
        text("Chance alone"),
        text("Came to the next one"),
    )
    return pd.DataFrame(rows, columns=list(names), dtype=object)


def list_months(p: Participation, text: Text, least: int) -> pd.DataFrame:
    """People and attendances by month, and the share of the eligible."""
    people = mark_counts(text, [m.participants for m in p.per_period], least)
    rows = [
        (
            text.month(m.month),
            n,
            m.contacts,
            m.sessions,
            share_with_interval(text, m.rate),
        )
        for m, n in zip(p.per_period, people, strict=True)
    ]
    names = [text("Month"), text("People"), text("Attendances"), text("Sessions")]
    return pd.DataFrame(rows, columns=[*names, text("Share of the eligible")], dtype=object)


def list_engagement(
    p: Participation, text: Text, least: int, *, in_steps: bool = False
) -> pd.DataFrame:
    """How many people came how often; ``in_steps`` as in :func:`name_steps`."""
    people = mark_counts(text, [n for _, n in p.engagement], least)
    sessions = name_steps(p, text) if in_steps else [k for k, _ in p.engagement]
    return pd.DataFrame({text("Sessions"): sessions, text("People"): list(people)})


def name_steps(p: Participation, text: Text) -> list[str]:
    """Name the steps in which funders and the public see how often people came."""
    starts = [k for k, _ in p.engagement]
    names = [str(k) if after == k + 1 else f"{k}–{after - 1}" for k, after in pairwise(starts)]
    return [*names, *(text("{n} or more", n=text.number(k, 0)) for k in starts[-1:])]


def list_kinds(p: Participation, text: Text) -> pd.DataFrame:
    """People and attendances by kind of session and level of participation."""
    rows = [(text("Kind"), *row) for row in p.by_kind] + [
        (text("Level"), *row) for row in p.by_level
    ]
    columns = [text("By"), text("What"), text("People"), text("Attendances")]
    return pd.DataFrame(rows, columns=columns, dtype=object)


def list_funnel(p: Participation, text: Text) -> pd.DataFrame:
    """Steps with what each is a share of."""
    rows = [
        (
            name_step(text, s.step),
            s.n,
            name_step(text, s.of) if s.of else "–",
            share_with_interval(text, s.share) if s.of else "–",
        )
        for s in p.funnel
    ]
    return pd.DataFrame(
        rows, columns=[text("Step"), text("People"), text("Share of"), text("Share")]
    )


def list_representation(p: Participation, text: Text) -> pd.DataFrame:
    """Groups with share, population share and ratio."""
    rows = [
        (
            r.by,
            r.value,
            text.number(r.n, 0),
            share_with_interval(text, r.share),
            text.percent(r.population_share),
            text.number(r.ratio.estimate) if isinstance(r.ratio, Estimate) else "–",
        )
        for r in p.representation
    ]
    names = [text("By"), text("Group"), text("People"), text("Share of participants")]
    return pd.DataFrame(
        rows, columns=[*names, text("Share of community"), text("Ratio")], dtype=object
    )

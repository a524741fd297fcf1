"""Participation: who came, how often, to what."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from analysis.evaluation import Evaluation
from analysis.participation.findings import find_attendance
from analysis.participation.results import LISTED, Participation, SessionAttendance
from analysis.plan import StudyPlan
from analysis.results import Caution, Estimate, EstimateLike, Finding
from analysis.thresholds import MIN_FOR_UNEVENNESS
from dashboard.content.axes import (
    draw_lorenz,
    events_within,
    month_ticks,
    percent_axis,
    shade_events,
)
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.model import Card, Missing, Number, Picture, Section, Table
from dashboard.content.theme import AFTER, BAND, BEFORE, MUTED, new_figure
from dashboard.sentences import say_finding
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.few import has_few, mark_cell, mark_counts, mark_people, say_marked
from dashboard.sentences.participation import say_sessions
from dashboard.sentences.statistics import share_with_interval
from dashboard.text import Text

MAX_BARS = 8


def name_missing(text: Text) -> Missing:
    """Say what the pages about attendance need."""
    needed = text("Upload a sign-in sheet: one row per person and session, or a ticked list.")
    return Missing(title=text("No sign-in sheet yet"), needed=needed)


def make_section(
    evaluation: Evaluation,
    participation: Participation,
    plan: StudyPlan,
    text: Text,
    *,
    chosen: bool = False,
) -> Section:
    """Make the topic; ``chosen`` where months or groups were chosen on its page.

    Then the cautions are those of this part, and of its months set beside events, which the page
    shows as well. A document says those of the evaluation, without the numbers that its readers
    may not see.
    """
    least = plan.study.min_group
    found = mark_people(text, participation, least)
    findings = [f for f in evaluation.findings if f.section == "participation"]
    cautions = [c for c in evaluation.cautions if c.section == "participation"]
    if chosen:
        series = [s for s in evaluation.time_series if s.name == "attendance"]
        findings, cautions = [], [*found.cautions, *(c for s in series for c in s.cautions)]
    sessions, months = list_sessions(found, text), list_months(found, text, least)
    return Section(
        key="participation",
        heading=text("Participation"),
        title=say_finding(text, find_attendance(found)),
        sample=say_sessions(text, found),
        cards=list_cards(found, text),
        findings=[say_finding(text, finding) for finding in findings],
        pictures=[
            _picture_sessions(found, sessions, text),
            *([_picture_months(found, months, text, least)] if found.per_period else []),
            # What others see of how often people came is in steps, rounded.
            *_picture_engagement(
                found, text, least, in_steps=evaluation.audience in ("funder", "public")
            ),
        ],
        tables=[list_kinds(found, text)],
        appendix=[months, sessions],
        cautions=say_cautions(text, evaluation, cautions),
    )


def list_cards(found: Participation, text: Text) -> list[Card]:
    """People, then rates with their intervals where they could be estimated."""
    people = Card(value=text.number(found.participants, 0), meaning=text("different people came"))
    if found.participants is None:
        people = Card(value=text.number(found.contacts, 0), meaning=text("attendances"))
    came = text("of those registered came ({low} to {high})")
    if found.attendance_rate.name == LISTED:
        came = text("of those on the list came, over all sessions ({low} to {high})")
    rates: tuple[tuple[EstimateLike, str], ...] = (
        (found.attendance_rate, came),
        (found.repeat_rate, text("came again ({low} to {high})")),
        (found.return_rate, text("came to the very next session ({low} to {high})")),
    )
    cards = [people]
    for rate, meaning in rates:
        if isinstance(rate, Estimate):
            low, high = text.percent(rate.ci_low), text.percent(rate.ci_high)
            value = text.percent(rate.estimate)
            cards.append(Card(value=value, meaning=meaning.format(low=low, high=high)))
    if found.fill_rate is not None:
        value = text.percent(found.fill_rate)
        cards.append(Card(value=value, meaning=text("of all places or registrations filled")))
    return cards


def _picture_sessions(found: Participation, sessions: Table, text: Text) -> Picture:
    subtitle, alt = describe_sessions(text, found)
    return Picture(
        key="sessions",
        title=text("Attendance at each session"),
        subtitle=subtitle,
        alt=alt,
        figure=lambda: draw_sessions(found, text),
        table=sessions,
        page_only=True,
    )


def describe_sessions(text: Text, found: Participation) -> tuple[str, str]:
    """Describe the picture of the sessions: subtitle and alternative text.

    Where nobody's registration is known there is no share and no band.
    """
    if not any(isinstance(s.rate, Estimate) for s in found.per_session):
        return (
            text("People present at each session; how many were expected is not known."),
            text("Bars of the people present at each session."),
        )
    dots = text("Dots of attendance by session with the band of usual variation.")
    if found.attendance_rate.name == LISTED:
        return (
            text("Share of those listed who came; the band is how sessions usually vary."),
            dots,
        )
    return text("Share of those registered who came; the band is how sessions usually vary."), dots


def _picture_months(found: Participation, months: Table, text: Text, least: int) -> Picture:
    few = has_few((month.participants for month in found.per_period), least)
    return Picture(
        key="participation_months",
        title=text("People and attendances by month"),
        subtitle=text("Bars: different people. Circles: attendances, repeat visits included."),
        alt=text("Bars of people and circles of attendances for each month."),
        figure=lambda: draw_months(found, text),
        table=months,
        remark=say_marked(text, least) if few else "",
        page_only=True,
    )


def _picture_engagement(
    found: Participation, text: Text, least: int, *, in_steps: bool
) -> list[Picture]:
    """How often people came, and beside it how unevenly that is shared."""
    if not found.engagement:
        return []
    rounded = text("Numbers of people are rounded to multiples of {n}.", n=text.number(least, 0))
    few = has_few((n for _, n in found.engagement), least)
    return [
        Picture(
            key="engagement",
            title=text("How often people came"),
            subtitle=rounded if in_steps else "",
            alt=text("Bars of people by sessions attended."),
            figure=lambda: draw_engagement(found, text, least, in_steps=in_steps),
            table=list_engagement(found, text, least, in_steps=in_steps),
            remark=say_marked(text, least) if few else "",
            beside=True,
            page_only=True,
        ),
        Picture(
            key="came_lorenz",
            title=text("How unevenly attendance is shared"),
            alt=text("Lorenz curve of attendances over participants."),
            figure=lambda: draw_attendance_lorenz(found, text),
            beside=True,
            page_only=True,
        ),
    ]


def list_sessions(found: Participation, text: Text) -> Table:
    """Sessions with numbers, share present and control limits."""
    rows = tuple(
        (
            s.session,
            text.date(s.date),
            s.kind or "–",
            s.level or "–",
            Number(value=s.attended, kind="count"),
            Number(value=s.registered, kind="count"),
            share_with_interval(text, s.rate),
            text("{low} to {high}", low=text.percent(s.limit_low), high=text.percent(s.limit_high)),
            share_with_interval(text, s.returned),
        )
        for s in found.per_session
    )
    columns = (
        text("Session"),
        text("Date"),
        text("Kind"),
        text("Level"),
        text("Came"),
        text("On the list") if found.attendance_rate.name == LISTED else text("Registered"),
        text("Share present"),
        text("Chance alone"),
        text("Came to the next one"),
    )
    return Table(key="sessions", title=text("Sessions"), columns=columns, rows=rows)


def list_months(found: Participation, text: Text, least: int) -> Table:
    """People and attendances by month, and the share of the eligible."""
    people = mark_counts(text, [month.participants for month in found.per_period], least)
    rows = tuple(
        (
            text.month(month.month),
            n,
            Number(value=month.contacts, kind="count"),
            Number(value=month.sessions, kind="count"),
            share_with_interval(text, month.rate),
        )
        for month, n in zip(found.per_period, people, strict=True)
    )
    columns = (
        text("Month"),
        text("People"),
        text("Attendances"),
        text("Sessions"),
        text("Share of the eligible"),
    )
    title = text("Month by month")
    return Table(key="months_participation", title=title, columns=columns, rows=rows)


def list_engagement(
    found: Participation, text: Text, least: int, *, in_steps: bool = False
) -> Table:
    """How many people came how often; ``in_steps`` as in :func:`name_steps`."""
    people = mark_counts(text, [n for _, n in found.engagement], least)
    starts = [k for k, _ in found.engagement]
    sessions: Sequence[str | int] = name_steps(found, text) if in_steps else starts
    return Table(
        key="engagement",
        title=text("Table"),
        columns=(text("Sessions"), text("People")),
        rows=tuple(zip(sessions, people, strict=True)),
    )


def name_steps(found: Participation, text: Text) -> list[str]:
    """Name the steps in which funders and the public see how often people came."""
    starts = [k for k, _ in found.engagement]
    names = [str(k) if after == k + 1 else f"{k}–{after - 1}" for k, after in pairwise(starts)]
    return [*names, *(text("{n} or more", n=text.number(k, 0)) for k in starts[-1:])]


def list_kinds(found: Participation, text: Text) -> Table:
    """People and attendances by kind of session and level of participation."""
    kinds, levels = text("Kind"), text("Level")
    rows = tuple(
        (by, name, Number(value=n, kind="count"), Number(value=contacts, kind="count"))
        for by, parts in ((kinds, found.by_kind), (levels, found.by_level))
        for name, n, contacts in parts
    )
    columns = (text("By"), text("What"), text("People"), text("Attendances"))
    return Table(key="kinds", title=text("By kind and level"), columns=columns, rows=rows)


def draw_sessions(participation: Participation, text: Text) -> Chart:
    """Draw each session's share present between its control limits (p-chart).

    Without a number registered: the number present. Sessions without a date stand in the table
    only, when others have one.
    """
    known = [s for s in participation.per_session if isinstance(s.rate, Estimate)]
    shown = [s for s in known if s.date] or known
    if not shown:
        return _draw_numbers(participation, text)
    x = [_place(s, i) for i, s in enumerate(shown)]
    rates = [s.rate.estimate if isinstance(s.rate, Estimate) else 0.0 for s in shown]
    figure = new_figure(380)
    band = {"mode": "lines", "line": {"width": 0, "shape": "hvh"}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=[s.limit_high for s in shown], **band)
    figure.add_scatter(x=x, y=[s.limit_low for s in shown], fill="tonexty", fillcolor=BAND, **band)
    figure.add_scatter(
        x=x,
        y=rates,
        mode="lines+markers",
        line={"color": BEFORE, "width": 1.5},
        marker={
            "size": 9,
            "color": [AFTER if s.outside else BEFORE for s in shown],
            "symbol": ["diamond" if s.outside else "circle" for s in shown],
        },
        hovertext=[_say_session(text, s) for s in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    if isinstance(participation.attendance_rate, Estimate):
        figure.add_hline(
            y=participation.attendance_rate.estimate, line_dash="dot", line_color=MUTED
        )
    figure.update_yaxes(range=[0, 1.03], **percent_axis(text))
    _finish_calendar(figure, participation, shown, text)
    return figure


def _draw_numbers(participation: Participation, text: Text) -> Chart:
    shown = [s for s in participation.per_session if s.date] or list(participation.per_session)
    figure = new_figure(360)
    figure.add_bar(
        x=[_place(s, i) for i, s in enumerate(shown)],
        y=[s.attended for s in shown],
        marker_color=BEFORE,
        hovertext=[_say_session(text, s) for s in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _finish_calendar(figure, participation, shown, text)
    return figure


def _place(session: SessionAttendance, index: int) -> str | int:
    return session.date.isoformat() if session.date else index + 1


def _say_session(text: Text, s: SessionAttendance) -> str:
    came = text.count("{n} came", "{n} came", s.attended)
    parts = [escape_label(s.session), text.date(s.date), came]
    if isinstance(s.rate, Estimate):
        parts.append(f"{text.percent(s.rate.estimate)}, n = {s.rate.n}")
    return "<br>".join(parts)


def _finish_calendar(
    figure: Chart, participation: Participation, shown: list[SessionAttendance], text: Text
) -> None:
    days = sorted(s.date for s in shown if s.date)
    if len(days) != len(shown) or not days:
        return
    months = sorted({f"{day:%Y-%m}" for day in days})
    figure.update_xaxes(**month_ticks(months, text))
    first, last = days[0].isoformat(), days[-1].isoformat()
    shade_events(figure, events_within(participation.events, first, last), text)
    figure.update_layout(margin={"t": 26})


def draw_months(participation: Participation, text: Text) -> Chart:
    """Draw unique people (bars) and contacts (dots) by month, from zero."""
    months = participation.per_period
    x = [f"{m.month}-01" for m in months]
    figure = new_figure(340)
    figure.add_bar(
        x=x,
        y=[m.participants for m in months],
        marker_color=BEFORE,
        name=text("people"),
        hovertext=[f"{text.month(m.month)}: {m.participants}" for m in months],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=x,
        y=[m.contacts for m in months],
        mode="markers",
        marker={"color": AFTER, "size": 10, "symbol": "circle-open", "line": {"width": 2}},
        name=text("attendances"),
        hovertext=[f"{text.month(m.month)}: {m.contacts}" for m in months],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_xaxes(**month_ticks([m.month for m in months], text))
    figure.update_yaxes(rangemode="tozero")
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(showlegend=True, legend=legend, bargap=0.3)
    return figure


def draw_engagement(
    participation: Participation, text: Text, least: int = 0, *, in_steps: bool = False
) -> Chart:
    """Draw how many people came how often; with many sessions, in steps of equal width.

    Bars of fewer than ``least`` people carry the evaluator's mark; ``in_steps`` as in
    :func:`name_steps`.
    """
    counted = dict(participation.engagement)
    width = -(-max(counted, default=1) // MAX_BARS)
    starts = range(1, max(counted, default=1) + 1, width)
    y = [sum(counted.get(k, 0) for k in range(start, start + width)) for start in starts]
    x = [str(k) if width == 1 else f"{k}–{k + width - 1}" for k in starts]
    if in_steps:
        x, y = name_steps(participation, text), list(counted.values())
    figure = new_figure(320)
    figure.add_bar(
        x=x,
        y=y,
        marker_color=BEFORE,
        text=[mark_cell(text, str(n), n, least) for n in y],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(
        type="category", title={"text": text("sessions attended"), "font": {"size": 12}}
    )
    figure.update_yaxes(rangemode="tozero", visible=False)
    return figure


def draw_attendance_lorenz(participation: Participation, text: Text) -> Chart:
    """Draw the share of attendances against the share of participants."""
    people, amount = text("share of participants"), text("share of attendances")
    return draw_lorenz(participation.lorenz, BEFORE, people, amount, text)


def _number(text: Text, source: Finding | Caution, name: str) -> str:
    return text.number(source.values[name], 0)


def _share(text: Text, source: Finding | Caution, name: str) -> str:
    return text.percent(source.values[name])


def _reach(text: Text, f: Finding) -> str:
    return text(
        "{n} people came, {reach} of those eligible; {again} of them came again.",
        n=_number(text, f, "n"),
        reach=_share(text, f, "reach"),
        again=_share(text, f, "again"),
    )


def _repeat(text: Text, f: Finding) -> str:
    return text(
        "{n} people came to {sessions} sessions; {again} of them came again.",
        n=_number(text, f, "n"),
        sessions=_number(text, f, "sessions"),
        again=_share(text, f, "again"),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "participation_reach": _reach,
    "participation_repeat": _repeat,
    "participation_people": lambda text, f: text(
        "{n} people came to {sessions} sessions.",
        n=_number(text, f, "n"),
        sessions=_number(text, f, "sessions"),
    ),
    "participation_contacts": lambda text, f: text(
        "{sessions} sessions counted {contacts} attendances; unique people are not known.",
        sessions=_number(text, f, "sessions"),
        contacts=_number(text, f, "contacts"),
    ),
    "attendance_concentrated": lambda text, f: text(
        "The most active tenth of {n} participants make up {share} of all attendances.",
        n=_number(text, f, "n"),
        share=_share(text, f, "share"),
    ),
    "sessions_outside": lambda text, f: text(
        "Attendance at {n} of {sessions} sessions lies outside what chance explains.",
        n=_number(text, f, "n"),
        sessions=_number(text, f, "sessions"),
    ),
}

CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "participation_not_compared": lambda text, _: text(
        "Attendance is left out: an older version of Levee wrote the ledger of an earlier "
        "release, and the two cannot be compared."
    ),
    "participation_left_out": lambda text, c: text(
        "Attendance is left out: beside an earlier release it would "
        "single out fewer than {least} people.",
        least=text.number(c.values["least"], 0),
    ),
    "participation_no_eligible": lambda text, _: text(
        "How many people could have come was not given, so reach cannot be told."
    ),
    "attendance_of_few": lambda text, c: text(
        "The attendance rate is decided by few people ({n}): its 95% interval is too narrow.",
        n=text.number(c.values["n"], 0),
    ),
    "return_of_few": lambda text, c: text(
        "The share who came to the very next session is decided by few people ({n}): its 95% "
        "interval is too narrow.",
        n=text.number(c.values["n"], 0),
    ),
    "unevenness_of_few": lambda text, _: text(
        "How unevenly attendance is shared: among fewer than {least} people these 95% intervals "
        "are too narrow (about 87% to 92% hold), and fewer than 20 people have none.",
        least=text.number(MIN_FOR_UNEVENNESS, 0),
    ),
    "participation_more_than_eligible": lambda text, c: text(
        "{n} people came but only {eligible} were said to be eligible: check that number.",
        n=_number(text, c, "n"),
        eligible=_number(text, c, "eligible"),
    ),
    "attendance_only_present": lambda text, _: text(
        "The sheet lists only those present, so no-shows cannot be told."
    ),
    "sign_ins_repeated": lambda text, c: text(
        "{n} repeated sign-ins were counted once.", n=_number(text, c, "n")
    ),
    "attendance_walk_ins": lambda text, c: text(
        "{n} attendances were not registered before; the attendance rate leaves them out.",
        n=_number(text, c, "n"),
    ),
    "participation_no_population": lambda text, _: text(
        "The community's make-up was not given, so nobody can say whom it missed."
    ),
    "participation_counts_only": lambda text, _: text(
        "Only counts per session are known: people who came twice count twice."
    ),
    "attended_above_registered": lambda text, c: text(
        "{n} sessions counted more present than registered; their rates are left out.",
        n=_number(text, c, "n"),
    ),
}

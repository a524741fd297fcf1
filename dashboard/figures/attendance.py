"""Who came when: sessions with their control limits, months, how often."""

from __future__ import annotations

from analysis.participation.results import Participation, SessionAttendance
from analysis.results import Estimate
from dashboard.content.axes import draw_lorenz, events_within, percent_axis, shade_events
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.theme import AFTER, BAND, BEFORE, MUTED, new_figure
from dashboard.figures.retention import month_ticks
from dashboard.sentences.few import mark_cell
from dashboard.tables.participation import name_steps
from dashboard.text import Text

MAX_BARS = 8


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
    :func:`~dashboard.tables.participation.name_steps`.
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

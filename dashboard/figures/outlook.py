"""The team over the next months: what was, and the fan of what may come."""

from __future__ import annotations

from analysis.volunteers.results import Volunteers
from dashboard.content.axes import events_within, month_ticks, shade_events
from dashboard.content.chart import Chart
from dashboard.content.theme import AFTER, BEFORE, INTERVAL, new_figure
from dashboard.text import Text

PAST_MONTHS = 18


def draw_outlook(volunteers: Volunteers, text: Text) -> Chart:
    """Draw the team's size so far and expected, with its interval, from zero."""
    past = volunteers.monthly[-PAST_MONTHS:]
    ahead = volunteers.outlook
    figure = new_figure(380)
    x_past = [f"{m.month}-01" for m in past]
    joined = [x_past[-1], *(f"{p.month}-01" for p in ahead)]
    now = float(past[-1].team or 0)
    fan = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=joined, y=[now, *(p.high for p in ahead)], **fan)
    figure.add_scatter(
        x=joined, y=[now, *(p.low for p in ahead)], fill="tonexty", fillcolor=INTERVAL, **fan
    )
    figure.add_scatter(
        x=x_past,
        y=[m.team for m in past],
        mode="lines",
        line={"color": BEFORE, "width": 3},
        hovertext=[f"{text.month(m.month)}: {m.team}" for m in past],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=joined,
        y=[now, *(p.active for p in ahead)],
        mode="lines",
        line={"color": AFTER, "width": 3, "dash": "dash"},
        hovertext=["", *(_say(text, p.month, p.active, p.low, p.high) for p in ahead)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _label_end(figure, volunteers, text)
    shade_events(figure, events_within(volunteers.events, x_past[0], joined[-1]), text)
    figure.update_yaxes(rangemode="tozero")
    months = [*(m.month for m in past), *(p.month for p in ahead)]
    figure.update_xaxes(**month_ticks(months, text))
    figure.update_layout(margin={"t": 26, "r": 24})
    return figure


def _say(text: Text, month: str, active: float, low: float, high: float) -> str:
    return f"{text.month(month)}: {text.number(active, 0)} ({text.interval(low, high, 0)})"


def _label_end(figure: Chart, volunteers: Volunteers, text: Text) -> None:
    last = volunteers.outlook[-1]
    figure.add_annotation(
        x=f"{last.month}-01",
        y=last.high,
        text=text(
            "about {expected}<br>({low} to {high})",
            expected=text.number(last.active, 0),
            low=text.number(last.low, 0),
            high=text.number(last.high, 0),
        ),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        align="right",
        font={"size": 13, "color": AFTER},
    )

"""Monthly values before and after events: dots, the segmented lines, the trend continued."""

from __future__ import annotations

from analysis.interruptions import InterruptedSeries
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.theme import AFTER, CAUTION, MUTED, TREATED, new_figure
from dashboard.figures.retention import month_ticks
from dashboard.text import Text


def draw_series(found: InterruptedSeries, text: Text) -> Chart:
    """Draw a series; each event is a line on the day it happened."""
    x = [f"{month}-15" for month in found.months]
    figure = new_figure(380)
    figure.add_scatter(
        x=x,
        y=list(found.values),
        mode="markers",
        marker={"color": MUTED, "size": 8},
        hovertext=[
            f"{text.month(month)}: {text.number(value, 0)}"
            for month, value in zip(found.months, found.values, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    starts = [found.months.index(e.first_month) for e in found.events if e.expected]
    for begin, end in zip([0, *starts], [*starts, len(x)], strict=True):
        figure.add_scatter(
            x=x[begin:end],
            y=list(found.fitted[begin:end]),
            mode="lines",
            line={"color": TREATED, "width": 3},
            hoverinfo="skip",
        )
    for event in found.events:
        if event.expected:
            start = found.months.index(event.first_month)
            figure.add_scatter(
                x=x[start : start + len(event.expected)],
                y=list(event.expected),
                mode="lines",
                line={"color": AFTER, "width": 2.5, "dash": "dash"},
                hoverinfo="skip",
            )
        day = event.on.isoformat()
        figure.add_vline(x=day, line={"color": CAUTION, "width": 1.5, "dash": "dot"})
        figure.add_annotation(
            x=day,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=escape_label(text.of(event.label)),
            showarrow=False,
            font={"size": 12, "color": CAUTION},
        )
    figure.update_xaxes(**month_ticks(list(found.months), text))
    figure.update_yaxes(rangemode="tozero")
    figure.update_layout(margin={"t": 30})
    return figure

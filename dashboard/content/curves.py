"""How long volunteers stay: the curve with its counts, on its page, for groups and for funders."""

from __future__ import annotations

import numpy as np

from analysis.disclosure.volunteers import CHOSEN_DAYS
from analysis.results import SUPPRESSED, Curve, Estimate, EstimateLike
from analysis.volunteers.results import Volunteers
from dashboard.content.axes import choose_step, percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BEFORE, INTERVAL, MUTED, new_figure
from dashboard.sentences.few import say_missing
from dashboard.sentences.volunteers import MONTH_DAYS, say_months
from dashboard.text import Text

FEW_LEFT = 0.1
#: Where the curve and the counts below it stand, as shares of the height.
_CURVE_ROOM, _COUNTS_ROOM = (0.316, 1.0), (0.0, 0.216)


def draw_retention(volunteers: Volunteers, text: Text) -> Chart:
    """Draw the share still serving with its interval, and below it who is still followed.

    The median is marked; where under 10 % of people remain the curve is shaded.
    """
    curve = volunteers.curve
    figure = new_figure(470)
    figure.update_layout(
        xaxis={"anchor": "y", "matches": "x2"},
        yaxis={"anchor": "x", "domain": _CURVE_ROOM},
        xaxis2={"anchor": "y2"},
        yaxis2={"anchor": "x2", "domain": _COUNTS_ROOM},
    )
    months = add_curve(figure, curve, BEFORE, text)
    _mark_median(figure, volunteers, text)
    _shade_few(figure, curve, months, text)
    ticks = list(range(0, int(months[-1]) + 1, choose_step(months[-1]))) or [0]
    _add_risk_table(figure, curve, ticks, text)
    figure.update_xaxes(tickvals=ticks, range=[-0.02 * months[-1], max(months[-1], 1) * 1.02])
    figure.update_layout(
        xaxis2={"visible": False}, yaxis={"range": [0, 1.03], **percent_axis(text)}, margin_t=16
    )
    return figure


def draw_retention_curve(volunteers: Volunteers, text: Text, height: int) -> Chart:
    """Draw the curve of :func:`draw_retention` alone, for a page with little room."""
    curve = volunteers.curve
    figure = new_figure(height)
    months = add_curve(figure, curve, BEFORE, text)
    _mark_median(figure, volunteers, text)
    _shade_few(figure, curve, months, text)
    ticks = list(range(0, int(months[-1]) + 1, choose_step(months[-1]))) or [0]
    figure.update_xaxes(tickvals=ticks, range=[-0.02 * months[-1], max(months[-1], 1) * 1.02])
    figure.update_yaxes(range=[0, 1.03], **percent_axis(text))
    return figure


def add_curve(figure: Chart, curve: Curve, colour: str, text: Text, name: str = "") -> list[float]:
    """Draw the share still serving by months, which are given back; alone, with its interval."""
    months = [day / MONTH_DAYS for day in curve.time_days]
    # Between the chosen days of a protected curve it is not known when people left.
    shape = "linear" if curve.method.endswith(CHOSEN_DAYS) else "hv"
    band = {"mode": "lines", "line": {"width": 0, "shape": shape}, "hoverinfo": "skip"}
    if not name:
        figure.add_scatter(x=months, y=curve.ci_high, **band)
        figure.add_scatter(x=months, y=curve.ci_low, fill="tonexty", fillcolor=INTERVAL, **band)
    figure.add_scatter(
        x=months,
        y=curve.survival,
        mode="lines",
        line={"color": colour, "width": 2.5, "shape": shape},
        name=name,
        hovertext=[
            text(
                "{month} months: {share} ({low} to {high})",
                month=text.number(m, 1),
                share=text.percent(s),
                low=text.percent(low),
                high=text.percent(high),
            )
            for m, s, low, high in zip(
                months, curve.survival, curve.ci_low, curve.ci_high, strict=True
            )
        ],
        hovertemplate=(f"{name}<br>" if name else "") + "%{hovertext}<extra></extra>",
    )
    return months


def _mark_median(figure: Chart, volunteers: Volunteers, text: Text) -> None:
    median = volunteers.median_days
    if not isinstance(median, Estimate):
        return
    month = median.estimate / MONTH_DAYS
    figure.add_scatter(
        x=[0, month, month],
        y=[0.5, 0.5, 0],
        mode="lines",
        line={"color": AFTER, "width": 1.5, "dash": "dash"},
        hoverinfo="skip",
    )
    label = say_median(text, median)
    figure.add_annotation(
        x=1,
        y=0.97,
        xref="x domain",
        yref="y domain",
        xanchor="right",
        yanchor="top",
        text=wrap_label(label, 34),
        align="right",
        showarrow=False,
        font={"size": 13},
    )


def _shade_few(figure: Chart, curve: Curve, months: list[float], text: Text) -> None:
    few = [m for m, n in zip(months, curve.at_risk, strict=True) if n < FEW_LEFT * curve.n]
    if not few or few[0] >= months[-1]:
        return
    figure.add_vrect(x0=few[0], x1=months[-1], fillcolor=MUTED, opacity=0.14, line_width=0)
    figure.add_annotation(
        x=few[0],
        y=0.02,
        xref="x",
        yref="y domain",
        yanchor="bottom",
        xanchor="right",
        text=text("few people left"),
        showarrow=False,
        font={"size": 12, "color": MUTED},
    )


def _add_risk_table(figure: Chart, curve: Curve, ticks: list[int], text: Text) -> None:
    names = (text("still serving"), text("left so far"), text("not observed<br>further"))
    counts = count_at(curve, ticks)
    for row, name in enumerate(names):
        figure.add_scatter(
            x=ticks,
            y=[name] * len(ticks),
            mode="text",
            text=[text.number(count[row], 0) for count in counts],
            textfont={"size": 12},
            hoverinfo="skip",
            cliponaxis=False,
            xaxis="x2",
            yaxis="y2",
        )
    look = {"autorange": "reversed", "showgrid": False, "tickfont": {"size": 12, "color": MUTED}}
    figure.update_layout(yaxis2=look)


def count_at(curve: Curve, months: list[int]) -> list[tuple[int, int, int]]:
    """Count (still followed, left so far, not observed further) at whole months."""
    index = np.searchsorted(curve.time_days, np.array(months) * MONTH_DAYS, side="right") - 1
    events, censored = np.cumsum(curve.events), np.cumsum(curve.censored)
    staying = np.array(curve.at_risk) - np.array(curve.events) - np.array(curve.censored)
    return [
        (round(staying[i]), round(events[i]), round(censored[i]))
        if is_told(curve, month)
        else (SUPPRESSED, SUPPRESSED, SUPPRESSED)
        for month, i in zip(months, index, strict=True)
    ]


def is_told(curve: Curve, month: float) -> bool:
    """Whether a curve is known at a month: one protected is, soon after its chosen days only."""
    since = min(month * MONTH_DAYS - day for day in curve.time_days if day <= month * MONTH_DAYS)
    return not curve.method.endswith(CHOSEN_DAYS) or since < MONTH_DAYS / 2


def say_time(text: Text, found: EstimateLike) -> str:
    """Say a time with its interval."""
    if not isinstance(found, Estimate):
        return say_missing(text, found)
    return text(
        "{value} ({low} to {high})",
        value=say_months(text, found.estimate),
        low=say_months(text, found.ci_low),
        high=say_months(text, found.ci_high),
    )


def say_median(text: Text, median: EstimateLike) -> str:
    """Say the time by which half have left, with its interval."""
    if not isinstance(median, Estimate):
        return text("fewer than half have left so far")
    return text(
        "median length of service {median} ({low} to {high})",
        median=say_months(text, median.estimate),
        low=say_months(text, median.ci_low),
        high=say_months(text, median.ci_high),
    )

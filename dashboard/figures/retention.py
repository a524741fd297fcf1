"""How long volunteers stay: Kaplan–Meier curve with its table, groups, reasons, month by month."""

from __future__ import annotations

from analysis.disclosure.volunteers import CHOSEN_DAYS
from analysis.results import Curve, Estimate
from analysis.volunteers.results import RetentionByGroup, Volunteers
from dashboard.content.axes import (
    choose_step,
    events_within,
    month_ticks,
    percent_axis,
    shade_events,
)
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, INTERVAL, MUTED, new_figure
from dashboard.sentences.few import mark_cell
from dashboard.sentences.volunteers import MONTH_DAYS, name_group, name_reason, say_median
from dashboard.tables.volunteers import count_at
from dashboard.text import Text

FEW_LEFT = 0.1
MAX_GROUPS = 4
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
    months = [day / MONTH_DAYS for day in curve.time_days]
    _add_curve(figure, curve, months, BEFORE, text)
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
    months = [day / MONTH_DAYS for day in curve.time_days]
    _add_curve(figure, curve, months, BEFORE, text)
    _mark_median(figure, volunteers, text)
    _shade_few(figure, curve, months, text)
    ticks = list(range(0, int(months[-1]) + 1, choose_step(months[-1]))) or [0]
    figure.update_xaxes(tickvals=ticks, range=[-0.02 * months[-1], max(months[-1], 1) * 1.02])
    figure.update_yaxes(range=[0, 1.03], **percent_axis(text))
    return figure


def _add_curve(
    figure: Chart, curve: Curve, months: list[float], colour: str, text: Text, name: str = ""
) -> None:
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


def draw_groups(comparison: RetentionByGroup, text: Text) -> Chart:
    """Draw one curve for each group large enough to be shown (at most four)."""
    figure = new_figure(360)
    shown = [g for g in comparison.groups if g.curve is not None]
    shown = sorted(shown, key=lambda g: -(g.n or 0))[:MAX_GROUPS]
    for group, colour in zip(shown, CATEGORIES, strict=False):
        curve = group.curve
        if curve is None:
            continue
        months = [day / MONTH_DAYS for day in curve.time_days]
        name = f"{escape_label(name_group(text, group.value))} (n = {group.n})"
        _add_curve(figure, curve, months, colour, text, name)
    figure.update_yaxes(range=[0, 1.03], **percent_axis(text))
    figure.update_xaxes(title={"text": text("months since joining"), "font": {"size": 12}})
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(showlegend=True, legend=legend)
    return figure


def draw_causes(volunteers: Volunteers, text: Text) -> Chart:
    """Draw the share who have left within a year for each reason, with intervals."""
    rows = [(c, c.at_365) for c in volunteers.causes]
    known = [(c, at) for c, at in rows if isinstance(at, Estimate)]
    known = sorted(known, key=lambda pair: pair[1].estimate)
    figure = new_figure(70 + 46 * len(known))
    top = max([at.ci_high or at.estimate for _, at in known], default=0.5)
    figure.add_bar(
        x=[at.estimate for _, at in known],
        y=[wrap_label(name_reason(text, c.reason), 18) for c, _ in known],
        orientation="h",
        marker_color=BEFORE,
        width=0.5,
        text=[f"{text.percent(at.estimate)}, n = {c.n}" for c, at in known],
        textposition="outside",
        cliponaxis=False,
        hovertext=[text.interval(at.ci_low, at.ci_high) for _, at in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_xaxes(range=[0, 1.4 * top], **percent_axis(text, max(top, 0.1)))
    figure.update_yaxes(showgrid=False)
    return figure


def draw_months(volunteers: Volunteers, text: Text, least: int = 0) -> Chart:
    """Draw who came into the team and who lapsed each month, the team's size as a line.

    Bars of fewer than ``least`` people carry the evaluator's mark when pointed at.
    """
    months = volunteers.monthly[-36:]
    x = [f"{m.month}-01" for m in months]
    figure = new_figure(400)
    for values, colour, name in (
        ([m.new for m in months], CATEGORIES[1], text("new")),
        ([m.returning for m in months], "#7FBFB9", text("returning")),
        ([-m.lapsed for m in months], AFTER, text("lapsed")),
    ):
        figure.add_bar(
            x=x,
            y=values,
            marker_color=colour,
            name=name,
            hovertext=[
                f"{text.month(m.month)}: {mark_cell(text, str(abs(v)), abs(v), least)}"
                for m, v in zip(months, values, strict=True)
            ],
            hovertemplate=f"%{{hovertext}} {name}<extra></extra>",
        )
    figure.add_scatter(
        x=x,
        y=[m.team for m in months],
        mode="lines",
        line={"color": BEFORE, "width": 3},
        name=text("in the team"),
        hovertext=[f"{text.month(m.month)}: {m.team}" for m in months],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    shade_events(figure, events_within(volunteers.events, x[0], x[-1]), text)
    legend = {"orientation": "h", "y": -0.12, "yanchor": "top", "x": 0}
    figure.update_layout(barmode="relative", bargap=0.25, showlegend=True, legend=legend)
    figure.update_layout(margin={"t": 26})
    figure.update_xaxes(**month_ticks([m.month for m in months], text))
    return figure

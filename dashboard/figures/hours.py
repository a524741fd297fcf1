"""Who carries the work: Lorenz curve, hours per person, kinds of service."""

from __future__ import annotations

from analysis.volunteers.results import Hours
from dashboard.content.axes import draw_lorenz
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.text import Text

MAX_PEOPLE = 200
MAX_KINDS = 8


def draw_hours_lorenz(hours: Hours, text: Text) -> Chart:
    """Draw the share of work against the share of people, least active first."""
    amount = text("share of hours") if hours.unit == "hours" else text("share of days")
    return draw_lorenz(hours.lorenz, BEFORE, text("share of volunteers"), amount, text)


def draw_hours(hours: Hours, text: Text) -> Chart:
    """Draw each person's amount, most first; those who together give half stand out."""
    amounts = hours.per_person[:MAX_PEOPLE]
    figure = new_figure(320)
    figure.add_bar(
        x=list(range(1, len(amounts) + 1)),
        y=list(amounts),
        marker_color=[AFTER if i < hours.bus_factor else BEFORE for i in range(len(amounts))],
        hovertext=[text.number(amount, 0) for amount in amounts],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    unit = text("hours") if hours.unit == "hours" else text("days")
    figure.add_annotation(
        x=hours.bus_factor,
        y=amounts[0],
        text=text.count(
            "{n} person gives half of all {unit}",
            "{n} people give half of all {unit}",
            hours.bus_factor,
            unit=unit,
        ),
        xanchor="left",
        xshift=12,
        showarrow=False,
        font={"size": 13, "color": AFTER},
    )
    ranks = {"text": text("volunteers, most active first"), "font": {"size": 12, "color": MUTED}}
    figure.update_xaxes(title=ranks, showticklabels=False, showgrid=False)
    figure.update_yaxes(rangemode="tozero")
    return figure


def draw_activities(hours: Hours, text: Text) -> Chart:
    """Draw the amount given to each kind of service as bars from zero."""
    rows = hours.by_activity[:MAX_KINDS][::-1]
    figure = new_figure(60 + 42 * len(rows))
    figure.add_bar(
        x=[amount for _, amount in rows],
        y=[wrap_label(name, 16) for name, _ in rows],
        orientation="h",
        marker_color=BEFORE,
        width=0.55,
        text=[text.number(amount, 0) for _, amount in rows],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(range=[0, 1.25 * max((a for _, a in rows), default=1)], visible=False)
    figure.update_yaxes(showgrid=False)
    return figure

"""The plan against what happened, by phase."""

from __future__ import annotations

from analysis.participation.results import Delivery, PhaseDelivery
from analysis.results import Estimate
from dashboard.content.axes import error_bars, percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, MUTED, new_figure
from dashboard.sentences.participation import name_status
from dashboard.text import Text

_LIGHT = "#B8C4D0"


def draw_delivery(delivery: Delivery, text: Text) -> Chart:
    """Draw what became of the planned sessions, one bar of counts for each phase."""
    phases = delivery.phases or (delivery.overall,)
    names = [_name(text, phase) for phase in phases]
    figure = new_figure(110 + 56 * len(phases))
    for status, colour in (
        ("held", BEFORE),
        ("moved", CATEGORIES[1]),
        ("cancelled", AFTER),
        ("pending", _LIGHT),
    ):
        counts = [_count(phase, status) for phase in phases]
        figure.add_bar(
            x=counts,
            y=names,
            orientation="h",
            marker_color=colour,
            width=0.55,
            name=name_status(text, status),
            text=[str(n) if n else "" for n in counts],
            textposition="inside",
            insidetextanchor="middle",
            hoverinfo="skip",
            visible=True if any(counts) else "legendonly",
            showlegend=any(counts),
        )
    figure.update_layout(barmode="stack", showlegend=True)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(legend=legend)
    figure.update_xaxes(visible=False, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _name(text: Text, phase: PhaseDelivery) -> str:
    return wrap_label(phase.phase or text("All sessions"), 14)


def _count(phase: PhaseDelivery, status: str) -> int:
    return {
        "held": phase.held - phase.moved,
        "moved": phase.moved,
        "cancelled": phase.cancelled,
        "pending": phase.pending,
    }[status]


def draw_fidelity(delivery: Delivery, text: Text) -> Chart:
    """Draw the share of the planned content delivered, by phase, with interval."""
    phases = [p for p in (delivery.overall, *delivery.phases) if isinstance(p.fidelity, Estimate)]
    values = [p.fidelity for p in phases]
    known = [v for v in values if isinstance(v, Estimate)]
    figure = new_figure(80 + 50 * len(phases))
    figure.add_scatter(
        x=[v.estimate for v in known],
        y=[_name(text, p) for p in phases],
        mode="markers+text",
        marker={"size": 12, "color": [MUTED if not p.phase else BEFORE for p in phases]},
        error_x=error_bars(known, BEFORE),
        text=[text.percent(v.estimate) for v in known],
        textposition="top center",
        textfont={"size": 12},
        hoverinfo="skip",
    )
    figure.update_xaxes(range=[0, 1.03], **percent_axis(text))
    figure.update_yaxes(autorange="reversed")
    return figure

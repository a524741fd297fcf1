"""Pictures of the money: sources, months, year to year."""

from __future__ import annotations

import plotly.graph_objects as go

from analysis.sustainability.results import Concentration, Funding
from dashboard.figures.labels import escape_label
from dashboard.text import Text
from dashboard.theme import AFTER, BEFORE, CATEGORIES, MUTED, new_figure

MOST_SOURCES = 4


def main_sources(concentration: Concentration, text: Text) -> list[tuple[str, float, float]]:
    """The largest sources with amount and share; beyond three the rest are one line."""
    shares = list(concentration.shares)
    if len(shares) <= MOST_SOURCES:
        return shares
    rest = shares[MOST_SOURCES - 1 :]
    others = text("{n} other sources", n=len(rest))
    return [*shares[: MOST_SOURCES - 1], (others, sum(r[1] for r in rest), sum(r[2] for r in rest))]


def draw_sources(funding: Funding, by: str, text: Text) -> go.Figure:
    """Draw each source's share of income as horizontal bars from zero, labelled directly."""
    concentration = next(c for c in funding.concentration if c.by == by)
    rows = main_sources(concentration, text)[::-1]
    figure = new_figure(40 + 66 * len(rows))
    figure.add_bar(
        x=[share for _, _, share in rows],
        y=list(range(len(rows))),
        orientation="h",
        marker_color=[AFTER if i == len(rows) - 1 else BEFORE for i in range(len(rows))],
        width=0.4,
        hoverinfo="skip",
    )
    for i, (name, amount, share) in enumerate(rows):
        told = f"{text.percent(share)} · {text.money(amount, funding.currency)}"
        figure.add_annotation(
            x=0, y=i, yshift=24, showarrow=False, xanchor="left",
            text=f"<b>{escape_label(name)}</b>  {told}",
        )  # fmt: skip
    figure.update_xaxes(range=[0, 1], visible=False)
    figure.update_yaxes(visible=False, range=[-0.5, len(rows) - 0.3])
    return figure


def draw_months(funding: Funding, text: Text) -> go.Figure:
    """Draw income above and expense below zero by month, surplus as a line."""
    months = [text.month(p.period) for p in funding.by_month]
    figure = new_figure(340)
    for values, colour, name in (
        ([p.income for p in funding.by_month], BEFORE, text("Income")),
        ([-p.expense for p in funding.by_month], AFTER, text("Expense")),
    ):
        figure.add_bar(
            x=months,
            y=values,
            marker_color=colour,
            name=name,
            hovertext=[text.money(abs(v), funding.currency) for v in values],
            hovertemplate="%{x}<br>%{hovertext}",
        )
    figure.update_layout(barmode="relative", bargap=0.25, showlegend=True)
    figure.update_layout(legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0})
    figure.add_hline(y=0, line_color=MUTED, line_width=1)
    figure.update_xaxes(nticks=6, tickangle=0)
    return figure


def draw_waterfall(funding: Funding, text: Text) -> go.Figure:
    """Draw how income changed from one year to the next, source by source."""
    steps = [s for s in funding.waterfall if s.year_to == funding.by_year[-1].period]
    first = next(p for p in funding.by_year if p.period == steps[0].year_from)
    labels = [first.period, *(escape_label(s.source or text("no source")) for s in steps)]
    figure = new_figure(360)
    figure.add_waterfall(
        x=[*labels, funding.by_year[-1].period],
        y=[first.income, *(s.change for s in steps), 0],
        measure=["absolute", *["relative"] * len(steps), "total"],
        text=[
            text.money(first.income, funding.currency),
            *(text.signed(s.change, 0) for s in steps),
            text.money(funding.by_year[-1].income, funding.currency),
        ],
        textposition="outside",
        connector={"line": {"color": MUTED, "width": 1}},
        increasing={"marker": {"color": CATEGORIES[1]}},
        decreasing={"marker": {"color": AFTER}},
        totals={"marker": {"color": BEFORE}},
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_xaxes(type="category", tickangle=0)
    figure.update_yaxes(rangemode="tozero")
    return figure

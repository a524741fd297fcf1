"""Pictures of the money: sources, months, year to year."""

from __future__ import annotations

from itertools import accumulate

from analysis.sustainability.results import Concentration, Funding, GrantExpiry, WaterfallStep
from dashboard.content.axes import money_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, MUTED, new_figure
from dashboard.sentences.sustainability import source_name
from dashboard.text import Text

MAX_SOURCES = 4
MAX_STEPS = 8
MAX_GRANTS = 12


def main_sources(concentration: Concentration, text: Text) -> list[tuple[str, float, float]]:
    """The largest sources with amount and share; beyond three the rest are one line."""
    shares = [
        (source_name(text, name), amount, share) for name, amount, share in concentration.shares
    ]
    if len(shares) <= MAX_SOURCES:
        return shares
    rest = shares[MAX_SOURCES - 1 :]
    others = text("{n} other sources", n=len(rest))
    return [*shares[: MAX_SOURCES - 1], (others, sum(r[1] for r in rest), sum(r[2] for r in rest))]


def draw_sources(funding: Funding, by: str, text: Text) -> Chart:
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
        told = f"{text.percent(share)} · {text.short_money(amount, funding.currency)}"
        figure.add_annotation(
            x=0,
            y=i,
            yshift=24,
            showarrow=False,
            xanchor="left",
            text=f"<b>{escape_label(name)}</b>  {told}",
        )
    figure.update_xaxes(range=[0, 1], visible=False)
    figure.update_yaxes(visible=False, range=[-0.5, len(rows) - 0.3])
    return figure


def draw_months(funding: Funding, text: Text) -> Chart:
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
    figure.update_xaxes(nticks=4, tickangle=0)
    top = max((p.income for p in funding.by_month), default=0.0)
    bottom = max((p.expense for p in funding.by_month), default=0.0)
    figure.update_yaxes(**money_axis(text, -bottom, top, funding.currency))
    return figure


def draw_expiries(funding: Funding, text: Text) -> Chart:
    """Draw each grant from the ledger's first day to its end; the dotted line is its last day."""
    grants = funding.expiries[-MAX_GRANTS:]
    figure = new_figure(70 + 56 * len(grants))
    first, today = funding.first_date.isoformat(), funding.last_date.isoformat()
    for place, grant in enumerate(grants):
        over = grant.months_left <= 0
        figure.add_scatter(
            x=[first, grant.ends.isoformat()],
            y=[place, place],
            mode="lines+markers",
            line={"color": MUTED if over else BEFORE, "width": 2 if over else 5},
            marker={"symbol": "line-ns", "size": [0, 14], "line": {"width": 3, "color": MUTED}},
            hoverinfo="skip",
        )
        figure.add_annotation(
            x=first,
            y=place,
            yshift=16,
            xanchor="left",
            showarrow=False,
            text=_name_grant(text, grant, funding.currency),
        )
    figure.add_vline(x=today, line_dash="dot", line_color=MUTED)
    figure.update_yaxes(visible=False, range=[len(grants) - 0.4, -0.75])
    months = [text.month(f"{year}-{month:02d}") for year, month in _half_years(funding)]
    ticks = [f"{year}-{month:02d}-01" for year, month in _half_years(funding)]
    figure.update_xaxes(tickvals=ticks, ticktext=months, tickangle=0)
    return figure


def _half_years(funding: Funding) -> list[tuple[int, int]]:
    """January and July of each year shown; only January of many."""
    last = max([funding.last_date, *(grant.ends for grant in funding.expiries)])
    years = range(funding.first_date.year, last.year + 2)
    return [(year, month) for year in years for month in ((1, 7) if len(years) < 5 else (1,))]


def _name_grant(text: Text, grant: GrantExpiry, currency: str) -> str:
    left = (
        text("ended")
        if grant.months_left <= 0
        else text("{n} months left", n=text.number(grant.months_left, 0))
    )
    name = escape_label(source_name(text, grant.source))
    return f"<b>{name}</b>  {text.short_money(grant.amount, currency)} · {left}"


def draw_waterfall(funding: Funding, text: Text) -> Chart:
    """Draw how income changed from one year to the next, source by source.

    Beyond eight sources the smallest changes are one step.
    """
    last = funding.by_year[-1]
    steps = [s for s in funding.waterfall if s.year_to == last.period]
    first = next(p for p in funding.by_year if p.period == steps[0].year_from)
    told = _main_steps(steps, text)
    figure = new_figure(80 + 46 * (len(told) + 2))
    figure.add_waterfall(
        orientation="h",
        y=[first.period, *(name for name, _ in told), last.period],
        x=[first.income, *(change for _, change in told), 0],
        measure=["absolute", *["relative"] * len(told), "total"],
        text=[
            text.short_money(first.income, funding.currency),
            *(_say_step(text, change, funding.currency) for _, change in told),
            text.short_money(last.income, funding.currency),
        ],
        textposition="outside",
        connector={"line": {"color": MUTED, "width": 1}},
        increasing={"marker": {"color": CATEGORIES[1]}},
        decreasing={"marker": {"color": AFTER}},
        totals={"marker": {"color": BEFORE}},
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_yaxes(type="category", autorange="reversed", showgrid=False)
    top = max(first.income, last.income, *accumulate([first.income, *(c for _, c in told)]), 1.0)
    figure.update_xaxes(range=[-0.45 * top, 1.5 * top], visible=False)
    return figure


def _say_step(text: Text, change: float, currency: str) -> str:
    return ("+" if change > 0 else "") + text.short_money(change, currency)


def _main_steps(steps: list[WaterfallStep], text: Text) -> list[tuple[str, float]]:
    largest = sorted(steps, key=lambda s: -abs(s.change))
    kept = largest if len(steps) <= MAX_STEPS else largest[: MAX_STEPS - 1]
    told = [
        (wrap_label(source_name(text, s.source), 16), s.change)
        for s in sorted(kept, key=lambda s: -s.change)
    ]
    if len(kept) < len(steps):
        rest = sum(s.change for s in largest[len(kept) :])
        told.append((text("{n} other sources", n=len(steps) - len(kept)), rest))
    return told

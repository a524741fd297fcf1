"""Funding: who carries the money, how long it lasts, what ends when."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import accumulate

from analysis.evaluation import Evaluation
from analysis.results import Caution, Finding
from analysis.sustainability.findings import find_funding
from analysis.sustainability.results import Concentration, Funding, GrantExpiry, WaterfallStep
from dashboard.content.axes import money_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.model import Card, NativeChart, Number, Passage, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, MUTED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.filled import fill
from dashboard.sentences.sustainability import say_runway, source_name
from dashboard.text import N_, Text

MAX_SOURCES = 4
MAX_STEPS = 8
MAX_GRANTS = 12
MAX_NATIVE = 6


def make_section(evaluation: Evaluation, funding: Funding, text: Text) -> Section:
    """Make the topic."""
    findings = [f for f in evaluation.findings if f.section == "funding"]
    cautions = [c for c in evaluation.cautions if c.section == "funding"]
    concentrated = [list_concentration(funding, text), list_shares(funding, text)]
    return Section(
        key="funding",
        heading=text("Funding"),
        title=_say(text, find_funding(funding)),
        sample=_say_rows(text, funding),
        cards=_list_cards(funding, text),
        findings=[_say(text, finding) for finding in findings],
        pictures=_list_pictures(funding, text),
        passages=[Passage(tables=concentrated)],
        tables=[list_stress(funding, text)],
        cautions=say_cautions(text, evaluation, cautions),
    )


def _say_rows(text: Text, f: Funding) -> str:
    rows = text.count("{n} ledger row used", "{n} ledger rows used", f.n_rows)
    return text(
        "{rows}, {left_out} left out. {first} to {last}.",
        rows=rows,
        left_out=f.n_left_out,
        first=text.date(f.first_date),
        last=text.date(f.last_date),
    )


def _list_cards(f: Funding, text: Text) -> list[Card]:
    lasts = text("of cash left if no more came in")
    return [
        Card(value=text.money(f.income, f.currency), meaning=text("came in")),
        Card(value=text.money(f.expense, f.currency), meaning=text("went out")),
        Card(value=say_runway(text, f.runway_months), meaning=lasts),
        Card(value=text.percent(f.community_share), meaning=text("raised in the community")),
    ]


def _list_pictures(funding: Funding, text: Text) -> list[Picture]:
    pictures = [_picture_of_sources(funding, text)] if funding.concentration else []
    pictures.append(
        Picture(
            key="months",
            title=text("Income and expense by month"),
            subtitle=text("Income above the line, expense below it."),
            alt=text("Bars of income and expense for each month of the ledger."),
            figure=lambda: draw_months(funding, text),
            table=list_periods(funding, text),
            with_table=True,
            beside=True,
            page_only=True,
        )
    )
    if funding.expiries:
        pictures.append(
            Picture(
                key="expiries",
                title=text("What ends when"),
                subtitle=text("Each grant until its last day. Dotted: the last day of the ledger."),
                alt=text("Timeline of grants with their last days."),
                figure=lambda: draw_expiries(funding, text),
                table=list_expiries(funding, text),
                with_table=True,
                page_only=True,
            )
        )
    if funding.waterfall:
        pictures.append(
            Picture(
                key="waterfall",
                title=text("What changed from one year to the next"),
                subtitle=text("Calendar years; the ledger may cover only part of one."),
                alt=text("Waterfall of income by source between two years."),
                figure=lambda: draw_waterfall(funding, text),
                table=list_years(funding, text),
                with_table=True,
                page_only=True,
            )
        )
    return pictures


def _picture_of_sources(funding: Funding, text: Text) -> Picture:
    by = funding.concentration[0].by
    return Picture(
        key="sources",
        title=text("Where the money comes from"),
        subtitle=text("Share of all income in the ledger."),
        alt=text("Bars of each source's share of income."),
        figure=lambda: draw_sources(funding, by, text),
        native=_native_sources(funding, text),
        table=list_sources(funding, text),
        with_table=True,
        beside=True,
        page_only=by != "source",
    )


def _native_sources(funding: Funding, text: Text) -> NativeChart | None:
    """Amount from each funder, in the ledger's currency."""
    shares = next((c.shares for c in funding.concentration if c.by == "source"), ())[:MAX_NATIVE]
    if not shares:
        return None
    return NativeChart(
        kind="bars",
        categories=tuple(source_name(text, name) for name, *_ in shares),
        series=((funding.currency, tuple(amount for _, amount, _ in shares)),),
        form="#,##0",
    )


def list_sources(funding: Funding, text: Text) -> Table:
    """Sources with amount and share, at both granularities."""
    rows = tuple(
        (
            _name_grouping(text, c),
            source_name(text, name),
            amount,
            Number(value=share, kind="percent", digits=1),
        )
        for c in funding.concentration
        for name, amount, share in c.shares
    )
    columns = (text("By"), text("Source"), text("Amount"), text("Share"))
    return Table(key="sources", title=text("Sources"), columns=columns, rows=rows)


def _name_grouping(text: Text, c: Concentration) -> str:
    return text("Funder") if c.by == "source" else text("Kind")


def list_concentration(funding: Funding, text: Text) -> Table:
    """Concentration at each granularity."""
    rows = tuple(
        (
            _name_grouping(text, c),
            c.n_sources,
            Number(value=c.hhi, digits=3),
            Number(value=c.hhi_normalised, digits=3),
            Number(value=c.effective_sources),
        )
        for c in funding.concentration
    )
    columns = (
        text("By"),
        text("Sources"),
        text("HHI (0–1)"),
        text("Normalised HHI"),
        text("Effective number"),
    )
    return Table(key="concentration", title=text("Concentration"), columns=columns, rows=rows)


def list_shares(funding: Funding, text: Text) -> Table:
    """Shares of the income that tell how free and how lasting it is; a dash where not recorded."""
    rows = tuple(
        (name, Number(value=share, kind="percent", digits=0))
        for name, share in (
            (text("Raised in the community"), funding.community_share),
            (text("Comes again each year"), funding.recurring_share),
            (text("Tied to a purpose"), funding.restricted_share),
        )
    )
    title, columns = text("Shares of the income"), (text("Income"), text("Share"))
    return Table(key="shares", title=title, columns=columns, rows=rows)


def list_periods(funding: Funding, text: Text) -> Table:
    """Income, expense and surplus by month."""
    return Table(
        key="months_funding",
        title=text("Month by month"),
        columns=(text("Month"), text("Income"), text("Expense"), text("Surplus")),
        rows=tuple(
            (text.month(p.period), p.income, p.expense, p.surplus) for p in funding.by_month
        ),
    )


def list_years(funding: Funding, text: Text) -> Table:
    """Income, expense and surplus by calendar year."""
    return Table(
        key="years_funding",
        title=text("Year by year"),
        columns=(text("Year"), text("Income"), text("Expense"), text("Surplus")),
        rows=tuple((p.period, p.income, p.expense, p.surplus) for p in funding.by_year),
    )


def list_stress(funding: Funding, text: Text) -> Table:
    """Runway as it is and under each stress test."""
    names = {
        "largest_leaves": text("The largest funder leaves"),
        "income_down_30": text("Income falls by 30 %"),
    }
    rows = [(text("No more income at all"), say_runway(text, funding.runway_months))]
    rows += [(names[s.name], say_runway(text, s.runway_months)) for s in funding.stress]
    title, columns = text("If money stops"), (text("If"), text("Cash lasts"))
    return Table(key="stress", title=title, columns=columns, rows=tuple(rows))


def list_expiries(funding: Funding, text: Text) -> Table:
    """Grants with an end date, soonest first."""
    rows = tuple(
        (
            source_name(text, g.source),
            text.date(g.ends),
            text.money(g.amount, funding.currency),
            text("ended") if g.months_left <= 0 else Number(value=g.months_left, digits=1),
        )
        for g in funding.expiries
    )
    columns = (text("Source"), text("Ends"), text("Amount"), text("Months left"))
    return Table(key="grants", title=text("Grants that end"), columns=columns, rows=rows)


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


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


def _say_totals(text: Text, f: Finding) -> str:
    currency = str(f.values["currency"])
    return text(
        "{income} came in and {expense} went out; the ledger names no sources.",
        income=text.money(f.values["income"], currency),
        expense=text.money(f.values["expense"], currency),
    )


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "funding_dominated": fill(
        N_("{source} gives {share} of the income; without it the programme would stand on little."),
        "source",
        percent=("share",),
    ),
    "funding_spread": fill(
        N_("Income comes from {n_sources} sources; the largest, {source}, gives {share}."),
        "n_sources",
        "source",
        percent=("share",),
    ),
    "funding_unnamed": fill(
        N_(
            "{unnamed} of the income has no named source; the largest named one, {source}, gives "
            "{share}."
        ),
        "source",
        percent=("unnamed", "share"),
    ),
    "funding_totals": _say_totals,
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "ledger_short": lambda text, c: text(
        "The ledger covers {months} months: yearly figures and runway are rough.",
        months=text.number(c.values["months"], 0),
    ),
    "balance_unknown": lambda text, _: text(
        "No cash balance was given, so the runway cannot be told."
    ),
    "sources_unnamed": lambda text, _: text(
        "The ledger names no sources, so dependence on one funder cannot be told."
    ),
    "sources_partly_unnamed": lambda text, c: text(
        "{share} of the income has no named source; it counts as one source of its own.",
        share=text.percent(c.values["share"]),
    ),
}

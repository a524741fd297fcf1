"""What several pictures share: rate axes, month ticks, shaded happenings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from math import ceil, floor, log10

from analysis.results import Estimate, EstimateLike
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.theme import BAND, CAUTION, MUTED, new_figure
from dashboard.text import Text

Happening = tuple[date, date | None, str | Mapping[str, str]]
_STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120)


def choose_step(length: float, most: int = 6) -> int:
    """Choose a round step so that at most ``most`` ticks stand above 0.

    Examples
    --------
    >>> choose_step(18)
    3
    """
    return next((step for step in _STEPS if length / step <= most), _STEPS[-1])


def percent_axis(text: Text, top: float = 1.0) -> dict[str, Sequence[object]]:
    """Settings of an axis of shares with five ticks, written in the reader's language."""
    step = next(s for s in (0.05, 0.1, 0.25, 0.5, 1.0) if top / s <= 4.001)
    ticks = [i * step for i in range(int(top / step + 0.001) + 1)]
    return {"tickvals": ticks, "ticktext": [text.percent(tick) for tick in ticks]}


def money_axis(text: Text, low: float, high: float, currency: str) -> dict[str, object]:
    """Settings of an axis of money with about five round ticks, written in the reader's language.

    Amounts below zero are expense: they stand below the line and are told without a sign.
    """
    span = max(high - low, 1.0)
    size = 10.0 ** floor(log10(span / 4))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if span / (size * m) <= 5)
    ticks = [step * n for n in range(ceil(low / step), int(high // step) + 1)]
    return {"tickvals": ticks, "ticktext": [text.short_money(abs(t), currency) for t in ticks]}


def month_ticks(months: list[str], text: Text, most: int = 4) -> dict[str, object]:
    """Settings of a calendar axis with at most ``most`` months named."""
    step = max(1, -(-len(months) // most))
    shown = months[::step]
    return {
        "tickvals": [f"{month}-01" for month in shown],
        "ticktext": [text.month(month) for month in shown],
    }


def error_bars(values: Iterable[EstimateLike], colour: str) -> dict[str, object]:
    """Asymmetric error bars of the intervals."""
    known = [v for v in values if isinstance(v, Estimate)]
    return {
        "type": "data",
        "symmetric": False,
        "array": [(v.estimate if v.ci_high is None else v.ci_high) - v.estimate for v in known],
        "arrayminus": [v.estimate - (v.estimate if v.ci_low is None else v.ci_low) for v in known],
        "color": colour,
        "thickness": 2,
        "width": 0,
    }


def shade_events(figure: Chart, events: Iterable[Happening], text: Text) -> None:
    """Shade dated happenings on a picture whose x-axis is the calendar."""
    for start, until, label in events:
        figure.add_vrect(
            x0=start.isoformat(),
            x1=(until or start + timedelta(days=1)).isoformat(),
            fillcolor=CAUTION,
            opacity=0.12,
            line_width=0,
            layer="below",
        )
        figure.add_annotation(
            x=start.isoformat(),
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=escape_label(text.of(label)),
            showarrow=False,
            font={"size": 12, "color": CAUTION},
        )


def events_within(events: Iterable[Happening], first: str, last: str) -> list[Happening]:
    """Keep the happenings that touch the days from ``first`` to ``last`` (ISO text)."""
    return [
        (start, until, label)
        for start, until, label in events
        if (until or start).isoformat() >= first and start.isoformat() <= last
    ]


def draw_lorenz(
    lorenz: tuple[tuple[float, float], ...], colour: str, people: str, amount: str, text: Text
) -> Chart:
    """Draw a Lorenz curve against the line of equal shares, axes from 0 to 100 %."""
    figure = new_figure(340)
    x, y = [p for p, _ in lorenz], [a for _, a in lorenz]
    figure.add_scatter(
        x=[0, 1], y=[0, 1], mode="lines", line={"color": MUTED, "dash": "dot"}, hoverinfo="skip"
    )
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": colour, "width": 3},
        fill="tonexty",
        fillcolor=BAND,
        hovertext=[
            f"{people}: {text.percent(p)}<br>{amount}: {text.percent(a)}" for p, a in lorenz
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_annotation(
        x=0.5,
        y=0.5,
        text=text("if all gave the same"),
        showarrow=False,
        xanchor="right",
        yanchor="bottom",
        xshift=-8,
        font={"size": 12, "color": MUTED},
    )
    figure.update_xaxes(
        range=[0, 1],
        title={"text": people, "font": {"size": 12, "color": MUTED}},
        **percent_axis(text),
    )
    figure.update_yaxes(
        range=[0, 1.02],
        title={"text": amount, "font": {"size": 12, "color": MUTED}},
        **percent_axis(text),
    )
    return figure

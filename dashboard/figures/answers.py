"""How answers moved: diverging bars before above after; shares as dumbbells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.results import SUPPRESSED_MARK, Suppressed
from analysis.surveys.results import ItemAnswers
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import AFTER, BEFORE, LIKERT, MUTED, new_figure
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text

_OUTLINE = "#8A93A0"
_MIN_WRITTEN = 0.08


def sort_by_change(items: Sequence[ItemAnswers]) -> list[str]:
    """Items by how far their mean moved from the first to the last wave, most first."""
    moved: dict[str, float] = {}
    for name in dict.fromkeys(one.item for one in items):
        means = [one.mean for one in items if one.item == name and one.mean is not None]
        moved[name] = abs(means[-1] - means[0]) if len(means) > 1 else 0.0
    return sorted(moved, key=lambda name: -moved[name])


def draw_answers(
    items: Sequence[ItemAnswers], labels: Mapping[str, str], text: Text, *, diverging: bool = True
) -> Chart:
    """Draw the shares of each answer, one bar per item and wave.

    Parameters
    ----------
    items
        Of one measure, each listing its answers from low to high. Neighbouring answers that few
        people gave may be counted together in some of them (``1 – 2``).
    labels
        Item → question.
    diverging
        Whether low answers go left and high ones right of the middle; else all from 0 to 100 %.
    """
    order = sort_by_change(items)
    waves = list(dict.fromkeys(one.wave for one in items))
    rows = [one for name in order for wave in waves for one in items if _is(one, name, wave)]
    place = {(one.item, one.wave): _row(one, order, waves) for one in rows}
    figure = new_figure(96 + len(rows) * 30 + len(order) * 28)
    told: set[str] = set()
    for answers in sorted({tuple(one.counts) for one in rows}, key=lambda a: (-len(a), a)):
        alike = [one for one in rows if tuple(one.counts) == answers]
        for number, (name, colour) in enumerate(
            zip(answers, choose_colours(len(answers)), strict=True)
        ):
            _add_answer(figure, alike, place, (number, name, colour), text, diverging)
            figure.data[-1].update(legendgroup=name, showlegend=name not in told)
            told.add(name)
    _label_rows(figure, rows, place, order, labels, text)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(barmode="overlay", legend=legend, showlegend=True)
    ticks = [i / 4 for i in range(-4 if diverging else 0, 5)]
    figure.update_xaxes(
        tickvals=ticks,
        ticktext=[text.percent(abs(t)) for t in ticks],
        range=_reach(rows) if diverging else [0, 1],
    )
    if diverging:
        figure.add_vline(x=0, line_color=MUTED, line_width=1, layer="below")
    return figure


def choose_colours(n: int) -> list[str]:
    """Colours for ``n`` ordered answers, from the checked palette of five."""
    if n == len(LIKERT):
        return list(LIKERT)
    return [_mix_colours(i / max(1, n - 1)) for i in range(n)]


def _mix_colours(share: float) -> str:
    """The colour at a share of the way along the palette, between its two neighbours."""
    below = min(int(share * (len(LIKERT) - 1)), len(LIKERT) - 2)
    weight = share * (len(LIKERT) - 1) - below
    low, high = (
        [int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in LIKERT[below : below + 2]
    )
    mixed = (round(a + weight * (b - a)) for a, b in zip(low, high, strict=True))
    return f"rgb({', '.join(map(str, mixed))})"


def _is(one: ItemAnswers, item: str, wave: str) -> bool:
    return one.item == item and one.wave == wave


def _row(one: ItemAnswers, order: list[str], waves: list[str]) -> float:
    return order.index(one.item) * (len(waves) + 0.95) + waves.index(one.wave)


def _start(one: ItemAnswers) -> float:
    """Where the bars of a row begin so that the middle answer straddles zero."""
    counts = list(one.counts.values())
    total, half = sum(counts) or 1, len(counts) // 2
    below = sum(counts[:half]) + (counts[half] / 2 if len(counts) % 2 else 0)
    return -below / total


def _reach(rows: Sequence[ItemAnswers]) -> list[float]:
    low = min(_start(one) for one in rows)
    high = max(1 + _start(one) for one in rows)
    return [low - 0.03, high + 0.03]


def _add_answer(
    figure: Chart,
    rows: Sequence[ItemAnswers],
    place: Mapping[tuple[str, str], float],
    answer: tuple[int, str, str],
    text: Text,
    diverging: bool,
) -> None:
    number, name, colour = answer
    starts, shares, hover = [], [], []
    for one in rows:
        counts = list(one.counts.values())
        total = sum(counts) or 1
        starts.append(sum(counts[:number]) / total + (_start(one) if diverging else 0.0))
        shares.append(counts[number] / total)
        told = (escape_label(name), text.percent(shares[-1]), counts[number], one.n)
        hover.append(f"{say_wave(text, one.wave)} · {told[0]}: {told[1]} ({told[2]} / {told[3]})")
    figure.add_bar(
        y=[place[one.item, one.wave] for one in rows],
        x=shares,
        base=starts,
        orientation="h",
        width=0.9,
        name=escape_label(name),
        hovertext=hover,
        hovertemplate="%{hovertext}<extra></extra>",
        marker={"color": colour, "line": {"color": _OUTLINE, "width": 0.6}},
        text=[text.percent(s) if s >= _MIN_WRITTEN else "" for s in shares],
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        textfont_size=12,
        constraintext="none",
    )


def _say_row(one: ItemAnswers, text: Text) -> str:
    """The wave, marked where answers are withheld: their bar is not drawn."""
    withheld = any(isinstance(n, Suppressed) for n in one.counts.values())
    return f"{say_wave(text, one.wave)} {SUPPRESSED_MARK}" if withheld else say_wave(text, one.wave)


def _label_rows(
    figure: Chart,
    rows: Sequence[ItemAnswers],
    place: Mapping[tuple[str, str], float],
    order: list[str],
    labels: Mapping[str, str],
    text: Text,
) -> None:
    ticks = [place[one.item, one.wave] for one in rows]
    figure.update_yaxes(
        tickvals=ticks,
        ticktext=[_say_row(one, text) for one in rows],
        showgrid=False,
        range=[max(ticks) + 0.7, -1.3],
    )
    for name in order:
        first = min(place[one.item, one.wave] for one in rows if one.item == name)
        mark = text(" (reversed)") if any(o.reversed for o in rows if o.item == name) else ""
        figure.add_annotation(
            x=0,
            xref="paper",
            y=first - 0.84,
            xanchor="left",
            showarrow=False,
            align="left",
            text=f"<b>{wrap_label(labels.get(name, name), 64)}</b>{mark}",
            font_size=13,
        )


def draw_shares(items: Sequence[ItemAnswers], labels: Mapping[str, str], text: Text) -> Chart:
    """Draw each item's share before (hollow) and after (solid): share correct, or share of yes."""
    order = sort_by_change(items)
    figure = new_figure(80 + 52 * len(order))
    for number, name in enumerate(order):
        found = [one for one in items if one.item == name and one.mean is not None]
        means = [one.mean for one in found]
        if len(means) > 1:
            figure.add_scatter(
                x=[means[0], means[-1]],
                y=[number, number],
                mode="lines",
                line={"color": MUTED, "width": 3},
                hoverinfo="skip",
            )
        for one, colour, symbol in zip(
            (found[0], found[-1]) if len(found) > 1 else found,
            (BEFORE, AFTER),
            ("circle-open", "circle"),
            strict=False,
        ):
            told = f"{say_wave(text, one.wave)}: {text.percent(one.mean)}, n = {one.n}"
            figure.add_scatter(
                x=[one.mean],
                y=[number],
                mode="markers",
                hovertext=[told],
                hovertemplate="%{hovertext}<extra></extra>",
                marker={
                    "color": colour,
                    "size": 14,
                    "symbol": symbol,
                    "line": {"color": colour, "width": 3},
                },
            )
            figure.add_annotation(
                x=one.mean,
                y=number,
                text=text.percent(one.mean),
                yshift=18,
                showarrow=False,
                font={"size": 13, "color": colour},
            )
    ticks = [i / 4 for i in range(5)]
    figure.update_xaxes(
        range=[-0.03, 1.03], tickvals=ticks, ticktext=[text.percent(t) for t in ticks]
    )
    figure.update_yaxes(
        tickvals=list(range(len(order))),
        ticktext=[wrap_label(labels.get(name, name), 26) for name in order],
        range=[len(order) - 0.4, -0.7],
        showgrid=False,
    )
    return figure

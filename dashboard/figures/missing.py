"""Picture of missing answers: each item's share by wave, the emptiest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from analysis.intake.check.checks import MissingShare
from dashboard.content.axes import percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, new_figure
from dashboard.text import Text

MOST = 20
"""Items shown; the table beside the picture holds them all."""
_LOOKS = (
    (BEFORE, "circle-open"),
    (AFTER, "circle"),
    (CATEGORIES[1], "diamond"),
    (CATEGORIES[2], "square"),
)


def draw_missing(
    missing: Sequence[MissingShare], names: Mapping[str, str], waves: Mapping[str, str], text: Text
) -> Chart:
    """Draw one row for each item, one mark for each wave.

    Parameters
    ----------
    missing
        Counts by measure, item and wave.
    names, waves
        Item and wave → words; waves in order of time.
    """
    items = list_emptiest(missing)[:MOST]
    figure = new_figure(70 + 40 * len(items))
    place = {item: at for at, item in enumerate(items)}
    for at, wave in enumerate(list(waves)[: len(_LOOKS)]):
        rows = [one for one in missing if one.wave == wave and (one.measure, one.item) in place]
        _add_wave(figure, rows, place, _LOOKS[at], waves.get(wave, wave), text)
    top = max((one.n_missing / one.n for one in missing if one.n), default=0.0)
    figure.update_xaxes(range=[-0.01, max(0.05, top * 1.15)], **percent_axis(text, max(0.05, top)))
    figure.update_yaxes(
        tickvals=list(range(len(items))),
        ticktext=[wrap_label(names.get(item, item), 34) for _, item in items],
        autorange="reversed",
    )
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    )
    return figure


def list_emptiest(missing: Sequence[MissingShare]) -> list[tuple[str, str]]:
    """Measure and item of each item, the one with the largest share missing first."""
    most: dict[tuple[str, str], float] = {}
    for one in missing:
        key = (one.measure, one.item)
        most[key] = max(most.get(key, 0.0), one.n_missing / one.n if one.n else 0.0)
    return sorted(most, key=lambda key: -most[key])


def _add_wave(
    figure: Chart,
    rows: Sequence[MissingShare],
    place: Mapping[tuple[str, str], int],
    look: tuple[str, str],
    name: str,
    text: Text,
) -> None:
    colour, symbol = look
    shares = [one.n_missing / one.n if one.n else 0.0 for one in rows]
    figure.add_scatter(
        x=shares,
        y=[place[one.measure, one.item] for one in rows],
        mode="markers",
        name=escape_label(name),
        marker={"color": colour, "size": 11, "symbol": symbol, "line": {"width": 2}},
        hovertext=[
            f"{text.percent(share)} ({text.number(one.n_missing, 0)} / {text.number(one.n, 0)})"
            for share, one in zip(shares, rows, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )

"""Who is in the survey, as boxes from the rows received to the people compared."""

from __future__ import annotations

import plotly.graph_objects as go

from analysis.surveys.results import Flow
from dashboard.sentences.flow import say_left_out
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text
from dashboard.theme import BAND, CAUTION, MUTED, new_figure

_HEIGHT = 0.62
_WIDTH = 0.92


def draw_flow(flow: Flow, text: Text) -> go.Figure:
    """Draw rows → respondents per wave → matched, with what was left out between."""
    waves = [wave for wave in flow.waves if wave]
    figure = new_figure(390)
    middle = (len(waves) - 1) / 2
    for place, wave in enumerate(waves):
        name, counts = say_wave(text, wave), flow.waves[wave]
        rows = text.count("{n} row received", "{n} rows received", counts.rows)
        people = text.count("{n} person", "{n} people", counts.respondents)
        _box(figure, place, 3, f"<b>{name}</b><br>{rows}")
        _box(figure, place, 1.6, f"<b>{people}</b>")
        _arrow(figure, (place, 3), (place, 1.6))
        left_out = say_left_out(text, flow, wave)
        if left_out:
            figure.add_annotation(
                x=place + 0.05, y=2.3, text=left_out, xanchor="left", showarrow=False,
                font={"size": 12, "color": CAUTION}, align="left",
            )  # fmt: skip
        if not flow.anonymous and len(waves) > 1:
            _arrow(figure, (place, 1.6), (middle, 0.2))
    if not flow.anonymous and len(waves) > 1:
        told = text("{n} answered both", n=text.number(flow.matched, 0))
        lost = text("{n} only before", n=text.number(flow.pre_only, 0))
        new = text("{n} only after", n=text.number(flow.post_only, 0))
        _box(figure, middle, 0.2, f"<b>{told}</b><br>{lost} · {new}", wide=1.5)
    figure.update_xaxes(visible=False, range=[-0.55, max(0.55, len(waves) - 0.45)])
    figure.update_yaxes(visible=False, range=[-0.3, 3.5])
    return figure


def _box(figure: go.Figure, x: float, y: float, told: str, wide: float = 1.0) -> None:
    half = _WIDTH * wide / 2
    figure.add_shape(
        type="rect", x0=x - half, x1=x + half, y0=y - _HEIGHT / 2, y1=y + _HEIGHT / 2,
        line={"color": MUTED, "width": 1}, fillcolor=BAND,
    )  # fmt: skip
    figure.add_annotation(x=x, y=y, text=told, showarrow=False, font_size=13)


def _arrow(figure: go.Figure, start: tuple[float, float], end: tuple[float, float]) -> None:
    figure.add_annotation(
        x=end[0], y=end[1] + _HEIGHT / 2, ax=start[0], ay=start[1] - _HEIGHT / 2,
        axref="x", ayref="y", showarrow=True, arrowhead=2, arrowwidth=1.2, arrowcolor=MUTED,
        text="",
    )  # fmt: skip

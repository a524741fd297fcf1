"""Pictures of capacity: a dot-and-range profile by domain, previous wave hollow."""

from __future__ import annotations

from analysis.results import Estimate
from analysis.sustainability.results import Capacity, DomainCapacity
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.text import Text


def draw_capacity(capacity: Capacity, group: str, text: Text) -> Chart:
    """Draw each domain's mean with interval; before hollow, after solid, target dotted."""
    rows = [d for d in capacity.domains if d.group == group]
    waves = list(dict.fromkeys(d.wave for d in rows))
    figure = new_figure(90 + 44 * len({d.domain for d in rows}))
    domains = list(dict.fromkeys(d.domain for d in rows))
    for wave, colour, symbol, shift in (
        (waves[0], BEFORE, "circle-open", -0.13),
        *([(waves[-1], AFTER, "circle", 0.13)] if len(waves) > 1 else []),
    ):
        place = {domain: i + shift for i, domain in enumerate(domains)}
        _add_wave(figure, [d for d in rows if d.wave == wave], place, (colour, symbol), text)
    names = [wrap_label(domain, 18) for domain in domains]
    figure.update_yaxes(tickvals=list(range(len(domains))), ticktext=names)
    target = rows[0].target
    if target is not None:
        figure.add_vline(x=target, line_dash="dot", line_color=MUTED)
        figure.add_annotation(
            x=target,
            y=1,
            yref="y domain",
            xanchor="left",
            yanchor="top",
            showarrow=False,
            font_size=12,
            text=text("target {value}", value=text.number(target, 1)),
        )
    figure.update_xaxes(range=[capacity.range[0] - 0.1, capacity.range[1] + 0.1])
    figure.update_yaxes(autorange="reversed")
    figure.update_layout(margin_t=28)
    return figure


def _add_wave(
    figure: Chart,
    rows: list[DomainCapacity],
    place: dict[str, float],
    look: tuple[str, str],
    text: Text,
) -> None:
    colour, symbol = look
    known = [(d, d.mean) for d in rows if isinstance(d.mean, Estimate)]
    figure.add_scatter(
        x=[m.estimate for _, m in known],
        y=[place[d.domain] for d, _ in known],
        mode="markers",
        marker={
            "color": colour,
            "size": 11,
            "symbol": symbol,
            "line": {"width": 2, "color": colour},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(m.ci_high or m.estimate) - m.estimate for _, m in known],
            "arrayminus": [m.estimate - (m.ci_low or m.estimate) for _, m in known],
            "color": colour,
            "thickness": 2,
            "width": 0,
        },
        hovertext=[
            f"{text.number(m.estimate)} ({text.interval(m.ci_low, m.ci_high)}), n = {m.n}"
            for _, m in known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )

"""Alpha by measure and wave, with its interval."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import StudyPlan
from analysis.results import Estimate
from analysis.surveys.results import Reliability
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text

USUAL = 0.7


def draw_reliability(rows: Sequence[Reliability], plan: StudyPlan, text: Text) -> Chart:
    """Draw alpha with Feldt's interval: the first wave hollow, later ones solid."""
    measures = list(dict.fromkeys(row.measure for row in rows))
    waves = list(dict.fromkeys(row.wave for row in rows))
    labels = {m.name: text.of(m.label, m.name) for m in plan.measures}
    figure = new_figure(70 + 54 * len(measures))
    for row in rows:
        if isinstance(row.alpha, Estimate):
            _add(figure, row, row.alpha, measures.index(row.measure), waves.index(row.wave), text)
    figure.add_vline(x=USUAL, line_dash="dot", line_color=MUTED)
    lowest = min(
        [0.4, *(row.alpha.ci_low or 0.4 for row in rows if isinstance(row.alpha, Estimate))]
    )
    figure.update_xaxes(range=[max(-0.2, lowest - 0.05), 1.02])
    figure.update_yaxes(
        tickvals=list(range(len(measures))),
        ticktext=[wrap_label(labels[name], 24) for name in measures],
        range=[len(measures) - 0.4, -0.6],
        showgrid=False,
    )
    return figure


def _add(
    figure: Chart, row: Reliability, alpha: Estimate, place: int, wave: int, text: Text
) -> None:
    colour, symbol = (BEFORE, "circle-open") if wave == 0 else (AFTER, "circle")
    figure.add_scatter(
        x=[alpha.estimate],
        y=[place - 0.14 + 0.28 * min(wave, 1)],
        mode="markers",
        marker={
            "color": colour,
            "size": 12,
            "symbol": symbol,
            "line": {"color": colour, "width": 3},
        },
        error_x={
            "type": "data",
            "symmetric": False,
            "color": colour,
            "thickness": 3,
            "width": 0,
            "array": [(alpha.ci_high or alpha.estimate) - alpha.estimate],
            "arrayminus": [alpha.estimate - (alpha.ci_low or alpha.estimate)],
        },
        hovertext=[
            f"{say_wave(text, row.wave)}: {text.number(alpha.estimate)} "
            f"({text.interval(alpha.ci_low, alpha.ci_high)}), n = {row.n}"
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )

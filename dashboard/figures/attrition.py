"""Those who stayed against those lost, at the start."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from analysis.study_file import StudyPlan
from analysis.surveys.results import AttritionRow
from dashboard.figures.labels import wrap_label
from dashboard.tables.comparison import name_variable, say_mean
from dashboard.text import Text
from dashboard.theme import AFTER, BAND, MUTED, new_figure

LARGE = 0.25


def draw_attrition(rows: Sequence[AttritionRow], plan: StudyPlan, text: Text) -> go.Figure:
    """Draw the standardised difference, stayed minus lost, on everything known at the start."""
    known = [row for row in rows if not row.group and row.smd is not None]
    figure = new_figure(70 + 34 * max(1, len(known)))
    figure.add_vrect(x0=-LARGE, x1=LARGE, fillcolor=BAND, line_width=0, layer="below")
    figure.add_vline(x=0, line_color=MUTED, line_width=1.5)
    for place, row in enumerate(known):
        smd = row.smd or 0.0
        colour = AFTER if abs(smd) > LARGE else MUTED
        figure.add_scatter(
            x=[0, smd], y=[place, place], mode="lines", line={"color": colour, "width": 3},
            hoverinfo="skip",
        )  # fmt: skip
        stayed = say_mean(text, row.variable, row.level, row.stayed, plan)
        left = say_mean(text, row.variable, row.level, row.left, plan)
        figure.add_scatter(
            x=[smd], y=[place], mode="markers", marker={"color": colour, "size": 12},
            hovertext=[text("stayed {stayed}, lost {left}", stayed=stayed, left=left)],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    reach = max([0.4, *(abs(row.smd or 0.0) * 1.15 for row in known)])
    figure.update_xaxes(range=[-reach, reach])
    figure.update_yaxes(
        tickvals=list(range(len(known))),
        ticktext=[wrap_label(name_variable(r.variable, r.level, plan, text), 26) for r in known],
        range=[len(known) - 0.5, -0.5], showgrid=False,
    )  # fmt: skip
    return figure

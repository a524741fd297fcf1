"""Those who stayed against those lost, at the start: a dumbbell on one scale of 0–100 %."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import StudyPlan
from analysis.results import Estimate
from analysis.surveys.results import AttritionRow
from analysis.surveys.scoring import score_range
from dashboard.content.axes import percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import CAUTION, MUTED, new_figure
from dashboard.tables.attrition import name_row
from dashboard.tables.comparison import say_mean
from dashboard.text import Text

LARGE = 0.25
_ROW = 38


def draw_attrition(rows: Sequence[AttritionRow], plan: StudyPlan, text: Text) -> Chart:
    """Draw the start of those who stayed (filled) and of those lost (hollow).

    Scores are in percent of their range, demographics in percent of people; a row that differs by
    more than 0.25 standard deviations is coloured.
    """
    known = [(row, ends) for row in rows if (ends := _ends(row, plan)) is not None]
    figure = new_figure(90 + _ROW * max(1, len(known)))
    for place, (row, (stayed, left)) in enumerate(known):
        colour = CAUTION if abs(row.smd or 0.0) > LARGE else MUTED
        hover = text(
            "stayed {stayed}, lost {left}",
            stayed=say_mean(text, row.variable, row.level, row.stayed, plan),
            left=say_mean(text, row.variable, row.level, row.left, plan),
        )
        _add_pair(figure, place, (stayed, left), colour, hover)
    _add_legend(figure, text)
    figure.update_xaxes(range=[-0.03, 1.03], **percent_axis(text))
    figure.update_yaxes(
        tickvals=list(range(len(known))),
        ticktext=[wrap_label(name_row(r, plan, text), 22) for r, _ in known],
        range=[len(known) - 0.5, -0.5],
        showgrid=False,
    )
    figure.update_layout(
        showlegend=True, legend={"orientation": "h", "x": 0, "y": 1.01, "yanchor": "bottom"}
    )
    return figure


def _ends(row: AttritionRow, plan: StudyPlan) -> tuple[float, float] | None:
    """Both means as shares of the range; None in groups, when hidden or of no known range."""
    if row.group or not isinstance(row.stayed, Estimate) or not isinstance(row.left, Estimate):
        return None
    measure = next((m for m in plan.measures if m.name == row.variable), None)
    if row.level or measure is None or measure.kind == "binary":
        return row.stayed.estimate, row.left.estimate
    limits = score_range(measure)
    if limits is None or limits[1] <= limits[0]:
        return None
    low, high = limits
    stayed, left = ((e.estimate - low) / (high - low) for e in (row.stayed, row.left))
    return stayed, left


def _add_pair(
    figure: Chart, place: int, ends: tuple[float, float], colour: str, hover: str
) -> None:
    figure.add_scatter(
        x=ends,
        y=[place, place],
        mode="lines",
        line={"color": colour, "width": 3},
        hoverinfo="skip",
        showlegend=False,
    )
    for end, symbol in zip(ends, ("circle", "circle-open"), strict=True):
        figure.add_scatter(
            x=[end],
            y=[place],
            mode="markers",
            showlegend=False,
            marker={
                "color": colour,
                "size": 12,
                "symbol": symbol,
                "line": {"width": 2, "color": colour},
            },
            hovertext=[hover],
            hovertemplate="%{hovertext}<extra></extra>",
        )


def _add_legend(figure: Chart, text: Text) -> None:
    for name, symbol in ((text("stayed"), "circle"), (text("lost"), "circle-open")):
        figure.add_scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=name,
            marker={"color": MUTED, "size": 11, "symbol": symbol},
        )

"""Forest plots: one row per measure, group or community, zero line, what is too small to matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Comparison, ComparisonLike
from analysis.surveys.contrasts import main_rows
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import GroupComparison, Outcome
from analysis.surveys.scoring import score_range
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BAND, MUTED, new_figure
from dashboard.sentences.change import is_share, say_signed
from dashboard.text import Text

_ROW = 44


@dataclass(frozen=True, slots=True, kw_only=True)
class ForestRow:
    """One row: its name, estimate with interval, the value written beside it, and its look.

    ``band`` is the half-width of what is too small to matter, in the unit of the axis.
    """

    label: str
    estimate: float
    low: float | None
    high: float | None
    value: str
    hover: str
    band: float | None = None
    clear: bool = True
    hollow: bool = False


def draw_forest(rows: Sequence[ForestRow], text: Text) -> Chart:
    """Draw changes or differences of measures in percent of their range, with intervals."""
    figure = draw_forest_rows(rows)
    figure.update_xaxes(ticksuffix=" %" if text.language == "en" else "%")
    return figure


def list_forest_rows(outcomes: Sequence[Outcome], plan: StudyPlan, text: Text) -> list[ForestRow]:
    """Rows of the measures whose range is known: change, interval and band in percent of it."""
    measures = {m.name: m for m in plan.measures}
    rows = [
        _row(one.change, one.important_difference, measures[one.measure], text)
        for one in last_contrasts(outcomes)
    ]
    return [row for row in rows if row is not None]


def list_difference_rows(
    compared: Sequence[GroupComparison],
    outcomes: Sequence[Outcome],
    plan: StudyPlan,
    text: Text,
) -> list[ForestRow]:
    """Rows of the differences from the comparison group; empty where none can be estimated.

    Beside a title about them, the participants' own changes would be other numbers.
    """
    measures = {m.name: m for m in plan.measures}
    important = {one.measure: one.important_difference for one in last_contrasts(outcomes)}
    rows = [
        _row(one.effect, important.get(one.measure), measures[one.measure], text)
        for one in main_rows(compared)
    ]
    return [row for row in rows if row is not None]


def _row(
    change: ComparisonLike, important: float | None, measure: MeasurePlan, text: Text
) -> ForestRow | None:
    limits = score_range(measure)
    if limits is None or not isinstance(change, Comparison) or change.estimate is None:
        return None
    unit = 100 / (limits[1] - limits[0])
    share = is_share(measure)
    return ForestRow(
        label=text.of(measure.label, measure.name),
        estimate=change.estimate * unit,
        low=None if change.ci_low is None else change.ci_low * unit,
        high=None if change.ci_high is None else change.ci_high * unit,
        value=say_signed(text, change.estimate, share=share),
        hover=text(
            "{value} ({low} to {high}), n = {n}",
            value=say_signed(text, change.estimate, share=share),
            low=say_signed(text, change.ci_low, share=share),
            high=say_signed(text, change.ci_high, share=share),
            n=change.n,
        ),
        band=None if important is None else important * unit,
        clear=_is_apart(change.ci_low, change.ci_high),
    )


def _is_apart(low: float | None, high: float | None) -> bool:
    return low is not None and high is not None and (low > 0 or high < 0)


def draw_forest_rows(rows: Sequence[ForestRow], beside: Sequence[ForestRow] = ()) -> Chart:
    """Draw rows from top to bottom; clear ones coloured, the others grey.

    ``beside`` are the rows of all pictures that share this one's axis.
    """
    figure = new_figure(70 + _ROW * max(1, len(rows)))
    for place, row in enumerate(rows):
        if row.band is not None:
            figure.add_shape(
                type="rect",
                x0=-row.band,
                x1=row.band,
                y0=place - 0.5,
                y1=place + 0.5,
                fillcolor=BAND,
                line_width=0,
                layer="below",
            )
        _add_row(figure, place, row)
    figure.add_vline(x=0, line_color=MUTED, line_width=1.5)
    figure.update_yaxes(
        tickvals=list(range(len(rows))),
        ticktext=[wrap_label(row.label, 22) for row in rows],
        range=[len(rows) - 0.5, -0.5],
        showgrid=False,
    )
    figure.update_xaxes(range=_limits([*rows, *beside]))
    return figure


def _limits(rows: Sequence[ForestRow]) -> list[float]:
    """Axis with room for the values at the right, more for longer ones."""
    ends = [end for r in rows for end in (r.low, r.high, r.estimate) if end is not None]
    ends += [r.band * 1.15 for r in rows if r.band is not None]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    room = (high - low) or 1.0
    letters = max((_count_letters(r.value) for r in rows), default=0)
    return [low - 0.06 * room, high + (0.15 + 0.07 * letters) * room]


def _count_letters(words: str) -> int:
    """Width of words in Latin letters: a Chinese one is as wide as two."""
    return sum(1 if letter.isascii() else 2 for letter in words)


def _add_row(figure: Chart, place: int, row: ForestRow) -> None:
    colour = AFTER if row.clear else MUTED
    if row.low is not None and row.high is not None:
        figure.add_scatter(
            x=[row.low, row.high],
            y=[place, place],
            mode="lines",
            line={"color": colour, "width": 3},
            hoverinfo="skip",
        )
    symbol = "circle-open" if row.hollow else "circle"
    marker = {"color": colour, "size": 12, "symbol": symbol, "line": {"width": 2, "color": colour}}
    figure.add_scatter(
        x=[row.estimate],
        y=[place],
        mode="markers",
        marker=marker,
        hovertext=[row.hover],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_annotation(
        x=1,
        y=place,
        xref="paper",
        xanchor="right",
        showarrow=False,
        font_size=13,
        text=f"<b>{row.value}</b>" if row.clear else row.value,
    )

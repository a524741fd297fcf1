"""The course of a measure: the mean of each wave with its interval, by date where known."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.plan import MeasurePlan
from analysis.results import Estimate
from analysis.surveys.results import Trajectory, WavePoint
from analysis.surveys.trajectory import place_waves
from dashboard.content.axes import error_bars
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.theme import COMPARISON, TREATED, new_figure
from dashboard.sentences.change import is_share, say_level, say_likely
from dashboard.sentences.names import wave_name
from dashboard.tables.trajectory import name_group
from dashboard.text import Text


def draw_trajectory(courses: Sequence[Trajectory], measure: MeasurePlan, text: Text) -> Chart:
    """Draw each group's course; programme and comparison group side by side where both are."""
    share, figure = is_share(measure), new_figure(400)
    places = place_waves(courses[0])
    length = max(places) or 1.0
    for course in courses:
        apart = 0.012 * length if course.group == "comparison" else 0.0
        _add_course(figure, courses, course, [place + apart for place in places], text, share)
    figure.update_xaxes(
        tickvals=places,
        ticktext=[_tick(text, courses, at) for at in range(len(places))],
        range=[-0.2 * length, length * (1.4 if len(courses) > 1 else 1.16)],
        showgrid=False,
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _add_course(
    figure: Chart,
    courses: Sequence[Trajectory],
    course: Trajectory,
    places: Sequence[float],
    text: Text,
    share: bool,
) -> None:
    colour = COMPARISON if course.group == "comparison" else TREATED
    known: list[tuple[float, int, Estimate, WavePoint]] = [
        (place, at, point.level, point)
        for at, (place, point) in enumerate(zip(places, course.points, strict=True))
        if isinstance(point.level, Estimate)
    ]
    figure.add_scatter(
        x=[x for x, *_ in known],
        y=[level.estimate for _, _, level, _ in known],
        mode="lines+markers",
        line={"color": colour, "width": 3},
        marker={
            "size": 12,
            "color": colour,
            "symbol": "diamond" if course.group == "comparison" else "circle",
        },
        error_y=error_bars([level for _, _, level, _ in known], colour),
        hovertext=[
            f"{say_level(text, level.estimate, share=share)} "
            f"({say_likely(text, level.ci_low, level.ci_high, share=share)}), n = {point.n}"
            for _, _, level, point in known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    for x, at, level, _ in known:
        upper = is_upper(courses, course, at)
        name = name_group(text, course.group) if len(courses) > 1 and x == known[-1][0] else ""
        value = f"<b>{say_level(text, level.estimate, share=share)}</b>"
        figure.add_annotation(
            x=x,
            y=level.estimate,
            text=f"{value}<br>{escape_label(name)}" if name else value,
            showarrow=False,
            align="left",
            # Lines leave a point to the right: the first level stands to its left.
            xanchor="left" if at else "right",
            xshift=9 if at else -9,
            yshift=(18 if name else 11) if upper else (-20 if name else -13),
            font={"color": colour, "size": 13},
        )


def is_upper(courses: Sequence[Trajectory], course: Trajectory, at: int) -> bool:
    """Whether a course is the higher one in a wave: its words then stand above its line."""
    own = course.points[at].level
    others = [c.points[at].level for c in courses if c is not course]
    return all(
        own.estimate >= other.estimate
        for other in others
        if isinstance(own, Estimate) and isinstance(other, Estimate)
    )


def _tick(text: Text, courses: Sequence[Trajectory], at: int) -> str:
    """Wave, its month where known, and how many answered it."""
    point = courses[0].points[at]
    n = " + ".join(text.number(course.points[at].n, 0) for course in courses)
    lines = [escape_label(wave_name(text, point.wave))]
    if point.answered_on is not None:
        lines.append(escape_label(text.month(point.answered_on)))
    return "<br>".join([*lines, f"n = {n}"])

"""The course over the waves for print."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.plan import MeasurePlan
from analysis.results import Estimate
from analysis.surveys.results import Trajectory
from analysis.surveys.trajectory import place_waves
from dashboard.exports.canvas import Canvas, choose_ticks
from dashboard.exports.pictures import WIDTH
from dashboard.figures.trajectory import is_upper
from dashboard.sentences.change import is_share, say_level
from dashboard.sentences.names import wave_name
from dashboard.tables.trajectory import name_group
from dashboard.text import Text
from dashboard.theme import AFTER, BEFORE

_TOP, _BOTTOM, _LEFT = 14.0, 196.0, 52.0


def draw_course(courses: Sequence[Trajectory], measure: MeasurePlan, text: Text) -> str:
    """Draw the level of each wave with its interval, a line for each group."""
    levels = [point.level for course in courses for point in course.points]
    ends = [
        value
        for level in levels
        if isinstance(level, Estimate)
        for value in (level.ci_low, level.ci_high, level.estimate)
        if value is not None
    ]
    if not ends:
        return ""
    share, places = is_share(measure), place_waves(courses[0])
    pad = (max(ends) - min(ends)) * 0.15 or 0.5
    low, high = min(ends) - pad, max(ends) + pad
    right = WIDTH - (110 if len(courses) > 1 else 50)

    def across(place: float) -> float:
        return _LEFT + 14 + place / (max(places) or 1.0) * (right - _LEFT - 14)

    def height(value: float) -> float:
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    canvas = Canvas(WIDTH, 244)
    for tick in choose_ticks(low, high, 4):
        canvas.line(_LEFT, height(tick), right + 14, height(tick))
        shown = say_level(text, tick, share=True) if share else text.number(tick, 1)
        canvas.note(_LEFT - 6, height(tick), shown, anchor="end")
    for at, place in enumerate(places):
        point = courses[0].points[at]
        n = " + ".join(text.number(course.points[at].n, 0) for course in courses)
        canvas.note(across(place), _BOTTOM + 14, wave_name(text, point.wave), anchor="middle")
        if point.answered_on is not None:
            month = text.month(point.answered_on)
            canvas.note(across(place), _BOTTOM + 28, month, anchor="middle")
        canvas.note(across(place), _BOTTOM + 42, f"n = {n}", anchor="middle")
    for course in courses:
        known = [
            (across(place), point.level, is_upper(courses, course, at))
            for at, (place, point) in enumerate(zip(places, course.points, strict=True))
            if isinstance(point.level, Estimate)
        ]
        name = name_group(text, course.group) if len(courses) > 1 else ""
        colour = AFTER if course.group == "comparison" else BEFORE
        _draw_line(canvas, known, height, text, name, colour=colour, share=share)
    return canvas.svg()


def _draw_line(
    canvas: Canvas,
    known: Sequence[tuple[float, Estimate, bool]],
    height: Callable[[float], float],
    text: Text,
    name: str,
    *,
    colour: str,
    share: bool,
) -> None:
    """Draw one group's levels with their intervals; its words above or below the line."""
    canvas.path([(x, height(level.estimate)) for x, level, _ in known], colour, width=2.6)
    for x, level, upper in known:
        if level.ci_low is not None and level.ci_high is not None:
            canvas.line(x, height(level.ci_low), x, height(level.ci_high), colour=colour, width=1.6)
        canvas.dot(x, height(level.estimate), colour, r=4.5)
        shown = say_level(text, level.estimate, share=share)
        y = height(level.estimate) + (-9 if upper else 11)
        canvas.write(x + 7, y, shown, size=11, colour=colour, bold=True)
    if known and name:
        x, level, upper = known[-1]
        y = height(level.estimate) + (-23 if upper else 25)
        canvas.write(x + 7, y, name, size=11, colour=colour)

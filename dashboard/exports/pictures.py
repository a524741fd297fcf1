"""Pictures for print, drawn from the same result objects as those on screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.plan import MeasurePlan
from analysis.results import Estimate, number_to_draw
from analysis.surveys.results import GroupComparison
from analysis.targets import TargetProgress
from dashboard.exports.canvas import Canvas, choose_ticks, measure_text
from dashboard.figures.forest import ForestRow
from dashboard.sentences.change import is_share
from dashboard.sentences.targets import format_indicator, say_status
from dashboard.text import Text
from dashboard.theme import AFTER, BEFORE, MUTED, STATUSES

WIDTH = 396.0
MAX_ROWS = 7
_LABELS = 112.0


def draw_rows(rows: Sequence[ForestRow], note: str, text: Text, most: int = MAX_ROWS) -> str:
    """Draw the first rows of a forest plot: the numbers that the page draws, on one axis.

    The shaded part is too small to matter; ``note`` names the axis.
    """
    rows = rows[:most]
    step = 34.0
    canvas = Canvas(WIDTH, 20 + step * len(rows) + 34)
    ends = [v for row in rows for v in (row.low, row.high, row.estimate) if v is not None]
    low, high = min([0.0, *ends]), max([10.0, *ends])
    room = max((measure_text(row.value, 13) for row in rows), default=0.0)
    left, right = _LABELS + 8, WIDTH - room - 10

    def place(value: float) -> float:
        return left + (value - low) / (high - low) * (right - left)

    bottom = 12 + step * len(rows)
    for tick in choose_ticks(low, high, 4):
        canvas.line(place(tick), 8, place(tick), bottom)
        canvas.note(place(tick), bottom + 10, text.percent(tick / 100), anchor="middle")
    canvas.line(place(0), 6, place(0), bottom, colour=MUTED, width=1.2)
    for i, row in enumerate(rows):
        _draw_row(canvas, 12 + step * (i + 0.5), place, row)
    canvas.note(0, bottom + 26, note)
    return canvas.svg()


def _draw_row(canvas: Canvas, y: float, place: Callable[[float], float], row: ForestRow) -> None:
    """Draw what is too small to matter, then interval, estimate, name and number."""
    if row.band:
        start = max(place(-row.band), _LABELS + 4)
        canvas.bar(start, y - 13, place(row.band) - start, 26, BEFORE, opacity=0.1)
    colour = AFTER if row.clear else MUTED
    if row.low is not None and row.high is not None:
        canvas.line(place(row.low), y, place(row.high), y, colour=colour, width=2.4)
    canvas.dot(place(row.estimate), y, colour, r=4.5)
    canvas.block(0, y, row.label, _LABELS, size=12)
    canvas.write(WIDTH, y, row.value, anchor="end", bold=True)


def draw_comparison(
    compared: GroupComparison, measure: MeasurePlan, text: Text, waves: tuple[str, str]
) -> str:
    """Draw programme and comparison group before and after, with what was to be expected."""
    means = {
        (group, wave): mean
        for group, wave, mean in compared.means
        if wave in compared.contrast and isinstance(mean, Estimate)
    }
    expected = number_to_draw(compared.counterfactual)
    values = [v for e in means.values() for v in (e.ci_low, e.ci_high, e.estimate) if v is not None]
    values += [expected] if expected is not None else []
    if not values:
        return ""
    canvas = Canvas(WIDTH, 240)
    left, right = 70.0, WIDTH - 130
    height = _draw_levels(canvas, values, text, measure, left, right)
    for x, wave in ((left, waves[0]), (right, waves[1])):
        canvas.note(x, 224, wave, anchor="middle")
    ends: list[tuple[float, str, str]] = []
    start = means.get(("treated", compared.contrast[0]))
    if expected is not None and start is not None:
        canvas.line(
            left,
            height(start.estimate),
            right,
            height(expected),
            colour=BEFORE,
            width=1.6,
            dash="5 4",
        )
        ends.append((height(expected), text("had it moved alike"), MUTED))
    for group, colour, name in (
        ("treated", BEFORE, text("programme")),
        ("comparison", AFTER, text("comparison group")),
    ):
        pairs = zip((left, right), compared.contrast, strict=True)
        points = [(x, means[group, wave]) for x, wave in pairs if (group, wave) in means]
        _draw_group(canvas, points, height, colour)
        ends += [(height(points[-1][1].estimate), name, colour)] if points else []
    for y, name, colour in _spread(ends, 15):
        canvas.write(right + 16, y, name, size=11.5, colour=colour, bold=colour != MUTED)
    return canvas.svg()


def _draw_levels(
    canvas: Canvas,
    values: Sequence[float],
    text: Text,
    measure: MeasurePlan,
    left: float,
    right: float,
) -> Callable[[float], float]:
    """Draw the level lines; give the height of a value."""
    low, high = min(values), max(values)
    pad = (high - low) * 0.12 or 0.5
    low, high = low - pad, high + pad

    def height(value: float) -> float:
        return 208 - (value - low) / (high - low) * 196

    for tick in choose_ticks(low, high, 4):
        canvas.line(left - 24, height(tick), right + 14, height(tick))
        shown = text.percent(tick) if is_share(measure) else text.number(tick, 1)
        canvas.note(left - 30, height(tick), shown, anchor="end")
    return height


def _draw_group(
    canvas: Canvas,
    points: Sequence[tuple[float, Estimate]],
    height: Callable[[float], float],
    colour: str,
) -> None:
    """Draw one group's means with their intervals, joined by a line."""
    canvas.path([(x, height(e.estimate)) for x, e in points], colour, width=2.6)
    for x, e in points:
        if e.ci_low is not None and e.ci_high is not None:
            canvas.line(x, height(e.ci_low), x, height(e.ci_high), colour=colour, width=1.6)
        canvas.dot(x, height(e.estimate), colour, r=4.5)


def _spread(ends: list[tuple[float, str, str]], least: float) -> list[tuple[float, str, str]]:
    """Move labels apart so that none covers another."""
    placed: list[tuple[float, str, str]] = []
    for y, name, colour in sorted(ends):
        y = max(y, placed[-1][0] + least) if placed else y
        placed.append((y, name, colour))
    return placed


def draw_progress(targets: Sequence[tuple[str, TargetProgress]], text: Text, most: int = 8) -> str:
    """Draw how far each indicator has come from its baseline to its target."""
    rows = [(label, t) for label, t in targets if t.progress is not None][:most]
    step, left, right = 40.0, 140.0, WIDTH - 8
    canvas = Canvas(WIDTH, 8 + step * len(rows))
    full = (right - left) / 1.3
    for i, (label, target) in enumerate(rows):
        y = 4 + step * i
        canvas.block(0, y + 22, label, left - 14, size=11.5)
        canvas.bar(left, y + 17, full, 12, BEFORE, opacity=0.12)
        share = min(1.3, max(0.0, target.progress or 0.0))
        canvas.bar(left, y + 19.5, share * full, 7, STATUSES[target.status].colour)
        canvas.line(left + full, y + 14, left + full, y + 32, colour=BEFORE, width=2)
        if target.expected is not None:
            at = left + min(1.3, target.expected) * full
            canvas.line(at, y + 15, at, y + 31, colour=MUTED, width=1.4, dash="2 2")
        canvas.note(left, y + 8, _say_progress(text, target))
    return canvas.svg()


def _say_progress(text: Text, target: TargetProgress) -> str:
    value = target.actual.estimate if isinstance(target.actual, Estimate) else None
    return text(
        "{actual} of {target} · {status}",
        actual=format_indicator(text, target, value),
        target=format_indicator(text, target, target.target),
        status=say_status(text, target),
    )

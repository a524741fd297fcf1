"""Monthly values before and after events for print."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.interruptions import InterruptedSeries
from dashboard.exports.canvas import Anchor, Canvas, choose_ticks
from dashboard.exports.pictures import WIDTH
from dashboard.text import Text
from dashboard.theme import AFTER, BEFORE, CAUTION, MUTED

_TOP, _BOTTOM, _LEFT, _RIGHT = 22.0, 196.0, 44.0, WIDTH - 10


def draw_series_print(found: InterruptedSeries, text: Text) -> str:
    """Draw the months as dots, the model as lines, the earlier trend continued dashed."""
    if not found.fitted:
        return ""
    drawn = [*found.values, *found.fitted, *(v for e in found.events for v in e.expected)]
    high, low = max(drawn) * 1.05 or 1.0, min(0.0, *drawn)
    canvas = Canvas(WIDTH, 226)

    def across(at: float) -> float:
        return _LEFT + at / max(len(found.months) - 1, 1) * (_RIGHT - _LEFT)

    def height(value: float) -> float:
        return _BOTTOM - (value - low) / (high - low) * (_BOTTOM - _TOP)

    for tick in choose_ticks(low, high, 4):
        canvas.line(_LEFT, height(tick), _RIGHT, height(tick))
        canvas.note(_LEFT - 6, height(tick), text.number(tick, 0), anchor="end")
    last = len(found.months) - 1
    for at in (0, last // 2, last):
        anchor: Anchor = "start" if at == 0 else "end" if at == last else "middle"
        canvas.note(across(at), _BOTTOM + 14, text.month(found.months[at]), anchor=anchor)
    for at, value in enumerate(found.values):
        canvas.dot(across(at), height(value), MUTED, r=2.2)
    starts = [found.months.index(e.first_month) for e in found.events if e.expected]
    for begin, end in zip([0, *starts], [*starts, last + 1], strict=True):
        line = [(across(at), height(found.fitted[at])) for at in range(begin, end)]
        canvas.path(line, BEFORE, width=2.4)
    for event in found.events:
        if event.expected:
            start = found.months.index(event.first_month)
            trend = [(across(start + i), height(v)) for i, v in enumerate(event.expected)]
            _draw_event(canvas, trend, text.of(event.label))
    canvas.note(_LEFT, _BOTTOM + 26, text("Line: model; dashed: the earlier trend continued"))
    return canvas.svg()


def _draw_event(canvas: Canvas, trend: Sequence[tuple[float, float]], label: str) -> None:
    """Draw the month of an event and, dashed, the earlier trend after it."""
    for (x1, y1), (x2, y2) in zip(trend[:-1:2], trend[1::2], strict=False):
        canvas.line(x1, y1, x2, y2, colour=AFTER, width=2)
    x = trend[0][0]
    canvas.line(x, _TOP, x, _BOTTOM, colour=CAUTION, dash="2 3")
    canvas.note(x + 3, _TOP - 8, label)

"""Paints a chart for print: the values a page hands to Plotly, drawn as SVG without a browser.

Only what Levee's charts use is drawn: points and lines with intervals, bars, cells, waterfalls,
shapes, words, a legend. A mark the painter does not know is an error, never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from dashboard.content.chart import Chart, Spec
from dashboard.content.theme import GRID, INK, MUTED
from dashboard.render.axes import Axis, find_axes
from dashboard.render.canvas import Anchor, Canvas, measure_lines

#: Width in px of a painted chart; Word and slides scale it to their page.
WIDTH = 560.0
_SIZE = 14.0
_GAP = 8.0
_LEGEND_ROW = 24.0
_CORNERS: dict[str, tuple[tuple[float, float], ...]] = {
    "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)),
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
}
_DASHES = {"dash": "7 5", "dot": "2 4", "dashdot": "7 4 2 4"}
_ANCHORS: dict[str, Anchor] = {"left": "start", "center": "middle", "right": "end"}


def paint(chart: Chart, width: float = WIDTH, height: float | None = None) -> str:
    """Paint a chart as SVG.

    Parameters
    ----------
    chart
        Legend and ticks get room beside its plot.
    width, height
        In px; the chart's own height where none is given.

    Returns
    -------
    str
        Self-contained SVG.

    Raises
    ------
    KeyError
        When a trace is of a kind the painter does not know.
    """
    painter = _Painter(chart, width, height or chart.height)
    painter.draw()
    return painter.canvas.svg()


class _Painter:
    """One picture in the making: the chart, its axes in px, and the canvas."""

    def __init__(self, chart: Chart, width: float, height: float) -> None:
        self.chart = chart
        self.axes = find_axes(chart)
        self.legend = _list_legend(chart)
        left, right, top, bottom = self._find_margins(width)
        # The plot keeps the height that the page gives it; legend and ticks come on top.
        self.canvas = Canvas(width, height + self._legend_height(width))
        self.left, self.right = left, width - right
        self.top, self.bottom = top, self.canvas.height - bottom
        for axis in self.axes.values():
            low, high = axis.options.get("domain", (0.0, 1.0))
            first, last = (self.left, self.right) if axis.horizontal else (self.bottom, self.top)
            axis.start, axis.end = (first + end * (last - first) for end in (low, high))
        self.piles: dict[tuple[str, object, bool], float] = {}

    def draw(self) -> None:
        """Draw from the back to the front."""
        for shape in self.chart.layout.get("shapes", ()):
            if shape.get("layer") == "below":
                self._draw_shape(shape)
        for axis in self.axes.values():
            self._draw_axis(axis)
        draw = {
            "scatter": self._draw_scatter,
            "bar": self._draw_bars,
            "heatmap": self._draw_cells,
            "waterfall": self._draw_waterfall,
        }
        for at, trace in enumerate(self.chart.data):
            draw[trace["type"]](trace, at)
        for shape in self.chart.layout.get("shapes", ()):
            if shape.get("layer") != "below":
                self._draw_shape(shape)
        for note in self.chart.layout.get("annotations", ()):
            self._draw_note(note)
        self._draw_legend()

    # Room around the plot

    def _find_margins(self, width: float) -> tuple[float, float, float, float]:
        """Left, right, top and bottom: what the chart asks for, and room for ticks and titles."""
        asked = self.chart.layout.get("margin", {})
        left, right, top, bottom = (float(asked.get(side, _GAP)) for side in "lrtb")
        for axis in self.axes.values():
            # Ticks are found for a plot of usual size: their words are as wide in any.
            axis.start, axis.end = 0.0, width if axis.horizontal else self.chart.height
            ticks = axis.ticks() if axis.shown else []
            sizes = [measure_lines(words, _tick_size(axis)) for _, words in ticks]
            wide = max((w for w, _ in sizes), default=0.0)
            high = max((h for _, h in sizes), default=0.0)
            title = _SIZE + 6 if _title(axis) else 0.0
            side = axis.options.get("side", "bottom" if axis.horizontal else "left")
            if side == "top":
                top = max(top, high + title + 6)
            elif side == "bottom":
                bottom = max(bottom, high + title + 6)
                # Half of the last word stands beyond the plot.
                right = max(right, sizes[-1][0] / 2 if sizes else 0.0)
            elif side == "right":
                right = max(right, wide + _GAP)
            else:
                top = max(top, title + 6 if title else 0.0)
                left = max(left, wide + _GAP if self._stands_left(axis) else 0.0)
        legend = self._legend_height(width)
        if legend and self._legend_below():
            bottom += legend
        else:
            top += legend
        return left, right, top, bottom

    def _stands_left(self, axis: Axis) -> bool:
        """Whether an axis stands at the left edge, not beside an inner panel."""
        other = self.axes.get(axis.options.get("anchor", "x"))
        return other is None or not other.options.get("domain", (0, 1))[0]

    def _legend_below(self) -> bool:
        return float(self.chart.layout.get("legend", {}).get("y", 1)) < 0

    def _legend_height(self, width: float) -> float:
        return _LEGEND_ROW * len(_break_legend(self.legend, width - 2 * _GAP)) if self.legend else 0

    # Axes

    def _draw_axis(self, axis: Axis) -> None:
        if not axis.options.get("visible", True):
            return
        across = self._across(axis)
        size, grid = _tick_size(axis), axis.options.get("showgrid", True)
        for at, words in axis.ticks():
            place = axis.place(at) or 0.0
            if grid and axis.horizontal:
                self._line(place, across.start, place, across.end, GRID, 1)
            elif grid:
                self._line(across.start, place, across.end, place, GRID, 1)
            if not axis.shown:
                continue
            _, high = measure_lines(words, size)
            if axis.horizontal:
                above = axis.options.get("side") == "top"
                y = across.end - high / 2 - 4 if above else across.start + high / 2 + 5
                self.canvas.lines(place, y, words, anchor="middle", size=size, colour=MUTED)
            elif axis.options.get("side") == "right":
                self.canvas.lines(across.end + 6, place, words, size=size, colour=MUTED)
            else:
                x = across.start - 6
                self.canvas.lines(x, place, words, anchor="end", size=size, colour=MUTED)
        self._draw_title(axis, across)

    def _draw_title(self, axis: Axis, across: Axis) -> None:
        title = _title(axis)
        if not title:
            return
        middle = (axis.start + axis.end) / 2
        if axis.horizontal:
            high = max((measure_lines(w, _tick_size(axis))[1] for _, w in axis.ticks()), default=0)
            y = across.start + (high if axis.shown else 0) + _SIZE
            self.canvas.lines(middle, y, title, anchor="middle", size=12, colour=MUTED)
        else:
            # Words along a vertical axis are hard to read: they stand over its top.
            self.canvas.lines(_GAP, axis.end - 12, title, size=12, colour=MUTED)

    def _across(self, axis: Axis) -> Axis:
        """The axis that crosses this one."""
        crossing = axis.options.get("anchor", "y" if axis.horizontal else "x")
        return self.axes[crossing]

    # Traces

    def _axes_of(self, trace: Spec) -> tuple[Axis, Axis]:
        return self.axes[trace.get("xaxis", "x")], self.axes[trace.get("yaxis", "y")]

    def _draw_scatter(self, trace: Spec, at: int) -> None:
        x, y = self._axes_of(trace)
        pairs = zip(trace["x"], trace["y"], strict=True)
        places = [(x.place(a), y.place(b)) for a, b in pairs]
        mode = trace.get("mode", "lines+markers")
        colour = trace.get("line", {}).get("color") or trace.get("marker", {}).get("color", MUTED)
        runs = [_shape_line(run, trace) for run in _split(places)]
        if trace.get("fill") == "tonexty":
            self._fill_to(self.chart.data[at - 1], runs, trace)
        line = trace.get("line", {})
        if "lines" in mode and line.get("width", 2):
            for run in runs:
                self.canvas.path(
                    run,
                    colour,
                    width=line.get("width", 2),
                    dash=_DASHES.get(line.get("dash", ""), ""),
                    opacity=trace.get("opacity", 1),
                )
        self._draw_intervals(trace, x, y)
        for i, (px, py) in enumerate(places):
            if px is None or py is None:
                continue
            if "markers" in mode:
                self._draw_mark(px, py, trace["marker"], i)
            if "text" in mode and trace["text"][i]:
                size = trace.get("textfont", {}).get("size", 12)
                up = size if trace.get("textposition") == "top center" else 0
                ink = trace.get("textfont", {}).get("color", INK)
                words = trace["text"][i]
                self.canvas.lines(px, py - up, words, anchor="middle", size=size, colour=ink)

    def _fill_to(self, before: Spec, runs: list[list[tuple[float, float]]], trace: Spec) -> None:
        x, y = self._axes_of(before)
        pairs = zip(before["x"], before["y"], strict=True)
        others = [
            _shape_line(r, before) for r in _split([(x.place(a), y.place(b)) for a, b in pairs])
        ]
        colour, opacity = _read_colour(trace["fillcolor"])
        for run, other in zip(runs, others, strict=False):
            area = [*run, *other[::-1]]
            self.canvas.path(area, "none", width=0, fill=colour, opacity=opacity)

    def _draw_intervals(self, trace: Spec, x: Axis, y: Axis) -> None:
        for name, along in (("error_x", x), ("error_y", y)):
            error = trace.get(name)
            if error is None:
                continue
            ends = zip(trace["x"], trace["y"], error["array"], error["arrayminus"], strict=True)
            for a, b, up, down in ends:
                middle = along.number(a if along is x else b)
                px, py = x.place(a), y.place(b)
                if middle is None or px is None or py is None:
                    continue
                low, high = along.place(middle - (down or 0)), along.place(middle + (up or 0))
                if low is None or high is None:
                    continue
                x1, y1, x2, y2 = (low, py, high, py) if along is x else (px, low, px, high)
                self._line(x1, y1, x2, y2, error["color"], error.get("thickness", 2))

    def _draw_mark(self, x: float, y: float, marker: Spec, i: int) -> None:
        symbol = _nth(marker.get("symbol", "circle"), i)
        size = _nth(marker.get("size", 6.0), i)
        colour = _nth(marker.get("color", MUTED), i)
        edge = marker.get("line", {})
        opacity, half = marker.get("opacity", 1), size / 2
        if symbol == "line-ns":
            self._line(x, y - half, x, y + half, edge.get("color", colour), edge.get("width", 2))
        elif symbol.startswith("circle"):
            hollow = symbol.endswith("open")
            self.canvas.dot(x, y, colour, r=half, hollow=hollow, opacity=opacity)
        else:
            corners = _CORNERS[symbol.removesuffix("-open")]
            points = [(x + dx * half, y + dy * half) for dx, dy in corners]
            fill = "#FFFFFF" if symbol.endswith("-open") else colour
            self.canvas.path(points, colour, width=1.5, fill=fill, opacity=opacity)

    def _draw_bars(self, trace: Spec, at: int) -> None:
        x, y = self._axes_of(trace)
        flat = trace.get("orientation") == "h"
        along, across = (x, y) if flat else (y, x)
        lengths, places = (trace["x"], trace["y"]) if flat else (trace["y"], trace["x"])
        thick, shift = self._bar_width(trace, across, at)
        for i, (place, length) in enumerate(zip(places, lengths, strict=True)):
            middle = across.place(place)
            if middle is None or length is None:
                continue
            base = self._base(trace, place, length, i)
            start, end = along.place(base) or 0.0, along.place(base + length) or 0.0
            middle += shift
            box = (start, middle - thick / 2, end, middle + thick / 2)
            if not flat:
                box = (middle - thick / 2, start, middle + thick / 2, end)
            self._box(box, trace.get("marker", {}), i)
            if trace.get("text"):
                self._write_bar(trace, i, (start, end, middle, thick), flat=flat)

    def _base(self, trace: Spec, place: object, length: float, i: int) -> float:
        """Where a bar begins: given, or on the pile of the bars before it."""
        if "base" in trace:
            return float(_nth(trace["base"], i) or 0.0)
        if self.chart.layout.get("barmode") not in ("stack", "relative"):
            return 0.0
        key = (trace.get("xaxis", "x"), place, length < 0)
        base = self.piles.get(key, 0.0)
        self.piles[key] = base + length
        return base

    def _bar_width(self, trace: Spec, across: Axis, at: int) -> tuple[float, float]:
        """Thickness of a trace's bars in px, and how far they stand beside their place."""
        bars = [i for i, t in enumerate(self.chart.data) if t["type"] == "bar"]
        traces = [self.chart.data[i] for i in bars]
        letter = across.name[0]
        numbers = sorted(
            {n for t in traces for v in t[letter] if (n := across.number(v)) is not None}
        )
        step = min((b - a for a, b in pairwise(numbers)), default=1.0)
        pixel = abs(across.end - across.start) / abs(across.high - across.low)
        if "width" in trace:
            return float(trace["width"]) * pixel, 0.0
        room = step * pixel * (1 - self.chart.layout.get("bargap", 0.2))
        if self.chart.layout.get("barmode", "group") != "group" or len(bars) == 1:
            return room, 0.0
        thick = room / len(bars)
        return thick, (bars.index(at) - (len(bars) - 1) / 2) * thick

    def _write_bar(
        self, trace: Spec, i: int, place: tuple[float, float, float, float], *, flat: bool
    ) -> None:
        """Write a bar's number in it or beyond its end."""
        words = _nth(trace["text"], i)
        if not words:
            return
        start, end, middle, thick = place
        size = float(trace.get("textfont", {}).get("size", 12))
        wide, high = measure_lines(words, size)
        position = trace.get("textposition", "auto")
        room = abs(end - start) >= (wide if flat else high) + 6 and thick >= (high if flat else 0)
        inside = position == "inside" or (position == "auto" and room)
        colour = _nth(trace.get("marker", {}).get("color", MUTED), i)
        ink = _ink_on(colour) if inside else INK
        sign = 1 if end >= start else -1
        if inside and trace.get("insidetextanchor") == "start":
            at, anchor = start + 5 * sign, "start"
        elif inside:
            at, anchor = (start + end) / 2, "middle"
        else:
            at, anchor = end + 5 * sign, "start" if sign > 0 else "end"
        if flat:
            self.canvas.lines(at, middle, words, anchor=_anchor(anchor), size=size, colour=ink)
            return
        up = (high / 2 + 3) * sign if not inside else 0.0
        y = (start + end) / 2 if inside else end + up
        self.canvas.lines(middle, y, words, anchor="middle", size=size, colour=ink)

    def _draw_cells(self, trace: Spec, _at: int) -> None:
        x, y = self._axes_of(trace)
        gap_x, gap_y = trace.get("xgap", 0) / 2, trace.get("ygap", 0) / 2
        wide, high = (abs(a.end - a.start) / abs(a.high - a.low) for a in (x, y))
        columns, rows = trace["x"], trace["y"]
        for j, (row, values) in enumerate(zip(rows, trace["z"], strict=True)):
            for i, (column, value) in enumerate(zip(columns, values, strict=True)):
                px, py = x.place(column), y.place(row)
                if value is None or px is None or py is None:
                    continue
                share = (value - trace["zmin"]) / (trace["zmax"] - trace["zmin"])
                colour = _mix(trace["colorscale"], share)
                self.canvas.bar(
                    px - wide / 2 + gap_x,
                    py - high / 2 + gap_y,
                    wide - 2 * gap_x,
                    high - 2 * gap_y,
                    colour,
                )
                if trace.get("texttemplate"):
                    words, ink = trace["text"][j][i], trace.get("textfont", {})
                    colour = ink.get("color") or _ink_on(colour)
                    self.canvas.lines(
                        px, py, words, anchor="middle", size=ink.get("size", 12), colour=colour
                    )

    def _draw_waterfall(self, trace: Spec, _at: int) -> None:
        x, y = self._axes_of(trace)
        thick = 0.8 * abs(y.end - y.start) / abs(y.high - y.low)
        level, before = 0.0, None
        steps = zip(trace["y"], trace["x"], trace["measure"], strict=True)
        for i, (name, change, kind) in enumerate(steps):
            start = level if kind == "relative" else 0.0
            level = {"relative": level + change, "absolute": change, "total": level}[kind]
            look = "totals" if kind != "relative" else "increasing" if change >= 0 else "decreasing"
            middle = y.place(name) or 0.0
            first, last = x.place(start) or 0.0, x.place(level) or 0.0
            if before is not None:
                self._line(before[0], before[1], before[0], middle - thick / 2, MUTED, 1)
            before = (last, middle + thick / 2)
            self._box(
                (first, middle - thick / 2, last, middle + thick / 2), trace[look]["marker"], i
            )
            beyond, anchor = (max(first, last) + 5, "start")
            if kind == "relative" and change < 0:
                beyond, anchor = min(first, last) - 5, "end"
            self.canvas.lines(beyond, middle, trace["text"][i], anchor=_anchor(anchor), size=12)

    # Shapes, words, legend

    def _spot(self, reference: str, value: object, *, horizontal: bool) -> float:
        """The px of a value in the units that a shape or note refers to."""
        if reference == "paper":
            first, last = (self.left, self.right) if horizontal else (self.bottom, self.top)
            return first + float(str(value)) * (last - first)
        name, _, domain = reference.partition(" ")
        axis = self.axes[name]
        if domain:
            return axis.start + float(str(value)) * (axis.end - axis.start)
        return axis.place(value) or 0.0

    def _draw_shape(self, shape: Spec) -> None:
        x = [self._spot(shape.get("xref", "x"), shape[k], horizontal=True) for k in ("x0", "x1")]
        y = [self._spot(shape.get("yref", "y"), shape[k], horizontal=False) for k in ("y0", "y1")]
        line = shape.get("line", {})
        if shape["type"] == "line":
            dash = _DASHES.get(line.get("dash", ""), "")
            colour = line.get("color", INK)
            self._line(x[0], y[0], x[1], y[1], colour, line.get("width", 2), dash)
            return
        # What reaches beyond the plot is cut at its edge, as on the screen.
        x = [min(max(place, self.left), self.right) for place in x]
        y = [min(max(place, self.top), self.bottom) for place in y]
        colour, opacity = _read_colour(shape["fillcolor"])
        opacity *= shape.get("opacity", 1)
        self.canvas.bar(x[0], y[0], x[1] - x[0], y[1] - y[0], colour, opacity=opacity)
        if line.get("width"):
            corners = [(x[0], y[0]), (x[1], y[0]), (x[1], y[1]), (x[0], y[1]), (x[0], y[0])]
            self.canvas.path(corners, line.get("color", INK), width=line["width"])

    def _draw_note(self, note: Spec) -> None:
        x = self._spot(note.get("xref", "x"), note["x"], horizontal=True)
        y = self._spot(note.get("yref", "y"), note["y"], horizontal=False)
        if note.get("showarrow"):
            tail_x = self._spot(note["axref"], note["ax"], horizontal=True)
            tail_y = self._spot(note["ayref"], note["ay"], horizontal=False)
            self.canvas.arrow(tail_x, tail_y, x, y, note.get("arrowcolor", MUTED))
            return
        font = note.get("font", {})
        size = float(font.get("size", _SIZE))
        wide, high = measure_lines(note["text"], size)
        x += note.get("xshift", 0)
        y -= note.get("yshift", 0)
        y += {"top": high / 2, "bottom": -high / 2}.get(note.get("yanchor", "middle"), 0.0)
        anchor = _ANCHORS[note.get("xanchor", "center")]
        # No word stands beyond the edge of the paper.
        before = {"start": 0.0, "middle": wide / 2, "end": wide}[anchor]
        x = min(max(x, before), self.canvas.width - (wide - before))
        self.canvas.lines(
            x, y, note["text"], anchor=anchor, size=size, colour=font.get("color", INK)
        )

    def _draw_legend(self) -> None:
        rows = _break_legend(self.legend, self.canvas.width - 2 * _GAP)
        first = self.canvas.height - _LEGEND_ROW * len(rows) if self._legend_below() else 0.0
        for number, row in enumerate(rows):
            x, y = _GAP, first + (number + 0.5) * _LEGEND_ROW
            for trace in row:
                if trace["type"] == "bar":
                    self._box((x, y - 6, x + 12, y + 6), trace.get("marker", {}), 0)
                else:
                    if "lines" in trace.get("mode", ""):
                        self._line(x - 2, y, x + 14, y, trace["line"]["color"], 3)
                    if "markers" in trace.get("mode", ""):
                        self._draw_mark(x + 6, y, {**trace["marker"], "size": 11}, 0)
                self.canvas.lines(x + 18, y, trace["name"], size=13)
                x += _legend_width(trace)

    # Marks in the chart's own colours

    def _line(
        self, x1: float, y1: float, x2: float, y2: float, colour: str, width: float, dash: str = ""
    ) -> None:
        shown, opacity = _read_colour(colour)
        self.canvas.line(x1, y1, x2, y2, colour=shown, width=width, dash=dash, opacity=opacity)

    def _box(self, box: tuple[float, float, float, float], marker: Spec, i: int) -> None:
        x1, y1, x2, y2 = box
        colour, opacity = _read_colour(_nth(marker.get("color", MUTED), i))
        self.canvas.bar(x1, y1, x2 - x1, y2 - y1, colour, opacity=opacity)
        edge = marker.get("line", {})
        if edge.get("width"):
            corners = [(x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1)]
            self.canvas.path(corners, edge["color"], width=edge["width"])


def _anchor(told: str) -> Anchor:
    return "end" if told == "end" else "middle" if told == "middle" else "start"


def _nth(value: Any, i: int) -> Any:  # noqa: ANN401 - an option of a trace
    """The value of the i-th point: one for all, or one for each."""
    return value[i] if isinstance(value, list | tuple) else value


def _title(axis: Axis) -> str:
    title = axis.options.get("title") or {}
    return str(title.get("text", "")) if axis.options.get("visible", True) else ""


def _tick_size(axis: Axis) -> float:
    return float(axis.options.get("tickfont", {}).get("size", _SIZE))


def _list_legend(chart: Chart) -> list[Spec]:
    """Traces that the legend names, once each."""
    if not chart.layout.get("showlegend"):
        return []
    named = [t for t in chart.data if t.get("name") and t.get("showlegend", True)]
    return [t for t in named if t.get("visible", True)]


def _legend_width(trace: Spec) -> float:
    return measure_lines(trace["name"], 13)[0] + 34


def _break_legend(traces: Sequence[Spec], room: float) -> list[list[Spec]]:
    """The legend's names in rows of ``room`` px."""
    rows: list[list[Spec]] = []
    used = room
    for trace in traces:
        wide = _legend_width(trace)
        if used + wide > room:
            rows.append([])
            used = 0.0
        rows[-1].append(trace)
        used += wide
    return rows


def _split(
    places: Iterable[tuple[float | None, float | None]],
) -> list[list[tuple[float, float]]]:
    """Runs of points without a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for x, y in places:
        if x is None or y is None:
            runs.append([])
        else:
            runs[-1].append((x, y))
    return [run for run in runs if run]


def _shape_line(run: list[tuple[float, float]], trace: Spec) -> list[tuple[float, float]]:
    """A run as it is drawn: straight from point to point, or in steps."""
    shape = trace.get("line", {}).get("shape", "linear")
    if shape == "linear" or len(run) < 2:
        return run
    points = [run[0]]
    for (x1, y1), (x2, y2) in pairwise(run):
        if shape == "hv":
            points += [(x2, y1), (x2, y2)]
        else:  # hvh: the step stands half-way
            points += [((x1 + x2) / 2, y1), ((x1 + x2) / 2, y2), (x2, y2)]
    return points


def _read_colour(colour: str) -> tuple[str, float]:
    """A colour and its opacity: not every reader of SVG knows ``rgba``."""
    if not colour.startswith("rgba"):
        return colour, 1.0
    *rgb, opacity = re.findall(r"[\d.]+", colour)
    return f"rgb({', '.join(rgb)})", float(opacity)


def _parts(colour: str) -> list[float]:
    if colour.startswith("#"):
        return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return [float(part) for part in re.findall(r"[\d.]+", colour)[:3]]


def _ink_on(colour: str) -> str:
    """White on dark colours, ink on light ones."""
    red, green, blue = _parts(colour)
    return INK if 0.299 * red + 0.587 * green + 0.114 * blue > 140 else "#FFFFFF"


def _mix(scale: Sequence[Sequence[Any]], share: float) -> str:
    """The colour at a share of a scale from its first to its last colour."""
    low, high = _read_colour(scale[0][1]), _read_colour(scale[-1][1])
    opacity = low[1] + share * (high[1] - low[1])
    pairs = zip(_parts(low[0]), _parts(high[0]), strict=True)
    mixed = (round(a + share * (b - a)) for a, b in pairs)
    return f"rgba({', '.join(map(str, mixed))}, {opacity:g})"

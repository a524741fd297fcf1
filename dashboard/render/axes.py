"""Where the values of a chart stand: axes with their kind, range and ticks, for the painter.

Ranges that a chart does not give are found as Plotly finds them: bars start at zero, marks get
room around them, named places stand one step apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal

from dashboard.content.chart import Chart, Spec
from dashboard.render.canvas import choose_ticks, measure_lines

_DATE = re.compile(r"\d{4}-\d\d(-\d\d)?")
_MARK_ROOM = 0.06
#: Px that a tick takes along each kind of axis.
_ROOM_OF_TICK = {"x": 70, "y": 45}


@dataclass(slots=True)
class Axis:
    """One axis: how its values become places.

    Attributes
    ----------
    name
        As traces name it: ``x``, ``y2``.
    options
        The chart's settings of it.
    kind
        Numbers, calendar days or names.
    names
        Name → its number, of a kind ``names``.
    low, high
        Range; turned round where the chart says so.
    start, end
        Places in px of ``low`` and ``high``.
    """

    name: str
    options: Spec
    kind: Literal["numbers", "days", "names"] = "numbers"
    names: dict[str, int] = field(default_factory=dict)
    low: float = 0.0
    high: float = 1.0
    start: float = 0.0
    end: float = 1.0

    @property
    def shown(self) -> bool:
        """Whether its ticks are written."""
        visible = self.options.get("visible", True) and self.options.get("showticklabels", True)
        return bool(visible)

    @property
    def horizontal(self) -> bool:
        """Whether it runs from left to right."""
        return self.name.startswith("x")

    def number(self, value: object) -> float | None:
        """The value as a number along the axis; None where it has no place."""
        if value is None:
            return None
        if self.kind == "names" and isinstance(value, str):
            return self.names.get(value)
        if isinstance(value, str):
            return float(_to_day(value)) if _DATE.match(value) else None
        return float(value) if isinstance(value, int | float) else None

    def place(self, value: object) -> float | None:
        """The value's place in px."""
        number = self.number(value)
        if number is None:
            return None
        return self.start + (number - self.low) / (self.high - self.low) * (self.end - self.start)

    def ticks(self) -> list[tuple[float, str]]:
        """Places along the axis, as numbers of it, with their words."""
        values = self.options.get("tickvals")
        if values is not None:
            words = self.options.get("ticktext") or [self._say(value) for value in values]
            pairs = [(self.number(v), str(w)) for v, w in zip(values, words, strict=True)]
            return [(at, w) for at, w in pairs if at is not None and self._within(at)]
        room = abs(self.end - self.start)
        if self.kind == "names":
            # Names below a picture are thinned out before they run into each other.
            wide = max((measure_lines(name, 14)[0] + 8 for name in self.names), default=1.0)
            fitting = max(1, self.options.get("nticks") or int(room / wide))
            step = -(-len(self.names) // fitting) if self.horizontal else 1
            return [(float(at), name) for name, at in self.names.items() if at % step == 0]
        most = self.options.get("nticks") or max(2, int(room / _ROOM_OF_TICK[self.name[0]]))
        low, high = sorted((self.low, self.high))
        return [(at, self._say(at)) for at in choose_ticks(low, high, most)]

    def _within(self, at: float) -> bool:
        low, high = sorted((self.low, self.high))
        slack = 1e-9 * (high - low)
        return low - slack <= at <= high + slack

    def _say(self, value: float) -> str:
        if self.kind == "days":
            return f"{date.fromordinal(round(value)):%Y-%m}"
        if self.options.get("tickformat") == ".0%":
            return f"{value:.0%}"
        number = f"{value:.10g}".replace("-", "\N{MINUS SIGN}")
        return f"{number}{self.options.get('ticksuffix', '')}"


def find_axes(chart: Chart) -> dict[str, Axis]:
    """Every axis of a chart by its name, with kind and range; places are not yet given."""
    axes = {}
    for key in chart.layout:
        if match := re.fullmatch(r"([xy])axis(\d*)", key):
            axes[match[1] + match[2]] = Axis(match[1] + match[2], chart.layout[key])
    for axis in axes.values():
        traces = [t for t in chart.data if _axis_of(t, axis.name[0]) == axis.name]
        _find_kind(axis, traces)
        _find_range(axis, traces, chart.layout.get("barmode", "group"))
    return axes


def _axis_of(trace: Spec, letter: str) -> str:
    return str(trace.get(f"{letter}axis", letter))


def _find_kind(axis: Axis, traces: Iterable[Spec]) -> None:
    values = [v for t in traces for v in t.get(axis.name[0], ()) if v is not None]
    texts = [v for v in values if isinstance(v, str)]
    if not texts:
        return
    named = axis.options.get("type") == "category" or not all(_DATE.match(v) for v in texts)
    axis.kind = "names" if named else "days"
    if named:
        axis.names = {name: at for at, name in enumerate(dict.fromkeys(texts))}


def _find_range(axis: Axis, traces: list[Spec], barmode: str) -> None:
    ends = [axis.number(end) for end in axis.options.get("range", ())]
    low, high = (ends[0], ends[1]) if ends else (None, None)
    # An end that follows from a withheld number is no end: the range is found as without it.
    if low is not None and high is not None:
        axis.low, axis.high = low, high
    else:
        named = axis.kind == "names"
        edges = (-0.5, max(len(axis.names), 1) - 0.5) if named else _reach(axis, traces, barmode)
        axis.low, axis.high = edges
        if axis.options.get("autorange") == "reversed":
            axis.low, axis.high = axis.high, axis.low
    if axis.low == axis.high:
        axis.high += 1.0


def _reach(axis: Axis, traces: list[Spec], barmode: str) -> tuple[float, float]:
    """Lowest and highest value with room around the marks."""
    bars = [t for t in traces if t["type"] == "bar"]
    along = [t for t in bars if (t.get("orientation") == "h") == axis.horizontal]
    values = [v for t in traces if t["type"] != "bar" for v in _ends(axis, t)]
    values += [v for t in bars if t not in along for v in _numbers(axis, t[axis.name[0]])]
    if along:
        values += [0.0, *_heights(axis, along, barmode)]
    if not values:
        return 0.0, 1.0
    low, high = min(values), max(values)
    if len(bars) > len(along):  # places of bars: half a step on both sides
        steps = sorted(set(values))
        half = min((b - a for a, b in pairwise(steps)), default=1.0) / 2
        return low - half, high + half
    room = (high - low) or abs(high) or 1.0
    marked = any("markers" in str(t.get("mode", "")) for t in traces)
    pad = _MARK_ROOM * room if marked or not axis.horizontal else 0.0
    to_zero = axis.options.get("rangemode") == "tozero" or bool(along)
    bottom = 0.0 if to_zero and low >= 0 else low - pad
    return bottom, (high + max(pad, 0.05 * room if along else 0.0)) or 1.0


def _numbers(axis: Axis, values: Iterable[object]) -> list[float]:
    return [n for n in map(axis.number, values) if n is not None]


def _ends(axis: Axis, trace: Spec) -> list[float]:
    """Values of a trace along an axis, with the ends of their intervals."""
    values = trace.get(axis.name[0]) or []
    error = trace.get(f"error_{axis.name[0]}")
    found = _numbers(axis, values)
    if error is not None:
        for value, up, down in zip(values, error["array"], error["arrayminus"], strict=True):
            at = axis.number(value)
            if at is not None:
                found += [at + (up or 0.0), at - (down or 0.0)]
    return found


def _heights(axis: Axis, bars: list[Spec], barmode: str) -> list[float]:
    """Ends of bars along their length: each alone, or piled on those at the same place."""
    letter, across = axis.name[0], "y" if axis.horizontal else "x"
    if barmode not in ("stack", "relative"):
        bases = [t.get("base", [0.0] * len(t[letter])) for t in bars]
        return [
            (v or 0.0) + (b or 0.0)
            for t, base in zip(bars, bases, strict=True)
            for v, b in zip(t[letter], base, strict=True)
        ]
    piles: dict[tuple[object, bool], float] = {}
    for trace in bars:
        for place, value in zip(trace[across], trace[letter], strict=True):
            key = (place, (value or 0.0) < 0)
            piles[key] = piles.get(key, 0.0) + (value or 0.0)
    return list(piles.values())


def _to_day(told: str) -> int:
    return date.fromisoformat(told[:10] if len(told) > 7 else f"{told}-01").toordinal()

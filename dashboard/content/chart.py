"""A picture as plain values: traces and layout in the words of Plotly's figure format.

A page hands the specification to Plotly, :mod:`dashboard.render.painter` draws the same values for
print, so each picture is described once. No plotting library is imported to describe it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

#: A part of the figure format, whose values are of many kinds.
Spec = dict[str, Any]
#: Options of one part may be written ``line_color=…`` for ``line={"color": …}``.
_PARTS = frozenset({"line", "font", "marker", "textfont", "margin", "yaxis", "xaxis"})


@dataclass(slots=True)
class Chart:
    """Traces and layout; the methods have the names and options of a Plotly figure.

    Attributes
    ----------
    data
        One mapping for each trace: ``type``, ``x``, ``y`` …
    layout
        Axes (``xaxis``, ``yaxis2`` …), ``shapes``, ``annotations``, ``height`` in pixels …
    """

    data: list[Spec] = field(default_factory=list)
    layout: Spec = field(default_factory=dict)

    def add_scatter(self, **trace: object) -> None:
        """Add points, a line through them, or both (``mode``)."""
        self._add_trace("scatter", trace)

    def add_bar(self, **trace: object) -> None:
        """Add bars from ``base`` (0) to their value."""
        self._add_trace("bar", trace)

    def add_heatmap(self, **trace: object) -> None:
        """Add cells coloured by ``z``."""
        self._add_trace("heatmap", trace)

    def add_waterfall(self, **trace: object) -> None:
        """Add bars of which each begins where the last one ended."""
        self._add_trace("waterfall", trace)

    def _add_trace(self, kind: str, trace: Mapping[str, object]) -> None:
        self.data.append({"type": kind, **_given(trace)})

    def add_shape(self, **shape: object) -> None:
        """Add a line or rectangle in the units of the axes ``xref`` and ``yref`` (``x``, ``y``)."""
        self.shapes.append(_given(shape))

    def add_annotation(self, **note: object) -> None:
        """Write ``text`` at a place of the picture."""
        self.notes.append(_given(note))

    def add_hline(self, y: object, **shape: object) -> None:
        """Draw a line from the left to the right of the picture."""
        self.add_shape(type="line", xref="x domain", x0=0, x1=1, y0=y, y1=y, **shape)

    def add_vline(self, x: object, **shape: object) -> None:
        """Draw a line from the bottom to the top of the picture."""
        self.add_shape(type="line", yref="y domain", y0=0, y1=1, x0=x, x1=x, **shape)

    def add_vrect(self, x0: object, x1: object, **shape: object) -> None:
        """Shade from the bottom to the top of the picture."""
        self.add_shape(type="rect", yref="y domain", y0=0, y1=1, x0=x0, x1=x1, **shape)

    @property
    def shapes(self) -> list[Spec]:
        """Lines and rectangles, in the order they are drawn in."""
        return self._list("shapes")

    @property
    def notes(self) -> list[Spec]:
        """Words that stand in the picture."""
        return self._list("annotations")

    def _list(self, name: str) -> list[Spec]:
        found: list[Spec] = self.layout.setdefault(name, [])
        return found

    def update_xaxes(self, **options: object) -> None:
        """Change every horizontal axis."""
        self._update_axes("xaxis", options)

    def update_yaxes(self, **options: object) -> None:
        """Change every vertical axis."""
        self._update_axes("yaxis", options)

    def _update_axes(self, prefix: str, options: Mapping[str, object]) -> None:
        for name in [name for name in self.layout if name.startswith(prefix)]:
            self.update_layout(**{name: options})

    def update_layout(self, **options: object) -> None:
        """Change the layout; mappings are merged into what is there."""
        _merge(self.layout, _nest(options))

    @property
    def height(self) -> float:
        """Height on a page in pixels."""
        return float(self.layout["height"])

    @property
    def blank(self) -> bool:
        """Whether nothing of the data can be drawn: what is withheld leaves its axes empty.

        A withheld number is no coordinate, and an axis without a mark reads as "nothing
        happened". Lines that only guide the eye (``hoverinfo="skip"``) are no data; bars whose
        number stands on them are. A diagram of words (the flow of people) has no trace at all,
        and is not blank.
        """
        if not self.data:
            return not any(note["text"] for note in self.layout.get("annotations", ()))
        return not any(_draws(trace) for trace in self.data if not _guides(trace))

    @property
    def spec(self) -> Spec:
        """The whole figure as Plotly reads it."""
        return {"data": self.data, "layout": self.layout}

    def to_json(self) -> str:
        """Give the whole figure as JSON."""
        return json.dumps(self.spec, allow_nan=False)


def _nest(options: Mapping[str, object]) -> Spec:
    """``{"line_color": c}`` → ``{"line": {"color": c}}``; a mapping of the same part is kept."""
    nested: Spec = {}
    for name, value in options.items():
        part, _, inner = name.partition("_")
        if inner and part in _PARTS:
            nested[part] = {**nested.get(part, {}), inner: value}
        elif isinstance(value, Mapping):
            nested[name] = {**nested.get(name, {}), **value}
        else:
            nested[name] = value
    return nested


def _given(options: Mapping[str, object]) -> Spec:
    """Options in plain values, without those that are None."""
    plain: Spec = {}
    _merge(plain, _nest(options))
    return plain


def _merge(into: Spec, options: Mapping[str, object]) -> None:
    """Write the options over what is there; None takes an option away."""
    for name, value in options.items():
        kept = into.get(name)
        if isinstance(value, Mapping):
            merged: Spec = kept if isinstance(kept, dict) else {}
            _merge(merged, value)
            into[name] = merged
        elif value is None:
            into.pop(name, None)
        else:
            into[name] = _plain(value)


def _plain(value: object) -> object:
    """Sequences as lists, numbers of numpy as Python's, None for what is no finite number."""
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, Iterable):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, date):
        return value.isoformat()
    return None if isinstance(value, float) and not isfinite(value) else value


def _guides(trace: Spec) -> bool:
    """Whether a trace is a line without a name or number, such as the line of no change."""
    looks = (trace["type"], trace.get("mode"), trace.get("hoverinfo"))
    return looks == ("scatter", "lines", "skip")


def _draws(trace: Spec) -> bool:
    """Whether one point of a trace has a place along every axis."""
    given = [_known(trace.get(axis)) for axis in ("x", "y", "z")]
    points = [one for one in given if one is not None and one.size]
    if any(one.ndim > 1 or one.size != points[0].size for one in points):
        return all(one.any() for one in points)
    return bool(points) and bool(np.logical_and.reduce(points).any())


def _known(values: Iterable[object] | None) -> npt.NDArray[np.bool_] | None:
    """Which of the values are given: names and days are, NaN and None are not."""
    if values is None:
        return None
    told = np.asarray(values)
    if told.dtype.kind in "fiu":
        return np.asarray(np.isfinite(told))
    if told.dtype.kind == "M":
        return np.asarray(~np.isnat(told))
    return np.asarray([one is not None and one == one for one in told.ravel()]).reshape(told.shape)

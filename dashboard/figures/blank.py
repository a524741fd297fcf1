"""Whether a picture would show anything: what is withheld leaves its axes empty."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from dashboard.content.chart import Chart, Spec


def is_blank(figure: Chart) -> bool:
    """Tell whether nothing of a figure's data can be drawn.

    A withheld number is no coordinate, and an axis without a mark reads as "nothing happened".
    Lines that only guide the eye (``hoverinfo="skip"``) are no data; bars whose number stands on
    them are. A diagram of words (the flow of people) has no trace at all, and is not blank.
    """
    if not figure.data:
        return not any(note["text"] for note in figure.notes)
    return not any(_draws(trace) for trace in figure.data if not _guides(trace))


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

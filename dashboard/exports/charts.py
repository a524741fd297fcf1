"""Pictures as plain values, for programs that draw their own charts."""

from __future__ import annotations

from analysis.results import number_to_draw
from analysis.volunteers.results import Volunteers
from dashboard.content.model import NativeChart
from dashboard.text import Text


def chart_team(found: Volunteers, text: Text, most: int = 24) -> NativeChart | None:
    """Who came into the team and who lapsed, month by month."""
    months = found.monthly[-most:]
    if not months:
        return None
    # A withheld month is a gap, never a zero.
    series = (
        (text("new"), tuple(number_to_draw(m.new) for m in months)),
        (text("returning"), tuple(number_to_draw(m.returning) for m in months)),
        (text("lapsed"), tuple(number_to_draw(-m.lapsed) for m in months)),
    )
    categories = tuple(text.month(m.month) for m in months)
    return NativeChart(kind="columns", categories=categories, series=series, form="0;0")

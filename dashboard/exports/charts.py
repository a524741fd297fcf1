"""Pictures as plain values, for programs that draw their own charts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import number_to_draw
from analysis.targets import TargetProgress
from analysis.volunteers.results import Volunteers
from dashboard.content.model import NativeChart
from dashboard.content.sanitize import safe_cell
from dashboard.text import Text


def chart_progress(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> NativeChart | None:
    """Progress of each indicator from baseline (0 %) to target (100 %)."""
    known = [(_name(label), t.progress) for label, t in targets if t.progress is not None]
    if not known:
        return None
    return NativeChart(
        kind="bars",
        categories=tuple(label for label, _ in known),
        series=((text("Progress"), tuple(progress for _, progress in known)),),
        form="0%",
    )


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


_ALIVE = ("{=", "http:", "https:", "ftp:", "mailto:", "internal:", "external:", "file:")


def _name(label: str) -> str:
    """A name for the data sheet inside a chart, whose writer takes more than ``=`` for alive."""
    shown = str(safe_cell(label))
    return f"'{shown}" if shown.lower().startswith(_ALIVE) else shown

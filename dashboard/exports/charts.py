"""Pictures as plain values, for programs that draw their own charts."""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import number_to_draw
from analysis.sustainability.results import Funding
from analysis.targets import TargetProgress
from analysis.volunteers.results import Volunteers
from dashboard.content.sanitize import safe_cell
from dashboard.exports.content import ReportChart
from dashboard.sentences.sustainability import source_name
from dashboard.text import Text


def chart_progress(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> ReportChart | None:
    """Progress of each indicator from baseline (0 %) to target (100 %)."""
    known = [(_name(label), t.progress) for label, t in targets if t.progress is not None]
    if not known:
        return None
    return ReportChart(
        kind="bars",
        categories=tuple(label for label, _ in known),
        series=((text("Progress"), tuple(progress for _, progress in known)),),
        form="0%",
    )


def chart_sources(funding: Funding, text: Text, most: int = 6) -> ReportChart | None:
    """Amount from each funder, in the ledger's currency."""
    shares = next((c.shares for c in funding.concentration if c.by == "source"), ())[:most]
    if not shares:
        return None
    return ReportChart(
        kind="bars",
        categories=tuple(_name(source_name(text, name)) for name, *_ in shares),
        series=((funding.currency, tuple(amount for _, amount, _ in shares)),),
        form="#,##0",
    )


def chart_team(found: Volunteers, text: Text, most: int = 24) -> ReportChart | None:
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
    return ReportChart(kind="columns", categories=categories, series=series, form="0;0")


_ALIVE = ("{=", "http:", "https:", "ftp:", "mailto:", "internal:", "external:", "file:")


def _name(label: str) -> str:
    """A name for the data sheet inside a chart, whose writer takes more than ``=`` for alive."""
    shown = str(safe_cell(label))
    return f"'{shown}" if shown.lower().startswith(_ALIVE) else shown

"""Cohorts: which intake stays."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.results import Finding, Suppressed
from analysis.volunteers.findings import find_cohorts, find_stay
from analysis.volunteers.results import Cohort, Volunteers
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.model import Cell, Number, Picture, Section, Table
from dashboard.content.theme import MUTED, new_figure
from dashboard.sentences import say_finding
from dashboard.sentences.few import has_few, mark_cell, mark_few, say_marked
from dashboard.sentences.volunteers import list_cautions, say_quarter, say_team
from dashboard.text import Text

MAX_COHORTS = 12
MAX_PERIODS = 6
_SCALE = [[0, "#F3F6F9"], [1, "#13446E"]]


def make_section(team: Volunteers, text: Text, least: int) -> Section:
    """Make the topic; a document of volunteers prints its table."""
    few = has_few((n for c in team.cohorts for _, n, _ in c.active), least)
    picture = Picture(
        key="cohorts",
        title=text("Who joined when, and who is still active"),
        subtitle=text(
            "Share of each quarter's intake active 1, 2, 3 … quarters later; people below it."
        ),
        alt=text("Triangle of cells: intakes down, quarters later across, darker for more active."),
        figure=lambda: draw_cohorts(team, text, least),
        table=list_cohorts(team, text, least),
        with_table=True,
        remark=say_marked(text, least) if few else "",
        page_only=True,
    )
    return Section(
        key="cohorts",
        heading=text("Cohorts"),
        title=say_finding(text, find_cohorts(team) or find_stay(team)),
        sample=say_team(text, team),
        pictures=[picture],
        cautions=list_cautions(text, team, "cohorts"),
    )


def list_cohorts(team: Volunteers, text: Text, least: int) -> Table:
    """Intakes with the share active in later quarters; quarters not yet over stay empty."""
    longest = max((len(c.active) for c in team.cohorts), default=0)
    rows: list[tuple[Cell, ...]] = []
    for c in team.cohorts:
        shares = [
            mark_cell(text, f"{text.percent(share)} ({text.number(n, 0)})", n, least)
            if n is not None
            else ""
            for _, n, share in c.active
        ]
        name = mark_few(text, say_quarter(text, c.label), c.n, least)
        later_on = longest - len(shares)
        rows.append((name, Number(value=c.n, kind="count"), *shares, *[""] * later_on))
    later = [text("+{k} q", k=k) for k in range(1, longest + 1)]
    return Table(
        key="cohorts",
        title=text("Which intake stays"),
        columns=(text("Joined"), text("n"), *later),
        rows=tuple(rows),
    )


def draw_cohorts(volunteers: Volunteers, text: Text, least: int) -> Chart:
    """Draw each intake's share active in later quarters; % and n in the cell.

    Intakes that are withheld are hatched; quarters not yet over stay blank.
    """
    rows = volunteers.cohorts[-MAX_COHORTS:]
    known = [k for c in rows for k, _, share in c.active if share is not None]
    periods = list(range(1, 1 + min(MAX_PERIODS, max(known, default=1))))
    labels = [
        wrap_label(mark_few(text, say_quarter(text, c.label), c.n, least), 22) + f"<br>n = {c.n}"
        for c in rows
    ]
    shares = [_row(c, periods) for c in rows]
    figure = new_figure(80 + 46 * len(rows))
    figure.add_heatmap(
        x=[text("+{k} q", k=k) for k in periods],
        y=labels,
        z=[[share for share, _ in row] for row in shares],
        zmin=0,
        zmax=1,
        colorscale=_SCALE,
        showscale=False,
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    for i, row in enumerate(shares):
        for j, (share, n) in enumerate(row):
            if share is not None:
                _write_cell(figure, j, i, f"{text.percent(share)}<br>{n}", share > 0.5)
    _hatch(figure, rows, periods, text)
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False, tickfont={"size": 12})
    return figure


def _row(cohort: Cohort, periods: list[int]) -> list[tuple[float | None, int | None]]:
    known = {k: (share, n) for k, n, share in cohort.active}
    return [known.get(k, (None, None)) for k in periods]


def _write_cell(figure: Chart, x: int, y: int, label: str, on_dark: bool) -> None:
    figure.add_annotation(
        x=x,
        y=y,
        text=label,
        showarrow=False,
        font={"size": 12, "color": "#FFFFFF" if on_dark else "#0E1620"},
    )


def _hatch(figure: Chart, rows: tuple[Cohort, ...], periods: list[int], text: Text) -> None:
    """Hatch intakes that are withheld."""
    for i, cohort in enumerate(rows):
        if not isinstance(cohort.n, Suppressed):
            continue
        figure.add_annotation(
            x=0,
            y=i,
            text=text("╱╱ too few to show"),
            showarrow=False,
            xanchor="left",
            xshift=-24,
            font={"size": 12, "color": MUTED},
        )
    figure.update_xaxes(range=[-0.5, len(periods) - 0.5])


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "cohorts_differ": lambda text, f: text(
        "Half a year on, {low} of the {worst} intake were active, against {high} of {best}.",
        low=text.percent(f.values["low"]),
        high=text.percent(f.values["high"]),
        worst=say_quarter(text, f.values["worst"]),
        best=say_quarter(text, f.values["best"]),
    ),
}

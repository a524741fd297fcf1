"""Which intake stays: the cohort triangle."""

from __future__ import annotations

from analysis.results import Suppressed
from analysis.volunteers.results import Cohort, Volunteers
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import MUTED, new_figure
from dashboard.sentences.few import mark_few
from dashboard.sentences.volunteers import say_quarter
from dashboard.text import Text

MAX_COHORTS = 12
MAX_PERIODS = 6
_SCALE = [[0, "#F3F6F9"], [1, "#13446E"]]


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

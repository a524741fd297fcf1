"""Pictures of many studies: forest with summary and prediction interval, funnel, columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from analysis.portfolio import PooledMeasure, StudyRow
from analysis.results import Estimate, EstimateLike, NotEstimable
from dashboard.content.axes import error_bars, percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import AFTER, BEFORE, GRID, MUTED, new_figure
from dashboard.text import Text

MAX_NAMED = 40
_COLUMN_GAP = 0.05
_ROW, _THIN_ROW = 34, 3
_SUMMARY_ROWS = 3


def draw_forest_of_studies(pooled: PooledMeasure, titles: dict[str, str], text: Text) -> Chart:
    """Draw the summary, where a new study would fall, and below them each study's change.

    The most certain study stands first: an order by result would be a league table. Beyond
    forty studies the rows are thin and the names are shown on hover.
    """
    known = [(titles.get(key, key[:8]), e) for key, e in pooled.studies if isinstance(e, Estimate)]
    known.sort(key=lambda row: row[1].std_error or float("inf"))
    named = len(known) <= MAX_NAMED
    row = _ROW if named else _THIN_ROW
    step = 1 if named else _ROW / _THIN_ROW
    figure = new_figure(int(60 + row * len(known) + _ROW * _SUMMARY_ROWS))
    _add_points(figure, known, text, size=9 if named else 5)
    ticks = _add_summary(figure, pooled, text, step)
    if named:
        ticks |= {place: wrap_label(name, 22) for place, (name, _) in enumerate(known)}
    figure.add_vline(x=0, line_color=MUTED, line_width=1)
    top = -step * _SUMMARY_ROWS
    figure.update_yaxes(range=[len(known) - 0.4, top], showgrid=False)
    figure.update_yaxes(tickvals=list(ticks), ticktext=list(ticks.values()))
    return figure


def _add_points(
    figure: Chart, known: Sequence[tuple[str, Estimate]], text: Text, *, size: int
) -> None:
    found = [e for _, e in known]
    figure.add_scatter(
        x=[e.estimate for e in found],
        y=list(range(len(found))),
        mode="markers",
        marker={"color": BEFORE, "size": size},
        error_x=error_bars(found, BEFORE) | {"thickness": 2 if size > 5 else 1},
        hovertext=[f"{escape_label(name)}<br>{_say(text, e)}" for name, e in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _say(text: Text, e: Estimate) -> str:
    return f"{text.signed(e.estimate)} ({text.interval(e.ci_low, e.ci_high)}), n = {e.n}"


def _add_summary(figure: Chart, pooled: PooledMeasure, text: Text, step: float) -> dict[float, str]:
    """Add the summary's rows above the studies; return their places and names."""
    summary = pooled.summary
    if isinstance(summary, NotEstimable) or not isinstance(summary.pooled, Estimate):
        return {}
    centre = summary.pooled
    rows = [
        (-2 * step, text("Together"), centre.ci_low, centre.ci_high, 5),
        (-step, text("A new community"), summary.prediction_low, summary.prediction_high, 2),
    ]
    shown = [row for row in rows if row[2] is not None and row[3] is not None]
    for place, _, low, high, width in shown:
        figure.add_scatter(
            x=[low, high],
            y=[place, place],
            mode="lines",
            line={"color": AFTER, "width": width},
            hoverinfo="skip",
        )
    figure.add_scatter(
        x=[centre.estimate],
        y=[-2 * step],
        mode="markers",
        marker={"color": AFTER, "size": 13, "symbol": "diamond"},
        hovertext=[_say(text, centre)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    return {place: f"<b>{name}</b>" for place, name, *_ in shown}


_CHANCE = 1.96
"""Standard errors on each side of the summary within which 95 of 100 studies lie by chance."""


def count_outside(pooled: PooledMeasure) -> tuple[int, int] | None:
    """Count the studies outside the limits of chance, and all drawn; None without a summary."""
    summary = pooled.summary
    if isinstance(summary, NotEstimable) or not isinstance(summary.pooled, Estimate):
        return None
    known = [e for _, e in pooled.studies if isinstance(e, Estimate) and e.std_error]
    centre = summary.pooled.estimate
    far = [e for e in known if abs(e.estimate - centre) > _CHANCE * (e.std_error or 0.0)]
    return len(far), len(known)


def draw_funnel(pooled: PooledMeasure, titles: dict[str, str], text: Text) -> Chart:
    """Draw each study's change against its precision, with the limits of chance alone."""
    known = [(k, e) for k, e in pooled.studies if isinstance(e, Estimate) and e.std_error]
    figure = new_figure(380)
    figure.add_scatter(
        x=[e.estimate for _, e in known],
        y=[e.std_error for _, e in known],
        mode="markers",
        marker={"color": BEFORE, "size": 9 if len(known) <= MAX_NAMED else 6, "opacity": 0.75},
        hovertext=[f"{escape_label(titles.get(k, k[:8]))}<br>{_say(text, e)}" for k, e in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    summary = pooled.summary
    if not isinstance(summary, NotEstimable) and isinstance(summary.pooled, Estimate):
        centre, widest = summary.pooled.estimate, max(e.std_error or 0.0 for _, e in known) * 1.1
        for sign in (-_CHANCE, _CHANCE):
            figure.add_scatter(
                x=[centre, centre + sign * widest],
                y=[0, widest],
                mode="lines",
                line={"color": MUTED, "dash": "dash", "width": 1},
                hoverinfo="skip",
            )
    figure.update_yaxes(autorange="reversed", title={"text": text("standard error")})
    figure.update_xaxes(title={"text": text("change")})
    return figure


def draw_columns(studies: Sequence[StudyRow], titles: dict[str, str], text: Text) -> Chart:
    """Draw reach, retention, targets met and runway of each study on one line, in its place."""
    columns: list[tuple[str, Callable[[StudyRow], EstimateLike], bool]] = [
        (text("Reach"), lambda s: s.reach, True),
        (text("Stay a year"), lambda s: s.retention_365, True),
        (text("Targets met"), _share_met, True),
        (text("Cash lasts, months"), lambda s: s.runway_months, False),
    ]
    named = len(studies) <= MAX_NAMED
    figure = new_figure(int(90 + (_ROW if named else _THIN_ROW) * len(studies)))
    width = (1 - _COLUMN_GAP * (len(columns) - 1)) / len(columns)
    for number, (name, pick, is_share) in enumerate(columns):
        at = str(number + 1) if number else ""
        start = number * (width + _COLUMN_GAP)
        _add_column(figure, at, (start, start + width), wrap_label(name, 11))
        known = [(i, pick(s)) for i, s in enumerate(studies)]
        shown = [(i, e) for i, e in known if isinstance(e, Estimate)]
        figure.add_scatter(
            x=[e.estimate for _, e in shown],
            y=[i for i, _ in shown],
            mode="markers",
            marker={"color": BEFORE, "size": 9 if named else 5},
            error_x=error_bars([e for _, e in shown], BEFORE) | {"thickness": 2 if named else 1},
            hovertext=[_say_place(text, titles, studies[i], e, is_share) for i, e in shown],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
            xaxis=f"x{at}",
            yaxis=f"y{at}",
        )
        if is_share:
            ticks = _share_ticks([e.estimate for _, e in shown], text)
            figure.update_layout(**{f"xaxis{at}": ticks})
    figure.update_layout(margin_t=44)
    _set_axes(figure, studies, titles, named=named)
    return figure


def _add_column(figure: Chart, at: str, room: tuple[float, float], title: str) -> None:
    """Add one column's axes and title; the rows are those of the first column."""
    beside = {"matches": "y", "showticklabels": False} if at else {}
    figure.update_layout(
        **{
            f"xaxis{at}": {"anchor": f"y{at}", "domain": room},
            f"yaxis{at}": {"anchor": f"x{at}", **beside},
        }
    )
    figure.add_annotation(
        x=sum(room) / 2,
        y=1.0,
        xref="paper",
        yref="paper",
        xanchor="center",
        yanchor="bottom",
        showarrow=False,
        text=title,
        font_size=13,
    )


def _share_met(study: StudyRow) -> EstimateLike:
    if not study.targets:
        return NotEstimable(reason="not_asked")
    share = study.targets_met / study.targets
    return Estimate(estimate=share, n=study.targets, method="counted")


def _share_ticks(shares: Sequence[float], text: Text) -> dict[str, list[object]]:
    """Zero and the highest round share: narrow columns have room for no more."""
    axis = percent_axis(text, min(1.0, max([0.05, *shares])))
    return {name: [ticks[0], ticks[-1]] for name, ticks in axis.items()}


def _set_axes(
    figure: Chart,
    studies: Sequence[StudyRow],
    titles: dict[str, str],
    *,
    named: bool,
) -> None:
    names = [wrap_label(titles[s.fingerprint], 22) for s in studies] if named else []
    figure.update_xaxes(
        rangemode="tozero", fixedrange=True, zeroline=False, gridcolor=GRID, nticks=2, tickangle=0
    )
    figure.update_yaxes(
        range=[len(studies) - 0.4, -0.6],
        fixedrange=True,
        gridcolor=GRID,
        zeroline=False,
        tickvals=list(range(len(names))),
        ticktext=names,
        showgrid=named,
    )


def _say_place(
    text: Text, titles: dict[str, str], study: StudyRow, e: Estimate, is_share: bool
) -> str:
    value = text.percent(e.estimate) if is_share else text.number(e.estimate, 1)
    return f"{escape_label(titles[study.fingerprint])}<br>{value}"

"""Pictures of many studies: forest with summary and prediction interval, funnel."""

from __future__ import annotations

import plotly.graph_objects as go

from analysis.portfolio import PooledMeasure
from analysis.results import Estimate, NotEstimable
from dashboard.figures.labels import wrap_label
from dashboard.text import Text
from dashboard.theme import AFTER, BEFORE, MUTED, new_figure


def draw_forest_of_studies(pooled: PooledMeasure, titles: dict[str, str], text: Text) -> go.Figure:
    """Draw each study's change with interval, the summary and where a new study would fall."""
    known = [(titles.get(key, key[:8]), e) for key, e in pooled.studies if isinstance(e, Estimate)]
    known.sort(key=lambda row: row[1].estimate)
    figure = new_figure(140 + max(14, min(34, 4000 // (len(known) + 1))) * (len(known) + 2))
    _add_points(figure, [wrap_label(name, 22) for name, _ in known], [e for _, e in known], text)
    if not isinstance(pooled.summary, NotEstimable):
        _add_summary(figure, pooled, text)
    figure.add_vline(x=0, line_color=MUTED, line_width=1)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _add_points(figure: go.Figure, names: list[str], found: list[Estimate], text: Text) -> None:
    figure.add_scatter(
        x=[e.estimate for e in found],
        y=names,
        mode="markers",
        marker={"color": BEFORE, "size": 9},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [(e.ci_high or e.estimate) - e.estimate for e in found],
            "arrayminus": [e.estimate - (e.ci_low or e.estimate) for e in found],
            "color": BEFORE,
            "width": 0,
            "thickness": 2,
        },
        hovertext=[
            f"{text.signed(e.estimate)} ({text.interval(e.ci_low, e.ci_high)}), n = {e.n}"
            for e in found
        ],
        hovertemplate="%{y}<br>%{hovertext}<extra></extra>",
    )


def _add_summary(figure: go.Figure, pooled: PooledMeasure, text: Text) -> None:
    summary = pooled.summary
    if isinstance(summary, NotEstimable) or not isinstance(summary.pooled, Estimate):
        return
    centre = summary.pooled
    rows = [(text("Together"), centre.ci_low, centre.ci_high, 5)]
    rows.append((text("A new community"), summary.prediction_low, summary.prediction_high, 2))
    for name, low, high, width in rows:
        if low is None or high is None:
            continue
        figure.add_scatter(
            x=[low, high], y=[name, name], mode="lines", line={"color": AFTER, "width": width},
            hoverinfo="skip",
        )  # fmt: skip
    figure.add_scatter(
        x=[centre.estimate], y=[text("Together")], mode="markers",
        marker={"color": AFTER, "size": 13, "symbol": "diamond"}, hoverinfo="skip",
    )  # fmt: skip


def draw_funnel(pooled: PooledMeasure, titles: dict[str, str], text: Text) -> go.Figure:
    """Draw each study's change against its precision, with the limits of chance alone."""
    known = [(k, e) for k, e in pooled.studies if isinstance(e, Estimate) and e.std_error]
    figure = new_figure(340)
    figure.add_scatter(
        x=[e.estimate for _, e in known],
        y=[e.std_error for _, e in known],
        mode="markers",
        marker={"color": BEFORE, "size": 9},
        hovertext=[wrap_label(titles.get(k, k[:8])) for k, _ in known],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    summary = pooled.summary
    if not isinstance(summary, NotEstimable) and isinstance(summary.pooled, Estimate):
        centre, widest = summary.pooled.estimate, max(e.std_error or 0.0 for _, e in known) * 1.1
        for sign in (-1.96, 1.96):
            figure.add_scatter(
                x=[centre, centre + sign * widest], y=[0, widest], mode="lines",
                line={"color": MUTED, "dash": "dash", "width": 1}, hoverinfo="skip",
            )  # fmt: skip
    figure.update_yaxes(autorange="reversed", title={"text": text("standard error")})
    figure.update_xaxes(title={"text": text("change")})
    return figure

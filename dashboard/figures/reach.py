"""From the community to volunteers, and who is reached."""

from __future__ import annotations

from analysis.participation.results import FunnelStep, Participation, Representation
from analysis.results import Estimate
from dashboard.content.axes import error_bars, percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.sentences.participation import name_step
from dashboard.text import Text


def draw_funnel(participation: Participation, text: Text) -> Chart:
    """Draw each step's people as bars from zero, with the share of the step before."""
    steps = [s for s in participation.funnel if s.n is not None][::-1]
    figure = new_figure(60 + 52 * len(steps))
    figure.add_bar(
        x=[s.n for s in steps],
        y=[wrap_label(name_step(text, s.step), 14) for s in steps],
        orientation="h",
        marker_color=BEFORE,
        width=0.55,
        text=[_say_step(text, s) for s in steps],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    figure.update_xaxes(range=[0, 1.75 * max((s.n or 0 for s in steps), default=1)], visible=False)
    figure.update_yaxes(showgrid=False)
    return figure


def _say_step(text: Text, step: FunnelStep) -> str:
    number = text.number(step.n, 0)
    if not isinstance(step.share, Estimate):
        return number
    return text(
        "{n} · {share} of “{of}”",
        n=number,
        share=text.percent(step.share.estimate),
        of=name_step(text, step.of),
    )


def draw_representation(participation: Participation, by: str, text: Text) -> Chart:
    """Draw each group's share of participants with interval; a tick marks the population."""
    rows = [r for r in participation.representation if r.by == by]
    names = [wrap_label(r.value, 14) for r in rows]
    known = [(name, r.share) for name, r in zip(names, rows, strict=True)]
    shown = [(name, share) for name, share in known if isinstance(share, Estimate)]
    figure = new_figure(80 + 52 * len(rows))
    figure.add_scatter(
        x=[r.population_share for r in rows],
        y=names,
        mode="markers",
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 3, "color": AFTER}},
        name=text("community"),
        hovertext=[text.percent(r.population_share) for r in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=[share.estimate for _, share in shown],
        y=[name for name, _ in shown],
        mode="markers",
        marker={"size": 12, "color": BEFORE},
        error_x=error_bars([share for _, share in shown], BEFORE),
        name=text("participants"),
        hovertext=[_say_share(text, r) for r in rows if isinstance(r.share, Estimate)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    _name_hidden(figure, [(n, r) for n, r in zip(names, rows, strict=True)], text)
    top = max([r.population_share for r in rows] + [s.ci_high or 0 for _, s in shown] + [0.1])
    figure.update_xaxes(range=[0, min(1.05, 1.15 * top)], **percent_axis(text, min(1.0, top)))
    figure.update_yaxes(autorange="reversed")
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(showlegend=True, legend=legend)
    return figure


def _name_hidden(figure: Chart, rows: list[tuple[str, Representation]], text: Text) -> None:
    for name, row in rows:
        if not isinstance(row.share, Estimate):
            figure.add_annotation(
                x=0,
                y=name,
                text=text("too few to show"),
                showarrow=False,
                xanchor="left",
                font={"size": 12, "color": MUTED},
            )


def _say_share(text: Text, row: Representation) -> str:
    share = row.share
    if not isinstance(share, Estimate):
        return ""
    low, high = text.percent(share.ci_low), text.percent(share.ci_high)
    return f"{text.percent(share.estimate)} ({low}–{high}), n = {row.n}"

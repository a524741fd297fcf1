"""Bullet graphs: the indicator, its baseline, its target."""

from __future__ import annotations

from analysis.results import Estimate
from analysis.targets import TargetProgress
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.theme import BEFORE, INTERVAL, MUTED, new_figure
from dashboard.sentences.targets import format_indicator, say_status
from dashboard.status import STATUSES
from dashboard.text import Text

_FURTHEST = 1.35


def draw_targets(targets: list[tuple[str, TargetProgress]], text: Text) -> Chart:
    """Draw progress of each indicator from baseline (0) to target (1), with its interval.

    Parameters
    ----------
    targets
        (label, progress) pairs.
    """
    shown = [(label, t) for label, t in targets if t.progress is not None]
    figure = new_figure(80 + 62 * len(shown))
    places = list(range(len(shown)))
    figure.add_bar(
        x=[1.0] * len(shown),
        y=places,
        orientation="h",
        width=0.46,
        marker_color=INTERVAL,
        hoverinfo="skip",
    )
    figure.add_bar(
        x=[_within(t.progress or 0.0) for _, t in shown],
        y=places,
        orientation="h",
        width=0.26,
        marker_color=[STATUSES[t.status].colour for _, t in shown],
        hovertext=[_hover(text, t) for _, t in shown],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=[_within(t.expected) for _, t in shown if t.expected is not None],
        y=[place for place, (_, t) in enumerate(shown) if t.expected is not None],
        mode="markers",
        marker={"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": MUTED}},
        hoverinfo="skip",
    )
    _add_intervals(figure, [t for _, t in shown])
    for place, (_, target) in enumerate(shown):
        figure.add_annotation(
            x=0,
            y=place,
            yshift=25,
            text=_told(text, target),
            showarrow=False,
            xanchor="left",
            font={"size": 12, "color": MUTED},
        )
    figure.update_layout(barmode="overlay", margin_t=16)
    figure.update_xaxes(visible=False, range=[0, _FURTHEST + 0.01])
    figure.add_vline(x=1, line_color=BEFORE, line_width=2)
    names = [wrap_label(label, 18) for label, _ in shown]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False)
    figure.update_yaxes(range=[len(shown) - 0.4, -0.75])
    return figure


def _add_intervals(figure: Chart, shown: list[TargetProgress]) -> None:
    for place, t in enumerate(shown):
        if t.progress_low is not None and t.progress_high is not None:
            figure.add_scatter(
                x=[_within(t.progress_low), _within(t.progress_high)],
                y=[place + 0.19] * 2,
                mode="lines",
                line={"color": MUTED, "width": 3},
                hoverinfo="skip",
            )


def _within(progress: float) -> float:
    return min(_FURTHEST, max(0.0, progress))


def _told(text: Text, target: TargetProgress) -> str:
    value = target.actual.estimate if isinstance(target.actual, Estimate) else None
    return text(
        "{actual} of {target} · {status}",
        actual=format_indicator(text, target, value),
        target=format_indicator(text, target, target.target),
        status=say_status(text, target),
    )


def _hover(text: Text, target: TargetProgress) -> str:
    return text("progress {share} of the way", share=text.percent(target.progress))

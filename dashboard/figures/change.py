"""The estimation plot: everyone before and after, and the change on an axis of its own."""

from __future__ import annotations

from analysis.plan import MeasurePlan
from analysis.results import Comparison, Estimate
from analysis.surveys.results import Outcome, PairCounts
from analysis.surveys.scoring import score_range
from dashboard.content.chart import Chart
from dashboard.content.theme import AFTER, BAND, BEFORE, MUTED, new_figure
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text

MAX_LINES = 80
_CLOUD = 0.42  # width of the widest bar of a cloud, in steps between the waves


def draw_change(outcome: Outcome, measure: MeasurePlan, text: Text) -> Chart:
    """Draw both waves with each person's line (or, above 80 pairs, clouds), and the change."""
    share = is_share(measure)
    figure = new_figure(420)
    figure.update_layout(
        xaxis={"domain": [0, 0.62], "range": [-0.55, 1.55], "showgrid": False},
        yaxis={"tickformat": ".0%" if share else None},
        xaxis2={
            "domain": [0.72, 1],
            "range": [-1, 1],
            "showgrid": False,
            "fixedrange": True,
            "tickvals": [0],
            "ticktext": [text("Change")],
            "anchor": "y2",
            "tickfont": {"color": MUTED},
        },
        yaxis2={
            "anchor": "x2",
            "side": "right",
            "showgrid": False,
            "fixedrange": True,
            "zeroline": False,
            "tickformat": ".0%" if share else None,
            "tickfont": {"color": MUTED},
        },
    )
    if outcome.pairs is not None:
        draw = _add_lines if sum(outcome.pairs.count) <= MAX_LINES else _add_clouds
        draw(figure, outcome.pairs)
    _add_levels(figure, outcome, text, share)
    limits = score_range(measure)
    if limits is not None:
        pad = (limits[1] - limits[0]) * 0.05
        figure.update_layout(yaxis_range=[limits[0] - pad, limits[1] + pad])
    _add_difference(figure, outcome, text, share)
    return figure


def _add_lines(figure: Chart, pairs: PairCounts) -> None:
    x: list[float | None] = []
    y: list[float | None] = []
    for before, after, n in zip(pairs.from_score, pairs.to_score, pairs.count, strict=True):
        x += [0, 1, None] * n
        y += [before, after, None] * n
    figure.add_scatter(
        x=x, y=y, mode="lines", line={"color": BEFORE, "width": 1}, opacity=0.25, hoverinfo="skip"
    )


def _add_clouds(figure: Chart, pairs: PairCounts) -> None:
    """Half clouds in up to 16 steps: before to the left of its mean, after to the right."""
    every = (*pairs.from_score, *pairs.to_score)
    low, gap = min(every), (max(every) - min(every)) / 16 or 1.0
    for scores, place, side, colour in (
        (pairs.from_score, 0, -1, BEFORE),
        (pairs.to_score, 1, 1, AFTER),
    ):
        counts: dict[float, int] = {}
        for score, n in zip(scores, pairs.count, strict=True):
            step = round((score - low) / gap) * gap + low
            counts[step] = counts.get(step, 0) + n
        most = max(counts.values())
        for level in counts:
            reach = side * (0.06 + _CLOUD * counts[level] / most)
            figure.add_shape(
                type="rect",
                x0=place + side * 0.06,
                x1=place + reach,
                y0=level - gap * 0.4,
                y1=level + gap * 0.4,
                fillcolor=colour,
                opacity=0.28,
                line_width=0,
            )


def _add_levels(figure: Chart, outcome: Outcome, text: Text, share: bool) -> None:
    known = [level for level in outcome.levels if isinstance(level, Estimate)]
    if len(known) < 2:
        return
    names = []
    for place, (level, wave, colour) in enumerate(
        zip(known, outcome.contrast, (BEFORE, AFTER), strict=True)
    ):
        shown = say_level(text, level.estimate, share=share)
        names.append(f"{say_wave(text, wave)} <br><b>{shown}</b>")
        hollow = "circle-open" if place == 0 else "circle"
        figure.add_scatter(
            x=[place],
            y=[level.estimate],
            mode="markers",
            marker={
                "color": colour,
                "size": 14,
                "symbol": hollow,
                "line": {"color": colour, "width": 3},
            },
            error_y=_error(level.estimate, level.ci_low, level.ci_high, colour),
            hovertext=[f"{say_wave(text, wave)}: {shown}, n = {level.n}"],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_scatter(
        x=[0, 1],
        y=[level.estimate for level in known],
        mode="lines",
        line={"color": MUTED, "width": 2, "dash": "dot"},
        hoverinfo="skip",
    )
    figure.update_layout(xaxis={"tickvals": [0, 1], "ticktext": names})


def _error(middle: float, low: float | None, high: float | None, colour: str) -> dict[str, object]:
    return {
        "type": "data",
        "symmetric": False,
        "array": [(high or middle) - middle],
        "arrayminus": [middle - (middle if low is None else low)],
        "color": colour,
        "thickness": 3,
        "width": 0,
    }


def _add_difference(figure: Chart, outcome: Outcome, text: Text, share: bool) -> None:
    """The change with its interval on its own axis, the same length of unit as the scores."""
    change = outcome.change
    if not isinstance(change, Comparison) or change.estimate is None:
        return
    important = outcome.important_difference
    if important is not None:
        figure.add_shape(
            type="rect",
            xref="x2",
            yref="y2",
            x0=-1,
            x1=1,
            y0=-important,
            y1=important,
            fillcolor=BAND,
            line_width=0,
            layer="below",
        )
    figure.add_shape(
        type="line", xref="x2", yref="y2", x0=-1, x1=1, y0=0, y1=0, line_color=MUTED, line_width=1.5
    )
    figure.add_scatter(
        x=[0],
        y=[change.estimate],
        xaxis="x2",
        yaxis="y2",
        mode="markers",
        marker={"color": AFTER, "size": 14},
        error_y=_error(change.estimate, change.ci_low, change.ci_high, AFTER),
        hovertext=[f"{say_signed(text, change.estimate, share=share)}, n = {change.n}"],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    top = change.estimate if change.ci_high is None else change.ci_high
    likely = say_likely(text, change.ci_low, change.ci_high, share=share)
    figure.add_annotation(
        x=0,
        y=top,
        xref="x2",
        yref="y2",
        yshift=24,
        showarrow=False,
        font_size=13,
        text=f"<b>{say_signed(text, change.estimate, share=share)}</b><br>{likely}",
    )
    bottom = change.estimate if change.ci_low is None else change.ci_low
    reach = max(abs(top), abs(bottom), important or 0.0)
    figure.update_layout(
        yaxis2={"range": [min(bottom, -(important or 0.0)) - 0.1 * reach, top + 0.6 * reach]}
    )

"""Programme against comparison group: two lines, and where the programme would have ended."""

from __future__ import annotations

import plotly.graph_objects as go

from analysis.results import Estimate
from analysis.study_file import MeasurePlan
from analysis.surveys.results import GroupComparison
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text
from dashboard.theme import COMPARISON, MUTED, TREATED, new_figure


def draw_comparison(compared: GroupComparison, measure: MeasurePlan, text: Text) -> go.Figure:
    """Draw both groups' means; dashed: the programme had it moved like the comparison group."""
    share = is_share(measure)
    figure = new_figure(400)
    waves = list(dict.fromkeys(wave for _, wave, _ in compared.means))
    names = {"treated": text("programme"), "comparison": text("comparison group")}
    for group, colour, symbol in (
        ("treated", TREATED, "circle"), ("comparison", COMPARISON, "diamond"),
    ):  # fmt: skip
        found = [
            (waves.index(wave), level)
            for name, wave, level in compared.means
            if name == group and isinstance(level, Estimate)
        ]
        if found:
            _add_group(figure, found, (names[group], colour, symbol), text, share)
    _add_counterfactual(figure, compared, waves, text, share)
    figure.update_xaxes(
        tickvals=list(range(len(waves))), ticktext=[say_wave(text, wave) for wave in waves],
        range=[-0.2, len(waves) - 1 + 0.75], showgrid=False,
    )  # fmt: skip
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _add_group(
    figure: go.Figure,
    found: list[tuple[int, Estimate]],
    look: tuple[str, str, str],
    text: Text,
    share: bool,
) -> None:
    name, colour, symbol = look
    shift = 0.0 if symbol == "circle" else 0.02
    figure.add_scatter(
        x=[place + shift for place, _ in found], y=[level.estimate for _, level in found],
        mode="lines+markers", line={"color": colour, "width": 3},
        marker={"size": 12, "symbol": symbol, "color": colour},
        error_y={"type": "data", "symmetric": False, "color": colour, "thickness": 2, "width": 0,
                 "array": [(e.ci_high or e.estimate) - e.estimate for _, e in found],
                 "arrayminus": [e.estimate - (e.estimate if e.ci_low is None else e.ci_low)
                                for _, e in found]},
        hovertext=[f"{say_level(text, e.estimate, share=share)}, n = {e.n}" for _, e in found],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    place, last = found[-1]
    figure.add_annotation(
        x=place, y=last.estimate, xanchor="left", xshift=18, showarrow=False, font_color=colour,
        align="left", text=f"<b>{say_level(text, last.estimate, share=share)}</b> {name}",
    )  # fmt: skip


def _add_counterfactual(
    figure: go.Figure, compared: GroupComparison, waves: list[str], text: Text, share: bool
) -> None:
    end = compared.counterfactual
    start = next(
        (level for group, wave, level in compared.means
         if group == "treated" and wave == compared.contrast[0] and isinstance(level, Estimate)),
        None,
    )  # fmt: skip
    if end is None or start is None or compared.contrast[1] not in waves:
        return
    x = [waves.index(wave) for wave in compared.contrast]
    figure.add_scatter(
        x=x, y=[start.estimate, end], mode="lines+markers", hoverinfo="skip",
        line={"color": MUTED, "width": 2, "dash": "dash"},
        marker={"size": 9, "symbol": "circle-open", "color": MUTED},
    )  # fmt: skip
    told = text("with the comparison group's change")
    figure.add_annotation(
        x=x[1], y=end, xanchor="left", xshift=18, showarrow=False, font_color=MUTED,
        align="left", yshift=-2, font_size=12,
        text=f"{say_level(text, end, share=share)} {told}",
    )  # fmt: skip


def draw_event_study(compared: GroupComparison, measure: MeasurePlan, text: Text) -> go.Figure:
    """Draw the difference between the groups wave by wave, against the reference wave."""
    share = is_share(measure)
    figure = new_figure(300)
    known = [(p.wave, p.difference) for p in compared.event_study]
    for place, (_, found) in enumerate(known):
        if not isinstance(found, Estimate):
            continue
        low = found.estimate if found.ci_low is None else found.ci_low
        high = found.estimate if found.ci_high is None else found.ci_high
        likely = say_likely(text, found.ci_low, found.ci_high, share=share)
        figure.add_scatter(
            x=[place], y=[found.estimate], mode="markers", marker={"size": 12, "color": TREATED},
            error_y={"type": "data", "symmetric": False, "array": [high - found.estimate],
                     "arrayminus": [found.estimate - low], "color": TREATED, "width": 0},
            hovertext=[f"{say_signed(text, found.estimate, share=share)} ({likely})"],
            hovertemplate="%{hovertext}<extra></extra>",
        )  # fmt: skip
    figure.add_hline(y=0, line_color=MUTED, line_width=1.5)
    figure.update_xaxes(
        tickvals=list(range(len(known))), ticktext=[say_wave(text, wave) for wave, _ in known],
        range=[-0.5, len(known) - 0.5], showgrid=False,
    )  # fmt: skip
    return figure

"""Programme against comparison group: two lines, and where the programme would have ended."""

from __future__ import annotations

from analysis.plan import MeasurePlan
from analysis.results import Estimate, number_to_draw
from analysis.surveys.results import GroupComparison
from dashboard.content.chart import Chart, Spec
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import COMPARISON, MUTED, TREATED, new_figure
from dashboard.sentences.change import is_share, say_level, say_likely, say_signed
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text

_PLOT_HEIGHT = 330
_LINE_HEIGHT = 18


def draw_comparison(compared: GroupComparison, measure: MeasurePlan, text: Text) -> Chart:
    """Draw both groups' means; dashed: the programme had it moved like the comparison group."""
    share = is_share(measure)
    figure = new_figure(400)
    waves = list(dict.fromkeys(wave for _, wave, _ in compared.means))
    names = {"treated": text("programme"), "comparison": text("comparison group")}
    for group, colour, symbol in (
        ("treated", TREATED, "circle"),
        ("comparison", COMPARISON, "diamond"),
    ):
        found = [
            (waves.index(wave), level)
            for name, wave, level in compared.means
            if name == group and isinstance(level, Estimate)
        ]
        if found:
            _add_group(figure, found, (names[group], colour, symbol), text, share)
    _add_counterfactual(figure, compared, waves, text, share)
    _part_labels(figure)
    figure.update_xaxes(
        tickvals=list(range(len(waves))),
        ticktext=[escape_label(say_wave(text, wave)) for wave in waves],
        range=[-0.2, len(waves) - 1 + 0.8],
        showgrid=False,
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _add_group(
    figure: Chart,
    found: list[tuple[int, Estimate]],
    look: tuple[str, str, str],
    text: Text,
    share: bool,
) -> None:
    name, colour, symbol = look
    shift = 0.0 if symbol == "circle" else 0.02
    figure.add_scatter(
        x=[place + shift for place, _ in found],
        y=[level.estimate for _, level in found],
        mode="lines+markers",
        line={"color": colour, "width": 3},
        marker={"size": 12, "symbol": symbol, "color": colour},
        error_y={
            "type": "data",
            "symmetric": False,
            "color": colour,
            "thickness": 2,
            "width": 0,
            "array": [(e.ci_high or e.estimate) - e.estimate for _, e in found],
            "arrayminus": [
                e.estimate - (e.estimate if e.ci_low is None else e.ci_low) for _, e in found
            ],
        },
        hovertext=[f"{say_level(text, e.estimate, share=share)}, n = {e.n}" for _, e in found],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    place, last = found[-1]
    figure.add_annotation(
        x=place,
        y=last.estimate,
        xanchor="left",
        xshift=18,
        showarrow=False,
        font_color=colour,
        align="left",
        text=f"<b>{say_level(text, last.estimate, share=share)}</b> {name}",
    )


def _add_counterfactual(
    figure: Chart, compared: GroupComparison, waves: list[str], text: Text, share: bool
) -> None:
    end = number_to_draw(compared.counterfactual)
    start = next(
        (
            level
            for group, wave, level in compared.means
            if group == "treated" and wave == compared.contrast[0] and isinstance(level, Estimate)
        ),
        None,
    )
    if end is None or start is None or compared.contrast[1] not in waves:
        return
    x = [waves.index(wave) for wave in compared.contrast]
    figure.add_scatter(
        x=x,
        y=[start.estimate, end],
        mode="lines+markers",
        hoverinfo="skip",
        line={"color": MUTED, "width": 2, "dash": "dash"},
        marker={"size": 9, "symbol": "circle-open", "color": MUTED},
    )
    told = text("with the comparison group's change")
    figure.add_annotation(
        x=x[1],
        y=end,
        xanchor="left",
        xshift=18,
        showarrow=False,
        font_color=MUTED,
        align="left",
        font_size=12,
        text=wrap_label(f"{say_level(text, end, share=share)} {told}", 22),
    )


def _part_labels(figure: Chart) -> None:
    """Move the labels at the right apart, so that none covers another."""
    notes = sorted(figure.notes, key=lambda note: note["y"])
    ends = [y for trace in figure.data for y in _reach(trace)]
    if len(notes) < 2 or not ends or max(ends) <= min(ends):
        return
    pixel = (max(ends) - min(ends)) / _PLOT_HEIGHT
    lowest = float("-inf")
    for note in notes:
        half = _LINE_HEIGHT * (1 + note["text"].count("<br>")) / 2
        place = max(note["y"] / pixel, lowest + half)
        note["yshift"] = place - note["y"] / pixel
        lowest = place + half


def _reach(trace: Spec) -> list[float]:
    error = trace.get("error_y")
    if error is None:
        return list(trace["y"])
    ends = zip(trace["y"], error["array"], error["arrayminus"], strict=True)
    return [end for y, up, down in ends for end in (y - down, y + up)]


def draw_event_study(compared: GroupComparison, measure: MeasurePlan, text: Text) -> Chart:
    """Draw the difference between the groups wave by wave, against the reference wave."""
    share = is_share(measure)
    figure = new_figure(300)
    known = [(p.wave, p.difference) for p in compared.event_study]
    start = compared.contrast[0]
    figure.add_scatter(
        x=[-1],
        y=[0],
        mode="markers",
        hoverinfo="skip",
        marker={"size": 12, "color": MUTED, "symbol": "circle-open"},
    )
    for place, (_, found) in enumerate(known):
        if not isinstance(found, Estimate):
            continue
        low = found.estimate if found.ci_low is None else found.ci_low
        high = found.estimate if found.ci_high is None else found.ci_high
        likely = say_likely(text, found.ci_low, found.ci_high, share=share)
        figure.add_scatter(
            x=[place],
            y=[found.estimate],
            mode="markers",
            marker={"size": 12, "color": TREATED},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [high - found.estimate],
                "arrayminus": [found.estimate - low],
                "color": TREATED,
                "width": 0,
            },
            hovertext=[f"{say_signed(text, found.estimate, share=share)} ({likely})"],
            hovertemplate="%{hovertext}<extra></extra>",
        )
    figure.add_hline(y=0, line_color=MUTED, line_width=1.5)
    figure.update_xaxes(
        tickvals=list(range(-1, len(known))),
        range=[-1.5, len(known) - 0.5],
        showgrid=False,
        ticktext=[wrap_label(say_wave(text, w), 14) for w in (start, *(w for w, _ in known))],
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure

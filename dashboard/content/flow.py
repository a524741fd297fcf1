"""Who is in the survey, as boxes from the rows received to the people compared.

The page of methods shows it, too, so that it is no part of the topic of attrition.
"""

from __future__ import annotations

from analysis.evaluation import Evaluation
from analysis.surveys.findings import last_contrasts
from analysis.surveys.results import Flow
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label, wrap_label
from dashboard.content.theme import BAND, BEFORE, CAUTION, MUTED, new_figure
from dashboard.sentences.outcomes import say_wave
from dashboard.text import Text

_HEIGHT = 0.62
_WIDTH = 0.92
_ROWS, _PEOPLE, _LAST, _ANALYSED = 3.0, 1.6, 0.2, -1.0


def count_analysed(evaluation: Evaluation) -> tuple[int, int, bool] | None:
    """Count the least and the most people in any change, and whether of the programme only.

    None without a change.
    """
    last = last_contrasts(evaluation.outcomes)
    sizes = [one.change.n for one in last]
    programme = any(one.among == "treated" for one in last)
    return (min(sizes), max(sizes), programme) if sizes else None


def draw_flow(flow: Flow, text: Text, analysed: tuple[int, int, bool] | None = None) -> Chart:
    """Draw rows → respondents per wave → matched → analysed, with what was left out between.

    ``analysed`` is the least and the most people in the change of any measure, and whether only
    people of the programme are in it.
    """
    waves = [wave for wave in flow.waves if wave]
    linked = not flow.anonymous and len(waves) > 1
    steps = [_LAST] * linked + [_ANALYSED if linked else _LAST] * (analysed is not None)
    lowest = steps[-1] if steps else _PEOPLE
    figure = new_figure(round(105 * (3.5 - lowest + 0.4)))
    for place, wave in enumerate(waves):
        _add_wave(figure, flow, place, wave, text)
    middle = (len(waves) - 1) / 2
    starts = [(float(place), _PEOPLE) for place in range(len(waves))]
    if linked:
        starts = _add_linked(figure, flow, starts, middle, text)
    if analysed is not None:
        _add_analysed(figure, analysed, starts, (middle, lowest), text)
    nowhere = say_left_out(text, flow, "") if "" in flow.waves else ""
    if nowhere:
        figure.add_annotation(
            x=middle,
            y=3.62,
            text=nowhere.replace("<br>", " · "),
            showarrow=False,
            font={"size": 12, "color": CAUTION},
        )
    figure.update_xaxes(visible=False, range=[-0.55, max(0.55, len(waves) - 0.45)])
    figure.update_yaxes(visible=False, range=[lowest - 0.4, 3.8 if nowhere else 3.5])
    return figure


def _add_wave(figure: Chart, flow: Flow, place: int, wave: str, text: Text) -> None:
    name, counts = wrap_label(say_wave(text, wave), 20), flow.waves[wave]
    rows = text.count("{n} row received", "{n} rows received", counts.rows)
    people = text.count("{n} person", "{n} people", counts.respondents)
    _box(figure, place, _ROWS, f"<b>{name}</b><br>{rows}")
    _box(figure, place, _PEOPLE, f"<b>{people}</b>")
    _arrow(figure, (place, _ROWS), (place, _PEOPLE))
    left_out = say_left_out(text, flow, wave)
    if left_out:
        figure.add_annotation(
            x=place + 0.04,
            y=2.3,
            text=left_out,
            xanchor="left",
            showarrow=False,
            font={"size": 12, "color": CAUTION},
            align="left",
        )


def _add_linked(
    figure: Chart, flow: Flow, starts: list[tuple[float, float]], middle: float, text: Text
) -> list[tuple[float, float]]:
    n = text.number(flow.matched, 0)
    more = len(starts) > 2
    told = text("{n} answered first and last", n=n) if more else text("{n} answered both", n=n)
    lost = text("{n} only before", n=text.number(flow.pre_only, 0))
    new = text("{n} only after", n=text.number(flow.post_only, 0))
    _box(figure, middle, _LAST, f"<b>{told}</b><br>{lost} · {new}", wide=1.5)
    for start in starts:
        _arrow(figure, start, (middle, _LAST))
    return [(middle, _LAST)]


def _add_analysed(
    figure: Chart,
    analysed: tuple[int, int, bool],
    starts: list[tuple[float, float]],
    place: tuple[float, float],
    text: Text,
) -> None:
    least, most = (text.number(n, 0) for n in analysed[:2])
    alike = analysed[0] == analysed[1]
    told = (
        text("{n} in each change", n=most)
        if alike
        else text("{least} to {most} in each change", least=least, most=most)
    )
    why = text("programme people, by measure") if analysed[2] else text("by measure and method")
    _box(figure, *place, f"<b>{escape_label(told)}</b><br>{why}", wide=1.5)
    for start in starts:
        _arrow(figure, start, place)


def _box(figure: Chart, x: float, y: float, told: str, wide: float = 1.0) -> None:
    half = _WIDTH * wide / 2
    figure.add_shape(
        type="rect",
        x0=x - half,
        x1=x + half,
        y0=y - _HEIGHT / 2,
        y1=y + _HEIGHT / 2,
        line={"color": MUTED, "width": 1},
        fillcolor=BAND,
    )
    figure.add_annotation(x=x, y=y, text=told, showarrow=False, font={"size": 13, "color": BEFORE})


def _arrow(figure: Chart, start: tuple[float, float], end: tuple[float, float]) -> None:
    figure.add_annotation(
        x=end[0],
        y=end[1] + _HEIGHT / 2,
        ax=start[0],
        ay=start[1] - _HEIGHT / 2,
        axref="x",
        ayref="y",
        showarrow=True,
        arrowhead=2,
        arrowwidth=1.2,
        arrowcolor=MUTED,
        text="",
    )


def say_left_out(text: Text, flow: Flow, wave: str) -> str:
    """Say how many rows of a wave were left out, and why; each reason on its own line."""
    return "<br>".join(
        f"{text.number(rows.n, 0)} {name_exclusion(text, rows.reason)}"
        for rows in flow.excluded
        if rows.table == "survey" and rows.wave == wave
    )


def name_exclusion(text: Text, reason: str) -> str:
    """Name why a row was left out."""
    return {
        "duplicate": text("answered twice"),
        "no_answers": text("without an answer"),
        "no_respondent": text("without a code"),
        "unknown_wave": text("of an unknown wave"),
        "no_answer_named": text("naming no answer"),
        "no_count": text("without a number of people"),
        "base_row": text("holding the number of people asked"),
        "dropped_by_fix": text("left out by a recorded decision"),
        "dropped_status": text("left out by their status"),
    }.get(reason, reason)

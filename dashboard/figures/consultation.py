"""Pictures of consultation: what became of each issue, and who was at the table."""

from __future__ import annotations

from itertools import pairwise

from analysis.sustainability.results import Consultation
from dashboard.content.axes import percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import escape_label
from dashboard.content.theme import AFTER, BAND, BEFORE, CATEGORIES, INTERVAL, MUTED, new_figure
from dashboard.text import Text


def draw_follow_through(consultation: Consultation, text: Text) -> Chart:
    """Draw raised → agreed → done → told back as bars with the share of the step before."""
    told = sum(row.told_back and row.status == "done" for row in consultation.issues)
    counted = {
        "raised": (text("Raised"), consultation.raised),
        "agreed": (text("Agreed"), consultation.agreed),
        "done": (text("Done"), consultation.done),
        "told_back": (text("Told back"), told),
    }
    steps = [step for name, step in counted.items() if name not in consultation.lacking]
    shares = [1.0, *(b / a if a else 0.0 for (_, a), (_, b) in pairwise(steps))]
    figure = new_figure(250)
    figure.add_bar(
        x=[n for _, n in steps],
        y=[name for name, _ in steps],
        orientation="h",
        width=0.55,
        marker_color=[BEFORE, BEFORE, AFTER, CATEGORIES[1]][: len(steps)],
        text=[
            text("{n} · {share} of the step before", n=n, share=text.percent(s)) if i else f"{n}"
            for i, ((_, n), s) in enumerate(zip(steps, shares, strict=True))
        ],
        textposition="auto",
        insidetextanchor="start",
        hoverinfo="skip",
        cliponaxis=False,
    )
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_xaxes(visible=False, range=[0, 1.1 * max(1, consultation.raised)])
    return figure


def draw_stakeholders(consultation: Consultation, text: Text) -> Chart:
    """Draw stakeholder × stage: meetings present, number in the cell."""
    parties = list(dict.fromkeys(party for party, _, _ in consultation.matrix))
    stages = list(dict.fromkeys(stage for _, stage, _ in consultation.matrix))
    present = {(party, stage): n for party, stage, n in consultation.matrix}
    grid = [[present.get((p, s), 0) for s in stages] for p in parties]
    figure = new_figure(100 + 44 * len(parties))
    figure.add_heatmap(
        z=grid,
        zmin=0,
        zmax=max(map(max, grid), default=1),
        x=[escape_label(s or text("all stages")) for s in stages],
        y=[escape_label(p) for p in parties],
        colorscale=[[0, BAND], [1, INTERVAL]],
        showscale=False,
        text=[[str(n) if n else "–" for n in row] for row in grid],
        texttemplate="%{text}",
        textfont={"color": BEFORE, "size": 14},
        xgap=3,
        ygap=3,
        hoverinfo="skip",
    )
    figure.update_xaxes(side="top", showgrid=False)
    figure.update_yaxes(autorange="reversed", showgrid=False)
    figure.update_layout(margin_t=34)
    return figure


def draw_time_to_done(consultation: Consultation, text: Text) -> Chart:
    """Draw the share of agreed issues still not done, by days since agreement."""
    figure = new_figure(300)
    curve = consultation.curve
    if curve is None:
        return figure
    figure.add_scatter(
        x=curve.time_days,
        y=curve.ci_high,
        mode="lines",
        line={"width": 0, "shape": "hv"},
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=curve.time_days,
        y=curve.ci_low,
        mode="lines",
        line={"width": 0, "shape": "hv"},
        fill="tonexty",
        fillcolor=INTERVAL,
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=curve.time_days,
        y=curve.survival,
        mode="lines",
        line={"color": BEFORE, "width": 2.5, "shape": "hv"},
        hovertext=[
            f"{text.number(day, 0)} · {text.percent(left)}"
            for day, left in zip(curve.time_days, curve.survival, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.update_yaxes(range=[0, 1.02], **percent_axis(text))
    figure.update_xaxes(title={"text": text("days since agreement"), "font": {"color": MUTED}})
    return figure

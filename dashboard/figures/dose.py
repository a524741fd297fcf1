"""Change against sessions attended."""

from __future__ import annotations

from analysis.plan import MeasurePlan
from analysis.results import Estimate
from analysis.surveys.results import Dose
from dashboard.content.chart import Chart
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import mark_cell
from dashboard.text import Text
from dashboard.theme import INTERVAL, MUTED, TREATED, new_figure


def draw_dose(dose: Dose, measure: MeasurePlan, text: Text, least: int = 0) -> Chart:
    """Draw the mean change of people by how often they came; dots as large as their number.

    The line with its ribbon is the model's: someone with the average baseline. Dots of fewer than
    ``least`` people carry the evaluator's mark when pointed at.
    """
    share = is_share(measure)
    figure = new_figure(400)
    figure.add_hline(y=0, line_color=MUTED, line_width=1.5)
    known = [(x, n, e) for x, n, e in dose.points if isinstance(e, Estimate)]
    most = max((n for _, n, _ in known), default=1)
    _add_line(figure, dose)
    figure.add_scatter(
        x=[x for x, _, _ in known],
        y=[e.estimate for _, _, e in known],
        mode="markers",
        marker={"color": MUTED, "size": [9 + 17 * (n / most) ** 0.5 for _, n, _ in known]},
        error_y={
            "type": "data",
            "symmetric": False,
            "color": MUTED,
            "thickness": 1.5,
            "width": 0,
            "array": [(e.ci_high or e.estimate) - e.estimate for _, _, e in known],
            "arrayminus": [
                e.estimate - (e.estimate if e.ci_low is None else e.ci_low) for _, _, e in known
            ],
        },
        hovertext=[
            text(
                "{x} sessions, {n} people: {change} ({likely})",
                x=text.number(x, 1),
                n=mark_cell(text, str(n), n, least),
                change=say_signed(text, e.estimate, share=share),
                likely=say_likely(text, e.ci_low, e.ci_high, share=share),
            )
            for x, n, e in known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    last = max((x for x, _, _ in known), default=1.0)
    figure.update_xaxes(
        title={"text": text("sessions attended"), "font": {"size": 12, "color": MUTED}},
        range=[-0.06 * max(last, 1.0), 1.05 * max(last, 1.0)],
    )
    figure.update_yaxes(tickformat=".0%" if share else None)
    return figure


def _add_line(figure: Chart, dose: Dose) -> None:
    fitted = [(x, e) for x, e in dose.line if isinstance(e, Estimate)]
    if not fitted:
        return
    x = [place for place, _ in fitted]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    figure.add_scatter(x=x, y=[e.ci_high for _, e in fitted], **edge)
    low = [e.ci_low for _, e in fitted]
    figure.add_scatter(x=x, y=low, fill="tonexty", fillcolor=INTERVAL, **edge)
    figure.add_scatter(
        x=x,
        y=[e.estimate for _, e in fitted],
        mode="lines",
        line={"color": TREATED, "width": 3},
        hoverinfo="skip",
    )

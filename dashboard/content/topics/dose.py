"""Dose: did those who came more often change more. An association, never proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from analysis.evaluation import Evaluation
from analysis.plan import MeasurePlan, StudyPlan
from analysis.results import Caution, Comparison, Estimate, Finding
from analysis.study import Study
from analysis.surveys.findings import find_dose
from analysis.surveys.results import Dose
from dashboard.content.chart import Chart
from dashboard.content.model import (
    Cell,
    Interval,
    Missing,
    Number,
    Picture,
    Section,
    Table,
    change_kind,
)
from dashboard.content.theme import INTERVAL, MUTED, TREATED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.change import is_share, say_likely, say_signed
from dashboard.sentences.few import has_few, list_sizes, mark_cell, mark_counts, say_marked
from dashboard.sentences.statistics import say_reason
from dashboard.text import N_, Text


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when no attendance is linked to the answers."""
    if evaluation is not None and evaluation.dose:
        return None
    needed = text(
        "Upload a sign-in sheet with the same codes as the survey: then the change can be "
        "set beside the sessions each person attended."
    )
    return Missing(title=text("No attendance linked to answers yet"), needed=needed)


def make_section(
    evaluation: Evaluation, study: Study, text: Text, measure: str | None = None
) -> Section:
    """Make the topic: about ``measure`` on its page, about the main one in documents."""
    chosen = next((one for one in evaluation.dose if one.measure == measure), evaluation.dose[0])
    findings = [f for f in evaluation.findings if f.section == "dose"]
    cautions = [c for c in evaluation.cautions if c.section == "dose"]
    return Section(
        key="dose",
        heading=text("Dose"),
        title=_say(text, find_dose(study, chosen)),
        sample=_say_linked(text, chosen),
        findings=[_say(text, finding) for finding in findings],
        pictures=[_picture(chosen, study, text)] if chosen.points else [],
        tables=[list_slopes(evaluation.dose, study.plan, text)],
        # Beside one measure its name would be said twice; a document speaks of all.
        cautions=[CAUTIONS[c.code](text, c) for c in chosen.cautions]
        if measure
        else say_cautions(text, evaluation, cautions),
    )


def _say_linked(text: Text, dose: Dose) -> str:
    return text(
        "{n} people answered both waves; {linked} codes were also found in the sign-in sheets, "
        "{unlinked} were not.",
        n=text.number(dose.slope.n, 0),
        linked=text.number(dose.n_linked, 0),
        unlinked=text.number(dose.n_unlinked, 0),
    )


def _picture(dose: Dose, study: Study, text: Text) -> Picture:
    measure, least = study.measure(dose.measure), study.plan.study.min_group
    few = has_few((n for _, n, _ in dose.points), least)
    return Picture(
        key="dose",
        title=text("Change by sessions attended"),
        subtitle=text(
            "{measure}: mean change with 95 % interval; larger dots, more people. "
            "Line: adjusted for the start.",
            measure=text.of(measure.label, dose.measure),
        ),
        alt=text("Dots of the mean change by number of sessions attended."),
        figure=lambda: draw_dose(dose, measure, text, least),
        table=list_points(dose, measure, text, least),
        remark=say_marked(text, least) if few else "",
    )


def list_points(dose: Dose, measure: MeasurePlan, text: Text, least: int) -> Table:
    """Mean change of people by how often they came."""
    share = is_share(measure)
    kind, digits = change_kind(share=share), 0 if share else 2
    known = [(x, n, e) for x, n, e in dose.points if isinstance(e, Estimate)]
    people = mark_counts(text, [n for _, n, _ in known], least)
    rows = tuple(
        (
            Number(value=x, digits=1),
            n,
            Number(value=e.estimate, kind=kind, digits=digits),
            Interval(low=e.ci_low, high=e.ci_high, kind=kind, digits=digits),
        )
        for (x, _, e), n in zip(known, people, strict=True)
    )
    columns = (text("Sessions"), text("n"), text("Change"), text("95 % interval"))
    return Table(key="dose_points", title=text("Table"), columns=columns, rows=rows)


def list_slopes(doses: Sequence[Dose], plan: StudyPlan, text: Text) -> Table:
    """Change per session attended of each measure; shares in percentage points."""
    measures = {measure.name: measure for measure in plan.measures}
    sizes = list_sizes(text, [one.slope for one in doses])
    rows = [
        (text.of(measures[one.measure].label, one.measure), *_slope_cells(one, measures, text), n)
        for one, n in zip(doses, sizes, strict=True)
    ]
    columns = (text("Measure"), text("Change per session"), text("95 % interval"), text("p"))
    return Table(
        key="dose",
        title=text("Change per session, adjusted for the start"),
        columns=(*columns, text("n")),
        rows=tuple(rows),
    )


def _slope_cells(
    dose: Dose, measures: Mapping[str, MeasurePlan], text: Text
) -> tuple[Cell, Cell, Cell]:
    """Slope with a digit more than usual, its interval and p; or why there is none."""
    slope = dose.slope
    if not isinstance(slope, Comparison):
        return say_reason(text, slope.reason), None, None
    share = is_share(measures[dose.measure])
    kind, digits = change_kind(share=share), 2 if share else 3
    return (
        Number(value=slope.estimate, kind=kind, digits=digits),
        Interval(low=slope.ci_low, high=slope.ci_high, kind=kind, digits=digits),
        Number(value=slope.p_value, kind="p"),
    )


def draw_dose(dose: Dose, measure: MeasurePlan, text: Text, least: int = 0) -> Chart:
    """Draw the mean change of people by how often they came; dots as large as their number.

    The line with its ribbon is the model's: someone with the average baseline. Dots of fewer than
    ``least`` people carry the evaluator's mark when pointed at.
    """
    share = is_share(measure)
    chart = new_figure(400)
    chart.add_hline(y=0, line_color=MUTED, line_width=1.5)
    _draw_line(chart, dose)
    known = [(x, n, e) for x, n, e in dose.points if isinstance(e, Estimate)]
    most = max((n for _, n, _ in known), default=1)
    low = [e.estimate if e.ci_low is None else e.ci_low for _, _, e in known]
    chart.add_scatter(
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
            "arrayminus": [e.estimate - end for (_, _, e), end in zip(known, low, strict=True)],
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
    chart.update_xaxes(
        title={"text": text("sessions attended"), "font": {"size": 12, "color": MUTED}},
        range=[-0.06 * max(last, 1.0), 1.05 * max(last, 1.0)],
    )
    chart.update_yaxes(tickformat=".0%" if share else None)
    return chart


def _draw_line(chart: Chart, dose: Dose) -> None:
    """The model's line, inside its ribbon."""
    fitted = [(x, e) for x, e in dose.line if isinstance(e, Estimate)]
    if not fitted:
        return
    x = [place for place, _ in fitted]
    edge = {"mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    chart.add_scatter(x=x, y=[e.ci_high for _, e in fitted], **edge)
    low = [e.ci_low for _, e in fitted]
    chart.add_scatter(x=x, y=low, fill="tonexty", fillcolor=INTERVAL, **edge)
    chart.add_scatter(
        x=x,
        y=[e.estimate for _, e in fitted],
        mode="lines",
        line={"color": TREATED, "width": 3},
        hoverinfo="skip",
    )


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


def _about_slope(message: str) -> Callable[[Text, Finding], str]:
    def say(text: Text, finding: Finding) -> str:
        slope = finding.values["slope"]
        if finding.values.get("share"):
            said = text("{n} percentage points", n=text.number(abs(slope) * 100, 1))
        else:
            said = text("{n} points", n=text.number(abs(slope), 2))
        return text(message, measure=text.of(finding.values["label"]), slope=said)

    return say


def _say_not_estimable(text: Text, finding: Finding) -> str:
    same = finding.values.get("reason") == "no_variance"
    message = (
        N_(
            "{measure}: everyone attended the same number of sessions, so change cannot be "
            "compared by attendance."
        )
        if same
        else N_("{measure}: too few people to compare change by attendance.")
    )
    return text(message, measure=text.of(finding.values["label"]))


def _say_few(text: Text, caution: Caution) -> str:
    return text(
        "With {n} people this 95% interval is wider than it need be: a real pattern may not show.",
        n=text.number(caution.values["n"], 0),
    )


def _say_association(text: Text, _: Caution) -> str:
    return text("People chose how often to come: this is an association, not proof of an effect.")


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "dose_up": _about_slope(
        N_("People who came more often gained more: {slope} of {measure} per session.")
    ),
    "dose_down": _about_slope(
        N_("People who came more often gained less: {slope} of {measure} per session.")
    ),
    "dose_unclear": _about_slope(N_("Coming more often did not clearly go with more {measure}.")),
    "dose_not_estimable": _say_not_estimable,
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "dose_of_few": _say_few,
    "dose_association": _say_association,
}

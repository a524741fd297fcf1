"""Delivery: the plan against what happened, by phase."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from analysis.evaluation import Evaluation
from analysis.participation.findings import find_delivery
from analysis.participation.results import Delivery, PhaseDelivery
from analysis.results import Caution, Estimate, Finding
from analysis.study import Study
from dashboard.content.axes import error_bars, percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.model import Card, Missing, Number, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, CATEGORIES, MUTED, new_figure
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.filled import fill
from dashboard.sentences.incomplete import say_incomplete_plan
from dashboard.sentences.statistics import share_with_interval
from dashboard.text import N_, Text

_LIGHT = "#B8C4D0"


def find_missing(evaluation: Evaluation | None, study: Study | None, text: Text) -> Missing | None:
    """Say what is missing: the plan of sessions, or in it what became of them."""
    if evaluation is not None and evaluation.delivery is not None:
        return None
    lacking = say_incomplete_plan(text, study) if study is not None else ""
    if lacking:
        return Missing(title=text("What was held is not recorded"), needed=lacking)
    needed = text("Upload the plan of sessions with the planned day and the day held.")
    return Missing(title=text("No plan of sessions yet"), needed=needed)


def make_section(
    evaluation: Evaluation, delivery: Delivery, text: Text, *, chosen: bool = False
) -> Section:
    """Make the topic; ``chosen`` where months or phases were chosen on its page.

    Then the cautions are those of this part. A document says those of the evaluation, without
    the numbers that its readers may not see.
    """
    findings = [f for f in evaluation.findings if f.section == "delivery"] if not chosen else []
    cautions = (
        delivery.cautions if chosen else [c for c in evaluation.cautions if c.section == "delivery"]
    )
    pictures = [
        Picture(
            key="delivery",
            title=text("What became of the planned sessions"),
            subtitle=text("Number of sessions by phase."),
            alt=text("Stacked bars of sessions held, moved and cancelled by phase."),
            figure=lambda: draw_delivery(delivery, text),
            table=list_phases(delivery, text),
            with_table=True,
            beside=True,
            page_only=True,
        )
    ]
    if isinstance(delivery.overall.fidelity, Estimate):
        pictures.append(
            Picture(
                key="fidelity",
                title=text("How much of the content was delivered"),
                subtitle=text("Share of the content planned for sessions held, 95 % interval."),
                alt=text("Dots of the share of content delivered by phase."),
                figure=lambda: draw_fidelity(delivery, text),
                beside=True,
                page_only=True,
            )
        )
    planned = delivery.overall.planned
    return Section(
        key="delivery",
        heading=text("Delivery"),
        title=_say(text, find_delivery(delivery)[0]),
        sample=text.count("{n} session planned.", "{n} sessions planned.", planned),
        cards=_list_cards(delivery, text),
        findings=[_say(text, finding) for finding in findings],
        pictures=pictures,
        tables=[list_plan(delivery, text)],
        cautions=say_cautions(text, evaluation, cautions),
    )


def _list_cards(delivery: Delivery, text: Text) -> list[Card]:
    whole = delivery.overall
    held = text("sessions held of {n} planned", n=whole.planned)
    cards = [Card(value=text.number(whole.held, 0), meaning=held)]
    if isinstance(whole.on_time, Estimate):
        value = text.percent(whole.on_time.estimate)
        cards.append(Card(value=value, meaning=text("of those held were on time")))
    if isinstance(whole.fidelity, Estimate):
        value = text.percent(whole.fidelity.estimate)
        cards.append(Card(value=value, meaning=text("of their content delivered")))
    hours = [h for h in (whole.staff_hours, whole.volunteer_hours) if h is not None]
    if hours:
        value = text.number(sum(hours), 0)
        cards.append(Card(value=value, meaning=text("hours of staff and volunteers")))
    return cards


def list_phases(delivery: Delivery, text: Text) -> Table:
    """Phases with counts, shares and hours."""
    rows = tuple(
        (
            phase.phase or text("All sessions"),
            Number(value=phase.planned, kind="count"),
            Number(value=phase.held, kind="count"),
            Number(value=phase.moved, kind="count"),
            Number(value=phase.cancelled, kind="count"),
            Number(value=phase.pending, kind="count"),
            share_with_interval(text, phase.on_time),
            share_with_interval(text, phase.fidelity),
            Number(value=phase.staff_hours, digits=0),
            Number(value=phase.volunteer_hours, digits=0),
        )
        for phase in (delivery.overall, *delivery.phases)
    )
    columns = (
        text("Phase"),
        text("Planned"),
        text("Held"),
        text("of these moved"),
        text("Cancelled or never held"),
        text("Not due yet"),
        text("On time"),
        text("Content delivered"),
        text("Staff hours"),
        text("Volunteer hours"),
    )
    title = text("Plan and delivery by phase")
    return Table(key="delivery", title=title, columns=columns, rows=rows)


def list_plan(delivery: Delivery, text: Text) -> Table:
    """Every planned session and what became of it."""
    rows = tuple(
        (name, phase or "–", text.date(planned), text.date(held), _name_status(text, status))
        for name, phase, planned, held, status in delivery.sessions
    )
    columns = (text("Session"), text("Phase"), text("Planned for"), text("Held on"))
    return Table(
        key="plan",
        title=text("Every planned session"),
        columns=(*columns, text("Status")),
        rows=rows,
        page_only=True,
    )


def _name_status(text: Text, status: str) -> str:
    return {
        "held": text("held"),
        "moved": text("moved to another day"),
        "cancelled": text("cancelled or never held"),
        "pending": text("not due yet"),
    }[status]


def draw_delivery(delivery: Delivery, text: Text) -> Chart:
    """Draw what became of the planned sessions, one bar of counts for each phase."""
    phases = delivery.phases or (delivery.overall,)
    names = [_name(text, phase) for phase in phases]
    figure = new_figure(110 + 56 * len(phases))
    for status, colour in (
        ("held", BEFORE),
        ("moved", CATEGORIES[1]),
        ("cancelled", AFTER),
        ("pending", _LIGHT),
    ):
        counts = [_count(phase, status) for phase in phases]
        figure.add_bar(
            x=counts,
            y=names,
            orientation="h",
            marker_color=colour,
            width=0.55,
            name=_name_status(text, status),
            text=[str(n) if n else "" for n in counts],
            textposition="inside",
            insidetextanchor="middle",
            hoverinfo="skip",
            visible=True if any(counts) else "legendonly",
            showlegend=any(counts),
        )
    figure.update_layout(barmode="stack", showlegend=True)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "traceorder": "normal"}
    figure.update_layout(legend=legend)
    figure.update_xaxes(visible=False, rangemode="tozero")
    figure.update_yaxes(autorange="reversed", showgrid=False)
    return figure


def _name(text: Text, phase: PhaseDelivery) -> str:
    return wrap_label(phase.phase or text("All sessions"), 14)


def _count(phase: PhaseDelivery, status: str) -> int:
    return {
        "held": phase.held - phase.moved,
        "moved": phase.moved,
        "cancelled": phase.cancelled,
        "pending": phase.pending,
    }[status]


def draw_fidelity(delivery: Delivery, text: Text) -> Chart:
    """Draw the share of the planned content delivered, by phase, with interval."""
    phases = [p for p in (delivery.overall, *delivery.phases) if isinstance(p.fidelity, Estimate)]
    values = [p.fidelity for p in phases]
    known = [v for v in values if isinstance(v, Estimate)]
    figure = new_figure(80 + 50 * len(phases))
    figure.add_scatter(
        x=[v.estimate for v in known],
        y=[_name(text, p) for p in phases],
        mode="markers+text",
        marker={"size": 12, "color": [MUTED if not p.phase else BEFORE for p in phases]},
        error_x=error_bars(known, BEFORE),
        text=[text.percent(v.estimate) for v in known],
        textposition="top center",
        textfont={"size": 12},
        hoverinfo="skip",
    )
    figure.update_xaxes(range=[0, 1.03], **percent_axis(text))
    figure.update_yaxes(autorange="reversed")
    return figure


def _say(text: Text, finding: Finding) -> str:
    return FINDINGS[finding.code](text, finding)


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "delivery_as_planned": fill(
        N_("{held} of {due} planned sessions took place, with {content} of their content."),
        "held",
        "due",
        percent=("content",),
    ),
    "delivery_in_part": fill(
        N_(
            "The plan was carried out in part: {held} of {due} sessions, {content} of their "
            "content."
        ),
        "held",
        "due",
        percent=("content",),
    ),
    "delivery_held": fill(
        N_("{held} of {due} planned sessions took place, {moved} on another day."),
        "held",
        "due",
        "moved",
    ),
    "delivery_held_undated": fill(
        N_("{held} of {due} planned sessions took place."), "held", "due"
    ),
    "delivery_pending": fill(N_("None of the {planned} planned sessions was due yet."), "planned"),
}
CAUTIONS: Mapping[str, Callable[[Text, Caution], str]] = {
    "content_above_plan": fill(
        N_("{n} sessions report more content than planned; it counts as all of it."), "n"
    ),
    "delivery_no_content": fill(
        N_("Planned and delivered content was not recorded, so fidelity cannot be told.")
    ),
    "delivery_undated": fill(
        N_("{n} sessions have no planned day and cannot be on time or late."), "n"
    ),
}

"""Reach: how far into the community, and whom it missed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from analysis.evaluation import Evaluation
from analysis.participation.findings import find_attendance, find_underrepresented
from analysis.participation.results import FunnelStep, Participation, Representation
from analysis.plan import StudyPlan
from analysis.results import Estimate, Finding
from dashboard.content.axes import error_bars, percent_axis
from dashboard.content.chart import Chart
from dashboard.content.labels import wrap_label
from dashboard.content.model import Number, Picture, Section, Table
from dashboard.content.theme import AFTER, BEFORE, MUTED, new_figure
from dashboard.sentences import say_finding
from dashboard.sentences.cautions import say_cautions
from dashboard.sentences.few import mark_people
from dashboard.sentences.names import with_names
from dashboard.sentences.participation import say_sessions
from dashboard.sentences.statistics import share_with_interval
from dashboard.text import Text


def make_section(
    evaluation: Evaluation, participation: Participation, plan: StudyPlan, text: Text
) -> Section:
    """Make the topic; a document holds its pictures and tables with those of participation."""
    found = with_names(text, plan, participation)
    marked = mark_people(text, found, plan.study.min_group)
    return Section(
        key="reach",
        heading=text("Reach"),
        title=say_finding(text, find_underrepresented(found) or find_attendance(found)),
        sample=say_sessions(text, found),
        pictures=[
            *([_picture_steps(marked, text)] if marked.funnel else []),
            *(
                _picture_groups(marked, by, text)
                for by in dict.fromkeys(row.by for row in marked.representation)
            ),
        ],
        tables=[list_representation(marked, text)],
        cautions=say_cautions(text, evaluation, found.cautions),
    )


def _picture_steps(found: Participation, text: Text) -> Picture:
    return Picture(
        key="funnel",
        title=text("From the community to the core"),
        subtitle=text("People at each step, and the share of the step named."),
        alt=text("Bars of people at each step from the community to volunteers."),
        figure=lambda: draw_funnel(found, text),
        table=list_funnel(found, text),
        with_table=True,
        page_only=True,
    )


def _picture_groups(found: Participation, by: str, text: Text) -> Picture:
    rows = [row for row in found.representation if row.by == by]
    return Picture(
        key=f"representation_{by}",
        title=text("Who came, by {by}", by=by),
        subtitle=text("Share of participants with 95 % interval; the tick is the community."),
        alt=text("Dots of each group's share of participants beside the community's share."),
        figure=partial(draw_representation, rows, text),
        beside=True,
        # A page says group by group that it is withheld; a document has the table for that.
        page_only=not any(isinstance(row.share, Estimate) for row in rows),
    )


def list_funnel(found: Participation, text: Text) -> Table:
    """Steps with what each is a share of."""
    rows = tuple(
        (
            name_step(text, step.step),
            Number(value=step.n, kind="count"),
            name_step(text, step.of) if step.of else None,
            share_with_interval(text, step.share) if step.of else None,
        )
        for step in found.funnel
    )
    return Table(
        key="reach",
        title=text("From the community to those who came again"),
        columns=(text("Step"), text("People"), text("Share of"), text("Share")),
        rows=rows,
    )


def list_representation(found: Participation, text: Text) -> Table:
    """Groups with share, population share and ratio."""
    rows = tuple(
        (
            row.by,
            row.value,
            Number(value=row.n, kind="count"),
            share_with_interval(text, row.share),
            Number(value=row.population_share, kind="percent", digits=0),
            Number(value=row.ratio.estimate if isinstance(row.ratio, Estimate) else None),
        )
        for row in found.representation
    )
    columns = (
        text("By"),
        text("Group"),
        text("People"),
        text("Share of participants"),
        text("Share of community"),
        text("Ratio"),
    )
    title = text("Who is reached")
    return Table(key="representation", title=title, columns=columns, rows=rows)


def draw_funnel(found: Participation, text: Text) -> Chart:
    """Draw each step's people as bars from zero, with the share of the step before."""
    steps = [s for s in found.funnel if s.n is not None][::-1]
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


def draw_representation(rows: Sequence[Representation], text: Text) -> Chart:
    """Draw each group's share of participants with interval; a tick marks the population."""
    names = [wrap_label(row.value, 14) for row in rows]
    known = [
        (name, row, row.share)
        for name, row in zip(names, rows, strict=True)
        if isinstance(row.share, Estimate)
    ]
    figure = new_figure(80 + 52 * len(rows))
    figure.add_scatter(
        x=[row.population_share for row in rows],
        y=names,
        mode="markers",
        marker={"symbol": "line-ns", "size": 26, "line": {"width": 3, "color": AFTER}},
        name=text("community"),
        hovertext=[text.percent(row.population_share) for row in rows],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=[share.estimate for _, _, share in known],
        y=[name for name, _, _ in known],
        mode="markers",
        marker={"size": 12, "color": BEFORE},
        error_x=error_bars([share for _, _, share in known], BEFORE),
        name=text("participants"),
        hovertext=[
            f"{text.percent(share.estimate)} "
            f"({text.percent(share.ci_low)}–{text.percent(share.ci_high)}), n = {row.n}"
            for _, row, share in known
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    for name, row in zip(names, rows, strict=True):
        if not isinstance(row.share, Estimate):
            figure.add_annotation(
                x=0,
                y=name,
                text=text("too few to show"),
                showarrow=False,
                xanchor="left",
                font={"size": 12, "color": MUTED},
            )
    shares = [row.population_share for row in rows]
    top = max([*shares, *(share.ci_high or 0 for _, _, share in known), 0.1])
    figure.update_xaxes(range=[0, min(1.05, 1.15 * top)], **percent_axis(text, min(1.0, top)))
    figure.update_yaxes(autorange="reversed")
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0}
    figure.update_layout(showlegend=True, legend=legend)
    return figure


def name_step(text: Text, step: str) -> str:
    """Name a step of the funnel."""
    return {
        "community": text("Eligible"),
        "invited": text("Invited"),
        "came": text("Came"),
        "came_again": text("Came again"),
        "completed": text("Came to 80 % or more"),
        "volunteer": text("Became a volunteer"),
    }[step]


FINDINGS: Mapping[str, Callable[[Text, Finding], str]] = {
    "representation_below": lambda text, f: text(
        "{value} are {share} of the participants but {population} of the community.",
        value=text.of(f.values.get("label"), str(f.values["value"])),
        share=text.percent(f.values["share"]),
        population=text.percent(f.values["population"]),
    ),
    "representation_even": lambda text, _: text(
        "No group is clearly missing: the participants resemble the community."
    ),
}

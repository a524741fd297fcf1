"""Targets: each indicator against what was promised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from analysis.evaluation import Evaluation
from analysis.plan import StudyPlan
from analysis.results import Estimate
from analysis.targets import TargetProgress
from dashboard.content.chart import Chart
from dashboard.content.format import say_cell
from dashboard.content.labels import wrap_label
from dashboard.content.model import Missing, NativeChart, Number, Picture, Section, Table
from dashboard.content.theme import BEFORE, INTERVAL, MUTED, new_figure
from dashboard.status import STATUSES
from dashboard.text import Text

MAX_PROGRESS = 1.35


def find_missing(evaluation: Evaluation | None, text: Text) -> Missing | None:
    """Say what is missing when no target was set."""
    if evaluation is not None and evaluation.targets:
        return None
    needed = text("Add targets to the study file: indicator, baseline, target and due date.")
    if evaluation is None:
        needed = text("Open the sample or upload your files.")
    return Missing(title=text("No targets yet"), needed=needed)


def make_section(evaluation: Evaluation, plan: StudyPlan, text: Text) -> Section:
    """Make the topic."""
    targets = label_targets(plan, evaluation.targets, text)
    answer = say_targets(text, evaluation.targets)
    picture = Picture(
        key="targets",
        title=text("How far along each target is"),
        subtitle=text(
            "Line at the right: target. Upright mark: expected by now. Thin line: 95 % interval."
        ),
        alt=text("Bullet graph of progress towards each target."),
        figure=lambda: draw_targets(targets, text),
        native=_native_progress(targets, text),
    )
    return Section(
        key="targets",
        heading=text("Targets"),
        title=answer,
        sample=text(
            "Progress is measured from baseline to target; on track means within the band."
        ),
        findings=[answer],
        pictures=[picture],
        tables=[list_targets(targets, text), list_periods(targets, text)],
    )


def label_targets(
    plan: StudyPlan, targets: Sequence[TargetProgress], text: Text
) -> list[tuple[str, TargetProgress]]:
    """Pair each target with its label in the reader's language."""
    labels = [text.of(target.label, target.indicator) for target in plan.targets]
    return list(zip(labels, targets, strict=True))


def list_targets(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> Table:
    """Indicators with baseline, target, actual, progress and status."""
    levels = {
        "goal": text("Goal"),
        "outcome": text("Outcome"),
        "output": text("Output"),
        "activity": text("Activity"),
    }
    rows = tuple(
        (
            levels[t.level],
            label,
            indicator_value(t, t.baseline),
            indicator_value(t, t.target),
            indicator_value(t, actual_value(t)),
            Number(value=t.progress, kind="percent", digits=0),
            Number(value=t.expected, kind="percent", digits=0),
            say_status(text, t),
            text.date(t.due),
            t.evidence,
        )
        for label, t in targets
    )
    columns = (
        text("Level"),
        text("Indicator"),
        text("Baseline"),
        text("Target"),
        text("Actual"),
        text("Progress"),
        text("Expected by now"),
        text("Status"),
        text("Due"),
        text("Evidence"),
    )
    return Table(key="targets", title=text("Targets"), columns=columns, rows=rows)


def list_periods(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> Table:
    """Periodic targets with the value of each period; empty when no target has periods."""
    rows = tuple(
        (label, period, indicator_value(t, wanted), indicator_value(t, actual))
        for label, t in targets
        for period, wanted, actual in t.periods
    )
    columns = (text("Indicator"), text("Period"), text("Target"), text("Actual"))
    title = text("Period by period")
    return Table(key="periods", title=title, columns=columns, rows=rows, page_only=True)


def actual_value(target: TargetProgress) -> float | None:
    """The value measured, where there is one."""
    return target.actual.estimate if isinstance(target.actual, Estimate) else None


def indicator_value(target: TargetProgress, value: float | None) -> Number:
    """An indicator's value in its unit: rates in percent, counts without decimals."""
    if isinstance(target.actual, Estimate) and "wilson" in target.actual.method:
        # It was estimated as a proportion, so that baseline and target are shares 0–1 as well.
        return Number(value=value, kind="percent", digits=0)
    whole = value is not None and all(float(v).is_integer() for v in (value, target.target))
    return Number(value=value, digits=0 if whole else 2)


def draw_targets(targets: Sequence[tuple[str, TargetProgress]], text: Text) -> Chart:
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
        hovertext=[
            text("progress {share} of the way", share=text.percent(t.progress)) for _, t in shown
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    figure.add_scatter(
        x=[_within(t.expected) for _, t in shown if t.expected is not None],
        y=[place for place, (_, t) in enumerate(shown) if t.expected is not None],
        mode="markers",
        marker={"symbol": "line-ns", "size": 20, "line": {"width": 3, "color": MUTED}},
        hoverinfo="skip",
    )
    for place, (_, t) in enumerate(shown):
        if t.progress_low is not None and t.progress_high is not None:
            figure.add_scatter(
                x=[_within(t.progress_low), _within(t.progress_high)],
                y=[place + 0.19] * 2,
                mode="lines",
                line={"color": MUTED, "width": 3},
                hoverinfo="skip",
            )
    for place, (_, t) in enumerate(shown):
        figure.add_annotation(
            x=0,
            y=place,
            yshift=25,
            text=text(
                "{actual} of {target} · {status}",
                actual=say_cell(text, indicator_value(t, actual_value(t))),
                target=say_cell(text, indicator_value(t, t.target)),
                status=say_status(text, t),
            ),
            showarrow=False,
            xanchor="left",
            font={"size": 12, "color": MUTED},
        )
    figure.update_layout(barmode="overlay", margin_t=16)
    figure.update_xaxes(visible=False, range=[0, MAX_PROGRESS + 0.01])
    figure.add_vline(x=1, line_color=BEFORE, line_width=2)
    names = [wrap_label(label, 18) for label, _ in shown]
    figure.update_yaxes(tickvals=places, ticktext=names, showgrid=False)
    figure.update_yaxes(range=[len(shown) - 0.4, -0.75])
    return figure


def _within(progress: float) -> float:
    return min(MAX_PROGRESS, max(0.0, progress))


def _native_progress(
    targets: Sequence[tuple[str, TargetProgress]], text: Text
) -> NativeChart | None:
    """Progress of each indicator from baseline (0 %) to target (100 %)."""
    known = [(label, t.progress) for label, t in targets if t.progress is not None]
    if not known:
        return None
    return NativeChart(
        kind="bars",
        categories=tuple(label for label, _ in known),
        series=((text("Progress"), tuple(progress for _, progress in known)),),
        form="0%",
    )


def say_targets(text: Text, targets: Sequence[TargetProgress]) -> str:
    """Say how many targets are met, on track and behind."""
    count = Counter(target.status for target in targets)
    return text(
        "{met} of {n} targets are met, {on_track} on track, {behind} behind.",
        met=count["met"],
        n=len(targets),
        on_track=count["on_track"] + count["ahead"],
        behind=count["behind"],
    )


def say_status(text: Text, target: TargetProgress) -> str:
    """Say a target's status with its icon, and whether the interval leaves room for doubt."""
    status = STATUSES[target.status]
    word = f"{status.icon} {text(status.word)}"
    return text("{word} (uncertain)", word=word) if target.uncertain else word

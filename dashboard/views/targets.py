"""Targets: each indicator against what was promised."""

from __future__ import annotations

from dashboard.cache import current_evaluation, current_study
from dashboard.figures.targets import draw_targets
from dashboard.sentences.targets import say_targets
from dashboard.state import current_text
from dashboard.tables.sustainability import list_targets
from dashboard.tables.targets import label_targets
from dashboard.widgets.page import show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the targets page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None or not evaluation.targets:
        show_empty(
            text("No targets yet"),
            text("Add targets to the study file: indicator, baseline, target and due date."),
        )
        return
    labelled = label_targets(study.plan, evaluation.targets, text)
    show_page(
        say_targets(text, evaluation.targets),
        text("Progress is measured from baseline to target; on track means within the band."),
    )
    show_figure(
        draw_targets(labelled, text),
        title=text("How far along each target is"),
        subtitle=text("Right edge: target. Grey mark: where it should be by now."),
        alt=text("Bullet graph of progress towards each target."),
        key="targets",
    )
    show_table(list_targets(labelled, text), key="targets_all")

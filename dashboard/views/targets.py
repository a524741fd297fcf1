"""Targets: each indicator against what was promised."""

from __future__ import annotations

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.cache import current_evaluation, current_study
from dashboard.figures.targets import draw_targets
from dashboard.sentences.targets import say_targets
from dashboard.state import current_audience, current_text
from dashboard.tables.sustainability import list_targets
from dashboard.tables.targets import label_targets, list_periods
from dashboard.text import Text
from dashboard.widgets.indicators import show_indicator_file
from dashboard.widgets.page import show_empty, show_figure, show_page, show_table


def show() -> None:
    """Show the targets page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    if evaluation is None or study is None:
        show_empty(text("No targets yet"), text("Open the sample or upload your files."))
        return
    if evaluation.targets:
        _show_targets(text, evaluation, study)
    else:
        show_empty(
            text("No targets yet"),
            text("Add targets to the study file: indicator, baseline, target and due date."),
        )
    # Targets are set by who holds the data; what leaves for others does so on the Export page.
    if current_audience() == "evaluator":
        show_indicator_file(text, evaluation, study)


def _show_targets(text: Text, evaluation: Evaluation, study: Study) -> None:
    labelled = label_targets(study.plan, evaluation.targets, text)
    show_page(
        say_targets(text, evaluation.targets),
        text("Progress is measured from baseline to target; on track means within the band."),
    )
    show_figure(
        draw_targets(labelled, text),
        title=text("How far along each target is"),
        subtitle=text(
            "Line at the right: target. Upright mark: expected by now. Thin line: 95 % interval."
        ),
        alt=text("Bullet graph of progress towards each target."),
        key="targets",
    )
    show_table(list_targets(labelled, text), key="targets_all")
    periods = list_periods(labelled, text)
    if len(periods):
        st.header(text("Period by period"), anchor=False)
        show_table(periods, key="periods")

"""Subgroups: did it help some more than others. The test first, then the groups."""

from __future__ import annotations

import streamlit as st

from analysis.plan import MeasurePlan
from analysis.study import Study
from analysis.surveys.results import Subgroups
from dashboard.cache import current_evaluation, current_study
from dashboard.content.chart import Chart
from dashboard.content.forest import draw_forest_rows
from dashboard.figures.subgroups import list_group_rows
from dashboard.sentences import say_finding
from dashboard.sentences.change import is_share
from dashboard.sentences.names import column_name
from dashboard.sentences.subgroups import (
    say_across,
    say_hidden,
    say_interaction,
    say_shrunken,
    say_who_in_groups,
    say_wide,
)
from dashboard.state import current_text
from dashboard.tables.subgroups import list_groups
from dashboard.text import Text
from dashboard.widgets.filters import show_filters
from dashboard.widgets.measures import choose_outcome
from dashboard.widgets.page import show_empty, show_figure, show_page


def show() -> None:
    """Show the subgroups page."""
    text, evaluation, study = current_text(), current_evaluation(), current_study()
    found = evaluation.findings_about("subgroups") if evaluation else ()
    if evaluation is None or study is None or not any(o.subgroups for o in evaluation.outcomes):
        needed = text("Name demographic columns such as sex or age group on the page Data.")
        show_empty(text("No groups to compare yet"), needed)
        return
    head = st.container()
    show_filters()
    outcome = choose_outcome(text, evaluation, study)
    measure = study.measure(outcome.measure)
    share = is_share(measure)
    title = say_finding(text, found[0]) if found else text("Change by group")
    with head:
        show_page(title, say_shrunken(text))
    rows = [
        list_group_rows(outcome, one, study.plan, text, share=share) for one in outcome.subgroups
    ]
    for one, own in zip(outcome.subgroups, rows, strict=True):
        figure = draw_forest_rows(own, [row for others in rows for row in others])
        _show_groups(text, figure, one, study, measure)


def _show_groups(
    text: Text, figure: Chart, one: Subgroups, study: Study, measure: MeasurePlan
) -> None:
    share = is_share(measure)
    show_figure(
        figure,
        title=text("By {name}", name=column_name(text, study.plan, one.by)),
        subtitle=text.join(
            [
                say_interaction(text, one),
                say_across(text, one, share=share),
                say_who_in_groups(text, one, study.plan),
                say_wide(text, one, yes_no=measure.kind == "binary"),
                say_hidden(text, one),
                text("Change with 95 % interval. Shaded: too small to matter."),
            ]
        ),
        alt=text("Forest plot of the change in each group."),
        table=list_groups(one, study.plan, text, share=share),
        key=f"subgroups_{one.by}",
    )

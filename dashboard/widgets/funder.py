"""Parts of the funder's page: small enough that all of it stands on one screen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from analysis.evaluation import Evaluation
from analysis.study import Study
from dashboard.content.chart import Chart
from dashboard.content.curves import draw_retention_curve
from dashboard.content.forest import draw_forest, list_difference_rows, list_forest_rows
from dashboard.content.topics.targets import draw_targets, label_targets
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_figure

_TALL, _ROW, _FRAME = 160, 23, 42
Picture = tuple[str, Chart, str, str, str]


def show_two_pictures(text: Text, evaluation: Evaluation, study: Study) -> None:
    """Show the first two pictures there are data for, side by side."""
    pictures = _list_pictures(text, evaluation, study)[:2]
    if not pictures:
        return
    for column, (key, figure, title, subtitle, alt) in zip(
        st.columns(len(pictures), gap="large"), pictures, strict=True
    ):
        with column, st.container(gap="xsmall"):
            show_figure(figure, title=title, subtitle=subtitle, alt=alt, key=f"summary_{key}")


def _list_pictures(text: Text, evaluation: Evaluation, study: Study) -> list[Picture]:
    found: list[Picture] = []
    outcomes, plan = evaluation.outcomes, study.plan
    if rows := list_difference_rows(evaluation.comparison, outcomes, plan, text):
        title = text("Difference from the comparison group")
        told = text("Difference with 95 % interval. Shaded: too small to matter.")
        alt = text("Forest plot of the difference from the comparison group in each measure.")
    elif rows := list_forest_rows(outcomes, plan, text):
        title = text("Change against what matters")
        told = text("Change with 95 % interval. Shaded: too small to matter.")
        alt = text("Forest plot of the change in each measure.")
    if rows:
        forest = draw_forest(rows, text)
        forest.update_layout(height=max(_TALL, _FRAME + _ROW * len(rows)))
        found.append(("forest", forest, title, told, alt))
    if evaluation.volunteers is not None:
        curve = draw_retention_curve(evaluation.volunteers, text, _TALL)
        told = text("Share still serving by months since joining, with 95 % interval.")
        alt = text("Survival curve of volunteers by months since joining.")
        found.append(("retention", curve, text("Volunteers still serving"), told, alt))
    if evaluation.targets:
        bullets = draw_targets(label_targets(study.plan, evaluation.targets, text), text)
        told = text(
            "Line at the right: target. Upright mark: expected by now. Thin line: 95 % interval."
        )
        alt = text("Bullet graph of progress towards each target.")
        found.append(("targets", bullets, text("Targets"), told, alt))
    return found


def show_words(parts: Mapping[str, Sequence[str]]) -> None:
    """Show lists side by side in small letters, each under its heading; empty ones not."""
    known = {heading: lines for heading, lines in parts.items() if lines}
    with st.grid(max(1, len(known)), min_column_width=210, gap="medium"):
        for heading, lines in known.items():
            with st.container(gap="xxsmall"):
                st.markdown(f"**{escape_markdown(heading)}**")
                st.caption("  \n".join(escape_markdown(line) for line in lines))

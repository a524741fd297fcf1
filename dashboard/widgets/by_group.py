"""The answers of one wave by group: a community or category chosen on the page."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from analysis.plan import MeasurePlan
from analysis.study import Study
from analysis.surveys.groups import programme_part
from analysis.surveys.items import count_items_by_group
from dashboard.cache import current_study, smallest_group
from dashboard.content.topics.items import list_group_answers, name_answers
from dashboard.sentences.few import has_few, say_marked
from dashboard.sentences.names import value_name
from dashboard.state import current_audience
from dashboard.text import Text
from dashboard.widgets.filters import list_options, name_option
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table


def show_by_group(text: Text, names: Sequence[str]) -> None:
    """Show the answers to some measures in each group, side by side, to whoever holds the data.

    Other readers look at one group at a time by the filters, where each part is checked against
    all parts seen before; a table of every group at once could not be.
    """
    study = current_study()
    if study is None or study.survey is None:
        return
    options = [key for key in list_options(study) if key != "wave"]
    if not options:
        return
    st.header(text("By group"), anchor=False)
    if current_audience() != "evaluator":
        only = text("Only the evaluator sees all groups side by side.")
        st.caption(text.join([only, text("To see one group, choose it in the filters above.")]))
        return
    key = st.selectbox(
        text("Compare by"),
        options,
        format_func=partial(name_option, text, study.plan),
        key="by_group",
        width=320,
    )
    kind, _, name = key.partition("=")
    # As everywhere, answers are those of the programme, unless its own group is compared.
    study = study if kind == "group" else programme_part(study)
    if study.survey is None:
        return
    groups = study.survey.categories[name] if name else study.survey.keys[kind]
    nowhere = int(groups.isna().sum())
    told = [text("Counts as answered; differences between groups are not tested.")]
    if nowhere:
        told.append(
            text("{n} respondents without a group are left out.", n=text.number(nowhere, 0))
        )
    st.caption(text.join(told))
    for one in names:
        _show_measure(text, study, study.measure(one), groups)


def _show_measure(text: Text, study: Study, measure: MeasurePlan, groups: pd.Series) -> None:
    found = {
        value_name(text, study.plan, value): name_answers(text, study.plan, items)
        for value, items in count_items_by_group(study, measure, groups).items()
    }
    least = smallest_group()
    label = escape_markdown(text.of(measure.label, measure.name))
    st.markdown(f"**{label}**")
    counts = (n for items in found.values() for one in items for n in one.counts.values())
    if has_few(counts, least):
        st.caption(say_marked(text, least))
    table = list_group_answers(found, measure, text, least)
    show_table(table.frame, key=table.key)

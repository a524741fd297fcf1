"""Filters above a page: community, group, wave and categories, kept in the URL."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from analysis.plan import StudyPlan
from analysis.study import Study
from dashboard.cache import current_study, whole_study
from dashboard.sentences.intake import say_problem
from dashboard.sentences.names import column_name, value_name
from dashboard.state import current_audience, current_filters, current_text, set_filter
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown

_SEPARATOR = "="


def show_filters() -> None:
    """Show one picker for each way the open study's people can be told apart."""
    study = whole_study()
    if study is None:
        return
    # That a value occurs at all is known of the few who have it.
    least = 1 if current_audience() == "evaluator" else study.plan.study.min_group
    options = list_options(study, least)
    if not options:
        return
    text, chosen = current_text(), current_filters()
    plan = study.plan
    with st.container(horizontal=True, gap="small", key="filters"):
        for key, values in options.items():
            kind, _, name = key.partition(_SEPARATOR)
            picked = [v for v in _chosen(chosen, kind, name) if v in values]
            _show_picker(text, plan, key, values, picked)
    _show_suppressed(text)


def _show_suppressed(text: Text) -> None:
    """Say why nothing is shown when the choice would tell too few people apart."""
    study = current_study()
    for issue in study.issues if study is not None else ():
        if issue.code == "filter_suppressed":
            st.info(escape_markdown(say_problem(text, issue)))


def list_options(study: Study, least: int = 1) -> Mapping[str, list[str]]:
    """Values to choose from: by ``site``, ``group`` and ``category=<name>``; single ones left out.

    Values of fewer than ``least`` people in every wave are not among them. Wave is offered only
    from three waves on: a change needs two.
    """
    survey = study.survey
    if survey is None:
        return {}
    found: dict[str, list[str]] = {}
    for key in ("site", "group"):
        if key in survey.keys:
            found[key] = _list_values(survey.keys[key], survey.keys["wave"], least)
    if found.get("site") == found.get("group"):
        found.pop("group", None)
    if len(study.plan.survey.waves if study.plan.survey else ()) > 2:
        found["wave"] = list(study.plan.survey.waves) if study.plan.survey else []
    for name in survey.categories:
        found[f"category{_SEPARATOR}{name}"] = _list_values(
            survey.categories[name], survey.keys["wave"], least
        )
    return {key: values for key, values in found.items() if 1 < len(values) <= 40}


def _list_values(column: pd.Series, wave: pd.Series, least: int) -> list[str]:
    people = pd.crosstab(column.astype(str)[column.notna()], wave).max(axis=1)
    return sorted(people.index[people >= least])


def name_option(text: Text, plan: StudyPlan, key: str) -> str:
    """Name a way to tell people apart, one of :func:`list_options`."""
    kind, _, name = key.partition(_SEPARATOR)
    names = {"site": text("Community"), "group": text("Group"), "wave": text("Wave")}
    return names.get(kind) or escape_markdown(column_name(text, plan, name))


def _chosen(filters: Mapping[str, tuple[str, ...]], kind: str, name: str) -> list[str]:
    if not name:
        return list(filters.get(kind, ()))
    start = f"{name}{_SEPARATOR}"
    return [v.removeprefix(start) for v in filters.get("category", ()) if v.startswith(start)]


def _show_picker(
    text: Text, plan: StudyPlan, key: str, values: list[str], chosen: list[str]
) -> None:
    kind, _, name = key.partition(_SEPARATOR)
    widget = f"filter_{key}_{'|'.join(chosen)}"
    st.multiselect(
        name_option(text, plan, key),
        values,
        default=chosen,
        format_func=lambda value: value_name(text, plan, value),
        placeholder=text("All"),
        key=widget,
        width=164,
        on_change=lambda: _store(kind, name, st.session_state[widget]),
    )


def _store(kind: str, name: str, values: list[str]) -> None:
    if not name:
        set_filter(kind, values)
        return
    start = f"{name}{_SEPARATOR}"
    others = [v for v in current_filters().get("category", ()) if not v.startswith(start)]
    set_filter("category", [*others, *(f"{start}{value}" for value in values)])

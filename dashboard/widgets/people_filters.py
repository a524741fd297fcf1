"""Filters above the pages about people: months and groups, kept in the URL."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from analysis.activity_filter import (
    ActivityFilter,
    list_group_columns,
    list_groups,
    list_months,
)
from analysis.evaluation import Evaluation
from analysis.plan import StudyPlan
from analysis.study import Study
from dashboard.cache import current_evaluation, current_people, whole_study
from dashboard.sentences import say_caution
from dashboard.sentences.names import column_name, value_name
from dashboard.state import (
    current_audience,
    current_people_filters,
    current_text,
    set_filter,
)
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_empty

ATTENDED = ("attendance", "attendance_counts")
PLANNED = ("delivery",)
SERVED = ("volunteers", "service")
_SEPARATOR = "="


def show_people_filters(tables: Sequence[str]) -> Evaluation | None:
    """Show pickers for the tables a page is about; return the evaluation of what they keep.

    Volunteers are picked as known at the end of a month; other activities from month to month.
    """
    study = whole_study()
    if study is None:
        return current_evaluation()
    # That a value occurs at all is known of the few who have it.
    least = 1 if current_audience() == "evaluator" else study.plan.study.min_group
    months, groups = list_months(study, tables), list_groups(study, tables, least)
    chosen = _read_filter(months, groups, as_of="volunteers" in tables)
    if len(months) > 1 or groups:
        text = current_text()
        label, used = text("Months and groups"), chosen != ActivityFilter()
        with st.expander(label, expanded=used), st.container(horizontal=True, gap="small"):
            _show_months(months, chosen, as_of="volunteers" in tables)
            for column, values in groups.items():
                _show_group(study.plan, column, values, chosen.values.get(column, ()))
    _tell_not_offered(study, tables, chosen)
    return current_people(chosen)


def _tell_not_offered(study: Study, tables: Sequence[str], chosen: ActivityFilter) -> None:
    """Say which values of a link are not offered to this reader: the page shows everybody then.

    A value of few people is told like a value that nobody has.
    """
    asked, text = current_people_filters().get("people", ()), current_text()
    refused = [
        value_name(text, study.plan, value)
        for column in list_group_columns(study, tables)
        for value in _chosen(asked, column)
        if value not in chosen.values.get(column, ())
    ]
    if refused:
        told = text("Not offered as a choice to this reader: {values}.", values=text.join(refused))
        st.info(escape_markdown(told))


def show_missing(
    title: str, needed: str, evaluation: Evaluation | None = None, section: str = ""
) -> None:
    """Say why a page has nothing to show.

    The section of this evaluation was left out for this reader, or the choice of months and groups
    keeps too few people, or the data are missing.
    """
    study, text = whole_study(), current_text()
    if study is not None and current_people_filters():
        told = text(
            "This choice is not shown: it would leave, or leave out, fewer than {min_group} "
            "people.",
            min_group=study.plan.study.min_group,
        )
        show_empty(text("Nothing to show for this choice"), told)
        return
    codes = (f"{section}_left_out", f"{section}_not_compared")
    why = [one for one in evaluation.cautions if one.code in codes] if evaluation else []
    if why:
        show_empty(text("Left out for this reader"), say_caution(text, why[0]))
    else:
        show_empty(title, needed)


def _read_filter(
    months: Sequence[str], groups: dict[str, list[str]], *, as_of: bool
) -> ActivityFilter:
    asked = current_people_filters()
    kept = {
        column: tuple(v for v in _chosen(asked.get("people", ()), column) if v in values)
        for column, values in groups.items()
    }
    return ActivityFilter(
        first="" if as_of else _one(asked.get("from", ()), months),
        last=_one(asked.get("to", ()), months),
        values={column: values for column, values in kept.items() if values},
    )


def _one(asked: Sequence[str], months: Sequence[str]) -> str:
    return next((month for month in asked if month in months), "")


def _chosen(entries: Sequence[str], column: str) -> list[str]:
    start = f"{column}{_SEPARATOR}"
    return [entry.removeprefix(start) for entry in entries if entry.startswith(start)]


def _show_months(months: Sequence[str], chosen: ActivityFilter, *, as_of: bool) -> None:
    text = current_text()
    if len(months) < 2:
        return
    if not as_of:
        _show_month("from", text("From"), text("the beginning"), months, chosen.first)
    label = text("As known at the end of") if as_of else text("To")
    otherwise = text("the data") if as_of else text("the end")
    _show_month("to", label, otherwise, months, chosen.last)


def _show_month(key: str, label: str, otherwise: str, months: Sequence[str], now: str) -> None:
    text, options = current_text(), ["", *months]
    widget = f"people_{key}_{now}"
    st.selectbox(
        label,
        options,
        index=options.index(now),
        format_func=lambda month: text.month(month) if month else otherwise,
        key=widget,
        width=164,
        on_change=lambda: set_filter(key, [v for v in [st.session_state[widget]] if v]),
    )


def _show_group(plan: StudyPlan, column: str, values: Sequence[str], chosen: Sequence[str]) -> None:
    text = current_text()
    names = {"kind": text("Kind"), "level": text("Level"), "phase": text("Phase")}
    names["role"] = text("Role")
    widget = f"people_{column}_{'|'.join(chosen)}"
    st.multiselect(
        names.get(column) or escape_markdown(column_name(text, plan, column)),
        values,
        default=list(chosen),
        format_func=lambda value: value_name(text, plan, value),
        placeholder=text("All"),
        key=widget,
        width=164,
        on_change=lambda: _store(column, st.session_state[widget]),
    )


def _store(column: str, values: Sequence[str]) -> None:
    start = f"{column}{_SEPARATOR}"
    asked = current_people_filters().get("people", ())
    others = [entry for entry in asked if not entry.startswith(start)]
    set_filter("people", [*others, *(f"{start}{value}" for value in values)])

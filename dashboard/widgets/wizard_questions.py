"""What a file leaves open, asked in plain words with both readings shown: dates and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from analysis.intake.lookup import find_column
from analysis.intake.open_questions import (
    OpenDates,
    OpenDecimals,
    find_open_dates,
    find_open_decimals,
)
from analysis.intake.tables import Table
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_steps import Draft, name_place
from dashboard.workspace.plan_edit import Place, file_setting, use_of, with_file_setting

_AMOUNTS = ("amount", "income", "expense")
_DATED = (
    "survey", "attendance", "delivery", "volunteers", "service", "funding", "consultation",
)  # fmt: skip
_MOST_DIGITS = 3


@st.cache_resource(scope="session", show_spinner=False, max_entries=32)
def _dates_of(key: str, _table: Table) -> Sequence[OpenDates]:  # noqa: ARG001
    return find_open_dates(_table)


def open_dates(draft: Draft, at: Place, table: Table) -> Sequence[OpenDates]:
    """Columns of a used table whose dates can be read two ways."""
    if use_of(draft.plan, at) not in _DATED:
        return ()
    return _dates_of(f"{table.sha256}|{table.sheet}|{table.encoding}", table)


def open_decimals(draft: Draft, at: Place, table: Table) -> Sequence[OpenDecimals]:
    """Columns of a ledger with amounts that can be read two ways."""
    if use_of(draft.plan, at) != "funding":
        return ()
    named = [getattr(draft.plan.funding, name) for name in _AMOUNTS]
    columns = (find_column(table, name) for name in named if name)
    return find_open_decimals(table, [name for name in columns if name])


def is_unanswered(draft: Draft, at: Place, table: Table) -> bool:
    """Whether a table holds dates or amounts that can be read two ways, and nobody said which."""
    dates = bool(open_dates(draft, at, table))
    amounts = bool(open_decimals(draft, at, table))
    return (dates and file_setting(draft.plan, at, "day_first") is None) or (
        amounts and file_setting(draft.plan, at, "decimal") is None
    )


def show_questions(draft: Draft, at: Place, table: Table) -> None:
    """Ask what a table leaves open; what was answered can be changed."""
    dates, amounts = open_dates(draft, at, table), open_decimals(draft, at, table)
    if dates:
        _ask_dates(draft, at, dates)
    if amounts:
        _ask_amounts(draft, at, amounts)


def _ask_dates(draft: Draft, at: Place, found: Sequence[OpenDates]) -> None:
    text, (given, day, month) = draft.text, found[0].examples[0]
    columns = ", ".join(one.column for one in found)
    examples = [
        (cell, text.date(days), text.date(months)) for cell, days, months in found[0].examples
    ]
    _ask(
        draft, at, "day_first",
        text("Dates in “{columns}” can be read two ways. What does {given} mean?",
             columns=columns, given=given),
        {True: text("{day}: the day comes first", day=text.date(day)),
         False: text("{day}: the month comes first", day=text.date(month))},
        pd.DataFrame(
            examples, columns=[text("In the file"), text("Day first"), text("Month first")]
        ),
    )  # fmt: skip


def _ask_amounts(draft: Draft, at: Place, found: Sequence[OpenDecimals]) -> None:
    text, (given, whole, parts) = draft.text, found[0].examples[0]
    columns = ", ".join(one.column for one in found)
    examples = [
        (cell, _amount(text, thousands), _amount(text, decimals))
        for cell, thousands, decimals in found[0].examples
    ]
    _ask(
        draft, at, "decimal",
        text("Amounts in “{columns}” can be read two ways. What does {given} mean?",
             columns=columns, given=given),
        {",": text("{amount}: the point parts thousands", amount=_amount(text, whole)),
         ".": text("{amount}: the point parts decimals", amount=_amount(text, parts))},
        pd.DataFrame(
            examples, columns=[text("In the file"), text("Point for thousands"),
                               text("Point for decimals")]
        ),
    )  # fmt: skip


def _amount(text: Text, value: float) -> str:
    return text.number(value, 0 if value == int(value) else _MOST_DIGITS)


def _ask(
    draft: Draft,
    at: Place,
    setting: str,
    question: str,
    answers: Mapping[object, str],
    readings: pd.DataFrame,
) -> None:
    chosen = file_setting(draft.plan, at, setting)
    key = f"{setting}_{name_place(at)}_{chosen}"
    options = list(answers)
    with st.container(border=True):
        st.radio(
            f"**{escape_markdown(question)}**",
            options,
            index=options.index(chosen) if chosen in options else None,
            format_func=lambda one: escape_markdown(answers[one]),
            key=key,
            on_change=_keeper(draft, at, setting, key),
        )
        show_table(readings, key=f"readings_{setting}_{name_place(at)}")


def _keeper(draft: Draft, at: Place, setting: str, key: str) -> Callable[[], None]:
    return lambda: draft.keep(with_file_setting(draft.plan, at, setting, st.session_state[key]))

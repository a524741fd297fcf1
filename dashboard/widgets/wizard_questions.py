"""What a file leaves open, asked in plain words with both readings shown: dates and amounts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from analysis.intake.model import Table
from analysis.intake.read.money_tables import find_sides, has_open_sides, name_sides
from analysis.intake.values.column_lookup import find_column
from analysis.intake.values.open_questions import (
    OpenDates,
    OpenDecimals,
    OpenYear,
    find_open_dates,
    find_open_decimals,
    find_open_year,
)
from analysis.intake.values.parse_numbers import read_numbers
from dashboard.text import Text
from dashboard.widgets.markdown import escape_markdown
from dashboard.widgets.page import show_table
from dashboard.widgets.wizard_steps import Draft, name_place
from dashboard.workspace.date_fields import list_days
from dashboard.workspace.plan_edit import (
    Place,
    file_setting,
    use_of,
    with_column,
    with_file_setting,
)

_SIDE_ROWS = 4
_RANGES = ((1.0, 4.0), (1.0, 5.0), (1.0, 7.0), (1.0, 10.0))
"""Scales offered for a self-assessment."""
_AMOUNTS = ("amount", "income", "expense")
_MAX_DIGITS = 3


@st.cache_resource(scope="session", show_spinner=False, max_entries=32)
def _dates_of(key: str, _days: Mapping[str, pd.Series]) -> Sequence[OpenDates]:  # noqa: ARG001
    return find_open_dates(_days)


def open_dates(draft: Draft, at: Place, table: Table) -> Sequence[OpenDates]:
    """Columns that a table gives as days and that can be read two ways."""
    days = list_days(draft.plan, at, table)
    return _dates_of(f"{table.sha256}|{table.sheet}|{table.encoding}|{list(days)}", days)


def open_decimals(draft: Draft, at: Place, table: Table) -> Sequence[OpenDecimals]:
    """Columns of a ledger with amounts that can be read two ways."""
    if use_of(draft.plan, at) != "funding":
        return ()
    named = [getattr(draft.plan.funding, name) for name in _AMOUNTS]
    columns = (find_column(table, name) for name in named if name)
    return find_open_decimals(table, [name for name in columns if name])


def open_year(draft: Draft, at: Place, table: Table) -> OpenYear | None:
    """Dates without a year in the columns of days of a used table."""
    return find_open_year(list_days(draft.plan, at, table))


def has_open_side(draft: Draft, at: Place) -> bool:
    """Whether a ledger has a debit and a credit side."""
    plan = draft.plan.funding
    return use_of(draft.plan, at) == "funding" and plan is not None and has_open_sides(plan)


def is_unanswered(draft: Draft, at: Place, table: Table) -> bool:
    """Whether a table leaves open how it is to be read, and nobody said."""
    rated = use_of(draft.plan, at) == "capacity" and file_setting(draft.plan, at, "range") is None
    return rated or bool(list_unanswered(draft, at, table))


def list_unanswered(draft: Draft, at: Place, table: Table) -> list[str]:
    """Say which readings of dates and amounts nobody chose: a result must not rest on them."""
    text, file = draft.text, name_place(at)
    asked = [
        (
            "day_first",
            open_dates(draft, at, table),
            text("Say first whether day or month comes first in “{file}”.", file=file),
        ),
        (
            "decimal",
            open_decimals(draft, at, table),
            text("Say first which mark parts decimals in “{file}”.", file=file),
        ),
        (
            "year",
            open_year(draft, at, table),
            text("Say first to which year the dates in “{file}” belong.", file=file),
        ),
        (
            "income_side",
            has_open_side(draft, at),
            text("Say first which column of “{file}” is income.", file=file),
        ),
    ]
    return [
        told for name, found, told in asked if found and file_setting(draft.plan, at, name) is None
    ]


def show_questions(draft: Draft, at: Place, table: Table) -> None:
    """Ask what a table leaves open; what was answered can be changed."""
    dates, amounts = open_dates(draft, at, table), open_decimals(draft, at, table)
    if dates:
        _ask_dates(draft, at, dates)
    if amounts:
        _ask_amounts(draft, at, amounts)
    year = open_year(draft, at, table)
    if year is not None:
        _ask_year(draft, at, year)
    if has_open_side(draft, at):
        _ask_side(draft, at, table)
    if use_of(draft.plan, at) == "capacity" and not _settled(draft):
        _ask_range(draft, at, table)


def _ask_dates(draft: Draft, at: Place, found: Sequence[OpenDates]) -> None:
    text, (given, day, month) = draft.text, found[0].examples[0]
    columns = ", ".join(one.column for one in found)
    examples = [
        (cell, text.date(days), text.date(months)) for cell, days, months in found[0].examples
    ]
    _ask(
        draft,
        at,
        "day_first",
        text(
            "Dates in “{columns}” can be read two ways. What does {given} mean?",
            columns=columns,
            given=given,
        ),
        {
            True: text("{day}: the day comes first", day=text.date(day)),
            False: text("{day}: the month comes first", day=text.date(month)),
        },
        pd.DataFrame(
            examples, columns=[text("In the file"), text("Day first"), text("Month first")]
        ),
    )


def _ask_year(draft: Draft, at: Place, found: OpenYear) -> None:
    """Ask once which year the dates without one belong to."""
    text, chosen = draft.text, file_setting(draft.plan, at, "year")
    question = text(
        "Dates in “{columns}” name no year, for example {given}. Which year is it?",
        columns=", ".join(found.columns),
        given=", ".join(found.examples),
    )
    key = f"year_{name_place(at)}_{chosen}"
    with st.container(border=True):
        st.number_input(
            f"**{escape_markdown(question)}**",
            min_value=1900,
            max_value=2100,
            value=chosen,
            step=1,
            format="%d",
            placeholder=text("for example {year}", year=found.years[0]) if found.years else None,
            key=key,
            on_change=_keeper(draft, at, "year", key),
        )


def _settled(draft: Draft) -> bool:
    """Whether the ratings' scale is one the data or the study file settle; others stay asked."""
    plan = draft.plan.capacity
    return plan is None or (plan.range is not None and plan.range not in _RANGES)


def _ask_range(draft: Draft, at: Place, table: Table) -> None:
    """Ask which scale the ratings of a self-assessment were given on."""
    text, plan = draft.text, draft.plan.capacity
    if plan is None:
        return
    name = find_column(table, plan.score)
    given = read_numbers(table.cells[name]).values.dropna() if name else pd.Series(dtype=float)
    options = [one for one in _RANGES if given.empty or given.max() <= one[1]]
    chosen = plan.range
    key = f"range_{name_place(at)}_{chosen}"
    question = text("On which scale were these ratings given?")
    with st.container(border=True):
        st.radio(
            f"**{escape_markdown(question)}**",
            options,
            index=options.index(chosen) if chosen in options else None,
            format_func=lambda one: text(
                "{low} to {high}", low=text.number(one[0], 0), high=text.number(one[1], 0)
            ),
            key=key,
            horizontal=True,
            on_change=lambda: draft.keep(
                with_file_setting(draft.plan, at, "range", list(st.session_state[key]))
            ),
        )
        if not given.empty:
            st.caption(
                text(
                    "The scores given run from {low} to {high}.",
                    low=text.number(float(given.min()), 0),
                    high=text.number(float(given.max()), 0),
                )
            )


def _ask_side(draft: Draft, at: Place, table: Table) -> None:
    """Ask which side of a ledger is income; the answer sets both columns."""
    text, plan = draft.text, draft.plan.funding
    if plan is None or plan.income is None or plan.expense is None:
        return
    chosen = plan.income_side
    key = f"income_side_{name_place(at)}_{chosen}"
    columns = find_sides(plan)
    examples = pd.DataFrame(
        {
            name: table.cells[name].dropna().head(_SIDE_ROWS).reset_index(drop=True)
            for name in columns.values()
            if name in table.cells
        }
    ).fillna("")

    def keep() -> None:
        told = with_file_setting(draft.plan, at, "income_side", st.session_state[key])
        for field, column in name_sides(plan, st.session_state[key]).items():
            told = with_column(told, at, field, column)
        draft.keep(told)

    question = escape_markdown(text("Which column of this ledger is income?"))
    with st.container(border=True):
        st.radio(
            f"**{question}**",
            list(columns),
            index=list(columns).index(chosen) if chosen else None,
            format_func=lambda side: escape_markdown(columns[side]),
            help=text("A fund’s own books credit what it receives; some ledgers debit it."),
            key=key,
            on_change=keep,
        )
        show_table(examples, key=f"sides_{name_place(at)}")


def _ask_amounts(draft: Draft, at: Place, found: Sequence[OpenDecimals]) -> None:
    text, (given, whole, parts) = draft.text, found[0].examples[0]
    columns = ", ".join(one.column for one in found)
    examples = [
        (cell, _amount(text, thousands), _amount(text, decimals))
        for cell, thousands, decimals in found[0].examples
    ]
    _ask(
        draft,
        at,
        "decimal",
        text(
            "Amounts in “{columns}” can be read two ways. What does {given} mean?",
            columns=columns,
            given=given,
        ),
        {
            ",": text("{amount}: the point parts thousands", amount=_amount(text, whole)),
            ".": text("{amount}: the point parts decimals", amount=_amount(text, parts)),
        },
        pd.DataFrame(
            examples,
            columns=[text("In the file"), text("Point for thousands"), text("Point for decimals")],
        ),
    )


def _amount(text: Text, value: float) -> str:
    return text.number(value, 0 if value == int(value) else _MAX_DIGITS)


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

"""Ledger, capacity self-assessment, inventory of strengths and consultation log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import pandas as pd

from analysis.errors import StudyFileError
from analysis.intake.model import Table
from analysis.intake.read.activity_tables import is_tick_column
from analysis.intake.read.table_purpose import DEBIT_CREDIT
from analysis.intake.values.column_lookup import column_texts, find_column, normalise_name
from analysis.intake.values.known_words import (
    BALANCES,
    CURRENCIES,
    CURRENCY_HEADERS,
    EXPENSE,
    INCOME,
    ISSUE_STATUS,
)
from analysis.intake.values.parse_numbers import read_numbers
from analysis.intake.values.respondents import propose_wave_rule
from analysis.intake.values.typed_table import TableDraft, TypedTable
from analysis.plan import StudyPlan
from analysis.plan_tables import CapacityPlan, ConsultationPlan, FundingPlan, StrengthsPlan

Side = Literal["credit", "debit"]
_MIN_STEPS = 3
_CENT = 0.005


def read_funding(plan: FundingPlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read the ledger; total rows are recognised and never added."""
    draft = TableDraft(
        table=table,
        section="funding",
        plan=plan,
        decimal_comma=None if plan.decimal is None else plan.decimal == ",",
    )
    draft.drop_totals()
    draft.add("date")
    _amounts(draft, plan)
    if plan.income_side is None and has_open_sides(plan):
        everywhere = pd.Series(True, index=table.cells.index)
        draft.note("income_side_assumed", everywhere, column=plan.income or "")
    draft.add("source", "kind", "restricted", "recurring", "ends")
    for name in ("restricted", "recurring"):
        if name in draft.data:
            draft.data[name] = draft.data[name].eq(True)
    _currencies(draft, plan)
    draft.drop(draft.data["date"].isna(), "no_date")
    draft.drop(draft.data["amount"].isna(), "no_amount")
    draft.drop_future("date", study.retention.observed_until)
    return draft.finish(("date", "amount", "source", "kind", "restricted", "recurring", "ends"))


def _currencies(draft: TableDraft, plan: FundingPlan) -> None:
    """Read the currency column a ledger may have; amounts of another currency are left out.

    The ledger's currency is the declared one where the column has it, else the commonest. A row
    without one counts as the ledger's.
    """
    headers = {normalise_name(str(name)): name for name in draft.table.cells.columns}
    column = next((headers[word] for word in CURRENCY_HEADERS if word in headers), None)
    if column is None:
        return
    texts = column_texts(draft.table, str(column))
    codes = {text: _currency_code(str(text)) for text in texts.dropna().unique()}
    code = texts.map(codes).astype(object)
    if code.isna().all():
        return
    named = code.value_counts()
    usual = plan.currency if plan.currency in named.index else str(named.index[0])
    if plan.currency is not None and plan.currency != usual:
        draft.note(
            "currency_differs",
            code.notna(),
            column=str(column),
            severity="warning",
            used=usual,
            declared=plan.currency,
        )
    draft.drop(code.notna() & (code != usual), "other_currency")
    draft.data["currency"] = pd.Series(usual, index=code.index, dtype=object)


def _currency_code(text: str) -> str | None:
    word = normalise_name(text)
    known = CURRENCIES.get(word)
    if known is not None or not (len(word) == 3 and word.isascii() and word.isalpha()):
        return known
    return word.upper()


def has_open_sides(plan: FundingPlan) -> bool:
    """Tell whether income and expense are a ledger's credit and debit columns.

    In the books of a fund money received is credited; a bank writes it the other way round.
    """
    return bool(
        plan.income
        and plan.expense
        and {normalise_name(plan.income), normalise_name(plan.expense)} <= DEBIT_CREDIT
    )


def find_sides(plan: FundingPlan) -> dict[str, str]:
    """Return ``credit`` and ``debit`` → the column of a ledger with two sides."""
    income, expense = plan.income or "", plan.expense or ""
    if normalise_name(income).startswith(("credit", "贷方")):
        return {"credit": income, "debit": expense}
    return {"credit": expense, "debit": income}


def name_sides(plan: FundingPlan, income: Side) -> dict[str, str]:
    """Return ``income`` and ``expense`` → the column, where ``income`` is the side of income."""
    sides = find_sides(plan)
    return {"income": sides[income], "expense": sides["debit" if income == "credit" else "credit"]}


def settle_income_side(table: Table, plan: FundingPlan) -> Side | None:
    """Tell from a ledger's running balance which of its sides is income; None where it does not.

    Income raises the balance from one row to the next (or, newest first, to the row before).
    """
    headers = {normalise_name(column.label): column.name for column in table.columns}
    balance = next((headers[word] for word in BALANCES if word in headers), None)
    if balance is None or not has_open_sides(plan):
        return None
    sides = find_sides(plan)
    read = {
        name: read_numbers(column_texts(table, column)).values
        for name, column in (("balance", balance), *sides.items())
        if column in table.cells
    }
    if len(read) < 3:
        return None
    rows = pd.DataFrame(read)
    moved = rows["credit"].fillna(0) - rows["debit"].fillna(0)
    # Rows without an amount (a carried balance, a total) have nothing to compare.
    rows, moved = rows[moved != 0], moved[moved != 0]
    step = rows["balance"].diff()
    fits: set[Side] = set()
    for change, amount in (
        (step.iloc[1:], moved.iloc[1:]),
        (-step.iloc[1:], moved.shift().iloc[1:]),
    ):
        if len(change) < _MIN_STEPS or change.isna().any():
            continue
        if (change - amount).abs().max() < _CENT:
            fits.add("credit")
        if (change + amount).abs().max() < _CENT:
            fits.add("debit")
    return fits.pop() if len(fits) == 1 else None


def _amounts(draft: TableDraft, plan: FundingPlan) -> None:
    """Make one signed amount of a signed column, two columns, or an amount and a direction."""
    if plan.income is not None or plan.expense is not None:
        told: Mapping[str, str | None] = {"income": plan.income, "expense": plan.expense}
        if plan.income_side is not None and has_open_sides(plan):
            told = name_sides(plan, plan.income_side)
        draft.add_as("income", told["income"], "number")
        draft.add_as("expense", told["expense"], "number")
        blank = pd.Series(float("nan"), index=draft.table.cells.index)
        income, expense = draft.data.pop("income", blank), draft.data.pop("expense", blank)
        amount = income.fillna(0) - expense.abs().fillna(0)
        draft.data["amount"] = amount.where(income.notna() | expense.notna())
        return
    if plan.amount is None:
        raise StudyFileError(
            "study_file_value", where="funding.amount", problem="amount, or income and expense"
        )
    draft.add("amount")
    if plan.direction is not None:
        draft.add("direction")
        words = draft.data.pop("direction").map(normalise_name, na_action="ignore")
        sign = words.map({**dict.fromkeys(INCOME, 1.0), **dict.fromkeys(EXPENSE, -1.0)})
        draft.data["amount"] = draft.data["amount"].abs() * sign
        draft.drop(sign.isna() & draft.data["amount"].isna(), "unknown_direction")


def read_capacity(plan: CapacityPlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read the self-assessment; scores outside the range are left out and listed."""
    draft = TableDraft(table=table, section="capacity", plan=plan)
    draft.add("rater", "domain", "item", "wave", "group", "leadership", "score")
    _waves(draft, study)
    score = draft.data["score"]
    draft.drop(draft.data["domain"].isna(), "no_domain")
    draft.drop(score.isna(), "no_score", severity="info")
    if plan.range is None:
        low, high = score.min(), score.max()
        draft.note("range_assumed", score.notna(), column="score", low=low, high=high)
    draft.drop((score < plan.scale[0]) | (score > plan.scale[1]), "out_of_range")
    names = ["rater", "domain", "item", "wave"]
    frame = pd.DataFrame({name: draft.data[name] for name in names if name in draft.data})
    if "rater" in frame:  # else two equal rows may be two people's
        again = frame[~draft.left_out].duplicated(keep="last")
        draft.drop(again.reindex(frame.index, fill_value=False), "duplicate_rating")
    return draft.finish([*names, "group", "score"])


def _waves(draft: TableDraft, study: StudyPlan) -> None:
    """Bring wave words to the study's waves; other words stay as they are."""
    if "wave" not in draft.data:
        draft.data["wave"] = pd.Series("all", index=draft.table.cells.index, dtype=object)
        return
    texts = draft.data["wave"]
    survey = study.survey
    waves = survey.waves if survey else ["pre", "post"]
    declared = survey.wave_values if survey else {}
    values = [str(value) for value in texts.dropna().unique()]
    rule = propose_wave_rule(values, waves, declared)
    draft.data["wave"] = texts.map({v: rule.get(v, v) for v in values}).astype(object)
    draft.drop(draft.data["wave"].isna(), "no_wave")


def read_strengths(plan: StrengthsPlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read the inventory; without a ``present`` column each row is present in its wave."""
    draft = TableDraft(table=table, section="strengths", plan=plan)
    draft.add("strength", "kind", "wave")
    _waves(draft, study)
    draft.add("present")
    everywhere = pd.Series(True, index=table.cells.index)
    draft.data["present"] = draft.data.get("present", everywhere).eq(True)
    draft.drop(draft.data["strength"].isna(), "no_strength")
    return draft.finish(("strength", "kind", "wave", "present"))


def read_consultation(plan: ConsultationPlan, table: Table, study: StudyPlan) -> TypedTable:
    """Read the consultation log; the order of its dates is checked."""
    draft = TableDraft(table=table, section="consultation", plan=plan)
    draft.drop_totals()
    draft.add("issue", "raised", "agreed", "due", "done")
    if _says_yes_or_no(table, plan.told_back):
        draft.add_as("told_back", plan.told_back, "flag")
        told_back = draft.data["told_back"]
        draft.data["told_back"] = told_back.where(told_back.eq(True), None)
    else:
        draft.add("told_back")
    if plan.status is not None:
        draft.add("status")
        _issue_status(draft)
    draft.add("raised_by", "meeting", "parties", "stage", "promised_level", "delivered_level")
    draft.add("declined")
    draft.drop(draft.data["issue"].isna(), "no_issue")
    draft.drop_future("raised", plan.as_of or study.retention.observed_until)
    for later in ("agreed", "done", "told_back"):
        if later in draft.data and pd.api.types.is_datetime64_any_dtype(draft.data[later]):
            early = (draft.data[later] < draft.data["raised"]) & ~draft.left_out
            draft.note("before_raised", early, column=later)
    return draft.finish(("issue", "raised", "agreed", "due", "done", "told_back"))


def _says_yes_or_no(table: Table, column: str | None) -> bool:
    """Tell whether issues were reported back by yes or no rather than by a date."""
    found = find_column(table, column) if column else None
    return (
        found is not None
        and bool(table.cells[found].notna().any())
        and is_tick_column(table, found)
    )


def _issue_status(draft: TableDraft) -> None:
    """Bring the words of a status to done, open, declined or not_agreed; others are listed."""
    known = {word: name for name, words in ISSUE_STATUS.items() for word in words}
    texts = draft.data["status"]
    words = texts.map(lambda text: known.get(normalise_name(text)), na_action="ignore")
    odd = texts.notna() & words.isna()
    values = sorted({str(text) for text in texts[odd]})[:20]
    draft.note("unknown_status", odd, column="status", values=values)
    draft.data["status"] = words.astype(object).where(words.notna(), None)

"""The ledger → income, expense, concentration, runway, stress tests and what ends when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analysis.plan_tables import FundingPlan
from analysis.results import Caution, Estimate, EstimateLike, NotEstimable
from analysis.statistics.concentration import effective_number, hhi, normalised_hhi
from analysis.study import Study
from analysis.sustainability.results import (
    Concentration,
    Funding,
    FundingPeriod,
    GrantExpiry,
    StressTest,
    WaterfallStep,
)

RUNWAY_WINDOW_MONTHS = 12
DEFAULT_CURRENCY = "CNY"
UNNAMED = ""
"""Source or kind of income that names none: one source of its own in every share."""
_MARGIN_DAYS = 7
"""A month counts as whole when the ledger reaches within a week of its first or last day: books
are kept by the month, but not every day has a row."""


def evaluate_funding(study: Study) -> Funding | None:
    """Evaluate the ledger of a study; None without one.

    Income and expense are sums of the ledger's positive and negative amounts in its currency.
    Rows without a readable date or amount were listed by intake and are counted in
    ``n_left_out``.
    """
    plan, ledger = study.plan.funding, study.funding
    if plan is None or ledger is None or ledger.empty:
        return None
    income = ledger[ledger["amount"] > 0]
    expense = abs(float(ledger.loc[ledger["amount"] < 0, "amount"].sum()))
    total = float(income["amount"].sum())
    concentration = _concentrations(income)
    by_source = next((c for c in concentration if c.by == "source"), None)
    months, spent = months_counted(ledger), monthly_expense(ledger)
    return Funding(
        currency=_currency(plan, ledger),
        first_date=ledger["date"].min().date(),
        last_date=ledger["date"].max().date(),
        income=total,
        expense=expense,
        surplus=total - expense,
        by_month=_periods(ledger, "M"),
        by_year=_periods(ledger, "Y"),
        concentration=concentration,
        hhi=by_source.hhi if by_source else None,
        effective_sources=by_source.effective_sources if by_source else None,
        largest_share=by_source.largest_share if by_source else None,
        recurring_share=_share_of(income, "recurring", total),
        community_share=_community_share(income, plan, total),
        restricted_share=_share_of(income, "restricted", total),
        balance=plan.balance,
        programme_cost=plan.programme_cost,
        monthly_expense=spent,
        months_counted=months.number,
        unnamed_share=_unnamed_share(income, total),
        runway_months=runway(plan.balance, spent),
        stress=_stress_tests(plan, income, months, spent, by_source),
        expiries=_expiries(income, ledger["date"].max()),
        waterfall=_waterfall(income),
        n_rows=len(ledger),
        n_left_out=sum(e.n for e in study.exclusions if e.table == "funding"),
        cautions=_cautions(plan, ledger, by_source, _unnamed_share(income, total)),
    )


def runway(balance: float | None, monthly: float | None, inflow: float = 0.0) -> EstimateLike:
    """Months that unrestricted cash lasts at the usual expense, less a lasting inflow.

    ``runway = balance / (expense − inflow)``; not reached where the inflow covers the expense.
    """
    if balance is None:
        return NotEstimable(reason="not_asked", method="runway")
    if monthly is None or monthly <= 0:
        return NotEstimable(reason="no_data", method="runway")
    gap = monthly - inflow
    if gap <= 0:
        return NotEstimable(reason="not_reached", method="runway", n=1)
    return Estimate(estimate=max(0.0, balance) / gap, n=1, method="balance_over_monthly_gap")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthsCounted:
    """The calendar months that monthly figures rest on: from ``start`` to before ``after``."""

    start: pd.Timestamp
    after: pd.Timestamp
    number: float

    def among(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return the rows of these months."""
        return rows[(rows["date"] >= self.start) & (rows["date"] < self.after)]


def months_counted(ledger: pd.DataFrame) -> MonthsCounted:
    """Return the ledger's last twelve whole calendar months, or as many as it has.

    What is paid once a month is then counted once a month, on whatever day and however long the
    ledger is. A ledger without a whole month counts from its first to its last day, at least as
    one month.
    """
    first, last = ledger["date"].min().normalize(), ledger["date"].max().normalize()
    month = pd.offsets.MonthBegin
    start = first.replace(day=1) if first.day <= _MARGIN_DAYS else first + month(1)
    complete = last.days_in_month - last.day < _MARGIN_DAYS
    after = last + month(1) if complete else last.replace(day=1)
    if after <= start:
        after = last + pd.Timedelta(days=1)
        number = max(1.0, months_between(first, after))
        return MonthsCounted(start=first, after=after, number=number)
    start = max(start, after - pd.DateOffset(months=RUNWAY_WINDOW_MONTHS))
    return MonthsCounted(start=start, after=after, number=months_between(start, after))


def months_between(start: pd.Timestamp, end: pd.Timestamp) -> float:
    """Count calendar months from one day to another: whole ones, and the rest as a share of one.

    >>> months_between(pd.Timestamp("2026-01-31"), pd.Timestamp("2026-03-15"))
    1.4838709677419355
    """
    if end < start:
        return -months_between(end, start)
    whole = (end.year - start.year) * 12 + end.month - start.month
    if start + pd.DateOffset(months=whole) > end:
        whole -= 1
    begun = start + pd.DateOffset(months=whole)
    return whole + float((end - begun) / (start + pd.DateOffset(months=whole + 1) - begun))


def monthly_expense(ledger: pd.DataFrame) -> float | None:
    """Mean expense a month over :func:`months_counted`; None without any expense."""
    spent = ledger[ledger["amount"] < 0]
    if spent.empty:
        return None
    months = months_counted(ledger)
    return abs(float(months.among(spent)["amount"].sum())) / months.number


def _currency(plan: FundingPlan, ledger: pd.DataFrame) -> str:
    """Return the currency of the ledger's own column, else the declared one."""
    if "currency" in ledger and ledger["currency"].notna().any():
        return str(ledger["currency"].dropna().iloc[0])
    return plan.currency or DEFAULT_CURRENCY


def _unnamed_share(income: pd.DataFrame, total: float) -> float | None:
    if "source" not in income or total <= 0:
        return None
    return float(income.loc[_named(income, "source") == UNNAMED, "amount"].sum()) / total


def _named(income: pd.DataFrame, by: str) -> pd.Series:
    return income[by].fillna(UNNAMED).astype(str).str.strip()


def estimate_concentration(income: pd.DataFrame, by: str) -> Concentration | None:
    """Concentration of income over the values of ``by``; None when none is named.

    ``HHI = Σ share²``; normalised ``(HHI − 1/N)/(1 − 1/N)``; effective number ``1/HHI``
    (Hirschman 1964, doi:10.2307/1812058). Shares are of all income: what names no source counts
    as one source, :data:`UNNAMED`. ``largest`` is the largest that has a name.
    """
    if by not in income:
        return None
    sums = income.groupby(_named(income, by))["amount"].sum()
    sums = sums.sort_values(ascending=False, kind="stable")
    named = sums.drop(UNNAMED, errors="ignore")
    concentration = hhi(sums.to_numpy(float)) if len(named) else None
    if concentration is None:
        return None
    shares = sums / sums.sum()
    return Concentration(
        by=by,
        n_sources=len(sums),
        shares=tuple((str(k), float(sums[k]), float(shares[k])) for k in sums.index),
        largest=str(named.index[0]),
        largest_share=float(shares[named.index[0]]),
        hhi=concentration,
        hhi_normalised=normalised_hhi(sums.to_numpy(float)),
        effective_sources=effective_number(sums.to_numpy(float)) or 1.0,
    )


def _concentrations(income: pd.DataFrame) -> tuple[Concentration, ...]:
    found = (estimate_concentration(income, by) for by in ("source", "kind"))
    return tuple(c for c in found if c is not None)


def _periods(ledger: pd.DataFrame, unit: str) -> tuple[FundingPeriod, ...]:
    period = ledger["date"].dt.to_period(unit)
    every = pd.period_range(period.min(), period.max(), freq=unit)
    gains = ledger["amount"].clip(lower=0).groupby(period).sum().reindex(every, fill_value=0.0)
    costs = -ledger["amount"].clip(upper=0).groupby(period).sum().reindex(every, fill_value=0.0)
    return tuple(
        FundingPeriod(period=str(p), income=float(i), expense=float(e), surplus=float(i - e))
        for p, i, e in zip(every, gains, costs + 0.0, strict=True)
    )


def _share_of(income: pd.DataFrame, flag: str, total: float) -> float | None:
    if flag not in income or total <= 0 or income[flag].isna().all():
        return None
    return float(income.loc[income[flag].fillna(False).astype(bool), "amount"].sum()) / total


def _community_share(income: pd.DataFrame, plan: FundingPlan, total: float) -> float | None:
    if "kind" not in income or not plan.community_kinds or total <= 0:
        return None
    own = income["kind"].isin(plan.community_kinds)
    return float(income.loc[own, "amount"].sum()) / total


def _stress_tests(
    plan: FundingPlan,
    income: pd.DataFrame,
    months: MonthsCounted,
    spent: float | None,
    by_source: Concentration | None,
) -> tuple[StressTest, ...]:
    if spent is None or income.empty:
        return ()
    recent = months.among(income)
    a_month = float(recent["amount"].sum()) / months.number
    left = {"income_down_30": 0.7 * a_month}
    if by_source is not None:
        lost = recent.loc[_named(recent, "source") == by_source.largest, "amount"].sum()
        left["largest_leaves"] = a_month - float(lost) / months.number
    return tuple(
        StressTest(name=name, income_left=kept, runway_months=runway(plan.balance, spent, kept))
        for name, kept in sorted(left.items(), reverse=True)
    )


def _expiries(income: pd.DataFrame, end: pd.Timestamp) -> tuple[GrantExpiry, ...]:
    if "ends" not in income:
        return ()
    dated = income[income["ends"].notna()]
    name = dated["source"] if "source" in dated else pd.Series("", index=dated.index)
    named = dated.assign(source=name.fillna("").astype(str))
    sums = named.groupby(["source", "ends"])["amount"].sum().reset_index().sort_values("ends")
    return tuple(
        GrantExpiry(
            source=str(source),
            ends=pd.Timestamp(ends).date(),
            amount=float(amount),
            months_left=months_between(end.normalize(), pd.Timestamp(ends).normalize()),
        )
        for source, ends, amount in zip(sums["source"], sums["ends"], sums["amount"], strict=True)
    )


def _waterfall(income: pd.DataFrame) -> tuple[WaterfallStep, ...]:
    if "source" not in income:
        return ()
    source = income["source"].fillna("")
    table = income.assign(source=source, year=income["date"].dt.year.astype(str)).pivot_table(
        index="source", columns="year", values="amount", aggfunc="sum", fill_value=0.0
    )
    years = [str(year) for year in table.columns]
    sources = [str(name) for name in table.index]
    sums = table.to_numpy(float)
    return tuple(
        WaterfallStep(
            year_from=years[j],
            year_to=years[j + 1],
            source=source,
            change=float(sums[i, j + 1] - sums[i, j]),
        )
        for j in range(len(years) - 1)
        for i, source in enumerate(sources)
        if not np.isclose(sums[i, j + 1], sums[i, j])
    )


def _cautions(
    plan: FundingPlan,
    ledger: pd.DataFrame,
    by_source: Concentration | None,
    unnamed: float | None,
) -> tuple[Caution, ...]:
    found = []
    months = months_counted(ledger).number
    if months < RUNWAY_WINDOW_MONTHS:
        found.append(Caution(code="ledger_short", section="funding", values={"months": months}))
    if plan.balance is None:
        found.append(Caution(code="balance_unknown", severity="info", section="funding"))
    if by_source is None:
        found.append(Caution(code="sources_unnamed", section="funding"))
    elif unnamed:
        found.append(
            Caution(code="sources_partly_unnamed", section="funding", values={"share": unnamed})
        )
    return tuple(found)

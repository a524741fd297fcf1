"""Ledger arithmetic against hand-worked figures."""

import pandas as pd
import pytest

from analysis import read_study
from analysis.plan import plan_from_dict
from analysis.results import Estimate, NotEstimable
from analysis.study import Study
from analysis.sustainability.findings import find_funding
from analysis.sustainability.funding import (
    evaluate_funding,
    monthly_expense,
    months_between,
    runway,
)
from dashboard.sentences import say_finding
from dashboard.text import Text


def ledger_study(rows, **plan):
    table = pd.DataFrame(rows, columns=["date", "amount", "source", "kind"])
    table["date"] = pd.to_datetime(table["date"])
    table["amount"] = table["amount"].astype(float)
    raw = {"funding": {"path": "ledger.xlsx", "amount": "amount", **plan}}
    return Study(plan=plan_from_dict(raw), funding=table)


ROWS = [
    ("2025-01-10", 600, "Bureau", "government"),
    ("2025-06-10", 300, "Foundation", "foundation"),
    ("2025-07-01", -450, None, None),
    ("2026-01-10", 100, "Residents", "community"),
    ("2026-06-30", -350, None, None),
]


def test_sums_shares_and_concentration_follow_by_hand():
    found = evaluate_funding(ledger_study(ROWS, balance=200.0, community_kinds=["community"]))
    assert (found.income, found.expense, found.surplus) == (1000.0, 800.0, 200.0)
    source = found.concentration[0]
    assert source.by == "source"
    assert source.largest == "Bureau"
    assert source.largest_share == pytest.approx(0.6)
    # 0.6² + 0.3² + 0.1² = 0.46; normalised (0.46 − 1/3)/(1 − 1/3) = 0.19
    assert source.hhi == pytest.approx(0.46)
    assert source.hhi_normalised == pytest.approx(0.19)
    assert source.effective_sources == pytest.approx(1 / 0.46)
    assert found.community_share == pytest.approx(0.1)
    assert find_funding(found).code == "funding_dominated"


def test_periods_add_up_and_leave_no_month_out():
    found = evaluate_funding(ledger_study(ROWS))
    assert len(found.by_month) == 18
    assert sum(p.surplus for p in found.by_month) == pytest.approx(found.surplus)
    assert [p.period for p in found.by_year] == ["2025", "2026"]
    assert found.by_year[0].income == 900.0


def test_waterfall_closes_the_gap_between_years():
    found = evaluate_funding(ledger_study(ROWS))
    first, last = found.by_year
    assert sum(s.change for s in found.waterfall) == pytest.approx(last.income - first.income)


def test_runway_is_balance_over_the_gap():
    assert runway(600, 100).estimate == pytest.approx(6.0)
    assert runway(600, 100, inflow=40).estimate == pytest.approx(10.0)
    assert runway(600, 100, inflow=100) == NotEstimable(reason="not_reached", method="runway", n=1)
    assert runway(None, 100).reason == "not_asked"
    assert runway(600, None).reason == "no_data"


def test_monthly_expense_looks_at_the_last_twelve_months():
    table = ledger_study(ROWS).funding
    # July 2025 to June 2026: 450 + 350 in twelve calendar months.
    assert monthly_expense(table) == pytest.approx(800 / 12)


def six_months(last="2026-06-30"):
    rows = [(f"2026-{m:02d}-01", -1000, None, None) for m in range(1, 7)]
    rows += [(f"2026-{m:02d}-15", 1000, "City", None) for m in range(1, 7)]
    return [*rows, (last, 0, None, None)]


def test_a_ledger_of_six_months_counts_six_months():
    found = evaluate_funding(ledger_study(six_months(), balance=3000.0))
    assert (found.months_counted, found.monthly_expense) == (6.0, 1000.0)
    assert found.runway_months.estimate == pytest.approx(3.0)
    less = {one.name: one for one in found.stress}["income_down_30"]
    assert less.income_left == pytest.approx(700.0)
    assert less.runway_months.estimate == pytest.approx(10.0)


@pytest.mark.parametrize("day", [1, 5, 14, 27, 28])
@pytest.mark.parametrize("months", [3, 5, 11, 12, 17, 40])
def test_what_is_paid_every_month_is_its_expense_whatever_the_day_and_the_length(day, months):
    days = [
        pd.Timestamp("2022-03-01") + pd.DateOffset(months=m, days=day - 1) for m in range(months)
    ]
    found = evaluate_funding(ledger_study([(at, -1000, None, None) for at in days], balance=1.0))
    assert found.monthly_expense == pytest.approx(1000.0)


def test_a_ledger_of_weeks_within_a_month_counts_as_one_month():
    rows = [(f"2026-03-{day:02d}", -100, None, None) for day in (9, 13, 19)]
    found = evaluate_funding(ledger_study(rows))
    assert (found.months_counted, found.monthly_expense) == (1.0, 300.0)


@pytest.mark.parametrize(
    ("start", "end", "months"),
    [
        ("2026-01-01", "2026-07-01", 6.0),
        ("2025-01-31", "2025-02-28", 1.0),
        ("2026-03-15", "2026-01-15", -2.0),
        ("2026-01-01", "2026-01-16", 15 / 31),
    ],
)
def test_months_between_days_follow_the_calendar(start, end, months):
    assert months_between(pd.Timestamp(start), pd.Timestamp(end)) == pytest.approx(months)


def test_income_without_a_source_is_a_source_of_its_own():
    rows = [("2026-01-05", 90_000, None, None), ("2026-02-05", 10_000, "City", None)]
    found = evaluate_funding(ledger_study(rows))
    (source,) = found.concentration
    assert (source.largest, source.largest_share) == ("City", pytest.approx(0.1))
    assert source.hhi == pytest.approx(0.82)
    assert source.effective_sources == pytest.approx(1 / 0.82)
    assert source.shares == (("", 90_000.0, pytest.approx(0.9)), ("City", 10_000.0, 0.1))
    assert found.unnamed_share == pytest.approx(0.9)
    assert found.cautions[-1].code == "sources_partly_unnamed"
    assert say_finding(Text("en"), find_funding(found)) == (
        "90\N{NO-BREAK SPACE}% of the income has no named source; "
        "the largest named one, City, gives 10\N{NO-BREAK SPACE}%."
    )
    assert "90" in say_finding(Text("zh-Hans"), find_funding(found))


def test_a_ledger_without_expense_has_an_expense_of_plain_zero():
    found = evaluate_funding(ledger_study([("2026-01-05", 100, "City", None)]))
    assert str(found.expense) == "0.0"


def test_the_currency_is_that_of_the_ledgers_own_column():
    head = "date,amount,source,Currency\n"
    rows = "2026-01-05,100,City,USD\n2026-02-05,50,Fund,usd\n2026-03-05,-20,,\n"
    plan = {"path": "l.csv", "amount": "amount", "source": "source"}

    def money(rows, **more):
        study = read_study(
            plan_from_dict({"funding": plan | more}), {"l.csv": (head + rows).encode()}
        )
        return evaluate_funding(study), [(one.code, one.rows) for one in study.issues]

    found, issues = money(rows)
    assert (found.currency, found.income, found.expense, issues) == ("USD", 150.0, 20.0, [])
    found, issues = money(rows, currency="CNY")
    assert (found.currency, issues) == ("USD", [("currency_differs", (2, 3))])
    found, issues = money(rows + "2026-04-05,7000,Bureau,人民币\n")
    assert (found.currency, found.income) == ("USD", 150.0)
    assert issues == [("other_currency", (5,))]
    found, _ = money(rows + "2026-04-05,7000,Bureau,人民币\n", currency="CNY")
    assert (found.currency, found.income) == ("CNY", 7000.0)


def test_losing_the_largest_funder_leaves_less_than_losing_a_third():
    rows = [(f"2026-{m:02d}-01", 900, "Bureau", "government") for m in range(1, 13)]
    rows += [(f"2026-{m:02d}-15", -1000, None, None) for m in range(1, 13)]
    rows += [("2026-03-01", 300, "Residents", "community")]
    found = evaluate_funding(ledger_study(rows, balance=3000.0))
    by_name = {s.name: s for s in found.stress}
    assert by_name["largest_leaves"].income_left < by_name["income_down_30"].income_left
    assert isinstance(by_name["largest_leaves"].runway_months, Estimate)


def test_no_ledger_is_none():
    assert evaluate_funding(Study(plan=plan_from_dict({}))) is None

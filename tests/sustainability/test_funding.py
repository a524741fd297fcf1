"""Ledger arithmetic against hand-worked figures."""

import pandas as pd
import pytest

from analysis.results import Estimate, NotEstimable
from analysis.study import Study
from analysis.study_file import plan_from_dict
from analysis.sustainability.findings import find_funding
from analysis.sustainability.funding import evaluate_funding, monthly_expense, runway


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
    # 30 June 2025 to 30 June 2026: 450 + 350 in 365 days.
    assert monthly_expense(table) == pytest.approx(800 / (365 / (365.25 / 12)))


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

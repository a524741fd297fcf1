"""What a file leaves open: told with both readings, and silent where anything decides."""

import pandas as pd
import pytest

from analysis.intake.tables.survey_tool import read_tables
from analysis.intake.values.column_lookup import column_texts
from analysis.intake.values.open_questions import find_open_dates, find_open_decimals


def table_of(text: str):
    return read_tables({"t.csv": text.encode()})["t.csv"]


def days_of(table):
    return {"when": column_texts(table, "when")}


def ledger(*cells: str):
    rows = "\n".join(f'{cell},"Fund"' for cell in cells)
    return table_of(f"when,amount,source\n{rows}\n")


def test_dates_that_fit_two_ways_come_with_both_readings():
    table = ledger("3/4/2026,10", "1/1/2026,20", "5/2/2026,30", "1/3/2026,40")
    (found,) = find_open_dates(days_of(table))
    assert found.column == "when"
    assert found.examples[0] == ("3/4/2026", pd.Timestamp("2026-04-03"), pd.Timestamp("2026-03-04"))
    assert all(days != months for _, days, months in found.examples)
    assert len(found.at) == 4


@pytest.mark.parametrize(
    "days",
    [
        ["25/4/2026", "3/4/2026", "2/1/2026"],
        ["2026-04-03", "2026-01-02", "2026-02-05"],
        ["3/3/2026", "4/4/2026", "1/1/2026"],
        ["5/1/2026", "1/2/2026", "3/2/2026"],
    ],
)
def test_nothing_is_asked_where_the_column_or_its_order_tells(days):
    table = ledger(*(f"{day},1" for day in days))
    assert find_open_dates(days_of(table)) == ()


def test_a_point_that_may_part_thousands_comes_with_both_readings():
    (found,) = find_open_decimals(ledger("2026-01-05,1.200", "2026-02-05,350"), ["amount"])
    assert found.examples == (("1.200", 1200.0, 1.2),)


def test_nothing_is_asked_where_another_amount_tells():
    table = ledger("2026-01-05,1.200", '2026-02-05,"1.250,5"')
    assert find_open_decimals(table, ["amount", "not there"]) == ()


def test_three_decimals_beside_two_are_asked():
    """12.50 makes the point a decimal mark, and 1.200 an amount nobody writes so."""
    table = ledger("2026-01-05,1.200", "2026-02-05,12.50")
    (found,) = find_open_decimals(table, ["amount", "not there"])
    assert found.examples == (("1.200", 1200.0, 1.2),)

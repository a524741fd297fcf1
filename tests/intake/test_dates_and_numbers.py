import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intake.values.dates import read_dates
from analysis.intake.values.parse_numbers import read_numbers


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2024-05-01", "2024-05-01"),
        ("2024.5.1", "2024-05-01"),
        ("2024年5月1日", "2024-05-01"),
        ("2024年5月1日（星期三）", "2024-05-01"),
        ("45720", "2025-03-04"),
        ("02-Feb-2021 20:26:58", "2021-02-02 20:26:58"),
        ("2026-03-02T10:31:00.000+08:00", "2026-03-02 10:31:00"),
        ("13/2/2024", "2024-02-13"),
        ("2/13/2024 4:05 PM", "2024-02-13 16:05:00"),
        ("20240501", "2024-05-01"),
    ],
)
def test_dates_as_people_write_them(text, iso):
    assert read_dates(pd.Series([text])).values[0] == pd.Timestamp(iso)


def test_the_column_decides_between_day_and_month():
    days = read_dates(pd.Series(["3/4/2024", "25/4/2024"]))
    assert days.day_first is True
    assert days.values[0] == pd.Timestamp("2024-04-03")
    months = read_dates(pd.Series(["3/4/2024", "4/25/2024"]))
    assert months.values[0] == pd.Timestamp("2024-03-04")
    assert not days.ambiguous
    assert not months.ambiguous


def test_nothing_tells_so_it_is_said():
    assert read_dates(pd.Series(["5/6/2024", "3/4/2024", "9/1/2024"])).ambiguous


def test_texts_that_are_no_date_are_listed():
    assert read_dates(pd.Series(["soon", None, "2024-02-30", "2024-02-29"])).unread == (0, 2)


@given(st.dates(min_value=pd.Timestamp("1950-01-01").date()).filter(lambda d: d.year < 2100))
def test_iso_round_trip(day):
    assert read_dates(pd.Series([day.isoformat()])).values[0] == pd.Timestamp(day)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1,234.50", "¥1,200", "(300)", "-5"], [1234.5, 1200, -300, -5]),
        (["1.234,50", "12,5"], [1234.5, 12.5]),
        (["1.2万", "3小时", "１２"], [12000, 3, 12]),
        (["1,200", "2,500"], [1200, 2500]),
    ],
)
def test_amounts(texts, numbers):
    assert read_numbers(pd.Series(texts)).values.tolist() == numbers


def test_words_in_a_number_column_are_listed():
    assert read_numbers(pd.Series(["5", "about six", None])).unread == (1,)

"""Ledgers and their traps: totals, marks, dates, parts of a whole."""

import numpy as np
import pandas as pd
import pytest

from analysis import read_study
from analysis.intake.propose.inspection import inspect_files
from analysis.intake.propose.proposal import propose_study
from analysis.intake.tables.survey_tool import read_tables
from analysis.intake.values.open_questions import find_open_decimals
from analysis.intake.values.parse_numbers import read_numbers
from analysis.plan import plan_from_dict

HEAD = "date,amount,source,note\n"


def ledger(rows: str, **funding):
    plan = {"path": "l.csv", "amount": "amount", "source": "source", **funding}
    return read_study(plan_from_dict({"funding": plan}), {"l.csv": (HEAD + rows).encode()})


def codes(study):
    return [issue.code for issue in study.issues]


@pytest.mark.parametrize(
    "total",
    [
        "合计,99999,,",
        ",99999,小计：,",
        "2026-03-31,99999,,本月合计",
        "2026-03-31,99999,3月小计,",
        "Total,99999,,",
        "2026-12-31,99999,Grand total,",
        ",99999,,Total income",
        "2026-06-30,99999,上半年合计（元）,",
        ",99999,Sub-total:,",
    ],
)
def test_a_total_in_any_column_is_never_added(total):
    rows = f"2026-01-05,100,Fund,\n{total}\n2026-02-05,200,Shop,\n2026-02-09,50,Fund,\n"
    study = ledger(rows)
    assert study.funding["amount"].tolist() == [100, 200, 50]
    assert codes(study) == ["total_row"]
    assert [(one.reason, one.rows) for one in study.exclusions] == [("total_row", (3,))]


def test_a_total_at_the_foot_is_left_out():
    study = ledger("2026-01-05,100,Fund,\n2026-02-05,200,Shop,\n合计,300,,\n")
    assert study.funding["amount"].sum() == 300
    assert codes(study) == ["totals_row"]


def test_a_source_called_total_energies_stays():
    study = ledger("2026-01-05,100,Total Energies,\n2026-02-05,200,Totalitarian Fund,\n")
    assert study.funding["amount"].sum() == 300


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["1,234.50", "2,000"], [1234.5, 2000]),
        (["1.234,50", "2.000"], [1234.5, 2000]),
        (["1 234,50", "12"], [1234.5, 12]),
        (["¥1,200", "（300）", "1.2万"], [1200, -300, 12000]),
        (["-5", "−7", "+3"], [-5, -7, 3]),
    ],
)
def test_marks_are_decided_by_the_column(cells, numbers):
    assert read_numbers(pd.Series(cells, dtype=object)).values.tolist() == numbers


def test_marks_are_decided_by_the_file_where_the_column_is_silent():
    head = "date;income;expense;source\n"
    rows = "2026-01-05;1.200;;Fund\n2026-02-05;;45,50;\n2026-03-05;;1.000,75;\n"
    plan = {"path": "l.csv", "income": "income", "expense": "expense", "source": "source"}
    study = read_study(plan_from_dict({"funding": plan}), {"l.csv": (head + rows).encode()})
    assert study.funding["amount"].tolist() == [1200, -45.5, -1000.75]
    assert study.issues == ()


def test_a_mark_that_nothing_decides_is_asked_about_and_settled():
    rows = "2026-01-05,1.200,Fund,\n2026-02-05,350,Shop,\n"
    study = ledger(rows)
    (issue,) = study.issues
    assert (issue.code, issue.rows, issue.details["values"]) == (
        "ambiguous_decimals",
        (2,),
        ["1.200"],
    )
    assert study.funding["amount"].tolist() == [1.2, 350]
    settled = ledger(rows, decimal=",")
    assert settled.funding["amount"].tolist() == [1200, 350]
    assert settled.issues == ()


def test_points_beside_longer_numbers_with_commas_are_thousands_and_listed():
    study = ledger(
        '2026-01-05,"50.000",A,\n2026-01-06,"20.000",A,\n'
        '2026-02-05,"50,000",B,\n2026-03-05,"1,000,000",C,\n'
    )
    assert study.funding["amount"].sum() == 1_120_000
    (issue,) = study.issues
    assert (issue.code, issue.rows) == ("mixed_thousands", (2, 3))
    assert issue.details["values"] == ["50.000", "20.000"]


def test_longer_numbers_with_points_make_every_point_a_thousands_mark():
    read = read_numbers(pd.Series(["1.000.000", "50.000", "20.000", "3.000"], dtype=object))
    assert read.values.sum() == 1_073_000
    assert (read.unread, read.unsure, read.grouped) == ((), (), ())


@pytest.mark.parametrize(
    ("cells", "read", "contradicting"),
    [
        (["12.50", "1,234.50", "50.000"], [12.5, 1234.5], ["50.000"]),
        (["12,50", "1.234,50", "50,000"], [12.5, 1234.5], ["50,000"]),
        (["12.50", "1,234.50", "12,5"], [12.5, 1234.5], ["12,5"]),
        (["12,50", "7,25", "1,234.50"], [12.5, 7.25], ["1,234.50"]),
        (["0.875", "1.250", "-2.125"], [0.875, 1.25, -2.125], []),
        (["12.5", "3.25", "1.234"], [12.5, 3.25, 1.234], []),
    ],
)
def test_a_cell_that_contradicts_its_column_is_listed_and_never_read(cells, read, contradicting):
    found = read_numbers(pd.Series(cells, dtype=object))
    assert found.values.dropna().tolist() == read
    assert [cells[at] for at in found.contradicting] == contradicting
    assert found.unread == found.contradicting


def test_money_that_contradicts_is_left_out_with_its_row_until_a_person_decides():
    rows = '2026-01-05,12.50,A,\n2026-01-06,"1,234.50",A,\n2026-02-05,50.000,B,\n'
    study = ledger(rows)
    assert study.funding["amount"].tolist() == [12.5, 1234.5]
    assert sorted(codes(study)) == ["contradicting_decimals", "no_amount"]
    assert [(one.reason, one.rows) for one in study.exclusions] == [("no_amount", (4,))]
    (table,) = read_tables({"l.csv": (HEAD + rows).encode()}).values()
    (question,) = find_open_decimals(table, ["amount"])
    assert question.examples == (("50.000", 50000.0, 50.0),)
    assert ledger(rows, decimal=".").funding["amount"].tolist() == [12.5, 1234.5, 50.0]


@pytest.mark.parametrize("marks", [(",", "."), (".", ","), (" ", ","), ("'", ".")])
def test_amounts_with_two_decimals_are_read_as_written_whatever_the_marks(marks):
    thousands, decimal = marks
    rng = np.random.default_rng(5)
    cents = np.rint(10 ** rng.uniform(0, 10, 400)).astype(int).tolist()
    texts = [
        f"{amount // 100:,}".replace(",", thousands) + decimal + f"{amount % 100:02d}"
        for amount in cents
    ]
    found = read_numbers(pd.Series(texts, dtype=object))
    assert found.values.tolist() == pytest.approx([amount / 100 for amount in cents])
    assert (found.unread, found.unsure, found.grouped) == ((), (), ())


def test_days_and_months_are_decided_by_the_column():
    study = ledger("3/4/2026,1,A,\n25/4/2026,2,A,\n4/5/2026,3,A,\n")
    assert study.funding["date"].dt.month.tolist() == [4, 4, 5]
    assert study.issues == ()


def test_dates_that_nothing_decides_are_asked_about_and_settled():
    rows = "3/4/2026,1,A,\n2/1/2026,2,A,\n5/2/2026,3,A,\n1/3/2026,4,A,\n"
    study = ledger(rows)
    assert codes(study) == ["ambiguous_dates"]
    settled = ledger(rows, day_first=True)
    assert settled.funding["date"].dt.month.tolist() == [4, 1, 2, 3]
    assert settled.issues == ()


WHOLE = "".join(f"2026-0{n}-01,{n}00,Fund,\n" for n in range(1, 9))
PART = "".join(f"2026-0{n}-01,{n}00,Fund,\n" for n in range(3, 7))


def test_a_part_uploaded_beside_the_whole_is_noticed_and_not_used():
    files = {"part.csv": (HEAD + PART).encode(), "whole.csv": (HEAD + WHOLE).encode()}
    part, whole = inspect_files(files)
    assert [issue.code for issue in part.issues] == ["file_contained"]
    assert whole.issues == ()
    plan = propose_study(files)
    assert plan.funding.path == "whole.csv"
    assert read_study(plan, files).funding["amount"].sum() == 3600


def test_a_summary_beside_its_rows_is_noticed():
    rows = "kind,status,amount\n" + "".join(
        f"{kind},{status},{n * 10}\n"
        for n, (kind, status) in enumerate((k, s) for k in "abcd" for s in ("won", "lost", "open"))
    )
    summed = "status,amount\nwon,180\nlost,220\nopen,260\n"
    summary, detail = inspect_files({"sum.csv": summed.encode(), "rows.csv": rows.encode()})
    (issue,) = summary.issues
    assert (issue.code, issue.details["other_file"]) == ("file_summed", "rows.csv")
    assert detail.issues == ()


def test_a_year_far_ahead_is_a_slip_and_the_clock_is_not_asked():
    rows = "2026-01-05,100,A,\n2026-02-05,200,B,\n2206-03-05,300,C,\n"
    study = ledger(rows)
    assert study.funding["amount"].tolist() == [100, 200]
    assert codes(study) == ["future_date"]
    ahead = ledger("2090-01-05,100,A,\n2091-02-05,200,B,\n")
    assert ahead.funding["amount"].sum() == 300
    assert ahead.issues == ()


def test_a_date_that_cannot_be_read_is_told_once_and_its_row_left_out_once():
    study = ledger("2026-01-01,100,A,\nsoon,50,B,\n,20,C,\n2026-02-01,-30,D,\n")
    assert study.funding["amount"].tolist() == [100, -30]
    assert [(e.reason, e.rows) for e in study.exclusions] == [("no_date", (3, 4))]
    told = {issue.code: issue for issue in study.issues}
    assert codes(study).count("unread_date") == 1
    assert told["unread_date"].details["values"] == ["soon"]
    assert told["no_date"].rows == (3, 4)
    assert told["no_date"].details["effect"] == "left_out"


@pytest.mark.parametrize("header", ["type", "收/支", "kind", "x"])
@pytest.mark.parametrize(("gain", "loss"), [("income", "expense"), ("收入", "支出"), ("in", "out")])
def test_a_column_of_income_and_expense_gives_the_sign_whatever_it_is_called(header, gain, loss):
    rows = f"2026-01-05,{gain},1000,City\n2026-01-06,{loss},200,\n2026-01-31,合计,1200,\n"
    files = {"l.csv": f"date,{header},amount,source\n{rows}".encode()}
    plan = propose_study(files)
    assert (plan.funding.direction, plan.funding.kind) == (header, None)
    assert read_study(plan, files).funding["amount"].tolist() == [1000, -200]


@pytest.mark.parametrize(
    ("scores", "scale"), [((0, 5, 10), (0, 10)), ((1, 5, 7), (1, 7)), ((8, 3, 9), (1, 10))]
)
def test_a_self_assessment_on_another_scale_is_proposed_with_it(scores, scale):
    rows = "".join(f"r{n},money,{score}\n" for n, score in enumerate(scores))
    files = {"c.csv": f"rater,domain,score\n{rows}".encode()}
    plan = propose_study(files)
    assert plan.capacity.range == scale
    assert read_study(plan, files).capacity["score"].tolist() == list(scores)

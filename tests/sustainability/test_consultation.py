"""Follow-through against hand-counted issues."""

from datetime import date

import pandas as pd
import pytest

from analysis.plan import plan_from_dict
from analysis.study import Study
from analysis.sustainability.consultation import evaluate_consultation


def consultation_study():
    columns = ["issue", "raised_by", "parties", "stage", "meeting"]
    columns += ["raised", "agreed", "due", "done", "told_back", "declined"]
    rows = [
        [
            "drain",
            "a",
            "A、B",
            "s1",
            "m1",
            "2026-01-01",
            "2026-01-05",
            "2026-02-01",
            "2026-01-25",
            "2026-01-30",
            "",
        ],
        [
            "light",
            "a",
            "A,C",
            "s1",
            "m1",
            "2026-01-01",
            "2026-01-05",
            "2026-02-01",
            "2026-02-20",
            None,
            "",
        ],
        ["path", "b", "A", "s2", "m2", "2026-02-01", "2026-02-05", "2026-03-01", None, None, ""],
        ["pump", "b", "B", "s2", "m2", "2026-02-01", "2026-02-05", "2026-12-01", None, None, ""],
        ["lift", "b", "B", "s2", "m2", "2026-02-01", None, None, None, None, "not ours"],
        ["park", "b", "B", "s2", "m3", "2026-03-01", None, None, None, None, ""],
    ]
    table = pd.DataFrame(rows, columns=columns)
    for name in columns[5:10]:
        table[name] = pd.to_datetime(table[name])
    plan = plan_from_dict({"consultation": {"path": "issues.xlsx", "as_of": date(2026, 6, 1)}})
    return Study(plan=plan, consultation=table)


def test_each_issue_has_one_status_and_all_are_counted():
    found = evaluate_consultation(consultation_study())
    assert (found.raised, found.agreed, found.done, found.declined) == (6, 4, 2, 1)
    assert (found.open, found.overdue) == (2, 1)
    statuses = [row.status for row in found.issues]
    assert sorted(statuses) == ["declined", "done", "done", "not_agreed", "open", "overdue"]
    assert statuses[0] == "overdue"


def test_follow_through_counts_only_issues_that_are_due():
    found = evaluate_consultation(consultation_study())
    # Due or closed among the agreed: drain, light, path; two of them done.
    assert found.follow_through.n == 3
    assert found.follow_through.estimate == pytest.approx(2 / 3)
    assert found.on_time.estimate == pytest.approx(0.5)
    assert found.told_back.estimate == pytest.approx(0.5)


def test_open_issues_are_censored_not_dropped():
    found = evaluate_consultation(consultation_study())
    assert found.curve.n == 4
    assert sum(found.curve.events) == 2
    # 20 days: 1 of 4; 46 days: 1 of 3 left.
    assert found.curve.survival[-1] == pytest.approx(0.75 * 2 / 3)


def test_stakeholder_matrix_counts_meetings_once():
    found = evaluate_consultation(consultation_study())
    assert ("A", "s1", 1) in found.matrix
    assert ("B", "s2", 2) in found.matrix

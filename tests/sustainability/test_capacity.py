"""Capacity by hand: means over raters, change within raters, suppression of out-of-range."""

from dataclasses import replace

import pandas as pd
import pytest

from analysis import read_study
from analysis.plan import plan_from_dict
from analysis.study import Study
from analysis.sustainability.capacity import evaluate_capacity
from analysis.sustainability.strengths import evaluate_strengths


def capacity_study(rows, **plan):
    table = pd.DataFrame(rows, columns=["rater", "domain", "item", "wave", "score", "group"])
    raw = {"capacity": {"path": "capacity.xlsx", "range": [1, 7], **plan}}
    return Study(plan=plan_from_dict(raw), capacity=table)


def test_domain_mean_is_over_raters_not_over_items():
    rows = [
        ("r1", "money", "a", "pre", 2.0, ""),
        ("r1", "money", "b", "pre", 4.0, ""),
        ("r2", "money", "a", "pre", 5.0, ""),
    ]
    domain = evaluate_capacity(capacity_study(rows)).domains[0]
    assert domain.mean.estimate == pytest.approx(4.0)
    assert domain.mean.n == 2


def test_change_pairs_raters_by_name():
    pre, post = [2.0, 3.0, 4.0, 3.0], [3.0, 3.5, 5.0, 4.5]
    rows = [(f"r{i}", "money", "", "pre", x, "") for i, x in enumerate(pre)]
    rows += [(f"r{i}", "money", "", "post", x, "") for i, x in reversed(list(enumerate(post)))]
    after = evaluate_capacity(capacity_study(rows, target=5.0)).domains[1]
    assert after.wave == "post"
    assert after.change.estimate == pytest.approx(1.0)
    # differences 1, .5, 1, 1.5: sd .408, t = 1 / (.408 / 2) = 4.899
    assert after.change.statistic == pytest.approx(4.898979485566356)
    assert after.gap == pytest.approx(1.0)


def test_scores_out_of_range_are_left_out():
    rows = [("r1", "money", "", "pre", 9.0, ""), ("r2", "money", "", "pre", 3.0, "")]
    assert evaluate_capacity(capacity_study(rows)).domains[0].mean.n == 1


def test_strengths_kept_gained_lost():
    table = pd.DataFrame(
        [
            ("pump", "tools", "pre"),
            ("hall", "places", "pre"),
            ("hall", "places", "post"),
            ("nurse", "people", "post"),
        ],
        columns=["strength", "kind", "wave"],
    )
    study = Study(plan=plan_from_dict({"strengths": {"path": "s.xlsx"}}), strengths=table)
    kinds = {k.kind: k for k in evaluate_strengths(study).kinds}
    assert kinds["tools"].lost == ("pump",)
    assert kinds["places"].kept == 1
    assert kinds["people"].gained == ("nurse",)


def test_share_led_by_residents_counts_only_sessions_held(tmp_path):
    rows = "planned,held,leader\n2026-01-01,2026-01-01,yes\n2026-02-01,2026-02-02,no\n"
    rows += "2026-03-01,,yes\n2026-04-01,2026-04-01,\n2026-05-01,2026-05-01,yes\n"
    (tmp_path / "plan.csv").write_text(rows)
    (tmp_path / "capacity.csv").write_text("rater,domain,wave,score\nr1,money,pre,3\n")
    (tmp_path / "study.toml").write_text(
        '[delivery]\npath = "plan.csv"\nled_by_residents = "leader"\n'
        '[capacity]\npath = "capacity.csv"\nrange = [1, 7]\n'
    )
    found = evaluate_capacity(read_study(tmp_path / "study.toml"))
    # Held with an answer: yes, no, yes.
    assert found.resident_led.n == 3
    assert found.resident_led.estimate == pytest.approx(2 / 3)


def test_roles_without_a_trained_successor_are_counted():
    roster = pd.DataFrame(
        {
            "volunteer": ["v1", "v2", "v3", "v4"],
            "role": ["lead", "lead", "driver", "driver"],
            "successor": ["v2", "", None, "v9"],
            "left": pd.to_datetime([None, None, None, "2026-01-01"]),
        }
    )
    study = capacity_study([("r1", "money", "", "pre", 3.0, "")])
    found = evaluate_capacity(replace(study, volunteers=roster))
    assert found.leadership == (("driver", 1, 0), ("lead", 2, 1))

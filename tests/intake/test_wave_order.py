"""Rounds stand in order of time, not of the alphabet; what nothing tells is asked."""

import pytest

from analysis.intake.propose.proposal import propose_study
from analysis.intake.propose.wave_order import order_waves
from analysis.intake.tables.survey_tool import read_tables


def long_table(rounds, *, head="code,round,q1,q2,q3", n=20):
    rows = [
        f"P{k:02},{name},{1 + k % 5},{1 + (k + at) % 5},{1 + k % 4}"
        for k in range(n)
        for at, name in enumerate(rounds)
    ]
    return {"long.csv": "\n".join([head, *rows]).encode()}


def order_of(rounds, **more):
    (table,) = read_tables(long_table(rounds, **more)).values()
    return order_waves(table, table.columns[1].name, table.columns[0].name)


@pytest.mark.parametrize(
    ("given", "ordered"),
    [
        ("month 12|baseline|month 3|month 6", "baseline|month 3|month 6|month 12"),
        ("12 months|Baseline|3 weeks", "Baseline|3 weeks|12 months"),
        ("M12|M0|M3", "M0|M3|M12"),
        ("半年后|基线|三个月后|十二个月后", "基线|三个月后|半年后|十二个月后"),
        ("第10次|第2次|第1次", "第1次|第2次|第10次"),
        ("visit 10|visit 9|screening|final visit", "screening|visit 9|visit 10|final visit"),
        ("2025|2023|2024", "2023|2024|2025"),
        ("T2|T1", "pre|post"),
        ("后测|前测", "pre|post"),
    ],
)
def test_names_that_tell_the_time_are_sorted_by_it(given, ordered):
    order = order_of(given.split("|"))
    assert ("|".join(order.waves), order.sure) == (ordered, True)


@pytest.mark.parametrize(
    "rounds",
    [["spring", "autumn", "winter"], ["visit 1", "training", "visit 2"], ["month 3", "visit 2"]],
)
def test_names_that_do_not_keep_the_order_of_the_file_and_are_unsure(rounds):
    order = order_of(rounds)
    assert (list(order.waves), order.sure) == (rounds, False)


REDCAP = "record_id,redcap_event_name,q1,q2,q3"


def test_a_redcap_export_keeps_the_order_of_its_events():
    order = order_of(["training_arm_1", "coaching_arm_1", "award_arm_1"], head=REDCAP)
    assert (order.waves, order.sure) == (("training", "coaching", "award"), True)
    assert order.values["award"] == ("award_arm_1",)


def test_arms_share_their_rounds_and_arms_that_differ_are_unsure():
    same = long_table(["baseline_arm_1", "month_6_arm_1", "month_12_arm_1"], head=REDCAP)
    other = long_table(["baseline_arm_2", "month_6_arm_2", "month_12_arm_2"], head=REDCAP)
    rows = other["long.csv"].decode().replace("P", "R").split("\n", 1)[1].encode()
    (plan,) = [propose_study({"long.csv": same["long.csv"] + b"\n" + rows}).survey]
    assert plan.waves == ["baseline", "month_6", "month_12"]
    assert plan.wave_values["month_6"] == ["month_6_arm_1", "month_6_arm_2"]
    rows = rows.replace(b"month_6_arm_2", b"surgery_arm_2").replace(b"month_12", b"discharge")
    (table,) = read_tables({"long.csv": same["long.csv"] + b"\n" + rows}).values()
    order = order_waves(table, "redcap_event_name", "record_id")
    assert not order.sure
    assert list(order.waves).index("baseline") == 0
    assert order.waves.index("surgery") < order.waves.index("discharge")

"""Who served when and when each one left: hand-worked cases and properties."""

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.intake.values import typed_table
from analysis.plan import plan_from_dict
from analysis.study import Study
from analysis.volunteers.retention import evaluate_volunteers
from analysis.volunteers.spells import (
    active_on,
    as_date,
    as_day,
    collect_team,
    derive_stints,
    derive_tenures,
)
from tests.activities import SERVICE, VOLUNTEERS, read_tables, rows_of

START = date(2025, 1, 1)


def log_of(days: dict[str, list[int]], lapse: int = 90, until: int | None = None) -> Study:
    """A service log: person → days since 1 January 2025."""
    rows = [
        f"{p},{START + timedelta(days=d)}" for p, given_days in days.items() for d in given_days
    ]
    retention = {"lapse_after_days": lapse}
    if until is not None:
        retention["observed_until"] = START + timedelta(days=until)
    return read_tables(service=("id,date\n" + "\n".join(rows) + "\n", SERVICE), retention=retention)


def test_a_gap_longer_than_the_window_is_a_lapse_and_what_follows_a_return():
    team = collect_team(log_of({"a": [0, 30, 121, 130]}, lapse=90, until=300))
    stints = derive_stints(team)
    assert (stints.start - as_day(START)).tolist() == [0, 121]
    assert (stints.last - as_day(START)).tolist() == [30, 130]
    assert (stints.stop - as_day(START)).tolist() == [121, 221]
    assert stints.again.tolist() == [False, True]


@pytest.mark.parametrize(("lapse", "stints"), [(60, 3), (90, 2), (91, 1), (180, 1)])
def test_the_declared_window_decides_what_is_a_gap(lapse, stints):
    # Gaps of 61 and 91 days: a gap of exactly the window is not yet a lapse.
    team = collect_team(log_of({"a": [0, 61, 152]}, lapse=lapse, until=160))
    assert derive_stints(team).person.size == stints


def test_a_lapsed_volunteer_left_on_the_last_day_seen():
    team = collect_team(log_of({"gone": [0, 40], "here": [0, 290]}, lapse=90, until=300))
    tenures = derive_tenures(team)
    assert team.ids.tolist() == ["GONE", "HERE"]
    assert tenures.duration.tolist() == [40, 210]  # "here" is followed up to day 300 − 90
    assert tenures.event.tolist() == [True, False]
    assert tenures.lapsed.tolist() == [True, False]


def test_censoring_at_the_last_service_is_a_variant():
    team = collect_team(log_of({"gone": [0, 40], "here": [0, 290]}, lapse=90, until=300))
    tenures = derive_tenures(team, "last_service")
    assert tenures.duration.tolist() == [40, 290]
    assert tenures.event.tolist() == [True, False]


def test_who_joined_inside_the_window_cannot_be_judged_yet():
    study = log_of({"old": [0, 100], "new": [280]}, lapse=90, until=300)
    tenures = derive_tenures(collect_team(study))
    assert np.isnan(tenures.duration).tolist() == [True, False]
    cautions = {c.code: c.values for c in evaluate_volunteers(study).cautions}
    assert cautions["volunteers_too_recent"]["n"] == 1


def test_the_curve_and_the_count_agree_on_who_has_left_at_the_lapse_boundary():
    # "edge" was last seen exactly 90 days before the end: not yet more than 90 days without.
    days = {
        "a": [0, 50],
        "b": [0, 120],
        "c": [10, 209],
        "edge": [0, 210],
        "d": [0, 211],
        "e": [5, 300],
    }
    found = evaluate_volunteers(log_of(days, lapse=90, until=300))
    assert (found.n, found.left, found.active) == (6, 3, 3)
    assert sum(found.curve.events) == 3
    day_before = evaluate_volunteers(log_of(days, lapse=91, until=301))
    assert (day_before.left, sum(day_before.curve.events)) == (3, 3)
    later = evaluate_volunteers(log_of({**days, "e": [5, 301]}, lapse=90, until=301))
    assert (later.left, sum(later.curve.events)) == (4, 4)


def test_a_leaving_on_the_last_day_of_observation_has_left_in_curve_count_and_month():
    roster = "id,joined,left\na,2025-01-01,2025-03-01\nb,2025-01-01,2025-06-30\nc,2025-02-01,\n"
    study = read_tables(
        volunteers=(roster, VOLUNTEERS), retention={"observed_until": date(2025, 6, 30)}
    )
    found = evaluate_volunteers(study)
    assert (found.n, found.left, found.active) == (3, 2, 1)
    assert sum(found.curve.events) == 2
    assert sum(month.lapsed for month in found.monthly) == 2
    assert (found.monthly[-1].month, found.monthly[-1].lapsed, found.monthly[-1].team) == (
        "2025-06",
        1,
        1,
    )


ROSTER = """id,joined,left
a,2025-01-01,2025-03-01
b,2025-01-01,
c,2025-02-01,2025-01-15
d,2025-02-10,2025-06-01
"""
LOG = """id,date
a,2025-01-05
a,2025-02-20
b,2025-01-20
b,2025-06-20
d,2025-02-01
d,2025-06-15
x,2025-03-03
"""


@pytest.fixture
def contradicting():
    return read_tables(
        volunteers=(ROSTER, VOLUNTEERS),
        service=(LOG, SERVICE),
        retention={"observed_until": date(2025, 6, 30)},
    )


def test_left_before_joined_is_left_out_and_listed(contradicting):
    assert rows_of(contradicting, "left_before_joined") == (4,)
    listed = [e for e in contradicting.exclusions if e.reason == "left_before_joined"]
    assert [(e.n, e.rows) for e in listed] == [(1, (4,))]
    assert "C" not in collect_team(contradicting).ids


def test_contradictions_between_roster_and_log_are_listed_and_counted(contradicting):
    assert rows_of(contradicting, "service_not_on_roster") == (8,)
    assert rows_of(contradicting, "service_before_joined") == (6,)
    assert rows_of(contradicting, "service_after_left") == (7,)
    notes = evaluate_volunteers(contradicting).notes
    assert notes == {
        "service_not_on_roster": 1,
        "service_before_joined": 1,
        "service_after_left": 1,
    }


def test_contradictions_are_settled_by_the_stated_rules(contradicting):
    team = collect_team(contradicting)
    who = {name: i for i, name in enumerate(team.ids)}
    assert as_date(team.start[who["D"]]) == date(2025, 2, 1)  # the first service counts
    assert np.isinf(team.left[who["D"]])  # the leaving with later service is set aside
    assert as_date(team.left[who["A"]]) == date(2025, 3, 1)  # the recorded leaving stands
    assert "X" in who  # not on the roster, counted all the same


def test_service_on_the_day_of_leaving_is_no_contradiction():
    study = read_tables(
        volunteers=("id,joined,left\na,2025-01-01,2025-03-01\n", VOLUNTEERS),
        service=("id,date\na,2025-03-01\n", SERVICE),
    )
    assert rows_of(study, "service_after_left") == ()
    assert evaluate_volunteers(study).notes == {}


def test_rows_after_the_end_of_observation_are_left_out_and_listed():
    study = read_tables(
        service=("id,date\na,2025-01-01\na,2099-01-01\n", SERVICE),
        retention={"observed_until": date(2025, 12, 31)},
    )
    assert rows_of(study, "future_date") == (3,)
    assert as_date(collect_team(study).until) == date(2025, 12, 31)


def test_dates_yet_to_come_are_left_out_without_an_end_too():
    study = read_tables(service=("id,date\na,2025-01-01\na,2999-01-01\n", SERVICE))
    assert rows_of(study, "future_date") == (3,)


def test_rows_without_person_or_date_are_listed():
    study = read_tables(service=("id,date\na,2025-01-01\n,2025-01-02\nb,\nb,soon\n", SERVICE))
    assert rows_of(study, "no_volunteer") == (3,)
    assert rows_of(study, "unread_date") == (5,)  # counts as blank
    assert rows_of(study, "no_date") == (4, 5)
    assert collect_team(study).n == 1


def test_a_register_begun_late_is_left_truncated():
    roster = "id,joined,left\n" + "".join(
        f"v{i},{2020 + i % 3}-01-01,{'2025-06-01' if i < 4 else ''}\n" for i in range(12)
    )
    told = {"register_since": date(2025, 1, 1), "observed_until": date(2025, 12, 31)}
    late = evaluate_volunteers(read_tables(volunteers=(roster, VOLUNTEERS), retention=told))
    naive = evaluate_volunteers(
        read_tables(volunteers=(roster, VOLUNTEERS), retention={**told, "register_since": None})
    )
    # Nobody was seen before the register began, so nobody can be at risk at one year.
    at_risk = dict(zip(late.curve.time_days, late.curve.at_risk, strict=True))
    assert late.curve.at_risk[0] == 0
    assert max(at_risk.values()) < 12
    assert naive.curve.at_risk[0] == 12
    assert {c.code for c in late.cautions} >= {"register_started_late"}


def test_roster_alone_follows_everybody_to_the_end():
    study = read_tables(
        volunteers=(
            "id,joined,left\na,2025-01-01,2025-01-31\nb,2025-01-01,\nc,2025-01-11,2025-03-02\n",
            VOLUNTEERS,
        ),
        retention={"observed_until": date(2025, 4, 11)},
    )
    found = evaluate_volunteers(study)
    assert found.rule == "roster"
    # 30 d left, 50 d left, 100 d still there: S = 2/3 then 1/3.
    assert found.curve.time_days == (0.0, 30.0, 50.0, 100.0)
    assert found.curve.survival == pytest.approx([1, 2 / 3, 1 / 3, 1 / 3])
    assert (found.n, found.active, found.left) == (3, 1, 2)


def test_a_roster_row_twice_is_listed():
    study = read_tables(volunteers=("id,joined,left\na,2025-01-01,\na,2025-01-01,\n", VOLUNTEERS))
    assert rows_of(study, "duplicate_volunteer") == (3,)
    assert evaluate_volunteers(study).n == 1


LOGS = st.dictionaries(
    st.sampled_from(list("abcdefgh")),
    st.lists(st.integers(0, 700), min_size=1, max_size=12),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(LOGS, st.integers(20, 200))
def test_everybody_is_counted_once_whatever_the_log(days, lapse):
    team = collect_team(_frame_study(days, lapse))
    stints, tenures = derive_stints(team), derive_tenures(team)
    assert team.n == len(days)
    assert np.all(np.bincount(stints.person, minlength=team.n) >= 1)
    assert np.sum(~stints.again) == team.n
    assert np.all(stints.start <= stints.last)
    assert np.all(stints.last < stints.stop)
    known = np.isfinite(tenures.duration)
    assert np.all(tenures.duration[known] >= 0)
    assert 0 <= active_on(stints, team.until) <= team.n


@settings(deadline=None)
@given(LOGS, st.integers(20, 200), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_repeated_rows_do_not_matter(days, lapse, random):
    rows = [(p, d) for p, given_days in days.items() for d in given_days]
    shuffled = [*rows, *rows[: len(rows) // 2]]
    random.shuffle(shuffled)
    one, other = _evaluate(rows, lapse), _evaluate(shuffled, lapse)
    assert one == other


@settings(deadline=None)
@given(LOGS)
def test_a_longer_window_never_means_more_stints(days):
    counts = [
        derive_stints(collect_team(_frame_study(days, lapse))).person.size
        for lapse in (30, 60, 120)
    ]
    assert counts == sorted(counts, reverse=True)


def _frame_study(days: dict[str, list[int]], lapse: int) -> Study:
    return _study([(p, d) for p, given_days in days.items() for d in given_days], lapse)


def _study(rows: list[tuple[str, int]], lapse: int) -> Study:
    frame = pd.DataFrame(rows, columns=["volunteer", "date"])
    frame["date"] = pd.Timestamp(START) + pd.to_timedelta(frame["date"], unit="D")
    plan = plan_from_dict(
        {
            "study": {},
            "service": {"path": "log.csv", **SERVICE},
            "retention": {"lapse_after_days": lapse},
        }
    )
    return Study(plan=plan, service=frame)


def _evaluate(rows: list[tuple[str, int]], lapse: int) -> tuple[object, ...]:
    team = collect_team(_study(rows, lapse))
    stints = derive_stints(team)
    return (
        team.ids.tolist(),
        stints.start.tolist(),
        stints.stop.tolist(),
        derive_tenures(team).duration.astype(str).tolist(),
    )


def test_without_an_end_of_observation_nobody_serves_tomorrow(monkeypatch):
    monkeypatch.setattr(typed_table, "_tomorrow", lambda: pd.Timestamp("2025-07-01"))
    text = "id,date\nV1,2025-02-01\nV2,2025-03-01\nV3,2025-07-01\nV4,2025-07-02\n"
    study = read_tables(service=(text, SERVICE))
    assert rows_of(study, "future_date") == (5,)
    assert len(study.service) == 3


def test_a_clock_before_most_rows_is_not_believed(monkeypatch):
    monkeypatch.setattr(typed_table, "_tomorrow", lambda: pd.Timestamp("2001-01-01"))
    text = "id,date\nV1,2025-02-01\nV2,2025-03-01\n"
    study = read_tables(service=(text, SERVICE))
    assert len(study.service) == 2


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from("abcdefgh"),
        st.lists(st.integers(0, 400), min_size=1, max_size=12),
        min_size=1,
    ),
    st.integers(20, 120),
)
def test_curve_and_count_agree_on_who_has_left_in_any_log(days, lapse):
    team = collect_team(log_of(days, lapse=lapse, until=400))
    tenures = derive_tenures(team)
    stints = derive_stints(team)
    still = np.zeros(team.n, dtype=bool)
    still[stints.person[stints.stop > team.until]] = True
    assert np.array_equal(tenures.event, ~still)
    assert active_on(stints, team.until) == still.sum()

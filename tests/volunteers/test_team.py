"""Months, cohorts, hours, overdue and outlook: hand-worked cases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import read_study
from analysis.results import Comparison, Estimate, NotEstimable
from analysis.scorecard.indicators import ScorecardInputs, collect_indicators
from analysis.scorecard.score import find_warnings
from analysis.volunteers.backtest import backtest_outlook, choose_outlook, cut_team
from analysis.volunteers.findings import find_outlook, find_stay, find_volunteers
from analysis.volunteers.outlook import estimate_outlook
from analysis.volunteers.overdue import list_overdue, people_overdue, people_to_watch
from analysis.volunteers.results import OutlookCheck, OutlookPoint, Volunteers
from analysis.volunteers.retention import evaluate_volunteers
from analysis.volunteers.spells import as_day, collect_team, derive_stints
from dashboard.content.format import say_cell
from dashboard.content.topics.outlook import (
    list_outlook_choice,
    say_backtest,
    say_outlook_choice,
)
from dashboard.content.topics.scorecard import list_people
from dashboard.content.topics.volunteers import list_cards
from dashboard.sentences import say_finding
from dashboard.text import Text
from tests.activities import SERVICE, VOLUNTEERS, read_tables

START = date(2025, 1, 1)


@pytest.fixture(scope="module")
def sample_volunteers(sample_folder) -> Volunteers:
    return evaluate_volunteers(read_study(sample_folder / "study.toml"))


def evaluate_log(text: str, until: date, lapse: int = 60, **settings: str) -> Volunteers:
    study = read_tables(
        service=(text, {**SERVICE, **settings}),
        retention={"observed_until": until, "lapse_after_days": lapse},
    )
    return evaluate_volunteers(study)


def test_month_by_month_by_hand():
    log = "id,date\na,2025-01-10\na,2025-02-10\nb,2025-02-20\na,2025-06-01\n"
    found = evaluate_log(log, date(2025, 6, 30))
    told = [(m.month, m.active, m.new, m.returning, m.lapsed, m.team) for m in found.monthly]
    # Window 60 days: a's first stint ends on 12 April, b's on 22 April; a returns in June.
    assert told == [
        ("2025-01", 1, 1, 0, 0, 1),
        ("2025-02", 2, 1, 0, 0, 2),
        ("2025-03", 0, 0, 0, 0, 2),
        ("2025-04", 0, 0, 0, 2, 0),
        ("2025-05", 0, 0, 0, 0, 0),
        ("2025-06", 1, 0, 1, 0, 1),
    ]
    assert [m.retention for m in found.monthly[:3]] == [None, 1.0, 0.0]


def test_returns_are_recurrent_events():
    log = "id,date\na,2025-01-01\na,2025-04-11\na,2025-08-01\nb,2025-01-01\n"
    found = evaluate_log(log, date(2025, 12, 31))
    # Of two volunteers one returns on day 100 and again on day 212: 0.5, then 1 per person.
    steps = [(t, m) for t, m, _, _ in found.mean_cumulative_returns]
    assert steps == [(0.0, 0.0), (100.0, 0.5), (212.0, 1.0)]


def test_retention_by_period_and_by_commitment():
    days = "\n".join(
        [f"a,{START + timedelta(days=d)}" for d in range(0, 720, 30)]
        + [f"b,{START + timedelta(days=d)}" for d in range(0, 400, 30)]
        + [f"c,{START + timedelta(days=d)}" for d in range(500, 720, 30)]
    )
    found = evaluate_log(f"id,date\n{days}\n", START + timedelta(days=700))
    # In the team 365 days before the end (day 335): a and b; today: a and c.
    assert (found.period_retention.n, found.period_retention.estimate) == (2, 0.5)
    # Joined a year or more ago: a and b, both seen a year after joining; c is too new.
    assert (found.commitment_retention.n, found.commitment_retention.estimate) == (2, 1.0)
    assert found.active_year_ago == 2
    assert found.active == 2


def test_cohorts_by_hand():
    log = "id,date\na,2024-01-05\na,2024-04-05\nb,2024-02-01\nb,2024-07-01\nc,2024-05-01\n"
    found = evaluate_log(log, date(2024, 12, 31))
    first, second = found.cohorts
    assert (first.label, first.n) == ("2024-Q1", 2)
    assert first.active == ((1, 1, 0.5), (2, 1, 0.5), (3, 0, 0.0), (4, None, None))
    assert (second.label, second.n, second.active[0]) == ("2024-Q2", 1, (1, 0, 0.0))


def test_small_cohorts_are_whole_for_whoever_holds_the_data():
    study = read_tables(
        service=("id,date\na,2024-01-05\nb,2024-09-05\n", SERVICE), study={"min_group": 5}
    )
    first, second = evaluate_volunteers(study).cohorts
    assert first.active == ((1, 0, 0.0), (2, None, None))
    assert (second.n, second.active) == (1, ((1, None, None),))


HOURS = """id,date,hours,activity,up,came
a,2025-01-01,6,drill,1,1
a,2025-01-02,4,visit,1,1
b,2025-01-03,5,visit,1,1
c,2025-01-04,5,visit,1,1
c,2025-01-05,9,visit,1,0
d,2025-01-06,-2,drill,0,1
"""


@pytest.fixture
def hours():
    settings = {"hours": "hours", "activity": "activity", "signed_up": "up", "attended": "came"}
    return evaluate_log(HOURS, date(2025, 6, 1), **settings).hours


def test_hours_and_who_carries_them_by_hand(hours):
    assert (hours.unit, hours.total) == ("hours", 20.0)
    assert hours.per_person == (10.0, 5.0, 5.0)
    assert hours.bus_factor == 1  # one person gives half of 20 hours
    assert dict(hours.by_activity) == {"visit": 14.0, "drill": 6.0}


def test_reliability_is_of_those_signed_up(hours):
    assert (hours.reliability.n, hours.reliability.estimate) == (5, 0.8)


def test_without_hours_days_of_service_are_counted_once():
    found = evaluate_log("id,date\na,2025-01-01\na,2025-01-01\nb,2025-01-02\n", date(2025, 2, 1))
    assert (found.hours.unit, found.hours.total) == ("days", 2.0)
    assert isinstance(found.hours.reliability, NotEstimable)


def test_overdue_is_against_the_persons_own_rhythm():
    weekly = [f"weekly,{START + timedelta(days=d)}" for d in range(0, 71, 7)]
    monthly = [f"monthly,{START + timedelta(days=d)}" for d in range(0, 71, 30)]
    monthly += [f"monthly,{START + timedelta(days=90)}"]
    log = "\n".join(["id,date", *weekly, *monthly]) + "\n"
    study = read_tables(
        service=(log, SERVICE), retention={"observed_until": START + timedelta(days=110)}
    )
    team = collect_team(study)
    (late,) = list_overdue(team, derive_stints(team))
    assert late.volunteer == "WEEKLY"
    assert (late.days_since, late.rhythm_days, late.urgency) == (40, 7.0, "act")
    assert late.ratio == pytest.approx(40 / 7)


ROLES = """id,joined,left,role,trained,reason
{rows}
"""


def roster_of(leave_trained: int, leave_other: int) -> Volunteers:
    rows = []
    for i in range(40):
        trained = i % 2 == 0
        after = leave_trained if trained else leave_other
        left = START + timedelta(days=after + 3 * i) if i % 4 < 2 else ""
        why = "moved" if i % 4 == 0 else "tired"
        day = START + timedelta(days=30) if trained else ""
        role = "core" if i % 5 == 0 else "member"
        rows.append(f"v{i},{START},{left},{role},{day},{why if left else ''}")
    settings = {**VOLUNTEERS, "role": "role", "trained": "trained", "reason": "reason"}
    study = read_tables(
        volunteers=(ROLES.format(rows="\n".join(rows)), settings),
        retention={"observed_until": START + timedelta(days=800)},
        study={"min_group": 3},
    )
    return evaluate_volunteers(study)


def test_trained_are_compared_from_a_landmark_on():
    found = roster_of(400, 120).landmark
    assert found.landmark_days == 90
    assert [g.value for g in found.groups] == ["trained", "untrained"]
    assert isinstance(found.logrank, Comparison)
    assert found.logrank.n == 40
    assert found.logrank.details["observed"][0] < found.logrank.details["expected"][0]
    # Who left before the landmark takes no part, trained or not: no immortal time.
    early = roster_of(400, 10).landmark
    assert early.logrank.n == 40 - 7  # untrained who left on days 13, 25 … 85


def test_reasons_for_leaving_sum_to_the_share_who_left():
    found = roster_of(200, 120)
    at_year = sum(c.at_365.estimate for c in found.causes if isinstance(c.at_365, Estimate))
    assert at_year == pytest.approx(1 - found.retention["365"].estimate, abs=1e-9)
    assert {c.reason for c in found.causes} == {"moved", "tired"}


def test_roles_count_the_active_only():
    found = roster_of(200, 120)
    assert sum(n for _, n in found.roles) == found.active
    assert [role for role, _ in found.roles] == ["member", "core"]


def steady_log(leave_after: int | None = None) -> str:
    """One joins every ten days for two years and serves weekly, for ever or for some days."""
    rows = []
    for i in range(70):
        joined = 10 * i
        end = min(730, joined + leave_after) if leave_after else 730
        rows += [f"p{i},{START + timedelta(days=d)}" for d in range(joined, end, 7)]
    return "id,date\n" + "\n".join(rows) + "\n"


def test_outlook_of_a_steady_team_stays_where_it_is():
    found = evaluate_log(steady_log(200), START + timedelta(days=700), lapse=30)
    last = found.outlook[-1]
    assert last.low <= found.active <= last.high
    assert all(p.low <= p.active <= p.high for p in found.outlook)
    widths = [p.high - p.low for p in found.outlook]
    assert widths == sorted(widths)
    assert np.mean([check.inside for check in found.backtest]) > 0.9


def test_outlook_is_the_same_every_time():
    make: Callable[[], Volunteers] = lambda: evaluate_log(  # noqa: E731
        steady_log(200), START + timedelta(days=700), lapse=30
    )
    assert make().outlook == make().outlook


def test_no_outlook_without_anybody_who_left_or_half_a_year():
    assert evaluate_log(steady_log(), START + timedelta(days=700), lapse=30).outlook == ()
    assert evaluate_log(steady_log(40), START + timedelta(days=120), lapse=30).outlook == ()


def test_the_back_test_knows_nothing_of_what_came_later():
    text = steady_log(200)
    study = read_tables(
        service=(text, SERVICE),
        retention={"lapse_after_days": 30, "observed_until": START + timedelta(days=700)},
    )
    team = collect_team(study)
    day = as_day(START + timedelta(days=500))
    cut, then = cut_team(team, day), collect_team(study, until=START + timedelta(days=500))
    assert cut.ids.tolist() == then.ids.tolist()
    for name in ("start", "last", "left", "person", "day"):
        assert getattr(cut, name).tolist() == getattr(then, name).tolist(), name
    one = estimate_outlook(cut, derive_stints(cut), 1)
    assert one == estimate_outlook(then, derive_stints(then), 1)
    checks = backtest_outlook(team, derive_stints(team), 1, origins=2, months=3)
    assert [(c.made, c.month, c.months_ahead) for c in checks] == [
        ("2026-09", "2026-10", 1),
        ("2026-09", "2026-11", 2),
        ("2026-10", "2026-11", 1),
    ]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 600)), min_size=1, max_size=40))
def test_every_month_adds_up_whatever_the_log(rows):
    text = "id,date\n" + "\n".join(f"{p},{START + timedelta(days=d)}" for p, d in rows) + "\n"
    found = evaluate_log(text, START + timedelta(days=600))
    assert found.n == found.active + found.left
    for before, month in zip((None, *found.monthly), found.monthly, strict=False):
        base = before.team if before else 0
        assert month.team == base + month.new + month.returning - month.lapsed
    assert sum(m.new for m in found.monthly) == found.n
    assert all(0 <= s <= 1 for s in found.curve.survival)


def _checks(errors):
    return tuple(
        OutlookCheck(
            made="2026-01",
            month="2026-02",
            months_ahead=1,
            expected=20 + flow,
            low=10,
            high=30,
            actual=20,
            inside=True,
            today=20 + naive,
        )
        for flow, naive in errors
    )


FLOW = (OutlookPoint(month="2026-07", active=14.0, low=9.0, high=18.0),)


def test_an_outlook_that_beats_as_today_is_given():
    checks = _checks([(1, 3), (-2, 3)])
    outlook, judged, choice = choose_outlook(FLOW, checks, 20)
    assert (outlook, judged) == (FLOW, checks)
    assert (choice.basis, choice.reason, choice.n) == ("flow", "better", 2)
    assert (choice.error_flow, choice.error_as_today, choice.inside) == (1.5, 3.0, 1.0)


@pytest.mark.parametrize(("checks", "reason"), [([(3, 1)], "not_better"), ([], "untried")])
def test_an_outlook_that_does_not_beat_as_today_gives_as_today_and_says_why(checks, reason):
    outlook, _, choice = choose_outlook(FLOW, _checks(checks), 20)
    assert outlook == (OutlookPoint(month="2026-07", active=20.0, low=9.0, high=20.0),)
    assert (choice.basis, choice.reason) == ("as_today", reason)
    for language in ("en", "zh-Hans"):
        assert say_outlook_choice(Text(language), choice)


def test_the_back_test_judges_the_interval_that_the_page_shows():
    """The flow's interval (24 to 30) missed the 20 that came; widened to today's it holds them."""
    missed = replace(_checks([(7, 0)])[0], low=24, high=30, inside=False)
    _, (judged,), choice = choose_outlook(FLOW, (missed,), 20)
    assert choice.basis == "as_today"
    assert (judged.expected, judged.low, judged.high, judged.inside) == (20.0, 20, 30, True)
    assert choice.inside == 1.0
    text = Text("en")
    table = list_outlook_choice(choice, text).frame
    within = [say_cell(text, cell) for cell in table[text("Within the interval")]]
    assert within == ["–", text.percent(1.0)]
    assert "1 of 1" in say_backtest(text, (judged,))


def test_the_sample_gives_as_today_on_the_page(sample_volunteers):
    v = sample_volunteers
    assert v.outlook_choice.error_flow >= v.outlook_choice.error_as_today
    assert {point.active for point in v.outlook} == {float(v.active)}
    assert all(check.expected == check.today for check in v.backtest)
    assert all(check.low <= check.today <= check.high for check in v.backtest)
    assert find_outlook(v).code == "outlook_as_today"
    assert say_finding(Text("en"), find_outlook(v)).startswith("Expect about as many")


def test_overdue_is_one_number_everywhere(sample_volunteers):
    v, text = sample_volunteers, Text("en")
    late = len(people_overdue(v.overdue))
    assert late + len(people_to_watch(v.overdue)) == len(v.overdue)
    assert late < len(v.overdue)
    (finding,) = [one for one in find_volunteers(v) if one.code == "volunteers_overdue"]
    assert finding.values["n"] == late
    (warning,) = [
        w for w in find_warnings(ScorecardInputs(volunteers=v)) if w.code == "volunteers_overdue"
    ]
    assert dict(warning.values)["n"] == late
    cards = {card.meaning: card.value for card in list_cards(v, text)}
    assert cards["overdue against their own rhythm"] == str(late)
    assert len(list_people(text, v)) == min(late, 4)
    share = dict(collect_indicators(ScorecardInputs(volunteers=v)))["overdue_volunteers"]
    assert share.estimate == pytest.approx(late / v.active)


def test_a_median_is_an_estimate_beside_the_count(sample_volunteers):
    said = say_finding(Text("en"), find_stay(sample_volunteers))
    v = sample_volunteers
    if find_stay(v).code == "volunteers_half_left":
        assert said.startswith("Median length of service: ")
    half = replace(
        v, median_days=Estimate(estimate=487.0, ci_low=300.0, n=25, method="x"), n=25, left=11
    )
    assert say_finding(Text("en"), find_stay(half)) == (
        "Median length of service: 16 months (95% CI from 9.9 months); 11 of 25 have left so far."
    )
    assert "11" in say_finding(Text("zh-Hans"), find_stay(half))

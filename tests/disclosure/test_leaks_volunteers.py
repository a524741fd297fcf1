"""What a reader could work out of a team from numbers that stood beside the withheld ones."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pytest

from analysis import evaluate
from analysis.disclosure import make_release, protect
from analysis.results import SUPPRESSED, SUPPRESSED_MARK, Comparison, Estimate, NotEstimable
from analysis.study import Study
from analysis.volunteers.findings import find_hours, find_team
from analysis.volunteers.results import Volunteers
from benchmarks.attack.made_studies import draw_study
from dashboard.content.format import list_cells
from dashboard.content.topics.outlook import list_roles
from dashboard.content.topics.volunteers import list_sensitivity
from dashboard.text import Text
from tests.activities import SERVICE, VOLUNTEERS, read_tables

STUDY = {"min_group": 5}
START, MONDAY = "2024-12-01", date(2025, 1, 6)


def roster(lefts: Mapping[int, str], n: int = 24, first_site: int = 14) -> Study:
    """Joined on one day; the first are of site A. ``lefts``: who left, and when."""
    rows = [
        f"V{i:02},{START},{lefts.get(i, '')},{'A' if i < first_site else 'B'}" for i in range(n)
    ]
    return read_tables(
        volunteers=("\n".join(["id,joined,left,site", *rows]), {**VOLUNTEERS, "groups": ["site"]}),
        retention={"observed_until": date(2026, 3, 1)},
        study=STUDY,
    )


def service_log(rows: Sequence[str], columns: str, until: date, **settings: str) -> Study:
    return read_tables(
        service=("\n".join([columns, *rows]), {**SERVICE, **settings}),
        retention={"observed_until": until, "lapse_after_days": 60},
        study=STUDY,
    )


def roles_of(roles: Sequence[str], rows: Mapping[int, str] | None = None, **settings: str) -> Study:
    """Joined on the days of one autumn. ``rows``: what stands instead of the date of leaving."""
    told = [
        f"V{i:02},2024-10-{1 + i % 28:02},{(rows or {}).get(i, '')},{role}"
        for i, role in enumerate(roles)
    ]
    names = {**VOLUNTEERS, "role": "role", "groups": ["role"]}
    return read_tables(
        volunteers=("\n".join(["id,joined,left,role", *told]), names),
        retention={"observed_until": date(2026, 3, 31), **settings},
        study=STUDY,
    )


def shown(study: Study, audience: str = "funder") -> Volunteers:
    found = protect(evaluate(study), study, audience).volunteers
    assert found is not None
    return found


def lefts_of(first: int, n: int) -> dict[int, str]:
    return {first + k: f"2025-0{2 + k}-15" for k in range(n)}


@pytest.mark.parametrize("few", [{0: "2025-04-10"}, {0: "2025-04-10", 1: "2025-06-10"}])
def test_how_many_of_a_group_left_is_not_told_by_its_tests(few: dict[int, str]):
    """The log-rank test listed how many left of each group, 1 and 7."""
    study = roster({**few, **lefts_of(14, 7)}, 34)
    (by_site,) = evaluate(study).volunteers.by_group
    assert isinstance(by_site.logrank, Comparison)
    (told,) = shown(study).by_group
    tests = (told.logrank, told.rmst_difference, told.proportional_hazards, *told.cox)
    assert {one.reason for one in tests} == {"suppressed"}
    assert isinstance(told.groups[0].rmst, NotEstimable)


def test_tests_of_groups_of_which_many_left_are_given_without_counts():
    study = roster({**lefts_of(0, 7), **lefts_of(20, 6)}, 44, 20)
    whole, told = evaluate(study).volunteers.by_group[0], shown(study).by_group[0]
    assert told.logrank.details == {}
    assert told.logrank.statistic == round(whole.logrank.statistic, 2)
    assert told.logrank.p_value == pytest.approx(whole.logrank.p_value, rel=0.05)
    assert told.rmst_difference.estimate == round(told.rmst_difference.estimate)


def test_how_many_are_too_recent_is_not_told_by_the_mean_length_of_service():
    """The curve withheld that two were too recent; the mean beside it said n 40, 2 left out."""
    days = [MONDAY + timedelta(days=14 * k) for k in range(26)]
    rows = [f"V{i:02},{day}" for i in range(40) for day in (days[:8] if i < 12 else days)]
    rows += [f"N{i},2026-01-02" for i in range(2)]
    study = service_log(rows, "id,date", date(2026, 1, 6))
    whole, told = evaluate(study).volunteers, shown(study)
    assert (whole.n, whole.curve.n, whole.rmst.n_missing) == (42, 40, 2)
    assert (told.n, told.curve.n) == (42, SUPPRESSED)
    assert told.curve.at_risk == (SUPPRESSED,)
    for one in (told.rmst, told.median_days, *told.retention.values()):
        assert isinstance(one, NotEstimable)
        assert one.n == 0


def test_how_many_never_served_is_not_told_by_how_uneven_the_hours_are():
    """Of a roster of 32 the Gini coefficient was of 30."""
    days = [MONDAY + timedelta(days=14 * k) for k in range(26)]
    rows = [f"V{i:02},{day},{1 + i % 4}" for i in range(30) for day in days[i % 3 :: 2]]
    names = [*(f"V{i:02}" for i in range(30)), "W1", "W2"]
    study = read_tables(
        volunteers=(
            "\n".join(["id,joined,left", *(f"{o},2025-01-01," for o in names)]),
            VOLUNTEERS,
        ),
        service=("\n".join(["id,date,hours", *rows]), {**SERVICE, "hours": "hours"}),
        retention={"observed_until": date(2026, 1, 6), "lapse_after_days": 90},
        study=STUDY,
    )
    assert evaluate(study).volunteers.hours.gini.n == 30
    told = shown(study)
    assert (told.n, told.hours.total, told.hours.bus_factor) == (32, SUPPRESSED, SUPPRESSED)
    assert isinstance(told.hours.gini, NotEstimable)
    assert find_hours(told).values["people"] == SUPPRESSED


def test_one_day_more_than_people_is_one_person_who_came_twice():
    rows = [f"V{i:02},{MONDAY + timedelta(days=i % 9)}" for i in range(30)] + ["V00,2025-02-20"]
    hours = shown(service_log(rows, "id,date", date(2025, 2, 25))).hours
    assert hours.total == SUPPRESSED
    assert isinstance(hours.per_active, NotEstimable)


def test_the_hours_of_one_person_are_not_worked_out_from_the_mean_and_its_spread():
    """Sum and sum of squares, beside a point of the curve, left twelve at 4 hours and one at 60."""
    rows = [f"V{i:02},2025-01-06,{60 if i == 12 else 4}" for i in range(13)]
    study = service_log(rows, "id,date,hours", date(2025, 2, 25), hours="hours")
    whole, told = evaluate(study).volunteers.hours, shown(study).hours
    assert told.per_active.estimate == whole.per_active.estimate
    assert told.per_active.std_error == SUPPRESSED
    assert told.per_active.ci_high != whole.per_active.ci_high
    exact = dict(whole.lorenz)
    moved = [abs(share - exact[people]) * told.total for people, share in told.lorenz]
    assert 0.5 < max(moved) <= 2.5


def test_a_log_of_no_hours_at_all_is_protected_too():
    rows = [f"V{i:02},2025-01-06,0" for i in range(13)]
    study = service_log(rows, "id,date,hours", date(2025, 2, 25), hours="hours")
    assert shown(study).hours.lorenz == ()


def test_of_whom_the_broken_promises_are_is_not_told():
    """One of 30 broke all seven: rows are many, and people are one."""
    days = [MONDAY + timedelta(days=7 * k) for k in range(20)]
    rows = [
        f"V{v:02},{day},yes,{'no' if v == 0 and k < 7 else 'yes'}"
        for v in range(30)
        for k, day in enumerate(days)
    ]
    asked = {"signed_up": "signed", "attended": "attended"}
    study = service_log(rows, "id,date,signed,attended", date(2025, 6, 10), **asked)
    assert isinstance(evaluate(study).volunteers.hours.reliability, Estimate)
    assert shown(study).hours.reliability.reason == "suppressed"


def test_when_one_left_is_not_told_by_the_mean_length_of_service():
    """Of 24 one left after 130 days: nothing else gives this mean and this standard error."""
    told = shown(roster({0: "2025-04-10"}))
    assert (told.active, told.left) == (SUPPRESSED, SUPPRESSED)
    assert isinstance(told.rmst, NotEstimable)


def test_when_one_more_left_is_not_told_between_two_releases():
    """Both means were given, and 24 times their difference was the days of the one who left."""
    first = roster({k: f"2025-0{1 + k % 6}-10" for k in range(8)})
    more = roster({**{k: f"2025-0{1 + k % 6}-10" for k in range(8)}, 20: "2025-09-01"})
    shown_first, release = make_release(evaluate(first), first, "funder")
    assert isinstance(shown_first.volunteers.rmst, Estimate)
    later, _ = make_release(evaluate(more), more, "funder", [release])
    assert later.volunteers is None or isinstance(later.volunteers.rmst, NotEstimable)


def test_a_mean_length_of_service_leaves_a_month_of_one_person_open():
    study = roster({k: f"2025-0{1 + k % 6}-10" for k in range(8)})
    whole, told = evaluate(study).volunteers, shown(study)
    assert told.rmst.estimate == pytest.approx(whole.rmst.estimate, abs=1)
    assert told.rmst.estimate % 2 == 0  # 24 people, two days each
    assert told.rmst.std_error == SUPPRESSED
    year = told.retention["365"]
    assert (year.estimate, year.std_error) == (
        round(whole.retention["365"].estimate, 2),
        SUPPRESSED,
    )
    assert all(share == round(share, 2) for share in told.curve.survival)


def test_of_a_team_that_is_withheld_nobody_says_that_it_grew():
    """It had shrunk from 24 to 23, and no comparison with a withheld number holds."""
    study = roster({0: "2025-08-10"})
    assert find_team(evaluate(study).volunteers).code == "volunteers_same"
    told = find_team(shown(study))
    assert (told.code, told.values["active"]) == ("volunteers_active", SUPPRESSED)


def test_a_withheld_number_of_a_table_is_marked_and_no_dash():
    text = Text("en")
    roles = shown(roles_of(["helper"] * 6 + ["chair"] * 2))
    assert {n for _, n in roles.roles} == {SUPPRESSED}
    lapse = shown(draw_study(101)[0])
    for table in (list_roles(roles, text), list_sensitivity(lapse, text)):
        rows = list_cells(table.frame, text)
        assert {row[1] for row in rows[1:]} == {SUPPRESSED_MARK}


def test_why_a_hidden_group_has_no_median_does_not_tell_whether_its_one_member_left():
    """Not reached: the chair is there; the last day, since when; too few: there is one chair."""
    roles = ["helper"] * 24 + ["cook"] * 6
    left = {k: f"2025-08-1{k}" for k in range(8)}
    told = []
    for chairs, gone in ((1, {}), (1, {30: "2025-06-01"}), (3, {30: "2025-06-01"})):
        (by_role,) = shown(roles_of([*roles, *["chair"] * chairs], {**left, **gone})).by_group
        chair = next(g for g in by_role.groups if g.value == "chair")
        told.append((chair, by_role.logrank, by_role.rmst_difference))
    assert told[0] == told[1] == told[2]
    assert told[0][0].median_days.reason == "suppressed"


def test_who_is_not_on_the_roster_is_not_told_by_a_note():
    """Forty less 8 not on the roster are 32; 31 of them were helpers, and one was the lead."""
    roster_rows = [f"V{i:02},2025-01-10,,{'lead' if i == 31 else 'helper'}" for i in range(32)]
    log = [f"V{i:02},2025-0{1 + k}-{10 + i % 9},2" for i in range(40) for k in range(7)]
    study = read_tables(
        volunteers=(
            "\n".join(["id,joined,left,role", *roster_rows]),
            {**VOLUNTEERS, "role": "role"},
        ),
        service=("\n".join(["id,date,hours", *log]), {**SERVICE, "hours": "hours"}),
        retention={"observed_until": date(2025, 7, 25), "lapse_after_days": 90},
        study=STUDY,
    )
    assert evaluate(study).volunteers.notes["service_not_on_roster"] == 8
    assert set(shown(study).notes.values()) == {SUPPRESSED}


def test_who_joined_before_the_register_is_not_told_by_the_reasons_for_leaving():
    """The curve was of 36 people, those of the reasons of 34."""
    rows = ["X0,2022-05-01,,", "X1,2023-05-01,,"]
    for i in range(34):
        gone = f"2025-0{3 + i % 6}-11,{'moved' if i < 7 else 'work'}" if i < 14 else ","
        rows.append(f"V{i:02},2024-10-{1 + i % 28},{gone}")
    study = read_tables(
        volunteers=("\n".join(["id,joined,left,why", *rows]), {**VOLUNTEERS, "reason": "why"}),
        retention={"observed_until": date(2026, 3, 31), "register_since": date(2024, 1, 1)},
        study=STUDY,
    )
    told = shown(study)
    assert (told.n, len(told.causes)) == (36, 2)
    for one in told.causes:
        assert (one.n, one.incidence.n) == (SUPPRESSED, SUPPRESSED)
        assert one.incidence.at_risk == (SUPPRESSED,)
        assert one.at_365.reason == "suppressed"


def test_a_withheld_number_does_not_stand_between_two_given_ones():
    """Calls 20 hours, garden withheld, meals 20 hours: one person's hours in the garden were 20."""
    log = [f"V{i:02},2026-01-{10 + i},3,patrol" for i in range(20)]
    log += [f"V{i:02},2026-02-03,2,calls" for i in range(10)]
    log += [f"V03,2026-02-{9 + k:02},10,garden" for k in range(2)]
    log += [f"V{i:02},2026-02-05,2,meals" for i in range(10, 20)]
    log += [f"V{i:02},2026-02-{10 + i},2,talk" for i in range(4, 10)]
    names = {"hours": "hours", "activity": "activity"}
    study = service_log(log, "id,date,hours,activity", date(2026, 2, 28), **names)
    whole, told = evaluate(study).volunteers.hours, shown(study).hours
    assert [name for name, _ in whole.by_activity].index("garden") == 2
    hidden = [name for name, n in told.by_activity if n == SUPPRESSED]
    assert "garden" in hidden
    assert [name for name, _ in told.by_activity][-len(hidden) :] == sorted(hidden)


def roster_of(rows: Sequence[str]) -> Study:
    """Give a study of volunteers by rows of code, day of joining and day of leaving."""
    return read_tables(
        volunteers=("\n".join(["id,joined,left", *rows]), VOLUNTEERS),
        retention={"observed_until": date(2026, 3, 31)},
        study=STUDY,
    )


def test_who_left_after_the_month_of_a_year_ago_is_not_told():
    """28 a year ago and 6 new in the month after made about 35: one at most had left."""
    rows = [f"A{i:02},2024-10-01," for i in range(22)] + ["A22,2024-10-01,2025-04-12"]
    rows += [f"B{i},2025-04-10," for i in range(6)]
    rows += [f"D{i},2024-10-01,2025-09-{10 + i}" for i in range(5)]
    told = shown(roster_of(rows))
    april = next(m for m in told.monthly if m.month == "2025-04")
    assert told.active_year_ago == 28
    assert april.team is None or april.new == SUPPRESSED


def test_the_one_who_did_two_things_on_a_day_is_not_told():
    """64 days in all, 40 of patrols and 25 of calls: one person did both on one day."""
    log = [f"V{i:02},2026-01-{10 + k},patrol" for i in range(20) for k in range(2)]
    log += [f"V{i:02},2026-02-0{3 + k},calls" for i in range(5, 17) for k in range(2)]
    columns = {"volunteer": "id", "date": "date", "activity": "activity"}
    study = read_tables(
        service=("\n".join(["id,date,activity", *log, "V06,2026-01-11,calls"]), columns),
        study={"min_group": 5},
        retention={"observed_until": "2026-02-28", "lapse_after_days": 90},
    )
    hours = protect(evaluate(study), study, "public").volunteers.hours
    assert (hours.unit, hours.total) == ("days", 64)
    assert SUPPRESSED in dict(hours.by_activity).values()


@pytest.mark.parametrize(("came", "told"), [(0, True), (1, False), (4, False), (5, True)])
def test_the_outlook_does_not_tell_how_few_came_lately(came: int, told: bool):
    """41.6, 43.3, 45.2, 46.9 expected in six months: 1, 2, 3 and 4 had come in the last three."""
    roster = [
        f"A{i:02},2024-01-01,{f'2024-{2 + i % 10:02}-11' if i < 12 else ''}" for i in range(40)
    ]
    roster += [f"B{i:02},2025-{1 + i % 12:02}-05," for i in range(14 - came)]
    roster += [f"C{i},2026-0{1 + i % 3}-07," for i in range(came)]
    columns = {"volunteer": "id", "joined": "joined", "left": "left"}
    study = read_tables(
        volunteers=("\n".join(["id,joined,left", *roster]), columns),
        study={"min_group": 5},
        retention={"observed_until": "2026-03-31"},
    )
    assert evaluate(study).volunteers.outlook
    assert bool(protect(evaluate(study), study, "public").volunteers.outlook) == told


def test_as_many_hidden_roles_as_people_in_them_are_not_one_each():
    """Thirty active less 25 helpers are five people in five roles, each of one at least."""
    rare = ("chair", "treasurer", "secretary", "driver", "trainer")
    told = shown(roles_of(["helper"] * 25 + list(rare)))
    assert told.active == 30
    assert {n for _, n in told.roles} == {SUPPRESSED}
    for group in told.by_group:
        assert {g.n for g in group.groups} == {SUPPRESSED}


def test_a_list_of_as_many_roles_as_people_is_left_out():
    told = shown(roles_of([f"role {k}" for k in range(8)]))
    assert (told.active, told.roles, told.by_group) == (8, (), ())


def test_months_in_which_one_joined_each_are_not_told_by_all_who_joined():
    """All 30 less the 25 of October were five, in the five months not told."""
    rows = [f"V{i:02},2024-10-{1 + i:02}," for i in range(25)]
    rows += [f"W{k},2025-0{1 + k}-10," for k in range(5)]
    told = shown(roster_of(rows))
    assert told.n == 30
    hidden = [m for m in told.monthly if m.new == SUPPRESSED]
    assert "2024-10" in {m.month for m in hidden}
    first = next(c for c in told.cohorts if c.label == "2024-Q4")
    assert first.n == SUPPRESSED

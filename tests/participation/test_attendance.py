"""Who came, how often, to what: hand-worked sheets, traps listed by row, properties."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis import evaluate
from analysis.disclosure import protect
from analysis.participation.attendance import evaluate_participation
from analysis.results import SUPPRESSED, Estimate, NotEstimable
from analysis.statistics.proportions import share_by_person, wilson
from dashboard.content.topics.participation import describe_sessions
from dashboard.text import Text
from tests.activities import read_tables, rows_of

LONG = {"person": "code", "session": "session", "date": "date"}
SHEET = """code,session,date,came,registered,invited,home,type,level,sex
a,S1,2025-01-10,1,1,1,H1,drill,inform,f
b,S1,2025-01-10,1,1,1,H1,drill,inform,f
c,S1,2025-01-10,0,1,1,H2,drill,inform,m
d,S1,2025-01-10,0,0,1,H3,drill,inform,m
a,S2,2025-02-10,1,1,1,H1,talk,empower,f
b,S2,2025-02-10,0,1,1,H1,talk,empower,f
c,S2,2025-02-10,1,0,1,H2,talk,empower,m
a,S3,2025-02-20,1,1,1,H1,talk,empower,f
"""
FULL = {
    **LONG,
    "attended": "came",
    "registered": "registered",
    "invited": "invited",
    "household": "home",
    "kind": "type",
    "level": "level",
    "eligible": 20,
    "disaggregate": ["sex"],
    "population": {"sex": {"f": 10, "m": 10}},
}


@pytest.fixture
def found():
    return evaluate_participation(read_tables(attendance=(SHEET, FULL)))


def test_people_and_contacts_are_kept_apart(found):
    assert (found.participants, found.contacts, found.sessions) == (3, 5, 3)
    assert found.households == 2
    assert found.engagement == ((1, 2), (3, 1))


def test_shares_name_what_they_are_shares_of(found):
    assert found.reach == wilson(3, 20)
    # Registered: S1 a b c, S2 a b, S3 a; of these six, four came.
    assert (found.attendance_rate.n, found.attendance_rate.estimate) == (6, pytest.approx(4 / 6))
    assert (found.repeat_rate.n, found.repeat_rate.estimate) == (3, pytest.approx(1 / 3))
    steps = {s.step: (s.n, s.of) for s in found.funnel}
    assert steps == {
        "community": (20, ""),
        "invited": (4, "community"),
        "came": (3, "invited"),
        "came_again": (1, "came"),
        "completed": (1, "came_again"),
    }


def test_return_from_one_session_to_the_next(found):
    # S1 → S2: a of (a, b); S2 → S3: a of (a, c). Nothing follows S3.
    assert (found.return_rate.n, found.return_rate.estimate) == (4, 0.5)
    told = [s.returned for s in found.per_session]
    assert [t.estimate for t in told[:2]] == [0.5, 0.5]
    assert isinstance(told[2], NotEstimable)


def test_kinds_and_levels_of_participation(found):
    assert found.by_kind == (("talk", 2, 3), ("drill", 2, 2))
    assert found.by_level == (("empower", 2, 3), ("inform", 2, 2))


def test_each_session_has_its_no_shows_and_walk_ins(found):
    first, second, _ = found.per_session
    assert (first.attended, first.registered) == (2, 3)
    assert first.no_show.estimate == pytest.approx(1 / 3)
    assert (second.attended, second.registered, second.rate.estimate) == (2, 2, 0.5)
    walk_ins = [c.values["n"] for c in found.cautions if c.code == "attendance_walk_ins"]
    assert walk_ins == [1]


def test_months_have_unique_people(found):
    told = [(m.month, m.participants, m.contacts, m.sessions) for m in found.per_period]
    assert told == [("2025-01", 2, 2, 1), ("2025-02", 2, 3, 2)]


def test_representation_is_share_over_population_share(found):
    women = next(r for r in found.representation if r.value == "f")
    assert women.n == 2
    assert women.population_share == 0.5
    assert women.ratio.estimate == pytest.approx((2 / 3) / 0.5)
    assert women.ratio.ci_low == pytest.approx(wilson(2, 3).ci_low / 0.5)


def test_small_groups_and_what_would_give_them_back_are_withheld():
    rows = "\n".join(
        f"p{i},S1,2025-01-10,{'f' if i < 12 else 'm' if i < 18 else 'x'}" for i in range(20)
    )
    settings_of = {
        **LONG,
        "disaggregate": ["sex"],
        "population": {"sex": {"f": 10, "m": 8, "x": 2}},
    }
    study = read_tables(
        attendance=(f"code,session,date,sex\n{rows}\n", settings_of), study={"min_group": 5}
    )
    inside = evaluate(study)
    assert {r.value: r.n for r in inside.participation.representation} == {"f": 12, "m": 6, "x": 2}
    outside = protect(inside, study, "funder").participation.representation
    assert {r.value: r.n for r in outside} == {"f": 12, "m": SUPPRESSED, "x": SUPPRESSED}


def test_the_intervals_of_attendance_and_return_are_by_person():
    rng = np.random.default_rng(10)
    there = rng.random((30, 12)) < rng.beta(1.2, 1.2, 30)[:, None]
    rows = [
        f"p{p},S{s},2025-{s + 1:02}-01,{int(there[p, s])}" for p in range(30) for s in range(12)
    ]
    text = "code,session,date,came\n" + "\n".join(rows) + "\n"
    found = evaluate_participation(read_tables(attendance=(text, {**LONG, "attended": "came"})))
    again, present = (there[:, :-1] & there[:, 1:]).sum(axis=1), there[:, :-1].sum(axis=1)
    for rate, successes, trials in (
        (found.attendance_rate, there.sum(axis=1), np.full(30, 12)),
        (found.return_rate, again, present),
    ):
        wanted = share_by_person(successes, trials)
        assert (rate.n, rate.method) == (wanted.n, "wilson_by_person")
        assert [rate.ci_low, rate.ci_high] == pytest.approx([wanted.ci_low, wanted.ci_high])
    over_rows = wilson(int(there.sum()), there.size)
    assert found.attendance_rate.estimate == over_rows.estimate
    wider = found.attendance_rate.ci_high - found.attendance_rate.ci_low
    assert wider > 1.8 * (over_rows.ci_high - over_rows.ci_low)


def test_control_limits_and_points_outside_chance():
    rows = []
    for s in range(10):
        for p in range(40):
            came = p < (4 if s == 9 else 30)
            rows.append(f"p{p},S{s},2025-01-{s + 1:02},{int(came)}")
    text = "code,session,date,came\n" + "\n".join(rows) + "\n"
    event = {"date": date(2025, 1, 9), "label": "flood"}
    study = read_tables(attendance=(text, {**LONG, "attended": "came", "events": [event]}))
    found = evaluate_participation(study)
    assert [s.outside for s in found.per_session] == [False] * 9 + [True]
    p = found.attendance_rate.estimate
    # σ_z: one step among nine from one session to the next, in standard errors, over 1.128
    error = np.sqrt(p * (1 - p) / 40)
    half = 3 * error * ((30 - 4) / 40 / error / 9 / 1.128)
    assert found.per_session[0].limit_low == pytest.approx(p - half)
    assert found.per_session[0].limit_high == pytest.approx(p + half)
    assert found.events == ((date(2025, 1, 9), None, "flood"),)


def test_a_repeated_sign_in_is_listed_and_counts_once():
    text = "code,session,date\na,S1,2025-01-10\nb,S1,2025-01-10\n A ,S1,2025-01-10\n"
    study = read_tables(attendance=(text, LONG))
    assert rows_of(study, "duplicate_sign_in") == (4,)
    assert [(e.reason, e.n, e.rows) for e in study.exclusions] == [("duplicate_sign_in", 1, (4,))]
    assert evaluate_participation(study).contacts == 2


def test_of_a_repeated_sign_in_the_attendance_stays():
    text = "code,session,date,came\na,S1,2025-01-10,0\na,S1,2025-01-10,1\n"
    study = read_tables(attendance=(text, {**LONG, "attended": "came"}))
    assert rows_of(study, "duplicate_sign_in") == (2,)
    assert evaluate_participation(study).contacts == 1


def test_rows_without_person_or_session_and_future_dates_are_listed():
    text = "code,session,date\na,S1,2025-01-10\n,S1,2025-01-10\nb,,2025-01-10\nc,S2,2025-09-01\n"
    study = read_tables(attendance=(text, LONG), retention={"observed_until": date(2025, 6, 30)})
    assert rows_of(study, "no_person") == (3,)
    assert rows_of(study, "no_session") == (4,)
    assert rows_of(study, "future_date") == (5,)
    assert evaluate_participation(study).participants == 1


def test_dates_in_two_styles_are_read_or_told():
    text = "code,session,date\na,S1,2025-01-10\nb,S1,10/01/2025\nc,S2,25/01/2025\n"
    found = evaluate_participation(read_tables(attendance=(text, LONG)))
    assert [s.date for s in found.per_session] == [date(2025, 1, 10), date(2025, 1, 25)]


COUNTS = """session,date,type,people,places
S1,2025-01-10,drill,8,10
S2,2025-01-20,talk,12,10
S3,2025-01-30,talk,5,10
S4,2025-02-05,talk,,10
S5,2025-02-06,talk,-3,10
Total,,,25,30
"""


def test_counts_only_give_contacts_and_list_what_cannot_be():
    settings_of = {
        "session": "session",
        "date": "date",
        "kind": "type",
        "count": "people",
        "registered": "places",
    }
    study = read_tables(attendance=(COUNTS, settings_of))
    assert rows_of(study, "attended_over_registered") == (3,)
    assert rows_of(study, "no_count") == (5,)
    assert rows_of(study, "negative_count") == (6,)
    assert rows_of(study, "totals_row") == (7,)
    found = evaluate_participation(study)
    assert found.participants is None
    assert (found.contacts, found.sessions) == (25, 3)
    assert found.fill_rate == pytest.approx(25 / 30)
    assert (found.attendance_rate.n, found.attendance_rate.estimate) == (20, 0.65)
    over = [c.values["n"] for c in found.cautions if c.code == "attended_above_registered"]
    assert over == [1]


def test_a_ticked_matrix_is_the_same_sheet_turned():
    matrix = "name,2025-01-10,2025-02-10\nann,√,\nbob,√,√\ncat,,\n"
    found = evaluate_participation(read_tables(attendance=(matrix, {"person": "name"})))
    assert (found.participants, found.contacts, found.sessions) == (2, 3, 2)
    assert [s.date for s in found.per_session] == [date(2025, 1, 10), date(2025, 2, 10)]
    assert [(s.attended, s.registered) for s in found.per_session] == [(2, 3), (1, 3)]


def test_without_a_population_reach_is_not_guessed():
    text = "code,session,date\na,S1,2025-01-10\nb,S1,2025-01-10\n"
    found = evaluate_participation(read_tables(attendance=(text, LONG)))
    assert found.reach.reason == "not_asked"
    assert found.attendance_rate.reason == "not_asked"  # only those present are listed
    told = {c.code for c in found.cautions}
    assert told >= {"participation_no_eligible", "attendance_only_present"}


def test_more_came_than_were_eligible_is_told():
    text = "code,session,date\na,S1,2025-01-10\nb,S1,2025-01-10\n"
    found = evaluate_participation(read_tables(attendance=(text, {**LONG, "eligible": 1})))
    assert found.reach.reason == "not_identified"
    assert "participation_more_than_eligible" in {c.code for c in found.cautions}


def test_participants_become_volunteers_when_codes_meet():
    text = "code,session,date\na,S1,2025-01-10\nb,S1,2025-01-10\n"
    study = read_tables(
        attendance=(text, LONG),
        service=("id,date\nb,2025-02-01\nz,2025-02-01\n", {"volunteer": "id", "date": "date"}),
    )
    steps = {s.step: s.n for s in evaluate_participation(study).funnel}
    assert steps["volunteer"] == 1


SIGN_INS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(0, 5), st.booleans()), min_size=1, max_size=60
)


@settings(deadline=None, max_examples=60)
@given(SIGN_INS, st.randoms(use_true_random=False))
def test_counts_agree_with_brute_force_in_any_order(rows, random):
    lines = [f"p{p},S{s},2025-01-{s + 1:02},{int(came)}" for p, s, came in rows]
    random.shuffle(lines)
    text = "code,session,date,came\n" + "\n".join(lines) + "\n"
    found = evaluate_participation(read_tables(attendance=(text, {**LONG, "attended": "came"})))
    present = {(p, s) for p, s, came in rows if came}
    assert found.contacts == len(present)
    assert found.participants == len({p for p, _ in present})
    assert sum(k * n for k, n in found.engagement) == len(present)
    if isinstance(found.repeat_rate, Estimate):
        assert 0 <= found.repeat_rate.ci_low <= found.repeat_rate.estimate
        assert found.repeat_rate.estimate <= found.repeat_rate.ci_high <= 1


def test_the_picture_of_counts_speaks_of_no_share_and_no_band():
    text = "session,date,attended\nS1,2025-01-05,20\nS2,2025-02-05,31\n"
    settings = {"session": "session", "date": "date", "count": "attended"}
    counted = evaluate_participation(read_tables(attendance=(text, settings)))
    assert counted.participants is None
    subtitle, alt = describe_sessions(Text("en"), counted)
    assert "egistered" not in subtitle + alt
    assert "band" not in subtitle + alt
    known = evaluate_participation(
        read_tables(attendance=(COUNTED_WITH_PLACES, settings | {"registered": "places"}))
    )
    assert describe_sessions(Text("en"), known)[0].startswith("Share of those registered")


COUNTED_WITH_PLACES = "session,date,attended,places\nS1,2025-01-05,20,30\nS2,2025-02-05,31,40\n"

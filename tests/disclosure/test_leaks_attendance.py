"""Attendance: what readers could work out of shares, sessions and totals, and no longer can."""

from __future__ import annotations

from dataclasses import replace

from analysis import Study, evaluate
from analysis.activity_filter import ActivityFilter, evaluate_subset, filter_activities
from analysis.disclosure import make_release, protect
from analysis.participation.results import Participation
from analysis.results import SUPPRESSED, Estimate, NotEstimable
from tests.activities import read_tables

LEAST = 5
SHEET = {"person": "person", "session": "session", "date": "date"}
ASKED = {**SHEET, "attended": "attended", "registered": "registered"}


def _sheet(*rows: str, settings: dict[str, object] = SHEET) -> Study:
    """Rows of person, session number, and whether they came and were registered."""
    told = []
    for row in rows:
        person, session, *flags = row.split(",")
        told.append(",".join([person, f"S{session}", f"2026-01-{10 + int(session)}", *flags]))
    head = ["person", "session", "date", "attended", "registered"][: len(told[0].split(","))]
    text = "\n".join([",".join(head), *told])
    return read_tables(attendance=(text, settings), study={"min_group": LEAST})


def _counts(*rows: str) -> Study:
    names = {"session": "session", "date": "date", "count": "came", "registered": "asked"}
    text = "\n".join(["session,date,came,asked", *rows])
    return read_tables(attendance=(text, names), study={"min_group": LEAST})


def _shown(study: Study) -> Participation:
    shown = protect(evaluate(study), study, "funder", audit=False).participation
    assert shown is not None
    return shown


def _row(person: int, session: int, came: bool, registered: bool = True) -> str:
    flags = ("yes" if one else "no" for one in (came, registered))
    return ",".join([f"P{person:03}", str(session), *flags])


def test_who_did_not_come_to_one_session_is_not_told_by_the_others():
    """All registered less those of the other sessions: 28, of whom 26 came."""
    rows = [_row(p, 0, p >= 2) for p in range(28)]
    rows += [_row(p, s, bool(p % 8 >> (s - 1) & 1)) for s in (1, 2, 3) for p in range(100)]
    found = _shown(_sheet(*rows, settings=ASKED))
    hidden = [s for s in found.per_session if s.registered == SUPPRESSED]
    assert isinstance(found.attendance_rate, Estimate)
    assert len(hidden) >= 2
    for s in found.per_session:
        for limit in (s.limit_low, s.limit_high):
            assert limit == SUPPRESSED or round(limit, 2) == limit


def test_walk_ins_of_a_session_and_in_all_are_not_told():
    """Of 40 present 38 had registered, as the rate said: two walked in."""
    rows = [
        _row(p, s, (p + 15 * s) % 60 < 40, not (s == 0 and p in (5, 6)))
        for s in range(4)
        for p in range(60)
    ]
    found = _shown(_sheet(*rows, settings=ASKED))
    assert found.contacts == 160
    assert isinstance(found.attendance_rate, NotEstimable)
    first, *others = found.per_session
    assert first.registered == SUPPRESSED
    assert isinstance(first.rate, NotEstimable)
    assert {s.registered for s in others} == {60}
    assert {s.limit_low for s in others} == {SUPPRESSED}, "they lie around the share of all"


def test_hidden_sessions_of_a_counted_sheet_are_not_told_apart():
    """The share left out the session with more present than registered: a second total."""
    found = _shown(
        _counts(
            "A,2026-01-01,3,2",
            "B,2026-01-08,6,10",
            "C,2026-01-15,30,60",
            "D,2026-01-22,25,60",
            "E,2026-01-29,28,55",
        )
    )
    assert [s.attended for s in found.per_session][:2] == [SUPPRESSED] * 2
    assert found.contacts == 92
    assert isinstance(found.attendance_rate, NotEstimable)


def test_who_did_not_come_to_one_counted_session_is_not_told_by_the_others():
    """All registered less those of four sessions: 20, of whom 18 came."""
    found = _shown(
        _counts(
            "A,2026-01-01,18,20",
            "B,2026-01-08,26,40",
            "C,2026-01-15,30,60",
            "D,2026-01-22,25,60",
            "E,2026-01-29,28,55",
        )
    )
    assert [s.attended for s in found.per_session] == [18, 26, 30, 25, 28]
    assert isinstance(found.attendance_rate, Estimate)
    hidden = [s.session for s in found.per_session if s.registered == SUPPRESSED]
    assert hidden == ["A", "B"]


def test_parts_of_a_counted_sheet_are_judged_beside_the_whole():
    """All less those until February less one session of March: 8, and so 3 of another."""
    study = _counts(
        "A,2026-01-05,30,",
        "D,2026-01-12,40,",
        "B,2026-02-05,3,",
        "E,2026-02-12,50,",
        "C,2026-03-05,8,",
        "F,2026-03-20,45,",
    )
    raw = evaluate(study)
    whole, first = make_release(raw, study, "funder")
    chosen = ActivityFilter(last="2026-02")
    part = evaluate_subset(study, chosen)
    cut = replace(raw, participation=part.participation, delivery=part.delivery, time_series=())
    cut_study = filter_activities(study, chosen)
    shown, _ = make_release(cut, cut_study, "funder", [first], audit=False)
    assert whole.participation.contacts == 176
    assert shown.participation.contacts == SUPPRESSED
    alone, _ = make_release(cut, cut_study, "funder", audit=False)
    assert alone.participation.contacts == 123


def test_the_last_session_is_not_told_by_the_share_who_returned():
    """It counts attendances before the last session: all less those are the three of the last."""
    rows = [f"P{p:02},{s}" for s in range(4) for p in range(60) if (p + s * 15) % 60 < 35]
    found = _shown(_sheet(*rows, *(f"P{p:02},5" for p in (3, 20, 40))))
    assert found.per_session[-1].attended == SUPPRESSED
    assert found.contacts == 143
    assert isinstance(found.return_rate, NotEstimable)
    assert isinstance(_shown(_sheet(*rows)).return_rate, Estimate)


def test_attendances_less_people_do_not_tell_who_came_again():
    """31 attendances of 30 people: exactly one came twice."""
    rows = [f"P{i:02},{i % 3}" for i in range(30)]
    found = _shown(_sheet(*rows, "P00,1"))
    assert found.participants == 30
    assert found.contacts == SUPPRESSED
    assert SUPPRESSED in [s.attended for s in found.per_session]
    assert (found.lorenz, found.gini.reason) == ((), "suppressed")
    assert _shown(_sheet(*rows)).contacts == 30


def test_absences_of_one_person_are_no_share_of_many():
    """Six absences, and their error: all one person's."""
    settings = {**SHEET, "attended": "attended"}

    def rows(away: int) -> list[str]:
        return [
            f"P{p:02},{s},{'no' if p < away and s < 6 else 'yes'}"
            for p in range(40)
            for s in range(10)
        ]

    few = _shown(_sheet(*rows(1), settings=settings)).attendance_rate
    assert isinstance(few, NotEstimable)
    many = _shown(_sheet(*rows(8), settings=settings)).attendance_rate
    assert isinstance(many, Estimate)
    assert many.std_error == SUPPRESSED
    assert (many.ci_low * 100) % 1 < 1e-6 or (many.ci_low * 100) % 1 > 1 - 1e-6


def test_absences_that_one_person_has_more_are_seen_between_releases():
    """Three sessions with one registered more: those that the new person missed."""
    settings = {**SHEET, "attended": "attended"}
    rows = [
        f"P{p:02},{s},{'yes' if (p + s * 15) % 60 < 40 else 'no'}"
        for s in range(4)
        for p in range(60)
    ]
    study = _sheet(*rows, settings=settings)
    later = _sheet(*rows, *(f"Z1,{s},no" for s in range(3)), settings=settings)
    _, first = make_release(evaluate(study), study, "funder")
    shown, _ = make_release(evaluate(later), later, "funder", [first])
    assert shown.participation is None
    assert "participation_left_out" in {one.code for one in shown.cautions}
    again, _ = make_release(evaluate(study), study, "public", [first])
    assert again.participation is not None


def test_few_of_those_eligible_who_stayed_away_are_not_told():
    """38 of 40 eligible: two did not come; the funnel withheld it, the share beside it did not."""
    settings = {**SHEET, "eligible": 40}
    rows = [f"P{i:02},{k}" for i in range(38) for k in range(3) if (i + k) % 3]
    found = _shown(_sheet(*rows, settings=settings))
    assert found.participants == 38
    assert found.eligible == SUPPRESSED
    assert isinstance(found.reach, NotEstimable)
    assert all(isinstance(p.rate, NotEstimable) for p in found.per_period)
    assert [s.n for s in found.funnel if s.step == "community"] == [SUPPRESSED]
    many = _shown(_sheet(*rows, settings={**SHEET, "eligible": 60}))
    assert (many.eligible, many.reach.n) == (60, 60)


def test_how_many_were_not_invited_is_not_told_by_the_share_of_those_who_came():
    """It was of 45 people: 3 of the 48 eligible were not invited."""
    told = {}
    for n_not in (3, 8):
        rows = [
            f"P{p:02},S{s},2026-01-{10 + s},{'no' if p < n_not else 'yes'},"
            f"{'yes' if (p + s) % 3 and p < 30 else 'no'}"
            for s in range(3)
            for p in range(48)
        ]
        asked = {**SHEET, "invited": "invited", "attended": "attended", "eligible": 48}
        text = "\n".join(["person,session,date,invited,attended", *rows])
        found = _shown(read_tables(attendance=(text, asked), study={"min_group": LEAST}))
        told[n_not] = {step.step: step for step in found.funnel}
    assert told[3]["invited"].n == SUPPRESSED
    assert told[3]["came"].share.reason == "suppressed"
    assert told[8]["invited"].n == 40
    assert told[8]["came"].share.n == 40


def _one_each(n: int) -> Study:
    rows = [f"P{p:02},{s}" for s in range(3) for p in range(20)]
    return _sheet(*rows, *(f"P{p:02},{3 + p}" for p in range(n)))


def test_as_many_hidden_sessions_as_attendances_are_not_one_each():
    """All 65 less the three sessions of 20 were five, at five sessions."""
    found = _shown(_one_each(5))
    hidden = [s for s in found.per_session if s.attended == SUPPRESSED]
    assert found.contacts == SUPPRESSED or len(hidden) > 5
    counted = _shown(
        _counts(*(f"S{k},2026-01-{10 + k},{n}," for k, n in enumerate([20, 20, 1, 1, 1, 1, 1])))
    )
    assert counted.contacts == 45
    assert sum(s.attended == SUPPRESSED for s in counted.per_session) == 6


def test_sessions_of_one_each_are_not_told_by_all_of_them():
    found = _shown(_counts(*(f"S{k},2026-01-{10 + k},1," for k in range(6))))
    assert {s.attended for s in found.per_session} == {SUPPRESSED}
    assert found.contacts == SUPPRESSED

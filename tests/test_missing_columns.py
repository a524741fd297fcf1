"""A table without one of its columns: what it would tell is said to be missing, never 0."""

import pytest

from analysis import evaluate
from analysis.disclosure import protect
from analysis.results import Estimate, NotEstimable
from analysis.study import Study
from dashboard.content.topics.participation import describe_sessions, list_cards
from dashboard.content.topics.scorecard import list_people, list_promises, say_warning
from dashboard.sentences import say_caution, say_finding
from dashboard.sentences.incomplete import list_incomplete
from dashboard.text import Text
from tests.activities import read_tables

EN = Text("en")
ROSTER = "id,joined,left\n" + "".join(
    f"V{n},2024-{1 + n % 12:02}-01,{'2025-06-01' if n % 3 == 0 else ''}\n" for n in range(24)
)
LOG = "id,date,up,came\n" + "".join(
    f"V{n % 12},2025-{1 + n % 12:02}-0{1 + n % 9},yes,{'yes' if n % 4 else 'no'}\n"
    for n in range(120)
)
LEDGER = "date,amount,ends\n" + "".join(
    f"2025-{n:02}-05,{100 * n},2026-06-30\n" for n in range(1, 13)
)
ISSUES = "issue,raised,agreed,due,done,status\n" + "".join(
    f"i{n},2025-01-{1 + n:02},2025-02-{1 + n:02},2025-06-01,"
    f"{'2025-05-01' if n % 2 else ''},{'done' if n % 2 else 'in progress'}\n"
    for n in range(20)
)
TALK = {
    "issue": "issue",
    "raised": "raised",
    "agreed": None,
    "due": None,
    "done": None,
    "told_back": None,
}
PLAN = "session,planned,held\n" + "".join(
    f"S{n},2025-{1 + n % 12:02}-05,2025-{1 + n % 12:02}-05\n" for n in range(12)
)
RATINGS = "domain,wave,score\n" + "".join(
    f"D{n % 2},{'pre' if n < 12 else 'post'},{1 + n % 5}\n" for n in range(24)
)
SHEET = "person,session,came\n" + "".join(
    f"P{n % 10},S{n // 10},{'yes' if n % 3 else 'no'}\n" for n in range(60)
)


def scores(study: Study) -> dict[str, object]:
    found = evaluate(study).sustainability
    return {} if found is None else {row.code: row.value for row in found.scorecard}


def findings(study: Study) -> str:
    return " ".join(say_finding(EN, one) for one in evaluate(study).findings)


def test_a_roster_without_leaving_does_not_say_that_all_stay():
    study = read_tables(volunteers=(ROSTER, {"volunteer": "id", "joined": "joined"}))
    assert evaluate(study).volunteers is None
    assert not scores(study)
    (said,) = list_incomplete(EN, study, "evaluator")
    assert "24 volunteers, but not who has left" in said
    whole = {"volunteer": "id", "joined": "joined", "left": "left"}
    assert not list_incomplete(EN, read_tables(volunteers=(ROSTER, whole)), "evaluator")


def test_a_roster_without_joining_says_so():
    study = read_tables(volunteers=(ROSTER, {"volunteer": "id", "left": "left"}))
    (said,) = list_incomplete(EN, study, "evaluator")
    assert "24 volunteers, but not when each joined" in said


def test_nobody_is_overdue_without_a_service_log():
    whole = {"volunteer": "id", "joined": "joined", "left": "left"}
    study = read_tables(volunteers=(ROSTER, whole))
    assert isinstance(scores(study)["overdue_volunteers"], NotEstimable)
    assert list_people(EN, evaluate(study).volunteers) == ()


@pytest.mark.parametrize("came", [None, "came"])
def test_who_signed_up_came_only_where_attendance_is_recorded(came):
    settings = {"volunteer": "id", "date": "date", "signed_up": "up", "attended": came}
    hours = evaluate(read_tables(service=(LOG, settings))).volunteers.hours
    assert isinstance(hours.reliability, Estimate if came else NotEstimable)


def test_a_list_without_registrations_speaks_of_the_listed():
    settings = {"person": "person", "session": "session", "attended": "came"}
    found = evaluate(read_tables(attendance=(SHEET, settings))).participation
    words = [card.meaning for card in list_cards(found, EN)]
    words += describe_sessions(EN, found)
    assert any("on the list" in one for one in words)
    assert not any("registered" in one for one in words)


def test_a_plan_that_records_nothing_held_is_no_failure():
    study = read_tables(delivery=(PLAN, {"session": "session", "planned": "planned", "held": None}))
    assert evaluate(study).delivery is None
    (said,) = list_incomplete(EN, study, "evaluator")
    assert "12 sessions are planned, but neither a day held nor a status" in said


def test_without_due_dates_no_share_is_followed_through():
    study = read_tables(consultation=(ISSUES, {**TALK, "agreed": "agreed", "done": "done"}))
    found = evaluate(study).sustainability
    assert isinstance(found.consultation.follow_through, NotEstimable)
    assert isinstance(scores(study)["follow_through"], NotEstimable)
    assert "10 of 20 agreed issues were done; the log has no due dates." in findings(study)
    assert "overdue" not in findings(study)
    assert list_promises(EN, found.consultation) == ()


def test_without_days_of_completion_waiting_cannot_be_told():
    study = read_tables(consultation=(ISSUES, {**TALK, "agreed": "agreed", "status": "status"}))
    found = evaluate(study).sustainability.consultation
    assert found.done == 10
    assert (found.curve, found.median_days.reason) == (None, "no_data")


def test_ratings_without_raters_are_not_counted_as_raters():
    settings = {"domain": "domain", "wave": "wave", "score": "score", "range": [1, 5]}
    study = read_tables(capacity=(RATINGS, settings))
    found = evaluate(study).sustainability.capacity
    assert found.n_raters == 0
    assert "Capacity was rated more than once in 2 domains, but no rater can be followed" in (
        findings(study)
    )
    cautions = " ".join(say_caution(EN, one) for one in found.cautions)
    assert "No column says who rated" in cautions


def test_a_grant_without_a_source_has_no_blank_name():
    study = read_tables(funding=(LEDGER, {"date": "date", "amount": "amount", "ends": "ends"}))
    (warning,) = evaluate(study).sustainability.warnings
    assert say_warning(EN, warning) == "The largest grant ends in 7 months."


@pytest.mark.parametrize("audience", ["funder", "public"])
def test_ratings_without_raters_can_be_released(audience: str):
    settings = {"domain": "domain", "wave": "wave", "score": "score", "range": [1, 5]}
    study = read_tables(capacity=(RATINGS, settings))
    assert protect(evaluate(study), study, audience).sustainability.capacity is not None


def test_two_waves_of_different_people_are_not_called_unlinkable():
    from analysis.intake.propose.proposal import propose_study
    from analysis.intake.read.reader import read_study

    def wave(start: int) -> bytes:
        rows = [f"P{start + n},{1 + n % 5},{1 + n * 3 % 5},{1 + n * 2 % 5}" for n in range(30)]
        return "\n".join(["code,q1,q2,q3", *rows]).encode()

    files = {"pre.csv": wave(100), "post.csv": wave(500)}
    said = findings(read_study(propose_study(files), files))
    assert "nobody answered both of them" in said
    assert "cannot be linked" not in said


def test_where_nobody_has_left_it_says_nobody():
    whole = {"volunteer": "id", "joined": "joined", "left": "left"}
    stay = ROSTER.replace("2025-06-01", "").rstrip() + "\nV99,2025-11-30,\n"
    said = findings(read_tables(volunteers=(stay, whole)))
    assert "100 % of volunteers stay a year; nobody has left so far." in said.replace("\xa0", " ")

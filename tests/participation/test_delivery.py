"""The plan against what happened: inferred states by hand, fidelity, hours, bad rows."""

from datetime import date

import pytest

from analysis import read_study
from analysis.participation.delivery import evaluate_delivery
from analysis.results import NotEstimable
from analysis.statistics.proportions import wilson
from tests.activities import read_tables, rows_of

PLAN = """session,planned,held,phase,wanted,given,staff,help
S1,2025-01-10,2025-01-10,one,4,4,2,3
S2,2025-01-20,2025-01-25,one,4,2,2,3
S3,2025-02-01,,one,4,,,
S4,2025-03-01,2025-02-27,two,2,3,1,
S5,2025-12-01,,two,4,,,
"""
SETTINGS = {
    "session": "session",
    "phase": "phase",
    "content_planned": "wanted",
    "content_delivered": "given",
    "staff_hours": "staff",
    "volunteer_hours": "help",
}
END = {"observed_until": date(2025, 6, 30)}


@pytest.fixture
def found():
    return evaluate_delivery(read_tables(delivery=(PLAN, SETTINGS), retention=END))


def test_a_session_never_held_is_not_held_once_its_day_has_passed(found):
    whole = found.overall
    assert (whole.planned, whole.held, whole.moved) == (5, 3, 2)
    assert (whole.cancelled, whole.pending) == (1, 1)
    assert whole.held_share == wilson(3, 4)
    told = {name: status for name, _, _, _, status in found.sessions}
    assert told == {
        "S1": "held",
        "S2": "moved",
        "S3": "cancelled",
        "S4": "moved",
        "S5": "pending",
    }


def test_the_same_plan_later_has_nothing_pending():
    later = read_tables(delivery=(PLAN, SETTINGS), retention={"observed_until": date(2025, 12, 31)})
    assert (
        evaluate_delivery(later).overall.cancelled,
        evaluate_delivery(later).overall.pending,
    ) == (2, 0)


def test_without_an_end_the_last_thing_that_happened_is_it():
    found = evaluate_delivery(read_tables(delivery=(PLAN, SETTINGS)))
    assert (found.overall.cancelled, found.overall.pending) == (1, 1)


def test_on_time_means_on_the_day_or_before(found):
    assert (found.overall.on_time.n, found.overall.on_time.estimate) == (3, pytest.approx(2 / 3))


def test_fidelity_is_content_delivered_of_that_planned_where_held(found):
    # 4 of 4, 2 of 4 and, capped, 2 of 2: what was not held is not "badly done".
    assert found.overall.fidelity.estimate == pytest.approx(8 / 10)
    assert [c.code for c in found.cautions] == ["content_above_plan"]


def test_hours_and_phases(found):
    assert (found.overall.staff_hours, found.overall.volunteer_hours) == (5.0, 6.0)
    assert [(p.phase, p.planned, p.held) for p in found.phases] == [("one", 3, 2), ("two", 2, 1)]
    assert found.phases[1].volunteer_hours is None
    for name in ("planned", "held", "moved", "cancelled", "pending"):
        assert sum(getattr(p, name) for p in found.phases) == getattr(found.overall, name)


def test_more_content_than_planned_is_listed():
    study = read_tables(delivery=(PLAN, SETTINGS), retention=END)
    assert rows_of(study, "delivered_over_planned") == (5,)


def test_a_declared_status_wins_over_the_dates():
    text = (
        "session,planned,held,status\n"
        "S1,2025-01-10,,取消\nS2,2025-01-20,,已举办\nS3,2025-02-01,,odd\nS4,2025-02-02,2025-02-02,\n"
    )
    study = read_tables(delivery=(text, {"session": "session", "status": "status"}), retention=END)
    assert rows_of(study, "unknown_status") == (4,)
    told = {name: status for name, _, _, _, status in evaluate_delivery(study).sessions}
    assert told == {"S1": "cancelled", "S2": "held", "S3": "cancelled", "S4": "held"}


def test_content_not_recorded_is_said():
    text = "session,planned,held\nS1,2025-01-10,2025-01-10\n"
    found = evaluate_delivery(read_tables(delivery=(text, {"session": "session"})))
    assert isinstance(found.overall.fidelity, NotEstimable)
    assert [c.code for c in found.cautions] == ["delivery_no_content"]


def test_delivery_of_the_sample(sample_folder):
    found = evaluate_delivery(read_study(sample_folder / "study.toml"))
    assert found.overall.planned == found.overall.held + found.overall.cancelled
    assert found.overall.pending == 0
    assert 0 < found.overall.cancelled < 6

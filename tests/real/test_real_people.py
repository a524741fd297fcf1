"""A real service log, roster, shifts and attendance matrix; numbers agree with the reference."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from analysis import Study, read_study
from analysis.participation.attendance import evaluate_participation
from analysis.plan import parse_plan
from analysis.statistics.proportions import clopper_pearson, wilson
from analysis.volunteers.retention import evaluate_volunteers

HERE = Path(__file__).parent


def read_real(plan_name: str, folder: Path) -> Study:
    plan = parse_plan((HERE / plan_name).read_text(encoding="utf-8"), plan_name)
    parts = [p for p in (plan.attendance, plan.volunteers, plan.service) if p is not None]
    return read_study(plan, {part.path: (folder / part.path).read_bytes() for part in parts})


@pytest.fixture(scope="module")
def log(shared_data):
    return evaluate_volunteers(read_real("service_log.toml", shared_data / "service-log"))


@pytest.fixture(scope="module")
def log_reference(shared_data):
    return json.loads((shared_data / "service-log" / "reference.json").read_text())


@pytest.fixture(scope="module")
def presences(shared_data):
    with (shared_data / "service-log" / "service_log.csv").open() as stream:
        return {(row["volunteer_id"], row["date"]) for row in csv.DictReader(stream)}


def test_survival_of_the_real_log_agrees_with_r(log, log_reference):
    known = log_reference["tenure_km"]["all"]
    assert log.curve.n == known["n"]
    assert sum(log.curve.events) == known["events"]
    assert log.median_days.estimate == known["median"]
    assert [log.median_days.ci_low, log.median_days.ci_high] == known["median_ci95_loglog"]
    for point in known["at"]:
        if str(point["time"]) in log.retention:
            found = log.retention[str(point["time"])]
            assert found.estimate == pytest.approx(point["surv"], abs=1e-12)
            assert found.std_error == pytest.approx(point["se_greenwood"], abs=1e-12)
            limits = [found.ci_low, found.ci_high]
            assert limits == pytest.approx(point["ci95_loglog"], abs=1e-9)


def test_months_of_the_real_log_agree_with_r(log, log_reference):
    assert {m.month: m.active for m in log.monthly} == log_reference["monthly_active"]
    assert {m.month: m.new for m in log.monthly} == log_reference["monthly_new"]
    kept = [m.retention for m in log.monthly if m.retention is not None]
    assert np.mean(kept) == pytest.approx(log_reference["mean_month_to_month_retention"], abs=1e-9)


def test_seen_again_agrees_with_r(log, log_reference):
    for days, found in log.returned.items():
        known = log_reference["returned_after"][f"d{days}"]
        assert (found.n, found.estimate) == (known["n"], pytest.approx(known["p"], abs=1e-12))
        limits = [found.ci_low, found.ci_high]
        assert limits == pytest.approx(known["wilson95"], abs=1e-9)


def test_cohorts_of_the_real_log_agree_with_r(shared_data, log_reference):
    study = read_real("service_log.toml", shared_data / "service-log")
    settings = study.plan.study.model_copy(update={"min_group": 1})
    plan = study.plan.model_copy(update={"study": settings})
    found = evaluate_volunteers(Study(plan=plan, service=study.service)).cohorts
    known = log_reference["cohorts_quarter"]
    assert [(c.label, c.n) for c in found] == [(c["cohort"], c["size"]) for c in known]
    for ours, theirs in zip(found, known, strict=True):
        active = {k: n for k, n, _ in ours.active}
        for point in theirs["retained"]:
            k = point["offset_q"]
            # The reference also counts the running quarter; here it is not yet known.
            if active.get(k) is not None:
                assert active[k] == point["n"], (ours.label, k)


def test_concentration_of_the_real_log(log, log_reference, presences):
    assert log.hours.unit == "days"
    assert log.hours.total == len(presences) == log_reference["distinct_volunteer_days"]
    known = log_reference["gini_days"]["gini_unbiased_n_over_n_minus_1"]
    assert log.hours.gini.estimate == pytest.approx(known, abs=1e-12)
    days = sorted(Counter(person for person, _ in presences).values(), reverse=True)
    assert list(log.hours.per_person) == days
    fewest = int(np.searchsorted(np.cumsum(days), sum(days) / 2) + 1)
    assert log.hours.bus_factor == fewest


def test_the_team_is_the_people_seen_in_the_window(log, presences):
    end = max(date.fromisoformat(day) for _, day in presences)
    seen = {p for p, day in presences if (end - date.fromisoformat(day)).days <= 180}
    assert log.active == len(seen)
    assert log.n == log.active + log.left


def test_every_month_adds_up(log):
    for before, month in zip(log.monthly, log.monthly[1:], strict=False):
        assert month.team == before.team + month.new + month.returning - month.lapsed


def test_outlook_of_the_real_log_held(log):
    # Twelve outlooks, up to six months ahead; nominally 95 % of what came lies inside.
    assert len(log.backtest) == 57
    assert np.mean([check.inside for check in log.backtest]) >= 0.8


@pytest.mark.parametrize("plan", ["davis_matrix.toml", "davis_long.toml"])
def test_real_attendance_matrix_agrees_with_r(plan, shared_data):
    reference = json.loads((shared_data / "davis-women" / "reference.json").read_text())
    found = evaluate_participation(read_real(plan, shared_data / "davis-women"))
    assert (found.participants, found.contacts) == (reference["women"], reference["attendances"])
    assert found.sessions == reference["events"]
    assert {s.session: s.attended for s in found.per_session} == reference["per_event"]
    assert [s.session for s in found.per_session] == list(reference["per_event"])
    rate = found.attendance_rate.estimate
    assert rate == pytest.approx(reference["overall_rate"], abs=1e-12)
    unbiased = reference["gini_per_woman"]["gini_unbiased_n_over_n_minus_1"]
    assert found.gini.estimate == pytest.approx(unbiased, abs=1e-12)
    often = Counter(reference["per_woman"].values())
    assert found.engagement == tuple(sorted(often.items()))


def test_real_shifts_pool_people_and_tell_the_overfilled(shared_data):
    known = json.loads((shared_data / "leeds-volunteers" / "reference.json").read_text())["shifts"]
    study = read_real("leeds_shifts.toml", shared_data / "leeds-volunteers")
    found = evaluate_participation(study)
    assert (found.sessions, found.contacts) == (known["n"], known["attended"])
    assert found.fill_rate == pytest.approx(known["pooled_fill_rate"], abs=1e-12)
    over = [c for c in found.cautions if c.code == "attended_above_registered"]
    assert over[0].values["n"] == known["overfilled"]
    listed = [i for i in study.issues if i.code == "attended_over_registered"]
    assert len(listed[0].rows) == known["overfilled"]
    rates = [s.attended / s.registered for s in found.per_session if s.registered]
    assert np.mean(rates) == pytest.approx(known["mean_of_shift_rates"], abs=1e-12)
    assert found.participants is None


def test_counts_only_are_contacts(shared_data):
    known = json.loads((shared_data / "leeds-volunteers" / "reference.json").read_text())
    found = evaluate_participation(
        read_real("leeds_roadshows.toml", shared_data / "leeds-volunteers")
    )
    assert (found.sessions, found.contacts) == (known["roadshow"]["n"], known["roadshow"]["total"])
    assert found.fill_rate is None


def test_real_roster_alone_is_enough(shared_data):
    folder = shared_data / "leeds-volunteers"
    found = evaluate_volunteers(read_real("leeds_roster.toml", folder))
    with (folder / "volunteers_volunteers.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    left = [row for row in rows if row["rejected"]]
    assert found.rule == "roster"
    assert (found.n, found.left) == (len(rows), len(left))
    assert sum(found.curve.events) == len(left)
    assert found.curve.at_risk[0] == len(rows)


def test_the_way_to_becoming_a_volunteer_agrees_with_the_reference(shared_data):
    folder = shared_data / "leeds-volunteers"
    known = json.loads((folder / "reference.json").read_text())["census"]
    with (folder / "volunteers_volunteers.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    steps = {step: sum(bool(row[step]) for row in rows) for step in known if step in rows[0]}
    steps["left"] = sum(row["current"] == "False" for row in rows)
    assert len(steps) == 4
    for step, reached in steps.items():
        assert (reached, len(rows)) == (known[step]["x"], known[step]["n"])
        for share, name in ((wilson, "wilson95"), (clopper_pearson, "clopper_pearson95")):
            found = share(reached, len(rows))
            assert [found.ci_low, found.ci_high] == pytest.approx(known[step][name], abs=1e-9)

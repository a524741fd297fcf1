"""Part of what people did: rows kept by month and group, and never so few that someone shows."""

from datetime import date

import pytest

from analysis import read_study
from analysis.activity_filter import (
    ActivityFilter,
    evaluate_subset,
    filter_activities,
    list_groups,
    list_months,
)


@pytest.fixture(scope="module")
def study(sample_folder):
    return read_study(sample_folder / "study.toml")


def test_nothing_chosen_keeps_everything(study):
    part = filter_activities(study, ActivityFilter())
    for name in ("attendance", "delivery", "volunteers", "service"):
        assert len(getattr(part, name)) == len(getattr(study, name))
    assert part.plan == study.plan


def test_months_cut_sessions_from_and_to(study):
    part = evaluate_subset(study, ActivityFilter(first="2025-06", last="2025-08"))
    assert [m.month for m in part.participation.per_period] == ["2025-06", "2025-07", "2025-08"]
    planned = [day for _, _, day, _, _ in part.delivery.sessions]
    assert min(planned) >= date(2025, 6, 1)
    assert max(planned) <= date(2025, 8, 31)


def test_parts_of_time_add_up(study):
    months = list_months(study, ["attendance"])
    early = filter_activities(study, ActivityFilter(last=months[5]))
    late = filter_activities(study, ActivityFilter(first=months[6]))
    assert len(early.attendance) + len(late.attendance) == len(study.attendance)
    assert len(early.delivery) + len(late.delivery) == len(study.delivery)


def test_volunteers_are_as_known_then(study):
    part = evaluate_subset(study, ActivityFilter(last="2025-12"))
    assert part.volunteers.observed_until == date(2025, 12, 31)
    whole = evaluate_subset(study, ActivityFilter()).volunteers
    team = {m.month: m.team for m in part.volunteers.monthly}
    assert team["2025-09"] == {m.month: m.team for m in whole.monthly}["2025-09"]
    assert "service_after_observation" not in part.volunteers.notes


def test_groups_cut_roster_and_log_together(study):
    groups = list_groups(study, ["attendance", "volunteers", "delivery"])
    assert set(groups) == {"kind", "level", "性别", "年龄段", "角色", "phase"}
    part = filter_activities(study, ActivityFilter(values={"角色": ("志愿者",)}))
    assert set(part.volunteers["角色"]) == {"志愿者"}
    assert set(part.service["volunteer"]) <= set(part.volunteers["volunteer"])
    assert len(part.attendance) == len(study.attendance)


def test_too_few_people_are_not_shown(study):
    part = evaluate_subset(study, ActivityFilter(values={"角色": ("队长",)}))
    assert part.suppressed
    assert part.volunteers is None
    # All but them would give them away just the same.
    rest = evaluate_subset(study, ActivityFilter(values={"角色": ("志愿者", "骨干")}))
    assert rest.suppressed

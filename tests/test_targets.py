"""Progress towards targets by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.study_file import TargetPlan
from analysis.targets import cumulate, find_indicator, period_end, target_progress

RESULTS = {
    "scoring": [
        {"measure": "preparedness", "wave": "pre", "mean": {"estimate": 2.6, "n": 40}},
        {
            "measure": "preparedness",
            "wave": "post",
            "mean": {"estimate": 3.2, "ci_low": 3.0, "ci_high": 3.6, "n": 38},
        },
    ],
    "participation": {"participants": 120},
    "sustainability": {"consultation": {"follow_through": {"estimate": 0.6, "n": 10}}},
}
HALF_WAY = date(2026, 7, 2)


def plan(**values):
    told = {"indicator": "preparedness.post.mean", "target": 3.6, "start": date(2026, 1, 1)}
    return TargetPlan(**{**told, "due": date(2026, 12, 31), **values})


def test_baseline_from_the_first_wave_and_progress_by_the_formula():
    found = target_progress(plan(), RESULTS, HALF_WAY)
    assert found.baseline == 2.6
    assert found.progress == pytest.approx(0.6)
    assert found.expected == pytest.approx(0.5, abs=0.001)
    assert found.status == "ahead"
    assert found.uncertain


@pytest.mark.parametrize(
    ("actual", "status"), [(3.6, "met"), (3.1, "on_track"), (2.7, "behind"), (3.5, "ahead")]
)
def test_status_by_the_band(actual, status):
    assert target_progress(plan(actual=actual), RESULTS, HALF_WAY).status == status


def test_falling_targets_count_downwards():
    found = target_progress(plan(baseline=10, target=4, actual=7), RESULTS, HALF_WAY)
    assert found.progress == pytest.approx(0.5)


def test_indicators_are_found_in_every_section():
    assert find_indicator("participation.participants", RESULTS) == 120
    assert find_indicator("consultation.follow_through", RESULTS)["estimate"] == 0.6
    assert find_indicator("nothing.here", RESULTS) is None
    assert target_progress(plan(indicator="nothing.here"), RESULTS, HALF_WAY).status == "no_data"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("cumulative_sum", 60.0), ("cumulative_level", 30.0), ("non_cumulative", 30.0)],
)
def test_cumulation_rules(rule, expected):
    actuals = {"2026-Q2": 20.0, "2026-Q1": 10.0, "2026-Q3": 30.0}
    assert cumulate(plan(cumulation=rule, actuals=actuals)) == expected


def test_interval_of_the_actual_goes_the_same_way():
    found = target_progress(plan(), RESULTS, HALF_WAY)
    # (3.0 - 2.6) / 1 and (3.6 - 2.6) / 1
    assert (found.progress_low, found.progress_high) == pytest.approx((0.4, 1.0))


def test_interval_of_a_falling_target_has_its_lesser_end_first():
    found = target_progress(plan(baseline=4.0, target=2.0), RESULTS, HALF_WAY)
    assert found.progress_low == pytest.approx(0.2)
    assert found.progress_high == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("period", "end"),
    [
        ("2026", date(2026, 12, 31)),
        ("2026-Q1", date(2026, 3, 31)),
        ("2026q4", date(2026, 12, 31)),
        ("2024-02", date(2024, 2, 29)),
        ("2026-13", None),
        ("spring", None),
    ],
)
def test_periods_end_on_their_last_day(period, end):
    assert period_end(period) == end


QUARTERS = {"2026-Q1": 10.0, "2026-Q2": 20.0, "2026-Q3": 40.0}


@pytest.mark.parametrize(
    ("rule", "due"), [("cumulative_sum", 0.3), ("cumulative_level", 0.2), ("non_cumulative", 0.2)]
)
def test_expected_to_date_follows_the_periodic_targets(rule, due):
    told = plan(baseline=0, target=100, cumulation=rule, periods=QUARTERS, actual=1)
    # On 2 July the first two quarters are over.
    assert target_progress(told, RESULTS, HALF_WAY).expected == pytest.approx(due)


def test_periods_list_what_was_wanted_and_what_came():
    told = plan(periods=QUARTERS, actuals={"2026-Q1": 12.0}, cumulation="cumulative_sum")
    found = target_progress(told, RESULTS, HALF_WAY)
    assert found.periods == (
        ("2026-Q1", 10.0, 12.0),
        ("2026-Q2", 20.0, None),
        ("2026-Q3", 40.0, None),
    )
    assert found.actual.estimate == 12.0


FINITE = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@given(baseline=FINITE, target=FINITE, actual=FINITE, shift=FINITE)
def test_progress_does_not_depend_on_where_zero_is(baseline, target, actual, shift):
    if abs(target - baseline) < 1:
        return
    here = target_progress(plan(baseline=baseline, target=target, actual=actual), {}, None)
    moved = plan(baseline=baseline + shift, target=target + shift, actual=actual + shift)
    there = target_progress(moved, {}, None)
    assert here.progress == pytest.approx(there.progress, abs=1e-3)
    assert (here.status == "met") == (here.progress >= 1)


@pytest.mark.parametrize(
    ("direction", "actual", "progress", "status"),
    [
        ("increase", 50.0, 0.5, "ahead"),
        ("increase", 20.0, 0.2, "behind"),
        ("increase", 120.0, 1.2, "met"),
        ("decrease", 90.0, None, "met"),
        ("decrease", 110.0, None, "no_data"),
    ],
)
def test_without_a_baseline_a_rise_counts_from_zero_and_a_fall_is_met_or_not(
    direction, actual, progress, status
):
    plan = TargetPlan(
        indicator="x",
        target=100,
        actual=actual,
        direction=direction,
        start=date(2026, 1, 1),
        due=date(2026, 12, 31),
    )
    found = target_progress(plan, {}, date(2026, 5, 1))
    assert found.baseline is None
    assert (found.progress, found.status) == (progress, status)


@pytest.mark.parametrize(
    ("direction", "actual", "status"),
    [("increase", 5.0, "met"), ("increase", 4.0, "behind"), ("decrease", 6.0, "behind")],
)
def test_what_shall_stay_where_it_is_is_met_or_not(direction, actual, status):
    plan = TargetPlan(indicator="x", baseline=5, target=5, actual=actual, direction=direction)
    assert target_progress(plan, {}, date(2026, 5, 1)).status == status


def test_without_any_value_there_are_no_data():
    found = target_progress(TargetPlan(indicator="nothing.there", target=5), {}, None)
    assert (found.progress, found.status) == (None, "no_data")


def test_exactly_what_was_expected_is_on_track_below_zero_too():
    told = plan(baseline=100, target=200, actual=80, periods={"2026-Q1": 80.0})
    found = target_progress(told, RESULTS, HALF_WAY)
    assert (found.progress, found.expected) == (pytest.approx(-0.2), pytest.approx(-0.2))
    assert found.status == "on_track"
    less = target_progress(told.model_copy(update={"actual": 75.0}), RESULTS, HALF_WAY)
    more = target_progress(told.model_copy(update={"actual": 85.0}), RESULTS, HALF_WAY)
    assert (less.status, more.status) == ("behind", "ahead")


def test_a_period_that_expects_no_progress_is_on_track_at_the_baseline():
    told = plan(baseline=100, target=200, actual=100, periods={"2026-Q1": 100.0})
    assert target_progress(told, RESULTS, HALF_WAY).status == "on_track"


@given(baseline=FINITE, target=FINITE, part=st.floats(-2, 0.999))
def test_on_track_at_exactly_the_expected_progress(baseline, target, part):
    if abs(target - baseline) < 1:
        return
    due = baseline + part * (target - baseline)
    told = plan(baseline=baseline, target=target, actual=due, periods={"2026-Q1": due})
    assert target_progress(told, {}, HALF_WAY).status == "on_track"


def test_before_the_start_nothing_is_late():
    found = target_progress(plan(baseline=0, actual=0), RESULTS, date(2025, 12, 1))
    assert found.status == "not_started"


@pytest.mark.parametrize(
    ("direction", "baseline", "target"), [("increase", 60, 40), ("decrease", 40, 60)]
)
def test_a_target_on_the_wrong_side_of_its_baseline_is_refused(direction, baseline, target):
    with pytest.raises(ValueError, match="other side of the baseline"):
        plan(direction=direction, baseline=baseline, target=target)


def test_without_a_direction_it_is_that_from_baseline_to_target():
    assert plan(baseline=60, target=40).direction == "decrease"
    assert plan(baseline=40, target=60).direction == "increase"


def test_a_measured_baseline_beyond_the_target_is_met_or_not():
    # The first wave's mean is 2.6; the declared rise is to 2.0.
    told = plan(target=2.0, direction="increase")
    found = target_progress(told, RESULTS, HALF_WAY)
    assert (found.progress, found.status) == (None, "met")
    fallen = target_progress(plan(target=2.0, direction="increase", actual=1.9), RESULTS, HALF_WAY)
    assert fallen.status != "met"

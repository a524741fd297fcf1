"""Progress towards targets by hand."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.plan import TargetPlan
from analysis.results import Estimate, NotEstimable
from analysis.surveys.results import ScoreSummary
from analysis.targets import cumulate, find_indicator, period_end, target_progress


def score(measure, wave, mean):
    told = dict.fromkeys(("sd", "median", "min", "max", "floor", "ceiling"))
    return ScoreSummary(measure=measure, wave=wave, n=mean.n, n_missing=0, mean=mean, **told)


SCORING = [
    score("preparedness", "pre", Estimate(estimate=2.6, n=40, method="mean")),
    score(
        "preparedness",
        "post",
        Estimate(estimate=3.2, ci_low=3.0, ci_high=3.6, n=38, method="mean"),
    ),
]
NOTHING = SimpleNamespace(
    scoring=(),
    outcomes=(),
    flow=None,
    attrition_verdict=None,
    participation=None,
    delivery=None,
    volunteers=None,
    sustainability=None,
)
FOUND = SimpleNamespace(
    **{
        **vars(NOTHING),
        "participation": SimpleNamespace(participants=120),
        "sustainability": SimpleNamespace(
            consultation=SimpleNamespace(
                follow_through=Estimate(estimate=0.6, n=10, method="wilson")
            )
        ),
    }
)
HALF_WAY = date(2026, 7, 2)


def plan(**values):
    told = {"indicator": "preparedness.post.mean", "target": 3.6, "start": date(2026, 1, 1)}
    return TargetPlan(**{**told, "due": date(2026, 12, 31), **values})


def reach(told, found=FOUND, scoring=SCORING, as_of=HALF_WAY):
    return target_progress(told, found, scoring, as_of)


def test_baseline_from_the_first_wave_and_progress_by_the_formula():
    found = reach(plan())
    assert found.baseline == 2.6
    assert found.progress == pytest.approx(0.6)
    assert found.expected == pytest.approx(0.5, abs=0.001)
    assert found.status == "ahead"
    assert found.uncertain


@pytest.mark.parametrize(
    ("actual", "status"), [(3.6, "met"), (3.1, "on_track"), (2.7, "behind"), (3.5, "ahead")]
)
def test_status_by_the_band(actual, status):
    assert reach(plan(actual=actual)).status == status


def test_falling_targets_count_downwards():
    found = reach(plan(baseline=10, target=4, actual=7))
    assert found.progress == pytest.approx(0.5)


def test_indicators_are_found_in_every_section():
    assert find_indicator("participation.participants", FOUND, ()).estimate == 120
    assert find_indicator("participants", FOUND, ()).estimate == 120
    assert find_indicator("consultation.follow_through", FOUND, ()).estimate == 0.6
    for path in ("nothing.here", "participation", "participation.__class__", "preparedness.x.mean"):
        assert isinstance(find_indicator(path, FOUND, SCORING), NotEstimable), path
    assert reach(plan(indicator="nothing.here")).status == "no_data"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [("cumulative_sum", 60.0), ("cumulative_level", 30.0), ("non_cumulative", 30.0)],
)
def test_cumulation_rules(rule, expected):
    actuals = {"2026-Q2": 20.0, "2026-Q1": 10.0, "2026-Q3": 30.0}
    assert cumulate(plan(cumulation=rule, actuals=actuals)) == expected


def test_interval_of_the_actual_goes_the_same_way():
    found = reach(plan())
    # (3.0 - 2.6) / 1 and (3.6 - 2.6) / 1
    assert (found.progress_low, found.progress_high) == pytest.approx((0.4, 1.0))


def test_interval_of_a_falling_target_has_its_lesser_end_first():
    found = reach(plan(baseline=4.0, target=2.0))
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
    assert reach(told).expected == pytest.approx(due)


def test_periods_list_what_was_wanted_and_what_came():
    told = plan(periods=QUARTERS, actuals={"2026-Q1": 12.0}, cumulation="cumulative_sum")
    found = reach(told)
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
    here = reach(plan(baseline=baseline, target=target, actual=actual), NOTHING, (), None)
    moved = plan(baseline=baseline + shift, target=target + shift, actual=actual + shift)
    there = reach(moved, NOTHING, (), None)
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
    found = reach(plan, NOTHING, (), date(2026, 5, 1))
    assert found.baseline is None
    assert (found.progress, found.status) == (progress, status)


@pytest.mark.parametrize(
    ("direction", "actual", "status"),
    [("increase", 5.0, "met"), ("increase", 4.0, "behind"), ("decrease", 6.0, "behind")],
)
def test_what_shall_stay_where_it_is_is_met_or_not(direction, actual, status):
    plan = TargetPlan(indicator="x", baseline=5, target=5, actual=actual, direction=direction)
    assert reach(plan, NOTHING, (), date(2026, 5, 1)).status == status


def test_without_any_value_there_are_no_data():
    found = reach(TargetPlan(indicator="nothing.there", target=5), NOTHING, (), None)
    assert (found.progress, found.status) == (None, "no_data")


def test_exactly_what_was_expected_is_on_track_below_zero_too():
    told = plan(baseline=100, target=200, actual=80, periods={"2026-Q1": 80.0})
    found = reach(told)
    assert (found.progress, found.expected) == (pytest.approx(-0.2), pytest.approx(-0.2))
    assert found.status == "on_track"
    less = reach(told.model_copy(update={"actual": 75.0}))
    more = reach(told.model_copy(update={"actual": 85.0}))
    assert (less.status, more.status) == ("behind", "ahead")


def test_a_period_that_expects_no_progress_is_on_track_at_the_baseline():
    told = plan(baseline=100, target=200, actual=100, periods={"2026-Q1": 100.0})
    assert reach(told).status == "on_track"


@given(baseline=FINITE, target=FINITE, part=st.floats(-2, 0.999))
def test_on_track_at_exactly_the_expected_progress(baseline, target, part):
    if abs(target - baseline) < 1:
        return
    due = baseline + part * (target - baseline)
    told = plan(baseline=baseline, target=target, actual=due, periods={"2026-Q1": due})
    assert reach(told, NOTHING, (), HALF_WAY).status == "on_track"


def test_before_the_start_nothing_is_late():
    found = reach(plan(baseline=0, actual=0), as_of=date(2025, 12, 1))
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
    found = reach(told)
    assert (found.progress, found.status) == (None, "met")
    fallen = reach(plan(target=2.0, direction="increase", actual=1.9))
    assert fallen.status != "met"

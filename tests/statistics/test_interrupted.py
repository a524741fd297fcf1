"""Segmented regression of months; second software: r_reference_waves.json."""

import numpy as np
import pytest

from analysis.results import NotEstimable
from analysis.statistics.interrupted import (
    LEAST_MONTHS,
    newey_west_lag,
    segmented_regression,
)


def months(n=40, start=20, level=0.0, slope=0.0, correlation=0.4, seed=1, season=0.0):
    rng = np.random.default_rng(seed)
    noise = np.zeros(n)
    for at in range(1, n):
        noise[at] = correlation * noise[at - 1] + rng.normal()
    at = np.arange(n)
    return (
        50 + 0.5 * at + noise + season * np.sin(2 * np.pi * at / 12)
        + np.where(at >= start, level + slope * (at - start), 0.0)
    )  # fmt: skip


def test_a_planted_step_and_slope_are_found():
    fit = segmented_regression(months(level=8.0, slope=1.5), [20])
    event = fit.events[0]
    assert event.level.ci_low < 8 < event.level.ci_high
    assert event.slope.ci_low < 1.5 < event.slope.ci_high
    assert event.gap.estimate == pytest.approx(
        event.level.estimate + event.slope.estimate * 9.5, rel=1e-9
    )
    assert event.gap.p_value < 0.001


def test_the_gap_is_the_mean_distance_from_the_trend_continued():
    y = months(level=8.0, slope=1.5)
    fit = segmented_regression(y, [20])
    distance = np.array(fit.fitted[20:]) - fit.events[0].expected
    assert distance.mean() == pytest.approx(fit.events[0].gap.estimate, rel=1e-9)


def test_a_season_is_no_event():
    y = months(n=48, start=24, season=15.0)
    assert segmented_regression(y, [24]).season
    assert segmented_regression(y, [24]).events[0].gap.p_value > 0.05
    assert not segmented_regression(y[:23], [11]).season


def test_an_event_counts_until_the_next():
    y = months(n=60, start=15, level=10.0)
    fit = segmented_regression(y, [15, 40])
    assert len(fit.events[0].expected) == 25
    assert len(fit.events[1].expected) == 20
    assert fit.events[0].gap.p_value < 0.001
    assert fit.events[1].gap.p_value > 0.05


def test_shifting_and_scaling_the_values_changes_no_test():
    y = months(level=3.0)
    one, other = (segmented_regression(v, [20]).events[0] for v in (y, 100 + 7 * y))
    for part in ("level", "slope", "gap"):
        first, second = getattr(one, part), getattr(other, part)
        assert second.estimate == pytest.approx(7 * first.estimate, rel=1e-6)
        assert second.p_value == pytest.approx(first.p_value, rel=1e-4)


@pytest.mark.parametrize(
    ("n", "starts"), [(15, [8]), (20, [7]), (20, [13]), (40, [10, 15]), (40, [])]
)
def test_too_few_months_are_refused(n, starts):
    found = segmented_regression(months(n=n), starts)
    assert isinstance(found, NotEstimable)
    assert found.reason == "too_few"
    assert LEAST_MONTHS == 8


def test_months_on_a_line_have_no_interval():
    found = segmented_regression(np.arange(20.0), [10])
    assert found.reason == "no_variance"


def test_errors_are_wider_than_as_published_and_df_fewer():
    y = months(n=24, start=12)
    ours = segmented_regression(y, [12]).events[0].gap
    plain = segmented_regression(y, [12], adjust=False).events[0].gap
    assert ours.estimate == pytest.approx(plain.estimate)
    assert ours.std_error > plain.std_error
    assert ours.df < plain.df


def test_an_event_that_is_none_is_called_clear_about_as_often_as_it_should():
    rng = np.random.default_rng(3)
    clear = np.zeros(2)
    for _ in range(150):
        noise = rng.normal(size=30)
        for at, adjust in enumerate((True, False)):
            fit = segmented_regression(noise[:20], [10], adjust=adjust)
            clear[at] += fit.events[0].gap.p_value < 0.05
    assert clear[0] / 150 < 0.09
    assert clear[1] / 150 > 0.12  # as published: why it is adjusted


def test_the_lag_grows_with_the_cube_root():
    assert [newey_west_lag(n) for n in (16, 24, 64, 120)] == [2, 3, 3, 4]

"""Progress towards targets by hand."""

from datetime import date

import pytest

from analysis.study_file import TargetPlan
from analysis.targets import cumulate, find_indicator, target_progress

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

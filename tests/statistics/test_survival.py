"""Survival: R output, published tables, statsmodels and scipy, expansion of counts."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.results import Comparison, Curve, Estimate, NotEstimable
from analysis.statistics.survival import (
    cox,
    cumulative_incidence,
    kaplan_meier,
    logrank,
    mean_cumulative_function,
    median_time,
    proportional_hazards_test,
    rmst,
    rmst_difference,
    survival_at,
)
from benchmarks.verification_people import N_TWO_GROUPS, draw_two_groups

GOLDEN = Path(__file__).parents[1] / "golden"
PUBLISHED = tomllib.loads((GOLDEN / "survival.toml").read_text("utf-8"))
TWELVE, REMISSION = PUBLISHED["twelve"], PUBLISHED["remission"]
DURATION = REMISSION["placebo"] + REMISSION["treated"]
EVENT = [1] * 21 + REMISSION["treated_event"]
ARM = ["placebo"] * 21 + ["treated"] * 21
PLACEBO = np.array([arm == "placebo" for arm in ARM], dtype=float)


def random_spells(seed, n=80, late=True):
    rng = np.random.default_rng(seed)
    duration = rng.integers(1, 25, n).astype(float)
    entry = np.where(rng.random(n) < 0.3, np.floor(duration * rng.random(n)), 0.0)
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(size=n).round(1)])
    return duration, rng.random(n) < 0.6, entry if late else None, x


def test_curve_gives_the_stored_results_of_r():
    curve = kaplan_meier(TWELVE["duration"], TWELVE["event"])
    at = survival_at(curve, 9)
    assert at.estimate == pytest.approx(TWELVE["survival_9"], abs=5e-8)
    assert [at.ci_low, at.ci_high] == pytest.approx(TWELVE["survival_9_ci"], abs=5e-9)
    assert median_time(curve).estimate == TWELVE["median"]
    assert median_time(curve).ci_high is None
    mean = rmst(curve, 12)
    assert mean.estimate == pytest.approx(TWELVE["rmst_12"], rel=1e-12)
    assert mean.std_error == pytest.approx(TWELVE["rmst_12_std_error"], abs=5e-5)


def test_curve_gives_the_published_remission_table():
    curve = kaplan_meier(REMISSION["treated"], REMISSION["treated_event"])
    found = [survival_at(curve, time) for time in REMISSION["at"]]
    assert [f.estimate for f in found] == pytest.approx(REMISSION["survival"], abs=5e-5)
    assert [f.std_error for f in found] == pytest.approx(REMISSION["std_error"], abs=5e-5)
    assert curve.time_days[0] == 0
    assert curve.survival[0] == 1


def test_limits_agree_with_scipy():
    data = stats.CensoredData.right_censored(
        np.array(REMISSION["treated"], float), ~np.array(REMISSION["treated_event"], bool)
    )
    sf = stats.ecdf(data).sf
    band = sf.confidence_interval(method="log-log")
    curve = kaplan_meier(REMISSION["treated"], REMISSION["treated_event"])
    where = np.searchsorted(curve.time_days, sf.quantiles)
    falls = sf.probabilities < 1
    low, high = np.array(curve.ci_low)[where], np.array(curve.ci_high)[where]
    assert low[falls] == pytest.approx(band.low.probabilities[falls], rel=1e-10)
    assert high[falls] == pytest.approx(band.high.probabilities[falls], rel=1e-10)


def test_left_truncation_agrees_with_statsmodels():
    from statsmodels.duration.survfunc import SurvfuncRight

    duration, event, entry, _ = random_spells(3)
    other = SurvfuncRight(duration, event.astype(int), entry=entry)
    curve = kaplan_meier(duration, event, entry)
    where = np.searchsorted(curve.time_days, other.surv_times)
    assert np.array(curve.survival)[where] == pytest.approx(other.surv_prob, rel=1e-10)
    assert np.array(curve.at_risk)[where] == pytest.approx(other.n_risk)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_logrank_agrees_with_statsmodels(seed):
    from statsmodels.duration.survfunc import survdiff

    duration, event, _, x = random_spells(seed)
    group = np.digitize(x[:, 1], [-0.5, 0.5])
    chi2, p_value = survdiff(duration, event.astype(int), group)
    found = logrank(duration, event, group)
    assert found.statistic == pytest.approx(chi2, rel=1e-8)
    assert found.p_value == pytest.approx(p_value, rel=1e-8)
    assert sum(found.details["observed"]) == pytest.approx(sum(found.details["expected"]))


def test_logrank_of_two_groups_has_one_degree_of_freedom_at_every_size():
    stored = json.loads((GOLDEN / "logrank_two_groups.json").read_text("utf-8"))["chisq"]
    assert len(stored) == N_TWO_GROUPS == 500
    found = [logrank(*draw_two_groups(seed)) for seed in range(N_TWO_GROUPS)]
    assert {test.df for test in found} == {1.0}
    assert [test.statistic for test in found] == pytest.approx(stored, rel=1e-8, abs=1e-12)
    assert [test.p_value for test in found] == pytest.approx(stats.chi2.sf(stored, 1), rel=1e-7)


def test_logrank_of_two_teams_of_sixty_is_clear():
    rng = np.random.default_rng(97)
    time, event = rng.integers(1, 400, 120).astype(float), rng.random(120) < 0.7
    time[60:] = np.ceil(time[60:] * 1.15)
    found = logrank(time, event, np.repeat(["a", "b"], 60))
    # survival::survdiff: 4.743 with 1 df, p .0294
    assert (round(found.statistic, 3), found.df, round(found.p_value, 3)) == (4.743, 1.0, 0.029)


def test_logrank_leaves_out_a_group_that_nobody_could_be_expected_to_leave():
    time, event = [1, 1, 3, 4, 5, 6], [False, False, True, True, True, True]
    found = logrank(time, event, ["c", "c", "a", "b", "a", "b"])
    alone = logrank(time[2:], event[2:], ["a", "b", "a", "b"])
    assert (found.df, found.statistic) == (1.0, pytest.approx(alone.statistic))
    assert logrank([3, 4], [False, False], ["a", "b"]).reason == "too_few"
    apart = logrank([2, 3, 12, 13], [True] * 4, ["a", "a", "b", "b"], entry=[0, 0, 10, 10])
    assert apart.reason == "not_identified"


def test_remission_trial_logrank_and_cox_as_published():
    assert logrank(DURATION, EVENT, ARM).statistic == pytest.approx(REMISSION["logrank"], abs=5e-3)
    (found,) = cox(DURATION, EVENT, PLACEBO, ["placebo"])
    assert found.name == "cox:placebo"
    assert found.estimate == pytest.approx(REMISSION["cox"], abs=5e-4)
    assert found.std_error == pytest.approx(REMISSION["cox_std_error"], abs=5e-4)


@pytest.mark.parametrize("seed", [1, 4, 9])
def test_cox_agrees_with_statsmodels_with_ties_and_late_entry(seed):
    from statsmodels.duration.hazard_regression import PHReg

    duration, event, entry, x = random_spells(seed)
    entry = entry + 0.5  # between days: entry and event never tie
    other = PHReg(duration, x, status=event.astype(int), entry=entry, ties="efron").fit(disp=0)
    found = cox(duration, event, x, ["a", "b"], entry)
    assert [f.estimate for f in found] == pytest.approx(other.params, rel=1e-5)
    assert [f.std_error for f in found] == pytest.approx(other.bse, rel=1e-5)


def test_proportional_hazards_test_is_the_score_test_of_the_split_data():
    from statsmodels.duration.hazard_regression import PHReg

    duration, event, _, x = random_spells(5, late=False)
    times = np.unique(duration[event])
    curve = kaplan_meier(duration, event)
    left = 1 - np.concatenate([[1.0], np.array(curve.survival)[:-1]])
    g = left[np.searchsorted(curve.time_days, times)]
    rows = []
    for start, stop, weight in zip(np.append(0, times[:-1]), times, g - g.mean(), strict=True):
        for i in np.flatnonzero(duration >= stop):
            died = int(event[i] and duration[i] == stop)
            rows.append([start, stop, died, *x[i], *(weight * x[i])])
    rows = np.array(rows)
    split = PHReg(rows[:, 1], rows[:, 3:], status=rows[:, 2], entry=rows[:, 0] + 0.5, ties="efron")
    beta = np.array([c.estimate for c in cox(duration, event, x, ["a", "b"])] + [0, 0])
    score, information = split.score(beta), -split.hessian(beta)
    expected = float(score @ np.linalg.solve(information, score))
    found = proportional_hazards_test(duration, event, x, ["a", "b"])
    assert found.name == "schoenfeld"
    assert found.df == 2
    assert found.statistic == pytest.approx(expected, rel=1e-5)


def test_crossing_hazards_are_noticed():
    rng = np.random.default_rng(8)
    early = rng.exponential(1, 300) ** 3 * 100
    duration = np.ceil(np.concatenate([early, rng.normal(110, 15, 300)]))
    found = proportional_hazards_test(
        duration, np.ones(600, bool), np.repeat([0.0, 1.0], 300), ["arm"]
    )
    assert found.p_value < 1e-6


def test_rmst_difference_is_the_difference_of_the_means():
    found = rmst_difference(DURATION, EVENT, ARM, 20)
    each = [
        rmst(kaplan_meier(*arm), 20)
        for arm in (
            (REMISSION["placebo"], [1] * 21),
            (REMISSION["treated"], REMISSION["treated_event"]),
        )
    ]
    assert found.estimate == pytest.approx(each[1].estimate - each[0].estimate)
    assert found.std_error == pytest.approx(np.hypot(each[0].std_error, each[1].std_error))
    turned = rmst_difference(DURATION, EVENT, ARM, 20, reference="treated")
    assert turned.estimate == pytest.approx(-found.estimate)


def test_incidence_gives_the_stored_results_of_r_and_sums_to_those_gone():
    curves = [cumulative_incidence(TWELVE["duration"], TWELVE["cause"], k) for k in (1, 2)]
    assert [c.survival[-1] for c in curves] == pytest.approx(TWELVE["incidence_12"], abs=1e-10)
    all_causes = kaplan_meier(TWELVE["duration"], np.array(TWELVE["cause"]) > 0)
    gone = np.array(curves[0].survival) + np.array(curves[1].survival)
    assert gone == pytest.approx(1 - np.array(all_causes.survival))


def test_incidence_of_a_single_cause_has_greenwood_error():
    spells = np.array(REMISSION["treated"]), np.array(REMISSION["treated_event"])
    incidence, curve = cumulative_incidence(*spells, 1), kaplan_meier(*spells)
    z = stats.norm.ppf(0.975)
    share = incidence.survival[-1]
    std_error = np.log(np.log(incidence.ci_low[-1]) / np.log(share)) / z * share * -np.log(share)
    assert std_error == pytest.approx(survival_at(curve, 35).std_error, rel=0.06)


def test_incidence_agrees_with_statsmodels():
    from statsmodels.duration.survfunc import CumIncidenceRight

    rng = np.random.default_rng(2)
    duration, cause = rng.integers(1, 30, 90).astype(float), rng.integers(0, 3, 90)
    other = CumIncidenceRight(duration, cause)
    for k in (1, 2):
        curve = cumulative_incidence(duration, cause, k)
        where = np.searchsorted(curve.time_days, other.times)
        assert np.array(curve.survival)[where] == pytest.approx(other.cinc[k - 1], abs=1e-12)


def test_mean_cumulative_function_by_hand():
    found = mean_cumulative_function([[2, 6], [2, 9], []], [10, 9, 5])
    assert [row[0] for row in found] == [0, 2, 6, 9]
    assert [row[1] for row in found] == pytest.approx([0, 2 / 3, 7 / 6, 5 / 3])
    # at day 2: persons deviate by (1 - 2/3)/3, (1 - 2/3)/3, -2/9
    std_error = np.sqrt(2 * (1 / 9) ** 2 + (2 / 9) ** 2)
    assert found[1][3] == pytest.approx(2 / 3 * np.exp(1.959963985 * std_error / (2 / 3)))
    flat = mean_cumulative_function([2, 6, 2, 9], [10, 9, 5], person=[0, 0, 1, 1])
    assert flat == found


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 1), st.integers(1, 5)),
        min_size=6,
        max_size=25,
    )
)
def test_counts_equal_expanded_rows(rows):
    duration, event, group, counts = (np.array(column) for column in zip(*rows, strict=True))
    many = [np.repeat(column, counts) for column in (duration, event, group)]
    assert kaplan_meier(duration, event, counts=counts) == kaplan_meier(*many[:2])
    assert _numbers(logrank(duration, event, group, counts=counts)) == pytest.approx(
        _numbers(logrank(*many)), abs=1e-10
    )
    a = cox(duration, event, group.astype(float), ["g"], counts=counts)[0]
    b = cox(many[0], many[1], many[2].astype(float), ["g"])[0]
    assert _numbers(a) == pytest.approx(_numbers(b), rel=1e-6, abs=1e-6)


def _numbers(found):
    if isinstance(found, NotEstimable):
        return []
    return [x for x in (found.estimate, found.statistic, found.p_value) if x is not None]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=2, max_size=40))
def test_curve_falls_and_stays_within_its_limits(rows):
    duration, event = zip(*rows, strict=True)
    curve = kaplan_meier(duration, event)
    survival, low, high = (np.array(x) for x in (curve.survival, curve.ci_low, curve.ci_high))
    assert np.all(np.diff(survival) <= 0)
    assert np.all((low <= survival) & (survival <= high))
    assert np.all((low >= 0) & (high <= 1))
    assert curve == kaplan_meier(duration[::-1], event[::-1])


def test_what_cannot_be_estimated_says_why():
    assert kaplan_meier([], []).reason == "no_data"
    assert kaplan_meier([np.nan], [True]).reason == "no_data"
    curve = kaplan_meier([5, 6, 7], [True, False, False])
    assert isinstance(curve, Curve)
    assert survival_at(curve, 8).reason == "not_reached"
    assert survival_at(cumulative_incidence([5, 6], [1, 0], 2), 9).reason == "not_reached"
    assert median_time(curve).reason == "not_reached"
    assert rmst(curve, 100).reason == "not_reached"
    assert survival_at(kaplan_meier([], []), 3).reason == "no_data"
    assert logrank([1, 2], [True, True], ["a", "a"]).reason == "not_identified"
    assert cox([1, 2, 3], [True] * 3, [1, 1, 1], ["x"])[0].reason == "no_variance"
    apart = cox([1, 2, 3, 7, 8, 9], [True] * 6, [1, 1, 1, 0, 0, 0], ["x"])[0]
    assert apart.reason == "not_identified"
    collinear = cox([1, 2, 3, 4], [True] * 4, [[1, 2], [0, 0], [1, 2], [0, 0]], ["x", "y"])
    assert collinear[0].reason == "not_identified"


def test_spells_that_cannot_be_are_counted_as_missing():
    curve = kaplan_meier([5, -1, np.nan, 4], [True] * 4, entry=[0, 0, 0, 4])
    assert (curve.n, curve.n_missing) == (1, 3)
    assert isinstance(logrank([1, 2, 3], [True] * 3, ["a", "b", None]), Comparison)


def test_tenure_of_the_service_log(shared_data):
    folder = shared_data / "service-log"
    stored = json.loads((folder / "reference.json").read_text("utf-8"))
    log = pd.read_csv(folder / "service_log.csv", parse_dates=["date"])
    spell = log.groupby("volunteer_id")["date"].agg(["min", "max"])
    tenure = (spell["max"] - spell["min"]).dt.days
    left = (log["date"].max() - spell["max"]).dt.days >= 180
    curve = kaplan_meier(tenure, left)
    expected = stored["tenure_km"]["all"]
    median = median_time(curve)
    assert (curve.n, sum(curve.events)) == (expected["n"], expected["events"])
    assert median.estimate == expected["median"]
    assert [median.ci_low, median.ci_high] == expected["median_ci95_loglog"]
    for point in expected["at"]:
        found = survival_at(curve, point["time"])
        assert isinstance(found, Estimate)
        assert found.estimate == pytest.approx(point["surv"], rel=1e-8)
        assert found.std_error == pytest.approx(point["se_greenwood"], rel=1e-8)
        assert [found.ci_low, found.ci_high] == pytest.approx(point["ci95_loglog"], rel=1e-8)
    test = stored["km_early_vs_late_cohort"]["logrank"]
    found = logrank(tenure, left, np.where(spell["min"].dt.year <= 2022, "early", "late"))
    assert found.statistic == pytest.approx(test["chisq"], rel=1e-8)
    assert list(found.details["expected"]) == pytest.approx(test["expected"], rel=1e-8)


def test_the_upper_limit_stays_where_the_last_one_was_once_all_have_left():
    curve = kaplan_meier(np.array([1.0, 2.0]), np.array([True, True]))
    shares, limits = list(curve.survival), list(curve.ci_high)
    assert shares[-2:] == pytest.approx([0.5, 0.0])
    assert limits[-1] == limits[-2] < 1.0

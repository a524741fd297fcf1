"""Reliability: published ratings, closed forms, a planted reversed item, counts."""

import json
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis.statistics.one_factor import one_factor_loadings
from analysis.statistics.reliability import (
    _omega,
    _omega_influence,
    alpha_if_dropped,
    cronbach_alpha,
    first_factor_share,
    icc_average,
    item_rest,
    omega_total,
    unreversed_suspects,
)

GOLDEN = tomllib.loads(
    (Path(__file__).parents[1] / "golden" / "reliability.toml").read_text("utf-8")
)["shrout_fleiss"]
NAMES = list("abcde")


def answers(n=200, seed=1):
    rng = np.random.default_rng(seed)
    return np.clip(np.round(3 + rng.normal(size=(n, 1)) + rng.normal(size=(n, 5))), 1, 5)


def test_average_raters_as_published():
    found = icc_average(GOLDEN["ratings"])
    assert found.estimate == pytest.approx(GOLDEN["icc_2k"], abs=5e-3)
    assert [found.ci_low, found.ci_high] == pytest.approx(GOLDEN["icc_2k_ci"], abs=5e-3)


def test_alpha_is_the_consistency_of_averaged_raters():
    assert cronbach_alpha(GOLDEN["ratings"]).estimate == pytest.approx(GOLDEN["icc_3k"], abs=5e-3)


def test_kr20_of_the_southern_women(shared_data):
    folder = shared_data / "davis-women"
    stored = json.loads((folder / "reference.json").read_text("utf-8"))
    ticks = pd.read_csv(folder / "attendance_matrix.csv").drop(columns="woman")
    alpha = cronbach_alpha(ticks).estimate
    assert alpha == pytest.approx(stored["alpha_kr20_events_as_items"], rel=1e-8)


def test_minres_recovers_an_exact_factor_and_omega_its_share():
    loading = np.array([0.9, 0.8, 0.7, 0.5])
    exact = np.outer(loading, loading)
    np.fill_diagonal(exact, 1)
    assert one_factor_loadings(exact[None])[0] == pytest.approx(loading, abs=1e-8)


def test_omega_equals_alpha_when_all_items_are_alike():
    rng = np.random.default_rng(0)
    items = rng.normal(size=(20000, 1)) + rng.normal(size=(20000, 4))
    found = omega_total(items)
    assert found.estimate == pytest.approx(0.8, abs=0.01)
    assert found.estimate == pytest.approx(cronbach_alpha(items).estimate, abs=2e-3)
    assert found.ci_low < found.estimate < found.ci_high


def test_item_rest_and_dropped_alpha_by_plain_correlation():
    items = answers()
    rest, dropped = item_rest(items, NAMES), alpha_if_dropped(items, NAMES)
    for i, name in enumerate(NAMES):
        others = np.delete(items, i, axis=1)
        expected = np.corrcoef(items[:, i], others.sum(axis=1))[0, 1]
        assert rest[name] == pytest.approx(expected, rel=1e-10)
        assert dropped[name] == pytest.approx(cronbach_alpha(others).estimate, rel=1e-10)
    largest = np.linalg.eigvalsh(np.corrcoef(items.T))[-1] / 5
    assert first_factor_share(items) == pytest.approx(largest, rel=1e-10)


def test_an_unreversed_item_is_suspected():
    items = answers()
    assert unreversed_suspects(items, NAMES) == ()
    items[:, 2] = 6 - items[:, 2]
    assert unreversed_suspects(items, NAMES) == ("c",)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_counts_equal_expanded_rows_and_missing_rows_do_not_matter(seed):
    items = answers(12, seed)
    counts = np.random.default_rng(seed).integers(1, 5, 12)
    many = np.repeat(items, counts, axis=0)
    a, b = cronbach_alpha(items, counts=counts), cronbach_alpha(many)
    assert (a.n, a.estimate, a.ci_low) == (b.n, pytest.approx(b.estimate), pytest.approx(b.ci_low))
    a, b = (omega_total(x, counts=c) for x, c in ((items, counts), (many, None)))
    assert a.estimate == pytest.approx(b.estimate, rel=1e-6)
    assert (a.ci_low, a.ci_high) == (
        pytest.approx(b.ci_low, rel=1e-4),
        pytest.approx(b.ci_high, rel=1e-4),
    )
    gappy = np.vstack([many, [[np.nan, 1, 1, 1, 1]]])
    assert cronbach_alpha(gappy).estimate == cronbach_alpha(many).estimate
    assert cronbach_alpha(gappy).n_missing == 1


def log_rest(items) -> float:
    return np.log(1 - omega_total(items).estimate)


def test_the_error_of_omega_is_the_jackknife_of_leaving_each_person_out():
    items, n = answers(40, 3), 40
    logs = np.array([log_rest(np.delete(items, i, axis=0)) for i in range(n)])
    error = np.sqrt((n - 1) / n * np.sum((logs - logs.mean()) ** 2))
    found = omega_total(items)
    assert found.method == "one_factor_minres_jackknife"
    assert found.std_error == pytest.approx((1 - found.estimate) * error, rel=1e-6)
    half = stats.t.ppf(0.975, n - 1) * error
    limits = 1 - (1 - found.estimate) * np.exp([half, -half])
    assert (found.ci_low, found.ci_high) == pytest.approx(tuple(limits), rel=1e-6)


def test_influence_is_the_derivative_of_omega_by_the_weight_of_a_person():
    items = answers(30, 4)
    centred = items - items.mean(axis=0)
    influence = _omega_influence(centred, centred.T @ centred / len(items))
    for i in (0, 7, 29):
        shares = []
        for step in (1e-4, -1e-4):
            weight = np.full(30, (1 - step) / 30)
            weight[i] += step
            moved = items - weight @ items
            shares.append(_omega(((moved * weight[:, None]).T @ moved)[None], steps=5000)[0])
        assert influence[i] == pytest.approx((shares[0] - shares[1]) / 2e-4, rel=1e-4, abs=1e-6)


def test_many_people_have_the_error_of_the_influence_functions_which_agrees():
    items = answers(600, 5)
    few, many = omega_total(items[:500]), omega_total(items)
    assert (few.method, many.method) == (
        "one_factor_minres_jackknife",
        "one_factor_minres_influence",
    )
    assert many.std_error == pytest.approx(few.std_error * np.sqrt(500 / 600), rel=0.1)


def test_items_without_a_residual_have_no_interval():
    one = np.random.default_rng(1).normal(size=(30, 1))
    found = omega_total(one @ np.ones((1, 4)))
    assert (found.estimate, found.ci_low, found.std_error) == (pytest.approx(1.0), None, None)


def test_what_cannot_be_estimated_says_why():
    assert cronbach_alpha(np.ones((9, 1))).reason == "not_identified"
    assert cronbach_alpha(np.ones((9, 3))).reason == "no_variance"
    assert cronbach_alpha([[1, 2], [2, 3]]).reason == "too_few"
    assert omega_total(answers()[:, :2]).reason == "not_identified"
    assert icc_average([[1, 2]]).reason == "too_few"
    assert icc_average([[3, 3], [3, 3]]).reason == "no_variance"
    assert first_factor_share(np.ones((5, 3))) is None
    assert item_rest(np.ones((5, 3)), ["a", "b", "c"]) == {"a": None, "b": None, "c": None}


def test_agreement_worse_than_chance_has_no_limit_where_its_formula_has_a_pole():
    """Two domains, three raters who contradict each other: evaluating the study failed."""
    found = icc_average([[1, 5, 6], [3, 7, 1]])
    assert found.estimate < 0
    assert found.ci_low is None
    assert found.ci_high is None


def test_alpha_without_an_item_needs_three_items_and_not_three_rows():
    two = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0], [4.0, 4.0]])
    assert alpha_if_dropped(two, ["a", "b"]) == {"a": None, "b": None}
    rows = np.array([[1.0, 2.0, 1.0, 2.0], [3.0, 5.0, 4.0, 5.0]])
    found = alpha_if_dropped(rows, list("abcd"), [5, 5])
    whole = np.repeat(rows, 5, axis=0)
    assert found == pytest.approx(alpha_if_dropped(whole, list("abcd")))
    assert found["a"] == pytest.approx(cronbach_alpha(whole[:, 1:]).estimate)


def test_omega_needs_more_people_than_items():
    rng = np.random.default_rng(3)
    answers = rng.normal(0, 1, (6, 1)) + rng.normal(0, 0.5, (6, 5))
    assert omega_total(answers[:5]).reason == "too_few"
    assert omega_total(answers).estimate == pytest.approx(0.9, abs=0.1)


def test_the_first_factor_of_two_items_is_half_of_one_and_their_correlation():
    two = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0], [4.0, 4.0]])
    r = float(np.corrcoef(two.T)[0, 1])
    assert first_factor_share(two) == pytest.approx((1 + abs(r)) / 2)
    assert first_factor_share(two[:, :1]) is None
    assert first_factor_share(two[:2]) is None


def test_two_items_go_with_each_other_as_they_correlate():
    two = np.array([[1.0, 2.0], [2.0, 2.0], [3.0, 5.0], [4.0, 4.0]])
    r = float(np.corrcoef(two.T)[0, 1])
    assert item_rest(two, ["a", "b"]) == pytest.approx({"a": r, "b": r})
    assert item_rest(two[:2], ["a", "b"]) == {"a": None, "b": None}

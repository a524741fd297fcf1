"""Change of a share, partly matched: closed forms, brute-force likelihood, drop-out by baseline."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from analysis.results import Comparison
from analysis.statistics.incomplete_shares import impute_shares, standardised_share
from analysis.statistics.tipping import shift_lost

TABLE, BEFORE, AFTER = [[30, 22], [7, 51]], (24, 9), (6, 11)


def minus_log_likelihood(theta, table, before, after):
    cells = np.exp(np.append(theta, 0.0))
    cells = (cells / cells.sum()).reshape(2, 2)
    parts = (table, cells), (before, cells.sum(axis=1)), (after, cells.sum(axis=0))
    return -sum(float(np.sum(np.asarray(n) * np.log(p))) for n, p in parts)


def test_twenty_fillings_unless_asked_otherwise():
    filled = impute_shares(TABLE, BEFORE, AFTER)
    assert filled.method.endswith("m_20_seed_20260101")
    assert filled.moments()[0].size == 20


def test_baseline_only_is_the_standardised_share():
    """Everyone lost after baseline: P(yes | pre) averaged over all baselines, by hand."""
    change = standardised_share(TABLE, BEFORE, (0, 0))
    yes = 67 / 143  # 51 + 7 + 9 of 143 said yes before
    after = (1 - yes) * 22 / 52 + yes * 51 / 58
    assert change.details["level_pre"] == pytest.approx(yes, rel=1e-12)
    assert change.estimate == pytest.approx(after - yes, rel=1e-12)
    assert change.n == 143


def test_pairs_only_is_the_difference_of_the_matched():
    change = standardised_share(TABLE, (0, 0), (0, 0))
    assert change.estimate == pytest.approx(15 / 110, rel=1e-12)
    n, up, down = 112, 22.5, 7.5  # Agresti & Min: half a person in each cell
    error = math.sqrt((up + down - (up - down) ** 2 / n) / n**2)
    assert change.std_error == pytest.approx(error, rel=1e-9)
    half = stats.norm.isf(0.025) * error
    assert (change.ci_low, change.ci_high) == pytest.approx((15 / n - half, 15 / n + half))
    assert change.p_value == pytest.approx(2 * stats.norm.sf(15 / n / error), rel=1e-9)


def test_maximum_of_the_likelihood_and_its_curvature():
    best = optimize.minimize(
        minus_log_likelihood,
        np.zeros(3),
        args=(TABLE, BEFORE, AFTER),
        method="Nelder-Mead",
        options={"xatol": 1e-10, "fatol": 1e-13, "maxiter": 5000},
    )
    cells = np.exp(np.append(best.x, 0.0)) / np.exp(np.append(best.x, 0.0)).sum()
    change = standardised_share(TABLE, BEFORE, AFTER)
    assert change.estimate == pytest.approx(cells[1] - cells[2], abs=1e-7)
    levels = (change.details["level_pre"], change.details["level_post"])
    assert levels == pytest.approx((cells[2] + cells[3], cells[1] + cells[3]), abs=1e-7)


def test_an_answer_nobody_matched_gave_is_not_identified():
    assert standardised_share([[10, 5], [0, 0]], (3, 4), (0, 0)).reason == "not_identified"
    assert standardised_share([[0, 0], [0, 0]], (0, 0), (0, 0)).reason == "no_data"
    assert isinstance(standardised_share([[10, 0], [0, 0]], (3, 0), (0, 0)), Comparison)


def draw_drop_out(rng, n):
    pre = rng.random(n) < 0.5
    post = rng.random(n) < np.where(pre, 0.85, 0.32)
    stay = rng.random(n) < np.where(pre, 0.9, 0.3)
    pairs = [[int(np.sum(stay & (pre == a) & (post == b))) for b in (0, 1)] for a in (0, 1)]
    return pairs, [int(np.sum(~stay & (pre == a))) for a in (0, 1)]


def test_drop_out_by_baseline_leaves_the_truth_inside():
    """True change 8.5 points; the matched alone say less than none."""
    rng, inside, filled, changes, matched = np.random.default_rng(6), 0, 0, [], []
    for _ in range(200):
        pairs, lost = draw_drop_out(rng, 600)
        change = standardised_share(pairs, lost, (0, 0))
        inside += change.ci_low <= 0.085 <= change.ci_high
        changes.append(change.estimate)
        matched.append((pairs[0][1] - pairs[1][0]) / np.sum(pairs))
        imputed = shift_lost(impute_shares(pairs, lost, (0, 0), m=10))
        filled += imputed.ci_low <= 0.085 <= imputed.ci_high
    assert inside >= 186
    assert filled >= 182
    assert np.mean(changes) == pytest.approx(0.085, abs=0.01)
    assert np.mean(matched) < 0.0


def test_imputation_agrees_with_the_likelihood():
    exact = standardised_share(TABLE, BEFORE, AFTER)
    filled = shift_lost(impute_shares(TABLE, BEFORE, AFTER, m=300))
    assert filled.estimate == pytest.approx(exact.estimate, abs=0.012)
    assert filled.std_error == pytest.approx(exact.std_error, rel=0.1)
    assert filled.n == 160
    assert impute_shares([[10, 5], [0, 0]], (3, 4), (0, 0)).reason == "not_identified"

"""Levels and contrasts of three and more waves; second software: r_reference_waves.json."""

import numpy as np
import pytest
from scipy import stats

from analysis.results import Comparison, NotEstimable
from analysis.statistics.incomplete_shares import standardised_share
from analysis.statistics.mean_change import paired_t, welch_t
from analysis.statistics.mixed_model import mixed_waves
from analysis.statistics.trajectory import mean_trajectory, separate_waves
from analysis.statistics.wave_shares import share_trajectory

PAIRS = [(0, 1), (0, 2), (1, 2)]


def draw(n=60, seed=4, missing=0.0):
    rng = np.random.default_rng(seed)
    table = rng.normal(0, 1, (n, 1)) + rng.normal(0, 1, (n, 3)) * [0.6, 1.0, 1.5] + [0, 0.4, 0.9]
    table[rng.random((n, 3)) < missing] = np.nan
    return table


def test_everyone_in_every_wave_gives_paired_t():
    table = draw()
    found = mean_trajectory(table, PAIRS)
    for (a, b), change in zip(PAIRS, found.contrasts, strict=True):
        other = paired_t(table[:, a], table[:, b])
        for name in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
            assert getattr(change, name) == pytest.approx(getattr(other, name), rel=1e-7), name
    assert [level.estimate for level in found.levels] == pytest.approx(table.mean(axis=0))


def test_contrasts_are_those_of_the_model_of_rows_and_add_up():
    table = draw(missing=0.3)
    found = mean_trajectory(table, PAIRS)
    person, wave = np.nonzero(np.isfinite(table))
    for one, other in zip(
        found.contrasts[:2], mixed_waves(table[person, wave], wave, person, 3), strict=True
    ):
        assert one.estimate == pytest.approx(other.estimate, abs=1e-10)
        assert one.std_error == pytest.approx(other.std_error, rel=1e-9)
        assert one.df == pytest.approx(other.df, rel=1e-9)
    first, second, last = (one.estimate for one in found.contrasts)
    assert last == pytest.approx(second - first, abs=1e-12)
    levels = [level.estimate for level in found.levels]
    assert levels[2] - levels[0] == pytest.approx(second, abs=1e-12)


@pytest.mark.parametrize("shift", [0.0, 1000.0])
def test_a_wave_answered_alike_by_all_has_no_error_and_ends_the_search(shift):
    # The centre of these answers is 2.5 exactly: the search for starting values never ended.
    table = np.column_stack([np.repeat([4.0, 2.0], 20), np.tile([1.0, 3.0], 20), np.full(40, 2.5)])
    found = mean_trajectory(table + shift, PAIRS)
    assert found.levels[2].estimate == 2.5 + shift
    assert found.levels[2].std_error is None
    mean = found.contrasts[1]
    assert mean.estimate == pytest.approx(-0.5)
    assert mean.std_error == pytest.approx(table[:, 0].std(ddof=1) / np.sqrt(40))
    assert mean.df == pytest.approx(39)
    person, wave = np.nonzero(np.isfinite(table))
    rows = mixed_waves(table[person, wave], wave, person, 3)
    assert rows[0].estimate == pytest.approx(-1.0)


def test_drop_out_that_depends_on_the_answer_before_does_not_bias_the_levels():
    rng = np.random.default_rng(9)
    table = draw(4000, 9)
    truth = table.mean(axis=0)
    table[rng.random(4000) > 1 / (1 + np.exp(-1.5 * table[:, 0])), 1:] = np.nan
    table[rng.random(4000) > 1 / (1 + np.exp(-1.5 * np.nan_to_num(table[:, 1]))), 2] = np.nan
    seen = np.nanmean(table, axis=0)
    levels = [level.estimate for level in mean_trajectory(table, PAIRS).levels]
    assert abs(seen[2] - truth[2]) > 0.4
    assert levels == pytest.approx(truth, abs=0.1)


def test_waves_that_nobody_answered_both_of_share_one_correlation():
    """Their own is told by no answer; the contrast goes over the wave between them."""
    table = draw(80)
    table[:40, 2] = np.nan
    table[40:, 0] = np.nan
    found = mean_trajectory(table, PAIRS)
    first, whole, last = found.contrasts
    assert found.method == "compound_symmetry"
    assert whole.estimate == pytest.approx(first.estimate + last.estimate, abs=1e-12)
    assert whole.std_error > max(first.std_error, last.std_error)


def test_people_in_one_wave_only_make_samples_of_their_own():
    table = draw()
    for wave in range(3):
        table[wave * 20 : wave * 20 + 20, [w for w in range(3) if w != wave]] = np.nan
    found = mean_trajectory(table, PAIRS)
    assert found.method == "separate_samples"
    other = welch_t(table[:20, 0], table[20:40, 1])
    assert found.contrasts[0].p_value == pytest.approx(other.p_value)


def test_two_waves_of_yes_and_no_are_the_standardised_share():
    rows = [
        [a, b]
        for (a, b), n in {(0, 0): 30, (0, 1): 22, (1, 0): 7, (1, 1): 51}.items()
        for _ in range(n)
    ]
    rows += [[0, np.nan]] * 24 + [[1, np.nan]] * 9 + [[np.nan, 0]] * 6 + [[np.nan, 1]] * 11
    found = share_trajectory(rows, [(0, 1)])
    other = standardised_share([[30, 22], [7, 51]], [24, 9], [6, 11])
    for name in ("estimate", "std_error", "p_value", "ci_low", "ci_high"):
        assert getattr(found.contrasts[0], name) == pytest.approx(getattr(other, name), rel=1e-9)
    assert found.levels[1].estimate == pytest.approx(other.details["level_post"], rel=1e-9)
    assert found.levels[1].std_error == pytest.approx(other.details["level_post_std_error"])


def test_shares_recover_what_drop_out_hides():
    rng = np.random.default_rng(2)
    first = rng.random(6000) < 0.5
    second = rng.random(6000) < np.where(first, 0.8, 0.4)
    third = rng.random(6000) < np.where(first, 0.7, 0.3)
    table = np.column_stack([first, second, third]).astype(float)
    truth = table.mean(axis=0)
    table[rng.random(6000) > np.where(first, 0.9, 0.3), 1:] = np.nan
    assert np.nanmean(table[:, 2]) - truth[2] > 0.08
    levels = [level.estimate for level in share_trajectory(table, PAIRS).levels]
    assert levels == pytest.approx(truth, abs=0.03)


def test_everyone_saying_yes_has_limits_within_0_and_1():
    table = np.ones((20, 3))
    table[:10, 0] = 0
    found = share_trajectory(table, PAIRS)
    assert found.levels[2].estimate == pytest.approx(1.0)
    assert found.levels[2].ci_high == 1.0
    assert 0.7 < found.levels[2].ci_low < 1.0


def test_an_answer_that_nobody_in_both_waves_gave_identifies_nothing():
    table = np.array([[1, 1, 1], [1, 0, 1], [1, 1, 0]] * 4 + [[0, np.nan, np.nan]] * 5)
    found = share_trajectory(table, PAIRS)
    assert isinstance(found.contrasts[0], NotEstimable)
    assert found.contrasts[0].reason == "not_identified"
    assert isinstance(found.contrasts[2], Comparison)


def test_separate_shares_have_newcombes_interval():
    table = np.array([[1, np.nan], [0, np.nan], [np.nan, 1], [np.nan, 1]] * 5)
    found = separate_waves(table, [(0, 1)], share=True)
    assert found.contrasts[0].name == "two_proportions_z"
    assert [level.n for level in found.levels] == [10, 10]


def test_a_level_of_separate_waves_has_the_t_interval_of_its_mean():
    first = np.array([2.0, 3.0, 3.5, 4.0, 5.0])
    level = separate_waves(np.column_stack([first, first + 1]), [(0, 1)], 0.9).levels[0]
    low, high = stats.t.interval(0.9, 4, first.mean(), stats.sem(first))
    assert (level.ci_low, level.ci_high) == pytest.approx((low, high))
    assert (level.n, level.std_error) == (5, pytest.approx(stats.sem(first)))


def test_waves_that_only_one_person_links_have_no_error():
    """Three people of whom one answered two waves of his own: their difference has no variance."""
    nan = float("nan")
    scores = [
        [2.0, 0.5, 2.0, 0.5, nan, nan],
        [0.5, 1.5, 1.5, 3.5, nan, nan],
        [nan, nan, nan, nan, 0.5, 1.0],
    ]
    found = mean_trajectory(scores, [(0, 1), (4, 5)]).contrasts
    assert found[0].std_error > 0
    assert found[1].reason == "no_variance"

"""Model of both waves: closed forms, statsmodels, brute force likelihood, the attrition rule."""

import math

import numpy as np
import pytest
from scipy import optimize, stats

from analysis.results import Comparison
from analysis.statistics.mean_change import derrick_t, mixed_change, mixed_waves, paired_t, welch_t


def partly_matched(rng, n_pairs=40, n_pre=15, n_post=20, r=0.6):
    person = rng.normal(size=(n_pairs, 1)) * math.sqrt(r)
    pairs = person + rng.normal(size=(n_pairs, 2)) * math.sqrt(1 - r) + np.array([0.0, 0.4])
    return pairs[:, 0], pairs[:, 1], rng.normal(size=n_pre), 0.4 + rng.normal(size=n_post)


def test_pairs_only_is_the_paired_t():
    pre, post, _, _ = partly_matched(np.random.default_rng(1))
    mixed, paired = mixed_change(pre, post, [], []), paired_t(pre, post)
    for field in ("estimate", "std_error", "df", "p_value", "ci_low", "ci_high"):
        assert getattr(mixed, field) == pytest.approx(getattr(paired, field), rel=1e-6)
    waves = np.cov(pre, post)
    spread = (mixed.details["sd_pre"], mixed.details["sd_post"])
    assert spread == pytest.approx(tuple(np.sqrt(np.diag(waves))), rel=1e-6)
    assert mixed.details["r"] == pytest.approx(np.corrcoef(pre, post)[0, 1], rel=1e-6)
    assert mixed.method.startswith("unstructured")
    symmetric = mixed_change(pre, post, [], [], covariance="compound_symmetry")
    assert symmetric.details["var_between"] == pytest.approx(waves[0, 1], rel=1e-6)
    for field in ("estimate", "std_error", "df"):
        assert getattr(symmetric, field) == pytest.approx(getattr(paired, field), rel=1e-6)


def brute_force(first, second, pre_only, post_only):
    """REML with full matrices and a search over both variances."""
    k = len(first)
    y = np.concatenate([first, second, pre_only, post_only])
    wave = np.repeat([0, 1, 0, 1], [k, k, len(pre_only), len(post_only)])
    person = np.concatenate([np.arange(k), np.arange(k), k + np.arange(y.size - 2 * k)])
    x = np.column_stack([np.ones(y.size), wave])
    same = (person[:, None] == person[None, :]).astype(float)

    def solve(log_variances):
        between, within = np.exp(log_variances)
        inverse = np.linalg.inv(between * same + within * np.eye(y.size))
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        rest = y - x @ beta
        value = (
            -np.linalg.slogdet(inverse)[1]
            + np.linalg.slogdet(information)[1]
            + rest @ inverse @ rest
        )
        return value, beta[1], math.sqrt(np.linalg.inv(information)[1, 1])

    best = optimize.minimize(
        lambda p: solve(p)[0],
        np.log([0.5, 0.5]),
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-12, "maxiter": 2000},
    )
    return (*solve(best.x)[1:], np.exp(best.x))


def test_brute_force_likelihood():
    data = partly_matched(np.random.default_rng(2), 20, 8, 6)
    found = mixed_change(*data, covariance="compound_symmetry")
    estimate, error, variances = brute_force(*data)
    assert found.estimate == pytest.approx(estimate, rel=1e-6)
    assert found.details["std_error_unadjusted"] == pytest.approx(error, rel=1e-6)
    known = (found.details["var_between"], found.details["var_within"])
    assert known == pytest.approx(tuple(variances), rel=1e-5)


def test_mixedlm_agrees():
    from statsmodels.regression.mixed_linear_model import MixedLM

    first, second, pre_only, post_only = partly_matched(np.random.default_rng(3))
    y = np.concatenate([first, second, pre_only, post_only])
    wave = np.repeat([0, 1, 0, 1], [40, 40, 15, 20])
    person = np.concatenate([np.arange(40), np.arange(40), 40 + np.arange(35)])
    x = np.column_stack([np.ones(y.size), wave])
    theirs = MixedLM(y, x, groups=person).fit(reml=True)
    symmetric = {"covariance": "compound_symmetry"}
    found = mixed_change(first, second, pre_only, post_only, **symmetric)
    # its search stops early; its standard errors come from the joint numeric Hessian
    assert found.estimate == pytest.approx(theirs.fe_params[1], rel=1e-5)
    plain = found.details["std_error_unadjusted"]
    assert plain == pytest.approx(theirs.bse_fe[1], rel=5e-3)
    between = float(theirs.cov_re[0, 0])
    assert found.details["icc"] == pytest.approx(between / (between + theirs.scale), rel=1e-4)
    rows = mixed_waves(y, wave, person, 2, **symmetric)[0]
    for field in ("estimate", "std_error", "df", "p_value"):
        assert getattr(rows, field) == pytest.approx(getattr(found, field), rel=1e-6)


def test_three_waves_against_mixedlm():
    from statsmodels.regression.mixed_linear_model import MixedLM

    rng = np.random.default_rng(5)
    scores = rng.normal(size=(60, 1)) + rng.normal(size=(60, 3)) + np.array([0.0, 0.3, 0.6])
    scores[rng.random((60, 3)) < 0.25] = np.nan
    y = scores.ravel()
    wave, person = np.tile(np.arange(3), 60), np.repeat(np.arange(60), 3)
    kept = np.isfinite(y)
    x = np.column_stack([np.ones(y.size), wave == 1, wave == 2]).astype(float)
    theirs = MixedLM(y[kept], x[kept], groups=person[kept]).fit(reml=True)
    found = mixed_waves(y, wave, person, 3, covariance="compound_symmetry")
    assert [c.details["wave"] for c in found] == [1, 2]
    assert [c.estimate for c in found] == pytest.approx(list(theirs.fe_params[1:]), rel=1e-4)
    errors = [c.details["std_error_unadjusted"] for c in found]
    assert errors == pytest.approx(list(theirs.bse_fe[1:]), rel=5e-3)
    assert all(60 < c.df < kept.sum() - 3 for c in found)


def test_boundary_is_the_pooled_difference():
    """Negative correlation within people: ρ = 0, the pooled two-sample t."""
    rng = np.random.default_rng(6)
    first = rng.normal(size=30)
    second = -first + 0.1 * rng.normal(size=30) + 0.5
    found = mixed_change(first, second, [0.1, 0.2], [0.3], covariance="compound_symmetry")
    assert found.details["boundary"]
    assert found.details["icc"] == 0.0
    a, b = np.append(first, [0.1, 0.2]), np.append(second, 0.3)
    pooled = math.sqrt((a.var() * a.size + b.var() * b.size) / 61 * (1 / a.size + 1 / b.size))
    assert found.std_error == pytest.approx(pooled, rel=1e-8)
    assert found.df == 61


def test_counts_give_the_same():
    rng = np.random.default_rng(7)
    pre, alone = rng.integers(1, 6, 60), rng.integers(1, 6, 30)
    post = np.clip(pre + rng.integers(-1, 3, 60), 1, 5)
    rows = mixed_change(pre, post, alone, alone[:10])
    cells, counts = np.unique(np.column_stack([pre, post]), axis=0, return_counts=True)
    one, one_counts = np.unique(alone, return_counts=True)
    two, two_counts = np.unique(alone[:10], return_counts=True)
    assert mixed_change(*cells.T, one, two, counts, one_counts, two_counts) == rows


def test_not_estimable():
    assert mixed_change([], [], [], []).reason == "no_data"
    assert mixed_change([], [], [1, 2], [2, 3]).reason == "not_identified"
    assert mixed_change([1, 2, 3], [2, 3, 4], [1, 5], [2]).reason == "no_variance"
    assert mixed_waves([], [], [], 2)[0].reason == "no_data"
    assert [c.reason for c in mixed_waves([None, 1.0], [0, 1], [0, 0], 3)] == ["no_data"] * 2
    found = mixed_waves([1, 2, 2, 2, 3, 5, 4, 5], [0, 1] * 4, [0, 0, 1, 1, 2, 2, 3, 3], 3)
    assert isinstance(found[0], Comparison)
    assert found[1].reason == "no_data"


def test_drop_out_that_depends_on_the_baseline():
    """True change .20, r = .6, drop-out by baseline: the rule for partly matched waves.

    Half stay, with probit slope .64 on the baseline, so that those who stay start .43 higher:
    everyone's post minus pre is then .20 + .6·.43 = .46, pairs only .20 − .4·.43 = .03.
    """
    rng, found = np.random.default_rng(2017), []
    for _ in range(150):
        pre = rng.normal(size=1000)
        post = 0.2 + 0.6 * pre + 0.8 * rng.normal(size=1000)
        stays = rng.normal(size=1000) < 0.64 * pre
        kept = pre[stays], post[stays]
        found.append(
            (
                welch_t(pre, post[stays]).estimate,
                paired_t(*kept).estimate,
                mixed_change(*kept, pre[~stays], []).estimate,
                derrick_t(*kept, pre[~stays], []).estimate,
            )
        )
    everyone, pairs, mixed, derrick = np.mean(found, axis=0)
    assert mixed == pytest.approx(0.20, abs=0.02)
    assert everyone == pytest.approx(0.46, abs=0.02)
    assert derrick == pytest.approx(everyone, abs=1e-9)
    assert pairs == pytest.approx(0.03, abs=0.02)


def test_coverage():
    rng, hits = np.random.default_rng(12), 0
    for _ in range(400):
        found = mixed_change(*partly_matched(rng, 12, 10, 8))
        hits += found.ci_low <= 0.4 <= found.ci_high
    assert 0.915 < hits / 400 < 0.985


def test_hardly_any_degrees_of_freedom_are_refused():
    scores, waves, people = [1, 2, 3, 1.5, 2.51], [0, 0, 0, 1, 2], [0, 1, 2, 0, 1]
    found = mixed_waves(np.array(scores), np.array(waves), np.array(people), 3)
    assert [one.reason for one in found] == ["too_few", "too_few"]


def reml_deviance(theta, table):
    """−2 restricted log-likelihood with full matrices; theta = log sd, log sd, Fisher z."""
    sd, r = np.exp(theta[:2]), math.tanh(theta[2])
    covariance = np.outer(sd, sd) * np.array([[1, r], [r, 1]])
    person, wave = np.nonzero(np.isfinite(table))
    v = np.where(person[:, None] == person, covariance[np.ix_(wave, wave)], 0.0)
    inverse, x, y = np.linalg.inv(v), np.eye(2)[wave], table[person, wave]
    information = x.T @ inverse @ x
    means = np.linalg.solve(information, x.T @ inverse @ y)
    rest = y - x @ means
    value = np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1] + rest @ inverse @ rest
    return value, means, np.linalg.inv(information)


def test_unstructured_is_the_maximum_of_the_restricted_likelihood():
    rng = np.random.default_rng(21)
    first, second, pre_only, post_only = partly_matched(rng, 15, 9, 7)
    second, post_only = 0.5 * second, 0.5 * post_only
    table = np.full((31, 2), np.nan)
    table[:15], table[15:24, 0], table[24:, 1] = np.c_[first, second], pre_only, post_only
    best = optimize.minimize(
        lambda theta: reml_deviance(theta, table)[0],
        [0.0, -0.5, 0.5],
        method="Nelder-Mead",
        options={"xatol": 1e-9, "fatol": 1e-13, "maxiter": 4000},
    )
    _, means, covariance = reml_deviance(best.x, table)
    change = mixed_change(first, second, pre_only, post_only)
    assert change.estimate == pytest.approx(means[1] - means[0], rel=1e-6)
    plain = math.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    assert change.details["std_error_unadjusted"] == pytest.approx(plain, rel=1e-6)
    assert change.details["r"] == pytest.approx(math.tanh(best.x[2]), rel=1e-5)
    levels = [change.details["level_pre"], change.details["level_post"]]
    assert levels == pytest.approx(list(means), rel=1e-6)
    assert levels[1] - levels[0] == pytest.approx(change.estimate, rel=1e-12)


def test_too_few_pairs_have_no_correlation_and_say_so():
    first, second, pre_only, post_only = partly_matched(np.random.default_rng(8), 4, 9, 12)
    change = mixed_change(first, second, pre_only, post_only)
    welch = welch_t(np.append(first, pre_only), np.append(second, post_only))
    assert change.method.startswith("uncorrelated")
    for field in ("estimate", "std_error", "df", "p_value", "ci_low"):
        assert getattr(change, field) == pytest.approx(getattr(welch, field), rel=1e-9)


def test_answers_on_one_line_fall_back_to_equal_spread():
    pre = np.arange(8.0)
    change = mixed_change(pre, 2 * pre + 1, [1.0, 3.0, 4.0], [2.0, 7.0])
    assert change.method.startswith("compound_symmetry")
    assert 0 < change.details["icc"] < 1


def test_one_constant_wave_gives_the_interval_of_the_other():
    pre, alone = [1.0, 2, 3, 4, 3, 2], [3.0, 2, 2]
    change = mixed_change(pre, [5.0] * 6, alone, [5.0])
    known = stats.ttest_1samp([*pre, *alone], 5.0)
    assert change.statistic == pytest.approx(-known.statistic, rel=1e-12)
    assert (change.df, change.p_value) == (8.0, pytest.approx(known.pvalue, rel=1e-12))
    only_pairs = mixed_change(pre, [5.0] * 6, [], [])
    assert only_pairs.ci_low == pytest.approx(paired_t(pre, [5.0] * 6).ci_low, rel=1e-9)


def test_three_complete_waves_are_paired_t_tests():
    rng = np.random.default_rng(4)
    table = rng.normal(size=(12, 1)) + rng.normal(size=(12, 3)) * [0.5, 1.0, 2.0]
    person, wave = np.nonzero(np.isfinite(table))
    for later, change in enumerate(mixed_waves(table[person, wave], wave, person, 3), 1):
        paired = paired_t(table[:, 0], table[:, later])
        for field in ("estimate", "std_error", "df", "p_value"):
            assert getattr(change, field) == pytest.approx(getattr(paired, field), rel=1e-7)


@pytest.mark.parametrize(("before", "after"), [(1.0, 1.0), (1.0, 0.5), (0.6, 1.0)])
def test_drop_out_by_baseline_with_a_spread_that_changes(before, after):
    """True change .30: compound symmetry missed by .18 when the spread halved."""
    rng, changes = np.random.default_rng(30), []
    for _ in range(150):
        z = rng.normal(size=400)
        pre = 3 + before * z
        post = 3.3 + after * (0.6 * z + 0.8 * rng.normal(size=400))
        stay = rng.random(400) < 1 / (1 + np.exp(-1.2 * z))
        changes.append(mixed_change(pre[stay], post[stay], pre[~stay], []).estimate)
    assert np.mean(changes) == pytest.approx(0.30, abs=0.02)


def test_a_wave_without_spread_among_three_ends():
    """The start of the search shrank a covariance of zero for ever."""
    person, wave = np.repeat([0, 1, 2, 3, 4, 5], 3), np.tile([0, 1, 2], 6)
    alike = mixed_waves(np.zeros(18), wave, person, 3)
    assert [change.reason for change in alike] == ["no_variance", "no_variance"]
    last_constant = np.where(wave == 2, 5.0, person + wave * (person % 2))
    changes = mixed_waves(last_constant, wave, person, 3)
    assert [change.estimate for change in changes] == pytest.approx([0.5, 2.5])


def test_beside_a_wave_of_one_answer_each_level_has_its_own_error():
    before = np.array([1.0, 2.0, 2.0, 3.0, 4.0])
    found = mixed_change(before, np.full(5, 3.0), [], [])
    assert found.method == "unstructured;one_wave_constant;df=n-1"
    assert found.details["level_pre_std_error"] == pytest.approx(stats.sem(before))
    assert found.details["level_post_std_error"] == 0.0
